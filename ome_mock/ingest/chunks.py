"""Messages put together of the chunks they came in (Adobe's specification 1.0, section 5.3.1).

Payload is consumed as it arrives, whatever a chunk's size: what waits for more bytes is at most one header. Of a message only as much is
kept as its type needs, and only up to bounds; what a client announces costs nothing.
"""

from __future__ import annotations

from .errors import ProtocolViolation
from .flv import may_be_header
from .messages import CHUNK_SIZE, Message, MessageType

MOST_CHUNK_STREAMS = 1024
"""The engine takes any id; no encoder has more than a handful."""

MOST_KEPT = 2 * 1024 * 1024
"""Bytes of unfinished messages that are kept, of all chunk streams together."""

KEPT_OF_A_TYPE: dict[int, int] = {
    MessageType.AUDIO: 16 * 1024,
    MessageType.VIDEO: 16 * 1024,
    MessageType.DATA: 1024 * 1024,
    MessageType.COMMAND: 1024 * 1024,
}
"""Bytes of a message that are kept: of media what a sequence header may need; of frames and other types `_KEPT` is enough."""

_KEPT = 16
_MEDIA = {MessageType.AUDIO, MessageType.VIDEO}
_CONTINUES, _LONG_ID = 0xC0, 64

_MESSAGE_HEADER_LENGTHS = (11, 7, 3, 0)
_EXTENDED = 0xFFFFFF


class _ChunkStream:
    """A chunk stream: the last header's values, and the message that is on its way."""

    __slots__ = ("delta_ms", "is_extended", "keeps", "left", "length", "number", "payload", "timestamp_ms", "type")

    def __init__(self, number: int) -> None:
        self.number = number
        self.timestamp_ms = 0
        self.delta_ms = 0
        self.is_extended = False
        self.length = 0
        self.type = -1
        self.payload = bytearray()
        self.keeps = 0
        self.left = 0
        """Bytes of the message that have yet to come; 0 between messages."""

    @property
    def has_begun(self) -> bool:
        return self.type >= 0


