"""Sizes and sample rates as sequence headers say them: AVC and HEVC decoder configuration records and AudioSpecificConfig.

Sources: ISO/IEC 14496-15, sections 5.3.3.1 and 8.3.3.1; ITU-T H.264, section 7.3.2.1.1; ITU-T H.265, section 7.3.2.2; ISO/IEC 14496-3,
section 1.6.2.1. Each function raises ProtocolViolation for what is cut short or makes no sense.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .bits import Bits, without_emulation_prevention
from .errors import ProtocolViolation

_START_CODE = 4
_LARGEST_SIZE = 0xFFFF
_SAMPLE_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_PROFILES_WITH_CHROMA = {44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244}
_H265_SEQUENCE_PARAMETERS = 33
_H265_PARAMETER_SETS = range(32, 35)


class VideoConfiguration(NamedTuple):
    """A sequence header of video; `parameter_sets_size` is what its parameter sets take with start codes, in bytes."""

    width: int
    height: int
    parameter_sets_size: int


class AudioConfiguration(NamedTuple):
    """A sequence header of audio."""

    sample_rate: int
    channels: int


def read_h264(record: bytes) -> VideoConfiguration:
    """Read an AVCDecoderConfigurationRecord."""
    if len(record) < 6:
        raise ProtocolViolation("an AVC sequence header that is cut short")
    sequence_sets, rest = _units(record[6:], record[5] & 31)
    picture_sets, _ = _units(rest[1:], rest[0] if rest else 0)
    if not sequence_sets:
        raise ProtocolViolation("an AVC sequence header without parameter sets")
    width, height = _h264_size(sequence_sets[0])
    return _video(width, height, sequence_sets + picture_sets)


def read_h265(record: bytes) -> VideoConfiguration:
    """Read an HEVCDecoderConfigurationRecord."""
    if len(record) < 23:
        raise ProtocolViolation("an HEVC sequence header that is cut short")
    sets = [unit for unit in _h265_units(record[23:], record[22]) if unit and unit[0] >> 1 & 63 in _H265_PARAMETER_SETS]
    sequence_sets = [unit for unit in sets if unit[0] >> 1 & 63 == _H265_SEQUENCE_PARAMETERS]
    if not sequence_sets:
        raise ProtocolViolation("an HEVC sequence header without parameter sets")
    width, height = _h265_size(sequence_sets[0])
    return _video(width, height, sets)


def read_aac(config: bytes) -> AudioConfiguration:
    """Read an AudioSpecificConfig."""
    bits = Bits(config)
    if bits.read(5) == 31:
        bits.read(6)
    index = bits.read(4)
    sample_rate = bits.read(24) if index == 15 else dict(enumerate(_SAMPLE_RATES)).get(index, 0)
    channels = bits.read(4)
    if not sample_rate:
        raise ProtocolViolation("an AAC sequence header without a sample rate")
    return AudioConfiguration(sample_rate, 8 if channels == 7 else channels)


def _video(width: int, height: int, sets: list[bytes]) -> VideoConfiguration:
    if not (0 < width <= _LARGEST_SIZE and 0 < height <= _LARGEST_SIZE):
        raise ProtocolViolation(f"a sequence header of {width}x{height}")
    return VideoConfiguration(width, height, sum(_START_CODE + len(unit) for unit in sets))


def _units(data: bytes, count: int) -> tuple[list[bytes], bytes]:
    units = []
    for _ in range(count):
        end = 2 + int.from_bytes(data[:2], "big")
        if end > len(data):
            raise ProtocolViolation("a sequence header that is cut short")
        units.append(data[2:end])
        data = data[end:]
    return units, data


def _h265_units(data: bytes, arrays: int) -> Iterator[bytes]:
    for _ in range(arrays):
        units, data = _units(data[3:], int.from_bytes(data[1:3], "big"))
        yield from units


def _h264_size(unit: bytes) -> tuple[int, int]:
    bits = Bits(without_emulation_prevention(unit[1:]))
    profile = bits.read(8)
    bits.read(16)  # constraints and level
    bits.unsigned()  # the set's id
    chroma_format = _h264_chroma_format(bits) if profile in _PROFILES_WITH_CHROMA else 1
    bits.unsigned()  # log2_max_frame_num_minus4
    _skip_picture_order(bits)
    bits.unsigned()  # max_num_ref_frames
    bits.flag()  # gaps_in_frame_num_value_allowed_flag
    columns = bits.unsigned() + 1
    rows = bits.unsigned() + 1
    frames_only = bits.flag()
    if not frames_only:
        bits.flag()  # mb_adaptive_frame_field_flag
    bits.flag()  # direct_8x8_inference_flag
    units_per_row = 1 if frames_only else 2
    left_right, top_bottom = _cropped(bits)
    width = columns * 16 - left_right * (2 if chroma_format in {1, 2} else 1)
    height = rows * 16 * units_per_row - top_bottom * units_per_row * (2 if chroma_format == 1 else 1)
    return width, height


def _h264_chroma_format(bits: Bits) -> int:
    chroma_format = bits.unsigned()
    if chroma_format == 3:
        bits.flag()  # separate_colour_plane_flag
    bits.unsigned()  # bit_depth_luma_minus8
    bits.unsigned()  # bit_depth_chroma_minus8
    bits.flag()  # qpprime_y_zero_transform_bypass_flag
    if bits.flag():
        for index in range(12 if chroma_format == 3 else 8):
            if bits.flag():
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return chroma_format


def _skip_scaling_list(bits: Bits, length: int) -> None:
    last = following = 8
    for _ in range(length):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _skip_picture_order(bits: Bits) -> None:
    kind = bits.unsigned()
    if kind == 0:
        bits.unsigned()  # log2_max_pic_order_cnt_lsb_minus4
    elif kind == 1:
        bits.flag()  # delta_pic_order_always_zero_flag
        bits.signed()  # offset_for_non_ref_pic
        bits.signed()  # offset_for_top_to_bottom_field
        for _ in range(min(bits.unsigned(), 255)):
            bits.signed()


def _h265_size(unit: bytes) -> tuple[int, int]:
    bits = Bits(without_emulation_prevention(unit[2:]))
    bits.read(4)  # sps_video_parameter_set_id
    sub_layers = bits.read(3)
    bits.flag()  # sps_temporal_id_nesting_flag
    _skip_h265_profile(bits, sub_layers)
    bits.unsigned()  # the set's id
    chroma_format = bits.unsigned()
    if chroma_format == 3:
        bits.flag()  # separate_colour_plane_flag
    width = bits.unsigned()
    height = bits.unsigned()
    left_right, top_bottom = _cropped(bits)
    return width - left_right * (2 if chroma_format in {1, 2} else 1), height - top_bottom * (2 if chroma_format == 1 else 1)


def _skip_h265_profile(bits: Bits, sub_layers: int) -> None:
    bits.read(96)  # the general profile and level
    present = [(bits.flag(), bits.flag()) for _ in range(sub_layers)]
    if sub_layers:
        bits.read(2 * (8 - sub_layers))
    for has_profile, has_level in present:
        bits.read(88 * has_profile + 8 * has_level)


def _cropped(bits: Bits) -> tuple[int, int]:
    """The window cuts off so many columns and rows of chroma samples."""
    if not bits.flag():
        return 0, 0
    left, right, top, bottom = (bits.unsigned() for _ in range(4))
    return left + right, top + bottom
