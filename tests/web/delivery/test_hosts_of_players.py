"""The log names what a bare 404 doesn't tell a player: that no virtual host has the name that was asked."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from server_xml import server_xml

from ome_mock.emulator import Emulator

WORLD = """
<VirtualHosts><VirtualHost><Name>v</Name><Host><Names><Name>video.example</Name></Names></Host><Applications><Application><Name>a</Name>
<Type>live</Type><OutputProfiles><OutputProfile><Name>p</Name><OutputStreamName>o</OutputStreamName><Encodes>
<Video><Bypass>true</Bypass></Video><Image><Codec>png</Codec><Framerate>1</Framerate></Image></Encodes></OutputProfile></OutputProfiles>
<Providers><RTMP/></Providers><Publishers><LLHLS/><Thumbnail/></Publishers></Application></Applications></VirtualHost></VirtualHosts>
"""
SAID = "no virtual host has the name 127.0.0.1:3333 in its <Host><Names>, so the player finds nothing"


@pytest.fixture
def players() -> dict[str, FlaskClient]:
    """Test clients of the publishers, by the file that each is asked for."""
    config = server_xml(WORLD).replace("</HLS><WebRTC>", "</HLS><Thumbnail><Port>20080</Port></Thumbnail><WebRTC>")
    emulator = Emulator(config=config.encode(), streams=["v/a/s"])
    return {"llhls.m3u8": emulator.llhls_app.test_client(), "thumb.png": emulator.thumbnail_app.test_client()}


@pytest.mark.parametrize("file", ["llhls.m3u8", "thumb.png"])
def test_name_that_no_virtual_host_has_is_logged(players: dict[str, FlaskClient], caplog: pytest.LogCaptureFixture, file: str) -> None:
    caplog.clear()
    assert players[file].get(f"/a/o/{file}", headers={"Host": "127.0.0.1:3333"}).status_code == 404
    assert SAID in caplog.messages
    caplog.clear()
    assert players[file].get(f"/a/o/{file}", headers={"Host": "video.example:3333"}).status_code == 200
    assert SAID not in caplog.messages
