"""Operations of tests on encoders: connect, pause, disconnect and reconnect."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from . import faults
from .arguments import checked
from .clips import Clip, find_clip
from .clock import Clock
from .engine.input_tracks import AudioInput, VideoInput, input_tracks
from .engine.stream import StreamPath
from .errors import ConfigurationError

if TYPE_CHECKING:
    from .engine_run import EngineRun


class Encoders:
    """The part of an emulator that plays the encoders."""

    clock: Clock
    faults: faults.FaultPlan
    _run: EngineRun
    _advance: Callable[[int], None]

    @checked
    def connect(
        self,
        stream: str,
        *,
        video: bool | VideoInput = True,
        audio: bool | AudioInput = True,
        media: Clip = None,
        protocol: str = "rtmp",
        url: str | None = None,
        address: str = "127.0.0.1",
        port: int | None = None,
        user_agent: str | None = None,
        ready: bool = False,
    ) -> str:
        """Have an encoder come with an input stream, `vhost/app/stream`; returns the path under which it is published.

        The stream is listed 0.41 s later and can be dumped 0.89 s after the encoder came; with `ready` a manual clock is turned that far,
        or a real one is waited for. `video` and `audio` say what the encoder sends: the usual, nothing, or for example
        `VideoInput(320, 180, framerate=15)`; `media` is a clip's path.

        `protocol` is `rtmp`, `srt` or `webrtc` (WHIP, which may send nothing: such an encoder is given up after 31 s). A control server,
        where there is one, hears of the `url`, which may have a query, and of where the encoder connects from.
        Raises PublisherRefused where it refuses, and ConfigurationError where there is no such application, or the stream is connected
        already.
        """
        from .callbacks.encoder import Encoder  # noqa: PLC0415 (lazy: most emulators have the streams that they begin with)

        encoder = Encoder(protocol, url, address, port, user_agent)
        tracks = input_tracks(video, audio, find_clip(media), may_be_silent=encoder.may_be_silent)
        return self._come(self._run.find_publishers().connect, StreamPath.parse(stream), tracks, encoder, ready=ready)

    @checked
    def disconnect(self, stream: str) -> None:
        """Have an encoder go; its dumps are completed. Raises ConfigurationError where it is not connected."""
        try:
            self._run.find_publishers().disconnect(StreamPath.parse(stream), self.clock.now_ns())
        finally:
            self._run.settle()

    @checked
    def reconnect(self, stream: str, *, ready: bool = False) -> str:
        """Have an encoder come again as it came last. Raises as `connect` does, and ConfigurationError where it never came."""
        return self._come(self._run.find_publishers().reconnect, StreamPath.parse(stream), ready=ready)

    @checked
    def stall(self, stream: str, seconds: float) -> None:
        """Have an encoder send nothing for so long, and go on where it stopped. Raises ConfigurationError where it is not connected."""
        self.faults.arm(faults.Stall(seconds, stream=stream))
        self._advance(self.clock.now_ns())

    @checked
    def set_bitrate(self, stream: str, bitrate: int) -> None:
        """Have an encoder send its video with so many bits a second: documents, measured rates and alerts say so.

        Media weighs as much where sizes are real, and stays elsewhere. Raises ConfigurationError where it is not connected.
        """
        if not bitrate > 0:
            raise ConfigurationError(f"bitrate {bitrate!r} is not more than 0")
        self._run.set_rates(StreamPath.parse(stream), bitrate=bitrate)

    @checked
    def set_framerate(self, stream: str, framerate: float) -> None:
        """Have an encoder be said to send so many frames a second, as `set_bitrate` does; the media stays."""
        if not framerate > 0:
            raise ConfigurationError(f"framerate {framerate!r} is not more than 0")
        self._run.set_rates(StreamPath.parse(stream), framerate=framerate)

    @checked
    def end_session(self, name: str) -> None:
        """End a player's session, `<id>_<key>` as playlists carry it, as the closing of its last connection does.

        For test clients, which have no connections; only where a control server is asked about players. Raises ConfigurationError for
        a session that there is not.
        """
        self._run.find_players().end(name)
        self._run.settle()

    def _come(self, come: Callable[..., StreamPath], *arguments: object, ready: bool) -> str:
        try:
            path = come(*arguments)
        finally:
            self._run.settle()
        if ready:
            self._run.find_publishers().wait_until_ready(path)
        return str(path)
