"""The playlists of a stream, with the renditions that templates make of its tracks (recorded: configurations, `1ed5b04b.api`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from itertools import count

from ..dialect import VersionRules
from ..hls.multivariant_playlist import AudioRendition, MultivariantPlaylist, SubtitleRendition, Variant
from ..media.loop import MediaKind
from ..settings import (
    AudioEncode,
    LlhlsPublisher,
    OutputProfile,
    PlaylistSettings,
    RenditionSettings,
    RenditionTemplate,
    TrackTemplate,
    VideoEncode,
)
from .track import SUBTITLES, OutputTrack, SubtitleTrack, UnpackagedTrack

Track = OutputTrack | UnpackagedTrack
Qualities = Mapping[str, int | Fraction]
Uri = Callable[[OutputTrack], str]
"""The URI of a track's chunklist in a master playlist."""
DEFAULT_PLAYLIST = "llhls"
BANDWIDTH_WHEN_UNKNOWN = 1_000_000
_MACRO = re.compile(r"\$\{(\w+)\}")


def playlists(profile: OutputProfile, publisher: LlhlsPublisher | None, tracks: Sequence[OutputTrack]) -> Iterator[PlaylistSettings]:
    """The default playlist, of the first video and the first audio, and those of the profile, which may take its name."""
    if publisher and publisher.create_default_playlist and tracks:
        yield default_playlist(f"{DEFAULT_PLAYLIST}_default", DEFAULT_PLAYLIST, *first_variants(tracks))
    yield from profile.playlists


def first_variants(tracks: Sequence[OutputTrack]) -> Iterator[str | None]:
    """The variants of the first video and of the first audio."""
    return (next((track.variant for track in tracks if track.kind is kind), None) for kind in (MediaKind.VIDEO, MediaKind.AUDIO))


def default_playlist(name: str, file_name: str, video: str | None, audio: str | None) -> PlaylistSettings:
    """A playlist that a publisher makes by itself (recorded: story abr-two-playlists)."""
    return PlaylistSettings(name, file_name, (RenditionSettings("default", video, audio),), webrtc_auto_abr=False)


def is_default(playlist: PlaylistSettings) -> bool:
    """Says if LL-HLS made this playlist by itself."""
    return playlist.name == f"{DEFAULT_PLAYLIST}_default"


def with_templates(playlist: PlaylistSettings, tracks: Sequence[Track]) -> PlaylistSettings:
    """A playlist with its own renditions, then those of its templates; a taken name gets a number, as in `720p_1`."""
    renditions = list(playlist.renditions)
    for template in playlist.templates:
        for made in _renditions(template, tracks):
            taken = {rendition.name for rendition in renditions}
            names = (f"{made.name}_{number}" if number else made.name for number in count())
            renditions.append(made._replace(name=next(name for name in names if name not in taken)))
    return playlist._replace(renditions=tuple(renditions), templates=())


def _renditions(template: RenditionTemplate, tracks: Sequence[Track]) -> Iterator[RenditionSettings]:
    """Renditions of each video with each audio; macros in the name are replaced from the video first, then from the audio."""
    for video in _fitting(template.video, VideoEncode, tracks):
        for audio in _fitting(template.audio, AudioEncode, tracks):
            qualities = {**_qualities(audio), **_qualities(video)}
            if qualities:
                name = _fill(template.name, qualities)
                yield RenditionSettings(name, video.variant if video else None, audio.variant if audio else None)


def _fill(name: str, qualities: Qualities) -> str:
    return _MACRO.sub(lambda match: str(qualities.get(match[1], match[0])), name)


def _fitting(template: TrackTemplate | None, kind: type[VideoEncode | AudioEncode], tracks: Sequence[Track]) -> Sequence[Track | None]:
    if template is None:
        return [None]
    return [track for track in tracks if isinstance(track.encode, kind) and _fits(template, track)]


def _fits(template: TrackTemplate, track: Track) -> bool:
    is_bypassed = track.encode is not None and track.encode.bypass
    if template.variant not in {"", track.variant} or template.encoding == ("encoded" if is_bypassed else "bypassed"):
        return False
    qualities = _qualities(track)
    return all(least <= (has := qualities.get(name, 0)) and (not most or has <= most) for name, least, most in template.bounds)


