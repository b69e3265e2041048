"""The description of one input stream: its tracks, and the tracks and playlists of its outputs (rest-api.md#stream-document).

Rates and counters are those of the media that are served and dumped; as in the engine, configured and measured values are separate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from ...clock import Clock
from ...dialect import Dialect
from ...engine.input_stream import InputStream
from ...engine.input_tracks import RateHistory, VideoInput
from ...engine.meter import Meter, input_meters, output_meter
from ...engine.stream import OutputStream
from ...engine.track import SUBTITLES, TRANSCODED_VIDEO_TIMESCALE, OutputTrack, UnpackagedTrack
from ...media.loop_track import H264, H265, MediaKind
from ...settings import ApplicationSettings, AudioEncode, Encode, SubtitleRendition, VideoEncode
from ...timestamps import NS_PER_SECOND, iso_time
from ..envelope import without_empty
from . import Api
from .encoders import codec_module, codec_name
from .playlists import describe_playlists
from .sent_tracks import AS_SENT, as_sent, sent_tracks
from .track_form import shown_track, shown_url
from .track_json import JsonObject, data_track, single
from .track_json import track as track_json

MILLISECONDS = 1000
CODEC_NAMES = {H264: "H264", H265: "H265"}
OPUS_SAMPLE_RATE = 48_000
SCHEDULED = "Scheduled"

SCHEDULED_TIMESCALE = 90_000
NOTHING_PLAYED: JsonObject = {"codec": "None", "timebase": {"num": 1, "den": SCHEDULED_TIMESCALE}}
MEASURED = {"bitrate", "framerate", "keyFrameInterval"}
READY = {"codecStatus": "Ready"}


def describe(api: Api, stream: InputStream) -> JsonObject:
    application = api.engine.application(stream.path.vhost, stream.path.app)
    now_ns = api.clock.now_ns()
    relayed = _relayed_tracks(api, application, stream, now_ns)
    return {
        "name": stream.path.stream,
        "input": _source(stream, relayed, api.clock, api.dialect) if relayed else describe_input(stream, api.clock, api.dialect),
        "outputs": [_output(api, application, stream, output, now_ns) for output in _listed_outputs(stream, now_ns)],
    }


def _source(stream: InputStream, tracks: list[JsonObject], clock: Clock, dialect: Dialect) -> JsonObject:
    described: JsonObject = {"createdTime": iso_time(stream.created_ns, clock.zone), "sourceType": stream.source.type}
    return (
        described
        | {"tracks": [shown_track(track, dialect) for track in tracks]}
        | without_empty({"sourceUrl": shown_url(stream.source.url, dialect)})
    )


def describe_input(stream: InputStream, clock: Clock, dialect: Dialect) -> JsonObject:
    """The source of an input stream, and its tracks; of one that is being set up nothing is measured (recorded: first-seconds)."""
    sent = stream.input_tracks.sent
    if sent is not None:
        return _source(stream, list(sent_tracks(stream, sent, clock)), clock, dialect)
    now_ns = clock.now_ns()
    tracks = list(_input_tracks(stream, now_ns))
    return _source(stream, tracks if stream.is_measured(now_ns) else [unmeasured(track) for track in tracks], clock, dialect)


def describe_output_tracks(application: ApplicationSettings, output: OutputStream, clock: Clock) -> list[JsonObject]:
    now_ns = clock.now_ns()
    return [_output_track(application, output, track, now_ns) for track in output.all_tracks] or [data_track(0)]


def unmeasured(track: JsonObject) -> JsonObject:
    """A track of which nothing was measured yet: averages are 0, and what was declared stands in the place of the rest."""
    kind = str(track["type"]).lower()
    rates: Any = track[kind]
    measured = {name: type(value)(0) for name, value in rates.items() if name.endswith(("Avg", "Latest"))}
    declared = {name.removesuffix("Conf"): value for name, value in rates.items() if name.endswith("Conf")}
    return track | {kind: rates | measured | declared}


def _listed_outputs(stream: InputStream, now_ns: int) -> tuple[OutputStream, ...]:
    """The outputs in the description; the transcoder takes up a channel as late as publishers do (recorded: bypassTranscoder false)."""
    relay = stream.relay
    return () if relay and relay not in stream.outputs and not relay.is_taken_up(now_ns) else stream.outputs


def _relayed_tracks(api: Api, application: ApplicationSettings, stream: InputStream, now_ns: int) -> list[JsonObject]:
    """The tracks of a channel, which are its input and its output; none if the stream is no channel."""
    relay = stream.relay
    if relay is None:
        return []
    if stream.source.type == SCHEDULED:
        tracks = [_scheduled_track(api, relay, track, now_ns) for track in relay.all_tracks]
    else:
        tracks = [_multiplexed_track(application, relay, track, now_ns) for track in relay.all_tracks]
    return [_without_measured(track, relay, now_ns) for track in tracks]


def _multiplexed_track(
    application: ApplicationSettings, relay: OutputStream, track: OutputTrack | UnpackagedTrack, now_ns: int
) -> JsonObject:
    """A track of a multiplex channel; values of its track map replace measured ones."""
    document = _output_track(application, relay, track, now_ns)
    described = document[str(document["type"]).lower()]
    if track.encode is not None and isinstance(described, dict):
        described |= _conf(track.encode, track) | (without_empty({"language": track.language}) if isinstance(track, OutputTrack) else {})
        if isinstance(track.encode, VideoEncode) and track.encode.framerate:
            described["maxFramerate"] = single(track.encode.framerate)
    return document


def _scheduled_track(api: Api, relay: OutputStream, track: OutputTrack | UnpackagedTrack, now_ns: int) -> JsonObject:
    """A track of a scheduled channel, with empty values until something is played (recorded: program begins in 4 s)."""
    if not isinstance(track, OutputTrack):
        return data_track(track.id)
    described = _measured(relay, track, now_ns, SCHEDULED_TIMESCALE)
    if track.kind is MediaKind.AUDIO:
        described |= {"bitrate": described["bitrateAvg"], "bitrateConf": 0} | without_empty({"language": track.language})
    elif relay.resized_ns:
        described |= {
            "maxWidth": max(track.width, relay.largest[0]),
            "maxHeight": max(track.height, relay.largest[1]),
            "configChangeCount": len(relay.resized_ns),
            "lastConfigChanged": iso_time(relay.resized_ns[-1], api.clock.zone),
        }
    if not relay.pace.has_begun:
        described = {name: type(value)() if isinstance(value, int | float) else value for name, value in described.items()} | NOTHING_PLAYED
    return track_json(track.id, track.variant, track.kind.value.capitalize(), described | AS_SENT)


def _without_measured(document: JsonObject, relay: OutputStream, now_ns: int) -> JsonObject:
    """A track with measured values of 0 in the first second of a channel."""
    if relay.is_taken_up(now_ns):
        return document
    key = str(document["type"]).lower()
    described = document[key]
    if not isinstance(described, dict):
        return document
    zeros = {name: type(value)() for name, value in described.items() if _is_measured(name, described)}
    return document | {key: described | zeros}


def _is_measured(name: str, described: JsonObject) -> bool:
    """Says if a value is measured, not declared or configured."""
    return name.endswith(("Avg", "Latest")) or (name in MEASURED and not described.get(f"{name}Conf"))


def _input_tracks(stream: InputStream, now_ns: int) -> Iterator[JsonObject]:
    meters, tracks = input_meters(stream), stream.input_tracks
    if tracks.video:
        measured = _video(meters[MediaKind.VIDEO], now_ns, tracks.video.width, tracks.video.height) | _said(stream.rates, now_ns)
        declared = _declared(tracks.video, real_sizes=stream.sources.real_sizes)
        yield track_json(tracks.ids.video, "Video", "Video", measured | declared | AS_SENT)
    if tracks.audio:
        yield track_json(tracks.ids.audio, "Audio", "Audio", _audio(meters[MediaKind.AUDIO], now_ns) | AS_SENT)
    yield data_track(tracks.ids.data)
    for number, rendition in enumerate(stream.subtitles, start=tracks.ids.data + 1):
        yield _subtitle_track(number, rendition)


def _subtitle_track(track_id: int, said: SubtitleRendition, state: Mapping[str, object] = MappingProxyType({})) -> JsonObject:
    """A track of subtitles (recorded: events/subtitles-two-labels)."""
    flags: JsonObject = {"autoSelect": said.auto_select, "default": said.default, "forced": said.forced}
    described = {"codec": "WebVTT", "language": said.language, "timebase": {"num": 1, "den": MILLISECONDS}} | flags | dict(state)
    return track_json(track_id, SUBTITLES, "Subtitle", described)


def _declared(video: VideoInput, *, real_sizes: bool) -> JsonObject:
    """The values that an encoder declares of its video (recorded: media, `1080p60`, whose encoder was given a bit rate)."""
    declared: JsonObject = {"framerateConf": single(video.framerate), "hasBframes": video.has_b_frames}
    return declared | ({"bitrate": video.bitrate, "bitrateConf": video.bitrate} if real_sizes and video.bitrate else {})


def _output(api: Api, application: ApplicationSettings, stream: InputStream, output: OutputStream, now_ns: int) -> JsonObject:
    shared = _sharing_encoders(stream)
    relayed = _relayed_tracks(api, application, stream, now_ns) if output is stream.relay else []
    timescale = SCHEDULED_TIMESCALE if stream.source.type == SCHEDULED else None
    tracks = [_output_track(application, output, track, now_ns, timescale, is_shared=track.id in shared) for track in output.all_tracks]
    sent = [as_sent(track, stream, api.clock) for track in tracks]
    subtitles = [_subtitle_track(track.id, track.rendition, READY) for track in output.subtitles]
    listed_tracks = [shown_track(track, api.dialect) for track in (*(relayed or sent), *subtitles)]
    described: JsonObject = {"name": output.name, "tracks": listed_tracks}
    return described | ({"playlists": describe_playlists(api, application, output, now_ns)} if api.dialect.shows_playlists else {})


def _sharing_encoders(stream: InputStream) -> set[int]:
    """The ids of tracks equal to an earlier one; the engine encodes them once, and shows the state of the first only.

    Recorded: configurations, `e68b93a6.mended`.
    """
    encoded: set[Encode] = set()
    sharing: set[int] = set()
    for track in (track for output in stream.outputs for track in output.all_tracks):
        if track.encode is not None and not track.encode.bypass:
            unnamed = track.encode._replace(name="")
            if unnamed in encoded:
                sharing.add(track.id)
            encoded.add(unnamed)
    return sharing


def _output_track(
    application: ApplicationSettings,
    output: OutputStream,
    track: OutputTrack | UnpackagedTrack,
    now_ns: int,
    timescale: int | None = None,
    *,
    is_shared: bool = False,
) -> JsonObject:
    """A track of an output; `timescale` is that of bypassed tracks whose input is a scheduled channel."""
    encode = track.encode
    if encode is None:
        return data_track(track.id)
    measured = _measured(output, track, now_ns, track.packager.timescale) if isinstance(track, OutputTrack) else _configured(encode)
    if encode.bypass:
        said = _said(output.rates, now_ns) if isinstance(encode, VideoEncode) else {}
        described = measured | said | {"bypass": True} | READY
        if timescale:
            described |= {"timebase": {"num": 1, "den": timescale}}
    else:
        module = {"codecModule": codec_module(application, encode), "codec": codec_name(encode)}
        described = measured | _conf(encode, track) | {"bypass": False} | module | ({} if is_shared else READY)
    return track_json(track.id, track.variant, "Audio" if isinstance(encode, AudioEncode) else "Video", described)


def _measured(output: OutputStream, track: OutputTrack, now_ns: int, timescale: int) -> JsonObject:
    meter = output_meter(output, track)
    if track.kind is MediaKind.VIDEO:
        return _video(meter, now_ns, track.width, track.height, timescale)
    return _audio(meter, now_ns, timescale)


def _video(meter: Meter, now_ns: int, width: int, height: int, timescale: int = MILLISECONDS) -> JsonObject:
    source = meter.source
    return _steady_video(width, height, _bitrate(meter, now_ns), source.frame_rate, source.closed_gop, timescale) | {
        "codec": CODEC_NAMES[source.coding],
        "bitrateLatest": meter.latest_bytes(now_ns) * 8,
        "framerateLatest": float(meter.latest_samples(now_ns)),
        "deltaFramesSinceLastKeyFrame": meter.samples_since_key(now_ns),
    }


def _audio(meter: Meter, now_ns: int, timescale: int = MILLISECONDS) -> JsonObject:
    """The values of an audio track, with an encoder's bit rate in whole thousands (recorded: routing/get .../nohls/streams/stream)."""
    declared = meter.source.bitrate // 1000 * 1000
    return {
        "codec": "AAC",
        "samplerate": meter.source.sample_rate,
        "channel": meter.source.channels,
        "bitrate": declared,
        "bitrateConf": declared,
        "bitrateAvg": _bitrate(meter, now_ns),
        "bitrateLatest": meter.latest_bytes(now_ns) * 8,
        "configChangeCount": 0,
        "timebase": {"num": 1, "den": timescale},
    }


