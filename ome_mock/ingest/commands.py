"""A client's commands: each comes to an answer, a request to publish, or an offence.

Known are connect, createStream, FCPublish and publish. All others get no answer and do nothing, deleteStream and closeStream among them
(recorded: unknown commands, play instead of publish, deleteStream, connection kept).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, NamedTuple

from . import answers
from .amf0 import EcmaArray, Value, decode
from .behaviour import Behaviour
from .errors import ProtocolViolation
from .events import PublishRequested
from .messages import Message
from .publish_url import PublishUrl, read_tc_url


class Reply(NamedTuple):
    """The outcome of a command."""

    answer: bytes = b""
    request: PublishRequested | None = None
    answer_if_accepted: bytes = b""
    offence: str = ""
    """The reason for which the connection is closed behind the answer; empty where it isn't."""


class Commands:
    """Does the commands of one connection and remembers what connect said."""

    def __init__(self, behaviour: Behaviour, *, client_at_connect: int, client: int) -> None:
        self._behaviour = behaviour
        self._client_at_connect = client_at_connect
        self._client = client
        self._tc_url = ""
        self._user_agent = ""
        self._url: PublishUrl | None = None
        self._is_publishing = False

    def do(self, message: Message) -> Reply:
        """Do a command. Raises ProtocolViolation for one that can't be read."""
        if message.length > len(message.payload):
            raise ProtocolViolation(f"a command of {message.length} bytes")
        values = decode(message.payload)
        name = values[0] if values else None
        do = self._KNOWN.get(name) if isinstance(name, str) else None
        return do(self, message.chunk_stream, values) if do else Reply()

    def forget_request(self) -> None:
        """Take the last request for one that was never made."""
        self._is_publishing = False

    def _connect(self, _chunk_stream: int, values: list[Value]) -> Reply:
        said = values[2] if len(values) > 2 else None
        if isinstance(said, EcmaArray):
            return Reply(offence="connect with an array")
        properties = said if isinstance(said, dict) else {}
        self._tc_url = _text(properties.get("tcUrl")) or ""
        self._user_agent = _text(properties.get("flashVer")) or ""
        self._url = read_tc_url(self._tc_url)
        if self._url is None and self._behaviour.closes_at_senseless_tc_url:
            return Reply(offence=f"a tcUrl {self._tc_url!r}")
        encoding = properties.get("objectEncoding")
        return Reply(
            answers.connect_answers(
                _transaction(values),
                self._client_at_connect,
                encoding if isinstance(encoding, float) else 0,
                self._behaviour.bandwidth_message_stream,
            )
        )

    def _create_stream(self, chunk_stream: int, values: list[Value]) -> Reply:
        return Reply(answers.create_stream_answer(chunk_stream, _transaction(values)))

    def _fc_publish(self, chunk_stream: int, values: list[Value]) -> Reply:
        """FCPublish names the stream, and is enough to publish. Where there is a name it says nothing."""
        is_named_by_url = self._url is not None and self._url.stream and not self._behaviour.tc_url_answers_fc_publish
        if self._is_publishing or is_named_by_url:
            return Reply()
        name = _stream_name(values)
        if name is None:
            return Reply(offence="FCPublish without a name")
        return self._request(name, Reply(answers.fc_publish_answer(chunk_stream, self._client)))

    def _publish(self, chunk_stream: int, values: list[Value]) -> Reply:
        """Publish names the stream if nothing has; else it is answered, whatever it says, and changes nothing."""
        started = answers.publish_started(chunk_stream, self._client)
        if self._is_publishing:
            return Reply(started)
        name = _stream_name(values)
        if name is None:
            return Reply(answers.publish_rejected(chunk_stream, self._client), offence="publish without a name")
        return self._request(name, Reply(answer_if_accepted=started))

    def _request(self, name: str, reply: Reply) -> Reply:
        url = self._url.named(name) if self._url else None
        if url is None or not url.is_complete:
            return reply._replace(offence=f"nothing to publish at {self._tc_url!r} by the name {name!r}")
        self._is_publishing = True
        return reply._replace(request=PublishRequested(url, self._tc_url, self._user_agent))

    _KNOWN: ClassVar[dict[str, Callable[[Commands, int, list[Value]], Reply]]] = {
        "connect": _connect,
        "createStream": _create_stream,
        "FCPublish": _fc_publish,
        "publish": _publish,
    }


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None


def _transaction(values: list[Value]) -> float:
    transaction = values[1] if len(values) > 1 else None
    return transaction if isinstance(transaction, float) else 0.0


def _stream_name(values: list[Value]) -> str | None:
    return _text(values[3]) if len(values) > 3 else None
