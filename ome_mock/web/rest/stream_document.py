"""What the REST API says of one input stream: its tracks, and the tracks and playlists of its outputs (reference: section 3.7, R27).

Rates and counters are those of the media that is served and dumped; what was configured is told from what was measured as the engine does.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from fractions import Fraction

from ...engine.input_tracks import VideoInput
from ...engine.meter import Meter, input_meters, output_meter
from ...engine.stream import InputStream, OutputStream, default_playlist, is_default
from ...engine.track import TRANSCODED_VIDEO_TIMESCALE, OutputTrack, UnpackagedTrack
from ...media.loop_track import H264, H265, MediaKind
from ...settings import ApplicationSettings, AudioEncode, PlaylistSettings, VideoEncode
from ...timestamps import NS_PER_SECOND, iso_time
from . import Api
from .encoders import codec_module, codec_name

Document = dict[str, object]
DEFAULT_PLAYLISTS = (("hls", "hlsv3_default", "playlist", "AAC"), ("webrtc", "webrtc_default", "webrtc_default", "OPUS"))
"""Publisher, name and file name of its default playlist, and the sound that it takes."""
PUBLISHERS_TAKE_NS = NS_PER_SECOND
"""How long publishers take for a new stream (recorded: story queued-with-an-unknown-playlist)."""
MILLISECONDS = 1000
CODEC_NAMES = {H264: "H264", H265: "H265"}
OPUS_SAMPLE_RATE = 48_000
INPUT_MODULE = {"codecModule": "none"}
READY = {"codecStatus": "Ready"}


def describe(api: Api, stream: InputStream) -> Document:
    application = api.engine.application(stream.path.vhost, stream.path.app)
    now_ns = api.clock.now_ns()
    return {
        "name": stream.path.stream,
        "input": {
            "createdTime": iso_time(stream.published_ns, api.clock.zone),
            "sourceType": stream.source.type,
            "tracks": list(_input_tracks(stream, now_ns)),
        }
        | _without_empty({"sourceUrl": stream.source.url}),
        "outputs": [_output(api, application, output, now_ns) for output in stream.outputs],
    }


def _input_tracks(stream: InputStream, now_ns: int) -> Iterator[Document]:
    meters, tracks = input_meters(stream), stream.input_tracks
    if tracks.video:
        measured = _video(meters[MediaKind.VIDEO], now_ns, tracks.video.width, tracks.video.height)
        declared = _declared(tracks.video, real_sizes=stream.sources.real_sizes)
        yield _track(tracks.ids.video, "Video", "Video", measured | declared | INPUT_MODULE | {"bypass": False})
    if tracks.audio:
        yield _track(tracks.ids.audio, "Audio", "Audio", _audio(meters[MediaKind.AUDIO], now_ns) | INPUT_MODULE | {"bypass": False})
    yield _data_track(tracks.ids.data)


def _declared(video: VideoInput, *, real_sizes: bool) -> Document:
    """What an encoder says of its video (recorded: media/1080p60, whose encoder was given a bit rate)."""
    declared: Document = {"framerateConf": _single(video.framerate)}
    return declared | ({"bitrate": video.bitrate, "bitrateConf": video.bitrate} if real_sizes and video.bitrate else {})


def _output(api: Api, application: ApplicationSettings, output: OutputStream, now_ns: int) -> Document:
    playlists = _playlists(api, application, output, now_ns)
    return {
        "name": output.name,
        "tracks": [_output_track(application, output, track, now_ns) for track in output.all_tracks],
        "playlists": [_describe_playlist(playlists[file_name]) for file_name in sorted(playlists)],
    }


def _output_track(application: ApplicationSettings, output: OutputStream, track: OutputTrack | UnpackagedTrack, now_ns: int) -> Document:
    encode = track.encode
    if encode is None:
        return _data_track(track.id)
    measured = _measured(output, track, now_ns) if isinstance(track, OutputTrack) else _configured(encode)
    if encode.bypass:
        described = measured | {"bypass": True} | READY
    else:
        module = {"codecModule": codec_module(application, encode), "codec": codec_name(encode)}
        described = measured | _conf(encode, track) | {"bypass": False} | READY | module
    return _track(track.id, track.variant, "Video" if isinstance(encode, VideoEncode) else "Audio", described)


def _measured(output: OutputStream, track: OutputTrack, now_ns: int) -> Document:
    meter, timescale = output_meter(output, track), track.packager.timescale
    if track.kind is MediaKind.VIDEO:
        return _video(meter, now_ns, track.width, track.height, timescale)
    return _audio(meter, now_ns, timescale)


def _video(meter: Meter, now_ns: int, width: int, height: int, timescale: int = MILLISECONDS) -> Document:
    source = meter.source
    bitrate, frame_rate, interval = _bitrate(meter, now_ns), _single(source.frame_rate), float(source.closed_gop)
    return {
        "codec": CODEC_NAMES[source.coding],
        "width": width,
        "maxWidth": width,
        "height": height,
        "maxHeight": height,
        "bitrate": bitrate,
        "bitrateConf": 0,
        "bitrateAvg": bitrate,
        "bitrateLatest": meter.latest_bytes(now_ns) * 8,
        "framerate": frame_rate,
        "framerateConf": 0.0,
        "framerateAvg": frame_rate,
        "framerateLatest": float(meter.latest_samples(now_ns)),
        "maxFramerate": frame_rate,
        "keyFrameInterval": interval,
        "keyFrameIntervalConf": 0.0,
        "keyFrameIntervalAvg": interval,
        "keyFrameIntervalLatest": interval,
        "deltaFramesSinceLastKeyFrame": meter.samples_since_key(now_ns),
        "hasBframes": False,
        "configChangeCount": 0,
        "timebase": {"num": 1, "den": timescale},
    }


def _audio(meter: Meter, now_ns: int, timescale: int = MILLISECONDS) -> Document:
    """An encoder declares its audio's bit rate, in whole thousands (recorded: documents/get .../nohls/streams/stream)."""
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


