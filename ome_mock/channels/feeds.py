"""The tracks that channels send, with ids and names of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import count
from typing import NamedTuple

from ..engine.input_tracks import AudioInput, InputTracks, VideoInput
from ..engine.track import OutputTrack, TrackMaker, UnpackagedTrack
from ..settings import AudioEncode, OutputProfile, PlaylistSettings, VideoEncode

SCHEDULED_VIDEO_ID, SCHEDULED_AUDIO_ID, SCHEDULED_DATA_ID = 0, 100, 200
DATA = "Data"


class ScheduledFeed(NamedTuple):
    """The tracks of a scheduled channel (recorded: channels, `scheduled/...`)."""

    input_tracks: InputTracks
    bypasses_transcoder: bool
    is_held: bool
    language: str = ""
    playlists: tuple[PlaylistSettings, ...] = ()

    def tracks(self, maker: TrackMaker, key: str) -> list[OutputTrack | UnpackagedTrack]:
        made = maker.tracks(OutputProfile("", "", (VideoEncode("Video"),), (AudioEncode("Audio"),)), SCHEDULED_VIDEO_ID, key)
        packaged: list[OutputTrack | UnpackagedTrack] = [
            replace(track, id=track_id, input_id=track_id, language="" if track.width else self.language)
            for track in made
            if isinstance(track, OutputTrack)
            for track_id in [SCHEDULED_VIDEO_ID if track.width else SCHEDULED_AUDIO_ID]
        ]
        return [*packaged, UnpackagedTrack(SCHEDULED_DATA_ID, DATA)]


class Relayed(NamedTuple):
    """A track of another stream under a new name; a bit rate or frame rate of 0 stands for the track's."""

    track: OutputTrack
    name: str
    bitrate: int = 0
    framerate: Fraction = Fraction(0)
    language: str = ""


class MultiplexFeed(NamedTuple):
    """The tracks of a multiplex channel, whose ids are drawn from `ids` (recorded: channels, `multiplex/...`)."""

    relayed: Sequence[Relayed]
    ids: count[int]
    bypasses_transcoder: bool
    playlists: tuple[PlaylistSettings, ...]
    is_held: bool = False

    @property
    def input_tracks(self) -> InputTracks:
        video = next((each.track for each in self.relayed if each.track.width), None)
        audio = next((each.track for each in self.relayed if not each.track.width), None)
        return InputTracks(
            None if video is None else VideoInput(video.width, video.height, video.frame_rate),
            None if audio is None else AudioInput(audio.packager.track.sample_rate, audio.channels),
        )

    def tracks(self, maker: TrackMaker, key: str) -> list[OutputTrack | UnpackagedTrack]:  # noqa: ARG002
        return [*self._relayed(key), UnpackagedTrack(next(self.ids), DATA)]

    def _relayed(self, key: str) -> Iterator[OutputTrack | UnpackagedTrack]:
        for each in self.relayed:
            track, bitrate = each.track, each.bitrate or each.track.bitrate
            encode: VideoEncode | AudioEncode = AudioEncode(each.name, bitrate=each.bitrate)
            if track.width:
                encode = VideoEncode(each.name, bitrate=each.bitrate, framerate=each.framerate)
            yield replace(
                track,
                id=next(self.ids),
                variant=each.name,
                key=key,
                encode=encode,
                bitrate=bitrate,
                frame_rate=each.framerate or track.frame_rate,
                language=each.language,
            )
