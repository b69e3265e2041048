"""Reading OME's configuration file."""

from __future__ import annotations

import re
from fractions import Fraction
from importlib.resources import files

import pytest
from server_xml import server_xml
from worlds.pieces import DUMP, WITHOUT_ANYTHING, in_application, in_llhls, read, read_application, read_llhls, read_profile

from ome_mock.settings import (
    ApplicationSettings,
    AudioEncode,
    CacheControl,
    CrossDomains,
    DumpSettings,
    LlhlsPublisher,
    OutputProfile,
    RenditionSettings,
    VideoEncode,
    VirtualHostSettings,
)
from ome_mock.worlds.server_xml import read_server_xml


def test_smallest_world() -> None:
    assert read("") == WITHOUT_ANYTHING


def test_declaration_and_comments_are_passed_over() -> None:
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- a comment -->\n{server_xml("<!-- another --><Defaults/>", "t")}'
    assert read_server_xml(xml.encode(), "my.xml") == WITHOUT_ANYTHING


# One element or several


@pytest.mark.parametrize(
    ("xml", "cross_domains"),
    [
        pytest.param("", None, id="no defaults"),
        pytest.param("<Defaults/>", None, id="empty defaults"),
        pytest.param("<Defaults><CrossDomains/></Defaults>", CrossDomains(), id="no rule"),
        pytest.param("<Defaults><CrossDomains><Url>*</Url></CrossDomains></Defaults>", CrossDomains(("*",)), id="one rule"),
        pytest.param(
            "<Defaults><CrossDomains><Url>a</Url><Url>b</Url></CrossDomains></Defaults>", CrossDomains(("a", "b")), id="two rules"
        ),
    ],
)
def test_cross_domains(xml: str, cross_domains: CrossDomains | None) -> None:
    assert read(xml).cross_domains == cross_domains


@pytest.mark.parametrize("names", [(), ("a",), ("b", "a", "c")], ids=["none", "one", "several"])
def test_virtual_hosts_are_as_many_as_there_are(names: tuple[str, ...]) -> None:
    hosts = "".join(f"<VirtualHost><Name>{name}</Name></VirtualHost>" for name in names)
    assert read(f"<VirtualHosts>{hosts}</VirtualHosts>").virtual_hosts == tuple(VirtualHostSettings(name) for name in names)


@pytest.mark.parametrize("names", [(), ("*",), ("a.example", "*.b.example")], ids=["none", "one", "several"])
def test_host_names_are_as_many_as_there_are(names: tuple[str, ...]) -> None:
    host = "".join(f"<Name>{name}</Name>" for name in names)
    xml = f"<VirtualHosts><VirtualHost><Name>v</Name><Host><Names>{host}</Names></Host></VirtualHost></VirtualHosts>"
    assert read(xml).virtual_hosts == (VirtualHostSettings("v", names),)


@pytest.mark.parametrize("names", [(), ("a",), ("b", "a")], ids=["none", "one", "several"])
def test_applications_are_as_many_as_there_are(names: tuple[str, ...]) -> None:
    applications = "".join(f"<Application><Name>{name}</Name><Type>vod</Type></Application>" for name in names)
    xml = f"<VirtualHosts><VirtualHost><Name>v</Name><Applications>{applications}</Applications></VirtualHost></VirtualHosts>"
    assert read(xml).virtual_hosts[0].applications == tuple(ApplicationSettings(name, "vod") for name in names)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_output_profiles_are_as_many_as_there_are(count: int) -> None:
    profiles = "".join(
        f"<OutputProfile><Name>{number}</Name><OutputStreamName>s{number}</OutputStreamName></OutputProfile>" for number in range(count)
    )
    expected = tuple(OutputProfile(str(number), f"s{number}") for number in range(count))
    assert read_application(f"<OutputProfiles>{profiles}</OutputProfiles>").output_profiles == expected


# LL-HLS


def test_empty_publisher_has_the_defaults_of_the_engine() -> None:
    defaults = LlhlsPublisher(segment_duration_ms=10_000, chunk_duration_ms=500, segment_count=5, create_default_playlist=True)
    assert read_llhls("<LLHLS/>") == defaults
    assert read_llhls("<LLHLS></LLHLS>") == defaults


@pytest.mark.parametrize("xml", ["", "<WebRTC/>", "<HLS><SegmentDuration>4</SegmentDuration></HLS>"])
def test_absent_publisher_is_none(xml: str) -> None:
    assert read_llhls(xml) is None


