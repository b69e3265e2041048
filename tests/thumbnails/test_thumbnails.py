"""What players of thumbnails are answered; the recorded story is in tests/contract."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import av
import pytest
from fixture_types import Answer
from server_xml import server_xml

from ome_mock import OmeMock
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError

IMAGE = "<Image><Codec>{}</Codec><Framerate>{}</Framerate><Width>{}</Width><Height>{}</Height></Image>"
WORLD = """
<VirtualHosts><VirtualHost><Name>default</Name><Host><Names><Name>*</Name></Names></Host><Applications><Application><Name>app</Name>
<Type>live</Type><OutputProfiles><OutputProfile><Name>p</Name><OutputStreamName>${{OriginStreamName}}</OutputStreamName>
<Encodes><Video><Name>v</Name><Bypass>true</Bypass></Video>{images}</Encodes></OutputProfile></OutputProfiles><Providers><RTMP/></Providers>
<Publishers><LLHLS/><Thumbnail/></Publishers></Application></Applications></VirtualHost></VirtualHosts>
"""


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        number: int = bound.getsockname()[1]
    return number


Thumb = Callable[..., tuple[Callable[[str], Answer], Emulator]]


@pytest.fixture
def thumb(tmp_path: Path) -> Thumb:
    """Makes a function that asks for a file of the stream `s`, live for 16.5 s, of a world with these images."""

    def thumb(*images: str, seconds: float = 16.5, has_port: bool = True) -> tuple[Callable[[str], Answer], Emulator]:
        config = tmp_path / "Server.xml"
        text = server_xml(WORLD.format(images="".join(images)))
        port = "<Thumbnail><Port>20080</Port></Thumbnail>" if has_port else ""
        config.write_text(text.replace("</HLS><WebRTC>", f"</HLS>{port}<WebRTC>"))
        emulator = Emulator(config=config, streams=[])
        emulator.connect("default/app/s", audio=False)
        emulator.clock.advance(seconds)
        client = emulator.thumbnail_app.test_client()
        return lambda file: client.get(f"/app/s/{file}"), emulator

    return thumb


def size_of(picture: bytes) -> tuple[int, int]:
    with av.open(io.BytesIO(picture), "r") as container:
        stream = container.streams.video[0]
        return stream.width, stream.height


@pytest.mark.parametrize(("codec", "extension"), [("jpeg", "jpg"), ("png", "png"), ("webp", "webp")])
def test_format_that_is_encoded_is_served(codec: str, extension: str, thumb: Thumb) -> None:
    get, _ = thumb(IMAGE.format(codec, 1, 160, 90))

    answers = {each: get(f"thumb.{each}") for each in ("jpg", "png", "webp")}

    assert answers[extension].mimetype == f"image/{codec}"
    assert size_of(answers[extension].data) == (160, 90)
    assert {each.text for name, each in answers.items() if name != extension} == {"There is no thumbnail image"}


@pytest.mark.parametrize(("height", "served"), [(90, (160, 90)), (180, (160, 90)), (270, (640, 360)), (1080, (640, 360))])
def test_nearest_size_is_served(height: int, served: tuple[int, int], thumb: Thumb) -> None:
    get, _ = thumb(IMAGE.format("jpeg", 1, height * 16 // 9, height))

    assert size_of(get("thumb.jpg").data) == served


def test_picture_changes_each_second_and_repeats_with_the_loop(thumb: Thumb) -> None:
    get, emulator = thumb(IMAGE.format("png", 1, 160, 90))
    pictures = []
    for _ in range(18):
        pictures.append(get("thumb.png").data)
        emulator.clock.advance(0.5)

    assert pictures[0] == pictures[16]
    assert len({*pictures[1:17:2]}) == 8
    assert pictures[1] == pictures[2]


def test_slow_encoder_keeps_a_picture_for_longer(thumb: Thumb) -> None:
    get, emulator = thumb(IMAGE.format("png", 0.25, 160, 90))
    before = get("thumb.png").data
    emulator.clock.advance(3)

    assert get("thumb.png").data == before
    emulator.clock.advance(1)
    assert get("thumb.png").data != before


def test_stream_of_sound_alone_has_no_thumbnail(thumb: Thumb) -> None:
    get, emulator = thumb(IMAGE.format("png", 1, 160, 90))
    emulator.disconnect("default/app/s")
    emulator.connect("default/app/s", video=False, protocol="srt")
    emulator.clock.advance(3)

    assert get("thumb.png").text == "There is no thumbnail image"


def test_server_without_a_port_for_thumbnails_has_none(thumb: Thumb) -> None:
    get, _ = thumb(IMAGE.format("png", 1, 160, 90), has_port=False)

    assert (get("thumb.png").status_code, get("thumb.png").text) == (404, "")


def test_port_may_be_that_of_live_streams(tmp_path: Path) -> None:
    text = server_xml(WORLD.format(images=IMAGE.format("png", 1, 160, 90)))
    port = free_port()
    shared = text.replace("</HLS><WebRTC>", "</HLS><Thumbnail><Port>3333</Port></Thumbnail><WebRTC>").replace("3333", str(port))
    with OmeMock(config=shared.encode(), llhls_port=None, thumbnail_port=None, streams=["default/app/s"], root=tmp_path) as ome:
        assert (ome.llhls_port, ome.thumbnail_port) == (port, port)
        told = {}
        for name in ("thumb.png", "llhls.m3u8", "other.png", "nope"):
            connection = HTTPConnection("127.0.0.1", port)
            connection.request("GET", f"/app/s/{name}")
            answer = connection.getresponse()
            told[name] = answer.status, answer.headers["Content-Type"]
            connection.close()
    assert told == {
        "thumb.png": (200, "image/png"),
        "llhls.m3u8": (200, "application/vnd.apple.mpegurl"),
        "other.png": (404, "text/html"),
        "nope": (404, "text/html"),
    }


def test_port_is_a_free_one_in_python_or_none() -> None:
    with OmeMock() as ome, OmeMock(thumbnail_port=None) as other:
        assert ome.thumbnail_url == f"http://127.0.0.1:{ome.thumbnail_port}"
        with pytest.raises(ConfigurationError, match="thumbnails have no port: thumbnail_port=0 takes a free one"):
            other.thumbnail_url  # noqa: B018 (the attribute raises)
