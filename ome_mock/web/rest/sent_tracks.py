"""The tracks of a publisher as the REST API describes them: what it declares, and what was measured of what it has sent.

Recorded: rtmp.jsonl, `documents`. Declared values stand in the place of measured ones. `Latest` values are those of the last whole second
of the encoder's timestamps, as averages are; the engine takes the last second by its clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...clock import Clock
from ...engine.input_stream import InputStream
from ...engine.input_tracks import SentMedia
from ...timestamps import iso_time
from .track_json import JsonObject, data_track, single, track

if TYPE_CHECKING:
    from ...ingest.counters import TrackCounters
    from ...ingest.events import AudioTrack, VideoTrack

AS_SENT: JsonObject = {"bypass": False, "codecModule": "none"}
MILLISECONDS: JsonObject = {"num": 1, "den": 1000}


def sent_tracks(stream: InputStream, sent: SentMedia, clock: Clock) -> Iterator[JsonObject]:
    """Each track, the data track last."""
    tracks, counters = sent.tracks, sent.counters
    if tracks is None:
        return
    if tracks.video:
        described = _video(tracks.video, counters.video) | _largest(sent) | _changes(stream, clock)
        yield track(tracks.video.id, "Video", "Video", described | AS_SENT)
    if tracks.audio:
        yield track(tracks.audio.id, "Audio", "Audio", _audio(tracks.audio, counters.audio) | AS_SENT)
    yield data_track(tracks.data_id)


def as_sent(document: JsonObject, stream: InputStream, clock: Clock) -> JsonObject:
    """A track of an output: one that bypasses the transcoder has its publisher's codec, while playlists name that of what is served."""
    sent, video = stream.input_tracks.sent, document.get("video")
    if sent is None or sent.tracks is None or sent.tracks.video is None or not isinstance(video, dict) or not video["bypass"]:
        return document
    return document | {"video": video | {"codec": sent.tracks.video.codec} | _largest(sent) | _changes(stream, clock)}


def _largest(sent: SentMedia) -> JsonObject:
    width, height = sent.largest
    return {"maxWidth": width, "maxHeight": height}


def _changes(stream: InputStream, clock: Clock) -> JsonObject:
    changed = stream.reconfigured_ns
    return {"configChangeCount": len(changed)} | ({"lastConfigChanged": iso_time(changed[-1], clock.zone)} if changed else {})


def _video(video: VideoTrack, counted: TrackCounters) -> JsonObject:
    framerate, measured = single(video.framerate), single(counted.framerate)
    interval = single(counted.mean_key_frame_interval)
    return _rates(video.bitrate, counted.bitrate) | {
        "codec": video.codec,
        "width": video.width,
        "height": video.height,
        "framerate": framerate or measured,
        "framerateConf": framerate,
        "framerateAvg": measured,
        "framerateLatest": measured,
        "maxFramerate": max(framerate, measured),
        "keyFrameInterval": interval,
        "keyFrameIntervalConf": 0.0,
        "keyFrameIntervalAvg": interval,
        "keyFrameIntervalLatest": float(counted.key_frame_interval),
        "deltaFramesSinceLastKeyFrame": counted.frames_since_key_frame,
        "hasBframes": counted.has_b_frames,
        "timebase": MILLISECONDS,
    }


def _audio(audio: AudioTrack, counted: TrackCounters) -> JsonObject:
    return _rates(audio.bitrate, counted.bitrate) | {
        "codec": audio.codec,
        "samplerate": audio.sample_rate,
        "channel": audio.channels,
        "configChangeCount": 0,
        "timebase": MILLISECONDS,
    }


def _rates(declared: int, measured: int) -> JsonObject:
    return {"bitrate": declared or measured, "bitrateConf": declared, "bitrateAvg": measured, "bitrateLatest": measured}
