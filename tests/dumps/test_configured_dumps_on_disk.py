"""Configured dumps on disk, and as the REST API lists them."""

from __future__ import annotations

from pathlib import Path

import pytest
from dump_api import DumpApi, listed, names
from dump_fixtures import Lines

from ome_mock.emulator import Emulator

SERVER_XML = """
<Server version="8">
    <Name>OvenMediaEngine</Name><Type>origin</Type><IP>*</IP>
    <Bind><Managers><API><Port>8081</Port></API></Managers><Publishers><LLHLS><Port>3333</Port></LLHLS></Publishers></Bind>
    <Managers><API><AccessToken>t</AccessToken></API></Managers>
    <VirtualHosts><VirtualHost>
        <Name>default</Name>
        <Applications><Application>
            <Name>app</Name><Type>live</Type>
            <OutputProfiles><OutputProfile>
                <Name>p</Name><OutputStreamName>${OriginStreamName}</OutputStreamName>
                <Encodes>
                    <Video><Name>v</Name><Bypass>true</Bypass></Video>
                    <Audio><Name>a</Name><Bypass>true</Bypass></Audio>
                </Encodes>
            </OutputProfile></OutputProfiles>
            <Publishers><LLHLS>
                <SegmentDuration>2</SegmentDuration>
                <Dumps>
                    <Dump>
                        <Enable>true</Enable><TargetStreamName>str*</TargetStreamName>
                        <Playlists><Playlist>llhls.m3u8</Playlist></Playlists>
                        <OutputPath>/vod/${VHostName}_${StreamName}_${YYYY}</OutputPath>
                    </Dump>
                    <Dump>
                        <Enable>false</Enable><TargetStreamName>*</TargetStreamName><OutputPath>/never</OutputPath>
                    </Dump>
                </Dumps>
            </LLHLS></Publishers>
        </Application></Applications>
    </VirtualHost></VirtualHosts>
</Server>
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "Server.xml"
    path.write_text(SERVER_XML)
    return path


def test_stream_that_was_there_from_the_start_has_been_dumped_from_its_first_segment(root: Path, config: Path) -> None:
    emulator = Emulator(root=root, config=config, streams=["default/app/stream"])
    api = DumpApi(emulator)

    assert api.dumps() == [{"enabled": True, "outputPath": "/vod/default_stream_2025", "playlist": ["llhls.m3u8"]}]
    (chunklist,) = (root / "vod" / "default_stream_2025").glob("chunklist_0_*")
    segments = listed(chunklist.read_text())
    assert [segment.split("_")[2] for segment in segments] == [str(number) for number in range(31)]
    emulator.clock.advance(2)
    assert len(listed(chunklist.read_text())) == 32


def test_stream_that_comes_later_is_dumped_once_it_has_a_segment(root: Path, config: Path) -> None:
    emulator = Emulator(root=root, config=config, streams=[])
    emulator.connect("default/app/strange", ready=True)
    emulator.connect("default/app/other", ready=True)
    assert names(root) == set()
    emulator.clock.advance(3)
    assert names(root) == {"vod"}
    assert names(root / "vod") == {"default_strange_2026"}


def test_directory_that_must_not_be_written_ends_it_with_a_line_in_the_log(tmp_path: Path, config: Path, dumps_log: Lines) -> None:
    config.write_text(SERVER_XML.replace("/vod/", "/non-existent/"))
    emulator = Emulator(config=config, streams=["default/app/stream"])
    assert [dump["enabled"] for dump in DumpApi(emulator).dumps()] == [False]
    assert any("/non-existent/default_stream_2025" in line and "--root" in line for line in dumps_log.warnings)
