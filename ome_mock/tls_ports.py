"""The ports of an emulator that speak TLS, beside its plain ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .dialect import Dialect
from .engine.virtual_hosts import find_virtual_host
from .errors import ConfigurationError
from .settings import CertificateFiles, World
from .web.wire.server import HttpServer

if TYPE_CHECKING:
    from .web.wire.certificates import Certificate, Certificates

Listen = Callable[..., int]
"""Listens with an application of the server's, on a port and with its option and certificate."""


class TlsPorts(NamedTuple):
    """The bound ports, None where there is none."""

    api: int | None = None
    llhls: int | None = None
    certificates: Certificates | None = None


class TlsOptions(NamedTuple):
    """The ports that were asked for, and the files of a certificate for both."""

    port: int | None
    llhls_port: int | None
    cert: str | Path | None
    key: str | Path | None

    @property
    def files(self) -> CertificateFiles | None:
        if (self.cert is None) is not (self.key is None):
            raise ConfigurationError("--tls-cert and --tls-key need each other")
        return None if self.cert is None else CertificateFiles(str(self.cert), str(self.key))


class TlsListeners:
    """Opens the TLS ports of a server."""

    def __init__(self, server: HttpServer, world: World, dialect: Dialect) -> None:
        self._server = server
        self._world = world
        self._dialect = dialect

    def open(self, options: TlsOptions, api: Listen, players: Listen, plain: tuple[int | None, int | None]) -> TlsPorts:
        """Open the ports of options and Server.xml; `plain` are the plain ports as they were asked for. Raises ConfigurationError."""
        world, files = self._world, options.files
        port = _wanted(options.port, world.api_tls_port, plain[0])
        llhls_port = _wanted(options.llhls_port, world.llhls_tls_port, plain[1])
        if port is None and llhls_port is None:
            if files is not None:
                raise ConfigurationError("--tls-cert needs --tls-port or --llhls-tls-port")
            return TlsPorts()
        from .web.wire.certificates import Certificates  # noqa: PLC0415 (lazy: most emulators speak no TLS)

        shown = Certificates(world, self._dialect, self._server.host, files)
        if port is not None:
            port = self._open(api, port, shown.for_api(is_asked_for=options.port is not None), "--tls-port")
        if llhls_port is not None:
            find_host = partial(find_virtual_host, world.virtual_hosts)
            certificate = shown.for_players(find_host, is_asked_for=options.llhls_port is not None)
            llhls_port = self._open(players, llhls_port, certificate, "--llhls-tls-port")
        return TlsPorts(port, llhls_port, shown)

    def _open(self, listen: Listen, port: int, certificate: Certificate | None, option: str) -> int | None:
        """Listen with a certificate; without one not at all, or as an engine that never answers."""
        if certificate is not None:
            return listen(port, option=option, certificate=certificate)
        return None if self._dialect.serves_tls_without_certificate else self._server.keep_silent(port, option)


def _wanted(asked: int | None, configured: int | None, plain: int | None) -> int | None:
    """The port that was asked for, or the Server.xml's, in whose place a free one is taken where the plain port is a free one."""
    return asked if asked is not None or configured is None else 0 if plain == 0 else configured
