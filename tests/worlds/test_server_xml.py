"""Reading OME's configuration file."""

from __future__ import annotations

import re
from contextlib import suppress
from fractions import Fraction
from importlib.resources import files

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from ome_mock.configuration.mistakes import Place
from ome_mock.configuration.server_grammar import SERVER
from ome_mock.configuration.xml_form import XmlForm
from ome_mock.errors import ConfigurationError
from ome_mock.settings import (
    ApplicationSettings,
    AudioEncode,
    CacheControl,
    CrossDomains,
    DumpSettings,
    LlhlsPublisher,
    OutputProfile,
    PlaylistSettings,
    RenditionSettings,
    VideoEncode,
    VirtualHostSettings,
    World,
)
from ome_mock.worlds.server_xml import read_server_xml

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
    "LLHLS",
]
MANAGERS = "<Managers><API><AccessToken>t</AccessToken></API></Managers>"


def read(xml: str) -> World:
    return read_server_xml(f"<Server>{MANAGERS}{xml}</Server>".encode(), "my.xml")


def read_application(xml: str) -> ApplicationSettings:
    application = f"<Application><Name>a</Name><Type>live</Type>{xml}</Application>"
    world = read(f"<VirtualHosts><VirtualHost><Name>v</Name><Applications>{application}</Applications></VirtualHost></VirtualHosts>")
    return world.virtual_hosts[0].applications[0]


def read_llhls(xml: str) -> LlhlsPublisher | None:
    return read_application(f"<Publishers>{xml}</Publishers>").llhls


def read_profile(xml: str) -> OutputProfile:
    profile = f"<OutputProfile><Name>p</Name><OutputStreamName>o</OutputStreamName>{xml}</OutputProfile>"
    return read_application(f"<OutputProfiles>{profile}</OutputProfiles>").output_profiles[0]


def test_smallest_world():
    assert read("") == World(virtual_hosts=(), access_token="t")


def test_declaration_and_comments_are_passed_over():
    xml = f"""<?xml version="1.0" encoding="UTF-8"?>
        <!-- a comment -->
        <Server version="8">
            <Bind><Managers><API><Port>8081</Port></API></Managers></Bind>
            <!-- another -->
            {MANAGERS}
            <Modules><HTTP2><Enable>true</Enable></HTTP2></Modules>
        </Server>"""
    assert read_server_xml(xml.encode(), "my.xml") == World(access_token="t", api_port=8081)


def test_space_around_text_is_not_part_of_it():
    xml = "<Server><Managers><API><AccessToken>\n\t a b \n</AccessToken></API></Managers></Server>"
    assert read_server_xml(xml.encode(), "my.xml").access_token == "a b"


def test_text_may_be_in_any_encoding_that_the_file_declares():
    xml = '<?xml version="1.0" encoding="ISO-8859-1"?><Server><Managers><API><AccessToken>é</AccessToken></API></Managers></Server>'
    assert read_server_xml(xml.encode("latin-1"), "my.xml").access_token == "é"


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
def test_cross_domains(xml, cross_domains):
    assert read(xml).cross_domains == cross_domains


@pytest.mark.parametrize("names", [(), ("a",), ("b", "a", "c")], ids=["none", "one", "several"])
def test_virtual_hosts_are_as_many_as_there_are(names):
    hosts = "".join(f"<VirtualHost><Name>{name}</Name></VirtualHost>" for name in names)
    assert read(f"<VirtualHosts>{hosts}</VirtualHosts>").virtual_hosts == tuple(VirtualHostSettings(name) for name in names)


@pytest.mark.parametrize("names", [(), ("*",), ("a.example", "*.b.example")], ids=["none", "one", "several"])
def test_host_names_are_as_many_as_there_are(names):
    host = "".join(f"<Name>{name}</Name>" for name in names)
    xml = f"<VirtualHosts><VirtualHost><Name>v</Name><Host><Names>{host}</Names></Host></VirtualHost></VirtualHosts>"
    assert read(xml).virtual_hosts == (VirtualHostSettings("v", names),)