def _said(history: RateHistory, now_ns: int) -> JsonObject:
    """The declared values of an encoder, which replace those of its media; a rate counts as measured after a second."""
    rates = history.at(now_ns - NS_PER_SECOND)
    said: JsonObject = {}
    if rates.bitrate is not None:
        said |= {"bitrate": rates.bitrate, "bitrateAvg": rates.bitrate, "bitrateLatest": rates.bitrate}
    if rates.framerate is not None:
        framerate = single(Fraction(rates.framerate))
        said |= {"framerateAvg": framerate, "framerateLatest": framerate}
    return said


def _bitrate(meter: Meter, now_ns: int) -> int:
    """The average bit rate of a track; 0 until its first sample."""
    return meter.source.bitrate if meter.samples(now_ns) else 0


def _conf(encode: Encode, track: OutputTrack | UnpackagedTrack) -> JsonObject:
    """The values of the output profile, which replace measured ones; real sizes may differ from them."""
    told = track.bitrate if isinstance(track, OutputTrack) else encode.bitrate
    asked: JsonObject = {"bitrate": told, "bitrateConf": encode.bitrate} if encode.bitrate else {}
    if not isinstance(encode, AudioEncode) and encode.framerate:
        asked |= {"framerate": single(encode.framerate), "framerateConf": single(encode.framerate)}
    if isinstance(encode, VideoEncode) and encode.key_frame_interval:
        interval = float(encode.key_frame_interval)
        asked |= {"keyFrameInterval": interval, "keyFrameIntervalConf": interval}
    return asked


