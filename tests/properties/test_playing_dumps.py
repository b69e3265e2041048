"""What a player makes of a dump: ffmpeg's libraries read it as they would read any other."""

import io
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import av.logging
import m3u8
import pytest
from av import AudioFrame, VideoFrame, VideoStream

from ome_mock.dumps.dump import DumpRequest
from ome_mock.emulator import Emulator

SAMPLES_PER_SECOND = {"video": 30, "audio": 48_000}


def dump_for(seconds: int, root: Path) -> Path:
    """The directory of a finished dump that ran for so long."""
    emulator = Emulator(root=root)
    stream = emulator.engine.input_stream("default", "app", "stream")
    request = DumpRequest("stream", "d1", "/dumps/d1", ("llhls.m3u8", "abr.m3u8"))
    emulator._run.dumps.start(stream, request, emulator.clock.now_ns())
    emulator.clock.advance(seconds)
    emulator._run.dumps.stop(stream, "stream", "d1", emulator.clock.now_ns())
    return Path(root, "dumps", "d1")


@pytest.fixture(scope="module")
def ten_minutes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dump_for(600, tmp_path_factory.mktemp("ten-minutes"))


@pytest.fixture(scope="module")
def twenty_seconds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dump_for(20, tmp_path_factory.mktemp("twenty-seconds"))


@pytest.fixture
def libav_messages() -> Iterator[list[Any]]:
    """A capture of what ffmpeg's libraries log, from warnings up, whichever of their threads logs it."""
    before = av.logging.get_level()
    av.logging.set_level(av.logging.WARNING)
    with av.logging.Capture(local=False) as messages:
        yield messages
    av.logging.set_level(before)


Packets = list[Any]
"""PyAV's; by its types their times may be None, which those of dumps never are."""


def chunklist_of(dump: Path, track_id: int) -> Path:
    (path,) = dump.glob(f"chunklist_{track_id}_*.m3u8")
    return path


def packets_of(dump: Path, track_id: int) -> Packets:
    """The packets of a track, read from its init section and its segments, one after the other."""
    chunklist = m3u8.load(str(chunklist_of(dump, track_id)))
    names = [chunklist.segment_map[0].uri, *(segment.uri for segment in chunklist.segments)]
    joined = io.BytesIO(b"".join((dump / name).read_bytes() for name in names))
    with av.open(joined, "r", format="mp4") as container:
        return [packet for packet in container.demux() if packet.size]


def milliseconds(packets: Packets) -> list[Fraction]:
    return [packet.dts * packet.time_base * 1000 for packet in packets]


def ends_ms(packets: Packets) -> Fraction:
    end_ms: Fraction = (packets[-1].dts + packets[-1].duration) * packets[-1].time_base * 1000
    return end_ms


def promised_ms(chunklist: Path) -> int:
    promised: int = round(sum(segment.duration for segment in m3u8.load(str(chunklist)).segments) * 1000)
    return promised


def frame_number(frame: VideoFrame) -> int:
    """The number that the eight boxes along the top of the loop's picture show; drawn at 320x180."""
    plane, scale = memoryview(frame.planes[0]), frame.width // 320
    line = plane[12 * scale * frame.planes[0].line_size :]
    return sum(128 >> bit for bit in range(8) if line[(32 + bit * 36) * scale] > 125)


def play(playlist: Path) -> list[tuple[str, int, list[Any]]]:
    """Decode every stream of a playlist: per stream its kind and size, and its frames' numbers or its count of samples."""
    with av.open(str(playlist), "r") as container:
        played: dict[int, tuple[str, int, list[Any]]] = {
            stream.index: (stream.type, stream.height if isinstance(stream, VideoStream) else 0, []) for stream in container.streams
        }
        for packet in container.demux():
            for frame in packet.decode():
                assert isinstance(frame, VideoFrame | AudioFrame)
                _, _, seen = played[packet.stream_index]
                seen.append(frame_number(frame) if isinstance(frame, VideoFrame) else frame.samples)
    return list(played.values())


# Ten minutes

tracks = pytest.mark.parametrize(
    ("track_id", "step_ms", "count"),
    [
        pytest.param(0, 100 / 3, 18_000, id="bypassed video"),
        pytest.param(1, 100 / 3, 18_000, id="transcoded video"),
        pytest.param(2, 64 / 3, 28_125, id="audio"),
    ],
)


