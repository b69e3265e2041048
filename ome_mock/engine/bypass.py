"""Encodes that bypass an input which matches them already (`<BypassIfMatch>`)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ..settings import AudioEncode, BypassRule, VideoEncode
from .input_tracks import AudioInput, VideoInput

INPUT_AUDIO_CODEC = "aac"
CODEC_NAMES = {"hevc": "h265"}

RELATIONS: Mapping[str, Callable[[Any, Any], bool]] = {"eq": operator.eq, "gte": operator.ge, "lte": operator.le}
"""The comparisons of the input with the encode, from OME's documentation; no recorded case has one."""


def video_for(encode: VideoEncode, given: VideoInput) -> VideoEncode:
    """The encode of a video, or its bypass if the input matches every rule; `sar` is the shape, width to height."""
    shape = Fraction(encode.width, encode.height) if encode.width and encode.height else None
    asked = encode._asdict() | {"codec": CODEC_NAMES.get(encode.codec, encode.codec), "sar": shape}
    offered = vars(given) | {"sar": Fraction(given.width, given.height)}
    return VideoEncode(encode.name) if _matches(encode.bypass_if_match, asked, offered) else encode


def audio_for(encode: AudioEncode, given: AudioInput) -> AudioEncode:
    """The encode of an audio, or its bypass if the input matches every rule."""
    asked = {"codec": encode.codec, "samplerate": encode.samplerate, "channel": encode.channels}
    offered = {"codec": INPUT_AUDIO_CODEC, "samplerate": given.samplerate, "channel": given.channels}
    return AudioEncode(encode.name) if _matches(encode.bypass_if_match, asked, offered) else encode


def _matches(rules: tuple[BypassRule, ...], asked: Mapping[str, Any], offered: Mapping[str, Any]) -> bool:
    """Says if the input matches every rule; a quality that the encode doesn't set matches always."""
    return bool(rules) and all(RELATIONS[relation](offered[quality], asked[quality]) for quality, relation in rules if asked.get(quality))
