"""An FFmpeg that publishes the emulator's own loop to a server."""

from __future__ import annotations

import shutil
import subprocess
from importlib.resources import as_file, files

from ..errors import OmeMockError

STOPS_WITHIN_S = 5.0


class NoFfmpeg(OmeMockError):
    """There is no FFmpeg on this machine."""


class Ffmpeg:
    """Publishes to an RTMP URL until it is stopped. Raises NoFfmpeg."""

    def __init__(self, url: str) -> None:
        ffmpeg = shutil.which("ffmpeg")
        if ffmpeg is None:
            raise NoFfmpeg("connect: an encoder needs ffmpeg, which this machine hasn't")
        with as_file(files("ome_mock.media").joinpath("loop.mp4")) as loop:
            command = [ffmpeg, "-v", "error", "-re", "-stream_loop", "-1", "-i", str(loop), "-c", "copy", "-f", "flv", url]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # noqa: S603 (no shell)

    def stop(self) -> None:
        """End it; the server sees the connection close."""
        self._process.terminate()
        try:
            self._process.communicate(timeout=STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    def said(self) -> str:
        """The end of what it said, once it has ended by itself."""
        if self._process.poll() is None:
            return "FFmpeg still publishes"
        return self._process.communicate()[1].strip()[-500:]
