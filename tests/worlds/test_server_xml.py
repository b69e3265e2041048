"""Reading OME's configuration file."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ome_mock.errors import ConfigurationError
from ome_mock.settings import (
    ApplicationSettings,
    AudioEncode,
    CrossDomains,
    LlhlsPublisher,
    OutputProfile,
    RenditionSettings,
    VideoEncode,
    VirtualHostSettings,
    World,
)
from ome_mock.worlds.server_xml import read_server_xml

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


def test_declaration_comments_and_unknown_elements_are_passed_over():
    xml = f"""<?xml version="1.0" encoding="UTF-8"?>
        <!-- a comment -->
        <Server version="8">
            <Bind><Managers><API><Port>8081</Port></API></Managers></Bind>
            <!-- another -->
            {MANAGERS}
            <Modules><HTTP2><Enable>true</Enable></HTTP2></Modules>
        </Server>"""
    assert read_server_xml(xml.encode(), "my.xml") == World(access_token="t")


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
    assert read_llhls("<LLHLS><CrossDomains><Url>*</Url></CrossDomains></LLHLS>") == defaults


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
        VideoEncode("v2", bypass=False, bitrate=2_000_000, width=1280, height=720, framerate=Fraction(2997, 100)),
    )
    assert profile.audios == (AudioEncode("a1", bypass=True), AudioEncode("a2", bypass=False, bitrate=128_000))


def test_profile_with_one_video_alone():
    profile = read_profile("<Encodes><Video><Name>v</Name><Bypass>true</Bypass></Video></Encodes>")
    assert (profile.videos, profile.audios, profile.playlists) == ((VideoEncode("v"),), (), ())


@pytest.mark.parametrize("xml", ["", "<Encodes/>"])
def test_profile_without_encodes(xml):
    assert read_profile(xml) == OutputProfile("p", "o")


def test_playlists_and_their_renditions():
    rendition = "<Rendition><Name>r</Name><Video>v</Video><Audio>a</Audio></Rendition>"
    profile = read_profile(
        f"""<Playlist><Name>one</Name><FileName>first</FileName>{rendition}</Playlist>
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


# Mistakes


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        pytest.param(b"", "no element found: line 1, column 0", id="empty file"),
        pytest.param(b"hello", "syntax error: line 1, column 0", id="no XML"),
        pytest.param(b"<Server><A></Server>", "mismatched tag: line 1, column 13", id="element that is not closed"),
        pytest.param(b"<Origin/>", "'Server'", id="other root"),
        pytest.param(b"<Server/>", "<Managers><API><AccessToken> is missing or empty", id="empty server"),
        pytest.param(
            b"<Server><Managers><API><AccessToken/></API></Managers></Server>",
            "<Managers><API><AccessToken> is missing or empty",
            id="empty token",
        ),
    ],
)
def test_mistake_names_the_source(xml, reason):
    with pytest.raises(ConfigurationError) as raised:
        read_server_xml(xml, "my.xml")
    assert str(raised.value) == f"my.xml: not a Server.xml that can be read: {reason}"


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        pytest.param(
            "<VirtualHosts><VirtualHost><Host/></VirtualHost></VirtualHosts>",
            "<Name> is missing or empty",
            id="virtual host without a name",
        ),
        pytest.param(
            "<VirtualHosts><VirtualHost><Name>v</Name><Applications><Application><Name>a</Name></Application></Applications>"
            "</VirtualHost></VirtualHosts>",
            "<Type> is missing or empty",
            id="application without a type",
        ),
    ],
)
def test_missing_element_is_named(xml, reason):
    with pytest.raises(ConfigurationError, match=f"^my.xml: not a Server.xml that can be read: {reason}$"):
        read(xml)


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("<OutputProfile><OutputStreamName>o</OutputStreamName></OutputProfile>", "<Name> is missing or empty"),
        ("<OutputProfile><Name>p</Name></OutputProfile>", "<OutputStreamName> is missing or empty"),
        (
            "<OutputProfile><Name>p</Name><OutputStreamName>o</OutputStreamName><Playlist><Name>l</Name></Playlist></OutputProfile>",
            "<FileName> is missing or empty",
        ),
        (
            "<OutputProfile><Name>p</Name><OutputStreamName>o</OutputStreamName>"  # noqa: ISC004
            "<Encodes><Video><Name>v</Name><Width>wide</Width></Video></Encodes></OutputProfile>",
            r"invalid literal for int\(\) with base 10: 'wide'",
        ),
    ],
)
def test_mistake_in_a_profile_is_named(xml, reason):
    with pytest.raises(ConfigurationError, match=f"^my.xml: not a Server.xml that can be read: {reason}$"):
        read_application(f"<OutputProfiles>{xml}</OutputProfiles>")


def test_entities_are_not_expanded():
    xml = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><Server><Name>&e;</Name></Server>'
    with pytest.raises(ConfigurationError, match=r"^my\.xml: "):
        read_server_xml(xml, "my.xml")


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param("<LLHLS><SegmentDuration>six</SegmentDuration></LLHLS>", id="duration that is no number"),
        pytest.param("<LLHLS><SegmentCount>1</SegmentCount><SegmentCount>2</SegmentCount></LLHLS>", id="number twice"),
        pytest.param(
            "<LLHLS><CreateDefaultPlaylist>true</CreateDefaultPlaylist><CreateDefaultPlaylist>true</CreateDefaultPlaylist></LLHLS>",
            id="flag twice",
        ),
        pytest.param("<LLHLS>yes</LLHLS>", id="text where elements belong"),
        pytest.param("<LLHLS/><LLHLS/>", id="publisher twice"),
    ],
)
def test_other_mistakes_in_a_publisher_name_the_source_too(xml):
    with pytest.raises(ConfigurationError, match=r"^my\.xml: "):
        read_llhls(xml)
