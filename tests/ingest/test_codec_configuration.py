"""Sequence headers, those of real encoders among them: PyAV's FLV writer holds what it was told of the size."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import av
import pytest
from av import VideoStream
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.rtmp_client import AAC_HEADER, AVC_HEADER, AVC_HEADER_320

from ome_mock.ingest.codec_configuration import AudioConfiguration, VideoConfiguration, read_aac, read_h264, read_h265
from ome_mock.ingest.errors import ProtocolViolation

ReadConfiguration = Callable[[bytes], tuple[Any, ...]]


def tags(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 13
    while at < len(data):
        length = int.from_bytes(data[at + 1 : at + 4], "big")
        yield data[at], data[at + 11 : at + 11 + length]
        at += 11 + length + 4


def video_header(codec: str, width: int, height: int, pixels: str, parameters: str) -> bytes:
    """The first video tag of two pictures, as FFmpeg writes it to RTMP and FLV alike."""
    file = io.BytesIO()
    with av.open(file, "w", format="flv") as container:
        stream = container.add_stream(codec, rate=25, options={f"{codec[3:]}-params": parameters})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        for number in range(2):
            frame = av.VideoFrame(width, height, pixels)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return next(payload for kind, payload in tags(file.getvalue()) if kind == 9)


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv422p", "yuv444p"])
@pytest.mark.parametrize(("width", "height"), [(160, 90), (98, 62)])
def test_size_of_h264_is_what_the_encoder_was_told(width: int, height: int, pixels: str) -> None:
    header = video_header("libx264", width, height, pixels, "log-level=none")
    assert read_h264(header[5:])[:2] == (width, height)


@pytest.mark.parametrize(
    "parameters",
    ["interlaced=1", "cqm=jvt", "cqm4=" + ",".join(map(str, range(16, 32))), "profile=high10", "ref=4:bframes=3"],
)
def test_size_of_h264_is_found_behind_what_an_encoder_may_say_before_it(parameters: str) -> None:
    header = video_header("libx264", 98, 60, "yuv420p", f"log-level=none:{parameters}")
    assert read_h264(header[5:])[:2] == (98, 60)


@pytest.mark.parametrize("pixels", ["yuv420p", "yuv444p"])
def test_size_of_h265_is_what_the_encoder_was_told(pixels: str) -> None:
    header = video_header("libx265", 98, 62, pixels, "log-level=none:pools=1:bframes=0")
    assert header[:5] == b"\x90hvc1"
    assert read_h265(header[5:])[:2] == (98, 62)


def test_recorded_headers_say_the_recorded_sizes() -> None:
    assert read_h264(AVC_HEADER[5:]) == VideoConfiguration(160, 90, parameter_sets_size=36)
    assert read_h264(AVC_HEADER_320[5:]) == VideoConfiguration(320, 180, parameter_sets_size=37)
    assert read_aac(AAC_HEADER[2:]) == AudioConfiguration(44100, 2)


@pytest.mark.parametrize(
    ("config", "sample_rate", "channels"),
    [
        ("1190", 48000, 2),
        ("1188", 48000, 1),
        ("1410", 16000, 2),
        ("1588", 8000, 1),
        ("11b0", 48000, 6),
        ("11b8", 48000, 8),
        ("17800bb810", 6000, 2),
        ("f80640", 48000, 2),
    ],
)
def test_sound_is_what_the_header_says(config: str, sample_rate: int, channels: int) -> None:
    """ISO/IEC 14496-3, tables 1.18 and 1.19: 5 bits of object type, 4 of rate (15: 24 bits follow), 4 of channels (7: eight)."""
    assert read_aac(bytes.fromhex(config)) == AudioConfiguration(sample_rate, channels)


@pytest.mark.parametrize(
    ("read", "record"),
    [
        pytest.param(read_h264, "0142", id="the recorded cut"),
        pytest.param(read_h264, "0142d00bffe0", id="no parameter sets"),
        pytest.param(read_h264, "0142d00bffe1ffff67", id="a set that is longer than the header"),
        pytest.param(read_h264, "0142d00bffe100056742d00b00", id="a set of nothing"),
        pytest.param(read_h265, "01", id="HEVC cut short"),
        pytest.param(read_h265, "01" * 22 + "00", id="HEVC without arrays"),
        pytest.param(read_aac, "", id="AAC of nothing"),
        pytest.param(read_aac, "1690", id="AAC of no sample rate"),
    ],
)
def test_broken_header_is_refused(read: ReadConfiguration, record: str) -> None:
    with pytest.raises(ProtocolViolation):
        read(bytes.fromhex(record))


@settings(max_examples=50)
@given(st.sampled_from([read_h264, read_h265, read_aac]), st.sampled_from([AVC_HEADER[5:], AVC_HEADER_320[5:]]), st.data())
def test_damaged_header_is_read_or_refused(read: ReadConfiguration, record: bytes, data: st.DataObject) -> None:
    damaged = bytearray(record)
    for at in data.draw(st.lists(st.integers(0, len(record) - 1), max_size=4)):
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        configuration = read(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))
    except ProtocolViolation:
        return
    assert configuration[0] > 0
