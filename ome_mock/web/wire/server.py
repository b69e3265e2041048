"""The HTTP server: listeners, each with an application, whose connections share one event loop in a thread of its own.

Why it is made so is in `benchmarks/http-server.md`.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import resource
import socket
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple
from wsgiref.types import StartResponse, WSGIEnvironment

from ...dialect import DOCS, Dialect
from ...errors import AddressInUse, ConfigurationError, log_internal_error
from ...settings import DEFAULT_IDLE_TIMEOUT_S
from ...text import printable
from .connection import Connection
from .workers import Workers

if TYPE_CHECKING:  # most emulators speak no TLS
    from .certificates import Certificate

log = logging.getLogger("ome_mock.requests")

Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]
NeverWaits = Callable[[str, str], bool]
"""Says if a request of a method and target is short and never waits for a disk, a lock or a sleep."""

MOST_CONNECTIONS = 4000
DESCRIPTORS_FOR_FILES = 200
BACKLOG = 1024
LONGEST_HANDSHAKE_S = 10.0
SHUTDOWN_S = 1.0
WAIT_FOR_DESCRIPTORS_S = 0.1
LAST_PORT = 65535
STOP_TIMEOUT_S = 5
HANDSHAKES_END_S = 0.1


class Listener(NamedTuple):
    """A bound port and what answers on it."""

    server: HttpServer
    socket: socket.socket
    application: Application
    never_waits: NeverWaits
    dialect: Dialect
    certificate: Certificate | None

    def environ(self, transport: asyncio.BaseTransport) -> WSGIEnvironment:
        """The part of a WSGI environ that all requests of a connection have in common."""
        host, port = transport.get_extra_info("sockname")[:2]
        peer_host, peer_port = (transport.get_extra_info("peername") or ("", 0))[:2]
        return {
            "SCRIPT_NAME": "",
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "REMOTE_ADDR": peer_host,
            "REMOTE_PORT": str(peer_port),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http" if self.certificate is None else "https",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
        }


class HttpServer:
    """Serves WSGI applications, each on its own port, in threads of this process."""

    def __init__(self, host: str, dialect: Dialect = DOCS, idle_timeout_s: float = DEFAULT_IDLE_TIMEOUT_S) -> None:
        self.host = host
        self.idle_timeout_s = idle_timeout_s
        self.connections: set[Connection] = set()
        self.workers = Workers()
        self.is_stopping = False
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(_log_failure)
        self._dialect = dialect
        self._sockets: list[socket.socket] = []
        self._options: dict[int, str] = {}
        """The options of the bound ports."""
        self._listeners: list[Listener] = []
        self._beginning: set[asyncio.Task[Any]] = set()
        self._most_connections = most_connections()
        self._thread = Thread(target=self.loop.run_forever, name="ome-mock http", daemon=True)

    def listen(
        self,
        application: Application,
        port: int,
        *,
        option: str = "--port",
        never_waits: NeverWaits = lambda *_: False,
        certificate: Certificate | None = None,
    ) -> int:
        """Bind a port, 0 for a free one; returns it. `option` is its name in errors; with a certificate it speaks TLS."""
        bound = self._bind(port, option)
        listener = Listener(self, bound, application, never_waits, self._dialect, certificate)
        self._listeners.append(listener)
        self._accept_from(listener)
        number: int = bound.getsockname()[1]
        return number

    def keep_silent(self, port: int, option: str) -> int:
        """Bind a port on which connections are never answered."""
        number: int = self._bind(port, option).getsockname()[1]
        return number

    def url(self, port: int, scheme: str = "http") -> str:
        return f"{scheme}://[{self.host}]:{port}" if ":" in self.host else f"{scheme}://{self.host}:{port}"

    def start(self) -> None:
        """Listen on the bound ports, and answer. Raises AddressInUse where somebody else listens on one by now."""
        for each in self._sockets:
            try:
                each.listen(BACKLOG)
            except OSError:
                raise AddressInUse(f"port {each.getsockname()[1]} on {self.host} is taken by now") from None
        self._thread.start()

    def stop(self) -> None:
        """Finish the current answers, close every connection and end the threads; release ports that were never served."""
        if self.loop.is_closed():
            return
        if self._thread.ident is not None:
            asyncio.run_coroutine_threadsafe(self._stop_serving(), self.loop).result()
            self.workers.stop(STOP_TIMEOUT_S)
            asyncio.run_coroutine_threadsafe(self._close_connections(), self.loop).result()
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join()
        for each in self._sockets:
            each.close()
        self.loop.close()

    def post(self, callback: Callable[..., object], *arguments: Any) -> None:
        """Have the loop call something, from any thread; a stopped server drops it."""
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(callback, *arguments)

    def forget(self, connection: Connection) -> None:
        was_full = self._is_full
        self.connections.discard(connection)
        if was_full and not self.is_stopping:
            for listener in self._listeners:
                self._accept_from(listener)

    def claim(self, port: int, option: str) -> None:
        """Raise ConfigurationError if a port, unless it is 0, is that of another option already."""
        if other := self._options.get(port):
            raise ConfigurationError(f"port {port} is that of {other} and of {option}: 0 takes a free one")

    def _bind(self, port: int, option: str) -> socket.socket:
        self.claim(port, option)
        bound = bind(self.host, port, option)
        bound.setblocking(False)
        self._sockets.append(bound)
        self._options[bound.getsockname()[1]] = option
        return bound

    @property
    def _is_full(self) -> bool:
        return len(self.connections) + len(self._beginning) >= self._most_connections

    def _accept_from(self, listener: Listener) -> None:
        if not self.is_stopping:
            self.loop.add_reader(listener.socket, self._accept, listener)

    def _accept(self, listener: Listener) -> None:
        """Accept the connections that wait; where there are too many, or too few descriptors, the others wait on."""
        while not self._is_full:
            try:
                accepted, _ = listener.socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                log.warning("can't accept a connection: %s", error)
                self.loop.remove_reader(listener.socket)
                self.loop.call_later(WAIT_FOR_DESCRIPTORS_S, self._accept_from, listener)
                return
            accepted.setblocking(False)
            task = self.loop.create_task(self._begin(listener, accepted))
            self._beginning.add(task)
            task.add_done_callback(self._beginning.discard)
        self.loop.remove_reader(listener.socket)

    async def _begin(self, listener: Listener, accepted: socket.socket) -> None:
        secure: dict[str, Any] = {}
        if listener.certificate is not None:
            patience_s = min(self.idle_timeout_s, LONGEST_HANDSHAKE_S)
            secure = {"ssl": listener.certificate.context, "ssl_handshake_timeout": patience_s, "ssl_shutdown_timeout": SHUTDOWN_S}
        try:
            await self.loop.connect_accepted_socket(lambda: Connection(listener), accepted, **secure)
        except OSError as error:
            reason = getattr(error, "reason", None) or error
            log.warning("hung up on a client that did not finish a TLS handshake: %s", reason)

    async def _stop_serving(self) -> None:
        self.is_stopping = True
        for listener in self._listeners:
            self.loop.remove_reader(listener.socket)
        for connection in list(self.connections):
            connection.stop()

    async def _close_connections(self) -> None:
        """Close what is left; an answer that its client hasn't read is cut off."""
        if self._beginning:
            _, unfinished = await asyncio.wait(self._beginning, timeout=HANDSHAKES_END_S)
            for task in unfinished:
                task.cancel()
        for connection in list(self.connections):
            connection.abort()
        while self.connections:
            await asyncio.sleep(0)
        await asyncio.sleep(0)


def most_connections() -> int:
    """The largest number of connections, which leaves descriptors for the files of dumps."""
    soft_limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if soft_limit == resource.RLIM_INFINITY else max(16, min(MOST_CONNECTIONS, soft_limit - DESCRIPTORS_FOR_FILES))


def bind(host: str, port: int, option: str) -> socket.socket:
    """Bind a port, 0 for a free one, on which nobody listens yet: clients are refused.

    Raises AddressInUse, or ConfigurationError for an address that can't be bound.
    """
    if not 0 <= port <= LAST_PORT:
        raise ConfigurationError(f"port {port} is not between 0 and {LAST_PORT}")
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if bound.family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((host, port))
    except (OSError, TypeError, UnicodeError) as error:
        bound.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise AddressInUse(f"port {port} on {host} is taken; {option} 0 takes a free one") from None
        reason = error.strerror or error if isinstance(error, OSError) else error
        raise ConfigurationError(f"can't listen on {printable(host)}, port {port}: {reason}") from None
    return bound


def _log_failure(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception") or RuntimeError(context["message"])
    if isinstance(error, OSError):
        log.debug("a client went away in an odd manner:", exc_info=error)
    else:
        log_internal_error(log, error)
