"""An emulator behind sockets: its ports, and what listens on them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, Unpack
from urllib.parse import quote

from .emulator import Emulator
from .errors import ConfigurationError
from .options import Options
from .settings import DEFAULT_IDLE_TIMEOUT_S, DEFAULT_LLHLS_PORT, DEFAULT_PORT, THUMBNAIL, asked_about
from .tls_ports import TlsListeners, TlsOptions
from .web.app import never_waits
from .web.wire.server import HttpServer

if TYPE_CHECKING:
    from .recordings.replay import Found
    from .web.wire.certificates import Certificate
    from .web.wire.rtmp_listener import RtmpListener


class OmeMock(Emulator):
    """A running emulator: an HTTP server on a free port, and a manual clock unless told otherwise.

        with OmeMock() as ome:
            requests.post(f"{ome.url}/v1/...", headers={"Authorization": ome.authorization}, json={...})
            ome.clock.advance(60)

    Takes `Options`, `host`, `port`, `llhls_port` and `thumbnail_port`; port 0 is a free one, None that of the Server.xml, or 8081 and 3333,
    and for thumbnails none, and theirs may be that of live streams. `tls_port` and `llhls_tls_port` speak TLS, 0 for a free one; None is
    the Server.xml's, a free one where the plain port is a free one, or none. `tls_cert` and `tls_key` are PEM files for both. Encoders
    publish to `rtmp_port`, where there is one; `configured` is that of the Server.xml. A connection that is silent for `idle_timeout`
    seconds of real time is closed, but for an encoder's. The constructor binds the ports.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int | None = 0,
        llhls_port: int | None = 0,
        tls_port: int | None = None,
        llhls_tls_port: int | None = None,
        tls_cert: str | Path | None = None,
        tls_key: str | Path | None = None,
        thumbnail_port: int | None = 0,
        rtmp_port: int | Literal["configured"] | None = None,
        idle_timeout: float = DEFAULT_IDLE_TIMEOUT_S,
        **options: Unpack[Options],
    ) -> None:
        if not idle_timeout > 0:
            raise ConfigurationError(f"idle timeout {idle_timeout} is not above zero")
        super().__init__(**options)
        self.page_hosts |= {host.lower()}
        self._is_started = self._is_stopped = False
        self._server = HttpServer(host, self.dialect, idle_timeout)
        self._rtmp: RtmpListener | None = None
        self._held.answer_in(self._server.loop)
        world = self.engine.world
        api = partial(self._server.listen, self._app, never_waits=lambda *asked: never_waits(self._app, self, *asked))
        players = self._listen_for_players
        self._thumbnails_at = world.thumbnail_port if thumbnail_port is None else thumbnail_port
        try:
            self.port = api(_port(port, world.api_port, DEFAULT_PORT))
            self.llhls_port = players(_port(llhls_port, world.llhls_port or world.hls_port, DEFAULT_LLHLS_PORT))
            plain = {self.llhls_port}
            if llhls_port is None and world.hls_port and world.hls_port != self.llhls_port:
                plain.add(players(world.hls_port))
            self.thumbnail_port = self._thumbnails_at if self._thumbnails_at in plain else self._listen_for_thumbnails()
            asked = TlsOptions(tls_port, llhls_tls_port, tls_cert, tls_key)
            self._tls = TlsListeners(self._server, world, self.dialect).open(asked, api, players, (port, llhls_port))
            self._rtmp = self._listen_for_publishers(host, world.rtmp_port if rtmp_port == "configured" else rtmp_port)
        except ConfigurationError:
            self.stop()
            raise

    def _listen_for_players(self, port: int, option: str = "--llhls-port", certificate: Certificate | None = None) -> int:
        if not port or port != self._thumbnails_at or certificate is not None:
            at_once = self._is_answered_at_once
            return self._server.listen(self._llhls_app, port, option=option, never_waits=at_once, certificate=certificate)
        from .web.delivery.shared_port import SharedPort  # noqa: PLC0415 (lazy: most emulators have ports of their own for both)

        shared = SharedPort(self._llhls_app, self._thumbnail_app)
        return self._server.listen(shared, port, option=option, never_waits=self._is_answered_at_once_by_either)

    def _listen_for_thumbnails(self) -> int | None:
        """Returns the port, or None where thumbnails have none."""
        if self._thumbnails_at is None:
            return None
        at_once = self._are_thumbnails_answered_at_once
        return self._server.listen(self._thumbnail_app, self._thumbnails_at, option="--thumbnail-port", never_waits=at_once)

    def _are_thumbnails_answered_at_once(self, *_: str) -> bool:
        return not any(asked_about(vhost, THUMBNAIL) for vhost in self.engine.virtual_hosts())

    def _is_answered_at_once_by_either(self, method: str, target: str) -> bool:
        return self._is_answered_at_once(method, target) and self._are_thumbnails_answered_at_once()

    def _is_answered_at_once(self, _: str, target: str) -> bool:
        """Says if a request is answered at once: waiting ones are parked, except those that ask a control server."""
        return ".m3u8" not in target or not any(asked_about(vhost) for vhost in self.engine.virtual_hosts())

    @property
    def url(self) -> str:
        """The URL of the REST API, without a slash at the end."""
        return self._server.url(self.port)

    @property
    def recorded_urls(self) -> dict[str, str]:
        """The URLs by the names that recordings have for the ports."""
        urls = {"api": self.url, "llhls": self.llhls_url}
        return urls if self.thumbnail_port is None else urls | {"thumbnail": self.thumbnail_url}

    @property
    def page_url(self) -> str:
        """The URL of the page that shows what happens, with the access token in its fragment, which browsers keep to themselves."""
        return f"{self.url}/_mock/#token={quote(self.access_token, safe='')}"

    @property
    def tls_url(self) -> str | None:
        """The URL of the REST API over TLS; None without a port for it."""
        return None if self.tls_port is None else self._server.url(self.tls_port, "https")

    @property
    def tls_port(self) -> int | None:
        return self._tls.api

    @property
    def llhls_tls_port(self) -> int | None:
        return self._tls.llhls

    @property
    def llhls_tls_url(self) -> str | None:
        return None if self.llhls_tls_port is None else self._server.url(self.llhls_tls_port, "https")

    @property
    def certificate(self) -> Path | None:
        """The PEM file with which clients trust the TLS ports; None without such a port."""
        return None if self._tls.certificates is None else self._tls.certificates.authority

    @property
    def llhls_url(self) -> str:
        """The URL before the players' `/<app>/<stream>/<playlist>.m3u8`, without a slash at the end."""
        return self._server.url(self.llhls_port)

    def _place(self) -> str:
        return f" {self.url} ({'stopped' if self._is_stopped else 'running' if self._is_started else 'not started'})"

    def replay(self, path: str | Path) -> list[Found]:
        """Put a recording of `ome-mock record` to this emulator, and return every difference between its answers and the recorded ones.

        The manual clock is turned as time went by then. Raises ConfigurationError for a file that is no recording, and
        for an encoder or a file of it that can't come or go here.
        """
        from .recordings.jsonl import read_recording  # noqa: PLC0415 (lazy: few emulators replay)
        from .recordings.replay import replay_on  # noqa: PLC0415
        from .replaying import surroundings_of  # noqa: PLC0415

        outcomes = replay_on(read_recording(Path(path)), self.recorded_urls, self.authorization, surroundings_of(self))
        return [found for outcome in outcomes for found in outcome.found]

    @property
    def thumbnail_url(self) -> str:
        """The URL before `/<app>/<stream>/thumb.jpg`, without a slash at the end. Raises ConfigurationError without `thumbnail_port`."""
        if self.thumbnail_port is None:
            raise ConfigurationError("thumbnails have no port: thumbnail_port=0 takes a free one")
        return self._server.url(self.thumbnail_port)

    @property
    def rtmp_port(self) -> int | None:
        """The port that encoders publish to; None where there is none."""
        return None if self._rtmp is None else self._rtmp.port

    @property
    def rtmp_url(self) -> str:
        """The URL before an encoder's `/<app>/<stream>`, without a slash at the end. Raises ConfigurationError without `rtmp_port`."""
        if self._rtmp is None:
            raise ConfigurationError("no encoder can publish: rtmp_port=0 takes a free port")
        return self._server.url(self._rtmp.port).replace("http", "rtmp", 1)

    def _listen_for_publishers(self, host: str, port: int | None) -> RtmpListener | None:
        if port is None:
            return None
        self._server.claim(port, "--rtmp-port")
        from .publishing import RtmpHouse  # noqa: PLC0415 (lazy: most emulators have no such port)
        from .web.wire.rtmp_listener import RtmpListener  # noqa: PLC0415

        return RtmpListener(host, port, RtmpHouse(lambda: self._run, self.clock, self.dialect), self._server.loop)

    def start(self) -> None:
        """Answer requests from now on. Raises RuntimeError where it was started before."""
        if self._is_started or self._is_stopped:
            raise RuntimeError(f"the emulator {'was stopped: make a new one' if self._is_stopped else 'is running already'}")
        self._is_started = True
        self._server.start()
        if self._rtmp is not None:
            self._rtmp.start()

    def stop(self) -> None:
        """Finish the current answers, close every connection and complete the running dumps; stopping again does nothing."""
        if not self._is_stopped:
            self._is_stopped = True
            self.faults.wake()
            try:
                if self._rtmp is not None:
                    self._rtmp.stop()
                self._server.stop()
            finally:
                self.close()
                if self._tls.certificates is not None:
                    self._tls.certificates.close()
                if self._rtmp is not None:
                    self._rtmp.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def _port(given: int | None, configured: int | None, default: int) -> int:
    return given if given is not None else configured if configured is not None else default


OmeMock.__doc__ = f"{OmeMock.__doc__}\n\n{Options.__doc__}"
