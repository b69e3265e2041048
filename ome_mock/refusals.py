"""Why the emulated server refuses a request, in words of the domain; what each means on the wire is one table in `web/envelope.py`.

RequestRefused
├── Unauthorized
│   ├── AuthorizationMissing
│   ├── AuthorizationMalformed
│   ├── CredentialTypeNotSupported
│   └── CredentialInvalid
├── JsonSyntaxError
├── JsonLibraryError           a JSON value over which the engine's library trips
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
├── ConfigurationRefused       a body holds a configuration that is none
│   └── OutputProfilesRefused  it is that of an application whose output profiles were to be changed
├── RequestInvalid             a field of a body is missing or wrong; the problem is said in the engine's words
├── RequestSpoilt              a fault answers in the place of what was asked
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
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from .errors import OmeMockError, StartFailure
from .settings import ApplicationSettings


class RequestRefused(OmeMockError):
    """The emulated server refuses a request.

    Those that say more are dataclasses, equal where they say the same: told here once, because making these methods for each takes
    time at every start.
    """

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = OmeMockError.__hash__


@dataclass(eq=False, repr=False)
class OfVirtualHost:
    """Names the virtual host that a refusal is about."""

    vhost: str


@dataclass(eq=False, repr=False)
class OfApplication(OfVirtualHost):
    """Names the application that a refusal is about."""

    app: str


@dataclass(eq=False, repr=False)
class OfStream(OfApplication):
    """Names the input stream that a refusal is about."""

    stream: str


@dataclass(eq=False, repr=False)
class OfOutputStream(OfApplication):
    """Names the output stream that a refusal is about."""

    output_stream: str


class Unauthorized(RequestRefused):
    """The access token was not presented (rest-api.md#authentication)."""


class AuthorizationMissing(Unauthorized):
    """There is no Authorization header, or it is empty."""


class AuthorizationMalformed(Unauthorized):
    """The Authorization header is not two words with one space between them."""


@dataclass(eq=False, repr=False)
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


@dataclass(eq=False, repr=False)
class JsonSyntaxError(RequestRefused):
    """The body is not JSON: where the trouble begins, what it is, and where exactly within a string."""

    place: JsonPlace
    reason: str
    detail: JsonPlace | None = None

    @property
    def text(self) -> str:
        """What the engine's JSON library says."""
        see = "" if self.detail is None else f"See {self.detail} for detail.\n"
        return f"* {self.place}\n  {self.reason}\n{see}"


@dataclass(eq=False, repr=False)
class JsonLibraryError(RequestRefused):
    """A JSON value on which the engine's JSON library throws; the text is the library's."""

    text: str


@dataclass(eq=False, repr=False)
class BodyNotAnObject(RequestRefused):
    """The body is JSON, but no object; `required` are the fields that the action asks for."""

    required: RequiredFields


class RequiredFields(Enum):
    """The fields that an action of the dump API can't do without: to start a dump, or to address dumps; in the engine's words."""

    TO_START = "id, outputStreamName and outputPath are required"
    TO_ADDRESS = "outputStreamName is required"


@dataclass(eq=False, repr=False)
class FieldsMissing(RequestRefused):
    """A required field is absent, empty, or of a wrong type."""

    required: RequiredFields


class NotFound(RequestRefused):
    """What the request names does not exist."""


class ControllerNotFound(NotFound):
    """No route has this path and method."""


class VirtualHostNotFound(OfVirtualHost, NotFound):
    """There is no such virtual host."""


class ApplicationNotFound(OfApplication, NotFound):
    """The virtual host has no such application."""


@dataclass(eq=False, repr=False)
class OutputProfileNotFound(OfApplication, NotFound):
    """The application has no such output profile."""

    output_profile: str


class StreamNotFound(OfStream, NotFound):
    """The application has no such input stream."""


class OutputStreamNotFound(OfOutputStream, NotFound):
    """The input stream has no such output stream."""


class LlhlsStreamNotFound(OfOutputStream, NotFound):
    """The output stream is not published over LL-HLS."""


class VirtualHostReadOnly(OfVirtualHost, RequestRefused):
    """The virtual host came from a Server.xml; only those that the REST API made can be changed."""


class VirtualHostExists(OfVirtualHost, RequestRefused):
    """There is a virtual host of this name."""


class ApplicationExists(OfApplication, RequestRefused):
    """The virtual host has an application of this name."""


class PublisherNotEnabled(OfApplication, NotFound):
    """The application has not the publisher that an action needs."""


@dataclass(eq=False, repr=False)
class RecordNotFound(NotFound):
    """The application has no record of this id."""

    record_id: str


@dataclass(eq=False, repr=False)
class PushNotFound(OfApplication, NotFound):
    """The application has no push of this id."""

    push_id: str


class SttEncoderNotFound(OfStream, NotFound):
    """The stream has no encoder that turns speech to text."""


class MultiplexNotEnabled(NotFound):
    """The application has no provider of multiplex channels."""


@dataclass(eq=False, repr=False)
class MultiplexChannelNotFound(NotFound):
    """The application has no such multiplex channel."""

    channel: str


@dataclass(eq=False, repr=False)
class OutputProfileExists(RequestRefused):
    """The application has an output profile of this name."""

    output_profile: str


class ApplicationNotMade(OfApplication, RequestRefused):
    """An application is well described, and can't be made: two of its output streams have one name (configuration-reader.md#left-out)."""


@dataclass(eq=False, repr=False)
class ConfigurationRefused(RequestRefused):
    """A body holds a configuration that is none; `text` is the engine's."""

    text: str


class OutputProfilesRefused(ConfigurationRefused):
    """An application with the output profiles that a body asks for is none."""


@dataclass(eq=False, repr=False)
class RequestInvalid(RequestRefused):
    """A body lacks what an action needs, or has it wrong; `problem` is said in the engine's words."""

    problem: str


class StreamExists(RequestRefused):
    """An input stream of this name is connected."""


@dataclass(eq=False, repr=False)
class ChannelExists(RequestRefused):
    """A stream that has the name of a new channel is there."""

    channel: str


@dataclass(eq=False, repr=False)
class ChannelNotSaved(RequestRefused):
    """The file of a new channel can't be written; `noun` is what the engine calls such a file."""

    noun: str
    path: str


@dataclass(eq=False, repr=False)
class ChannelNotDeleted(RequestRefused):
    """The file of a channel is not there to be removed."""

    noun: str
    path: str


class StreamNotTerminated(NotFound):
    """A stream is a channel's, which ends by its file."""


class ProviderNotEnabled(RequestRefused):
    """The application has not the provider that a channel needs."""


class PullFailed(RequestRefused):
    """The upstream of a new stream can't be reached, or there is no provider for its scheme."""


class SubtitleNotSent(OfStream, RequestRefused):
    """The stream has no subtitle track of the label that was named."""


class NotAScheduledChannel(RequestRefused):
    """The input stream is no scheduled channel."""


class VirtualHostNotNamed(RequestRefused):
    """The path has an action for one virtual host, and names none."""


@dataclass(eq=False, repr=False)
class DumpNotStarted(OfOutputStream, RequestRefused):
    """A dump could not be started."""

    failure: StartFailure


@dataclass(eq=False, repr=False)
class DumpNotStopped(OfOutputStream, RequestRefused):
    """There is no dump of this id."""

    dump_id: str


class NotServed(RequestRefused):
    """A player gets no answer with a body (live-llhls.md#requests)."""


class SessionMissing(NotServed):
    """The query names no session."""


class StreamNotStarted(NotServed):
    """The stream is being created: no sample of it has arrived."""


class ReloadRefused(NotServed):
    """A reload asks for what is too far ahead, or for a part of no segment (RFC 8216bis, section 6.2.5.2)."""


class LiveFileNotFound(NotServed):
    """There is no such stream, track or file, or no longer."""


@dataclass(eq=False, repr=False)
class RequestSpoilt(RequestRefused):
    """A fault answers in the place of what was asked."""

    status: int
    text: str


# Checks that several subjects share


def require_publisher(vhost: str, application: ApplicationSettings, publisher: str) -> None:
    """Raise PublisherNotEnabled where an application has not a publisher of this name."""
    if publisher not in application.publishers:
        raise PublisherNotEnabled(vhost, application.name)


def require_parameters(parameters: Mapping[str, str]) -> None:
    """Raise RequestInvalid where one of the parameters is empty; it names all that are."""
    missing = "".join(f" {name}" for name, value in parameters.items() if not value)
    if missing:
        raise RequestInvalid(f"There is no required parameter [{missing}]")
