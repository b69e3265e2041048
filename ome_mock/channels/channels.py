"""The channels of every application: input streams that OME makes itself.

OME keeps a file for each channel in a directory of the application, and looks there every second; here the directories are in memory.
So a request for a channel only writes or removes a file; the channel itself changes at the next look (recorded: channels).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import count
from threading import RLock
from typing import NamedTuple

from ..engine.engine import Engine
from ..engine.follower import Follower
from ..engine.input_stream import InputStream, StreamSource
from ..engine.input_tracks import FASTEST_FRAME_RATE, AudioInput, InputTracks, VideoInput
from ..engine.stream import OutputStream, StreamPath
from ..engine.stream_maker import Feed
from ..engine.virtual_hosts import Scope
from ..errors import ConfigurationError
from ..refusals import ChannelExists, ChannelNotDeleted, ChannelNotSaved, MultiplexChannelNotFound, NotAScheduledChannel
from ..text import printable
from ..timestamps import NS_PER_SECOND
from .channel_files import PROVIDERS, can_be_saved, configured, leads_elsewhere, path_of
from .feeds import MultiplexFeed, ScheduledFeed
from .multiplex_channel import MultiplexChannel, MultiplexState, playlists_of, relayed_of
from .playback import Media, Playback
from .scheduled_channel import ProgramItem, Schedule, ScheduledChannel

log = logging.getLogger("ome_mock.channels")

LOOK_EVERY_NS = NS_PER_SECOND
LOOKS_UNTIL_GONE = 3
"""The number of looks in a row that miss a file, or a source, before the channel is removed."""

Channel = ScheduledChannel | MultiplexChannel
FindMedia = Callable[[str, str], Media | None]
"""Finds a media file by the application's media directory and the file's name in it."""


class _Key(NamedTuple):
    """Identifies a channel by its stream and its kind; each kind has a directory."""

    path: StreamPath
    kind: type[Channel]


class _File(NamedTuple):
    """A channel and the second in which its file was written, by which the engine sees a change (recorded: PATCH)."""

    channel: Channel
    second: int


@dataclass
class _Shown:
    """A listed channel: its file as last read, and its stream if there is one."""

    file: _File
    stream: InputStream | None = None
    playback: Playback | None = None
    media: Media | None = None
    has_lost_a_source: bool = False
    looks_in_vain: int = 0


class Channels(Follower):
    """The channels by the paths of their streams. They follow streams, because channels are made of other streams.

    One reentrant lock guards everything. It is held while a stream is connected, which calls `stream_came` in the same thread.
    """

    def __init__(self, engine: Engine, began_ns: int, find_media: FindMedia) -> None:
        self._engine = engine
        self._began_ns = began_ns
        self._find_media = find_media
        self._lock = RLock()
        self._files: dict[_Key, _File] = {}
        self._shown: dict[_Key, _Shown] = {}
        self._outputs: dict[tuple[str, str, str], OutputStream] = {}
        self._track_ids = count(1)
        self._look_alarm = engine.happenings.alarm(self._look)
        self._play_alarm = engine.happenings.alarm(self._play)

    # Files

    def save(self, vhost: str, app: str, channel: Channel, now_ns: int) -> None:
        """Write the file of a new channel. Raises ChannelExists and ChannelNotSaved."""
        key, provider = _Key(StreamPath(vhost, app, channel.name), type(channel)), PROVIDERS[type(channel)]
        names = {stream.path.stream for stream in self._engine.input_streams(vhost, app)}
        with self._lock:
            if channel.name in names or key in self._shown:
                raise ChannelExists(channel.name)
            if leads_elsewhere(channel.name):
                return
            if not can_be_saved(channel.name, provider):
                raise ChannelNotSaved(provider.noun, self._file_path(key))
            self._files[key] = _File(channel, now_ns // NS_PER_SECOND)
            self._set_look_alarm(now_ns)

    def reschedule(self, stream: InputStream, schedule: Schedule, now_ns: int) -> None:
        """Write the file of a scheduled channel again, even if it is missing. Raises NotAScheduledChannel."""
        with self._lock:
            channel, _ = self.scheduled(stream, now_ns)
            self._files[_Key(stream.path, ScheduledChannel)] = _File(channel._replace(schedule=schedule), now_ns // NS_PER_SECOND)
            self._set_look_alarm(now_ns)

    def remove(self, path: StreamPath, kind: type[Channel], now_ns: int) -> None:
        """Remove the file of a channel. Raises ChannelNotDeleted where there is none."""
        key = _Key(path, kind)
        with self._lock:
            if self._files.pop(key, None) is None:
                raise ChannelNotDeleted(PROVIDERS[kind].noun, self._file_path(key))
            self._set_look_alarm(now_ns)

    def _file_path(self, key: _Key) -> str:
        return path_of(self._engine.application(key.path.vhost, key.path.app), key.path.stream, PROVIDERS[key.kind])

    # Lists

    def multiplex_names(self, vhost: str, app: str) -> list[str]:
        with self._lock:
            names = [path.stream for path, kind in self._shown if kind is MultiplexChannel and path[:2] == (vhost, app)]
        return sorted(names, key=lambda name: name.encode("utf-8", "surrogatepass"))

    def scheduled_names(self, vhost: str, app: str) -> list[str]:
        """The names of the scheduled channels, in the order of their streams; a channel without a name is left out."""
        streams = self._engine.input_streams(vhost, app)
        with self._lock:
            return [each.path.stream for each in streams if each.path.stream and _Key(each.path, ScheduledChannel) in self._shown]

    def scheduled(self, stream: InputStream, now_ns: int) -> tuple[ScheduledChannel, Playback]:
        """The channel that sends a stream, and its playback. Raises NotAScheduledChannel."""
        with self._lock:
            shown = self._shown.get(_Key(stream.path, ScheduledChannel))
            if shown is None or shown.playback is None or not isinstance(shown.file.channel, ScheduledChannel):
                raise NotAScheduledChannel
            shown.playback.advance(now_ns)
            return shown.file.channel._replace(schedule=shown.playback.schedule), shown.playback

    def multiplex(self, vhost: str, app: str, name: str) -> tuple[MultiplexChannel, MultiplexState, str]:
        """A channel, its state, and the first source that it waits for. Raises MultiplexChannelNotFound."""
        with self._lock:
            shown = self._shown.get(_Key(StreamPath(vhost, app, name), MultiplexChannel))
            channel = shown.file.channel if shown else None
            if shown is None or not isinstance(channel, MultiplexChannel):
                raise MultiplexChannelNotFound(name)
            missing = next((source.path[2] for source in channel.sources if source.path not in self._outputs), "")
            return channel, MultiplexState.PULLING if shown.stream is None else MultiplexState.PLAYING, missing

    # Looks

    def _look(self, now_ns: int) -> None:
        """Compare the listed channels with the files, as the engine does every second."""
        with self._lock:
            for key in dict.fromkeys((*self._files, *self._shown)):
                if self._is_provided(key):
                    self._look_at(key, now_ns)
            self._set_look_alarm(now_ns)

    def _look_at(self, key: _Key, now_ns: int) -> None:
        file, shown = self._files.get(key), self._shown.get(key)
        if shown is None:
            if file is not None:
                self._appear(key, file, now_ns)
        elif file is None or shown.has_lost_a_source:
            shown.looks_in_vain += 1
            if shown.looks_in_vain == LOOKS_UNTIL_GONE:
                self._vanish(key, now_ns)
        else:
            shown.looks_in_vain = 0
            if file.second != shown.file.second:
                shown.file = file
                self._tune(key, shown, now_ns)
                self._play(now_ns)

    def _set_look_alarm(self, now_ns: int) -> None:
        """Set the alarm for the next look, if it can change anything; looks are whole seconds after the beginning."""
        keys = {*self._files, *self._shown}
        if any(self._is_provided(key) and not self._is_settled(key) for key in keys):
            looks = (now_ns - self._began_ns) // LOOK_EVERY_NS + 1
            self._look_alarm.set(self._began_ns + looks * LOOK_EVERY_NS)

    def _is_settled(self, key: _Key) -> bool:
        file, shown = self._files.get(key), self._shown.get(key)
        return bool(file and shown and file.second == shown.file.second and not shown.has_lost_a_source and not shown.looks_in_vain)

    def _is_provided(self, key: _Key) -> bool:
        application = self._engine.find_application(key.path.vhost, key.path.app)
        return application is not None and PROVIDERS[key.kind].name in application.providers

    # Channels come and go

    def _appear(self, key: _Key, file: _File, now_ns: int) -> None:
        shown, channel = _Shown(file), file.channel
        self._shown[key] = shown
        if isinstance(channel, MultiplexChannel):
            self._begin_multiplex(key, shown, now_ns)
            return
        self._tune(key, shown, now_ns)
        shown.media = shown.playback.media if shown.playback else None
        language = next((each.language for each in channel.audio_map), "")
        tracks = _scheduled_tracks(channel, shown.media)
        self._connect(key, ScheduledFeed(tracks, channel.bypass_transcoder, shown.media is None, language), now_ns)
        self._play(now_ns)

    def _begin_multiplex(self, key: _Key, shown: _Shown, now_ns: int) -> None:
        """Connect the channel once every source is connected."""
        channel = shown.file.channel
        if isinstance(channel, MultiplexChannel) and all(source.path in self._outputs for source in channel.sources):
            relayed = relayed_of(channel, self._outputs)
            self._connect(key, MultiplexFeed(relayed, self._track_ids, channel.bypass_transcoder, playlists_of(channel)), now_ns)

    def _connect(self, key: _Key, feed: Feed, now_ns: int) -> None:
        source = StreamSource(PROVIDERS[key.kind].source_type, "")
        try:
            self._shown[key].stream = self._engine.connect(key.path, feed.input_tracks, now_ns, source, feed)
        except ConfigurationError as error:
            log.warning("channel %s did not appear: %s", printable(str(key.path)), printable(str(error)))
            self._files.pop(key, None)
            self._shown.pop(key, None)

    def _vanish(self, key: _Key, now_ns: int) -> None:
        shown = self._shown.pop(key)
        if shown.stream is not None:
            try:
                self._engine.disconnect(key.path, now_ns)
            except ConfigurationError:  # it has ended already
                log.debug("the stream of channel %s has ended already", printable(str(key.path)))

    # Playback of scheduled channels

    def _tune(self, key: _Key, shown: _Shown, now_ns: int) -> None:
        """Read the schedule of a channel again."""
        channel = shown.file.channel
        if isinstance(channel, ScheduledChannel):
            schedule = channel.schedule.read_at(now_ns)
            shown.playback = Playback(schedule, lambda item: self._media_of(key.path, item), now_ns)

    def _media_of(self, path: StreamPath, item: ProgramItem) -> Media | None:
        scheme, _, name = item.url.partition("://")
        if scheme == "stream":
            vhost, app, output, *_ = (*name.split("/"), "", "", "")
            source = self._outputs.get((vhost, app, output))
            video = next((track for track in source.tracks if track.width), None) if source else None
            return None if source is None else Media(video.width, video.height, None, video.frame_rate) if video else Media(0, 0)
        application = self._engine.application(path.vhost, path.app)
        return self._find_media(configured(application, PROVIDERS[ScheduledChannel], "mediaRootDir"), name)

    def _play(self, now_ns: int) -> None:
        """Have every scheduled channel show the item that its schedule names."""
        with self._lock:
            changes_ns = []
            for shown in list(self._shown.values()):
                if shown.playback is None or shown.stream is None:
                    continue
                shown.playback.advance(now_ns)
                media, shown.media = shown.media, shown.playback.media
                if media != shown.media:
                    self._engine.sending.show(shown.stream, shown.media and (shown.media.width, shown.media.height), now_ns)
                changes_ns.append(shown.playback.next_change_ns())
            self._play_alarm.set(min((each for each in changes_ns if each is not None), default=None))

    # Other streams

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        with self._lock:
            self._outputs.update({(output.vhost, output.app, output.name): output for output in stream.outputs})
            for key, shown in list(self._shown.items()):
                if shown.stream is None and key.path != stream.path:
                    self._begin_multiplex(key, shown, now_ns)
            self._play(now_ns)

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        """Forget the channel of the stream until the next look; a channel made of the stream has lost a source."""
        gone = {(output.vhost, output.app, output.name) for output in stream.outputs}
        with self._lock:
            for name in gone:
                self._outputs.pop(name, None)
            for key, shown in list(self._shown.items()):
                if shown.stream is stream:
                    del self._shown[key]
                elif shown.stream and isinstance(shown.file.channel, MultiplexChannel):
                    shown.has_lost_a_source |= any(source.path in gone for source in shown.file.channel.sources)
            self._play(now_ns)
            self._set_look_alarm(now_ns)

    def configured(self, gone: AbstractSet[Scope], came: AbstractSet[Scope], now_ns: int) -> None:  # noqa: ARG002
        """Keep the files of an application that is gone, for the next one of its name."""
        with self._lock:
            self._shown = {key: shown for key, shown in self._shown.items() if key.path[:2] not in gone}
            self._set_look_alarm(now_ns)


def _scheduled_tracks(channel: ScheduledChannel, media: Media | None) -> InputTracks:
    video = VideoInput()
    if media and media.width:
        is_usual = 1 <= media.frame_rate <= FASTEST_FRAME_RATE
        video = VideoInput(media.width, media.height, media.frame_rate if is_usual else video.framerate)
    return InputTracks(video if channel.video_track else None, AudioInput() if channel.audio_track else None)
