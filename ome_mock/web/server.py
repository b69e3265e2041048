"""The HTTP server: waitress, told to leave headers alone, to grow when it is busy and to stop at once.

Why waitress: `benchmarks/http-server.md`.
"""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Callable, Iterable
from threading import Thread
from wsgiref.types import StartResponse, WSGIEnvironment

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask

from ..errors import AddressInUse, ConfigurationError

log = logging.getLogger("ome_mock.requests")

Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]

FIRST_THREADS = 4
MOST_THREADS = 2000
MOST_CONNECTIONS = 4000
BACKLOG = 1024
IDLE_TIMEOUT_S = 60
"""How long the engine keeps a connection that says nothing (reference: REST API, section 2.5)."""
LOOP_WAIT_S = 30
STOP_TIMEOUT_S = 5


class HttpServer:
    """Serves a WSGI application on a port, in threads of this process. The port is bound when this is made."""

    def __init__(self, application: Application, host: str, port: int) -> None:
        listener = listen(host, port)
        self.host = host
        self.port: int = listener.getsockname()[1]
        settings = Adjustments(
            sockets=[listener],
            ident=None,
            clear_untrusted_proxy_headers=False,
            connection_limit=MOST_CONNECTIONS,
            channel_timeout=IDLE_TIMEOUT_S,
            cleanup_interval=LOOP_WAIT_S,
            asyncore_loop_timeout=LOOP_WAIT_S,
            asyncore_use_poll=True,
            log_socket_errors=False,
        )
        self._dispatcher = GrowingDispatcher()
        self._sockets: dict[int, wasyncore.dispatcher] = {}
        self._server = _Server(
            application,
            map=self._sockets,
            _sock=listener,
            dispatcher=self._dispatcher,
            adj=settings,
            sockinfo=(listener.family, listener.type, None, listener.getsockname()),
            bind_socket=False,
        )
        self._thread = Thread(target=self._server.run, name="ome-mock http", daemon=True)

    @property
    def url(self) -> str:
        return f"http://[{self.host}]:{self.port}" if ":" in self.host else f"http://{self.host}:{self.port}"

    def start(self) -> None:
        self._dispatcher.set_thread_count(FIRST_THREADS)
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests that are being answered, close every connection and end the threads; give up a port that was never served."""
        if self._thread.ident is None:
            wasyncore.close_all(self._sockets, ignore_all=True)
            return
        self._dispatcher.shutdown(timeout=STOP_TIMEOUT_S)
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._sockets, ignore_all=True))
        self._thread.join()


def listen(host: str, port: int) -> socket.socket:
    """Bind a port, 0 for a free one. Raises AddressInUse, or ConfigurationError for an address that can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(f"port {port} on {host} is taken; --port 0 takes a free one") from None
        raise ConfigurationError(f"can't listen on {host}, port {port}: {error.strerror or error}") from None


class GrowingDispatcher(ThreadedTaskDispatcher):
    """A request that finds every thread busy gets a new one, so requests that wait (for a disk, for a segment) stall nobody."""

    def add_task(self, task: object) -> None:
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()
            threads = len(self.threads) - self.stop_count
            is_short = len(self.queue) > threads - self.active_count and threads < MOST_THREADS
        if is_short:
            self.set_thread_count(threads + 1)


class _ExactTask(WSGITask):
    """Sends the application's headers as they are, in their order; adds only what closing a connection needs."""

    def build_response_header(self) -> bytes:
        connection = self.request.headers.get("CONNECTION", "").lower()
        has_length = any(name.lower() == "content-length" for name, _ in self.response_headers)
        stays_open = connection == "keep-alive" if self.version == "1.0" else connection != "close"
        if not stays_open or (self.has_body and not has_length):
            self.set_close_on_finish()
        elif self.version == "1.0":
            self.response_headers.append(("Connection", "Keep-Alive"))
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in self.response_headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


class _HangUp(ErrorTask):
    """The engine closes the connection on a request that it can't parse, without an answer (reference: REST API, section 2.5)."""

    def service(self) -> None:
        log.warning("hung up on a malformed request, as OME does: %s", self.request.error.body)
        self.close_on_finish = True


class _Channel(HTTPChannel):
    task_class = _ExactTask
    error_task_class = _HangUp


class _Server(TcpWSGIServer):
    channel_class = _Channel
