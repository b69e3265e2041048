"""Reads a Server.xml, OME's configuration file, as a World."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..configuration.callbacks import alerts
from ..configuration.grammar import Node, Use
from ..configuration.invalid_element import ElementPath, InvalidElement
from ..configuration.reading import Reader
from ..configuration.server_grammar import ALERT_RULES, SERVER_GRAMMAR
from ..configuration.to_settings import certificate_files, cross_domains, doubled_output_stream, llhls_defaults, virtual_host
from ..configuration.xml_form import XmlForm
from ..configuration.xml_reader import read_xml
from ..dialect import ENGINE_0_21, VersionRules
from ..errors import ConfigurationError, reason_of
from ..settings import LlhlsPublisher, VirtualHostSettings, World
from ..text import printable

log = logging.getLogger("ome_mock.configuration")

FILE_NAME = "Server.xml"
"""The name of the file in a directory of configurations."""
OLDEST_VERSION = 8
"""The oldest version of the file's format; versions are whole numbers, and text after one is ignored."""


@cache
def default_world() -> World:
    """The world that an emulator serves by default."""
    return read_server_xml(files(__package__).joinpath("default.xml").read_bytes(), "default.xml")


def read_configuration(config: str | Path | bytes, *, refuses_unknown: bool = True, rules: VersionRules = ENGINE_0_21) -> World:
    """Read a file, the Server.xml of a directory, or the bytes of one. Raises ConfigurationError."""
    if isinstance(config, bytes):
        try:
            return read_server_xml(config, "config", refuses_unknown=refuses_unknown, rules=rules)
        except ConfigurationError as error:
            raise ConfigurationError(str(error), "config") from None
    path = Path(config)
    try:
        path = path / FILE_NAME if path.is_dir() else path
        xml = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"config {printable(str(path))}: {reason_of(error)}", "config") from None
    return read_server_xml(xml, printable(str(path)), directory=path.parent, refuses_unknown=refuses_unknown, rules=rules)


def read_server_xml(
    xml: bytes,
    source: str,
    environment: Mapping[str, str] | None = None,
    *,
    directory: Path | None = None,
    refuses_unknown: bool = True,
    rules: VersionRules = ENGINE_0_21,
) -> World:
    """Read a configuration.

    `source` names it in errors, `rules` are those of the version whose grammar counts. Macros are replaced from `environment`, included
    files are searched in `directory`; without one there are none. Unknown elements are refused, or left out and logged. Raises
    ConfigurationError.
    """
    environment = os.environ if environment is None else environment
    root, place = _parse(xml, source), ElementPath("Server", "server")
    _check_version(root, source)
    form = XmlForm(SERVER_GRAMMAR, environment, _Included(directory), refuses_unknown=refuses_unknown, unborn=rules.unknown_elements)
    reader = Reader(environment, rules.unknown_elements)
    try:
        server = reader.read(SERVER_GRAMMAR, form.tree(SERVER_GRAMMAR, root, place), place)
        alert_rules = _rules_file(form, reader, server.node("alert").get("rulesFile"), directory)
        world = _world(server, alert_rules, source, directory, llhls_defaults(rules))
    except InvalidElement as mistake:
        raise ConfigurationError(f"{printable(mistake.place.file) or source}: {mistake}") from None
    if not rules.virtual_hosts_allow_origins and any(vhost.cross_domains for vhost in world.virtual_hosts):
        reader.ignored[Use.WITHOUT_EFFECT].add("VirtualHost/CrossDomains")
    _log_ignored(source, form, reader)
    return world


def _parse(xml: bytes, source: str) -> Any:
    """The first `<Server>` of a file."""
    try:
        roots = read_xml(xml)
    except ValueError as error:
        raise ConfigurationError(f"{source}: {printable(str(error))}") from None
    if "Server" not in roots:
        raise ConfigurationError(f"{source}: its root is {printable(', '.join(roots))}, not Server")
    server = roots["Server"]
    return server[0] if isinstance(server, list) else server


