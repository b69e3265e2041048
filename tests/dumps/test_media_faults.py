"""Faults of media: the checker finds each, and a demuxer or a decoder stumbles over it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from ome_mock import faults
from ome_mock.emulator import Emulator


def spoilt(tmp_path: Path, fault: faults.Fault) -> Emulator:
    emulator = Emulator(root=tmp_path, faults=[fault])
    emulator.start_dump("d", output_stream_name="stream2", output_path="/d")
    emulator.clock.advance(20)
    return emulator


def packets(tmp_path: Path, kind: str) -> list[Any]:
    """The samples of a track as a demuxer sees them: the init section and the segments in one file."""
    names = sorted((tmp_path / "d").glob(f"*_{kind}_*.m4s"), key=lambda path: (path.name[:4] != "init", path.name))
    joined = tmp_path / "joined.mp4"
    joined.write_bytes(b"".join(name.read_bytes() for name in names))
    with av.open(str(joined)) as container:
        return [packet for packet in container.demux() if packet.size]


def steps_ms(tmp_path: Path, kind: str) -> set[int]:
    times = [int(packet.dts * packet.time_base * 1000) for packet in packets(tmp_path, kind)]
    return {round((after - before) / 500) * 500 for before, after in pairwise(times)}


@pytest.mark.parametrize(
    ("fault", "kind", "rule", "step_ms"),
    [
        pytest.param(faults.TimeJump(file="seg_4_11_*"), "video", "decode-time-jumps", -6000, id="times that go back"),
        pytest.param(faults.TimeJump(file="seg_4_11_*", segments=0.5), "video", "decode-time-jumps", 3000, id="times that jump"),
        pytest.param(faults.MediaGap(file="seg_5_11_*"), "audio", "decode-time-jumps", 2500, id="a gap in the sound"),
        pytest.param(faults.MissingKeyFrame(file="seg_4_11_*"), "video", "no-key-frame", 500, id="no key frame"),
    ],
)
def test_fault_of_media_is_found_and_seen(tmp_path: Path, fault: faults.Fault, kind: str, rule: str, step_ms: int) -> None:
    assert rule in {finding.rule.name for finding in spoilt(tmp_path, fault).dumps["d"].check()}
    assert step_ms in steps_ms(tmp_path, kind)


def test_decoder_has_nothing_to_show_until_the_next_key_frame(tmp_path: Path) -> None:
    spoilt(tmp_path, faults.MissingKeyFrame(file="seg_4_11_*"))
    (path,) = (tmp_path / "d").glob("seg_4_11_*")
    (init,) = (tmp_path / "d").glob("init_4_*")
    (tmp_path / "alone.mp4").write_bytes(init.read_bytes() + path.read_bytes())
    with av.open(str(tmp_path / "alone.mp4")) as container:
        keys = [packet.is_keyframe for packet in container.demux(video=0) if packet.size]
    assert keys.index(True) == 15


def test_file_that_is_no_segment_stays_as_it_is(tmp_path: Path) -> None:
    emulator = spoilt(tmp_path, faults.MediaGap(file="chunklist_*"))
    assert emulator.dumps["d"].check() == []
