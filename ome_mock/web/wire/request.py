"""Requests out of bytes, as the engine reads them or as RFC 9112 asks, by the dialect (rest-api.md#connections)."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import NamedTuple

from ...dialect import Dialect
from ...text import remembering
from .request_line import METHODS

LONGEST_BODY = 64 * 1024 * 1024
"""The longest body in bytes. OME showed no limit; here bodies are read into memory before the token is checked."""
LONGEST_HEAD = 8 * 1024 * 1024
"""The longest head in bytes; the engine was seen to take one mebibyte."""
LONGEST_CHUNK_LINE = 4096
LONGEST_DECIMAL = 18
"""The digits that a signed integer of 64 bits holds in any case."""

_LINE = re.compile(r"([!-~][^ ]*) (.*) HTTP/([1-9][0-9]*\.[0-9]+)", re.DOTALL)
"""A request line as the engine takes it, whose target lies between the first space and the last."""
_METHOD = re.compile("|".join(METHODS))
_TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]"  # noqa: S105 (the RFC's word for such a name)
_STRICT_HEAD = re.compile(rf"{_TOKEN}+ [^\0- \x7f]+ [^ \r\n]*(?:\r\n{_TOKEN}+:[^\0\r\n]*)*")
_STRICT_BEGINNING = re.compile(rf"{_TOKEN}*(?: |\Z)".encode())
_CONTENT_LENGTH = re.compile(r"\r\ncontent-length:[\t ]*([^\r]*)", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}(?=[\t ]*(?:;|\Z))")
_OTHER_PROTOCOLS = {b"\x16": "a TLS handshake", b"\x15": "a TLS alert", b"\x03": "an RTMP handshake"}
"""The names of other protocols by their first byte."""


class Malformed(Exception):
    """A head or a body that can't be read."""

    what = "a malformed request"


class NoRequest(Malformed):
    """Bytes that can't be the beginning of a request."""

    what = "bytes that are no request"


class BodyTooLong(Exception):
    """A body of more than LONGEST_BODY bytes."""


class Request(NamedTuple):
    """A request; its header fields have the names of WSGI, and of equal ones the last counts."""

    method: str
    target: str
    version: str
    fields: dict[str, str]
    body: bytes = b""


