"""`ome-mock loop`, with encoders at work: outside the usual run, since they take their time. `pytest tests/slow`."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from ome_mock.clips import read_clip_file


def film(path: Path, rate: int, seconds: int, sample_rate: int = 0, layout: str = "stereo", size: tuple[int, int] = (160, 90)) -> None:
    """A clip as any encoder makes it, with B-frames; its pictures get brighter."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=rate)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        audio = container.add_stream("aac", rate=sample_rate, layout=layout) if sample_rate else None
        count = int(rate * seconds)
        for number in range(count):
            picture = av.VideoFrame(*size, "yuv420p")
            for plane, value in zip(picture.planes, (16 + 200 * number // count, 128, 128), strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            picture.pts, picture.time_base = number, 1 / Fraction(rate)
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        for number in range(seconds * sample_rate // 1024):
            silence = av.AudioFrame("fltp", layout, 1024)
            for channel in silence.planes:
                channel.update(bytes(channel.buffer_size))
            silence.sample_rate, silence.pts = sample_rate, number * 1024
            assert audio
            container.mux(audio.encode(silence))
        if audio:
            container.mux(audio.encode(None))


def ome_mock(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "ome_mock", *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("given", "options", "said"),
    [
        pytest.param((30, 9, 48_000), [], "8 s, avc1.64000b 160x90 at 30 frames a second, AAC stereo of 48000 Hz", id="H.264"),
        pytest.param((30, 9, 48_000), ["--codec", "h265"], "8 s, hvc1.1.6.L30.90 160x90 at 30", id="H.265"),
        pytest.param((60, 3), ["--seconds", "2", "--size", "64x36"], "2 s, avc1.64000b 64x36 at 60 frames a second", id="no sound"),
        pytest.param((25, 5, 44_100, "mono"), [], "10.24 s, avc1.64000b 160x90 at 25 frames a second, AAC mono of 44100", id="repeated"),
    ],
)
def test_any_clip_becomes_a_loop(given: tuple[Any, ...], options: list[str], said: str, tmp_path: Path) -> None:
    clip, loop = tmp_path / "clip.mp4", tmp_path / "loop.mp4"
    film(clip, *given)
    done = ome_mock("loop", "--from", clip, "--out", loop, *options)
    assert (done.returncode, said.split(" ", maxsplit=1)[0]) == (0, done.stdout.removeprefix(f"{loop}: ").split(" ")[0]), done.stderr
    read = read_clip_file(loop)
    assert said.rsplit("avc1", maxsplit=1)[-1].rsplit("hvc1", maxsplit=1)[-1].split(" ", 1)[1] in done.stdout
    assert [path.name for path in tmp_path.iterdir() if path not in (clip, loop)] == []
    with av.open(str(loop)) as container:
        lumas = [bytes(frame.planes[0])[0] for frame in container.decode(video=0)]
    assert len(lumas) == len(read.videos[0].samples)
    rises = sum(after >= before - 2 for before, after in pairwise(lumas))
    assert rises >= len(lumas) - 4  # brighter and brighter, from the clip's beginning, and again where it is repeated


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "{here}/nope.mp4", "--out", "{here}/loop.mp4"], "nope.mp4' does not exist"),
        (["--from", "{here}/text", "--out", "{here}/loop.mp4"], "text: Invalid data found when processing input"),
        (["--from", "{here}/text", "--out", "{here}/no/loop.mp4"], "no/loop.mp4: there is no such directory"),
        (["--from", "{here}/text", "--out", "{here}/loop.mp4", "--size", "3x5"], "'3x5' is not two even numbers"),
    ],
)
def test_what_is_wrong_is_one_line(arguments: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"\1\2\3")
    done = ome_mock("loop", *(each.format(here=tmp_path) for each in arguments))
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
    assert not (tmp_path / "loop.mp4").exists()


def test_missing_library_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "av.py").write_text("raise ImportError('no av here')")
    (tmp_path / "clip.mp4").write_bytes(b"")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from ome_mock.cli import main; sys.argv = ['x', 'loop', *sys.argv[1:]]; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--from", tmp_path / "clip.mp4", "--out", tmp_path / "loop.mp4"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "needs PyAV: python3 -m pip install 'ome-mock[loop]'" in done.stderr) == (2, True)