@pytest.mark.parametrize("text", ["two", "", "0", "-2", "0.0001", "NaN"])
def test_duration_that_is_none_is_the_engines_default(text: str) -> None:
    assert read_llhls(f"<LLHLS><SegmentDuration>{text}</SegmentDuration></LLHLS>") == LlhlsPublisher()


def test_longest_duration_is_a_day() -> None:
    assert read_llhls("<LLHLS><SegmentDuration>1000000</SegmentDuration></LLHLS>") == LlhlsPublisher(segment_duration_ms=86_400_000)


def test_absent_publishers_are_none() -> None:
    assert read_application("").llhls is None
    assert read_application("<Publishers/>").llhls is None


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("6", 6_000), ("6.0", 6_000), ("0.2", 200), ("1.001", 1_001), ("0.3", 300), ("0.001", 1), ("2.9999", 2_999), (" 4 s", 4_000)],
)
def test_durations_are_seconds_read_exactly(text: str, milliseconds: int) -> None:
    publisher = read_llhls(f"<LLHLS><SegmentDuration>{text}</SegmentDuration><ChunkDuration>{text}</ChunkDuration></LLHLS>")
    assert publisher is not None
    assert (publisher.segment_duration_ms, publisher.chunk_duration_ms) == (milliseconds, milliseconds)


@pytest.mark.parametrize(
    ("xml", "is_created"),
    [
        pytest.param("", True, id="absent"),
        pytest.param("<CreateDefaultPlaylist/>", False, id="empty"),
        pytest.param("<CreateDefaultPlaylist>1</CreateDefaultPlaylist>", True, id="a number"),
        pytest.param("<CreateDefaultPlaylist>yes</CreateDefaultPlaylist>", False, id="no flag"),
        pytest.param("<CreateDefaultPlaylist>true</CreateDefaultPlaylist>", True, id="true"),
        pytest.param("<CreateDefaultPlaylist>True</CreateDefaultPlaylist>", True, id="true in another case"),
        pytest.param("<CreateDefaultPlaylist>false</CreateDefaultPlaylist>", False, id="false"),
    ],
)
def test_default_playlist(xml: str, is_created: bool) -> None:
    publisher = read_llhls(f"<LLHLS><SegmentCount>4</SegmentCount>{xml}</LLHLS>")
    assert publisher == LlhlsPublisher(segment_count=4, create_default_playlist=is_created)


# Encodes and playlists


def test_videos_and_audios_of_a_profile() -> None:
    profile = read_profile(
        """<Encodes>
            <Audio><Name>a1</Name><Bypass>true</Bypass></Audio>
            <Video><Name>v1</Name><Bypass>true</Bypass></Video>
            <Video><Name>v2</Name><Codec>h264</Codec><Bitrate>2000000</Bitrate><Width>1280</Width><Height>720</Height>
                <Framerate>29.97</Framerate></Video>
            <Audio><Name>a2</Name><Codec>aac</Codec><Bitrate>128000</Bitrate></Audio>
        </Encodes>"""
    )
    assert profile.videos == (
        VideoEncode("v1", bypass=True),
        VideoEncode("v2", bypass=False, bitrate=2_000_000, width=1280, height=720, framerate=Fraction(2997, 100), codec="h264"),
    )
    assert profile.audios == (AudioEncode("a1", bypass=True), AudioEncode("a2", bypass=False, bitrate=128_000, codec="aac"))


def test_profile_with_one_video_alone() -> None:
    profile = read_profile("<Encodes><Video><Name>v</Name><Bypass>true</Bypass></Video></Encodes>")
    assert (profile.videos, profile.audios, profile.playlists) == ((VideoEncode("v"),), (), ())


@pytest.mark.parametrize("xml", ["", "<Encodes/>"])
def test_profile_without_encodes(xml: str) -> None:
    assert read_profile(xml) == OutputProfile("p", "o")


def test_playlists_and_their_renditions() -> None:
    rendition = "<Rendition><Name>r</Name><Video>v</Video><Audio>a</Audio></Rendition>"
    profile = read_profile(
        f"""<Encodes><Video><Name>v</Name><Bypass>true</Bypass></Video><Audio><Name>a</Name><Bypass>true</Bypass></Audio></Encodes>
        <Playlist><Name>one</Name><FileName>first</FileName>{rendition}</Playlist>
        <Playlist><Name>two</Name><FileName>second</FileName><Rendition><Name>r1</Name><Video>v</Video></Rendition>
            <Rendition><Name>r2</Name><Audio>a</Audio></Rendition></Playlist>
        <Playlist><Name>three</Name><FileName>third</FileName></Playlist>"""
    )
    assert [(playlist.name, playlist.file_name, playlist.renditions) for playlist in profile.playlists] == [
        ("one", "first", (RenditionSettings("r", "v", "a"),)),
        ("two", "second", (RenditionSettings("r1", "v", None), RenditionSettings("r2", None, "a"))),
        ("three", "third", ()),
    ]


