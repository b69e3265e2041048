"""What dumps of older engines list (versions.md)."""

from __future__ import annotations

from pathlib import Path

import pytest
from dump_api import KEY, Answer, DumpApi, listed, names

from ome_mock import faults
from ome_mock.emulator import Emulator

OK = Answer(200, {"message": "OK", "statusCode": 200})
LATER_KEY = "cUtvMpZ5"
"""The stream key of output stream `later` with seed 0."""


def segments(key: str, *numbers: int) -> list[str]:
    return [f"seg_0_{number}_video_{key}_llhls.m4s" for number in numbers]


def dump_from_the_beginning(root: Path, dialect: str) -> Emulator:
    """An emulator whose dump was started a second after its encoder came."""
    emulator = Emulator(root=root, dialect=dialect)
    emulator.connect("default/app/later")
    emulator.clock.advance(1)
    assert DumpApi(emulator).start(stream="later") == OK
    return emulator


def test_dump_of_0_16_4_that_began_with_the_stream_lists_as_many_segments_as_a_live_list(root: Path) -> None:
    emulator = dump_from_the_beginning(root, "engine-0.16.4")
    chunklist = root / "out" / f"chunklist_0_video_{LATER_KEY}_llhls.m3u8"

    emulator.clock.advance(12)
    assert chunklist.read_text() == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:10\n"
        "#EXT-X-TARGETDURATION:6\n"
        "#EXT-X-SERVER-CONTROL:HOLD-BACK=18\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        f'#EXT-X-MAP:URI="init_0_video_{LATER_KEY}_llhls.m4s"\n'
        "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.021+00:00\n"
        "#EXTINF:6.000000,\n"
        f"seg_0_0_video_{LATER_KEY}_llhls.m4s\n"
        "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:06.021+00:00\n"
        "#EXTINF:6.000000,\n"
        f"seg_0_1_video_{LATER_KEY}_llhls.m4s\n"
    )

    emulator.clock.advance(66)
    text = chunklist.read_text()
    assert listed(text) == segments(LATER_KEY, *range(3, 13))
    assert "#EXT-X-MEDIA-SEQUENCE:3\n" in text
    assert "#EXT-X-ENDLIST" not in text
    assert names(root / "out") >= set(segments(LATER_KEY, *range(13)))


def test_dump_of_0_16_4_that_began_later_lists_segments_that_it_does_not_have(root: Path) -> None:
    emulator = Emulator(root=root, dialect="engine-0.16.4")
    assert DumpApi(emulator).start() == OK
    chunklist = root / "out" / f"chunklist_0_video_{KEY}_llhls.m3u8"
    assert listed(chunklist.read_text()) == segments(KEY, *range(1, 10))

    emulator.clock.advance(7)
    text = chunklist.read_text()
    assert listed(text) == segments(KEY, *range(1, 11))
    assert "#EXT-X-MEDIA-SEQUENCE:0\n" in text
    assert text.endswith("#EXT-X-ENDLIST\n")
    assert {name for name in names(root / "out") if name.startswith("seg_0_")} == set(segments(KEY, 10))


def test_first_list_of_0_15_10_ends_with_the_date_of_the_open_segment(root: Path) -> None:
    emulator = Emulator(root=root, dialect="engine-0.15.10")
    assert DumpApi(emulator).start() == OK
    head = (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-TARGETDURATION:6\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        f'#EXT-X-MAP:URI="init_0_video_{KEY}_llhls.m4s"\n'
        "#EXT-X-PROGRAM-DATE-TIME:2025-12-31T23:59:56.821+00:00\n"
    )
    chunklist = root / "out" / f"chunklist_0_video_{KEY}_llhls.m3u8"
    assert chunklist.read_text() == head + "#EXT-X-ENDLIST\n"

    emulator.clock.advance(7)
    assert chunklist.read_text() == head + f"#EXTINF:6.000000,\nseg_0_10_video_{KEY}_llhls.m4s\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize("dialect", ["engine-0.16.4", "engine-0.20.5"])
def test_change_of_the_encoding_leaves_no_trace_before_0_21(root: Path, dialect: str) -> None:
    """Read in the sources (dump-output.md#discontinuities)."""
    emulator = Emulator(root=root, dialect=dialect)
    assert DumpApi(emulator).start() == OK
    emulator.faults.arm(faults.Discontinuity(after_s=10))
    emulator.clock.advance(30)
    chunklists = [path.read_text() for path in (root / "out").glob("chunklist_*")]
    assert len(chunklists) == 3
    assert not any("DISCONTINUITY" in text or text.count("EXT-X-MAP") != 1 for text in chunklists)
    assert not any("_v2" in name for name in names(root / "out"))
