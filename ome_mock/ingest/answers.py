"""The engine's messages to a client, to the byte (recorded: rtmp.jsonl, `received_bytes`)."""

from __future__ import annotations

from .amf0 import EcmaArray, Value, encode
from .messages import CHUNK_SIZE, MessageType, encode_message, encode_protocol_message

WINDOW = 2_500_000
"""The acknowledgement window that the engine names, and assumes of a client that names none."""

_DYNAMIC = 2
_STREAM_BEGIN = 0
_PING_ANSWER = 7
_CONNECT_CHUNK_STREAM = 3
_MESSAGE_STREAM = 1
"""The number of every stream that createStream makes."""


def connect_answers(transaction: float, client: int, object_encoding: float, bandwidth_message_stream: int) -> bytes:
    """The five messages that answer connect."""
    window = WINDOW.to_bytes(4, "big")
    return (
        encode_protocol_message(MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE, window, bandwidth_message_stream)
        + encode_protocol_message(MessageType.SET_PEER_BANDWIDTH, window + bytes([_DYNAMIC]), bandwidth_message_stream)
        + stream_begin(0)
        + encode_protocol_message(MessageType.SET_CHUNK_SIZE, CHUNK_SIZE.to_bytes(4, "big"))
        + _command(
            _CONNECT_CHUNK_STREAM,
            0,
            "_result",
            transaction,
            {"fmsVer": "FMS/3,5,2,654", "capabilities": 31, "mode": 1},
            {
                **_status("status", "NetConnection.Connect.Success", "Connection succeeded.", client),
                "objectEncoding": object_encoding,
                "data": EcmaArray(version="3,5,2,654"),
            },
        )
    )


def create_stream_answer(chunk_stream: int, transaction: float) -> bytes:
    """The number of the stream, always the same."""
    return _command(chunk_stream, 0, "_result", transaction, None, _MESSAGE_STREAM)


def fc_publish_answer(chunk_stream: int, client: int) -> bytes:
    """The answer to FCPublish, given before anybody has looked at the name."""
    status = _status("status", "NetStream.Publish.Start", "FCPublish", client)
    return _command(chunk_stream, 0, "onFCPublish", 0, None, status)


def publish_started(chunk_stream: int, client: int) -> bytes:
    """The answer to publish."""
    status = _status("status", "NetStream.Publish.Start", "Publishing", client)
    return stream_begin(_MESSAGE_STREAM) + _command(chunk_stream, _MESSAGE_STREAM, "onStatus", 0, None, status)


def publish_rejected(chunk_stream: int, client: int) -> bytes:
    """The answer to publish without a name."""
    status = _status("error", "NetStream.Publish.Rejected", "Authentication Failed.", client)
    return _command(chunk_stream, _MESSAGE_STREAM, "onStatus", 0, None, status)


def acknowledgement(received: int) -> bytes:
    """So many bytes have been received, from the first of the handshake on."""
    return encode_protocol_message(MessageType.ACKNOWLEDGEMENT, (received & 0xFFFFFFFF).to_bytes(4, "big"))


def ping_answer(stamp: bytes) -> bytes:
    """The four bytes of a ping."""
    return _user_control(_PING_ANSWER, stamp)


def stream_begin(message_stream: int) -> bytes:
    """A message stream has begun; 0 is the connection itself."""
    return _user_control(_STREAM_BEGIN, message_stream.to_bytes(4, "big"))


def _user_control(event: int, body: bytes) -> bytes:
    return encode_protocol_message(MessageType.USER_CONTROL, event.to_bytes(2, "big") + body)


def _status(level: str, code: str, description: str, client: int) -> dict[str, Value]:
    return {"level": level, "code": code, "description": description, "clientid": client}


def _command(chunk_stream: int, message_stream: int, *values: Value) -> bytes:
    return encode_message(chunk_stream, MessageType.COMMAND, message_stream, encode(*values))
