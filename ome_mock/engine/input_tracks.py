"""The tracks of an input stream, as an encoder sends them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ..errors import ConfigurationError
from ..media.loop import SAMPLE_RATE_INDEXES, Loop
from ..media.loop_track import H264, H265, LoopTrack

if TYPE_CHECKING:
    from ..ingest.counters import MediaCounters
    from ..ingest.events import Tracks


class TrackIds(NamedTuple):
    """The ids of an input's tracks; an absent one leaves its id free."""

    video: int
    audio: int
    data: int


RTMP_IDS = TrackIds(0, 1, 2)
"""The ids of an RTMP input's tracks (rtmp-and-channels.md#rtmp-streams)."""
ENHANCED_RTMP_IDS = TrackIds(100, 200, 300)
"""Those of enhanced RTMP (story h265-aac-ertmp); an encoder has no other way to send H.265 by RTMP."""

FASTEST_FRAME_RATE = 240
HIGHEST_BITRATE = 1_000_000_000


@dataclass(frozen=True)
class VideoInput:
    """A video; `framerate` in frames per second, a Fraction such as 30000/1001 or a plain number.

    `bitrate`, in bits a second, is what it weighs where sizes are real; 0 is the usual. `codec` is that of a clip of one's own.
    """

    width: int = 640
    height: int = 360
    framerate: Fraction = Fraction(30)
    key_frame_interval: int = 0
    """The distance of key frames in frames, a multiple of 30 (of 15 for videos as small as 160x90); 0 is about a second."""
    bitrate: int = 0
    """Bits a second; 0 is what the media has."""
    codec: str = "h264"
    has_b_frames: bool = False
    """True if documents and alerts say so; the media have none."""

    if TYPE_CHECKING:  # the field is a Fraction, and made of any number

        def __init__(
            self,
            width: int = ...,
            height: int = ...,
            framerate: Fraction | float = ...,
            key_frame_interval: int = ...,
            bitrate: int = ...,
            codec: str = ...,
            has_b_frames: bool = ...,
        ) -> None: ...

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "framerate", Fraction(self.framerate).limit_denominator(1001))
        except (TypeError, ValueError, OverflowError):
            raise ConfigurationError(f"framerate {self.framerate!r} of a video is not a number") from None
        if not 1 <= self.framerate <= FASTEST_FRAME_RATE:
            raise ConfigurationError(f"framerate {self.framerate} of a video is not between 1 and {FASTEST_FRAME_RATE}")
        if not (self.width > 0 and self.height > 0):
            raise ConfigurationError(f"a video has a size, not {self.width}x{self.height}")
        _require_bitrate("video", self.bitrate)


@dataclass(frozen=True)
class AudioInput:
    """AAC audio, at 48,000 or 44,100 samples a second, mono or stereo; `bitrate`, in bits a second, as that of a video."""

    samplerate: int = 48_000
    channels: int = 2
    bitrate: int = 0

    def __post_init__(self) -> None:
        if self.samplerate not in SAMPLE_RATE_INDEXES:
            raise ConfigurationError(f"samplerate {self.samplerate} of an audio is not one of {', '.join(map(str, SAMPLE_RATE_INDEXES))}")
        if self.channels not in {1, 2}:
            raise ConfigurationError(f"an audio has 1 or 2 channels, not {self.channels}")
        _require_bitrate("audio", self.bitrate)


def _require_bitrate(kind: str, bitrate: int) -> None:
    if isinstance(bitrate, bool) or not isinstance(bitrate, int) or not 0 <= bitrate <= HIGHEST_BITRATE:
        raise ConfigurationError(f"bitrate {bitrate!r} of a {kind} is not a number of bits a second up to {HIGHEST_BITRATE}")


def read_track(name: str, value: Any, kind: Any) -> Any:
    """The video or audio that JSON describes: true, false, or an object with fields of `kind`. Raises ConfigurationError for others."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, dict):
        raise ConfigurationError(f"{name} {value!r} is not true, false or an object")
    try:
        return kind(**value)
    except TypeError as error:
        raise ConfigurationError(f"{name} {value!r}: {error}") from None


class SentMedia(Protocol):
    """The media that a publisher sends over a connection of its own; nothing of them is shown."""

    @property
    def tracks(self) -> Tracks | None:
        """The tracks, as sequence headers and metadata describe them now."""

    @property
    def counters(self) -> MediaCounters:
        """The frames so far, counted, and their rates."""

    @property
    def largest(self) -> tuple[int, int]:
        """The largest width and height so far."""


@dataclass(frozen=True)
class InputTracks:
    """The tracks of one input stream; every input has a data track beside them.

    `media` is the clip that they show, None the package's loop. `sent` is what a publisher sends, as far as that is known.
    """

    video: VideoInput | None = field(default_factory=VideoInput)
    audio: AudioInput | None = field(default_factory=AudioInput)
    media: Loop | None = None
    sent: SentMedia | None = None

    @property
    def is_empty(self) -> bool:
        """True for an encoder that sends nothing."""
        return self.video is None and self.audio is None

    @property
    def ids(self) -> TrackIds:
        is_enhanced = self.video is not None and self.video.codec == "h265"
        if self.sent is not None and self.sent.tracks is not None:
            is_enhanced = self.sent.tracks.data_id == ENHANCED_RTMP_IDS.data
        return ENHANCED_RTMP_IDS if is_enhanced else RTMP_IDS


def input_tracks(
    video: bool | VideoInput, audio: bool | AudioInput, media: Loop | None = None, *, may_be_silent: bool = False
) -> InputTracks:
    """The tracks for the arguments of `connect`: True is the usual one, False none.

    Raises ConfigurationError if both are False, unless `may_be_silent`.
    """
    tracks = InputTracks(
        (VideoInput() if video else None) if isinstance(video, bool) else video,
        (AudioInput() if audio else None) if isinstance(audio, bool) else audio,
        media,
    )
    if tracks.is_empty and not may_be_silent:
        raise ConfigurationError("an input stream has video, audio or both")
    return tracks


class Rates(NamedTuple):
    """The declared rates of one input's video from an instant on; None is what the media has."""

    since_ns: int
    bitrate: int | None = None
    framerate: float | None = None