def _qualities(track: Track | None) -> Qualities:
    """The qualities of a track by the names of their macros: the configured ones, or else those of the packaged track."""
    encode = track.encode if track else None
    has = {} if track is None or isinstance(track, UnpackagedTrack) else vars(track)
    if isinstance(encode, VideoEncode):
        return {
            "Width": encode.width or has.get("width", 0),
            "Height": encode.height or has.get("height", 0),
            "Framerate": encode.framerate or has.get("frame_rate", 0),
            "Bitrate": encode.bitrate or has.get("bitrate", 0),
        }
    if isinstance(encode, AudioEncode):
        return {
            "Samplerate": encode.samplerate,
            "Channel": encode.channels or has.get("channels", 0),
            "Bitrate": encode.bitrate or has.get("bitrate", 0),
        }
    return {}


def master_playlist(
    playlist: PlaylistSettings,
    tracks: Sequence[OutputTrack],
    unpackaged: AbstractSet[str],
    uri: Uri,
    rules: VersionRules,
    subtitles: Sequence[SubtitleTrack] = (),
) -> MultivariantPlaylist:
    """A playlist as text names it; it has an audio group wherever a rendition has both kinds (playlists.md#master-playlist).

    Renditions with an `unpackaged` variant are left out, because LL-HLS can't play all of them.
    """
    by_variant: dict[str, list[OutputTrack]] = {}
    for track in tracks:
        by_variant.setdefault(track.variant, []).append(track)
    variants, groups = [], set()
    for rendition in playlist.renditions:
        if unpackaged & {rendition.video, rendition.audio}:
            continue
        videos = by_variant.get(rendition.video or "", [])
        audios = by_variant.get(rendition.audio or "", [])
        if (videos and audios) or len(audios) > 1:
            groups.add(audios[0].variant)
        variants += [_variant(track, audios, uri) for track in videos] or [_variant(track, audios, uri) for track in audios[:1]]
    renditions = [
        _audio_rendition(group, track, uri, rules, is_first=position == 0)
        for group in sorted(groups, key=str.encode)
        for position, track in enumerate(by_variant[group])
    ]
    texts = subtitle_renditions(subtitles, uri)
    grouped = (variant._replace(subtitle_group=SUBTITLES if texts else None) for variant in variants)
    return MultivariantPlaylist(tuple(renditions), tuple(grouped), rules.master_playlist_version, rules.lines_before_variants, texts)


def subtitle_renditions(subtitles: Sequence[SubtitleTrack], uri: Uri) -> tuple[SubtitleRendition, ...]:
    """The subtitles as a master playlist names them, all in one group (playlists.md#subtitles-in-lists)."""
    return tuple(
        SubtitleRendition(SUBTITLES, said.label, said.language, uri(track), said.default, said.auto_select, said.forced)
        for track in subtitles
        for said in [track.rendition]
    )


def _audio_rendition(group: str, track: OutputTrack, uri: Uri, rules: VersionRules, *, is_first: bool) -> AudioRendition:
    name = f"{track.public_name}_{track.id}" if rules.audio_names_have_track_ids else track.public_name
    if not rules.audio_is_default:
        return AudioRendition(group, name, track.channels, uri(track), default=False, autoselect=False, forced=False)
    return AudioRendition(group, name, track.channels, uri(track), default=is_first)


def _variant(track: OutputTrack, audios: list[OutputTrack], uri: Uri) -> Variant:
    if track.kind is MediaKind.AUDIO:
        group = track.variant if len(audios) > 1 else None
        return Variant(track.bitrate or BANDWIDTH_WHEN_UNKNOWN, (track.codec,), uri(track), audio_group=group)
    audio = audios[:1]
    bandwidth = track.bitrate + sum(each.bitrate for each in audio)
    return Variant(
        bandwidth or BANDWIDTH_WHEN_UNKNOWN,
        (track.codec, *(each.codec for each in audio)),
        uri(track),
        (track.width, track.height),
        track.frame_rate,
        audio[0].variant if audio else None,
    )