def _check_version(root: Any, source: str) -> None:
    written = root.get("@version") if isinstance(root, dict) else None
    if written is None:
        raise ConfigurationError(f"{source}: Server: the attribute version is missing")
    number = re.match(r"\s*(\d+)", written)
    if not number or int(number[1]) == 0:
        raise ConfigurationError(f"{source}: Server: version {written!r} is not a number")
    if int(number[1]) < OLDEST_VERSION:
        raise ConfigurationError(
            f"{source}: Server: version {written!r} is outdated: since version 8 the API is bound in <Bind><Managers><API>, applications "
            "have <OutputProfiles> in place of <Streams> and <Encodes>, <Domain> is <Host>, and <CrossDomain> is <CrossDomains>"
        )


class _Included:
    """Finds the files that an element includes, beside the file that names them, in order of their names."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory

    def __call__(self, pattern: str, file: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        directory = Path(file).parent if file else self._directory
        if directory is None:
            return
        from glob import glob  # noqa: PLC0415 (lazy: few configurations include files)

        for name in sorted(glob(pattern, root_dir=directory)):
            path = directory / name
            try:
                yield str(path), read_xml(path.read_bytes())
            except (OSError, ValueError) as error:
                raise ConfigurationError(f"{printable(str(path))}: {printable(reason_of(error))}") from None


def _rules_file(form: XmlForm, reader: Reader, name: str | None, directory: Path | None) -> Node | None:
    """The rules of alerts that a file beside the configuration holds. Raises InvalidElement, and ConfigurationError without the file."""
    if name is None:
        return None
    path = (directory or Path()) / name
    try:
        root = read_xml(path.read_bytes()).get("Rules")
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"RulesFile {printable(str(path))}: {printable(reason_of(error))}") from None
    place = ElementPath("Rules", "rules", file=str(path))
    return reader.read(ALERT_RULES, form.tree(ALERT_RULES, root, place), place)


def _world(server: Node, alert_rules: Node | None, source: str, directory: Path | None, defaults: LlhlsPublisher) -> World:
    api = server.node("managers", "api")
    bind = server.node("bind")
    certificate = certificate_files(server.node("managers", "host"))
    return World(
        virtual_hosts=tuple(_loaded(virtual_host(each, defaults), source, directory) for each in server.all("virtualHosts")),
        name=server.get("name", World.name),
        alerts=alerts(server.get("alert"), alert_rules),
        access_token=api.get("accessToken", ""),
        cross_domains=cross_domains(server.node("defaults")),
        api_cross_domains=cross_domains(api),
        bound_publishers=frozenset(map(str.lower, bind.node("publishers").values)),
        binds_api=bool(bind.node("managers", "api").values.keys() & {"port", "tlsPort"}),
        api_port=bind.node("managers", "api").get("port"),
        llhls_port=bind.node("publishers", "llhls").get("port"),
        api_tls_port=bind.node("managers", "api").get("tlsPort"),
        llhls_tls_port=bind.node("publishers", "llhls").get("tlsPort"),
        api_certificate=certificate and certificate.below(directory),
        hls_port=bind.node("publishers", "hls").get("port"),
        thumbnail_port=bind.node("publishers", "thumbnail").get("port"),
        rtmp_port=bind.node("providers", "rtmp").get("port"),
        enables_ertmp=server.node("modules", "ertmp").get("enable", False),
        mpegts_ports=bind.node("providers", "mpegts").get("port", World.mpegts_ports),
    )


def _loaded(vhost: VirtualHostSettings, source: str, directory: Path | None) -> VirtualHostSettings:
    """A virtual host without the applications that the engine can't make, and leaves out at its start."""
    broken = {app.name: reason for app in vhost.applications if (reason := doubled_output_stream(app))}
    for name, reason in broken.items():
        where = printable(f"VirtualHost {vhost.name} / Application {name}")
        log.warning("%s: %s: %s, so the application is left out, as the engine does", source, where, printable(reason))
    kept = tuple(app for app in vhost.applications if app.name not in broken)
    return replace(vhost, applications=kept, certificate=vhost.certificate and vhost.certificate.below(directory))


def _log_ignored(source: str, form: XmlForm, reader: Reader) -> None:
    """Log the elements without effect in one line, each path once."""
    groups = {
        "unknown": form.unknown,
        "not emulated": reader.ignored[Use.NOT_EMULATED],
        "read but without effect": reader.ignored[Use.WITHOUT_EFFECT],
        "no number or flag, taken as the engine takes it": reader.odd,
    }
    said = "; ".join(f"{what}: {', '.join(sorted(paths))}" for what, paths in groups.items() if paths)
    if said:
        log.warning("%s: %s", source, printable(said))
