"""The samples that encoders send and transcoders make: of the package's loop or of a clip of one's own."""

from __future__ import annotations

import logging
from copy import copy
from dataclasses import replace

from ..errors import ConfigurationError
from ..media.loop import Loop, load_loop
from ..media.loop_track import H264, H265, LoopTrack, MediaKind, VaryingTrack
from ..settings import AudioEncode, VideoEncode
from .input_tracks import AudioInput, InputTracks, VideoInput, of_clip

log = logging.getLogger("ome_mock.media")

USUAL_VIDEO_BITRATE, USUAL_AUDIO_BITRATE = 2_000_000, 128_000
"""The default of encoders that don't name it."""
CODINGS = {"h264": H264, "h265": H265, "hevc": H265}


class Sources:
    """The samples of every track; with `real_sizes` a track has the bit rate that its encoder or output profile says.

    `media` is the clip of encoders that send none of their own, None the package's loop. The same `seed` makes the same samples.
    """

    def __init__(self, media: Loop | None = None, *, real_sizes: bool = False, seed: int = 0) -> None:
        self._media = media
        self.real_sizes = real_sizes
        self._seed = seed
        self._said: set[str] = set()
        self._sent: dict[VideoInput, VaryingTrack] | None = None
        """The video of one stream, as it varies; None where these are the sources of all."""

    def of_one_stream(self) -> Sources:
        """The sources of one encoder, which may change its bit rate where sizes are real."""
        if not self.real_sizes:
            return self
        own = copy(self)
        own._sent = {}  # noqa: SLF001 (its own class)
        return own

    def described(self, tracks: InputTracks) -> InputTracks:
        """The tracks of an encoder, as what it sends is. Raises ConfigurationError where it is not as they say."""
        media = tracks.media or self._media
        if tracks.sent is not None:
            return tracks if media is None else replace(of_clip(InputTracks(), media), sent=tracks.sent)
        if media and not tracks.is_empty:
            return of_clip(tracks, media)
        if tracks.video and tracks.video.codec != "h264":
            raise ConfigurationError(f"codec {tracks.video.codec!r} of a video is not that of the package's loop, h264")
        return tracks

    def video(self, tracks: InputTracks, given: VideoInput) -> LoopTrack:
        """The track that an encoder sends as its video."""
        if self._sent is None:
            return self._video(tracks, given, given.bitrate)
        if given not in self._sent:
            self._sent[given] = VaryingTrack.of(self._video(tracks, given, given.bitrate))
        return self._sent[given]

    def weigh_video(self, tracks: InputTracks, given: VideoInput, bitrate: int, first_sample: int) -> int:
        """Have the video of one stream weigh another bit rate from a sample on, where sizes are real; returns what it has then."""
        if self._sent is None:
            return bitrate
        weighed = self._video(tracks, given, bitrate)
        self._sent[given].weigh_from(first_sample, weighed)
        return weighed.bitrate

    def _video(self, tracks: InputTracks, given: VideoInput, bitrate: int) -> LoopTrack:
        if tracks.media:
            return self._weighed(tracks.media.nearest_video(given.height), bitrate)
        return self._weighed(_of_loop(given), bitrate or USUAL_VIDEO_BITRATE)

    def audio(self, tracks: InputTracks, given: AudioInput) -> LoopTrack:
        """The track that an encoder sends as its audio."""
        if tracks.media:
            return self._weighed(tracks.media.nearest_audio(given.channels), given.bitrate)
        return self._weighed(load_loop().audio(given.channels, given.samplerate), given.bitrate or USUAL_AUDIO_BITRATE)

    def encoded_video(self, tracks: InputTracks, given: VideoInput, encode: VideoEncode) -> LoopTrack:
        """The track that a transcoder makes of a video: a clip unchanged if it has the requested codec, otherwise the loop."""
        height = encode.height or given.height
        if tracks.media and CODINGS.get(encode.codec) in {None, CODINGS[given.codec]}:
            return self._weighed(tracks.media.nearest_video(height), encode.bitrate)
        track = load_loop().video(height, encode.framerate or given.framerate, encode.key_frame_interval)
        return self._weighed(track, encode.bitrate)

    def encoded_audio(self, tracks: InputTracks, given: AudioInput, encode: AudioEncode) -> LoopTrack:
        """The track that a transcoder makes of an audio; that of a clip is unchanged."""
        if tracks.media:
            return self._weighed(tracks.media.nearest_audio(encode.channels or given.channels), encode.bitrate)
        return self._weighed(load_loop().audio(encode.channels or given.channels, encode.samplerate or given.samplerate), encode.bitrate)

    def claimed(self, source: LoopTrack, bitrate: int) -> int:
        """The bit rate that is told of a track: what is claimed for it, or its own, if nothing is or real sizes differ from the claim."""
        return source.bitrate if not bitrate or (self.real_sizes and not _is_about(source, bitrate)) else bitrate

    def _weighed(self, track: LoopTrack, bitrate: int) -> LoopTrack:
        if not self.real_sizes or not bitrate:
            return track
        from ..media.weight import weighed  # noqa: PLC0415 (lazy: most emulators are never asked for it)

        found = weighed(track, bitrate, self._seed)
        if not _is_about(found, bitrate):
            why = "its samples are heavier" if found is track else "no more fits into its samples"
            self._say_once(f"{_described(track)} has {found.bitrate} bits a second, not the {bitrate} claimed: {why}")
        return found

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            log.warning("real sizes: %s", text)


def _is_about(track: LoopTrack, bitrate: int) -> bool:
    return abs(track.bitrate - bitrate) <= bitrate / 100


def _of_loop(given: VideoInput) -> LoopTrack:
    return load_loop().video(given.height, given.framerate, given.key_frame_interval)


def _described(track: LoopTrack) -> str:
    if track.kind is MediaKind.VIDEO:
        return f"a video of {track.width}x{track.height} at {float(track.frame_rate):g} frames a second"
    return f"an audio of {track.channels} channels at {track.sample_rate} samples a second"