@pytest.mark.parametrize("names", [(), ("a",), ("b", "a")], ids=["none", "one", "several"])
def test_applications_are_as_many_as_there_are(names):
    applications = "".join(f"<Application><Name>{name}</Name><Type>vod</Type></Application>" for name in names)
    xml = f"<VirtualHosts><VirtualHost><Name>v</Name><Applications>{applications}</Applications></VirtualHost></VirtualHosts>"
    assert read(xml).virtual_hosts[0].applications == tuple(ApplicationSettings(name, "vod") for name in names)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_output_profiles_are_as_many_as_there_are(count):
    profiles = "".join(
        f"<OutputProfile><Name>{number}</Name><OutputStreamName>s{number}</OutputStreamName></OutputProfile>" for number in range(count)
    )
    expected = tuple(OutputProfile(str(number), f"s{number}") for number in range(count))
    assert read_application(f"<OutputProfiles>{profiles}</OutputProfiles>").output_profiles == expected


# LL-HLS


def test_empty_publisher_has_the_defaults_of_the_engine():
    defaults = LlhlsPublisher(segment_duration_ms=10_000, chunk_duration_ms=500, segment_count=5, create_default_playlist=True)
    assert read_llhls("<LLHLS/>") == defaults
    assert read_llhls("<LLHLS></LLHLS>") == defaults


@pytest.mark.parametrize("xml", ["", "<WebRTC/>", "<HLS><SegmentDuration>4</SegmentDuration></HLS>"])
def test_absent_publisher_is_none(xml):
    assert read_llhls(xml) is None


def test_absent_publishers_are_none():
    assert read_application("").llhls is None
    assert read_application("<Publishers/>").llhls is None


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("6", 6_000), ("6.0", 6_000), ("0.2", 200), ("1.001", 1_001), ("0.3", 300), ("0.001", 1), ("2.9999", 2_999), (" 4 ", 4_000)],
)
def test_durations_are_seconds_read_exactly(text, milliseconds):
    publisher = read_llhls(f"<LLHLS><SegmentDuration>{text}</SegmentDuration><ChunkDuration>{text}</ChunkDuration></LLHLS>")
    assert publisher is not None
    assert (publisher.segment_duration_ms, publisher.chunk_duration_ms) == (milliseconds, milliseconds)


@pytest.mark.parametrize(
    ("xml", "is_created"),
    [
        pytest.param("", True, id="absent"),
        pytest.param("<CreateDefaultPlaylist/>", True, id="empty"),
        pytest.param("<CreateDefaultPlaylist>true</CreateDefaultPlaylist>", True, id="true"),
        pytest.param("<CreateDefaultPlaylist>True</CreateDefaultPlaylist>", True, id="true in another case"),
        pytest.param("<CreateDefaultPlaylist>false</CreateDefaultPlaylist>", False, id="false"),
    ],
)
def test_default_playlist(xml, is_created):
    publisher = read_llhls(f"<LLHLS><SegmentCount>4</SegmentCount>{xml}</LLHLS>")
    assert publisher == LlhlsPublisher(segment_count=4, create_default_playlist=is_created)


# Encodes and playlists


def test_videos_and_audios_of_a_profile():
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


def test_profile_with_one_video_alone():
    profile = read_profile("<Encodes><Video><Name>v</Name><Bypass>true</Bypass></Video></Encodes>")
    assert (profile.videos, profile.audios, profile.playlists) == ((VideoEncode("v"),), (), ())


@pytest.mark.parametrize("xml", ["", "<Encodes/>"])
def test_profile_without_encodes(xml):
    assert read_profile(xml) == OutputProfile("p", "o")


def test_playlists_and_their_renditions():
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


def test_one_playlist_alone():
    profile = read_profile("<Playlist><Name>one</Name><FileName>first</FileName></Playlist>")
    assert [playlist.name for playlist in profile.playlists] == ["one"]


# The publisher's other settings


def test_every_setting_of_the_publisher():
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


@pytest.mark.parametrize(("text", "count"), [("0", 3), ("2", 3), ("3", 3), ("10", 10)])
def test_segment_count_is_three_at_least(text, count):
    assert read_llhls(f"<LLHLS><SegmentCount>{text}</SegmentCount></LLHLS>") == LlhlsPublisher(segment_count=count)


DUMP = "<TargetStreamName>*</TargetStreamName><OutputPath>/d/${StreamName}</OutputPath>"


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
def test_configured_dumps(xml, dumps):
    assert read_llhls(f"<LLHLS><Dumps>{xml}</Dumps></LLHLS>") == LlhlsPublisher(dumps=dumps)


