"""Clips of one's own: what is read of them, and why one can't be a loop."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from av import AudioStream, VideoStream
from media.boxes import boxes

from ome_mock.errors import ConfigurationError
from ome_mock.media.clip import read_clip

CLIPS = Path(__file__).parents[2] / "fixtures" / "clips"
SIZE = 64
CLOSED = "keyint=10:min-keyint=10:scenecut=0:bframes=0:open-gop=0"


def encoded(
    parameters: str = CLOSED,
    codec: str = "libx264",
    *,
    pictures: int = 30,
    frames: int = 0,
    ticks: list[int] | None = None,
    movflags: str = "",
    tag: str | None = None,
    audio: str = "aac",
) -> bytes:
    """An MP4 file of small pictures, a second's worth of 30, and of so many frames of silence."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options={"movflags": movflags} if movflags else {}) as container:
        video = container.add_stream(codec, rate=30, options={f"{codec.removeprefix('lib')}-params": parameters} if parameters else {})
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = SIZE, SIZE, "yuv420p"
        if tag:
            video.codec_context.codec_tag = tag
        sound = container.add_stream(audio, rate=48_000, layout="stereo") if frames else None
        for number in range(pictures):
            picture = av.VideoFrame(SIZE, SIZE, "yuv420p")
            for plane in picture.planes:
                plane.update(bytes([number * 7 % 200]) * plane.buffer_size)
            picture.pts = (ticks or list(range(pictures)))[number]
            picture.time_base = Fraction(1, 30)
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        for number in range(frames):
            assert isinstance(sound, AudioStream)
            silence = av.AudioFrame("fltp", "stereo", 1024)
            for channel in silence.planes:
                channel.update(bytes(channel.buffer_size))
            silence.sample_rate, silence.pts = 48_000, number * 1024
            container.mux(sound.encode(silence))
        if isinstance(sound, AudioStream):
            container.mux(sound.encode(None))
    return file.getvalue()


def refusal(mp4: bytes) -> str:
    with pytest.raises(ConfigurationError) as refused:
        read_clip(mp4)
    return str(refused.value)


def kept(name: str) -> bytes:
    """A clip of the repository."""
    return (CLIPS / f"{name}.mp4").read_bytes()


def patched(mp4: bytes, kind: bytes, offset: int, value: bytes) -> bytes:
    """The file with other bytes in the payload of its first box of a kind."""
    at = mp4.index(kind) + 4 + offset
    return mp4[:at] + value + mp4[at + len(value) :]


@pytest.mark.parametrize(
    ("name", "video", "audio"),
    [
        ("h265", ("hvc1.1.6.L60.90", 320, 180, 30, 240, 30), ("mp4a.40.2", 48_000, 2, 375)),
        ("1080p60", ("avc1.42c02a", 1920, 1080, 60, 480, 60), ("mp4a.40.2", 48_000, 2, 375)),
        ("mono-44100", ("avc1.42c00d", 320, 180, 30, 512, 32), ("mp4a.40.2", 44_100, 1, 735)),
        ("silent", ("avc1.64000b", 160, 90, 30, 120, 30), None),
    ],
)
def test_clip_is_read(name: str, video: tuple[Any, ...], audio: tuple[str, int, int, int] | None) -> None:
    loop = read_clip(kept(name))
    assert [(each.codec, each.width, each.height, each.frame_rate, len(each.samples), each.closed_gop) for each in loop.videos] == [video]
    found = [(each.codec, each.sample_rate, each.channels, len(each.samples)) for each in loop.audios]
    assert found == ([audio] if audio else [])


@pytest.mark.parametrize(("name", "codec"), [("h265", "hevc"), ("1080p60", "h264"), ("mono-44100", "h264")])
def test_samples_are_those_that_a_demuxer_finds(name: str, codec: str) -> None:
    loop = read_clip(kept(name))
    with av.open(str(CLIPS / f"{name}.mp4")) as container:
        packets = [(packet.stream.type, bytes(packet)) for packet in container.demux() if packet.size]
        assert container.streams.video[0].codec_context.name == codec
    assert list(loop.videos[0].samples) == [data for kind, data in packets if kind == "video"]
    assert list(loop.audios[0].samples) == [data for kind, data in packets if kind == "audio"]


def test_config_of_h265_holds_parameter_sets_alone() -> None:
    (track,) = read_clip(encoded(CLOSED, "libx265", tag="hvc1")).videos  # x265 puts a message about itself beside them
    config = track.decoder_config
    assert config[22] == 3
    assert config[23] == 0x80 | 32
    assert b"x265" not in config


