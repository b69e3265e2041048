"""The HTTP server: waitress, told to leave headers alone, to grow when it is busy and to stop at once.

Why waitress: `benchmarks/http-server.md`.
"""

from __future__ import annotations

import errno
import logging
import re
import resource
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Thread, local
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask

from ..errors import AddressInUse, ConfigurationError
from ..text import printable
from .parking import CONNECTION, Answer, Waiting
from .request_line import METHODS

log = logging.getLogger("ome_mock.requests")
logging.getLogger("ome_mock.waitress").setLevel(logging.ERROR)  # it warns of requests that a stop cancels

Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]

FIRST_THREADS = 4
MOST_THREADS = 2000
MOST_CONNECTIONS = 4000
DESCRIPTORS_FOR_FILES = 200
BACKLOG = 1024
IDLE_TIMEOUT_S = 60
"""How long the engine keeps a connection that says nothing (reference: REST API, section 2.5)."""
LONGEST_BODY = 16 * 1024 * 1024
"""More than any request needs; it is read before the token is."""
LOOP_WAIT_S = 30
LAST_PORT = 65535
STOP_TIMEOUT_S = 5
KEEP_ALIVE = [("Connection", "Keep-Alive"), ("Keep-Alive", "timeout=5, max=100")]
"""What the engine says to a client that asks for just `Keep-Alive`; it keeps to neither (reference: REST API, sections 2.4 and 2.5)."""


_NOT_ASCII = re.compile(rb"[^\x00-\x7f]")
_AUTHORIZATION = re.compile(rb"\r\nauthorization:([^\r\n]*)", re.IGNORECASE)


class HttpServer:
    """Serves WSGI applications, each on a port of its own, in threads of this process."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._dispatcher = GrowingDispatcher()
        self._sockets: dict[int, wasyncore.dispatcher] = {}
        self._servers: list[_Server] = []
        self._is_stopping = False
        self._thread = Thread(target=self._run, name="ome-mock http", daemon=True)

    def listen(self, application: Application, port: int, *, option: str = "--port", notices_clients_leaving: bool = False) -> int:
        """Bind a port, 0 for a free one, which `option` has named; returns it.

        An application that parks connections needs a server that `notices_clients_leaving`: it reads on while a request has no answer.
        """
        listener = listen(self.host, port, option)
        settings = Adjustments(
            sockets=[listener],
            ident=None,
            clear_untrusted_proxy_headers=False,
            connection_limit=most_connections(),
            channel_timeout=IDLE_TIMEOUT_S,
            channel_request_lookahead=int(notices_clients_leaving),
            cleanup_interval=LOOP_WAIT_S,
            log_socket_errors=False,
            max_request_body_size=LONGEST_BODY,
        )
        server = _Server(
            _dropping_what_is_parked(application),
            map=self._sockets,
            _sock=listener,
            dispatcher=self._dispatcher,
            adj=settings,
            sockinfo=(listener.family, listener.type, None, listener.getsockname()),
            bind_socket=False,
        )
        self._servers.append(server)
        bound: int = listener.getsockname()[1]
        return bound

    def url(self, port: int) -> str:
        return f"http://[{self.host}]:{port}" if ":" in self.host else f"http://{self.host}:{port}"

    def start(self) -> None:
        self._dispatcher.set_thread_count(FIRST_THREADS)
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests that are being answered, close every connection and end the threads; give up ports that were never served."""
        if self._thread.ident is not None:
            self._dispatcher.shutdown()
            self._is_stopping = True
            self._servers[0].pull_trigger()
            self._thread.join()
        wasyncore.close_all(self._sockets, ignore_all=True)

    def _run(self) -> None:
        while not self._is_stopping:
            wasyncore.loop(timeout=LOOP_WAIT_S, use_poll=True, map=self._sockets, count=1)


def most_connections() -> int:
    """As many as leave descriptors for the files of dumps."""
    soft_limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if soft_limit == resource.RLIM_INFINITY else max(16, min(MOST_CONNECTIONS, soft_limit - DESCRIPTORS_FOR_FILES))


