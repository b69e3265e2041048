"""Worlds and moments that the tests of `engine` begin with."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from engine.memory_writer import MemoryWriters

from ome_mock.dialect import DOCS, Dialect
from ome_mock.dumps.dump import Dump, DumpRequest
from ome_mock.dumps.dumps import Dumps
from ome_mock.engine.engine import Engine
from ome_mock.engine.input_stream import InputStream
from ome_mock.engine.input_tracks import InputTracks
from ome_mock.engine.stream import StreamPath
from ome_mock.settings import (
    ORIGIN_STREAM_NAME,
    ApplicationSettings,
    AudioEncode,
    LlhlsPublisher,
    OutputProfile,
    PlaylistSettings,
    RenditionSettings,
    VideoEncode,
    VirtualHostSettings,
    World,
)
from ome_mock.worlds.server_xml import default_world

MS = 1_000_000
SECOND = 1000 * MS
PUBLISHED_NS = 1_800_000_000 * SECOND

BYPASS_VIDEO, BYPASS_AUDIO = VideoEncode("bypass_video"), AudioEncode("bypass_audio")
LOW_VIDEO = VideoEncode("video_low", bypass=False, bitrate=30_000, width=160, height=92, framerate=Fraction(15))
ABR = PlaylistSettings(
    "abr", "abr", (RenditionSettings("Bypass", "bypass_video", "bypass_audio"), RenditionSettings("Low", "video_low", "bypass_audio"))
)
STREAM = StreamPath("default", "app", "stream")


def profile(
    *videos: VideoEncode, playlists: tuple[PlaylistSettings, ...] = (), audios: tuple[AudioEncode, ...] = (BYPASS_AUDIO,)
) -> OutputProfile:
    return OutputProfile("profile", ORIGIN_STREAM_NAME, videos, audios, playlists)


def world_of(output_profile: OutputProfile, llhls: LlhlsPublisher | None) -> World:
    application = ApplicationSettings("app", output_profiles=(output_profile,), llhls=llhls)
    return World((VirtualHostSettings("default", applications=(application,)),))


TWO_TRACKS_TWO_SECONDS = world_of(profile(BYPASS_VIDEO), LlhlsPublisher(segment_duration_ms=2000))
"""The application of the recorded stories audio-only and started-before-the-playlist-is-ready."""

THREE_TRACKS_TEN_SECONDS = world_of(profile(BYPASS_VIDEO, LOW_VIDEO, playlists=(ABR,)), LlhlsPublisher(segment_duration_ms=10_000))
"""The application of the recorded story abr-two-playlists."""

WITHOUT_LLHLS = world_of(profile(BYPASS_VIDEO), None)


class Scene:
    """An engine, its writers, and a stream that was published at `PUBLISHED_NS`; instants are milliseconds of stream time."""

    def __init__(
        self, world: World | None = None, *, dialect: Dialect = DOCS, input_tracks: InputTracks | None = None, seed: int = 0
    ) -> None:
        self.writers = MemoryWriters()
        self.changes = 0
        self.engine = Engine(world or default_world(), dialect, seed=seed, on_change=self._count_change)
        self.dumps = Dumps(self.engine.writing, dialect, self.writers, None, self._count_change)
        self.engine.follow(self.dumps)
        self.stream = self.connect(input_tracks=input_tracks)

    def connect(self, path: StreamPath = STREAM, now_ms: int = 0, input_tracks: InputTracks | None = None) -> InputStream:
        self.stream = self.engine.connect(path, input_tracks or InputTracks(), at(now_ms))
        return self.stream

    def disconnect(self, now_ms: int) -> None:
        self.engine.disconnect(self.stream.path, at(now_ms))

    def start(
        self, dump_id: str, now_ms: int, *, output: str = "stream", playlists: tuple[Any, ...] | list[str] = (), info_file: str = ""
    ) -> Sequence[str]:
        request = DumpRequest(output, dump_id, f"/dumps/{dump_id}", tuple(playlists), info_file)
        return self.dumps.start(self.stream, request, at(now_ms))

    def stop(self, dump_id: str | None, now_ms: int, *, output: str = "stream") -> Sequence[str]:
        return self.dumps.stop(self.stream, output, dump_id, at(now_ms))

    def dump(self, dump_id: str, output: str = "stream") -> Dump:
        (found,) = self.dumps.find(self.stream, output, dump_id)
        return found

    def ids(self, output: str = "stream") -> list[str]:
        return [dump.id for dump in self.dumps.find(self.stream, output, None)]

    def advance(self, now_ms: int) -> None:
        self.engine.advance(at(now_ms))

    def _count_change(self) -> None:
        self.changes += 1


def at(now_ms: int) -> int:
    return PUBLISHED_NS + round(now_ms * MS)
