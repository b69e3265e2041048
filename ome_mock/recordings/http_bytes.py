"""HTTP/1.1 messages as bytes: requests written, requests cut out of what a client sends, answers cut out of what a server sends.

No sockets: bytes in, values out. A byte of a head stands for one character (Latin-1), so that nothing is lost.
"""

from __future__ import annotations

from typing import NamedTuple

from .case import Answer, Headers, Request, find_header

END_OF_HEAD = b"\r\n\r\n"
WITHOUT_BODY = frozenset({204, 304})


def encode_request(request: Request) -> bytes:
    """The bytes of a request: those that were sent, or its fields in the plain form, with a Content-Length where it has a body."""
    if request.sent is not None:
        return request.sent
    headers = list(request.headers)
    if request.body is not None and request.header("Content-Length") is None and request.header("Transfer-Encoding") is None:
        headers.append(("Content-Length", str(len(request.body))))
    lines = [f"{request.method} {request.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + (request.body or b"")


def decode_request(sent: bytes) -> Request:
    """The request that these bytes are; `sent` is kept in it only where its fields don't say every byte."""
    head, found, body = sent.partition(END_OF_HEAD)
    line, *lines = head.decode("utf-8", "surrogateescape").split("\r\n")
    method, _, rest = line.partition(" ")
    headers = tuple((name, value) for name, _, value in (each.partition(": ") for each in lines))
    plain = Request(method, rest.rpartition(" ")[0], headers, body or None, is_authorized=False)
    if found and encode_request(plain) == sent:
        return plain
    return Request(method, rest.rpartition(" ")[0] or rest, headers, body or None, is_authorized=False, sent=sent)


def cut_request(received: bytes) -> int:
    """The length of the first request in `received`, or 0 if it isn't whole yet.

    A body is as long as Content-Length says. A chunked one, or one whose length is no number, takes all that was received: engines
    don't read it.
    """
    end = received.find(END_OF_HEAD)
    if end < 0:
        return 0
    headers = _headers(received[:end])
    length = find_header(headers, "content-length") or "0"
    if find_header(headers, "transfer-encoding") is not None or not length.isdecimal():
        return len(received)
    size = end + len(END_OF_HEAD) + int(length)
    return size if size <= len(received) else 0


class CutAnswer(NamedTuple):
    """An answer, and how many bytes of the stream it took."""

    answer: Answer
    size: int


def cut_answer(received: bytes, method: str, *, is_closed: bool = False) -> CutAnswer | None:
    """The first answer in `received`, to a request of this method, or None if it isn't whole yet.

    Interim answers are passed over. Without a length the body ends with the connection, when `is_closed`. What is cut off by the end
    counts as far as it came.
    """
    end = received.find(END_OF_HEAD)
    if end < 0:
        return CutAnswer(_answer(received, b""), len(received)) if is_closed and received else None
    head, size = received[:end], end + len(END_OF_HEAD)
    status = _status(head)
    if status is not None and 100 <= status < 200 and status != 101:
        final = cut_answer(received[size:], method, is_closed=is_closed)
        return None if final is None else CutAnswer(final.answer, size + final.size)
    if method == "HEAD" or status in WITHOUT_BODY:
        return CutAnswer(_answer(head, b""), size)
    headers = _headers(head)
    if "chunked" in (find_header(headers, "transfer-encoding") or "").lower():
        body, taken = _cut_chunks(received[size:])
    else:
        length = find_header(headers, "content-length")
        taken = int(length) if length is not None and length.isdecimal() else None
        if (taken is None or size + taken > len(received)) and not is_closed:
            return None  # without a copy of what came so far
        body = received[size:] if taken is None else received[size : size + taken]
        taken = taken if taken is not None and size + taken <= len(received) else None
    if taken is None:
        return CutAnswer(_answer(head, body), len(received)) if is_closed else None
    return CutAnswer(_answer(head, body), size + taken)


def _cut_chunks(received: bytes) -> tuple[bytes, int | None]:
    """A chunked body without its framing, and how many bytes it took: None while it isn't whole (RFC 9112, section 7.1)."""
    body, position = b"", 0
    while True:
        end = received.find(b"\r\n", position)
        if end < 0:
            return body, None
        try:
            length = int(received[position:end].partition(b";")[0], 16)
        except ValueError:
            return body, None
        chunk = end + 2
        if length == 0:
            last = received.find(b"\r\n", chunk)
            while last > chunk:  # trailers
                chunk, last = last + 2, received.find(b"\r\n", last + 2)
            return body, None if last < 0 else last + 2
        if len(received) < chunk + length + 2:
            return body + received[chunk : chunk + length], None
        body += received[chunk : chunk + length]
        position = chunk + length + 2


def _answer(head: bytes, body: bytes) -> Answer:
    line = head.split(b"\r\n", 1)[0].decode("latin-1")
    return Answer(_status(head), line.split(" ", 2)[2] if line.count(" ") > 1 else "", _headers(head), body)


def _status(head: bytes) -> int | None:
    words = head.split(b"\r\n", 1)[0].split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else None


def _headers(head: bytes) -> Headers:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
