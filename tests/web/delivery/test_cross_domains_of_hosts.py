"""The origins that a virtual host allows, which older engines take for those of its publishers."""

from __future__ import annotations

from pathlib import Path

import pytest
from server_xml import server_xml

from ome_mock.emulator import Emulator

HOST = """
<VirtualHosts><VirtualHost><Name>v</Name><Host><Names><Name>*</Name></Names></Host>{}<Applications><Application><Name>a</Name>
<Type>live</Type><OutputProfiles><OutputProfile><Name>p</Name><OutputStreamName>o</OutputStreamName>
<Encodes><Video><Bypass>true</Bypass></Video></Encodes></OutputProfile></OutputProfiles><Providers><RTMP/></Providers>
<Publishers><LLHLS>{}</LLHLS></Publishers></Application></Applications></VirtualHost></VirtualHosts>
"""
OF_HOST = "<CrossDomains><Url>https://host.example</Url></CrossDomains>"
OF_PUBLISHER = "<CrossDomains><Url>https://publisher.example</Url></CrossDomains>"


@pytest.mark.parametrize(
    ("dialect", "host", "publisher", "allowed"),
    [
        pytest.param("engine-0.19", OF_HOST, "", "https://host.example", id="older engine"),
        pytest.param("engine-0.19", OF_HOST, OF_PUBLISHER, None, id="publisher with its own"),
        pytest.param("engine-0.19", "", "", None, id="nobody says so"),
        pytest.param("engine-0.20", OF_HOST, "", None, id="newer engine"),
        pytest.param("docs", OF_HOST, "", None, id="documentation"),
    ],
)
def test_origin_of_a_virtual_host(tmp_path: Path, dialect: str, host: str, publisher: str, allowed: str | None) -> None:
    config = server_xml(HOST.format(host, publisher)).encode()
    emulator = Emulator(config=config, dialect=dialect, streams=["v/a/s"], root=tmp_path)
    answer = emulator.llhls_app.test_client().get("/a/o/llhls.m3u8", headers={"Origin": "https://host.example"})
    assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (200, allowed)


@pytest.mark.parametrize(("dialect", "is_said"), [("engine-0.19", False), ("engine-0.21", True)])
def test_log_says_where_it_has_no_effect(caplog: pytest.LogCaptureFixture, dialect: str, is_said: bool) -> None:
    Emulator(config=server_xml(HOST.format(OF_HOST, "")).encode(), dialect=dialect, streams=[])
    assert ("VirtualHost/CrossDomains" in caplog.text) is is_said