def test_one_playlist_alone() -> None:
    profile = read_profile("<Playlist><Name>one</Name><FileName>first</FileName></Playlist>")
    assert [playlist.name for playlist in profile.playlists] == ["one"]


# The publisher's other settings


def test_every_setting_of_the_publisher() -> None:
    publisher = read_llhls(
        """<LLHLS>
            <PartHoldBack>1.5</PartHoldBack><EnablePreloadHint>false</EnablePreloadHint><OriginMode>true</OriginMode>
            <ServerTimeBasedSegmentNumbering>true</ServerTimeBasedSegmentNumbering>
            <CrossDomains><Url>*.example.com</Url><Header><Key>X-Own</Key><Value>1</Value></Header></CrossDomains>
            <CacheControl><MasterPlaylistMaxAge>5</MasterPlaylistMaxAge><ChunklistMaxAge>-1</ChunklistMaxAge>
                <ChunklistWithDirectivesMaxAge>10</ChunklistWithDirectivesMaxAge><SegmentMaxAge>3600</SegmentMaxAge>
                <PartialSegmentMaxAge>1800</PartialSegmentMaxAge></CacheControl>
            <DefaultQueryString><Query><Key>_HLS_legacy</Key><Value>yes</Value></Query>
                <Query><Key>_HLS_rewind</Key><Value>NO</Value></Query></DefaultQueryString>
        </LLHLS>"""
    )
    assert publisher == LlhlsPublisher(
        part_hold_back_ms=1500,
        enable_preload_hint=False,
        origin_mode=True,
        server_time_based_segment_numbering=True,
        cross_domains=CrossDomains(("*.example.com",), (("X-Own", "1"),)),
        cache_control=CacheControl(5, -1, 10, 3600, 1800),
        default_query_legacy=True,
        default_query_rewind=False,
    )


@pytest.mark.parametrize(("text", "count"), [("0", 3), ("2", 3), ("3", 3), ("10", 10), ("x", 3), ("-1", 3)])
def test_segment_count_is_three_at_least(text: str, count: int) -> None:
    assert read_llhls(f"<LLHLS><SegmentCount>{text}</SegmentCount></LLHLS>") == LlhlsPublisher(segment_count=count)


@pytest.mark.parametrize(
    ("xml", "dumps"),
    [
        pytest.param("", (), id="none"),
        pytest.param(f"<Dump><Enable>false</Enable>{DUMP}</Dump>", (), id="disabled"),
        pytest.param(f"<Dump><Enable>true</Enable>{DUMP}</Dump>", (DumpSettings("*", "/d/${StreamName}"),), id="without an id"),
        pytest.param(
            f"<Dump><Enable>true</Enable>{DUMP}<Id>d1</Id><Playlists><Playlist>a.m3u8</Playlist><Playlist>b.m3u8</Playlist></Playlists></Dump>",
            (DumpSettings("*", "/d/${StreamName}", ("a.m3u8", "b.m3u8"), "d1"),),
            id="with an id and playlists",
        ),
    ],
)
def test_configured_dumps(xml: str, dumps: tuple[DumpSettings, ...]) -> None:
    assert read_llhls(f"<LLHLS><Dumps>{xml}</Dumps></LLHLS>") == LlhlsPublisher(dumps=dumps)


def dumps_of(xml: str) -> tuple[DumpSettings, ...]:
    llhls = read_llhls(xml)
    assert llhls
    return llhls.dumps


def test_empty_ids_of_dumps_are_drawn_and_always_the_same_ones() -> None:
    xml = f"<LLHLS><Dumps>{f'<Dump><Enable>true</Enable>{DUMP}<Id></Id></Dump>' * 2}</Dumps></LLHLS>"
    ids = [dump.id for dump in dumps_of(xml)]
    assert ids == [dump.id for dump in dumps_of(xml)]
    assert len(set(ids)) == 2
    assert all(re.fullmatch("[0-9A-Za-z]{8}", each) for each in ids)


# Ports, names of modules, templates


