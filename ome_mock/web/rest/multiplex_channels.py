"""`/v1/vhosts/{vhost}/apps/{app}/multiplexChannels` (rtmp-and-channels.md#multiplex-channels)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...channels.multiplex_channel import MultiplexChannel, MultiplexState, SourceStream
from ...engine.stream import StreamPath
from ...refusals import MultiplexNotEnabled, ProviderNotEnabled, RequestInvalid
from ...url import parse_url
from ..envelope import NOTHING, Created, without_empty
from ..routing import Route
from . import APP, Api
from .body_fields import BodyFields, flag, integer, text

CHANNELS = f"{APP}/multiplexChannels"
CHANNEL = f"{CHANNELS}/{{channel}}"
PROVIDER = "multiplex"
DEFAULT_OPTIONS = {"webrtcAutoAbr": False, "hlsChunklistPathDepth": -1, "enableTsPackaging": False}
SCHEME = "stream"


def list_channels(api: Api, vhost: str, app: str) -> object:
    _require_provider(api, vhost, app)
    return api.channels.multiplex_names(vhost, app)


def create_channel(api: Api, vhost: str, app: str, body: Any) -> object:
    application = api.engine.application(vhost, app)
    if not isinstance(body, dict):
        raise RequestInvalid("Invalid request body")
    if PROVIDER not in application.providers:
        raise ProviderNotEnabled
    api.channels.save(vhost, app, read_channel(BodyFields(body)), api.clock.now_ns())
    return Created()


def get_channel(api: Api, vhost: str, app: str, channel: str) -> object:
    _require_provider(api, vhost, app)
    _require_name(channel)
    return describe(vhost, app, *api.channels.multiplex(vhost, app, channel))


def delete_channel(api: Api, vhost: str, app: str, channel: str) -> object:
    _require_provider(api, vhost, app)
    _require_name(channel)
    api.channels.multiplex(vhost, app, channel)
    api.channels.remove(StreamPath(vhost, app, channel), MultiplexChannel, api.clock.now_ns())
    return NOTHING


def _require_provider(api: Api, vhost: str, app: str) -> None:
    if PROVIDER not in api.engine.application(vhost, app).providers:
        raise MultiplexNotEnabled


def _require_name(channel: str) -> None:
    """Refuse an empty name, which a path with a trailing slash has (rest-api.md#paths)."""
    if not channel:
        raise RequestInvalid("Invalid stream name")


# Bodies


def read_channel(fields: BodyFields) -> MultiplexChannel:
    """Read a channel. Raises RequestInvalid, and JsonLibraryError for values of a wrong type."""
    _require(fields, "outputStream")
    output = fields.fields("outputStream")
    name = _text(output, "name", "outputStream/")
    bypass = flag(output, "bypassTranscoder", default=False)
    _require(fields, "sourceStreams")
    sources = tuple(_read_source(BodyFields(source)) for source in _elements(fields.get("sourceStreams")))
    tracks = {track["newTrackName"] for source in sources for track in source.track_map}
    playlists = [_read_playlist(BodyFields(playlist), tracks) for playlist in _elements(fields.get("playlists"))]
    return MultiplexChannel(name, sources, bypass, tuple(each for each in playlists if each["renditions"]))


def _read_source(fields: BodyFields) -> SourceStream:
    name, url = (_text(fields, name, "sourceStreams/") for name in ("name", "url"))
    parsed = parse_url(url)
    if parsed is None or parsed.scheme != SCHEME:
        raise RequestInvalid(f"Failed to parse url: {url}")
    vhost, app, stream, *_ = (*url.partition("://")[2].split("/"), "", "")
    _require(fields, "trackMap", "sourceStreams/")
    tracks = [_read_track(BodyFields(track)) for track in _elements(fields.get("trackMap"))]
    tracks.sort(key=lambda track: str(track["newTrackName"]))  # as in the documentation's example
    return SourceStream(name, url, (vhost, app, stream), tuple(tracks))


def _read_track(fields: BodyFields) -> dict[str, Any]:
    track: dict[str, Any] = {name: _text(fields, name, "sourceStreams/trackMap/") for name in ("sourceTrackName", "newTrackName")}
    optional: dict[str, Any] = {name: integer(fields, name) for name in ("bitrateConf", "framerateConf")}
    optional |= {name: text(fields, name) for name in ("publicName", "language", "characteristics")}
    return track | without_empty(optional) | _audio_index(fields)


def _audio_index(fields: BodyFields) -> dict[str, int]:
    """The member `audioIndex`; none for -1, the default."""
    if fields.get("audioIndex") is None:
        return {}
    index = fields.integer("audioIndex")
    if index is None:
        raise RequestInvalid("Invalid sourceStreams/trackMap/audioIndex: must be an integer")
    if index < -1:
        raise RequestInvalid("Invalid sourceStreams/trackMap/audioIndex: must be -1 or greater")
    return {} if index == -1 else {"audioIndex": index}


def _read_playlist(fields: BodyFields, tracks: set[str]) -> dict[str, Any]:
    playlist: dict[str, Any] = {name: _text(fields, name, "playlists/") for name in ("name", "fileName")}
    playlist["options"] = _read_options(fields.fields("options"))
    return playlist | {"renditions": [_read_rendition(BodyFields(rendition), tracks) for rendition in _elements(fields.get("renditions"))]}


def _read_options(fields: BodyFields) -> dict[str, Any] | None:
    """The options that differ from the defaults, which aren't those of a Server.xml (recorded: options as given in the documentation)."""
    given = {
        name: flag(fields, name, default=usual) if isinstance(usual, bool) else integer(fields, name, usual)
        for name, usual in DEFAULT_OPTIONS.items()
    }
    return {name: value for name, value in given.items() if value != DEFAULT_OPTIONS[name]} or None


def _read_rendition(fields: BodyFields, tracks: set[str]) -> dict[str, Any]:
    rendition: dict[str, Any] = {"name": _text(fields, "name", "playlists/renditions/")}
    for kind in ("video", "audio"):
        variant = text(fields, kind)
        if variant and variant not in tracks:
            raise RequestInvalid(f"Failed to find {kind} variant name {variant} in SourceStream/TrackMap object")
        if variant:
            rendition[kind] = variant
        if integer(fields, f"{kind}IndexHint") > 0:
            rendition[f"{kind}IndexHint"] = integer(fields, f"{kind}IndexHint")
    return rendition


def _require(fields: BodyFields, name: str, where: str = "") -> None:
    """Refuse a body without a member; `where` is the path to its object."""
    if fields.get(name) is None:
        raise RequestInvalid(f"Failed to find {where}{name} object")


def _elements(value: Any) -> Iterator[Any]:
    """The elements of an array or the values of an object; none for anything else."""
    if isinstance(value, dict):
        return iter(value.values())
    return iter(value if isinstance(value, list) else ())


def _text(fields: BodyFields, name: str, where: str) -> str:
    _require(fields, name, where)
    return text(fields, name)


# Documents


def describe(vhost: str, app: str, channel: MultiplexChannel, state: MultiplexState, missing: str) -> dict[str, object]:
    """The structure of a channel as the client gave it, and its state; a missing source is named in the words of OME's documentation."""
    described: dict[str, object] = {
        "state": state.value,
        "outputStream": {"name": channel.name, "bypassTranscoder": channel.bypass_transcoder},
        "sourceStreams": [{"name": each.name, "url": each.url, "trackMap": list(each.track_map)} for each in channel.sources],
    }
    if channel.playlists:
        described["playlists"] = list(channel.playlists)
    if state is MultiplexState.PULLING:
        internal_app = f"#{vhost.replace('#', '_')}#{app.replace('#', '_')}"
        described["pullingMessage"] = f"Multiplex Channel : {internal_app}/{channel.name}: Wait for stream {missing}"
    return described


ROUTES = (
    Route("GET", CHANNELS, list_channels),
    Route("POST", CHANNELS, create_channel),
    Route("GET", CHANNEL, get_channel),
    Route("DELETE", CHANNEL, delete_channel),
)
