"""Configurations in bodies of the REST API: the trees that clients send, checked and turned into settings
(rest-api.md#virtual-hosts, #applications, #output-profiles).

No function changes the tree that it gets; it returns a new one.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..dialect import ENGINE_0_21, VersionRules
from ..refusals import ApplicationNotMade, ConfigurationRefused, RequestInvalid
from ..settings import ApplicationSettings, Document, VirtualHostSettings
from ..text import printable
from .application_grammar import APPLICATION
from .grammar import Group, Node, Use
from .invalid_element import ElementPath, InvalidElement
from .reading import Reader
from .scalars import text_of
from .server_grammar import VIRTUAL_HOST
from .to_settings import application, doubled_output_stream, llhls_defaults, virtual_host

log = logging.getLogger("ome_mock.configuration")

MOST_LEVELS = 100
"""The deepest nesting of a body that can still be shown again; the engine has only its JSON library's limit."""

TRANSCODED_AUDIO = {"bitrate": 128_000, "samplerate": 48_000, "channel": 2, "bypassIfMatch": {"codec": "eq"}}
APPLICATION_DEFAULTS: Document = {
    "providers": {"ovt": {}, "rtspPull": {}, "webrtc": {}, "srt": {}, "rtmp": {}},
    "publishers": {"llhls": {}, "webrtc": {}, "ovt": {}},
    "outputProfiles": {
        "outputProfile": [
            {
                "name": "default",
                "outputStreamName": "${OriginStreamName}",
                "encodes": {
                    "videos": [{"name": "bypass_video", "bypass": True}],
                    "audios": [
                        {"name": "opus", "codec": "opus", **TRANSCODED_AUDIO},
                        {"name": "aac", "codec": "aac", **TRANSCODED_AUDIO},
                    ],
                },
            }
        ]
    },
}
"""The elements that a new application gets for those that the client left out (rest-api.md#applications)."""

NO_ITEMS = '"encodes" must have at least one item (videos array or audios array)'


def read_virtual_host(tree: Any, rules: VersionRules = ENGINE_0_21) -> VirtualHostSettings:
    """Read a virtual host from a client; it can be changed later. Raises ConfigurationRefused."""
    node = _read(VIRTUAL_HOST, tree, ElementPath("VirtualHost", "virtualHost"), rules)
    return replace(virtual_host(node, llhls_defaults(rules)), read_only=False)


def read_application(tree: Any, vhost: str, rules: VersionRules = ENGINE_0_21) -> ApplicationSettings:
    """Read an application, new from a client or after a change. Raises ConfigurationRefused or ApplicationNotMade."""
    settings = application(_read(APPLICATION, tree, ElementPath("Application", "application"), rules), vhost, llhls_defaults(rules))
    if reason := doubled_output_stream(settings):
        log.warning("application %s: %s; engine 0.21.0 dies of it, and stays alive here", printable(settings.name), printable(reason))
        raise ApplicationNotMade(vhost, settings.name)
    return settings


def with_defaults(tree: Document) -> Document:
    """An application with the defaults for the elements that the client left out."""
    return {**APPLICATION_DEFAULTS, **tree}


def merged(tree: Document, changes: Document) -> Document:
    """A tree with changes: objects are merged, any other value is replaced."""
    return {**tree, **{key: _merged_value(tree.get(key), value) for key, value in changes.items()}}


def _merged_value(old: Any, new: Any) -> Any:
    return merged(old, new) if isinstance(old, Mapping) and isinstance(new, Mapping) else new


def output_profiles(tree: Document) -> list[Any]:
    """The documents of the output profiles of an application."""
    return list((tree.get("outputProfiles") or {}).get("outputProfile") or [])


def output_profile_name(profile: Document) -> str | None:
    """The name of an output profile as text, even if the client sent a number; None without one."""
    return text_of(profile.get("name"))


def with_output_profiles(tree: Document, profiles: list[Any]) -> Document:
    """An application with other output profiles."""
    return {**tree, "outputProfiles": {**(tree.get("outputProfiles") or {}), "outputProfile": profiles}}


def check_new_output_profile(tree: Document) -> None:
    """Check a new output profile as the engine does before it reads the whole, in its order. Raises RequestInvalid."""
    if not {"name", "outputStreamName", "encodes"} <= tree.keys():
        raise _invalid_profile('"name", "outputStreamName", "encodes" are required')
    encodes = tree["encodes"]
    if not (isinstance(tree["name"], str) and isinstance(tree["outputStreamName"], str) and isinstance(encodes, dict)):
        raise _invalid_profile('"name" must be a string and "encodes" must be an object')
    kinds = [kind for kind in ("videos", "audios") if kind in encodes]
    if not kinds:
        raise _invalid_profile(NO_ITEMS)
    for kind in kinds:
        if not isinstance(encodes[kind], list):
            raise _invalid_profile(f'"encodes.{kind}" must be an array')
    if not any(encodes[kind] for kind in kinds):
        raise _invalid_profile(f"{NO_ITEMS} and each item must have at least one item")


def _invalid_profile(problem: str) -> RequestInvalid:
    return RequestInvalid(f"Invalid request body: {problem}")


def _read(group: Group, tree: Any, place: ElementPath, rules: VersionRules) -> Node:
    if _levels(tree) > MOST_LEVELS:
        raise ConfigurationRefused(f"{place.dotted} has more than {MOST_LEVELS} levels")
    reader = Reader(unborn=rules.unknown_elements)
    try:
        node = reader.read(group, {} if tree is None else tree, place)
    except InvalidElement as mistake:
        raise ConfigurationRefused(mistake.wire) from None
    not_emulated = sorted(reader.ignored[Use.NOT_EMULATED])
    if not_emulated:
        log.warning("%s %s: not emulated: %s", place.json, printable(str(node.get("name"))), ", ".join(not_emulated))
    return node


def _levels(tree: Any) -> int:
    """The depth of a tree, counted up to one level beyond `MOST_LEVELS`."""
    levels, layer = 0, [tree]
    while layer and levels <= MOST_LEVELS:
        levels += 1
        children = (each.values() if isinstance(each, dict) else each for each in layer if isinstance(each, dict | list))
        layer = [child for each in children for child in each]
    return levels