class RequestReader:
    """Takes the bytes of a connection and gives its requests. `on_expect` is called where a client waits for `100 Continue`."""

    def __init__(self, dialect: Dialect, on_expect: Callable[[], None]) -> None:
        self._dialect = dialect
        self._on_expect = on_expect
        self._buffer = bytearray()
        self._searched = 0
        self._requests = self._read()

    def __len__(self) -> int:
        """The number of bytes that wait to be read."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> Request | None:
        """The next request, or None until more bytes have come. Raises Malformed or BodyTooLong, and gives nothing after that."""
        return next(self._requests, None)

    def _read(self) -> Generator[Request | None, None, None]:
        while True:
            while (head := self._take_head()) is None:
                yield None
            request = parse_head(head, strictly=self._dialect.reads_http_strictly)
            if self._dialect.reads_chunked_bodies and "HTTP_TRANSFER_ENCODING" in request.fields:
                body = yield from self._read_chunks(request)
            else:
                body = yield from self._read_body(request)
            yield Request(request.method, request.target, request.version, request.fields, body)

    def _take_head(self) -> bytes | None:
        """The next head without the empty line after it, or None if that has not come. A NUL hides it from the engine (recorded)."""
        strictly, buffer = self._dialect.reads_http_strictly, self._buffer
        if not buffer:
            return None
        while strictly and buffer.startswith(b"\r\n"):  # RFC 9112, section 2.2
            del buffer[:2]
        end = buffer.find(b"\r\n\r\n", self._searched)
        if end < 0 or (not strictly and buffer.find(b"\0", 0, end) >= 0):
            _require_beginning(buffer, strictly=strictly)
            if len(buffer) > LONGEST_HEAD:
                raise Malformed(f"a head of more than {LONGEST_HEAD} bytes")
            self._searched = max(0, len(buffer) - 3) if end < 0 else self._searched
            return None
        self._searched = 0
        return self._take(end, 4)

    def _read_body(self, request: Request) -> Generator[None, None, bytes]:
        length = content_length(request, strictly=self._dialect.reads_http_strictly)
        if length > LONGEST_BODY:
            raise BodyTooLong
        if len(self._buffer) < length:
            self._note_expectation(request)
        while len(self._buffer) < length:
            yield None
        return self._take(length) if length else b""

    def _read_chunks(self, request: Request) -> Generator[None, None, bytes]:
        """Read a chunked body and forget its trailers (RFC 9112, section 7.1)."""
        if request.fields["HTTP_TRANSFER_ENCODING"].lower() != "chunked":
            raise Malformed(f"the transfer encoding {request.fields['HTTP_TRANSFER_ENCODING']!r}")
        if not self._buffer:
            self._note_expectation(request)
        body = bytearray()
        while size := _chunk_size((yield from self._read_line())):
            if len(body) + size > LONGEST_BODY:
                raise BodyTooLong
            while len(self._buffer) < size + 2:
                yield None
            body += self._take(size)
            if self._take(2) != b"\r\n":
                raise Malformed("a chunk that is longer than it says")
        while (yield from self._read_line()):
            pass
        return bytes(body)

    def _note_expectation(self, request: Request) -> None:
        if self._dialect.answers_expectations and request.fields.get("HTTP_EXPECT", "").lower() == "100-continue":
            self._on_expect()

    def _read_line(self) -> Generator[None, None, bytes]:
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > LONGEST_CHUNK_LINE:
                raise Malformed("a chunk without a size")
            yield None
        return self._take(end, 2)

    def _take(self, length: int, skipped: int = 0) -> bytes:
        taken = bytes(self._buffer[:length])
        del self._buffer[: length + skipped]
        return taken


def parse_head(head: bytes, *, strictly: bool) -> Request:
    """Read a request line and header fields. Raises Malformed."""
    text = head.decode("latin-1")
    lines = text.split("\r\n")
    line = _LINE.fullmatch(lines[0])
    if line is None or (strictly and not _STRICT_HEAD.fullmatch(text)) or not _METHOD.search(line[1]):
        _require_beginning(head, strictly=strictly)
        raise Malformed(repr(head[:200]))
    fields = {}
    for each in lines[1:]:
        name, colon, value = each.partition(":")
        if not colon:
            raise Malformed(f"a header field without a colon: {each[:200]!r}")
        fields[_wsgi_name(name)] = value.strip("\t ")
    fields.pop("HTTP_", None)
    if strictly and len(fields) < len(lines) - 1 and len(set(_CONTENT_LENGTH.findall(text))) > 1:
        raise Malformed("several lengths")
    return Request(line[1], line[2], line[3], fields)


def content_length(request: Request, *, strictly: bool) -> int:
    """The length of a body. The engine takes the digits at the beginning, and for none or too many zero (recorded)."""
    text = request.fields.get("CONTENT_LENGTH")
    if text is None:
        return 0
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_DECIMAL:
        return int(text)
    if strictly and not (text.isascii() and text.isdigit()):
        raise Malformed(f"the length {text[:200]!r}")
    digits = re.match(r"\+?0*([0-9]*)", text)
    number = digits[1] if digits else ""
    if len(number) > LONGEST_DECIMAL:
        return LONGEST_BODY + 1 if strictly else 0
    return int(number or "0")


def _chunk_size(line: bytes) -> int:
    size = _CHUNK_SIZE.match(line)
    if size is None:
        raise Malformed(f"a chunk of the size {line[:200]!r}")
    return int(size[0], 16)


def _require_beginning(data: bytes | bytearray, *, strictly: bool) -> None:
    """Raise NoRequest for bytes that can't begin a request; for the engine it is enough that the first is printable (recorded)."""
    if not (_STRICT_BEGINNING.match(data) if strictly else 0x20 <= (data or b" ")[0] < 0x7F):
        raise NoRequest(_OTHER_PROTOCOLS.get(bytes(data[:1]), repr(bytes(data[:20]))))


@remembering(1024)
def _wsgi_name(name: str) -> str:
    """The name of a header field in a WSGI environ, `HTTP_` for one with an underscore, which could be taken for another."""
    key = "" if "_" in name else name.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
