"""What encoders that publish by RTMP take of the emulator."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from . import processes
from .client import AUTHORIZATION, STREAMS, Question, ask
from .figures import Figure, at_most
from .probe import probing
from .processes import MEMORY, TELLS_PSS, cpu_s, family, memory_mb
from .servers import Server, serving_ome_mock
from .setting import NotMeasured, Setting
from .summaries import percentile

PUBLISHERS = 10
SECONDS = 60.0
CLIP_S = 8
SETTLING_S = 2.0
LISTED_TIMEOUT_S = 20
RTMP = ("--rtmp-port", "0")
FFMPEG = ("ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y")
PICTURES = ("-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30")
SOUND = ("-f", "lavfi", "-i", "sine=sample_rate=48000")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-bf", "0", "-g", "60")
TWO_MEGABITS = ("-b:v", "2M", "-minrate", "2M", "-maxrate", "2M", "-bufsize", "1M", "-x264-params", "nal-hrd=cbr")


def publishers(setting: Setting) -> Iterator[Figure | str]:
    """Ten FFmpegs that publish 2 Mb/s each: API calls meanwhile, and the memory and processor time of the emulator."""
    if not TELLS_PSS:
        raise NotMeasured("processor time of another process is read from /proc, which Linux alone has")
    if shutil.which("ffmpeg") is None:
        raise NotMeasured("there is no ffmpeg")
    seconds = setting.seconds or SECONDS
    with setting.place() as place:
        clip = _make_clip(place)
        with serving_ome_mock(place, options=RTMP) as server:
            time.sleep(SETTLING_S)
            before_mb = memory_mb(*family(server.pid))
            with _published(server, clip):
                before_s = cpu_s(server.pid)
                with probing(server.url) as probe:
                    time.sleep(seconds)
                taken_s = cpu_s(server.pid) - before_s
                grown_mb = memory_mb(*family(server.pid)) - before_mb
    those = f"{PUBLISHERS} publishers of 2 Mb/s for {seconds:.0f} s"
    yield Figure("publishers", f"{those}: API p99 meanwhile", percentile(probe.latencies_ms(), 0.99), "ms", at_most(40))
    yield Figure("publishers", f"{those}: {MEMORY} above before", grown_mb, "MB", at_most(15))
    yield Figure("publishers", f"{those}: share of one core, calls included", taken_s / seconds * 100, "%")


def _make_clip(place: Path) -> Path:
    clip = place / "clip.flv"
    coded = (*H264, *TWO_MEGABITS, "-c:a", "aac", "-b:a", "128k", "-t", str(CLIP_S))
    subprocess.run([*FFMPEG, *PICTURES, *SOUND, *coded, str(clip)], check=True)
    return clip


@contextmanager
def _published(server: Server, clip: Path) -> Iterator[None]:
    """Publish a clip in turns, by a process for each stream, until the block ends; it begins once all are listed."""
    with ExitStack() as running:
        for number in range(PUBLISHERS):
            url = f"{server.rtmp_url}/app/published{number}"
            command = [*FFMPEG, "-re", "-stream_loop", "-1", "-i", str(clip), "-c", "copy", "-f", "flv", url]
            running.callback(processes.stop, processes.start(command))
        deadline = time.monotonic() + LISTED_TIMEOUT_S
        while ask(server.url, Question(STREAMS, headers=(AUTHORIZATION,))).count("published") < PUBLISHERS:
            if time.monotonic() > deadline:
                raise RuntimeError("the published streams are not listed")
            time.sleep(0.1)
        yield
