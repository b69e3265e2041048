"""The reasons to refuse a request, in words of the domain; one table in `web/envelope.py` has their statuses and texts.

RequestRefused
├── Unauthorized
│   ├── AuthorizationMissing
│   ├── AuthorizationMalformed
│   ├── CredentialTypeNotSupported
│   └── CredentialInvalid
├── JsonSyntaxError
├── JsonLibraryError           a JSON value for which the engine's library throws
├── BodyNotAnObject
├── FieldsMissing
├── NotFound
│   ├── ControllerNotFound
│   ├── VirtualHostNotFound
│   ├── ApplicationNotFound
│   ├── OutputProfileNotFound
│   ├── StreamNotFound
│   ├── OutputStreamNotFound
│   ├── LlhlsStreamNotFound
│   ├── PublisherNotEnabled
│   ├── RecordNotFound
│   ├── PushNotFound
│   ├── SttEncoderNotFound
│   ├── MultiplexNotEnabled
│   └── MultiplexChannelNotFound
├── VirtualHostReadOnly        it came from a Server.xml
├── VirtualHostExists
├── ApplicationExists
├── StreamExists
├── ChannelExists
├── ProviderNotEnabled
├── PullFailed
├── SubtitleNotSent
├── NotAScheduledChannel
├── VirtualHostNotNamed
├── OutputProfileExists
├── ApplicationNotMade         two of its output streams have one name
├── ConfigurationRefused       a body holds an invalid configuration
│   └── OutputProfilesRefused  an application would be invalid with the output profiles in a body
├── RequestInvalid             a field of a body is missing or wrong; the problem is in the engine's words
├── RequestSpoilt              a fault answers instead of the engine
├── DumpNotStarted
├── DumpNotStopped
└── NotServed                  a player gets no answer with a body
    ├── SessionMissing
    ├── StreamNotStarted
    ├── ReloadRefused
    └── LiveFileNotFound
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar, NamedTuple, dataclass_transform

from .errors import OmeMockError, StartFailure
from .settings import ApplicationSettings


@dataclass_transform(eq_default=False)
class RequestRefused(OmeMockError):
    """The emulated server refuses a request. A subclass names its fields, and is made and compared by them, as a dataclass is.

    A dataclass of each would be generated at every start, which takes its time.
    """

    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = (*cls._fields, *cls.__annotations__)

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values)
        vars(self).update(zip(self._fields, values, strict=False), **named)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = OmeMockError.__hash__


class OfVirtualHost(RequestRefused):
    """Names the virtual host that a refusal is about."""

    vhost: str


class OfApplication(OfVirtualHost):
    """Names the application that a refusal is about."""

    app: str


class OfStream(OfApplication):
    """Names the input stream that a refusal is about."""

    stream: str


class OfOutputStream(OfApplication):
    """Names the output stream that a refusal is about."""

    output_stream: str


class Unauthorized(RequestRefused):
    """The access token was not presented (rest-api.md#authentication)."""


class AuthorizationMissing(Unauthorized):
    """There is no Authorization header, or it is empty."""


class AuthorizationMalformed(Unauthorized):
    """The Authorization header is not two words with one space between them."""


class CredentialTypeNotSupported(Unauthorized):
    """The scheme is not Basic."""

    scheme: str


class CredentialInvalid(Unauthorized):
    """The decoded credential is not the access token."""


class JsonPlace(NamedTuple):
    """A place in a body; lines and columns count from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"Line {self.line}, Column {self.column}"


class JsonSyntaxError(RequestRefused):
    """The body is not JSON; `place` is where the wrong token begins, `detail` the exact place in a string."""

    place: JsonPlace
    reason: str
    detail: JsonPlace | None = None

    @property
    def text(self) -> str:
        """The message of the engine's JSON library."""
        see = "" if self.detail is None else f"See {self.detail} for detail.\n"
        return f"* {self.place}\n  {self.reason}\n{see}"


class JsonLibraryError(RequestRefused):
    """A JSON value for which the engine's JSON library throws; the text is the library's."""

    text: str


class BodyNotAnObject(RequestRefused):
    """The body is JSON, but not an object; `required` are the fields that the action needs."""

    required: RequiredFields


class RequiredFields(Enum):
    """The fields required to start a dump or to address dumps, in the engine's words."""

    TO_START = "id, outputStreamName and outputPath are required"
    TO_ADDRESS = "outputStreamName is required"


class FieldsMissing(RequestRefused):
    """A required field is absent, empty, or of a wrong type."""

    required: RequiredFields


class NotFound(RequestRefused):
    """A thing that the request names does not exist."""


class ControllerNotFound(NotFound):
    """No route has this path and method."""


class VirtualHostNotFound(OfVirtualHost, NotFound):
    """No virtual host has this name."""


class ApplicationNotFound(OfApplication, NotFound):
    """The virtual host has no application of this name."""


class OutputProfileNotFound(OfApplication, NotFound):
    """The application has no output profile of this name."""

    output_profile: str


class StreamNotFound(OfStream, NotFound):
    """The application has no input stream of this name."""


class OutputStreamNotFound(OfOutputStream, NotFound):
    """The input stream has no output stream of this name."""


class LlhlsStreamNotFound(OfOutputStream, NotFound):
    """The output stream is not published over LL-HLS."""


class VirtualHostReadOnly(OfVirtualHost):
    """The virtual host is from a Server.xml; the REST API changes only those that it has made."""


class VirtualHostExists(OfVirtualHost):
    """Another virtual host has this name."""


class ApplicationExists(OfApplication):
    """Another application of the virtual host has this name."""


class PublisherNotEnabled(OfApplication, NotFound):
    """The application lacks the publisher that an action needs."""


class RecordNotFound(NotFound):
    """The application has no record of this id."""

    record_id: str


class PushNotFound(OfApplication, NotFound):
    """The application has no push of this id."""

    push_id: str


class SttEncoderNotFound(OfStream, NotFound):
    """The stream has no encoder that turns speech to text."""


class MultiplexNotEnabled(NotFound):
    """The application has no provider of multiplex channels."""


class MultiplexChannelNotFound(NotFound):
    """The application has no multiplex channel of this name."""

    channel: str


class OutputProfileExists(RequestRefused):
    """Another output profile of the application has this name."""

    output_profile: str


class ApplicationNotMade(OfApplication):
    """An application with a valid configuration has two output streams of one name (configuration-reader.md#left-out)."""


class ConfigurationRefused(RequestRefused):
    """A body holds an invalid configuration; `text` is the engine's."""

    text: str


class OutputProfilesRefused(ConfigurationRefused):
    """An application would be invalid with the output profiles in a body."""


class RequestInvalid(RequestRefused):
    """A body lacks a field that an action needs, or has a wrong one; `problem` is in the engine's words."""

    problem: str


class StreamExists(RequestRefused):
    """An input stream of this name is connected."""


class ChannelExists(RequestRefused):
    """An existing stream has the name of a new channel."""

    channel: str


class ChannelNotSaved(RequestRefused):
    """The file of a new channel can't be written; `noun` is the engine's word for such a file."""

    noun: str
    path: str


class ChannelNotDeleted(RequestRefused):
    """The file of a channel does not exist, and can't be removed."""

    noun: str
    path: str


class StreamNotTerminated(NotFound):
    """The stream belongs to a channel, which ends only with its file."""


class ProviderNotEnabled(RequestRefused):
    """The application lacks the provider that a channel needs."""


class PullFailed(RequestRefused):
    """The upstream of a new stream can't be reached, or there is no provider for its scheme."""


class SubtitleNotSent(OfStream):
    """The stream has no subtitle track with the label in the request."""


class NotAScheduledChannel(RequestRefused):
    """The input stream is not a scheduled channel."""


class VirtualHostNotNamed(RequestRefused):
    """The path has an action for one virtual host, but names none."""


class DumpNotStarted(OfOutputStream):
    """A dump could not be started."""

    failure: StartFailure


class DumpNotStopped(OfOutputStream):
    """The output stream has no dump of this id."""

    dump_id: str


class NotServed(RequestRefused):
    """A player gets no answer with a body (live-llhls.md#requests)."""


class SessionMissing(NotServed):
    """The query has no valid session."""


class StreamNotStarted(NotServed):
    """The stream is being created; no sample of it has arrived."""


class ReloadRefused(NotServed):
    """A reload asks for media too far ahead, or for a part without a segment (RFC 8216bis, section 6.2.5.2)."""


class LiveFileNotFound(NotServed):
    """The stream, track or file does not exist, or no longer."""


class RequestSpoilt(RequestRefused):
    """A fault answers instead of the engine."""

    status: int
    text: str


# Checks shared by several subjects


def require_publisher(vhost: str, application: ApplicationSettings, publisher: str) -> None:
    """Raise PublisherNotEnabled if an application lacks a publisher."""
    if publisher not in application.publishers:
        raise PublisherNotEnabled(vhost, application.name)


def require_parameters(parameters: Mapping[str, str]) -> None:
    """Raise RequestInvalid if parameters are empty; it names all of them."""
    missing = "".join(f" {name}" for name, value in parameters.items() if not value)
    if missing:
        raise RequestInvalid(f"There is no required parameter [{missing}]")