class RateHistory:
    """The rates that an encoder declares while it runs, by the instants at which they were set; the media stay the loop's."""

    def __init__(self, bitrate: int | None) -> None:
        self._rates: tuple[Rates, ...] = (Rates(0, bitrate),)

    def at(self, now_ns: int) -> Rates:
        return next((rates for rates in reversed(self._rates) if rates.since_ns <= now_ns), self._rates[0])

    @property
    def changed_ns(self) -> int:
        """The instant at which they were set last."""
        return self._rates[-1].since_ns

    def change(self, now_ns: int, *, bitrate: int | None = None, framerate: float | None = None) -> None:
        """Set what is given; the other rate stays."""
        last = self._rates[-1]
        new = Rates(now_ns, last.bitrate if bitrate is None else bitrate, last.framerate if framerate is None else framerate)
        self._rates = (*self._rates, new)


CODECS = {H264: "h264", H265: "h265"}


def sent_tracks(sent: SentMedia) -> InputTracks:
    """The tracks of a publisher; a size, rate or sample rate that it doesn't tell, or that can't be, is the usual."""
    usual_video, usual_audio, tracks = VideoInput(), AudioInput(), sent.tracks
    video = audio = None
    if tracks is not None and tracks.video:
        size = (tracks.video.width, tracks.video.height)
        video = VideoInput(
            *(size if all(size) else (usual_video.width, usual_video.height)),
            framerate=_frame_rate(tracks.video.framerate or sent.counters.video.framerate) or usual_video.framerate,
            bitrate=min(tracks.video.bitrate, HIGHEST_BITRATE),
            codec=tracks.video.codec.lower(),
        )
    if tracks is not None and tracks.audio:
        rate, channels = tracks.audio.sample_rate, min(tracks.audio.channels, 2)
        audio = AudioInput(
            rate if rate in SAMPLE_RATE_INDEXES else usual_audio.samplerate,
            channels or usual_audio.channels,
            min(tracks.audio.bitrate, HIGHEST_BITRATE),
        )
    return InputTracks(video, audio, sent=sent)


def _frame_rate(told: float) -> Fraction | None:
    return Fraction(told) if 1 <= told <= FASTEST_FRAME_RATE else None


class _ClipAudio(AudioInput):
    """The audio of a clip, which may have other sample rates and more channels than the package's loop."""

    def __post_init__(self) -> None:
        _require_bitrate("audio", self.bitrate)


def of_clip(tracks: InputTracks, media: Loop) -> InputTracks:
    """The tracks of an encoder that sends a clip: those that the clip has, as it has them.

    Raises ConfigurationError where they are described otherwise, or the clip has none of them.
    """
    video = audio = None
    if tracks.video and media.videos:
        video = _clip_video(tracks.video, media.nearest_video(tracks.video.height))
        _require_undescribed(tracks.video, video)
    if tracks.audio and media.audios:
        heard = media.nearest_audio(tracks.audio.channels)
        audio = _ClipAudio(heard.sample_rate, heard.channels, tracks.audio.bitrate)
        _require_undescribed(tracks.audio, audio)
    if video is None and audio is None:
        raise ConfigurationError("the clip has none of the tracks that are to be sent")
    return InputTracks(video, audio, media)


def _clip_video(given: VideoInput, shown: LoopTrack) -> VideoInput:
    return replace(
        given,
        width=shown.width,
        height=shown.height,
        framerate=shown.frame_rate,
        key_frame_interval=shown.closed_gop,
        codec=CODECS[shown.coding],
    )


def _require_undescribed(given: VideoInput | AudioInput, clip: VideoInput | AudioInput) -> None:
    for each in fields(given):
        value, own = getattr(given, each.name), getattr(clip, each.name)
        if value not in {each.default, own}:
            raise ConfigurationError(
                f"{each.name} {value} is not the clip's, which is {own}: nothing but a bitrate can be given beside a clip"
            )
