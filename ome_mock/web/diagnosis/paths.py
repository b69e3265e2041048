"""Rules for paths or methods that OME doesn't have, with the repairs that make a route of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from ...text import nearest
from ..rest import Api
from ..wire.request_line import METHODS, method_of
from .diagnosed_request import DiagnosedRequest
from .wording import listed, quoted, shown
from .wrong_routes import OF_A_STREAM, OF_AN_APPLICATION, actions_by_slashes, known_since, methods_of

WORDS: dict[int, tuple[str, ...]] = {
    1: ("v1",),
    2: ("vhosts", "version", "stats", "managers"),
    4: ("apps",),
    6: ("streams", "outputProfiles", "scheduledChannels", "multiplexChannels"),
}
"""The words of a path, by the number of slashes before them."""

SYNONYMS = {
    "application": "apps",
    "applications": "apps",
    "virtualhosts": "vhosts",
    "hosts": "vhosts",
    "profiles": "outputProfiles",
    "stat": "stats",
    "statistics": "stats",
}


_OF_A_PLAYER = re.compile(r"/[^/]+/[^/]+/[^/]+\.(?:m3u8|m4s|ts|vtt)")


def elsewhere(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    """A path that is a player's, or the root, which a browser asks for that was given the API's address."""
    if _OF_A_PLAYER.fullmatch(asked.path or ""):
        yield "That is a path for players, and this port is the API's: send it to that of LL-HLS, which needs no token."
    elif asked.path == "/" and "text/html" in asked.header("accept"):
        yield "A browser finds the emulator's page at /_mock/."


def newer_route(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    """A route that only newer engines have, such as `:sendEvents` since 0.18.0."""
    dialect = api.dialect
    since = known_since(method_of(asked.method), asked.path, dialect)
    if since is not None:
        word = re.split("[/:]", asked.path)[-1]
        yield f"OvenMediaEngine {dialect.version} has no {quoted(word)} yet, which is there from {since} on: upgrade, or do without it."


def method_of_an_action(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    method = method_of(asked.method)
    if method != "POST" and methods_of(asked.path) == ["POST"]:
        name = asked.path.rpartition("/")[2]
        yield f"An action is a POST, and OME takes {quoted(name)} in a {method} for a name: send POST {shown(asked.path)}."


def _decoded(path: str) -> str:
    """The path with its encoded separators decoded, but not the rest of its names."""
    return re.sub("%3A|%2F", lambda match: unquote(match[0]), path, flags=re.IGNORECASE)


def _with_version(path: str) -> str:
    begun = re.match(r"(?i)(?:/api)?(?:/v\d+(?:\.\d+)?)?(?=/(?:vhosts?|version|stats|managers)(?:[/:]|$))", path)
    return "/v1" + path[begun.end() :] if begun else path


def _with_words(path: str) -> str:
    segments = path.split("/")
    for position in (position for position in WORDS if position < len(segments) and segments[2:3] not in (["stats"], ["managers"])):
        word, colon, action = segments[position].partition(":")
        if word not in WORDS[position]:
            found = SYNONYMS.get(word.lower()) or nearest(word, WORDS[position])
            segments[position] = (found if found in WORDS[position] else word) + colon + action
    return "/".join(segments)


def _with_colon(path: str) -> str:
    """The path with a colon only, in place of `stream/:startHlsDump`, `stream/startHlsDump` or `stream:/startHlsDump`."""
    before, slash, last = path.rpartition("/")
    action, stem = last.removeprefix(":"), before.removesuffix(":")
    is_action = nearest(action, actions_by_slashes().get(before.count("/"), ())) is not None
    return f"{stem}:{action}" if slash and is_action and before.count("/") in actions_by_slashes() else path


def _with_action(path: str) -> str:
    before, colon, action = path.rpartition(":")
    actions = actions_by_slashes().get(before.count("/"), ())
    near = nearest(action, actions) if colon and action not in actions else None
    return f"{before}:{near}" if near else path


REPAIRS: tuple[tuple[Callable[[str], str], str], ...] = (
    (lambda path: path.partition("#")[0], "OME takes what follows # for a part of the path"),
    (lambda path: re.sub("//+", "/", path), "OME does not merge slashes"),
    (_decoded, "OME decodes nothing in a path"),
    (lambda path: path.rstrip("/"), "OME takes no slash at the end of a path"),
    (_with_version, "The paths of the API begin with /v1"),
    (_with_words, "OME's paths have no {segment} there"),
    (_with_colon, "An action follows a colon, without a slash"),
    (_with_action, "There is no action {action}"),
)
"""The repairs that make a route of a path, and the sentence for each."""


_EMPTY_NAME = re.compile(r"/(vhosts|apps|streams)/(?=:|/(?:apps|streams|outputProfiles)(?:[/:]|$))")


def no_route(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    method, path = method_of(asked.method), asked.path
    if not path or method not in METHODS or _is_route(method, path):
        return
    empty = _EMPTY_NAME.search(path)
    repaired, reasons = _repaired(method, path)
    if empty:
        instead = shown(f"{path[: empty.end()]}NAME{path[empty.end() :]}")
        yield f"The name behind {empty[1]}/ is empty, as when a variable is: send {instead}."
    elif reasons and (_is_route(method, repaired) or (methods_of(repaired) and not methods_of(path))):
        methods = methods_of(repaired)
        yield f"{reasons[0]}: send {method if method in methods else ' or '.join(methods)} {shown(repaired)}."
        yield from (f"{reason}." for reason in reasons[1:])
    elif asked.names.action is not None:
        yield _unknown_action(path)
    else:
        yield _other_method(method, path)


def _repaired(method: str, path: str) -> tuple[str, list[str]]:
    """The path after the repairs that it needs, and the sentences for them."""
    reasons = []
    for repair, reason in REPAIRS:
        repaired = repair(path)
        if repaired != path and not _is_route(method, path):
            segment = next((old for old, new in zip(path.split("/"), repaired.split("/"), strict=False) if old != new), "")
            reasons.append(reason.format(segment=quoted(segment), action=quoted(path.rpartition(":")[2])))
            path = repaired
    return path, reasons


def _is_route(method: str, path: str) -> bool:
    """Says if OME has this path; for an action the method is ignored, because another rule checks it."""
    methods = methods_of(path)
    return ("GET" if method == "HEAD" else method) in methods or methods == ["POST"]


def _unknown_action(path: str) -> str:
    before, _, action = path.rpartition(":")
    if action in actions_by_slashes()[OF_A_STREAM]:
        return f"{quoted(action)} is an action of a stream: send it behind .../streams/STREAM."
    if action in actions_by_slashes()[OF_AN_APPLICATION]:
        return f"{quoted(action)} is an action of an application: send it behind .../apps/APPLICATION."
    return f"There is no action {quoted(action)}: send one of {listed(actions_by_slashes().get(before.count('/'), ()), 'or')}."


def _other_method(method: str, path: str) -> str:
    methods = methods_of(path)
    if not methods:
        return f"OME has no path {quoted(path)}: send one such as /v1/vhosts/default/apps/app/streams."
    instead = " or ".join(methods)
    if method == "POST" and path.count("/") in actions_by_slashes():
        instead = f"{instead}, or POST with an action behind it, such as {actions_by_slashes()[path.count('/')][0]}"
    elif method in {"PUT", "PATCH", "POST"}:
        instead = "PATCH to change it" if "PATCH" in methods else "POST with an array to add to it" if "POST" in methods else instead
    return f"OME has no {method} of {quoted(path)}: send {instead}."


MISTAKES = (method_of_an_action, no_route)