def listen(host: str, port: int, option: str) -> socket.socket:
    """Bind a port, 0 for a free one. Raises AddressInUse, or ConfigurationError for an address that can't be had."""
    if not 0 <= port <= LAST_PORT:
        raise ConfigurationError(f"port {port} is not between 0 and {LAST_PORT}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, TypeError, UnicodeError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise AddressInUse(f"port {port} on {host} is taken; {option} 0 takes a free one") from None
        reason = error.strerror or error if isinstance(error, OSError) else error
        raise ConfigurationError(f"can't listen on {printable(host)}, port {port}: {reason}") from None


class GrowingDispatcher(ThreadedTaskDispatcher):
    """A request that finds every thread busy gets a new one, so requests that wait (for a disk, for a segment) stall nobody."""

    logger = logging.getLogger("ome_mock.waitress")
    most_threads = MOST_THREADS

    def add_task(self, task: object) -> None:
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()
            threads = len(self.threads) - self.stop_count
            if len(self.queue) > threads - self.active_count and threads < self.most_threads:
                number = next(number for number in count() if number not in self.threads)
                self.threads.add(number)
                self.active_count += 1
                self.start_new_thread(self.handler_thread, number)

    def shutdown(self, cancel_pending: bool = True, timeout: float = STOP_TIMEOUT_S) -> bool:
        """Finish the requests that are being answered; those that still come are cancelled."""
        with self.lock:
            self.most_threads = 0
        return bool(super().shutdown(cancel_pending, timeout))


class _Parked(BaseException):
    """Unwinds a worker from a request that is to be left without an answer."""


def _dropping_what_is_parked(application: Application) -> Application:
    def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ[CONNECTION].is_parking:
            raise _Parked
        return body

    return call


class _ExactTask(WSGITask):
    """Sends the application's headers as they are, in their order; adds only what closing a connection needs."""

    def get_environment(self) -> WSGIEnvironment:
        environ: WSGIEnvironment = super().get_environment()
        environ[CONNECTION] = self.channel
        return environ

    def execute(self) -> None:
        """Ask the application, unless the request was parked and its answer is here."""
        answer = self.channel.take_answer()
        if answer is None:
            try:
                super().execute()
            except ConnectionResetError:
                self._break_off()
            return
        self.complete, self.wrote_header = True, True
        self.status, self.response_headers = answer.status, list(answer.headers)
        self.channel.write_soon(self.build_response_header() + answer.body)

    def _break_off(self) -> None:
        """Close the connection in the middle of an answer, or before it: then clients see it reset."""
        if not self.wrote_header:
            self.channel.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.wrote_header = self.close_on_finish = True

    def build_response_header(self) -> bytes:
        asked = self.request.headers.get("CONNECTION", "")
        connection = asked.lower()
        has_length = any(name.lower() == "content-length" for name, _ in self.response_headers)
        stays_open = connection == "keep-alive" if self.version == "1.0" else connection != "close"
        if not stays_open or (self.has_body and not has_length):
            self.set_close_on_finish()
        elif asked == "Keep-Alive":
            self.response_headers += KEEP_ALIVE
        elif self.version == "1.0":
            self.response_headers.append(("Connection", "Keep-Alive"))
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in self.response_headers)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


class _HangUp(ErrorTask):
    """The engine closes the connection on a request that it can't parse, without an answer (reference: REST API, section 2.5)."""

    def service(self) -> None:
        log.warning("hung up on a malformed request, as OME does: %s", self.request.error.body)
        self.close_on_finish = True


class _RawParser(HTTPRequestParser):
    """Takes a request target with raw bytes, hangs up on what is no method, and lets the last of several credentials count."""

    def parse_header(self, header_plus: bytes) -> None:
        first_line, end, fields = header_plus.partition(b"\r\n")
        method, _, target = first_line.rpartition(b" ")[0].partition(b" ")
        if not any(name.encode() in method for name in METHODS):  # the engine hangs up
            raise ParsingError(f"unknown method in {first_line!r}")
        try:
            super().parse_header(_NOT_ASCII.sub(b"-", first_line) + end + fields)
        except ValueError as error:  # an address in brackets that is none
            raise ParsingError(str(error)) from None
        self.request_uri = target.decode("latin-1")
        credentials = _AUTHORIZATION.findall(end + fields)
        if len(credentials) > 1:
            self.headers["AUTHORIZATION"] = credentials[-1].decode("latin-1").strip()


class _Channel(HTTPChannel):
    """A connection, which can be parked: its request stays the first one, and is served again once there is an answer."""

    parser_class = _RawParser
    task_class = _ExactTask
    error_task_class = _HangUp

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        self._waiting: Waiting | None = None
        self._is_parked = False
        self._answer: Answer | None = None
        self._on_close: list[Callable[[], None]] = []
        super().__init__(*arguments, **settings)
        self.number: int = self._fileno

    @property
    def is_parking(self) -> bool:
        return self._waiting is not None and not self._is_parked

    def on_close(self, callback: Callable[[], None]) -> None:
        self._on_close.append(callback)

    def park(self, waiting: Waiting) -> None:
        self._waiting = waiting

    def service(self) -> None:
        try:
            super().service()
        except _Parked:
            self._is_parked = True
            waiting = self._waiting
            if waiting is not None:
                waiting.begin(self._resume)
                if not self.connected:
                    waiting.abandon()

    def take_answer(self) -> Answer | None:
        answer, self._answer = self._answer, None
        return answer

    def del_channel(self, *arguments: Any) -> None:
        super().del_channel(*arguments)
        if self._waiting is not None:
            self._waiting.abandon()
        while self._on_close:
            self._on_close.pop()()

    def _resume(self, answer: Answer) -> None:
        self._waiting, self._is_parked = None, False
        if not self.requests:  # a server that stops has dropped them
            return
        self._answer = answer
        with self.server.trigger_held_back():
            self.service()
        if self.writable():
            self.server.pull_trigger()


class _Server(TcpWSGIServer):
    """Wakes its loop for what the loop has to do, but not for each of many answers that went out at once."""

    channel_class = _Channel

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        self._held_back = local()
        super().__init__(*arguments, **settings)

    @contextmanager
    def trigger_held_back(self) -> Iterator[None]:
        """Meanwhile this thread doesn't wake the loop, which goes over every connection when it wakes."""
        self._held_back.is_on = True
        try:
            yield
        finally:
            self._held_back.is_on = False

    def pull_trigger(self) -> None:
        if not getattr(self._held_back, "is_on", False):
            super().pull_trigger()
