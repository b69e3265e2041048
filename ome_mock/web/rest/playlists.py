"""The playlists of an output stream, as the description of its input stream lists them (rest-api.md#stream-document)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...engine.renditions import default_playlist, is_default
from ...engine.stream import OutputStream
from ...settings import ApplicationSettings, AudioEncode, PlaylistSettings, VideoEncode
from ..envelope import without_empty
from . import Api
from .encoders import codec_name
from .track_json import JsonObject

DEFAULT_PLAYLISTS = (("hls", "hls_default", "playlist", "AAC"), ("webrtc", "webrtc_default", "webrtc_default", "OPUS"))
"""The publishers' default playlists: publisher, name, file name, and the codec of its audio (recorded: configurations)."""


def describe_playlists(api: Api, application: ApplicationSettings, output: OutputStream, now_ns: int) -> list[JsonObject]:
    """The playlists of an output, in the order of their file names."""
    playlists = _playlists(api, application, output, now_ns)
    return [_described(playlists[file_name]) for file_name in sorted(playlists)]


def _playlists(api: Api, application: ApplicationSettings, output: OutputStream, now_ns: int) -> dict[str, PlaylistSettings]:
    """The playlists by file name: those of the profile, and the publishers' own once they have taken up the stream."""
    if not output.is_taken_up(now_ns):
        return {name: playlist for name, playlist in output.playlists.items() if not is_default(playlist)}
    return {each.file_name: each for each in _default_playlists(api, application, output)} | output.playlists


def _default_playlists(api: Api, application: ApplicationSettings, output: OutputStream) -> Iterator[PlaylistSettings]:
    """The default playlists of publishers other than LL-HLS for which the server has a port."""
    encodes = [(track.variant, track.encode) for track in output.all_tracks]
    for publisher, name, file_name, audio_codec in DEFAULT_PLAYLISTS if api.dialect.every_publisher_has_default_playlist else ():
        if publisher in application.publishers and api.engine.world.binds(publisher) and _makes_default(application, publisher):
            videos = [variant for variant, encode in encodes if isinstance(encode, VideoEncode)]
            audios = [variant for variant, encode in encodes if isinstance(encode, AudioEncode) and codec_name(encode) == audio_codec]
            is_made = videos or audios or (publisher == "webrtc" and any(encode for _, encode in encodes))
            if is_made:  # WebRTC lists even a rendition without tracks (recorded: configurations, `e68b93a6.mended`)
                playlist = default_playlist(name, file_name, next(iter(videos), None), next(iter(audios), None))
                yield playlist._replace(enable_ts_packaging=publisher == "hls")


def _makes_default(application: ApplicationSettings, publisher: str) -> bool:
    settings = application.document.get("publishers", {}).get(publisher)
    said = settings.get("createDefaultPlaylist", True) if isinstance(settings, Mapping) else True
    return str(said).strip().lower() != "false"


def _described(playlist: PlaylistSettings) -> JsonObject:
    return {
        "name": playlist.name,
        "fileName": playlist.file_name,
        "options": {
            "webrtcAutoAbr": playlist.webrtc_auto_abr,
            "hlsChunklistPathDepth": playlist.chunklist_path_depth,
            "enableTsPackaging": playlist.enable_ts_packaging,
        },
        "renditions": [
            without_empty({"name": each.name, "videoVariantName": each.video, "audioVariantName": each.audio})
            for each in playlist.renditions
        ],
    }
