"""One connection of a client to a server, cut into exchanges. No sockets: the bytes of both sides in, exchanges out."""

from __future__ import annotations

from collections.abc import Iterator

from .case import NO_ANSWER, Exchange
from .http_bytes import cut_answer, cut_request, decode_request


class Conversation:
    """Pairs what a client sent with what the server answered.

    Bytes of a request that never became whole count as one when the connection ends.
    """

    def __init__(self) -> None:
        self._sent = b""
        self._answered = b""

    @property
    def is_idle(self) -> bool:
        """True between exchanges."""
        return not self._sent

    def client_sent(self, data: bytes) -> None:
        self._sent += data

    def server_sent(self, data: bytes) -> Iterator[Exchange]:
        """The exchanges that these bytes complete."""
        self._answered += data
        yield from self._cut(is_closed=False)

    def closed(self) -> Iterator[Exchange]:
        """The exchanges that the end of the connection completes: an answer without a length, and a request without an answer."""
        yield from self._cut(is_closed=True)
        while self._sent:
            yield Exchange(decode_request(self._take_request()), NO_ANSWER)

    def _cut(self, *, is_closed: bool) -> Iterator[Exchange]:
        while self._sent and self._answered:
            method = self._sent.partition(b" ")[0].decode("latin-1")
            cut = cut_answer(self._answered, method, is_closed=is_closed)
            if cut is None:
                return
            self._answered = self._answered[cut.size :]
            yield Exchange(decode_request(self._take_request()), cut.answer)

    def _take_request(self) -> bytes:
        size = cut_request(self._sent) or len(self._sent)
        taken, self._sent = self._sent[:size], self._sent[size:]
        return taken