def test_coarse_ticks_are_exact_in_the_mean() -> None:
    mp4 = encoded()
    stts, mdhd = dict(leaves(mp4))[b"stts"], dict(leaves(mp4))[b"mdhd"]
    assert struct.unpack_from(">I", mdhd, 12) == (15_360,)
    coarse = mp4.replace(stts, struct.pack(">I", 0) + struct.pack(">III", 1, 30, 512))
    assert read_clip(coarse).videos[0].sample_duration_ms == Fraction(100, 3)


def leaves(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, payload in boxes(data):
        if kind in {b"moov", b"trak", b"mdia", b"minf", b"stbl"}:
            yield from leaves(payload)
        else:
            yield kind, payload


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        pytest.param(lambda: b"", "is not an MP4 file", id="nothing"),
        pytest.param(lambda: b"no video at all, but some text", "is not an MP4 file", id="text"),
        pytest.param(lambda: encoded()[:-200], "is not an MP4 file, or a part of one", id="cut short"),
        pytest.param(lambda: encoded(movflags="frag_keyframe+empty_moov"), "is fragmented", id="fragmented"),
        pytest.param(lambda: encoded("keyint=10:bframes=2:open-gop=0:b-adapt=0"), "can't loop: B-frames", id="B-frames"),
        pytest.param(
            lambda: encoded("keyint=10:min-keyint=10:bframes=2:open-gop=1:b-adapt=0:scenecut=0"), "an open GOP at picture", id="open GOP"
        ),
        pytest.param(lambda: patched(encoded(), b"stss", 8, struct.pack(">I", 2)), "no key frame at 0", id="no key frame at 0"),
        pytest.param(
            lambda: encoded(frames=40), "tracks of unequal length: audio 0.874667 s, video 1 s", id="sound that is shorter than the picture"
        ),
        pytest.param(
            lambda: encoded(ticks=[number + (number > 7) for number in range(30)]), "its frame rate varies", id="a frame rate that varies"
        ),
        pytest.param(lambda: patched(encoded(), b"avcC", 4, b"\xfd"), "have lengths of 2 bytes", id="short lengths"),
        pytest.param(lambda: patched(encoded(), b"avcC", 6, b"\0\0"), "avcC is cut off, or has an empty", id="empty parameter set"),
        pytest.param(lambda: patched(encoded(), b"avcC", 5, b"\xff"), "avcC is cut off, or has an empty", id="parameter sets cut off"),
        pytest.param(lambda: patched(kept("silent"), b"avcC", 33, b"\x0b"), "avcC is cut off, or has an empty", id="last set too long"),
        pytest.param(lambda: patched(kept("h265"), b"hvcC", 24, b"\xff"), "hvcC is cut off, or has an empty", id="H.265: too many sets"),
        pytest.param(lambda: patched(kept("h265"), b"hvcC", 100, b"\0\0"), "hvcC is cut off, or has an empty", id="H.265: empty set"),
        pytest.param(
            lambda: patched(kept("h265"), b"hvcC", 101, b"\x08"), "hvcC is cut off, or has an empty", id="H.265: last set too long"
        ),
        pytest.param(lambda: encoded("", "mpeg4"), "has video 'mp4v', not H.264 (avc1) or H.265 (hvc1)", id="MPEG-4"),
        pytest.param(lambda: encoded(frames=40, audio="mp3"), "has audio 'mp4a' that is not AAC-LC", id="MP3"),
    ],
)
def test_clip_that_cannot_loop_is_refused_with_the_reason(make: Callable[..., Any], reason: str) -> None:
    assert reason in refusal(make())


def test_all_reasons_are_told() -> None:
    said = refusal(encoded("keyint=10:min-keyint=10:bframes=2:open-gop=1:b-adapt=0:scenecut=0"))
    assert "B-frames" in said
    assert "open GOP" in said


def test_sound_alone_is_a_loop_too() -> None:
    mp4 = kept("mono-44100")
    only_sound = mp4.replace(b"vide", b"text")
    loop = read_clip(only_sound)
    assert (loop.videos, len(loop.audios)) == ((), 1)


@pytest.mark.parametrize("seed", range(30))
def test_damaged_file_is_refused_or_read_and_never_fails_otherwise(seed: int) -> None:
    chance = random.Random(seed)
    mp4 = bytearray(kept("silent"))
    start = mp4.index(b"moov")
    for _ in range(5):
        mp4[chance.randrange(start, len(mp4) if start > 1000 else start + 900)] = chance.randrange(256)
    with suppress(ConfigurationError):
        read_clip(bytes(mp4))
