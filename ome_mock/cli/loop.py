"""`ome-mock loop`: makes of any clip one that closes, which `--media` can serve. Needs PyAV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import gcd, lcm, log
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..clips import read_clip_file
from ..errors import ConfigurationError
from ..media.demuxer import SAMPLE_RATES
from ..media.loop_track import SAMPLES_PER_AAC_FRAME
from ..text import printable

if TYPE_CHECKING:
    import av

ENCODERS = {"h264": "libx264", "h265": "libx265"}
CLOSED = "open-gop=0:bframes=0:scenecut=0:keyint={gop}:min-keyint={gop}"
"""The options of x264 and x265 for closed groups of pictures, and display in decoding order."""
PRESET = "veryfast"
LONGEST_S = 60
"""A loop whose tracks would end together only after more than this gets other rates."""
USUAL_SAMPLE_RATE = 48_000
FASTEST_FRAME_RATE = 240
AROUND = 8
"""So many frames of sound are encoded before the turn and after it, so that it sounds at its ends as it does in the middle."""
BYTES_PER_SAMPLE = 2


class Plan(NamedTuple):
    """The plan of a loop: its numbers of pictures and of audio frames, which last equally long; 0 for none."""

    pictures: int
    frame_rate: Fraction
    frames: int = 0
    sample_rate: int = 0
    channels: int = 0

    @property
    def gop(self) -> int:
        """The number of pictures from one key frame to the next, about a second, and from the last to the end of the loop."""
        divisors = [number for number in range(1, self.pictures + 1) if self.pictures % number == 0]
        return min(divisors, key=lambda number: abs(log(number / self.frame_rate)))


def plan_loop(seconds: float, frame_rate: Fraction | None, sample_rate: int = 0, channels: int = 0) -> Plan:
    """The loop nearest to so many seconds in which whole pictures and whole frames of sound end together.

    Rates that never do so within a minute are changed: the sound's to 48 kHz, then the pictures' to a whole number.
    """
    if frame_rate is None:
        turns = max(1, round(seconds * sample_rate / SAMPLES_PER_AAC_FRAME))
        return Plan(0, Fraction(0), turns, sample_rate, channels)
    if not sample_rate:
        return Plan(max(1, round(seconds)) * max(1, round(frame_rate)), frame_rate)
    for pictures_a_second, rate in (
        (frame_rate, sample_rate),
        (frame_rate, USUAL_SAMPLE_RATE),
        (Fraction(round(frame_rate)), USUAL_SAMPLE_RATE),
    ):
        sound = Fraction(SAMPLES_PER_AAC_FRAME, rate)
        shortest = _least_common_multiple(1 / pictures_a_second, sound)
        if shortest <= LONGEST_S:
            break
    length = max(1, round(seconds / shortest)) * shortest
    return Plan(int(length * pictures_a_second), pictures_a_second, int(length / sound), rate, channels)


def _least_common_multiple(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(lcm(one.numerator, other.numerator), gcd(one.denominator, other.denominator))


def make_loop(
    clip: Path,
    out: Path,
    *,
    seconds: float = 8,
    size: tuple[int, int] | None = None,
    codec: str = "h264",
    on_progress: Callable[[int, int], None] | None = None,
) -> str:
    """Write a loop; returns what it is, in words. `on_progress` hears how many pictures and frames of sound are done, and of how many.

    A clip that is shorter is repeated. Raises ConfigurationError where PyAV is missing, or the clip can't be read.
    """
    try:
        import av  # noqa: PLC0415 (an extra)
    except ImportError:
        raise ConfigurationError("ome-mock loop needs PyAV: python3 -m pip install 'ome-mock[loop]'") from None
    if ENCODERS[codec] not in av.codecs_available:
        raise ConfigurationError(f"--codec {codec}: PyAV has no {ENCODERS[codec]}")
    if not out.parent.is_dir():
        raise ConfigurationError(f"--out {printable(str(out))}: there is no such directory")
    unfinished = out.with_name(f".{out.name}")
    try:
        plan = _plan(clip, seconds)
        with av.open(str(unfinished), "w", format="mp4") as container:
            _Maker(container, clip, plan, on_progress).make(codec, size)
        read_clip_file(unfinished)
        unfinished.replace(out)
    except av.FFmpegError as error:
        raise ConfigurationError(f"{printable(str(error.filename or clip))}: {error.strerror}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return _described(out)


def _plan(clip: Path, seconds: float) -> Plan:
    import av  # noqa: PLC0415 (an extra)

    with av.open(str(clip)) as container:
        video, audio = next(iter(container.streams.video), None), next(iter(container.streams.audio), None)
        if video is None and audio is None:
            raise ConfigurationError(f"--from {printable(str(clip))}: it has neither video nor audio")
        frame_rate = None
        if video is not None:
            found = video.average_rate or video.guessed_rate or Fraction(30)
            frame_rate = min(Fraction(found).limit_denominator(1001), Fraction(FASTEST_FRAME_RATE))
        if audio is None:
            return plan_loop(seconds, frame_rate)
        rate = audio.rate if audio.rate in SAMPLE_RATES else USUAL_SAMPLE_RATE
        return plan_loop(seconds, frame_rate, rate, min(audio.channels, 2))


class _Maker:
    """Encodes a clip into a container as planned."""

    def __init__(
        self, container: av.container.OutputContainer, clip: Path, plan: Plan, on_progress: Callable[[int, int], None] | None
    ) -> None:
        self._container = container
        self._clip = clip
        self._plan = plan
        self._on_progress = on_progress
        self._done = 0

    def make(self, codec: str, size: tuple[int, int] | None) -> None:
        """Both streams are added before either is encoded, as the container wants it."""
        plan = self._plan
        pictures = self._add_video(codec, size) if plan.pictures else None
        sound = self._container.add_stream("aac", rate=plan.sample_rate, layout=_layout(plan.channels)) if plan.frames else None
        if pictures is not None:
            self._encode_pictures(pictures)
        if sound is not None:
            self._encode_sound(sound)

    def _add_video(self, codec: str, size: tuple[int, int] | None) -> Any:
        import av  # noqa: PLC0415 (an extra)

        with av.open(str(self._clip)) as source:
            shown = source.streams.video[0]
            width, height = size or (shown.width, shown.height)
        closed = CLOSED.format(gop=self._plan.gop)
        parameters = f"{closed}:log-level=none:info=0" if codec == "h265" else closed
        name = ENCODERS[codec]
        stream: Any = self._container.add_stream(
            name, rate=self._plan.frame_rate, options={"preset": PRESET, f"{name.removeprefix('lib')}-params": parameters}
        )
        stream.width, stream.height, stream.pix_fmt = width - width % 2, height - height % 2, "yuv420p"
        if codec == "h265":
            stream.codec_context.codec_tag = "hvc1"
        return stream

    def _encode_pictures(self, stream: Any) -> None:
        for number, picture in enumerate(self._pictures()):
            shown = picture.reformat(stream.width, stream.height, "yuv420p")
            shown.pts, shown.time_base, shown.pict_type = number, 1 / self._plan.frame_rate, 0
            self._container.mux(stream.encode(shown))
            self._progress()
        self._container.mux(stream.encode(None))

    def _pictures(self) -> Iterator[Any]:
        """A picture for each instant of the loop: the latest that was to be seen by then."""
        shown = None
        number = 0
        for time_s, picture in self._decoded("video", 1 / self._plan.frame_rate):
            while shown is not None and number / self._plan.frame_rate < time_s - 1 / (2 * self._plan.frame_rate):
                yield shown
                number += 1
                if number == self._plan.pictures:
                    return
            shown = picture

    def _decoded(self, kind: str, last_s: Fraction) -> Iterator[tuple[float, Any]]:
        """The frames of the clip and when they begin, for ever: after the last one, which lasts `last_s`, the first one comes again."""
        import av  # noqa: PLC0415 (an extra)

        turn_s = 0.0
        while True:
            time_s = first_s = None
            with av.open(str(self._clip)) as source:
                frames: Iterator[Any] = source.decode(**{kind: 0})
                for frame in frames:
                    first_s = frame.time or 0.0 if first_s is None else first_s
                    time_s = turn_s + (frame.time or 0.0) - first_s
                    yield time_s, frame
            if time_s is None:
                raise ConfigurationError(f"--from {printable(str(self._clip))}: its {kind} has no frames")
            turn_s = time_s + float(last_s)

    def _encode_sound(self, stream: Any) -> None:
        """The turn in the middle of what is encoded: the first packet carries none of it (an encoder's priming)."""
        import av  # noqa: PLC0415 (an extra)

        turn, plan = self._turn_of_sound(), self._plan
        size = SAMPLES_PER_AAC_FRAME * plan.channels * BYTES_PER_SAMPLE
        to_floats = av.AudioResampler("fltp", _layout(plan.channels), plan.sample_rate)
        packets = []
        for number in range(-AROUND, plan.frames + AROUND):
            at = number % plan.frames * size
            frame = av.AudioFrame("s16", _layout(plan.channels), SAMPLES_PER_AAC_FRAME)
            frame.planes[0].update(turn[at : at + size])
            frame.sample_rate, frame.pts = plan.sample_rate, (number + AROUND) * SAMPLES_PER_AAC_FRAME
            for floats in to_floats.resample(frame):
                packets += stream.encode(floats)
            self._progress() if 0 <= number < plan.frames else None
        packets += stream.encode(None)
        for number, packet in enumerate(packets[AROUND + 1 : AROUND + 1 + plan.frames]):
            packet.pts = packet.dts = number * SAMPLES_PER_AAC_FRAME
            packet.time_base = Fraction(1, plan.sample_rate)
            self._container.mux(packet)

    def _turn_of_sound(self) -> bytes:
        """Signed 16 bits, channel by channel in turn."""
        import av  # noqa: PLC0415 (an extra)

        plan = self._plan
        resampler = av.AudioResampler("s16", _layout(plan.channels), plan.sample_rate)
        whole = plan.frames * SAMPLES_PER_AAC_FRAME * plan.channels * BYTES_PER_SAMPLE
        turn = bytearray()
        for _, decoded in self._decoded("audio", Fraction(0)):
            decoded.pts = None
            for frame in resampler.resample(decoded):
                turn += bytes(frame.planes[0])[: frame.samples * plan.channels * BYTES_PER_SAMPLE]
            if len(turn) >= whole:
                break
        return bytes(turn[:whole])

    def _progress(self) -> None:
        self._done += 1
        if self._on_progress is not None:
            self._on_progress(self._done, self._plan.pictures + self._plan.frames)


def _layout(channels: int) -> str:
    return "mono" if channels == 1 else "stereo"


def _described(out: Path) -> str:
    loop = read_clip_file(out)
    said = [f"{video.codec} {video.width}x{video.height} at {float(video.frame_rate):g} frames a second" for video in loop.videos]
    said += [f"AAC {_layout(audio.channels)} of {audio.sample_rate} Hz" for audio in loop.audios]
    track = next(iter((*loop.videos, *loop.audios)))
    seconds = float(len(track.samples) * track.sample_duration_ms / 1000)
    return f"{seconds:g} s, {', '.join(said)}, {out.stat().st_size} bytes"
