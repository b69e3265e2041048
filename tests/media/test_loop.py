import array
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame

import ome_mock.media
from ome_mock.media.loop import MediaKind, load_loop

LOOP_MP4 = Path(ome_mock.media.__file__).with_name("loop.mp4")
AAC_FRAME = 1024
TURN = 375 * AAC_FRAME
"""Audio samples of one turn: eight seconds."""
SECOND = 48_000

videos = pytest.mark.parametrize("index", [pytest.param(0, id="640x360"), pytest.param(1, id="320x180"), pytest.param(2, id="160x90")])


def nal_units(sample: bytes) -> Iterator[bytes]:
    """The NAL units of a sample, whose lengths take four bytes each."""
    offset = 0
    while offset < len(sample):
        size = int.from_bytes(sample[offset : offset + 4])
        yield sample[offset + 4 : offset + 4 + size]
        offset += 4 + size
    assert offset == len(sample)


def slice_type(slice_: bytes) -> int:
    """The `slice_type` of a slice header (ISO/IEC 14496-10, section 7.3.3): 0 is P, 1 is B, 2 is I; 5 to 9 say the same of all."""
    bits = f"{int.from_bytes(slice_[1:5]):032b}"
    first_macroblock, rest = exponential_golomb(bits)
    assert first_macroblock == 0
    return exponential_golomb(rest)[0] % 5


def exponential_golomb(bits: str) -> tuple[int, str]:
    zeros = bits.index("1")
    return int(bits[zeros : 2 * zeros + 1], 2) - 1, bits[2 * zeros + 1 :]


