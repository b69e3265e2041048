"""However the clock gets somewhere, the same bytes are on disk: `advance(a); advance(b)` is `advance(a + b)`."""

import hashlib
import tempfile
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ome_mock.dumps.dump import DumpRequest
from ome_mock.emulator import Emulator

SECOND = 1_000_000_000
CAMERA = "default/app/camera"

STORY_S = 90


class Story:
    """An emulator below a root of its own, told what happens by the clients' paths."""

    def __init__(self, root: str) -> None:
        self.root = Path(root)
        self.emulator = Emulator(root=root)
        self.clock = self.emulator.clock
        self.engine = self.emulator.engine

    def start(self, dump_id: str, output: str, *playlists: str, stream: str = "default/app/stream", directory: str | None = None) -> None:
        request = DumpRequest(output, dump_id, f"/dumps/{directory or dump_id}", playlists, f"/info/{dump_id}.info", "user data")
        self.emulator._run.dumps.start(self.engine.input_stream(*stream.split("/")), request, self.clock.now_ns())

    def start_two(self) -> None:
        self.start("ready", "stream", "llhls.m3u8", "abr.m3u8")
        self.start("stopped", "stream2")

    def stop(self, dump_id: str, output: str, stream: str = "default/app/stream") -> None:
        self.emulator._run.dumps.stop(self.engine.input_stream(*stream.split("/")), output, dump_id, self.clock.now_ns())

    def advance(self, step_ns: int) -> None:
        """By an integer where it is a whole number of seconds, by a float otherwise."""
        whole, rest = divmod(step_ns, SECOND)
        self.clock.advance(step_ns / SECOND if rest else whole)

    def tree(self) -> dict[str, bytes]:
        """Every file by its path, and what is in it."""
        paths = sorted(path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in paths}


STORY: dict[float, Callable[[Story], object]] = {
    0: lambda story: story.start_two(),
    0.5: lambda story: story.start("shares-with-a-later-one", "stream2", directory="shared"),
    1.25: lambda story: story.emulator.connect(CAMERA),
    2.25: lambda story: story.start("queued", "camera", "abr.m3u8", stream=CAMERA),
    3.5: lambda story: story.start("doomed", "camera", "llhls.m3u8", "nope.m3u8", stream=CAMERA),
    7.3: lambda story: story.start("half-queued", "camera", "llhls.m3u8", stream=CAMERA),
    30.011: lambda story: story.start("late", "stream2", "llhls.m3u8"),
    35: lambda story: story.start("came-later", "stream2", directory="shared"),
    40.7: lambda story: story.stop("stopped", "stream2"),
    71.0: lambda story: story.emulator.disconnect(CAMERA),
    75: lambda story: story.stop("shares-with-a-later-one", "stream2"),
    77.777: lambda story: story.stop("ready", "stream"),
}
"""What clients and encoders do, by the second in which they do it: between 7.266 and 7.583 s the camera's first segments are complete
one after the other."""


def tell(stops_ns: list[int] | range) -> dict[str, bytes]:
    """Tell the story with a clock that stops at these instants besides; what is on disk in the end."""
    happens = {round(instant_s * SECOND): what for instant_s, what in STORY.items()}
    instants = sorted({0, STORY_S * SECOND, *happens, *stops_ns})
    with tempfile.TemporaryDirectory() as root:
        story = Story(root)
        happens[0](story)
        for before, instant in pairwise(instants):
            story.advance(instant - before)
            if instant in happens:
                happens[instant](story)
        return story.tree()


@cache
def told_straight() -> dict[str, bytes]:
    return tell([])


def hour(steps: list[float]) -> dict[str, str]:
    """The digests of what a dump of an hour leaves, advanced in these steps."""
    with tempfile.TemporaryDirectory() as root:
        story = Story(root)
        story.start("d1", "stream2", "llhls.m3u8")
        for step in steps:
            story.clock.advance(step)
        return {path: hashlib.sha256(data).hexdigest() for path, data in story.tree().items()}


@cache
def straight_hour() -> dict[str, str]:
    return hour([3600])


def test_story_writes_what_it_is_meant_to() -> None:
    tree = told_straight()

    statuses = {path: data.decode().split("<Status>")[1].split("<")[0] for path, data in tree.items() if path.endswith(".info")}
    assert statuses == {
        "info/came-later.info": "Running",
        "info/doomed.info": "Error",
        "info/half-queued.info": "Completed",
        "info/late.info": "Running",
        "info/queued.info": "Completed",
        "info/ready.info": "Completed",
        "info/shares-with-a-later-one.info": "Completed",
        "info/stopped.info": "Completed",
    }
    segments = [path.split("/")[1] for path in tree if "/seg_" in path]
    assert {dump_id: segments.count(dump_id) for dump_id in sorted(set(segments))} == {
        "doomed": 2, "half-queued": 33, "late": 20, "queued": 33, "ready": 39, "shared": 30, "stopped": 14,
    }  # fmt: skip


def test_story_is_told_the_same_twice() -> None:
    assert tell([]) == told_straight()


@pytest.mark.parametrize(
    "step_ns",
    [
        pytest.param(SECOND, id="in seconds"),
        pytest.param(SECOND // 10, id="in tenths, which no float holds"),
        pytest.param(333_333_333, id="in thirds"),
        pytest.param(6 * SECOND, id="in segments"),
    ],
)
def test_steps_leave_the_same_bytes(step_ns: int) -> None:
    assert tell(range(0, STORY_S * SECOND, step_ns)) == told_straight()


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, STORY_S * SECOND), max_size=40))
def test_any_instants_leave_the_same_bytes(stops_ns: list[int]) -> None:
    assert tell(stops_ns) == told_straight()


def test_hour_in_seconds_leaves_the_same_bytes() -> None:
    assert hour([1] * 3600) == straight_hour()


@settings(max_examples=2, deadline=None)
@given(st.lists(st.integers(0, 3600 * SECOND), min_size=1, max_size=50))
def test_hour_in_any_steps_leaves_the_same_bytes(stops_ns: list[int]) -> None:
    instants = [0, *sorted(stops_ns), 3600 * SECOND]

    assert hour([(after - before) / SECOND for before, after in pairwise(instants)]) == straight_hour()


def test_hour_has_six_hundred_segments_of_each_track() -> None:
    names = [path.split("/")[-1] for path in straight_hour()]

    assert sum(name.startswith("seg_4_") for name in names) == sum(name.startswith("seg_5_") for name in names) == 600
    assert len(names) == 2 * 600 + 2 + 2 + 1 + 1