def test_ports() -> None:
    xml = server_xml("").replace("<Port>8081</Port>", "<Port>18081-18083</Port>").replace("<LLHLS><Port>3333", "<LLHLS><Port>4444/tcp")
    world = read_server_xml(xml.encode(), "my.xml")
    assert (world.api_port, world.llhls_port) == (18081, 4444)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("4000/udp", ((4000,), "udp")), ("4000", ((4000,), "udp")), ("4000-4002,4005/tcp", ((4000, 4001, 4002, 4005), "tcp"))],
)
def test_ranges_of_ports(text: str, expected: tuple[tuple[int, ...], str]) -> None:
    xml = server_xml("").replace(
        "<Publishers><LLHLS>", f"<Providers><MPEGTS><Port>{text}</Port></MPEGTS></Providers><Publishers><LLHLS>", 1
    )
    assert read_server_xml(xml.encode(), "my.xml").mpegts_ports == expected


def test_providers_and_publishers_are_known_by_their_names_in_the_rest_api() -> None:
    application = read_application(
        """<Providers><RTMP/><RTSPPull/><WebRTC/><MPEGTS/><Multiplex><MuxFilesDir>/m</MuxFilesDir></Multiplex></Providers>
        <Publishers><AppWorkerCount>1</AppWorkerCount><LLHLS/><HLS/><FILE/><Push/></Publishers>"""
    )
    assert application.providers == {"rtmp", "rtspPull", "webrtc", "mpegts", "multiplex"}
    assert application.publishers == {"llhls", "hls", "file", "push"}


def test_template_is_not_among_the_applications() -> None:
    applications = "".join(f"<Application><Name>{name}</Name><Type>live</Type></Application>" for name in ("a", "*", "b"))
    world = read(f"<VirtualHosts><VirtualHost><Name>v</Name><Applications>{applications}</Applications></VirtualHost></VirtualHosts>")
    assert [each.name for each in world.virtual_hosts[0].applications] == ["a", "b"]
    template = world.virtual_hosts[0].template
    assert template
    assert template.name == "*"


# What comes to nothing


def test_elements_that_come_to_nothing_are_told_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    image = "<Encodes><Image><Codec>png</Codec></Image></Encodes>"
    profile = f"<OutputProfile><Name>{{0}}</Name><OutputStreamName>o{{0}}</OutputStreamName>{image}</OutputProfile>"
    xml = server_xml(
        f"""<Moduls/><StunServer>127.0.0.1:13478</StunServer>
        <VirtualHosts><VirtualHost><Name>v</Name><Host><Names><Name>*</Name><Nmae/></Names></Host><Applications>
        <Application><Name>a</Name><Type>live</Type><OutputProfiles>{profile.format(1)}{profile.format(2)}</OutputProfiles>
        <Publishers><LLHLS><SegmentCount>x</SegmentCount><DRM><Enable>true</Enable></DRM></LLHLS></Publishers></Application></Applications>
        </VirtualHost></VirtualHosts>"""
    )
    read_server_xml(xml.encode(), "my.xml", refuses_unknown=False)
    (line,) = caplog.messages
    assert line == (
        "my.xml: unknown: Server/Moduls, VirtualHost/Host/Names/Nmae; "
        "not emulated: Application/Publishers/LLHLS/DRM; "
        "read but without effect: Server/Bind/Publishers/WebRTC, Server/StunServer; "
        "no number or flag, taken as the engine takes it: Application/Publishers/LLHLS/SegmentCount 'x'"
    )


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        pytest.param("<PrivacyProtection>{}</PrivacyProtection>", {"true"}, id="addresses of clients"),
        pytest.param(in_llhls("<DRM><Enable>{}</Enable></DRM>"), {"true"}, id="group with a switch"),
        pytest.param(in_llhls("<DRM><InfoFile>{}</InfoFile></DRM>"), {"true", "false"}, id="group whose switch is not there"),
        pytest.param(
            in_application("<Providers><RTMP><BlockDuplicateStreamName>{}</BlockDuplicateStreamName></RTMP></Providers>"),
            {"false"},
            id="names that are taken",
        ),
    ],
)
def test_element_that_asks_for_nothing_is_not_told(caplog: pytest.LogCaptureFixture, xml: str, told: set[str]) -> None:
    found = set()
    for value in ("true", "false"):
        caplog.clear()
        read(xml.format(value))
        found |= {value for message in caplog.messages if "not emulated: " in message}
    assert found == told


def test_default_world_holds_nothing_that_comes_to_nothing(caplog: pytest.LogCaptureFixture) -> None:
    read_server_xml(files("ome_mock.worlds").joinpath("default.xml").read_bytes(), "default.xml")
    assert caplog.messages == []
