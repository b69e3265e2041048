from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ome_mock.emulator import Emulator
from ome_mock.web.diagnosis import Asked, diagnose

HOST = "127.0.0.1:8081"
STREAMS = [
    "default/app/stream",
    "default/app/camera1",
    "default/plain/cam",
    "default/radio/stream",
    "second/show/concert",
    "second/voice/speaker",
]

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


WORLD = (
    "<Server version='8'><Managers><API><AccessToken>{token}</AccessToken></API></Managers><VirtualHosts>{hosts}</VirtualHosts></Server>"
)
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


@pytest.fixture
def emulate(tmp_path: Path) -> Callable[..., Emulator]:
    """An emulator of two virtual hosts with six applications and six connected streams."""

    def emulate(dialect: str = "docs", token: str = "ome-access-token") -> Emulator:
        config = tmp_path / "Server.xml"
        config.write_text(WORLD.format(token=token, hosts=HOSTS))
        return Emulator(dialect=dialect, config=config, streams=STREAMS, root=tmp_path / "root")

    return emulate


@pytest.fixture
def ask() -> Callable[..., tuple[int, tuple[str, ...]]]:
    """Send a request; its status and its diagnosis."""

    def ask(
        emulator: Emulator, method: str, target: str, body: bytes = b"", headers: tuple[tuple[str, str], ...] | None = None
    ) -> tuple[int, tuple[str, ...]]:
        sent = (("Authorization", emulator.authorization),) if headers is None else headers
        answer = emulator.app.test_client().open(
            base_url=f"http://{HOST}", method=method, data=body, headers=sent, environ_overrides={"REQUEST_URI": target}
        )
        asked = Asked(method, target, (("Host", HOST), *sent), body, answer.status_code)
        return answer.status_code, diagnose(asked, emulator.engine)

    return ask
