"""A configuration of two virtual hosts, in which a client can be wrong about each name."""

from __future__ import annotations

from server_xml import server_xml

PROFILE = (
    "<OutputProfile><Name>{name}</Name><OutputStreamName>{output}</OutputStreamName><Encodes>"
    "<Video><Name>v</Name><Bypass>true</Bypass></Video><Audio><Name>a</Name><Bypass>true</Bypass></Audio></Encodes>"
    "<Playlist><Name>abr</Name><FileName>abr</FileName><Rendition><Name>r</Name><Video>v</Video><Audio>a</Audio></Rendition></Playlist>"
    "</OutputProfile>"
)
OPUS = (
    "<OutputProfile><Name>opus</Name><OutputStreamName>${OriginStreamName}</OutputStreamName><Encodes>"
    "<Audio><Name>a</Name><Codec>opus</Codec><Bitrate>64000</Bitrate><Samplerate>48000</Samplerate><Channel>2</Channel></Audio>"
    "</Encodes></OutputProfile>"
)
APP = (
    "<Application><Name>{name}</Name><Type>live</Type><OutputProfiles>{profiles}</OutputProfiles><Providers><RTMP/></Providers>"
    "<Publishers>{publishers}</Publishers></Application>"
)
LLHLS = "<LLHLS><SegmentDuration>6</SegmentDuration><ChunkDuration>0.5</ChunkDuration></LLHLS>"


def application(name: str, publishers: str = LLHLS, **profiles: str) -> str:
    made = "".join(PROFILE.format(name=name, output=output) for name, output in profiles.items())
    return APP.format(name=name, profiles=made, publishers=publishers)


def virtual_host(name: str, *applications: str) -> str:
    names = "<Host><Names><Name>*</Name></Names></Host>"
    return f"<VirtualHost><Name>{name}</Name>{names}<Applications>{''.join(applications)}</Applications></VirtualHost>"


WORLD = server_xml("<VirtualHosts>{hosts}</VirtualHosts>", "{token}")
HOSTS = virtual_host(
    "default",
    application("app", one="${OriginStreamName}", two="${OriginStreamName}_hq"),
    application("plain", only="${OriginStreamName}_out"),
    application("radio", "<WebRTC/>", one="${OriginStreamName}"),
    application("idle", one="${OriginStreamName}"),
) + virtual_host(
    "second",
    application("show", one="${OriginStreamName}"),
    APP.format(name="voice", profiles=OPUS, publishers=LLHLS),
)
