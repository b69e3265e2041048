"""Rules about what encoders send: which of them hold at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from ..engine.input_stream import InputStream
from ..engine.input_tracks import SentMedia
from ..engine.meter import input_meters
from ..media.loop import MediaKind
from ..settings import AlertRules
from ..timestamps import NS_PER_SECOND

LONGEST_KEY_FRAME_INTERVAL_S = 4
Finding = tuple[str, tuple[float, ...]]
"""A code, and the numbers of its description."""


def findings(rules: AlertRules, stream: InputStream, now_ns: int) -> list[Finding]:
    """The problems of a stream, in the engine's order (recorded: alert/b-frames and long key frame interval).

    Rates are those of the last whole second.
    """
    found = [*_of_video(rules, stream, now_ns), *_of_audio(rules, stream)]
    if is_measured(stream, now_ns):
        found += _bounds("BITRATE", "LOW", "HIGH", bitrate(stream, now_ns), rules.min_bitrate, rules.max_bitrate)
    return found


def is_measured(stream: InputStream, now_ns: int) -> bool:
    """Says if an encoder's rates are known, which those of `connect` are once their stream is prepared (recorded: alert/above every)."""
    sent = stream.input_tracks.sent
    if sent is not None:
        return any(counters.bitrate for counters in sent.counters)
    return stream.is_measured(now_ns)


def bitrate(stream: InputStream, now_ns: int) -> int:
    """The bits that all tracks of an encoder have had in the last whole second."""
    sent = stream.input_tracks.sent
    if sent is not None:
        return sum(counters.bitrate for counters in sent.counters)
    meters = input_meters(stream)
    said = stream.rates.at(now_ns - NS_PER_SECOND).bitrate
    kinds = [MediaKind.VIDEO, MediaKind.AUDIO] if said is None or MediaKind.VIDEO not in meters else [MediaKind.AUDIO]
    measured = sum(meters[kind].source.bitrate for kind in kinds if kind in meters)
    return measured + (said or 0) if MediaKind.VIDEO in meters else measured if said is None else said


def settles(stream: InputStream) -> bool:
    """Says if what is measured of a stream stays the same in the end: not of a publisher's, which may send anything."""
    return stream.input_tracks.sent is None


def key_frame_interval_s(stream: InputStream) -> Fraction:
    meter = input_meters(stream).get(MediaKind.VIDEO)
    return Fraction(0) if meter is None else Fraction(meter.source.closed_gop) / meter.source.frame_rate


class _Video(NamedTuple):
    """The video of an encoder, as declared or measured; `interval_s` is 0 before there were two key frames."""

    width: int
    height: int
    framerate: float
    interval_s: float
    has_b_frames: bool


def _video(stream: InputStream, now_ns: int) -> _Video | None:
    video, sent = stream.input_tracks.video, stream.input_tracks.sent
    if sent is not None:
        return _sent_video(sent)
    if video is None:
        return None
    said, interval_s = stream.rates.at(now_ns - NS_PER_SECOND).framerate, key_frame_interval_s(stream)
    has_two = stream.pace.media_ns(now_ns) >= interval_s * NS_PER_SECOND
    framerate = float(video.framerate) if said is None else said
    return _Video(video.width, video.height, framerate, float(interval_s) if has_two else 0.0, video.has_b_frames)


def _sent_video(sent: SentMedia) -> _Video | None:
    tracks, counted = sent.tracks, sent.counters.video
    if tracks is None or tracks.video is None:
        return None
    interval_s = counted.key_frame_interval / counted.framerate if counted.framerate else 0.0
    return _Video(tracks.video.width, tracks.video.height, counted.framerate, interval_s, counted.has_b_frames)


def _of_video(rules: AlertRules, stream: InputStream, now_ns: int) -> Iterator[Finding]:
    video = _video(stream, now_ns)
    if video is None:
        return
    if rules.has_b_frames and video.has_b_frames:
        yield "INGRESS_HAS_BFRAME", ()
    if is_measured(stream, now_ns):
        yield from _bounds("FRAMERATE", "LOW", "HIGH", video.framerate, rules.min_framerate, rules.max_framerate)
    if rules.long_key_frame_interval and video.interval_s > LONGEST_KEY_FRAME_INTERVAL_S:
        yield "INGRESS_LONG_KEY_FRAME_INTERVAL", (video.interval_s,)
    yield from _bounds("WIDTH", "SMALL", "LARGE", video.width, rules.min_width, rules.max_width)
    yield from _bounds("HEIGHT", "SMALL", "LARGE", video.height, rules.min_height, rules.max_height)


def _of_audio(rules: AlertRules, stream: InputStream) -> Iterator[Finding]:
    audio, sent = stream.input_tracks.audio, stream.input_tracks.sent
    if audio is not None:
        rate = sent.tracks.audio.sample_rate if sent and sent.tracks and sent.tracks.audio else audio.samplerate
        yield from _bounds("SAMPLERATE", "LOW", "HIGH", rate, rules.min_samplerate, rules.max_samplerate)


def _bounds(name: str, below: str, above: str, value: float, least: float | None, most: float | None) -> Iterator[Finding]:
    if least is not None and value < least:
        yield f"INGRESS_{name}_{below}", (value, least)
    if most is not None and value > most:
        yield f"INGRESS_{name}_{above}", (value, most, least or 0)
