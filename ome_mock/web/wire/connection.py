"""One connection of the HTTP server: bytes in, requests out, and the application's answers back unchanged."""

from __future__ import annotations

import asyncio
import io
import logging
import socket
import struct
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote
from wsgiref.types import WSGIEnvironment

from ...errors import log_internal_error
from .answer import Answer
from .head import End, Head, Headers, head_of
from .parking import CONNECTION, Waiting
from .request import LONGEST_BODY, BodyTooLong, Malformed, NoRequest, Request, RequestReader

if TYPE_CHECKING:
    from .server import Listener

log = logging.getLogger("ome_mock.requests")

MOST_UNREAD = 1 << 20
"""The number of bytes behind a request that is being answered above which no more are received."""

Send = Callable[[bytes], object]


class Connection(asyncio.Protocol):
    """Answers one request after the other: in the server's loop if it never waits, else in one of its threads.

    All is done in the loop, but for the application's answer in a thread, with `on_close` and `park`.
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._server = listener.server
        self._reader = RequestReader(listener.dialect, partial(self._write, b"HTTP/1.1 100 Continue\r\n\r\n"))
        self._request: Request | None = None
        self._waiting: Waiting | None = None
        self._on_close: list[Callable[[], None]] = []
        self._must_wait_for_reader = self._is_closed = self._is_half_closed = self._discards_input = False
        self._unsent = 0
        self.is_answered_at_once = False

    # The transport's calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.number: int = transport.get_extra_info("socket").fileno()
        self._environ: WSGIEnvironment = self._listener.environ(transport) | {CONNECTION: self}
        self._server.connections.add(self)
        self._active_at = self._server.loop.time()
        self._idling = self._server.loop.call_later(self._server.idle_timeout_s, self._close_if_idle)

    def data_received(self, data: bytes) -> None:
        if self._discards_input:
            return
        self._active_at = self._server.loop.time()
        self._reader.feed(data)
        self._go_on()
        if len(self._reader) > MOST_UNREAD and (self._request is not None or self._must_wait_for_reader):
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """Answer what has come before closing, as the engine does (recorded); a client whose request is parked has left."""
        self._is_half_closed = True
        if self._waiting is None:
            self._go_on()
        return self._waiting is None and self._listener.certificate is None  # TLS has no half of a connection

    def pause_writing(self) -> None:
        self._must_wait_for_reader = True

    def resume_writing(self) -> None:
        self._must_wait_for_reader = False
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._is_closed = True
        self._idling.cancel()
        self._server.forget(self)
        if self._waiting is not None:
            self._waiting.abandon()
        self._say_closed()

    # One request after the other

    def _go_on(self) -> None:
        """Answer the requests that have come, until one waits or the client must read first."""
        while self._request is None and not (self._must_wait_for_reader or self._transport.is_closing()):
            self._request = self._next_request()
            if self._request is None:
                break
            self._answer(self._request)
        if self._request is None and not self._must_wait_for_reader:
            self._transport.resume_reading()
            if self._is_half_closed:
                self._transport.close()

    def _next_request(self) -> Request | None:
        try:
            return self._reader.next()
        except Malformed as error:
            where = (
                f" on a port of {'plain HTTP' if self._listener.certificate is None else 'HTTPS'}" if isinstance(error, NoRequest) else ""
            )
            log.warning("hung up on %s, as OME does: %s%s", error.what, error, where)
            self._transport.close()
        except BodyTooLong:
            self._refuse_body()
        return None

    def _answer(self, request: Request) -> None:
        self.is_answered_at_once = self._listener.never_waits(request.method, request.target)
        if self.is_answered_at_once:
            self._end(self._call(request, self._write))
            return
        try:
            self._server.workers.do(partial(self._answer_in_thread, request))
        except RuntimeError as error:  # there are too many threads
            self._end(_failed(error))

    def _answer_in_thread(self, request: Request) -> None:
        end = self._call(request, partial(self._server.post, self._write))
        self._server.post(self._end_and_go_on, end)

    def _end_and_go_on(self, end: End) -> None:
        self._end(end)
        self._go_on()

    def _call(self, request: Request, send: Send) -> End:
        """Have the application answer, and send the parts of its answer."""
        told: list[Any] = []
        unsent, body = b"", None

        def start_response(*head: Any) -> Send:
            told.extend(head)
            return send

        try:
            body = self._listener.application(self._environ_of(request), start_response)
            if self._waiting is not None:
                return End.IS_PARKED
            head = self._head(request, told[0], told[1])
            unsent = head.data
            for part in body:
                send(unsent + part if head.has_body else unsent)
                unsent = b""
            if unsent:
                send(unsent)
        except ConnectionResetError:
            return End.RESETS if unsent or not told else End.CLOSES
        except Exception as error:  # noqa: BLE001
            return _failed(error)
        finally:
            getattr(body, "close", bool)()
        return head.end

    def _environ_of(self, request: Request) -> WSGIEnvironment:
        raw_path, _, query = request.target.partition("?")
        path = unquote(raw_path, "latin-1") if "%" in raw_path else raw_path
        return {
            **self._environ,
            "REQUEST_METHOD": request.method,
            "REQUEST_URI": request.target,
            "PATH_INFO": path if path[:1] == "/" else f"/{path}",
            "QUERY_STRING": query,
            "SERVER_PROTOCOL": f"HTTP/{request.version}",
            "wsgi.input": io.BytesIO(request.body),
            **request.fields,
        }

    def _head(self, request: Request, status: str, headers: Headers) -> Head:
        head = head_of(request, status, headers, self._listener.dialect)
        self._discards_input = head.switches_protocol
        return head

    def _end(self, end: End) -> None:
        self._active_at = self._server.loop.time()
        if end is End.IS_PARKED and self._waiting is not None:
            if not self._is_closed:  # else it was abandoned before it began
                self._waiting.begin(self._resume)
            return
        self._request = None
        if end is End.RESETS:
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()
        elif end is End.CLOSES or self._server.is_stopping:
            self._transport.close()

    def _write(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)

    def _refuse_body(self) -> None:
        """Refuse a body that is too long, and read on; otherwise a client that is still sending sees a reset instead of the answer."""
        text = f"ome-mock: a body may have {LONGEST_BODY} bytes; OME has no such limit\n"
        log.warning("refused a request: %s", text.strip())
        self._discards_input = True
        head = f"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: {len(text)}\r\nContent-Type: text/plain\r\n\r\n"
        self._write((head + text).encode())

    # Requests that wait, and the end

    def park(self, waiting: Waiting) -> None:
        self._waiting = waiting

    def _resume(self, answer: Answer) -> None:
        self._waiting = None
        if self._request is not None:
            head = self._head(self._request, answer.status, answer.headers)
            self._write(head.data + answer.body)
            self._end_and_go_on(head.end)

    @property
    def takes_more(self) -> bool:
        return not self._must_wait_for_reader

    def begin_answer(self, answer: Answer) -> None:
        if self._request is not None:
            self.send(self._head(self._request, answer.status, answer.headers).data + answer.body)

    def send(self, data: bytes) -> None:
        self._active_at = self._server.loop.time()
        self._write(data)

    def on_close(self, callback: Callable[[], None]) -> None:
        self._on_close.append(callback)
        if self._is_closed:
            self._say_closed()

    def _say_closed(self) -> None:
        while self._on_close:
            self._on_close.pop()()

    def _close_if_idle(self) -> None:
        """Close a connection on which nothing has moved for the idle timeout, unless a request is being answered."""
        loop, unsent = self._server.loop, self._transport.get_write_buffer_size()
        if self._request is not None or unsent != self._unsent:
            self._active_at, self._unsent = loop.time(), unsent
        left_s = self._active_at + self._server.idle_timeout_s - loop.time()
        if left_s > 0:
            self._idling = loop.call_later(left_s, self._close_if_idle)
        else:
            self._transport.abort()

    def stop(self) -> None:
        """Close the connection, after the answer that a thread is making."""
        if self._request is None or self._waiting is not None:
            self._transport.close()

    def abort(self) -> None:
        self._transport.abort()


def _failed(error: Exception) -> End:
    log_internal_error(log, error)
    return End.CLOSES