def _bitrate(meter: Meter, now_ns: int) -> int:
    """What the track has on average, as soon as anything of it has come."""
    return meter.source.bitrate if meter.samples(now_ns) else 0


def _conf(encode: VideoEncode | AudioEncode, track: OutputTrack | UnpackagedTrack) -> Document:
    """What the output profile asks for goes before what was measured; real sizes may differ from it."""
    told = track.bitrate if isinstance(track, OutputTrack) else encode.bitrate
    asked: Document = {"bitrate": told, "bitrateConf": encode.bitrate} if encode.bitrate else {}
    if isinstance(encode, VideoEncode):
        if encode.framerate:
            asked |= {"framerate": _single(encode.framerate), "framerateConf": _single(encode.framerate)}
        if encode.key_frame_interval:
            interval = float(encode.key_frame_interval)
            asked |= {"keyFrameInterval": interval, "keyFrameIntervalConf": interval}
    return asked


def _configured(encode: VideoEncode | AudioEncode) -> Document:
    """Of a track without media of its own, what the output profile says: there is nothing to measure."""
    if isinstance(encode, AudioEncode):
        timebase = {"num": 1, "den": encode.samplerate or OPUS_SAMPLE_RATE}
        return {"samplerate": encode.samplerate, "channel": encode.channels, "bitrate": 0, "bitrateConf": 0, "timebase": timebase}
    return {
        "width": encode.width,
        "maxWidth": encode.width,
        "height": encode.height,
        "maxHeight": encode.height,
        "bitrate": 0,
        "bitrateConf": 0,
        "framerate": 0.0,
        "framerateConf": 0.0,
        "maxFramerate": _single(encode.framerate),
        "keyFrameInterval": 0.0,
        "keyFrameIntervalConf": 0.0,
        "timebase": {"num": 1, "den": TRANSCODED_VIDEO_TIMESCALE},
    }


def _track(track_id: int, name: str, kind: str, described: Document) -> Document:
    return {"id": track_id, "name": name, "type": kind, kind.lower(): described}


def _data_track(track_id: int) -> Document:
    return _track(track_id, "Data", "Data", {"codec": "None"})


def _single(number: Fraction) -> float:
    """A number as the engine keeps it, in single precision (section 2.1)."""
    return float(struct.unpack("f", struct.pack("f", number))[0])


# Playlists


def _playlists(api: Api, application: ApplicationSettings, output: OutputStream, now_ns: int) -> dict[str, PlaylistSettings]:
    """By file name: those of the profile, and once the publishers have taken the stream up, their own."""
    if now_ns < output.published_ns + PUBLISHERS_TAKE_NS:
        return {name: playlist for name, playlist in output.playlists.items() if not is_default(playlist)}
    return {each.file_name: each for each in _default_playlists(api, application, output)} | output.playlists


def _default_playlists(api: Api, application: ApplicationSettings, output: OutputStream) -> Iterator[PlaylistSettings]:
    """Those of the publishers beside LL-HLS that the server listens for. Their names and renditions are not recorded."""
    bound = api.engine.world.bound_publishers
    for publisher, name, file_name, audio_codec in DEFAULT_PLAYLISTS:
        if publisher in application.publishers and (bound is None or publisher in bound) and _makes_default(application, publisher):
            videos = [track.variant for track in output.all_tracks if isinstance(track.encode, VideoEncode)]
            audios = [
                track.variant
                for track in output.all_tracks
                if isinstance(track.encode, AudioEncode) and codec_name(track.encode) == audio_codec
            ]
            if videos or audios:
                yield default_playlist(name, file_name, next(iter(videos), None), next(iter(audios), None))


def _makes_default(application: ApplicationSettings, publisher: str) -> bool:
    settings = application.written.get("publishers", {}).get(publisher)
    said = settings.get("createDefaultPlaylist", True) if isinstance(settings, Mapping) else True
    return str(said).strip().lower() != "false"


def _describe_playlist(playlist: PlaylistSettings) -> Document:
    return {
        "name": playlist.name,
        "fileName": playlist.file_name,
        "options": {
            "webrtcAutoAbr": playlist.webrtc_auto_abr,
            "hlsChunklistPathDepth": playlist.chunklist_path_depth,
            "enableTsPackaging": playlist.enable_ts_packaging,
        },
        "renditions": [
            _without_empty({"name": each.name, "videoVariantName": each.video, "audioVariantName": each.audio})
            for each in playlist.renditions
        ],
    }


def _without_empty(described: Document) -> Document:
    return {key: value for key, value in described.items() if value}