def test_empty_ids_of_dumps_are_drawn_and_always_the_same_ones():
    xml = f"<LLHLS><Dumps>{f'<Dump><Enable>true</Enable>{DUMP}<Id></Id></Dump>' * 2}</Dumps></LLHLS>"
    ids = [dump.id for dump in read_llhls(xml).dumps]
    assert ids == [dump.id for dump in read_llhls(xml).dumps]
    assert len(set(ids)) == 2
    assert all(re.fullmatch("[0-9A-Za-z]{8}", each) for each in ids)


# Ports, names of modules, templates


def test_ports():
    world = read(
        "<Bind><Managers><API><Port>18081</Port></API></Managers><Publishers><LLHLS><Port>3333/tcp</Port></LLHLS></Publishers></Bind>"
    )
    assert (world.api_port, world.llhls_port) == (18081, 3333)


def test_providers_and_publishers_are_known_by_their_names_in_the_rest_api():
    application = read_application(
        """<Providers><RTMP/><RTSPPull/><WebRTC/><MPEGTS/><Multiplex><MuxFilesDir>/m</MuxFilesDir></Multiplex></Providers>
        <Publishers><AppWorkerCount>1</AppWorkerCount><LLHLS/><HLS/><FILE/><Push/></Publishers>"""
    )
    assert application.providers == {"rtmp", "rtspPull", "webrtc", "mpegts", "multiplex"}
    assert application.publishers == {"llhls", "hls", "file", "push"}


def test_version_of_the_file_is_an_attribute():
    place = Place("Server", "server")
    assert XmlForm().tree(SERVER, {"@version": "8", "IP": None}, place) == {"$": {"version": "8"}, "iP": {}}


def test_elements_of_which_the_grammar_says_nothing_are_shown_as_they_come():
    application = read_application("<Subtitles><Rendition><Language>ko</Language></Rendition><Rendition/></Subtitles>")
    assert application.written["subtitles"] == {"rendition": [{"language": "ko"}, {}]}


def test_template_is_not_among_the_applications():
    applications = "".join(f"<Application><Name>{name}</Name><Type>live</Type></Application>" for name in ("a", "*", "b"))
    world = read(f"<VirtualHosts><VirtualHost><Name>v</Name><Applications>{applications}</Applications></VirtualHost></VirtualHosts>")
    assert [each.name for each in world.virtual_hosts[0].applications] == ["a", "b"]
    assert world.virtual_hosts[0].template.name == "*"


# Macros of the environment


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("${env:TOKEN}", "secret"),
        ("${env:TOKEN:default}", "secret"),
        ("${env:NOPE:default}", "default"),
        ("a-${env:TOKEN}-${env:NOPE:}-b", "a-secret--b"),
        ("${env:}", "${env:}"),
        ("${PublicIP}", "${PublicIP}"),
    ],
)
def test_macros_are_replaced(text, token):
    xml = f"<Server><Managers><API><AccessToken>{text}</AccessToken></API></Managers></Server>"
    assert read_server_xml(xml.encode(), "my.xml", {"TOKEN": "secret"}).access_token == token


def test_macros_count_as_what_they_stand_for_and_are_shown_as_they_are():
    publishers = "<Publishers><LLHLS><SegmentDuration>${env:SECONDS:6}</SegmentDuration></LLHLS></Publishers>"
    application = read_application(publishers)
    assert application.llhls == LlhlsPublisher(segment_duration_ms=6000)
    assert application.written["publishers"] == {"llhls": {"segmentDuration": "${env:SECONDS:6}"}}


# What comes to nothing


def test_elements_that_come_to_nothing_are_told_in_one_line(caplog):
    image = "<Encodes><Image><Codec>png</Codec></Image></Encodes>"
    profile = f"<OutputProfile><Name>{{0}}</Name><OutputStreamName>o{{0}}</OutputStreamName>{image}</OutputProfile>"
    read_server_xml(
        f"""<Server version="8" flavour="x"><IP>*</IP>{MANAGERS}<Moduls/>
        <Bind><Providers><RTMP><Port>1935</Port></RTMP></Providers><Managers><API><TLSPort>1</TLSPort></API></Managers></Bind>
        <VirtualHosts><VirtualHost><Name>v</Name><Host><Names><Name>*</Name><Nmae/></Names></Host><Applications>
        <Application><Name>a</Name><Type>live</Type><OutputProfiles>{profile.format(1)}{profile.format(2)}</OutputProfiles>
        <Publishers><LLHLS><DVR><Enable>true</Enable></DVR></LLHLS></Publishers></Application></Applications></VirtualHost></VirtualHosts>
        </Server>""".encode(),
        "my.xml",
    )
    (line,) = caplog.messages
    assert line == (
        "my.xml: unknown: Server/@flavour, Server/Moduls, VirtualHost/Host/Names/Nmae; "
        "not emulated: Application/Publishers/LLHLS/DVR, OutputProfile/Encodes/Image, Server/Bind/Managers/API/TLSPort; "
        "read but without effect: Server/Bind/Providers, Server/IP"
    )


