"""One connection of the HTTP server, which reads requests as the engine does, and sends the application's answers unchanged.

The classes extend those of waitress, which change request targets and headers (`benchmarks/http-server.md` says why waitress).
"""

from __future__ import annotations

import logging
import re
import socket
import struct
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import BadRequest, RequestEntityTooLarge

from .parking import CONNECTION, Answer, Waiting
from .request_line import METHODS

log = logging.getLogger("ome_mock.requests")

Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]

KEEP_ALIVE = [("Connection", "Keep-Alive"), ("Keep-Alive", "timeout=5, max=100")]
"""The engine's headers for a client that sends `Keep-Alive`; it obeys neither (rest-api.md#response-headers, #connections)."""

LONGEST_BODY = 64 * 1024 * 1024
"""The longest body in bytes. OME showed no limit; here bodies are read into memory before the token is checked."""

_NOT_ASCII = re.compile(rb"[^\x00-\x7f]")
_AUTHORIZATION = re.compile(rb"\r\nauthorization:([^\r\n]*)", re.IGNORECASE)
_HOST = re.compile(rb"\r\nhost:([^\r\n]*)", re.IGNORECASE)
_REQUEST_BEGINNING = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]*(?: |\Z)")
"""The beginning of a possible request: a token and a space (RFC 9112, section 3)."""
_OTHER_PROTOCOLS = {b"\x16": "a TLS handshake", b"\x15": "a TLS alert", b"\x03": "an RTMP handshake"}
"""The names of other protocols by their first byte."""


class _Parked(BaseException):
    """Ends a worker's handling of a request that was parked."""


def dropping_what_is_parked(application: Application) -> Application:
    def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ[CONNECTION].is_parking:
            raise _Parked
        return body

    return call


class _ExactTask(WSGITask):
    """Sends the application's headers unchanged and in order; adds only those for closing the connection."""

    def get_environment(self) -> WSGIEnvironment:
        environ: WSGIEnvironment = super().get_environment()
        environ[CONNECTION] = self.channel
        return environ

    def execute(self) -> None:
        """Call the application, unless the request was parked and has its answer now."""
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

    def write(self, data: bytes) -> None:
        """Send the headers together with the first bytes of the body, because each send wakes the client and releases the GIL."""
        header = b"" if self.wrote_header else self.build_response_header()
        body = data if self.has_body else b""
        self.wrote_header = True
        self.content_bytes_written += len(data)
        self.channel.write_soon(header + body)

    def _break_off(self) -> None:
        """Close the connection before or within an answer, so that clients see a reset."""
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


class _NoRequest(BadRequest):
    """Bytes that can't be the beginning of a request."""


class _HangUp(ErrorTask):
    """Closes the connection without an answer, as the engine does for a request that it can't parse (rest-api.md#connections)."""

    def service(self) -> None:
        error = self.request.error
        if isinstance(error, RequestEntityTooLarge):
            self._refuse_body()
            return
        what = "bytes that are no request" if isinstance(error, _NoRequest) else "a malformed request"
        log.warning("hung up on %s, as OME does: %s", what, error.body)
        self.close_on_finish = True

    def _refuse_body(self) -> None:
        """Refuse a body that is too long, and read on; otherwise a client that is still sending sees a reset instead of the answer."""
        text = f"ome-mock: a body may have {LONGEST_BODY} bytes; OME has no such limit\n"
        log.warning("refused a request: %s", text.strip())
        headers = ("Connection: close", f"Content-Length: {len(text)}", "Content-Type: text/plain")
        self.channel.discard_input()
        self.channel.write_soon("\r\n".join(["HTTP/1.1 413 Content Too Large", *headers, "", text]).encode())


class _RawParser(HTTPRequestParser):
    """Accepts raw bytes in a request target, closes at an unknown method, and uses the last of several credentials or hosts."""

    def received(self, data: bytes) -> int:
        """Parse bytes; returns their number. Bytes that can't become a request are refused at once (recorded: transport-more)."""
        if self.body_rcv is None:
            beginning = (self.header_plus + data).lstrip()
            if not _REQUEST_BEGINNING.match(beginning):
                self.error = _NoRequest(_OTHER_PROTOCOLS.get(beginning[:1], repr(beginning[:20])) + " on a port of plain HTTP")
                self.completed = True
                return len(data)
        return int(super().received(data))

    def parse_header(self, header_plus: bytes) -> None:
        first_line, end, fields = header_plus.partition(b"\r\n")
        method, _, target = first_line.rpartition(b" ")[0].partition(b" ")
        if not any(name.encode() in method for name in METHODS):  # the engine closes the connection
            raise ParsingError(f"unknown method in {first_line!r}")
        try:
            super().parse_header(_NOT_ASCII.sub(b"-", first_line) + end + fields)
        except ValueError as error:  # an invalid address in brackets
            raise ParsingError(str(error)) from None
        if self.content_length > LONGEST_BODY:  # refuse before the client sends it
            self.expect_continue = False
        self.request_uri = target.decode("latin-1")
        for name, pattern in (("AUTHORIZATION", _AUTHORIZATION), ("HOST", _HOST)):
            values = pattern.findall(end + fields)
            if len(values) > 1:
                self.headers[name] = values[-1].decode("latin-1").strip()


class Channel(HTTPChannel):
    """A connection that can be parked: its request stays the first, and is served again when its answer is known."""

    parser_class = _RawParser
    task_class = _ExactTask
    error_task_class = _HangUp

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        self._waiting: Waiting | None = None
        self._is_parked = False
        self._answer: Answer | None = None
        self._on_close: list[Callable[[], None]] = []
        self._discards_input = False
        super().__init__(*arguments, **settings)
        self.number: int = self._fileno

    @property
    def never_waits(self) -> bool:
        """True if the next request can be answered without waiting, also for a client that must read earlier answers first."""
        request = self.requests[0]
        is_quick = request.error is None and bool(self.server.never_waits(request.command, request.request_uri))
        return is_quick and not self.total_outbufs_len

    @property
    def is_parking(self) -> bool:
        return self._waiting is not None and not self._is_parked

    @property
    def is_answered_at_once(self) -> bool:
        return bool(self.server.is_answering_at_once)

    def received(self, data: bytes) -> bool:
        return self._discards_input or bool(super().received(data))

    def discard_input(self) -> None:
        """Ignore further bytes until the client or the idle timeout closes the connection."""
        self._discards_input = True

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

    def answer_at_once(self) -> None:
        """Answer in a thread that must neither wait nor end: the server's loop, or that of the held requests."""
        try:
            with self.server.answering_at_once():
                self.service()
        except BaseException as error:
            log.error("internal error, please report it: %s: %s", type(error).__name__, error)  # noqa: TRY400
            log.debug("where it happened:", exc_info=error)
            self.will_close = True

    def _flush_outbufs_below_high_watermark(self) -> None:
        """Wait until the client has read; an answer given at once, in the loop that reports it, doesn't wait."""
        if not self.is_answered_at_once:
            super()._flush_outbufs_below_high_watermark()

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
        if not self.requests:  # a stopping server has dropped them
            return
        self._answer = answer
        self.answer_at_once()
        if self.connected and self.writable():
            self.server.pull_trigger()
