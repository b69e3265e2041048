"""What an encoder sends: the tracks of an input stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from ..errors import ConfigurationError
from ..media.loop import SAMPLE_RATE_INDEXES

VIDEO_ID, AUDIO_ID, DATA_ID = 0, 1, 2
"""The ids of an RTMP input's tracks; an absent one leaves its id free (recorded: every story's `input_tracks`)."""

FASTEST_FRAME_RATE = 240


@dataclass(frozen=True)
class VideoInput:
    """H.264 video; `framerate` in frames per second, a Fraction such as 30000/1001 or a plain number."""

    width: int = 640
    height: int = 360
    framerate: Fraction = Fraction(30)
    key_frame_interval: int = 0
    """In frames, a multiple of 30 (of 15 for videos as small as 160x90); 0 is about a second."""
    bitrate: int | None = None
    """In bits a second, as documents and alerts say it; None is what the media has."""
    has_b_frames: bool = False
    """Whether documents and alerts say so; the media has none."""

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "framerate", Fraction(self.framerate).limit_denominator(1001))
        except (TypeError, ValueError, OverflowError):
            raise ConfigurationError(f"framerate {self.framerate!r} of a video is not a number") from None
        if not 1 <= self.framerate <= FASTEST_FRAME_RATE:
            raise ConfigurationError(f"framerate {self.framerate} of a video is not between 1 and {FASTEST_FRAME_RATE}")
        if self.bitrate is not None and not self.bitrate > 0:
            raise ConfigurationError(f"bitrate {self.bitrate!r} of a video is not more than 0")
        if not (self.width > 0 and self.height > 0):
            raise ConfigurationError(f"a video has a size, not {self.width}x{self.height}")


@dataclass(frozen=True)
class AudioInput:
    """AAC audio, at 48,000 or 44,100 samples a second, mono or stereo."""

    samplerate: int = 48_000
    channels: int = 2

    def __post_init__(self) -> None:
        if self.samplerate not in SAMPLE_RATE_INDEXES:
            raise ConfigurationError(f"samplerate {self.samplerate} of an audio is not one of {', '.join(map(str, SAMPLE_RATE_INDEXES))}")
        if self.channels not in {1, 2}:
            raise ConfigurationError(f"an audio has 1 or 2 channels, not {self.channels}")


@dataclass(frozen=True)
class InputTracks:
    """The tracks of one input stream; every input has a data track beside them."""

    video: VideoInput | None = field(default_factory=VideoInput)
    audio: AudioInput | None = field(default_factory=AudioInput)


def input_tracks(video: bool | VideoInput, audio: bool | AudioInput) -> InputTracks:
    """The tracks that `connect` is told of: True is the usual one, False none. Raises ConfigurationError where there is none at all."""
    tracks = InputTracks(
        (VideoInput() if video else None) if isinstance(video, bool) else video,
        (AudioInput() if audio else None) if isinstance(audio, bool) else audio,
    )
    if tracks.video is None and tracks.audio is None:
        raise ConfigurationError("an input stream has video, audio or both")
    return tracks
