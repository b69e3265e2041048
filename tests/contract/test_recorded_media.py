"""What an engine 0.21.0 made of media of many kinds, and what the emulator makes of clips and inputs of the same kinds."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ome_mock import AudioInput, VideoInput
from ome_mock.clock import ManualClock
from ome_mock.emulator import Emulator
from ome_mock.recordings.comparing import CODED, KEY

FIXTURES = Path(__file__).parents[2] / "fixtures"
RECORDED = FIXTURES / "recordings" / "media"
SOUND_FIRST_MS = 1_790_000_000_000

ENCODERS: dict[str, dict[str, Any]] = {
    "1080p60": {"media": "1080p60"},
    "h265-aac-ertmp": {"media": "h265"},
    "no-audio": {"media": "silent"},
    "29.97-fps-h264-high": {"video": VideoInput(640, 360, Fraction(30_000, 1001), key_frame_interval=60)},
    "aac-44100-mono": {"video": VideoInput(320, 180), "audio": AudioInput(44_100, 1)},
    "aac-and-opus": {"video": VideoInput(320, 180), "audio": AudioInput(channels=1)},
    "key-frame-every-10-s": {"video": VideoInput(320, 180, key_frame_interval=300)},
    "six-second-segments": {"video": VideoInput(320, 180), "audio": AudioInput(channels=1)},
    "no-video": {"video": False, "audio": AudioInput(channels=1)},
}
"""What the encoder of each story sends; the name of a clip, or what the loop can show."""
OTHER_ROUNDING = {"h265-aac-ertmp"}
"""This encoder rounded the times of its sound to the nearest millisecond; all others floored them."""


def read_story(name: str) -> dict[str, Any]:
    story: dict[str, Any] = json.loads((RECORDED / name / "story.json").read_text())
    return story


def without_keys(text: str) -> str:
    return KEY.sub("KEY", text)


def lists(files: dict[str, Any]) -> dict[str, Any]:
    """The chunklists of a dump: names and lengths."""
    return {
        without_keys(name).removeprefix("d/"): re.findall(r"#EXTINF:([\d.]+),\n(\S+)", without_keys(file["text"]))
        for name, file in files.items()
        if "chunklist" in name
    }


def shapes(files: dict[str, Any]) -> dict[str, Any]:
    """Of each complete segment its parts: the size of its moof, when it begins after the first, how many samples it has."""
    return {
        without_keys(name).removeprefix("d/"): [
            [size for size in file["boxes"] if size.startswith("moof")],
            [time - file["base_decode_times"][0] for time in file["base_decode_times"]],
            file["samples"],
        ]
        for name, file in files.items()
        if "/seg_" in name and file.get("samples")
    }


def read_file(path: Path) -> dict[str, Any]:
    if path.suffix == ".m3u8":
        return {"text": path.read_text()}
    boxes: list[str] = []
    times: list[int] = []
    samples: list[int] = []
    data = path.read_bytes()
    position = 0
    while position < len(data):
        size, kind = struct.unpack_from(">I4s", data, position)
        boxes.append(f"{kind.decode()}:{size}")
        if kind == b"moof":
            times += struct.unpack_from(">Q", data, position + 76)
            samples += struct.unpack_from(">I", data, position + 96)
        position += size
    return {"boxes": boxes, "base_decode_times": times, "samples": samples}


ReplayMedia = Callable[[str, dict[str, Any]], tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture
def replay(tmp_path: Path) -> ReplayMedia:
    """Dumps what the recorded story dumped; returns its files and its master playlist."""

    def replay(name: str, encoder: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        story = read_story(name)
        path = f"default/{story['app']}/{story['stream']}"
        world = RECORDED / "Server.xml"
        emulator = Emulator(dialect="engine-0.21", config=world, streams=[], root=tmp_path, clock=ManualClock(SOUND_FIRST_MS * 1_000_000))
        clip = FIXTURES / "clips" / f"{encoder['media']}.mp4" if "media" in encoder else None
        emulator.connect(path, **encoder | {"media": clip}, protocol="srt", ready=True)  # which holds nothing back
        first, *others = next(iter(lists(story["dump"]).values()))
        emulator.until_segment(path, int(re.findall(r"^seg_\d+_(\d+)", first[1])[0]))
        emulator.clock.advance(0.3)
        emulator.start_dump("d", stream=path, output_path="/d")
        emulator.until_segment(path, 1 + len(others))
        (dump,) = emulator.dumps.values()
        files = {f"d/{path.name}": read_file(path) for path in dump.files}
        return story, files

    return replay


@pytest.mark.parametrize("name", ENCODERS)
def test_segments_are_cut_and_named_as_recorded(name: str, replay: ReplayMedia) -> None:
    story, files = replay(name, ENCODERS[name])
    recorded, made = lists(story["dump"]), lists(files)
    assert recorded.keys() == made.keys()
    for chunklist, segments in recorded.items():
        if name in OTHER_ROUNDING and "audio" in chunklist:
            assert [each[1] for each in made[chunklist]][: len(segments)] == [each[1] for each in segments]
        else:
            assert made[chunklist][: len(segments)] == segments


@pytest.mark.parametrize("name", [name for name in ENCODERS if name not in OTHER_ROUNDING])
def test_parts_hold_what_they_held(name: str, replay: ReplayMedia) -> None:
    story, files = replay(name, ENCODERS[name])
    recorded, made = shapes(story["dump"]), shapes(files)
    common = [segment for segment in recorded if segment in made]
    assert len(common) >= 4
    for segment in common:
        whole = recorded[segment]
        assert [each[: len(whole[0])] for each in made[segment]] == whole, segment


@pytest.mark.parametrize("name", ENCODERS)
def test_master_playlist_names_tracks_and_codecs_as_recorded(name: str, replay: ReplayMedia) -> None:
    def told(text: str) -> str:
        text = CODED["avc1"].sub("avc1", text) if "media" not in ENCODERS[name] or name == "no-audio" else text
        text = re.sub(r"RESOLUTION=\d+x\d+", "SIZE", text) if name == "no-audio" else text
        return without_keys(CODED["BANDWIDTH"].sub("BANDWIDTH", text))

    story, files = replay(name, ENCODERS[name])
    assert told(files["d/llhls.m3u8"]["text"]) == told(story["dump"]["d/llhls.m3u8"]["text"])


def test_clip_of_mono_sound_is_cut_as_recorded(replay: ReplayMedia) -> None:
    story, files = replay("aac-44100-mono", {"media": "mono-44100"})
    recorded, made = lists(story["dump"]), lists(files)
    name = "chunklist_1_audio_KEY_llhls.m3u8"
    assert made[name][: len(recorded[name])] == recorded[name]
