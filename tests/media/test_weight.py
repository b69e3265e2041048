"""Filler: how much of it there is, and that decoders see and hear nothing of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import av
import pytest

from ome_mock.media.loop import load_loop
from ome_mock.media.loop_track import LoopTrack, VaryingTrack
from ome_mock.media.weight import WeighedVideo, fill, weighed

FILLER_UNIT = 12


def decoded(track: LoopTrack | WeighedVideo, count: int) -> list[list[bytes]]:
    """What a decoder makes of the first samples: the bytes of each frame."""
    decoder: Any = av.CodecContext.create("h264" if track.width else "aac", "r")
    decoder.extradata = track.decoder_config
    frames = [frame for number in range(count) for frame in decoder.decode(av.Packet(track.sample(number)))]
    frames += decoder.decode(None)
    return [[bytes(plane) for plane in frame.planes] for frame in frames]


@pytest.fixture
def complaints(caplog: pytest.LogCaptureFixture) -> Iterator[list[Any]]:
    """What decoders say."""
    av.logging.set_level(av.logging.VERBOSE)
    with caplog.at_level(logging.WARNING, "libav"):
        yield caplog.records
    av.logging.set_level(None)


@pytest.mark.parametrize(
    ("track", "bitrate"),
    [
        pytest.param(load_loop().video(360), 2_000_000, id="360p at 2 Mb/s"),
        pytest.param(load_loop().video(180, key_frame_interval=60), 800_000, id="180p with a key frame every two seconds"),
        pytest.param(load_loop().video(90), 30_000, id="90p a little heavier than it is"),
        pytest.param(load_loop().audio(), 128_000, id="stereo at 128 kb/s"),
        pytest.param(load_loop().audio(1, 44_100), 320_000 // 2, id="mono of 44.1 kHz at 160 kb/s"),
    ],
)
def test_weighed_track_has_the_bit_rate(track: LoopTrack, bitrate: int) -> None:
    heavier = weighed(track, bitrate, 0)
    period = len(heavier.is_key)
    assert heavier.bitrate == pytest.approx(bitrate, abs=2)
    assert heavier.bytes_before(2 * period) == 2 * sum(len(heavier.sample(number)) for number in range(period))
    assert [heavier.sample_size(number) for number in range(20)] == [len(heavier.sample(number)) for number in range(20)]


def test_every_second_of_pictures_weighs_about_the_same_and_key_frames_most_of_it() -> None:
    video = weighed(load_loop().video(360), 2_000_000, 0)
    seconds = [video.bytes_before(30 * second + 30) - video.bytes_before(30 * second) for second in range(8)]
    assert all(0.9 * 250_000 < size < 1.1 * 250_000 for size in seconds)
    assert len(set(seconds)) == 8
    sizes = [video.sample_size(number) for number in range(30)]
    assert 5 < sizes[0] / (sum(sizes[1:]) / 29) < 11


def test_picture_carries_one_unit_of_filler_after_its_slices() -> None:
    plain = load_loop().video(360)
    sample = weighed(plain, 2_000_000, 0).sample(7)
    slices, unit = sample[: plain.sample_size(7)], sample[plain.sample_size(7) :]
    assert slices == plain.sample(7)
    assert int.from_bytes(unit[:4]) == len(unit) - 4
    assert (unit[4], set(unit[5:-1]), unit[-1]) == (FILLER_UNIT, {0xFF}, 0x80)


def test_decoder_makes_the_same_pictures_without_a_word(complaints: list[Any]) -> None:
    plain = load_loop().video(180)
    assert decoded(weighed(plain, 800_000, 0), 60) == decoded(plain, 60)
    assert [record.getMessage() for record in complaints] == []


@pytest.mark.parametrize("bitrate", [33_000, 64_000, 128_000, 320_000, 500_000])
def test_decoder_makes_the_same_sound_without_a_word(bitrate: int, complaints: list[Any]) -> None:
    plain = load_loop().audio()
    assert decoded(weighed(plain, bitrate, 0), 375) == decoded(plain, 375)
    assert [record.getMessage() for record in complaints] == []


def test_frame_of_sound_is_filled_to_any_size() -> None:
    frame = load_loop().audio().sample(0)
    assert [len(fill(frame, size)) for size in range(len(frame), 1500)] == list(range(len(frame), 1500))


def test_what_does_not_end_as_a_frame_does_is_left_alone() -> None:
    assert fill(b"\x01\x02\x03\x05", 100) == b"\x01\x02\x03\x05"
    assert fill(b"", 100) == b""


def test_track_that_is_heavier_stays_as_it_is() -> None:
    video = load_loop().video(360)
    assert weighed(video, 20_000, 0) is video


def test_frame_holds_no_more_than_the_codec_allows() -> None:
    assert max(map(len, weighed(load_loop().audio(1), 1_000_000, 0).samples)) == 768


def test_same_seed_makes_the_same_bytes_and_another_one_others() -> None:
    video = load_loop().video(360)
    sizes = [[weighed(video, 2_000_000, seed).sample_size(number) for number in range(240)] for seed in (1, 1, 2)]
    assert sizes[0] == sizes[1] != sizes[2]


def test_track_that_varies_adds_up() -> None:
    """Two changes within one part: bytes before each sample are those of the samples."""
    video = load_loop().video(360)
    varying = VaryingTrack.of(video)
    varying.weigh_from(7, weighed(video, 800_000, 0))
    varying.weigh_from(11, weighed(video, 200_000, 0))
    sizes = [len(varying.sample(number)) for number in range(600)]
    assert sizes == [varying.sample_size(number) for number in range(600)]
    assert [varying.bytes_before(number) for number in range(600)] == [sum(sizes[:number]) for number in range(600)]
    assert varying.most_bytes_in_a_second >= max(sum(sizes[first : first + 31]) for first in range(500))
    assert varying.pattern(0, 7) == video
    assert varying.pattern(0, 8) == varying.pattern(0, 12) != varying.pattern(7, 8)
