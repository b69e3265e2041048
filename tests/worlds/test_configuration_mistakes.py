"""What the engine refuses in a Server.xml is refused in one line, which names file, element and what is wrong."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st
from server_xml import server_xml
from worlds.pieces import (
    APPLICATION,
    AT_APPLICATION,
    AT_LLHLS,
    AT_PROFILE,
    AT_VIDEO,
    HOST,
    NAMED_HOST,
    WITHOUT_ANYTHING,
    in_application,
    in_llhls,
    in_profile,
    in_video,
    read,
)

from ome_mock.dialect.finding import find_dialect
from ome_mock.errors import ConfigurationError
from ome_mock.worlds.server_xml import read_configuration, read_server_xml

NAMES = [
    "Name",
    "Type",
    "Applications",
    "Application",
    "Host",
    "Names",
    "OutputProfiles",
    "OutputProfile",
    "Encodes",
    "Video",
    "Publishers",
]


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        pytest.param(b"", "it holds no element", id="empty file"),
        pytest.param(b"hello", "it holds no element", id="no XML"),
        pytest.param(b"<?xml version='1.0'?>", "it holds no element", id="declaration alone"),
        pytest.param(b"<Server><A></Server>", "mismatched tag: line 1, column 13", id="element that is not closed"),
        pytest.param(b"<!-- a\n--><Server>\n<A></Server>", "mismatched tag: line 3, column 5", id="line of a mistake"),
        pytest.param(b'<?xml version="1.0" encoding="nope"?><Server/>', "unknown encoding: nope", id="unknown encoding"),
        pytest.param(b"<Origin/>", "its root is Origin, not Server", id="other root"),
        pytest.param(b"<Server/>", "Server: the attribute version is missing", id="no version"),
        pytest.param(b"<Server version=''/>", "Server: version '' is not a number", id="empty version"),
        pytest.param(b"<Server version='eight'/>", "Server: version 'eight' is not a number", id="version that is no number"),
        pytest.param(b"<Server version='8'/>", "Server: Type is missing", id="empty server"),
    ],
)
def test_mistake_in_a_file_is_one_line(xml: bytes, reason: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_server_xml(xml, "my.xml", {})
    assert str(raised.value) == f"my.xml: {reason}"


def test_old_version_is_told_what_has_changed() -> None:
    with pytest.raises(ConfigurationError, match=r"^my.xml: Server: version '7' is outdated: since version 8 .*<OutputProfiles>"):
        read_server_xml(b"<Server version='7'/>", "my.xml")


@pytest.mark.parametrize("version", ["8", "9", "8.1", " 8 ", "10"])
def test_newer_versions_are_taken(version: str) -> None:
    xml = server_xml("", "t").replace("version='8'", f"version='{version}'")
    assert read_server_xml(xml.encode(), "my.xml") == WITHOUT_ANYTHING


PORT = "<Port>8081</Port>"
NO_PORT = "is not a port from 1 to 65535"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<Type>origin</Type>", "", "Server: Type is missing"),
        ("<Type>origin</Type>", "<Type>relay</Type>", "Server: Type 'relay' is not origin or edge"),
        ("<Type>origin</Type>", "<Type>Origin</Type>", "Server: Type 'Origin' is not origin or edge"),
        ("<IP>*</IP>", "", "Server: IP is missing"),
        ("<IP>*</IP>", "<IP>nonsense</IP>", "Server: IP 'nonsense' is not an address"),
        ("<Bind>", "<Bind ignore='true'>", "Server: Bind is missing"),
        (PORT, "<Port>http</Port>", f"Bind / Managers / API: Port 'http' {NO_PORT}"),
        (PORT, "<Port>-1</Port>", f"Bind / Managers / API: Port '-1' {NO_PORT}"),
        (PORT, "<Port>70000</Port>", f"Bind / Managers / API: Port '70000' {NO_PORT}"),
        (PORT, "<Port>0</Port>", f"Bind / Managers / API: Port '0' {NO_PORT}"),
        (PORT, "<Port/>", f"Bind / Managers / API: Port '' {NO_PORT}"),
        (PORT, "<Port>${env:NOPE_}</Port>", f"Bind / Managers / API: Port '' {NO_PORT}"),
        (PORT, "<Port>8081/sctp</Port>", "Bind / Managers / API: Port 'sctp' is not tcp, udp or srt"),
        (PORT, "<WorkerCount>0</WorkerCount>", "Bind / Managers / API: WorkerCount is 0, or no number"),
        (PORT, "<WorkerCount>x</WorkerCount>", "Bind / Managers / API: WorkerCount is 0, or no number"),
        (PORT, "<TLSPort>3333</TLSPort>", "Bind: port 3333 is plain for one server and for TLS for another"),
        ("<LLHLS><Port>3333</Port></LLHLS>", "<DASH/>", "Bind / Publishers: DASH is unknown (engines until 0.13 knew it)"),
    ],
)
def test_mistake_in_what_the_server_is_bound_to(old: str, new: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_server_xml(server_xml("").replace(old, new, 1).encode(), "my.xml")
    assert str(raised.value) == f"my.xml: {reason}"


TWO_HOSTS = "<VirtualHosts><VirtualHost><Name>v</Name></VirtualHost><VirtualHost><Name>v</Name></VirtualHost></VirtualHosts>"
ONE_PROFILE = "<OutputProfiles><OutputProfile>{}</OutputProfile></OutputProfiles>"
ONE_APPLICATION = "<Applications><Application><Name>a</Name>{}</Application></Applications>"


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (HOST.format(""), "VirtualHost: Name is missing"),
        (TWO_HOSTS, "Server: VirtualHost v stands more than once"),
        (NAMED_HOST.format(ONE_APPLICATION.format("")), f"{AT_APPLICATION}: Type is missing"),
        (NAMED_HOST.format(ONE_APPLICATION.format("<Type>dead</Type>")), f"{AT_APPLICATION}: Type 'dead' is not live or vod"),
        (NAMED_HOST.format(ONE_APPLICATION.format("<Type> live</Type>")), f"{AT_APPLICATION}: Type ' live' is not live or vod"),
        (NAMED_HOST.format(f"<Applications>{APPLICATION * 2}</Applications>"), "VirtualHost v: Application a stands more than once"),
        (in_application("<Webhooks/>"), f"{AT_APPLICATION}: Webhooks is unknown (older engines knew it)"),
        (in_application(ONE_PROFILE.format("")), f"{AT_APPLICATION} / OutputProfile: Name is missing"),
        (in_application(ONE_PROFILE.format("<Name>p</Name>")), f"{AT_PROFILE}: OutputStreamName is missing"),
        (in_profile("<Playlist><Name>l</Name></Playlist>"), f"{AT_PROFILE} / Playlist l: FileName is missing"),
        (
            in_profile("<Playlist><FileName>f</FileName><Rendition><Name>r</Name><Video>nope</Video></Rendition></Playlist>"),
            f"{AT_PROFILE}: [Renditions] Video profile not found: nope",
        ),
        (in_profile("<Playlist><FileName>f</FileName></Playlist>" * 2), f"{AT_PROFILE}: Duplicate playlist file name: f"),
        (
            in_profile(f"<Playlist><FileName>f</FileName>{'<Rendition><Name>r</Name></Rendition>' * 2}</Playlist>"),
            f"{AT_PROFILE} / Playlist: Duplicate rendition name: r",
        ),
        (in_video("<Bypass>true</Bypass><BFrames>17</BFrames>"), f"{AT_VIDEO}: BFrames '17' is not a number from 0 to 16"),
        (
            in_video("<Bypass>true</Bypass><Preset>best</Preset>"),
            f"{AT_VIDEO}: Preset 'best' is not slower, slow, medium, fast or faster",
        ),
        (in_video("<Bypass>perhaps</Bypass>"), f"{AT_VIDEO}: Codec must be specified when bypass is false"),
        (in_video(""), f"{AT_VIDEO}: Codec must be specified when bypass is false"),
        (in_video("<Codec>h264</Codec>"), f"{AT_VIDEO}: Bitrate must be specified when bypass is false"),
        (in_video("<Codec>h264</Codec><Bitrate>abc</Bitrate>"), f"{AT_VIDEO}: Bitrate must be greater than 0"),
        (in_llhls("<Dumps><Dump><Enable>true</Enable></Dump></Dumps>"), f"{AT_LLHLS} / Dump: TargetStreamName is missing"),
        (in_llhls("<Dumps><Dump/></Dumps>"), f"{AT_LLHLS} / Dump: Enable is missing"),
        (in_llhls("yes"), f"{AT_LLHLS}: there is text between its elements"),
        (in_llhls("<Nope/>"), f"{AT_LLHLS}: Nope is unknown"),
        (
            in_application("<Providers><OVT><PacketSilenceTimeoutMs>1</PacketSilenceTimeoutMs></OVT></Providers>"),
            f"{AT_APPLICATION} / Providers / OVT: PacketSilenceTimeoutMs is not supported for this provider type: OVT",
        ),
        (
            "<Alert><Rules><Ingress><MinBitrate>x</MinBitrate></Ingress></Rules></Alert>",
            "Alert / Rules / Ingress: MinBitrate must be greater than 0",
        ),
    ],
)
def test_mistake_is_named_by_its_path(xml: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(xml)
    assert str(raised.value) == f"my.xml: {reason}"


@pytest.mark.parametrize(
    ("xml", "advice"),
    [
        ("<AccessToken/>", "it belongs in Server/Managers/API"),
        ("<TLS/>", "it belongs in Server/Managers/Host or VirtualHost/Host"),
        (in_application("<Publishers><Names/></Publishers>"), "it belongs in Server/Managers/Host or VirtualHost/Host"),
        (in_application("<Publishers><llhls/></Publishers>"), "did you mean LLHLS?"),
        (in_llhls("<Dump/>"), "did you mean Dumps?"),
        (in_llhls("<SegmentsDuration/>"), "did you mean SegmentDuration?"),
        (in_llhls("<Name/>"), ""),
    ],
)
def test_unknown_element_is_told_what_it_was_probably_meant_to_be(xml: str, advice: str) -> None:
    with pytest.raises(ConfigurationError, match=f" is unknown{re.escape(f' ({advice})') if advice else ''}$"):
        read(xml)


@pytest.mark.parametrize(("dialect", "advice"), [("engine-0.20", " (it belongs in Server)"), ("engine-0.19", "")])
def test_no_element_is_advised_that_does_not_exist_yet(dialect: str, advice: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_configuration(server_xml(HOST.format("<Defaults/>")).encode(), rules=find_dialect(dialect))
    assert str(raised.value) == f"config: VirtualHost: Defaults is unknown{advice}"


@pytest.mark.parametrize("xml", ["<Nope/>", in_llhls("<Nope><Deeper/></Nope>"), in_application("<Publishers><DASH/></Publishers>")])
def test_unknown_elements_are_left_out_where_they_are_not_refused(caplog: pytest.LogCaptureFixture, xml: str) -> None:
    world = read_server_xml(server_xml(xml, "t").encode(), "my.xml", refuses_unknown=False)
    assert (world.access_token, "unknown: " in caplog.text) == ("t", True)


@given(st.recursive(st.none() | st.text(max_size=3), lambda inner: st.dictionaries(st.sampled_from(NAMES), inner | st.lists(inner))))
def test_no_tree_of_elements_is_more_than_a_mistake(tree: dict[str, Any] | str | None) -> None:
    xml = xmltodict.unparse({"VirtualHosts": {"VirtualHost": tree}}, full_document=False)
    with suppress(ConfigurationError):
        read(xml)
