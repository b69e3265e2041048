"""Files of runs of samples, read by a real demuxer and decoder."""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import pytest

from ome_mock.media.cutting import SampleTimes
from ome_mock.media.loop import load_loop
from ome_mock.media.mp4 import Mp4File
from ome_mock.media.mpegts import PACKET_SIZE, TransportStream
from ome_mock.media.run import MediaTrack, Run, TimedSample


def runs() -> tuple[Run, Run]:
    """Ten seconds from the third second on: the loop turns once meanwhile."""
    video, audio = load_loop().video(360), load_loop().audio()
    video_times = SampleTimes(audio.sample_duration_ms, video.sample_duration_ms)
    audio_times = SampleTimes(Fraction(0), audio.sample_duration_ms)
    start_ms, end_ms = video_times.dts_ms(60), video_times.dts_ms(360)
    return Run(video, video_times, 60, 360), Run(audio, audio_times, audio_times.count_before(start_ms), audio_times.count_before(end_ms))


Container = type[Mp4File] | type[TransportStream]


def written(container: Container, several: Sequence[Run], start_ms: int) -> bytes:
    """The bytes of a finished file."""
    file = container([MediaTrack(run.track, run.times) for run in several], start_ms)
    samples = sorted(
        TimedSample(run.times.dts_ms(number), index, number) for index, run in enumerate(several) for number in range(run.first, run.end)
    )
    data = bytearray(b"".join([file.head, *file.add(samples), file.tail()]))
    patch = file.patch()
    if patch is not None:
        data[patch[0] : patch[0] + len(patch[1])] = patch[1]
    return bytes(data)


def read(data: bytes) -> dict[str, Any]:
    """Of each kind of track: how many packets there are, how many decode, the first and the last time in seconds."""
    found: dict[str, tuple[int, int, tuple[float, ...]]] = {}
    with av.open(io.BytesIO(data), "r") as container:
        for packet in container.demux():
            kind = packet.stream.type
            packets, frames, times = found.get(kind, (0, 0, ()))
            decoded = len(packet.decode())
            if packet.size:
                assert packet.pts is not None
                packets, times = packets + 1, (*times, float(packet.pts * packet.time_base))
            found[kind] = (packets, frames + decoded, times)
    return {kind: (packets, frames, min(times), max(times)) for kind, (packets, frames, times) in found.items()}


@pytest.mark.parametrize(("container", "delay_s"), [(Mp4File, 0), (TransportStream, 0.7)], ids=["mp4", "ts"])
def test_both_tracks_are_there_and_decode(container: Container, delay_s: float) -> None:
    both = runs()
    found = read(written(container, both, both[0].start_ms))
    assert found["video"][:2] == (300, 300)
    assert found["audio"][0] == 469
    assert found["audio"][1] >= 468
    assert found["video"][2:] == pytest.approx((delay_s, delay_s + 299 / 30), abs=0.001)
    assert found["audio"][2:] == pytest.approx((delay_s, delay_s + 468 * 1024 / 48000), abs=0.025)


@pytest.mark.parametrize(("container", "delay_s"), [(Mp4File, 0), (TransportStream, 0.7)], ids=["mp4", "ts"])
def test_file_that_continues_another_begins_later(container: Container, delay_s: float) -> None:
    both = runs()
    found = read(written(container, both, both[0].start_ms - 4000))
    assert found["video"][2] == pytest.approx(4 + delay_s, abs=0.001)


def test_transport_stream_is_whole_packets_whose_counters_count() -> None:
    data = written(TransportStream, runs(), 2000)
    counters: dict[int, int] = {}
    assert len(data) % PACKET_SIZE == 0
    for start in range(0, len(data), PACKET_SIZE):
        sync, pid, flags = data[start], int.from_bytes(data[start + 1 : start + 3]) & 0x1FFF, data[start + 3]
        assert sync == 0x47
        assert flags & 0xF == counters.get(pid, flags & 0xF)
        counters[pid] = (flags + 1) & 0xF
    assert set(counters) == {0, 0x1000, 0x100, 0x101}


def test_track_alone_is_a_file_too() -> None:
    _, audio = runs()
    assert read(written(Mp4File, [audio], audio.start_ms))["audio"][0] == 469


@pytest.mark.parametrize(("ms", "count"), [(0, 0), (21, 0), (22, 1), (54, 1), (55, 2), (-5, 0)])
def test_samples_before_an_instant_are_counted(ms: int, count: int) -> None:
    assert SampleTimes(Fraction(64, 3), Fraction(100, 3)).count_before(ms) == count
