"""Read a Server.xml, OME's configuration file, as a World."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict

from ..configuration.grammar import Use
from ..configuration.meaning import cross_domains, virtual_host
from ..configuration.mistakes import Mistake, Place
from ..configuration.reading import Node, Reader
from ..configuration.server_grammar import SERVER
from ..configuration.xml_form import XmlForm
from ..errors import ConfigurationError
from ..settings import World
from ..text import printable

log = logging.getLogger("ome_mock.configuration")


@cache
def default_world() -> World:
    """The world that an emulator serves when it is told nothing else."""
    return read_server_xml(files(__package__).joinpath("default.xml").read_bytes(), "default.xml")


def read_server_xml(xml: bytes, source: str, environment: Mapping[str, str] | None = None) -> World:
    """Read a configuration; `source` names it in errors, macros are looked up in the environment. Raises ConfigurationError."""
    root = _parse(xml, source)
    form, reader, place = XmlForm(), Reader(os.environ if environment is None else environment), Place("Server", "server")
    try:
        world = _world(reader.read(SERVER, form.tree(SERVER, root, place), place))
    except Mistake as mistake:
        raise ConfigurationError(f"{source}: {mistake}") from None
    _log_ignored(source, form, reader)
    return world


def _parse(xml: bytes, source: str) -> Any:
    """What is in `<Server>`."""
    try:
        document = xmltodict.parse(xml)
    except (ExpatError, ValueError, LookupError) as error:  # not XML; entities, which xmltodict refuses; an encoding that there is not
        raise ConfigurationError(f"{source}: {printable(str(error))}") from None
    root, element = next(iter(document.items()))
    if root != "Server":
        raise ConfigurationError(f"{source}: its root is {root}, not Server")
    return element


def _world(server: Node) -> World:
    api = server.node("managers", "api")
    return World(
        virtual_hosts=tuple(map(virtual_host, server.all("virtualHosts"))),
        access_token=api.get("accessToken"),
        cross_domains=cross_domains(server.node("defaults")),
        api_cross_domains=cross_domains(api),
        bound_publishers=frozenset(map(str.lower, server.node("bind", "publishers").values)) or None,
        api_port=server.node("bind", "managers", "api").get("port"),
        llhls_port=server.node("bind", "publishers", "llhls").get("port"),
    )


def _log_ignored(source: str, form: XmlForm, reader: Reader) -> None:
    """Say in one line which elements come to nothing, each path once."""
    groups = {
        "unknown": form.unknown,
        "not emulated": reader.ignored[Use.NOT_EMULATED],
        "read but without effect": reader.ignored[Use.WITHOUT_EFFECT],
    }
    said = "; ".join(f"{what}: {', '.join(sorted(paths))}" for what, paths in groups.items() if paths)
    if said:
        log.warning("%s: %s", source, printable(said))
