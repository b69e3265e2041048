"""The size of a picture of which only one side is asked for (configuration-reader.md#sizes)."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeVar

from ..settings import ImageEncode, VideoEncode
from .input_tracks import VideoInput

Pictures = TypeVar("Pictures", VideoEncode, ImageEncode)


def with_both_sides(encode: Pictures, given: VideoInput) -> Pictures:
    """The encode with the side that is not asked for, if the other one is: the shape stays that of the input."""
    if encode.bypass or bool(encode.width) is bool(encode.height):
        return encode
    shape = Fraction(given.width, given.height)
    width, height = (encode.width, encode.width / shape) if encode.width else (encode.height * shape, encode.height)
    return encode._replace(width=round(width), height=round(height))
