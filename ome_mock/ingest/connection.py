"""One publisher's connection, without its socket: bytes in, bytes to send and events out.

What a listener does with it:

    connection = RtmpConnection(epoch_seconds=..., filler=...)
    for each piece of bytes that arrives: act on connection.receive(piece), then send connection.bytes_to_send()
    PublishRequested: call accept, refuse or pass_over, at once or later; TracksKnown: the stream is there, its outputs once
    is_complete; Ended: send what is left and close
    the client is gone, or must go: connection.end(...)

No clock is asked: nothing is ever closed for silence (recorded: silence for 90 s after media).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from . import answers
from .amf0 import decode
from .behaviour import ERTMP, PLAIN, PLAINLY_ANSWERED_ERTMP
from .chunks import ChunkReader
from .commands import Commands
from .counters import MediaCounters
from .errors import ProtocolViolation
from .events import Ended, Event, Tracks, TracksKnown
from .handshake import FILLER, HALF, VERSION, answer_handshake
from .messages import Message, MessageType
from .metadata import find_metadata
from .publication import Publication
from .states import State, Step, next_state

MOST_WAITING = 1024 * 1024
"""Bytes that are kept while a publish request waits for its decision; a listener that heeds `is_waiting` stays far below."""

MOST_UNSENT = 1024 * 1024
"""Bytes of answers that nobody has taken."""

_FIXED_CLIENT = 12345
_PING = 6


class RtmpConnection:
    """The server's side of one RTMP connection.

    `ertmp` stands for `<Modules><ERTMP>`, and `is_odd` for the answers of the recorded engine with it. S1 tells `epoch_seconds`, the time
    of day, and `filler`, 1,528 bytes: without the module the engine has the same for every connection, with it others each time. With the
    module it tells clients `connection_number`, which counts connections, and `socket_number`, which the operating system gives out.
    """

    def __init__(
        self,
        *,
        ertmp: bool = False,
        is_odd: bool = True,
        epoch_seconds: int = 0,
        filler: bytes = bytes(FILLER),
        connection_number: int = 1,
        socket_number: int = 1,
    ) -> None:
        self._behaviour = behaviour = (ERTMP if is_odd else PLAINLY_ANSWERED_ERTMP) if ertmp else PLAIN
        self._epoch_seconds = epoch_seconds
        self._filler = filler

        self._state = State.HANDSHAKE
        self._handshake = bytearray()
        self._chunks = ChunkReader(misreads_long_ids=behaviour.misreads_long_chunk_stream_ids)
        self._commands = Commands(
            behaviour,
            client_at_connect=connection_number if behaviour.counts_clients else _FIXED_CLIENT,
            client=socket_number if behaviour.counts_clients else _FIXED_CLIENT,
        )
        self._publication = Publication(behaviour)
        self._unsent = bytearray()
        self._events: list[Event] = []

        self._received = 0
        self._unacknowledged = 0
        self._window = answers.WINDOW

        self._answer_if_accepted = b""

    @property
    def state(self) -> State:
        """The stage that the connection has reached."""
        return self._state

    @property
    def closed(self) -> bool:
        """It is over: nothing is read any more."""
        return self._state is State.ENDED

    @property
    def is_waiting(self) -> bool:
        """A publish request waits for its decision: better leave further bytes in the socket."""
        return self._state is State.ASKED

    @property
    def counters(self) -> MediaCounters:
        """The frames of each track so far, counted."""
        return self._publication.counters

    @property
    def frames(self) -> int:
        """The number of frames so far, of both tracks."""
        return self._publication.frames

    @property
    def tracks(self) -> Tracks | None:
        """The tracks as they are known now; None before they are."""
        return self._publication.tracks

    @property
    def largest(self) -> tuple[int, int]:
        """The largest width and height that the publisher has named so far."""
        return self._publication.largest

    @property
    def is_complete(self) -> bool:
        """Enough is known of every track to make outputs of it."""
        return self._publication.is_complete

    def receive(self, data: bytes) -> list[Event]:
        """Take bytes from the client. While a request waits for its decision they are only kept."""
        if self._state is State.ENDED:
            return []
        if self.is_waiting and self._chunks.waiting + len(data) > MOST_WAITING:
            return self.end("too many bytes behind a publish request")
        self._received += len(data)
        self._unacknowledged += len(data)
        (self._chunks.feed if self._is_past_handshake else self._handshake.extend)(data)
        return self._work()

    def bytes_to_send(self) -> bytes:
        """Bytes for the client, each given once."""
        unsent = bytes(self._unsent)
        self._unsent.clear()
        return unsent

    def accept(self) -> list[Event]:
        """Let the publisher begin, and read what it has sent meanwhile. Raises WrongMoment where none has asked."""
        self._step(Step.ACCEPTED)
        self._unsent += self._answer_if_accepted
        return self._work()

    def refuse(self, reason: str = "refused") -> list[Event]:
        """Turn the publisher away, without a word (webhooks.md#publishers). Raises WrongMoment where none has asked."""
        if self._state is not State.ASKED:
            next_state(self._state, Step.ACCEPTED)
        return self.end(reason)

    def pass_over(self) -> list[Event]:
        """Leave the request without an answer, and read on as if it had never come. Raises WrongMoment where none has asked.

        So does the engine where no virtual host has the name: the publisher waits for ever (recorded: incoming-rtmp/unknown host).
        """
        self._step(Step.PASSED_OVER)
        self._commands.forget_request()
        return self._work()

    def end(self, reason: str) -> list[Event]:
        """End the connection: the client has closed it, or the listener will. One that has ended stays so."""
        if self._state is State.ENDED:
            return []
        self._step(Step.ENDED)
        self._handshake.clear()
        return [Ended(reason)]

    def _work(self) -> list[Event]:
        try:
            self._read()
        except ProtocolViolation as violation:
            self._events += self.end(str(violation))
        events, self._events = self._events, []
        return events

    def _read(self) -> None:
        if self._state is State.HANDSHAKE:
            self._read_c1()
        if self._state is State.CONFIRMATION:
            self._read_c2()
        while self._is_past_handshake and self._state is not State.ASKED:
            message = self._chunks.next_message()
            if message is None:
                self._acknowledge()
                return
            self._take(message)

    @property
    def _is_past_handshake(self) -> bool:
        return self._state is not State.HANDSHAKE and self._state is not State.CONFIRMATION

    def _read_c1(self) -> None:
        received = self._handshake
        is_complete = len(received) >= 1 + HALF
        is_judged = is_complete or self._behaviour.version_is_judged_at_once
        if is_judged and received and received[0] != VERSION:
            raise ProtocolViolation(f"a handshake of version {received[0]}")
        if is_complete:
            c1 = bytes(received[1 : 1 + HALF])
            self._send(answer_handshake(c1, epoch_seconds=self._epoch_seconds, filler=self._filler))
            del received[: 1 + HALF]
            self._step(Step.HANDSHAKE_ANSWERED)

    def _read_c2(self) -> None:
        if len(self._handshake) >= HALF:
            self._chunks.feed(bytes(self._handshake[HALF:]))
            self._handshake.clear()
            self._step(Step.CONFIRMED)

    def _acknowledge(self) -> None:
        """Acknowledge once for each piece that was read, while half windows are owed (recorded: window acknowledgement size 500)."""
        half = self._window // 2
        if self._unacknowledged > half:
            self._unacknowledged -= half
            self._send(answers.acknowledgement(self._received))

    def _take(self, message: Message) -> None:
        take = self._TAKERS.get(message.type)
        if take is not None:
            take(self, message)

    def _take_chunk_size(self, message: Message) -> None:
        self._chunks.set_chunk_size(_number(message))

    def _take_abort(self, message: Message) -> None:
        self._chunks.abort(_number(message))

    def _take_window(self, message: Message) -> None:
        self._window = _number(message)

    def _take_user_control(self, message: Message) -> None:
        event, stamp = int.from_bytes(message.payload[:2], "big"), message.payload[2:6]
        if event == _PING and len(stamp) == 4:
            self._send(answers.ping_answer(stamp[::-1] if self._behaviour.reverses_pings else stamp))

    def _take_media(self, message: Message) -> None:
        if self._state is State.COMMANDS:
            raise ProtocolViolation("media before publish")
        publication = self._publication
        event = (publication.take_video if message.type == MessageType.VIDEO else publication.take_audio)(message)
        if event is not None:
            if isinstance(event, TracksKnown):
                self._step(Step.TRACKS_KNOWN)
            self._events.append(event)

    def _take_data(self, message: Message) -> None:
        """Look for metadata; data that can't be read are passed over, as data that nobody knows are."""
        if self._state is State.COMMANDS:
            return
        try:
            metadata = find_metadata(decode(message.payload), takes_bare=self._behaviour.takes_bare_metadata)
        except ProtocolViolation:
            return
        if metadata is not None:
            self._publication.take_metadata(metadata)

    def _take_command(self, message: Message) -> None:
        reply = self._commands.do(message)
        self._send(reply.answer)
        if reply.offence:
            raise ProtocolViolation(reply.offence)
        if reply.request is not None:
            self._answer_if_accepted = reply.answer_if_accepted
            self._step(Step.PUBLISH_REQUESTED)
            self._events.append(reply.request)

    def _send(self, encoded: bytes) -> None:
        self._unsent += encoded
        if len(self._unsent) > MOST_UNSENT:
            raise ProtocolViolation("answers that nobody reads")

    def _step(self, step: Step) -> None:
        self._state = next_state(self._state, step)

    _TAKERS: ClassVar[dict[int, Callable[[RtmpConnection, Message], None]]] = {
        MessageType.SET_CHUNK_SIZE: _take_chunk_size,
        MessageType.ABORT: _take_abort,
        MessageType.USER_CONTROL: _take_user_control,
        MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE: _take_window,
        MessageType.AUDIO: _take_media,
        MessageType.VIDEO: _take_media,
        MessageType.DATA: _take_data,
        MessageType.COMMAND: _take_command,
    }


def _number(message: Message) -> int:
    """The four bytes that a message about the connection holds (fewer close; recorded: chunk size message of 2 bytes)."""
    if len(message.payload) < 4:
        raise ProtocolViolation(f"a message of type {message.type} and {message.length} bytes")
    return int.from_bytes(message.payload[:4], "big")