def _configured(encode: Encode) -> JsonObject:
    """The values of a track without media, taken from the output profile (recorded: configurations)."""
    if isinstance(encode, AudioEncode):
        rates = {"bitrate": encode.bitrate, "bitrateConf": 0, "bitrateAvg": encode.bitrate, "bitrateLatest": encode.bitrate}
        timebase = {"num": 1, "den": encode.samplerate or OPUS_SAMPLE_RATE}
        return rates | {"samplerate": encode.samplerate, "channel": encode.channels, "configChangeCount": 0, "timebase": timebase}
    interval = encode.key_frame_interval if isinstance(encode, VideoEncode) else 1
    return _steady_video(encode.width, encode.height, encode.bitrate, encode.framerate, interval, TRANSCODED_VIDEO_TIMESCALE)


def _steady_video(width: int, height: int, bitrate: int, framerate: Fraction, interval: int, timescale: int) -> JsonObject:
    """The values of a video that has had the same rates all the time."""
    frame_rate, key_frame_interval = single(framerate), float(interval)
    return {
        "width": width,
        "maxWidth": width,
        "height": height,
        "maxHeight": height,
        "bitrate": bitrate,
        "bitrateConf": 0,
        "bitrateAvg": bitrate,
        "bitrateLatest": bitrate,
        "framerate": frame_rate,
        "framerateConf": 0.0,
        "framerateAvg": frame_rate,
        "framerateLatest": frame_rate,
        "maxFramerate": frame_rate,
        "keyFrameInterval": key_frame_interval,
        "keyFrameIntervalConf": 0.0,
        "keyFrameIntervalAvg": key_frame_interval,
        "keyFrameIntervalLatest": key_frame_interval,
        "deltaFramesSinceLastKeyFrame": 0,
        "hasBframes": False,
        "configChangeCount": 0,
        "timebase": {"num": 1, "den": timescale},
    }