class ChunkReader:
    """Takes bytes and gives messages, one at a time: a caller may stop between two and go on later."""

    def __init__(self, *, misreads_long_ids: bool = False) -> None:
        self._misreads_long_ids = misreads_long_ids
        self._buffer = bytearray()
        self._at = 0
        self._chunk_size = CHUNK_SIZE
        self._streams: dict[int, _ChunkStream] = {}
        self._current: _ChunkStream | None = None
        self._left_of_chunk = 0
        self._kept = 0

    def feed(self, received: bytes) -> None:
        """Take more bytes."""
        del self._buffer[: self._at]
        self._at = 0
        self._buffer += received

    @property
    def waiting(self) -> int:
        """Bytes that were taken and not yet looked at."""
        return len(self._buffer) - self._at

    def next_message(self) -> Message | None:
        """The next whole message, None where more bytes are needed; empty ones are passed over, as the engine does.

        Raises ProtocolViolation where the chunks make no sense.
        """
        while True:
            if self._current is None:
                self._current = self._read_header()
            stream = self._current
            if stream is None:
                return None
            self._take_payload(stream)
            if self._left_of_chunk:
                return None
            self._current = None
            if stream.left > self._chunk_size:
                self._skip_chunks(stream)
            if stream.left == 0 and stream.length:
                return self._finished(stream)

    def set_chunk_size(self, size: int) -> None:
        """Chunks are of this size from now on. 0 is taken, and closes at the next chunk. The highest bit counts, so that a client who
        thinks it is none is no longer understood, and closed once what it sends makes no sense (both recorded).
        """
        self._chunk_size = size

    def abort(self, number: int) -> None:
        """Forget the message that is on its way on a chunk stream."""
        stream = self._streams.get(number)
        if stream is not None:
            self._forget(stream)

    def _read_header(self) -> _ChunkStream | None:
        at = self._at
        buffer = self._buffer
        if at == len(buffer):
            return None
        first = buffer[at]
        id_length = (2, 3)[first & 63] if first & 63 < 2 else 1
        chunk_format = first >> 6
        fields = at + id_length
        end = fields + _MESSAGE_HEADER_LENGTHS[chunk_format]
        if end > len(buffer):
            return None
        stream = self._stream(self._id(at, id_length), chunk_format)
        timestamp = int.from_bytes(buffer[fields : fields + 3], "big") if chunk_format < 3 else 0
        is_extended = timestamp == _EXTENDED if chunk_format < 3 else stream.is_extended
        if is_extended:
            end += 4
            if end > len(buffer):
                return None
            timestamp = int.from_bytes(buffer[end - 4 : end], "big")
        self._begin(stream, chunk_format, timestamp, bytes(buffer[fields + 3 : fields + 7]))
        stream.is_extended = is_extended
        self._at = end
        return stream

    def _id(self, at: int, id_length: int) -> int:
        buffer = self._buffer
        if id_length == 1:
            return buffer[at] & 63
        if id_length == 2:
            return buffer[at + 1] + 64 & (0xFF if self._misreads_long_ids else 0xFFFF)
        return int.from_bytes(buffer[at + 1 : at + 3], "little") + (0 if self._misreads_long_ids else 64)

    def _stream(self, number: int, chunk_format: int) -> _ChunkStream:
        stream = self._streams.get(number)
        if stream is None:
            if chunk_format:
                raise ProtocolViolation(f"chunk stream {number} begins without a whole header")
            if len(self._streams) == MOST_CHUNK_STREAMS:
                raise ProtocolViolation("too many chunk streams")
            stream = self._streams[number] = _ChunkStream(number)
        return stream

    def _begin(self, stream: _ChunkStream, chunk_format: int, timestamp: int, fields: bytes) -> None:
        """Apply a header. One that says anything in mid-message begins the message anew (recorded: message of 16777215 bytes announced)."""
        if chunk_format == 3 and stream.left:
            self._left_of_chunk = self._next_chunk(stream)
            return
        self._forget(stream)
        if chunk_format == 0:
            stream.timestamp_ms = _absolute(timestamp, stream.timestamp_ms)
            stream.delta_ms = 0
        else:
            if chunk_format < 3:
                stream.delta_ms = timestamp
            stream.timestamp_ms += stream.delta_ms
        if chunk_format < 2:
            stream.length = int.from_bytes(fields[:3], "big")
            stream.type = fields[3]
        stream.keeps = KEPT_OF_A_TYPE.get(stream.type, _KEPT)
        stream.left = stream.length
        self._left_of_chunk = self._next_chunk(stream)

    def _next_chunk(self, stream: _ChunkStream) -> int:
        if not self._chunk_size:
            raise ProtocolViolation("a chunk size of 0")
        return min(self._chunk_size, stream.left)

    def _take_payload(self, stream: _ChunkStream) -> None:
        taken = min(self._left_of_chunk, len(self._buffer) - self._at)
        room = stream.keeps - len(stream.payload)
        if room > 0 and taken:
            before = len(stream.payload)
            stream.payload += self._buffer[self._at : self._at + min(taken, room)]
            if before < 2 <= len(stream.payload) and stream.type in _MEDIA and not may_be_header(stream.payload):
                stream.keeps = _KEPT
                del stream.payload[_KEPT:]
            self._kept += len(stream.payload) - before
            if self._kept > MOST_KEPT:
                raise ProtocolViolation("too many unfinished messages")
        self._at += taken
        self._left_of_chunk -= taken
        stream.left -= taken

    def _skip_chunks(self, stream: _ChunkStream) -> None:
        """Pass over whole chunks that go on with the message and of which nothing is kept, at once: most of what encoders send is such."""
        step = self._chunk_size + 1
        count = min((len(self._buffer) - self._at) // step, (stream.left - 1) // self._chunk_size)
        if count < 1 or stream.is_extended or stream.number >= _LONG_ID or len(stream.payload) < stream.keeps:
            return
        headers = self._buffer[self._at : self._at + count * step : step]
        expected = bytes([_CONTINUES | stream.number])
        if headers.count(expected) != count:  # another chunk stream comes in between
            count -= len(headers.lstrip(expected))
        self._at += count * step
        stream.left -= count * self._chunk_size

    def _finished(self, stream: _ChunkStream) -> Message:
        message = Message(stream.number, stream.type, stream.timestamp_ms, stream.length, bytes(stream.payload))
        self._forget(stream)
        return message

    def _forget(self, stream: _ChunkStream) -> None:
        self._kept -= len(stream.payload)
        stream.payload.clear()
        stream.left = 0


def _absolute(timestamp: int, before_ms: int) -> int:
    """A timestamp of 32 bits, counted on from the one before it: it may have gone around, or gone back.

    Going back below 0 closes, so that a first one above 2147483647 does, and one that gets there in time does not (recorded: timestamps
    begin at 2147490000, at 2147483000).
    """
    step = (timestamp - before_ms) & 0xFFFFFFFF
    now_ms = before_ms + (step if step < 0x80000000 else step - 0x100000000)
    if now_ms < 0:
        raise ProtocolViolation(f"a timestamp of {timestamp}")
    return now_ms
