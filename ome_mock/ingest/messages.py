"""Messages of RTMP and the chunks they are sent in (Adobe's specification 1.0, sections 5.3 and 5.4)."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

CHUNK_SIZE = 128
"""One chunk holds so many bytes of a message until a side says otherwise; the engine keeps to it for its own."""

PROTOCOL_CHUNK_STREAM = 2


class MessageType(IntEnum):
    """The types that the engine looks at; it ignores all others (recorded: 15, 17, 19, 22, 99)."""

    SET_CHUNK_SIZE = 1
    ABORT = 2
    ACKNOWLEDGEMENT = 3
    USER_CONTROL = 4
    WINDOW_ACKNOWLEDGEMENT_SIZE = 5
    SET_PEER_BANDWIDTH = 6
    AUDIO = 8
    VIDEO = 9
    DATA = 18
    COMMAND = 20


class Message(NamedTuple):
    """A message that arrived. Of a long one the payload is only the beginning: `length` says how long it was."""

    chunk_stream: int
    type: int
    timestamp_ms: int
    length: int
    payload: bytes


def encode_message(chunk_stream: int, message_type: int, message_stream: int, payload: bytes) -> bytes:
    """Write a message with timestamp 0 in chunks: one with a whole header, then as many as it takes without one."""
    header = len(payload).to_bytes(3, "big") + bytes([message_type]) + message_stream.to_bytes(4, "little")
    chunks = [payload[at : at + CHUNK_SIZE] for at in range(0, len(payload), CHUNK_SIZE)]
    return _basic_header(0, chunk_stream) + bytes(3) + header + _basic_header(3, chunk_stream).join(chunks)


def encode_protocol_message(message_type: MessageType, payload: bytes, message_stream: int = 0) -> bytes:
    """Write a message about the connection itself, on its chunk stream."""
    return encode_message(PROTOCOL_CHUNK_STREAM, message_type, message_stream, payload)


def _basic_header(chunk_format: int, chunk_stream: int) -> bytes:
    first = chunk_format << 6
    if chunk_stream < 64:
        return bytes([first | chunk_stream])
    if chunk_stream < 320:
        return bytes([first, chunk_stream - 64])
    return bytes([first | 1]) + (chunk_stream - 64).to_bytes(2, "little")
