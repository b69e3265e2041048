"""The reasons to refuse a request, in words of the API; one table in `web/envelope.py` has their statuses.

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
│   ├── ControllerNotFound, VirtualHostNotFound, ApplicationNotFound, OutputProfileNotFound
│   ├── StreamNotFound, OutputStreamNotFound, LlhlsStreamNotFound, PublisherNotEnabled, RecordNotFound
│   └── PushNotFound, SttEncoderNotFound, MultiplexNotEnabled, MultiplexChannelNotFound
├── VirtualHostReadOnly        it came from a Server.xml
├── VirtualHostExists, ApplicationExists, OutputProfileExists, StreamExists, ChannelExists
├── ApplicationNotMade         two of its output streams have one name
├── ConfigurationRefused       a body holds an invalid configuration
│   └── OutputProfilesRefused  an application would be invalid with the output profiles in a body
├── RequestInvalid             a field of a body is missing or wrong; the problem is in the engine's words
├── ProviderNotEnabled, PullFailed, CertificateNotReloaded, NotAScheduledChannel, VirtualHostNotNamed
├── EventNotInjected, TimestampUnknown, SubtitleNotSent
├── ChannelNotSaved, ChannelNotDeleted, CertificateNotMade
├── RequestSpoilt              a fault answers instead of the engine
├── DumpNotStarted, DumpNotStopped
└── NotServed                  a player gets no answer with a body; `player_refusals.py` has its kinds
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, ClassVar, NamedTuple, dataclass_transform

from .errors import OmeMockError, StartFailure
from .settings import ApplicationSettings


@dataclass_transform(eq_default=False)
class RequestRefused(OmeMockError):
    """The emulated server refuses a request; as text, it says so in the words of the API, without prefix, suffix and status.

    A subclass has its words, with fields in braces. It names its fields, and is made and compared by them, as a dataclass is.
    A dataclass of each would be generated at every start, which takes its time.
    """

    _fields: ClassVar[tuple[str, ...]] = ()

    words = "The request is refused"

    def __init_subclass__(cls, words: str = "") -> None:
        cls._fields = (*cls._fields, *cls.__annotations__)
        cls.words = words or cls.words

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values)
        vars(self).update(zip(self._fields, values, strict=False), **named)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = OmeMockError.__hash__

    def __str__(self) -> str:
        return self.words.format(self)


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


class AuthorizationMissing(Unauthorized, words="Authorization header is required to call API"):
    """There is no Authorization header, or it is empty."""


class AuthorizationMalformed(Unauthorized, words="Invalid authorization header"):
    """The Authorization header is not two words with one space between them."""


class CredentialTypeNotSupported(Unauthorized, words="Not supported credential type: {0.scheme}"):
    """The scheme is not Basic."""

    scheme: str


class CredentialInvalid(Unauthorized, words="Invalid credential"):
    """The decoded credential is not the access token."""


class JsonPlace(NamedTuple):
    """A place in a body; lines and columns count from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"Line {self.line}, Column {self.column}"


class JsonSyntaxError(RequestRefused, words="[JSON] {0.text}"):
    """The body is not JSON; `place` is where the wrong token begins, `detail` the exact place in a string."""

    place: JsonPlace
    reason: str
    detail: JsonPlace | None = None

    @property
    def text(self) -> str:
        """The message of the engine's JSON library."""
        see = "" if self.detail is None else f"See {self.detail} for detail.\n"
        return f"* {self.place}\n  {self.reason}\n{see}"


class JsonLibraryError(RequestRefused, words="{0.text}"):
    """A JSON value for which the engine's JSON library throws; the text is the library's."""

    text: str


class BodyNotAnObject(RequestRefused, words="{0.required.value}"):
    """The body is JSON, but not an object; `required` are the fields that the action needs."""

    required: RequiredFields


class RequiredFields(Enum):
    """The fields required to start a dump or to address dumps, in the engine's words."""

    TO_START = "id, outputStreamName and outputPath are required"
    TO_ADDRESS = "outputStreamName is required"


class FieldsMissing(RequestRefused, words="{0.required.value}"):
    """A required field is absent, empty, or of a wrong type."""

    required: RequiredFields


class NotFound(RequestRefused):
    """A thing that the request names does not exist."""


class ControllerNotFound(NotFound, words="Controller not found"):
    """No route has this path and method."""


class VirtualHostNotFound(OfVirtualHost, NotFound, words="Could not find the virtual host: [{0.vhost}]"):
    """No virtual host has this name."""


class ApplicationNotFound(OfApplication, NotFound, words="Could not find the application: [{0.vhost}/{0.app}]"):
    """The virtual host has no application of this name."""


class OutputProfileNotFound(OfApplication, NotFound, words="Could not find the output profile: [{0.vhost}/{0.app}/{0.output_profile}]"):
    """The application has no output profile of this name."""

    output_profile: str


class StreamNotFound(OfStream, NotFound):
    """The application has no input stream of this name."""

    def named(self, pattern: str) -> str:
        """The text with another name of the stream, such as `{vhost}/#default#{app}/{stream}`."""
        return f"Could not find the stream: [{pattern.format(**vars(self))}]"

    def __str__(self) -> str:
        return self.named("{vhost}/{app}/{stream}")