def frame_number(frame: VideoFrame) -> int:
    """The number that the eight boxes along the top show, white for 1, the leftmost for 128; drawn at 320x180."""
    plane = memoryview(frame.planes[0])
    line = plane[12 * frame.width // 320 * frame.planes[0].line_size :]
    lumas = [line[(16 + bit * 36 + 16) * frame.width // 320] for bit in range(8)]
    assert all(luma < 50 or luma > 200 for luma in lumas), lumas
    return sum(128 >> bit for bit, luma in enumerate(lumas) if luma > 125)


def decode_audio(packets: tuple[bytes, ...]) -> "array.array[float]":
    """The left channel."""
    audio = load_loop().audio()
    decoder = av.CodecContext.create("aac", "r")
    decoder.extradata = audio.decoder_config
    left = array.array("f")
    for packet in packets:
        for frame in decoder.decode(av.Packet(packet)):
            left.frombytes(bytes(frame.planes[0])[: 4 * frame.samples])
    return left


def left_channel(sample: int) -> float:
    """What was recorded: two steady tones, of which the left channel has 220 Hz, and a beep each second."""
    t = sample % TURN / SECOND
    into = t % 1
    envelope = math.sin(math.pi * into / 0.12) ** 2 if into < 0.12 else 0.0
    return 0.05 * math.sin(2 * math.pi * 220 * t) + 0.35 * envelope * math.sin(2 * math.pi * (1320 if t < 1 else 880) * t)


def largest_step(sound: "array.array[float]", samples: list[int] | range) -> float:
    return max(abs(sound[sample + 1] - sound[sample]) for sample in samples)


def largest_error(sound: "array.array[float]", around: int) -> float:
    largest: float = max(abs(sound[sample] - left_channel(sample)) for sample in range(around - 2 * AAC_FRAME, around + 2 * AAC_FRAME))
    return largest


def test_loop_is_small_enough_to_ship() -> None:
    assert LOOP_MP4.stat().st_size <= 300_000


@pytest.mark.parametrize(
    ("index", "spacing"), [pytest.param(0, 30, id="640x360"), pytest.param(1, 30, id="320x180"), pytest.param(2, 15, id="160x90")]
)
def test_video_has_240_samples_with_a_key_frame_each_second_or_half(index: int, spacing: int) -> None:
    track = load_loop().videos[index]

    assert (track.kind, len(track.samples), track.sample_duration_ms) == (MediaKind.VIDEO, 240, Fraction(100, 3))
    assert [number for number, is_key in enumerate(track.is_key) if is_key] == list(range(0, 240, spacing))


def test_audio_has_375_samples_of_1024() -> None:
    audio = load_loop().audio()

    assert (audio.kind, len(audio.samples), audio.sample_duration_ms) == (MediaKind.AUDIO, 375, Fraction(64, 3))
    assert (audio.sample_rate, audio.channels) == (48_000, 2)
    assert all(audio.is_key)


def test_all_tracks_last_eight_seconds() -> None:
    loop = load_loop()

    assert {len(track.samples) * track.sample_duration_ms for track in (*loop.videos, *loop.audios)} == {8000}


def test_videos_have_three_sizes() -> None:
    assert [(video.width, video.height) for video in load_loop().videos] == [(640, 360), (320, 180), (160, 90)]


def test_codecs_are_constrained_baseline_and_aac_lc() -> None:
    loop = load_loop()

    assert [track.codec for track in (*loop.videos, *loop.audios)] == [
        "avc1.42c01e",
        "avc1.42c00d",
        "avc1.42c00b",
        "mp4a.40.2",
        "mp4a.40.2",
    ]


@pytest.mark.parametrize(
    ("height", "nearest"),
    [
        pytest.param(1080, 360, id="larger than all"),
        pytest.param(360, 360, id="the large one's"),
        pytest.param(240, 180, id="in between, nearer to the small one"),
        pytest.param(92, 90, id="smaller than the small one"),
    ],
)
def test_video_nearest_in_height_is_chosen(height: int, nearest: int) -> None:
    assert load_loop().video(height, Fraction(30)).height == nearest


@videos
def test_video_samples_are_one_slice_each_and_nothing_else(index: int) -> None:
    """No SEI (type 6), no parameter sets (7, 8), no delimiter (9): the first frame of a second is an IDR picture (5)."""
    track = load_loop().videos[index]

    types = [[unit[0] & 0x1F for unit in nal_units(sample)] for sample in track.samples]

    assert types == [[5] if is_key else [1] for is_key in track.is_key]


@videos
def test_video_has_no_b_frames(index: int) -> None:
    track = load_loop().videos[index]

    types = [slice_type(unit) for sample in track.samples for unit in nal_units(sample)]

    assert types == [2 if is_key else 0 for is_key in track.is_key]


@videos
def test_decoded_pictures_count_from_0_to_239(index: int) -> None:
    with av.open(str(LOOP_MP4)) as container:
        numbers = [frame_number(frame) for frame in container.decode(container.streams.video[index])]

    assert numbers == list(range(240))


@pytest.fixture(scope="module")
def three_turns() -> "array.array[float]":
    return decode_audio(load_loop().audio().samples * 3)


def test_every_turn_sounds_the_same(three_turns: "array.array[float]") -> None:
    assert three_turns[TURN : 2 * TURN] == three_turns[2 * TURN :]


def test_sound_makes_no_step_where_it_begins_again(three_turns: "array.array[float]") -> None:
    """A click is a step. The steepest sound there is anywhere is a beep, so no step at a wrap may be much steeper.

    A coded frame overlaps with its neighbours, so a bad joint is heard within one frame of either side of the wrap.
    """
    beeps = [sample for second in range(24) if second % 8 for sample in range(second * SECOND, second * SECOND + SECOND // 10)]
    steepest = largest_step(three_turns, beeps)

    for wrap in (TURN, 2 * TURN):
        assert largest_step(three_turns, range(wrap - AAC_FRAME, wrap + AAC_FRAME)) <= 1.5 * steepest


def test_sound_is_as_true_where_it_begins_again_as_at_other_seconds(three_turns: "array.array[float]") -> None:
    """The overlap smooths steps, but not wrong sound: what is decoded is compared with what was recorded.

    At a wrap it may be off by half as much again as at the other seconds, where the same tones begin the same beep.
    """
    elsewhere = max(largest_error(three_turns, second * SECOND) for second in range(1, 24) if second % 8)

    for wrap in (TURN, 2 * TURN):
        assert largest_error(three_turns, wrap) <= 1.5 * elsewhere


def test_a_lost_frame_would_be_heard(three_turns: "array.array[float]") -> None:
    """That measure works: it tells a turn that comes after one without its last frame."""
    elsewhere = max(largest_error(three_turns, second * SECOND) for second in range(1, 24) if second % 8)
    samples = load_loop().audio().samples

    second_turn = decode_audio(samples[:-1] + samples)[TURN - AAC_FRAME :]

    assert max(abs(second_turn[sample] - left_channel(sample)) for sample in range(AAC_FRAME)) > 1.5 * elsewhere


# Other rates


@pytest.mark.parametrize(
    ("rate", "loop_ms"), [(Fraction(15), 16_000), (Fraction(25), 9_600), (Fraction(30_000, 1001), 8_008), (Fraction(60), 4_000)], ids=str
)
def test_video_of_another_rate_is_the_same_samples_in_another_time(rate: Fraction, loop_ms: int) -> None:
    track = load_loop().video(360, rate)

    assert (track.frame_rate, len(track.samples) * track.sample_duration_ms) == (rate, Fraction(loop_ms))
    assert track.samples == load_loop().videos[0].samples
    assert load_loop().video(360, rate) is track


def test_usual_tracks_are_the_loops_own() -> None:
    loop = load_loop()

    assert [loop.video(360), loop.video(180)] == list(loop.videos[:2])
    assert [loop.audio(channels) for channels in (2, 1)] == list(loop.audios)


@pytest.mark.parametrize("channels", [1, 2])
def test_sound_declared_at_44100_is_decoded_at_44100(channels: int) -> None:
    track = load_loop().audio(channels, 44_100)
    decoder = av.CodecContext.create("aac", "r")
    decoder.extradata = track.decoder_config

    frames = [frame for sample in track.samples for frame in decoder.decode(av.Packet(sample))]

    assert {(frame.sample_rate, len(frame.layout.channels)) for frame in frames} == {(44_100, channels)}
    assert track.sample_duration_ms == Fraction(10_240, 441)


@pytest.mark.parametrize(("channels", "expected"), [(1, 1), (2, 2), (6, 2)])
def test_audio_nearest_in_channels_is_chosen(channels: int, expected: int) -> None:
    assert load_loop().audio(channels).channels == expected


@pytest.mark.parametrize(
    ("height", "interval", "keys"),
    [
        pytest.param(360, 0, 30, id="none given is a second"),
        pytest.param(90, 15, 15, id="half a second"),
        pytest.param(90, 30, 30, id="a second"),
        pytest.param(360, 60, 60, id="two seconds"),
        pytest.param(360, 50, 60, id="the nearest that is possible"),
        pytest.param(360, 1, 30, id="at least the closed GOP"),
        pytest.param(360, 100_000, 600, id="at most twenty seconds"),
    ],
)
def test_key_frames_come_at_the_interval_that_is_asked_for(height: int, interval: int, keys: int) -> None:
    track = load_loop().video(height, key_frame_interval=interval)

    assert len(track.is_key) % len(track.samples) == 0
    assert {number for number, is_key in enumerate(track.is_key) if is_key} == set(range(0, len(track.is_key), keys))