def test_unknown_attribute_of_a_text_is_told_too(caplog):
    assert read('<VirtualHosts><VirtualHost><Name lang="en">v</Name></VirtualHost></VirtualHosts>').virtual_hosts[0].name == "v"
    assert caplog.messages == ["my.xml: unknown: VirtualHost/Name/@lang"]


def test_default_world_holds_nothing_that_comes_to_nothing(caplog):
    read_server_xml(files("ome_mock.worlds").joinpath("default.xml").read_bytes(), "default.xml")
    assert caplog.messages == []


def test_rendition_of_an_unknown_encode_loses_that_half_and_says_so(caplog):
    profile = read_profile(
        """<Encodes><Audio><Name>a</Name><Bypass>true</Bypass></Audio></Encodes>
        <Playlist><FileName>f</FileName><Rendition><Name>r</Name><Video>nope</Video><Audio>a</Audio></Rendition></Playlist>"""
    )
    assert profile.playlists == (PlaylistSettings("f", "f", (RenditionSettings("r", None, "a"),)),)
    assert caplog.messages == ["v/a, output profile p, playlist f: rendition r names the video nope, which is not among the encodes"]


# Mistakes


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        pytest.param(b"", "no element found: line 1, column 0", id="empty file"),
        pytest.param(b"hello", "syntax error: line 1, column 0", id="no XML"),
        pytest.param(b"<Server><A></Server>", "mismatched tag: line 1, column 13", id="element that is not closed"),
        pytest.param(b'<?xml version="1.0" encoding="nope"?><Server/>', "unknown encoding: nope", id="unknown encoding"),
        pytest.param(b"<Origin/>", "its root is Origin, not Server", id="other root"),
        pytest.param(b"<Server/>", "Server: Managers is missing or empty", id="empty server"),
        pytest.param(b"<Server><Managers/></Server>", "Managers: API is missing or empty", id="no API"),
        pytest.param(
            b"<Server><Managers><API><AccessToken/></API></Managers></Server>",
            "Managers / API: AccessToken is missing or empty",
            id="empty token",
        ),
        pytest.param(
            b"<Server><Managers><API><AccessToken>${env:NOPE_}</AccessToken></API></Managers></Server>",
            "Managers / API: AccessToken: the environment has no NOPE_, and ${env:NOPE_} no default",
            id="macro without a value",
        ),
    ],
)
def test_mistake_in_a_file_is_one_line(xml, reason):
    with pytest.raises(ConfigurationError) as raised:
        read_server_xml(xml, "my.xml", {})
    assert str(raised.value) == f"my.xml: {reason}"


HOST = "<VirtualHosts><VirtualHost>{}</VirtualHost></VirtualHosts>"
NAMED_HOST = HOST.format("<Name>v</Name>{}")
PROFILE = "<OutputProfile><Name>p</Name><OutputStreamName>o</OutputStreamName>{}</OutputProfile>"
APPLICATION = "<Application><Name>a</Name><Type>live</Type></Application>"


def in_application(xml):
    return NAMED_HOST.format(f"<Applications><Application><Name>a</Name><Type>live</Type>{xml}</Application></Applications>")


def in_profile(xml):
    return in_application(f"<OutputProfiles>{PROFILE.format(xml)}</OutputProfiles>")


def in_llhls(xml):
    return in_application(f"<Publishers><LLHLS>{xml}</LLHLS></Publishers>")


def in_video(xml):
    return in_profile(f"<Encodes><Video><Name>low</Name>{xml}</Video></Encodes>")