class OutputStreamNotFound(OfOutputStream, NotFound, words="Could not find output stream: [{0.vhost}/{0.app}/{0.output_stream}]"):
    """The input stream has no output stream of this name."""


class LlhlsStreamNotFound(OfOutputStream, NotFound, words="Could not find LLHLS stream: [{0.vhost}/{0.app}/{0.output_stream}]"):
    """The output stream is not published over LL-HLS."""


class VirtualHostReadOnly(OfVirtualHost, words="The VirtualHost is read-only: [{0.vhost}]"):
    """The virtual host is from a Server.xml; the REST API changes only those that it has made."""


class VirtualHostExists(OfVirtualHost, words="The virtual host already exists: [{0.vhost}]"):
    """Another virtual host has this name."""


class ApplicationExists(OfApplication, words="Could not create the application: [{0.vhost}/{0.app}] already exists"):
    """Another application of the virtual host has this name."""


class PublisherNotEnabled(OfApplication, NotFound, words="Could not find application: [{0.vhost}/{0.app}]"):
    """The application lacks the publisher that an action needs."""


class RecordNotFound(NotFound, words="There is no record information related to the ID [{0.record_id}]"):
    """The application has no record of this id."""

    record_id: str


class PushNotFound(OfApplication, NotFound, words="Could not find id '{0.push_id}': [{0.vhost}/{0.app}]"):
    """The application has no push of this id."""

    push_id: str


class SttEncoderNotFound(OfStream, NotFound, words="Could not find STT encoder for stream: [{0.vhost}/{0.app}/{0.stream}]"):
    """The stream has no encoder that turns speech to text."""


class MultiplexNotEnabled(NotFound, words="Could not get the multiplex application"):
    """The application has no provider of multiplex channels."""


class MultiplexChannelNotFound(NotFound, words="Could not get the multiplex stream <{0.channel}>"):
    """The application has no multiplex channel of this name."""

    channel: str


class OutputProfileExists(RequestRefused, words='The output profile "{0.output_profile}" already exists'):
    """Another output profile of the application has this name."""

    output_profile: str


class ApplicationNotMade(OfApplication, words="Could not create the application: [{0.vhost}/{0.app}]"):
    """An application with a valid configuration has two output streams of one name (configuration-reader.md#left-out)."""


class ConfigurationRefused(RequestRefused, words="[Config] {0.text}"):
    """A body holds an invalid configuration; `text` is the engine's."""

    text: str


class OutputProfilesRefused(ConfigurationRefused):
    """An application would be invalid with the output profiles in a body."""


class RequestInvalid(RequestRefused, words="{0.problem}"):
    """A body lacks a field that an action needs, or has a wrong one; `problem` is in the engine's words."""

    problem: str


class StreamExists(RequestRefused, words="Stream already exists"):
    """An input stream of this name is connected."""


class ChannelExists(RequestRefused, words="Stream '{0.channel}' already exists"):
    """An existing stream has the name of a new channel."""

    channel: str


class ChannelNotSaved(RequestRefused, words="Could not save the {0.noun} file {0.path}"):
    """The file of a new channel can't be written; `noun` is the engine's word for such a file."""

    noun: str
    path: str


class ChannelNotDeleted(RequestRefused, words="Could not delete the {0.noun} file {0.path}"):
    """The file of a channel does not exist, and can't be removed."""

    noun: str
    path: str


class StreamNotTerminated(NotFound, words="Could not terminate the stream"):
    """The stream belongs to a channel, which ends only with its file."""


class ProviderNotEnabled(RequestRefused, words="Forbidden"):
    """The application lacks the provider that a channel needs."""


class PullFailed(RequestRefused, words="Could not pull the stream"):
    """The upstream of a new stream can't be reached, or there is no provider for its scheme."""


class EventNotInjected(OfStream, words="Internal Server Error - Could not inject event: [{0.vhost}/{0.app}/{0.stream}]"):
    """The stream has no media yet that an event could lie in."""


class TimestampUnknown(OfStream, words="Could not get current timestamp: [{0.vhost}/{0.app}/{0.stream}]"):
    """The stream has no media yet, and no time for subtitles."""


class SubtitleNotSent(OfStream, words="Could not send WebVTT frame: [{0.vhost}/{0.app}/{0.stream}]"):
    """The stream has no subtitle track with the label in the request."""


class CertificateNotMade(RequestRefused, words="Failed to create a certificate for the API Server"):
    """The files of the API's certificate can't be read again."""


class CertificateNotReloaded(RequestRefused, words="Failed to reload certificate. Check server log for more information."):
    """There is no certificate that could be read again."""


class NotAScheduledChannel(RequestRefused, words="Could not get the scheduled stream"):
    """The input stream is not a scheduled channel."""


class VirtualHostNotNamed(RequestRefused, words="Could not find the virtual host regex group"):
    """The path has an action for one virtual host, but names none."""


class DumpNotStarted(OfOutputStream, words="Could not start dump: [{0.vhost}/{0.app}/{0.output_stream}] ({0.failure.value})"):
    """A dump could not be started."""

    failure: StartFailure


class DumpNotStopped(OfOutputStream, words="Could not stop dump: [{0.vhost}/{0.app}/{0.output_stream}] (Could not find dump info)"):
    """The output stream has no dump of this id."""

    dump_id: str


class RequestSpoilt(RequestRefused, words="{0.text}"):
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