@tracks
def test_packets_of_ten_minutes_follow_each_other_evenly(ten_minutes: Path, track_id: int, step_ms: float, count: int) -> None:
    """75 turns of the loop, and none of them shows: no step is a millisecond off. Audio segments end with whole frames of 21.3 ms."""
    times = milliseconds(packets_of(ten_minutes, track_id))

    steps = [after - before for before, after in pairwise(times)]

    assert min(steps) > 0
    assert max(abs(step - step_ms) for step in steps) < 1
    assert abs(len(times) - count) <= 1


@tracks
def test_packets_of_ten_minutes_are_shown_when_they_are_decoded(ten_minutes: Path, track_id: int, step_ms: float, count: int) -> None:
    assert all(packet.pts == packet.dts for packet in packets_of(ten_minutes, track_id))


def test_audio_and_video_of_ten_minutes_begin_and_end_together(ten_minutes: Path) -> None:
    packets = [packets_of(ten_minutes, track_id) for track_id in (0, 1, 2)]

    begins = [milliseconds(track)[0] for track in packets]
    ends = [ends_ms(track) for track in packets]

    assert begins == [60_021, 60_000, 60_010]
    assert max(ends) - min(ends) <= 50
    assert max(ends) - min(begins) == pytest.approx(600_000, abs=50)


@pytest.mark.parametrize("track_id", [0, 1, 2])
def test_ten_minutes_last_as_long_as_their_chunklist_promises(ten_minutes: Path, track_id: int) -> None:
    packets = packets_of(ten_minutes, track_id)

    assert ends_ms(packets) - milliseconds(packets)[0] == promised_ms(chunklist_of(ten_minutes, track_id))


def test_key_frames_of_ten_minutes_are_a_second_apart(ten_minutes: Path) -> None:
    keys = [number for number, packet in enumerate(packets_of(ten_minutes, 0)) if packet.is_keyframe]

    assert keys == list(range(0, 18_000, 30))


# Twenty seconds


@pytest.mark.parametrize(
    ("playlist", "pictures"),
    [
        pytest.param("llhls.m3u8", [360], id="default playlist"),
        pytest.param("abr.m3u8", [360, 180], id="adaptive playlist"),
    ],
)
def test_player_shows_what_the_playlist_promises_and_has_nothing_to_say(
    twenty_seconds: Path, libav_messages: list[Any], playlist: str, pictures: list[int]
) -> None:
    played = play(twenty_seconds / playlist)

    video = [seen for kind, _, seen in played if kind == "video"]
    (audio,) = [seen for kind, _, seen in played if kind == "audio"]
    assert [height for kind, height, _ in played if kind == "video"] == pictures
    for track_id, seen in enumerate(video):
        assert len(seen) * 1000 == 30 * promised_ms(chunklist_of(twenty_seconds, track_id)) == 540_000
        assert seen == [(120 + number) % 240 for number in range(540)]
    assert sum(audio) / 48 == pytest.approx(promised_ms(chunklist_of(twenty_seconds, 2)), abs=1)
    assert libav_messages == []


@pytest.mark.parametrize("track_id", [0, 1, 2])
def test_each_chunklist_can_be_played_alone(twenty_seconds: Path, libav_messages: list[Any], track_id: int) -> None:
    ((kind, _, seen),) = play(chunklist_of(twenty_seconds, track_id))

    count = sum(seen) if kind == "audio" else len(seen)
    assert count / SAMPLES_PER_SECOND[kind] == pytest.approx(promised_ms(chunklist_of(twenty_seconds, track_id)) / 1000, abs=0.001)
    assert libav_messages == []


def test_damage_would_be_noticed(tmp_path: Path, libav_messages: list[Any]) -> None:
    """The measure works: a player does complain about a segment in which bytes were changed."""
    dump = dump_for(20, tmp_path)
    (segment,) = dump.glob("seg_0_11_*")
    intact = segment.read_bytes()
    segment.write_bytes(intact[:5000] + bytes(1000) + intact[6000:])

    with suppress(av.FFmpegError):
        play(dump / "llhls.m3u8")

    assert libav_messages != []
