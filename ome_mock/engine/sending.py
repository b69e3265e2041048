"""The ways in which a connected stream is sent: with pauses, events and cues, at other rates, of another size."""

from __future__ import annotations

from collections.abc import Callable

from ..events.ad_breaks import Cue
from ..events.stream_events import TimedEvent
from ..media.loop_track import MediaKind
from ..refusals import EventNotInjected
from .input_stream import InputStream
from .meter import input_meters


class Sending:
    """Changes how streams are sent. `on_change` is called after a pause has begun, `tell_changed` when followers must hear of a change.

    `marks_changes` says if a discontinuity follows when the encoding changes, as the dialect has it.
    """

    def __init__(self, on_change: Callable[[], None], tell_changed: Callable[[InputStream, int], None], *, marks_changes: bool) -> None:
        self._on_change = on_change
        self._tell_changed = tell_changed
        self._marks_changes = marks_changes

    def stall(self, stream: InputStream, now_ns: int, duration_ns: int) -> None:
        """Pause for `duration_ns`, then continue at the same picture."""
        stream.pace.stall(now_ns, duration_ns)
        self._on_change()

    def hold(self, stream: InputStream, now_ns: int) -> None:
        """Pause until `go_on`."""
        stream.pace.hold(now_ns)
        self._on_change()

    def go_on(self, stream: InputStream, now_ns: int) -> None:
        """End a pause, and continue at the same picture."""
        stream.pace.go_on(now_ns)
        self._tell_changed(stream, now_ns)

    def interrupt(self, stream: InputStream, now_ns: int) -> None:
        """Change the encoding; a discontinuity follows where the dialect marks changes."""
        self._mark_change(stream, now_ns)
        self._tell_changed(stream, now_ns)

    def cue(self, stream: InputStream, cue: Cue, now_ns: int) -> None:
        """Begin or end a break for advertisements. Raises EventNotInjected as long as the stream has no media."""
        now_ms = _time_ms(stream, now_ns)
        if cue.is_out:
            stream.ad_breaks.out(now_ms, cue.duration_ms)
        else:
            stream.ad_breaks.back(now_ms)
        self._tell_changed(stream, now_ns)

    def event(self, stream: InputStream, kind: MediaKind | None, tag: bytes, now_ns: int) -> None:
        """Put an ID3 tag into all tracks of a kind, or into all for None. Raises EventNotInjected as above."""
        event = TimedEvent(_time_ms(stream, now_ns), kind, tag)
        for output in stream.made:
            output.add_event(event, now_ns)

    def resize(self, stream: InputStream, size: tuple[int, int], now_ns: int) -> None:
        """Send video of another size from now on; what bypasses the transcoder is said to have it, whatever it shows."""
        for output in stream.made:
            output.resize_bypassed(*size)
        stream.reconfigured_ns = (*stream.reconfigured_ns, now_ns)

    def set_rates(self, stream: InputStream, now_ns: int, *, bitrate: int | None = None, framerate: float | None = None) -> None:
        """Send at other rates, in bits and pictures a second, or be said to where sizes are the loop's."""
        if bitrate is not None and stream.input_tracks.video:
            sent = input_meters(stream)[MediaKind.VIDEO].samples(now_ns)
            bitrate = stream.sources.weigh_video(stream.input_tracks, stream.input_tracks.video, bitrate, sent)
        stream.rates.change(now_ns, bitrate=bitrate, framerate=framerate)

    def show(self, stream: InputStream, size: tuple[int, int] | None, now_ns: int) -> None:
        """Have a channel send video of a size, width and height in pixels, or nothing for None."""
        if size is None:
            stream.pace.hold(now_ns)
        else:
            relay, has_begun = stream.relay, stream.pace.has_begun
            stream.pace.go_on(now_ns)
            if relay is not None and size[0] and relay.resize(*size, now_ns if has_begun else None):
                self._mark_change(stream, now_ns)
        self._tell_changed(stream, now_ns)

    def _mark_change(self, stream: InputStream, now_ns: int) -> None:
        if self._marks_changes:
            stream.pace.interrupt(now_ns)


def _time_ms(stream: InputStream, now_ns: int) -> int:
    time_ms = stream.time_ms(now_ns)
    if time_ms is None:
        raise EventNotInjected(*stream.path)
    return time_ms
