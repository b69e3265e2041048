from pathlib import Path

import pytest
from media.boxes import read_chunks, read_init_section
from media.recorded import INIT_SECTIONS, SEGMENTS, RecordedSegment

from ome_mock.media import cmaf


def test_six_init_sections_are_recorded() -> None:
    assert len(INIT_SECTIONS) == 6


@pytest.mark.parametrize("path", INIT_SECTIONS, ids=lambda path: f"{path.parents[1].name}: {path.name[:12]}")
def test_engines_init_section_taken_apart_and_put_together_is_itself(path: Path) -> None:
    recorded = path.read_bytes()
    section = read_init_section(recorded)

    assert cmaf.init_section(section.track, section.timescale, section.bitrate) == recorded


@pytest.mark.parametrize("recorded", SEGMENTS, ids=str)
def test_engines_segment_taken_apart_and_put_together_is_itself(recorded: RecordedSegment) -> None:
    chunks = recorded.chunks()

    rebuilt = [cmaf.part(each.sequence_number, each.decode_time, each.samples, each.durations, each.keys) for each in chunks]

    assert b"".join(rebuilt) == recorded.read()


@pytest.mark.parametrize(
    ("keys", "size"),
    [
        pytest.param([True] + [False] * 14, 344, id="video: 16 bytes a sample"),
        pytest.param(None, 224, id="audio: 8 bytes a sample"),
    ],
)
def test_moof_is_as_long_as_the_engines(keys: list[bool] | None, size: int) -> None:
    part = cmaf.part(1, 0, [b"sample"] * 15, [33] * 15, keys)

    assert int.from_bytes(part[:4]) == size
    assert part[size:] == (8 + 15 * 6).to_bytes(4) + b"mdat" + b"sample" * 15


@pytest.mark.parametrize(
    ("sequence_number", "decode_time"),
    [
        pytest.param(1, 0, id="first part"),
        pytest.param(2**31, 90_000 * 86_400 * 365, id="90 kHz after a year, past 32 bits"),
        pytest.param(2**32 - 1, 2**64 - 1, id="the largest that fit"),
    ],
)
def test_number_and_time_stand_where_they_are_patched(sequence_number: int, decode_time: int) -> None:
    part = cmaf.part(sequence_number, decode_time, [b"sample"], [33], [True])
    (chunk,) = read_chunks(part)

    assert (chunk.sequence_number, chunk.decode_time) == (sequence_number, decode_time)
    assert int.from_bytes(part[cmaf.SEQUENCE_NUMBER_OFFSET :][:4]) == sequence_number
    assert int.from_bytes(part[cmaf.DECODE_TIME_OFFSET :][:8]) == decode_time


@pytest.mark.parametrize(
    ("durations", "keys"),
    [
        pytest.param([33], [True, False], id="a duration is missing"),
        pytest.param([33, 33], [True], id="a key frame flag is missing"),
        pytest.param([33, 33, 33], None, id="a duration too many"),
    ],
)
def test_part_wants_a_duration_and_a_flag_for_each_sample(durations: list[int], keys: list[bool] | None) -> None:
    with pytest.raises(ValueError, match="zip"):
        cmaf.part(1, 0, [b"one", b"two"], durations, keys)