AT_APPLICATION = "VirtualHost v / Application a"
AT_PROFILE = f"{AT_APPLICATION} / OutputProfile p"
AT_VIDEO = f"{AT_PROFILE} / Encodes / Video low"
AT_LLHLS = f"{AT_APPLICATION} / Publishers / LLHLS"
SECONDS = "is not a number of seconds from 0.001 to 86400"


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        pytest.param("<VirtualHosts><VirtualHost/></VirtualHosts>", "VirtualHost: Name is missing or empty", id="empty virtual host"),
        pytest.param(HOST.format("<Host/>"), "VirtualHost: Name is missing or empty", id="virtual host without a name"),
        pytest.param(HOST.format("<Name> </Name>"), "VirtualHost: Name is missing or empty", id="virtual host with a blank name"),
        pytest.param(NAMED_HOST.format("<Host/>"), "VirtualHost v / Host: Names is missing or empty", id="host without names"),
        pytest.param(
            "<VirtualHosts><VirtualHost><Name>v</Name></VirtualHost><VirtualHost><Name>v</Name></VirtualHost></VirtualHosts>",
            "Server: VirtualHost v stands more than once",
            id="virtual host twice",
        ),
        pytest.param(
            NAMED_HOST.format("<Applications><Application><Name>a</Name></Application></Applications>"),
            f"{AT_APPLICATION}: Type is missing or empty",
            id="application without a type",
        ),
        pytest.param(
            NAMED_HOST.format("<Applications><Application><Name>a</Name><Type>dead</Type></Application></Applications>"),
            f"{AT_APPLICATION}: Type 'dead' is not live or vod",
            id="unknown type",
        ),
        pytest.param(
            NAMED_HOST.format(f"<Applications>{APPLICATION * 2}</Applications>"),
            "VirtualHost v: Application a stands more than once",
            id="application twice",
        ),
        pytest.param(
            in_application("<OutputProfiles><OutputProfile><OutputStreamName>o</OutputStreamName></OutputProfile></OutputProfiles>"),
            f"{AT_APPLICATION} / OutputProfile: Name is missing or empty",
            id="profile without a name",
        ),
        pytest.param(
            in_application("<OutputProfiles><OutputProfile><Name>p</Name></OutputProfile></OutputProfiles>"),
            f"{AT_PROFILE}: OutputStreamName is missing or empty",
            id="profile without a stream name",
        ),
        pytest.param(
            in_application(f"<OutputProfiles>{PROFILE.format('') * 2}</OutputProfiles>"),
            f"{AT_APPLICATION} / OutputProfiles: OutputProfile p stands more than once",
            id="profile twice",
        ),
        pytest.param(
            in_profile("<Playlist><Name>l</Name></Playlist>"),
            f"{AT_PROFILE} / Playlist l: FileName is missing or empty",
            id="playlist without a file name",
        ),
        pytest.param(in_video("<Bitrate>abc</Bitrate>"), f"{AT_VIDEO}: Bitrate 'abc' is not a number", id="bit rate that is no number"),
        pytest.param(in_video("<Width>wide</Width>"), f"{AT_VIDEO}: Width 'wide' is not a number", id="width that is no number"),
        pytest.param(in_video("<Width>-1</Width>"), f"{AT_VIDEO}: Width '-1' is not a number", id="negative width"),
        pytest.param(in_video("<Framerate>1/0</Framerate>"), f"{AT_VIDEO}: Framerate '1/0' is not a number", id="frame rate by zero"),
        pytest.param(in_video("<Framerate>nan</Framerate>"), f"{AT_VIDEO}: Framerate 'nan' is not a number", id="no number at all"),
        pytest.param(in_video("<BFrames>17</BFrames>"), f"{AT_VIDEO}: BFrames '17' is not a number from 0 to 16", id="too many B frames"),
        pytest.param(
            in_video("<Preset>best</Preset>"),
            f"{AT_VIDEO}: Preset 'best' is not slower, slow, medium, fast or faster",
            id="unknown preset",
        ),
        pytest.param(
            in_video("<Bypass>perhaps</Bypass>"), f"{AT_VIDEO}: Bypass 'perhaps' is not true or false", id="neither true nor false"
        ),
        pytest.param(in_video(""), f"{AT_VIDEO}: Codec must be specified when bypass is false", id="no codec"),
        pytest.param(in_video("<Codec>h264</Codec>"), f"{AT_VIDEO}: Bitrate must be specified when bypass is false", id="no bit rate"),
        pytest.param(
            in_video("<Codec>h264</Codec><Bitrate>0</Bitrate>"), f"{AT_VIDEO}: Bitrate must be greater than 0", id="bit rate of 0"
        ),
        pytest.param(
            in_llhls("<SegmentDuration>six</SegmentDuration>"),
            f"{AT_LLHLS}: SegmentDuration 'six' {SECONDS}",
            id="duration that is no number",
        ),
        pytest.param(in_llhls("<ChunkDuration>-1</ChunkDuration>"), f"{AT_LLHLS}: ChunkDuration '-1' {SECONDS}", id="negative duration"),
        pytest.param(in_llhls("<ChunkDuration>0</ChunkDuration>"), f"{AT_LLHLS}: ChunkDuration '0' {SECONDS}", id="no duration"),
        pytest.param(
            in_llhls("<SegmentDuration>1000000</SegmentDuration>"), f"{AT_LLHLS}: SegmentDuration '1000000' {SECONDS}", id="absurd duration"
        ),
        pytest.param(
            in_llhls("<SegmentCount>1</SegmentCount><SegmentCount>2</SegmentCount>"),
            f"{AT_LLHLS}: SegmentCount stands 2 times where it may stand once",
            id="number twice",
        ),
        pytest.param(
            in_llhls("<Dumps><Dump><Enable>true</Enable></Dump></Dumps>"),
            f"{AT_LLHLS} / Dump: TargetStreamName is missing or empty",
            id="dump without a target",
        ),
        pytest.param(
            in_llhls(f"<Dumps><Dump><Enable>true</Enable>{DUMP}<Playlists/></Dump></Dumps>"),
            f"{AT_LLHLS} / Dump / Playlists: Playlist is missing or empty",
            id="playlists without one",
        ),
        pytest.param(in_llhls("yes"), f"{AT_LLHLS}: it holds the text 'yes' where elements belong", id="text where elements belong"),
        pytest.param(
            in_application("<Publishers><LLHLS/><LLHLS/></Publishers>"),
            f"{AT_APPLICATION} / Publishers: LLHLS stands 2 times where it may stand once",
            id="publisher twice",
        ),
        pytest.param(
            in_application("<Providers><Schedule/></Providers>"),
            f"{AT_APPLICATION} / Providers / Schedule: MediaRootDir is missing or empty",
            id="schedule without a directory",
        ),
        pytest.param(
            HOST.format("<Name><First>v</First></Name>"),
            "VirtualHost / Name: it holds elements where a text belongs",
            id="elements in a text",
        ),
        pytest.param(
            f"<VirtualHosts/>{HOST.format('<Name>v</Name>')}",
            "VirtualHosts: it stands 2 times where it may stand once",
            id="wrapping element twice",
        ),
        pytest.param(
            '<VirtualHosts><VirtualHost include="*.xml"/></VirtualHosts>',
            "VirtualHost: the attribute include is not supported: put what it includes into this file",
            id="include",
        ),
        pytest.param(
            '<VirtualHosts include="*.xml"/>',
            "VirtualHosts: the attribute include is not supported: put what it includes into this file",
            id="include of all",
        ),
        pytest.param(
            "<Bind><Managers><API><Port>99999</Port></API></Managers></Bind>",
            "Bind / Managers / API: Port '99999' is not a port from 0 to 65535",
            id="port that there is not",
        ),
    ],
)
def test_mistake_is_named_by_its_path(xml, reason):
    with pytest.raises(ConfigurationError) as raised:
        read(xml)
    assert str(raised.value) == f"my.xml: {reason}"


@pytest.mark.parametrize(
    "declaration",
    [
        pytest.param('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', id="of a file"),
        pytest.param('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY e "&a;&a;&a;&a;">]>', id="of entities"),
    ],
)
def test_entities_are_not_expanded(declaration):
    with pytest.raises(ConfigurationError) as raised:
        read_server_xml(f"{declaration}<Server><Name>&e;</Name></Server>".encode(), "my.xml")
    assert str(raised.value) == "my.xml: entities are disabled"


@given(st.recursive(st.none() | st.text(max_size=3), lambda inner: st.dictionaries(st.sampled_from(NAMES), inner | st.lists(inner))))
def test_no_tree_of_elements_is_more_than_a_mistake(tree):
    xml = xmltodict.unparse({"Server": {"Managers": {"API": {"AccessToken": "t"}}, "VirtualHosts": {"VirtualHost": tree}}})
    with suppress(ConfigurationError):
        read_server_xml(xml.encode(), "my.xml")
