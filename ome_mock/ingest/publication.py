"""The media of one publisher: which tracks it has, from when on, and how much of them has come. Nothing of the media itself is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from .behaviour import Behaviour
from .codec_configuration import AudioConfiguration, VideoConfiguration, read_aac, read_h264, read_h265
from .counters import MediaCounters, TrackCounters
from .errors import ProtocolViolation
from .events import AudioTrack, Event, Tracks, TracksChanged, TracksKnown, VideoTrack
from .flv import AVC, SHORTEST_AUDIO, SHORTEST_VIDEO, UNKNOWN, Part, Tag, read_audio_tag, read_video_tag
from .messages import Message
from .metadata import NO_METADATA, Metadata

_ADTS_HEADER = 7

_Configuration = TypeVar("_Configuration", VideoConfiguration, AudioConfiguration)


class _VideoCodec(NamedTuple):
    name: str
    delimiter: int
    """Bytes of an access unit delimiter with its start code."""
    read: Callable[[bytes], VideoConfiguration]


_VIDEO_CODECS = {"avc1": _VideoCodec("H264", 6, read_h264), "hvc1": _VideoCodec("H265", 7, read_h265)}


class Publication:
    """Takes the media messages of a publisher and says when its tracks are known, and when they change."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._metadata: Metadata | None = None
        self._tracks: Tracks | None = None
        self._video_codec = _VIDEO_CODECS[AVC]
        self._video: VideoConfiguration | None = None
        self._largest = (0, 0)
        self._audio: AudioConfiguration | None = None
        self._video_messages = 0
        self._audio_messages = 0
        self.counters = MediaCounters(TrackCounters(), TrackCounters())
        """The frames of both tracks so far, counted."""

    @property
    def frames(self) -> int:
        """The number of frames so far, of both tracks."""
        return self.counters.video.frames + self.counters.audio.frames

    @property
    def tracks(self) -> Tracks | None:
        """The tracks as they are known now; None before they are."""
        return self._tracks

    @property
    def largest(self) -> tuple[int, int]:
        """The largest width and height that metadata or sequence headers have named (recorded: metadata lies about the size)."""
        said = self._metadata or NO_METADATA
        return max(said.width, self._largest[0]), max(said.height, self._largest[1])

    @property
    def is_complete(self) -> bool:
        """Outputs can be made of it: every track has a sequence header and rates, declared or measured.

        Recorded: metadata missing, metadata empty, sequence header cut short.
        """
        tracks = self._tracks
        if tracks is None or not (tracks.video or tracks.audio):
            return False
        video, audio, pictures, sound = tracks.video, tracks.audio, self.counters.video, self.counters.audio
        has_video = video is None or bool(self._video and (video.bitrate or pictures.bitrate) and (video.framerate or pictures.framerate))
        return has_video and (audio is None or bool(self._audio and (audio.bitrate or sound.bitrate)))

    def take_metadata(self, metadata: Metadata) -> None:
        """Take what an encoder says of itself; once the stream is there it changes nothing (recorded: metadata sent again)."""
        is_worth_it = metadata.names_codecs or not self._behaviour.metadata_name_tracks
        if self._tracks is None and is_worth_it:
            self._metadata = metadata

    def take_video(self, message: Message) -> Event | None:
        """Take a message of video; raises ProtocolViolation for one that closes the connection."""
        if message.length < SHORTEST_VIDEO:
            raise ProtocolViolation(f"a video message of {message.length} bytes")
        tag = read_video_tag(message.payload, is_enhanced=bool(self._behaviour.fourccs))
        self._video_messages += 1
        codec = _VIDEO_CODECS.get(tag.codec)
        if codec is None:
            self._judge(f"video of an unknown codec {tag.codec!r}")
        elif tag.part is Part.SEQUENCE_HEADER:
            self._video_codec = codec
            self._take_header(codec, message, tag)
        elif tag.part is Part.FRAME:
            self._count_picture(codec, message, tag)
        return self._news() if tag.part is Part.SEQUENCE_HEADER or self._tracks is None else None

    def take_audio(self, message: Message) -> Event | None:
        """Take a message of audio; raises ProtocolViolation for one that closes the connection."""
        if self._audio_is_lost:
            return None
        if message.length < SHORTEST_AUDIO:
            raise ProtocolViolation(f"an audio message of {message.length} bytes")
        tag = read_audio_tag(message.payload)
        self._audio_messages += 1
        if tag.codec == UNKNOWN:
            self._judge("audio that is not AAC")
        elif tag.part is Part.SEQUENCE_HEADER:
            self._audio = self._read(read_aac, message, tag) or self._audio
        elif tag.part is Part.FRAME:
            self.counters.audio.count(message.timestamp_ms, message.length - tag.header_length + _ADTS_HEADER)
        return self._news() if tag.part is Part.SEQUENCE_HEADER or self._tracks is None else None

    def _take_header(self, codec: _VideoCodec, message: Message, tag: Tag) -> None:
        header = self._read(codec.read, message, tag)
        if header is not None:
            self._video = header
            self._largest = max(self._largest[0], header.width), max(self._largest[1], header.height)

    def _judge(self, offence: str) -> None:
        """Media that can't be read close; before the stream is there only where the engine looks at them then."""
        if self._tracks is not None or self._behaviour.judges_while_waiting:
            raise ProtocolViolation(offence)

    def _read(self, read: Callable[[bytes], _Configuration], message: Message, tag: Tag) -> _Configuration | None:
        try:
            return read(message.payload[tag.header_length :])
        except ProtocolViolation:
            if self._behaviour.judges_while_waiting:
                raise
            return None

    def _count_picture(self, codec: _VideoCodec, message: Message, tag: Tag) -> None:
        size = message.length - tag.header_length + codec.delimiter
        if tag.is_key_frame and self._video is not None:
            size += self._video.parameter_sets_size
        self.counters.video.count(
            message.timestamp_ms, size, is_key_frame=tag.is_key_frame, composition_offset_ms=tag.composition_offset_ms
        )

    def _news(self) -> Event | None:
        """Tell of the tracks as they are known, or as a sequence header has changed them."""
        before = self._tracks
        if before is None:
            if not self._is_ready:
                return None
            self._tracks = Tracks(self._video_track(), self._audio_track(), self._behaviour.track_ids[2])
            return TracksKnown(self._tracks)
        self._tracks = Tracks(before.video and self._video_track(), before.audio and self._audio_track(), before.data_id)
        return TracksChanged(self._tracks) if self._tracks != before else None

    @property
    def _is_ready(self) -> bool:
        waits_for_video, waits_for_audio = self._waited_for
        has_video, has_audio = self._video_messages > 0, self._audio_messages > 0
        if (has_video or not waits_for_video) and (has_audio or not waits_for_audio):
            return True
        return max(self._video_messages, self._audio_messages) > self._behaviour.messages_of_one_track

    @property
    def _waited_for(self) -> tuple[bool, bool]:
        metadata = self._metadata
        if metadata is None or not self._behaviour.metadata_name_tracks:
            return True, True
        return metadata.video_codec is not None, metadata.audio_codec is not None and not metadata.names_wrong_audio

    @property
    def _audio_is_lost(self) -> bool:
        return self._behaviour.metadata_name_tracks and self._metadata is not None and self._metadata.names_wrong_audio

    def _video_track(self) -> VideoTrack | None:
        said = self._metadata or NO_METADATA
        size = self._video or (VideoConfiguration(said.width, said.height, 0) if self._behaviour.sizes_from_metadata else None)
        if size is None or not self._video_messages:
            return None
        framerate = said.framerate
        if framerate is None:
            framerate = self._behaviour.framerate_of_silent_metadata if self._metadata else 0.0
        return VideoTrack(self._behaviour.track_ids[0], self._video_codec.name, size.width, size.height, framerate, said.video_bitrate)

    def _audio_track(self) -> AudioTrack | None:
        said = self._metadata or NO_METADATA
        sound = self._audio or (AudioConfiguration(said.sample_rate, said.channels) if self._behaviour.sizes_from_metadata else None)
        if sound is None or not self._audio_messages:
            return None
        return AudioTrack(self._behaviour.track_ids[1], "AAC", sound.sample_rate, sound.channels, said.audio_bitrate)
