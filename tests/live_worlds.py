"""Worlds whose application publishes live lists, for tests of players and of what lies on the disk."""

from __future__ import annotations

from pathlib import Path

from server_xml import server_xml

VHOST = """
<VirtualHosts><VirtualHost><Name>default</Name><Host><Names><Name>*</Name></Names></Host><Applications><Application><Name>app</Name>
<Type>live</Type><OutputProfiles><OutputProfile><Name>p</Name><OutputStreamName>${{OriginStreamName}}</OutputStreamName>
{playlists}<Encodes><Video><Name>v</Name><Bypass>true</Bypass></Video><Audio><Name>a</Name><Bypass>true</Bypass></Audio></Encodes>
</OutputProfile></OutputProfiles><Providers><RTMP/></Providers><Publishers>{publishers}</Publishers>
</Application></Applications></VirtualHost></VirtualHosts>
"""
TIMES = "<SegmentDuration>2</SegmentDuration><SegmentCount>4</SegmentCount>"


def llhls(inside: str = "") -> str:
    return f"<LLHLS>{TIMES}<ChunkDuration>0.5</ChunkDuration>{inside}</LLHLS>"


def hls(inside: str = "") -> str:
    return f"<HLS>{TIMES}{inside}</HLS>"


def ts_playlist(name: str, video: str = "v", audio: str = "a") -> str:
    """A playlist for MPEG-TS with one rendition."""
    tracks = (video and f"<Video>{video}</Video>") + (audio and f"<Audio>{audio}</Audio>")
    options = "<Options><EnableTsPackaging>true</EnableTsPackaging></Options>"
    return f"<Playlist><Name>{name}</Name><FileName>{name}</FileName>{options}<Rendition><Name>r</Name>{tracks}</Rendition></Playlist>"


def write_world(path: Path, publishers: str, playlists: str = "") -> Path:
    path.write_text(server_xml(VHOST.format(publishers=publishers, playlists=playlists)))
    return path
