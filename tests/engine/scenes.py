"""Worlds and moments that the tests of `engine` begin with."""

from fractions import Fraction

from engine.memory_writer import MemoryWriters

from ome_mock.dialect import DOCS
from ome_mock.dumps.dump import DumpRequest
from ome_mock.dumps.dumps import Dumps
from ome_mock.engine.engine import Engine
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


def profile(*videos, playlists=(), audios=(BYPASS_AUDIO,)):
    return OutputProfile("profile", ORIGIN_STREAM_NAME, videos, audios, playlists)


def world_of(output_profile, llhls):
    application = ApplicationSettings("app", output_profiles=(output_profile,), llhls=llhls)
    return World((VirtualHostSettings("default", applications=(application,)),))


TWO_TRACKS_TWO_SECONDS = world_of(profile(BYPASS_VIDEO), LlhlsPublisher(segment_duration_ms=2000))
"""The application of the recorded stories audio-only and started-before-the-playlist-is-ready."""

THREE_TRACKS_TEN_SECONDS = world_of(profile(BYPASS_VIDEO, LOW_VIDEO, playlists=(ABR,)), LlhlsPublisher(segment_duration_ms=10_000))
"""The application of the recorded story abr-two-playlists."""

WITHOUT_LLHLS = world_of(profile(BYPASS_VIDEO), None)


class Scene:
    """An engine, its writers, and a stream that was published at `PUBLISHED_NS`; instants are milliseconds of stream time."""

    def __init__(self, world=None, *, dialect=DOCS, input_tracks=None, seed=0):
        self.writers = MemoryWriters()
        self.changes = 0
        self.engine = Engine(world or default_world(), dialect, seed=seed, on_change=self._count_change)
        self.dumps = Dumps(self.engine.writing, dialect, self.writers, None, self._count_change)
        self.engine.follow(self.dumps)
        self.stream = self.connect(input_tracks=input_tracks)

    def connect(self, path=STREAM, now_ms=0, input_tracks=None):
        self.stream = self.engine.connect(path, input_tracks or InputTracks(), at(now_ms))
        return self.stream

    def disconnect(self, now_ms):
        self.engine.disconnect(self.stream.path, at(now_ms))

    def start(self, dump_id, now_ms, *, output="stream", playlists=(), info_file=""):
        request = DumpRequest(output, dump_id, f"/dumps/{dump_id}", tuple(playlists), info_file)
        return self.dumps.start(self.stream, request, at(now_ms))

    def stop(self, dump_id, now_ms, *, output="stream"):
        return self.dumps.stop(self.stream, output, dump_id, at(now_ms))

    def dump(self, dump_id, output="stream"):
        (found,) = self.dumps.find(self.stream, output, dump_id)
        return found

    def ids(self, output="stream"):
        return [dump.id for dump in self.dumps.find(self.stream, output, None)]

    def advance(self, now_ms):
        self.engine.advance(at(now_ms))

    def _count_change(self):
        self.changes += 1


def at(now_ms):
    return PUBLISHED_NS + round(now_ms * MS)
