"""The rules of the engine's reader, for every element alike: what counts, what is included, what is required."""

from __future__ import annotations

import platform
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from server_xml import server_xml
from worlds.pieces import DUMP, HOST, NAMED_HOST, PROFILE, WITHOUT_ANYTHING, in_application, in_llhls, read, read_application, read_llhls

from ome_mock.errors import ConfigurationError
from ome_mock.settings import AlertRules, LlhlsPublisher, World
from ome_mock.worlds.server_xml import read_configuration, read_server_xml

# What the parser takes


@pytest.mark.parametrize(
    ("xml", "name"),
    [
        pytest.param("<VirtualHost><Name>a & b</Name></VirtualHost>", "a & b", id="raw ampersand"),
        pytest.param("<VirtualHost><Name>a &amp; &#98; &nope;</Name></VirtualHost>", "a & b &nope;", id="entities"),
        pytest.param('<VirtualHost nope="?a&b"><Name>v</Name></VirtualHost>', "v", id="raw ampersand in an attribute"),
        pytest.param("<!-- a -- b --><VirtualHost><!----><Name>v</Name></VirtualHost>", "v", id="two dashes in a comment"),
        pytest.param("<VirtualHost><Name><![CDATA[<a> & -- b]]></Name></VirtualHost>", "<a> & -- b", id="characters as they are"),
        pytest.param("<?nope a?><VirtualHost><Name>v</Name></VirtualHost>", "v", id="processing instruction"),
        pytest.param("<VirtualHost><Name><x>nope</x></Name></VirtualHost>", "", id="elements in a text"),
        pytest.param("<VirtualHost><Name> v\n</Name></VirtualHost>", " v\n", id="space around a text"),
        pytest.param("<VirtualHost><Name> \n </Name></VirtualHost>", "", id="space alone"),
    ],
)
def test_xml_that_the_engines_parser_takes(xml: str, name: str) -> None:
    assert read(f"<VirtualHosts>{xml}</VirtualHosts>").virtual_hosts[0].name == name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("\n  <?xml version='1.0'?>", "", id="space before the declaration"),
        pytest.param("\ufeff", "", id="byte order mark"),
        pytest.param("<!-- a -- b -->", "", id="comment"),
        pytest.param("", "<Server version='8'/>", id="two roots"),
        pytest.param("<Other/>", "", id="another root"),
        pytest.param("<!DOCTYPE x [<!ENTITY a 'b'>]>", "", id="document type"),
    ],
)
def test_what_stands_around_the_server_is_passed_over(before: str, after: str) -> None:
    assert read_server_xml(f"{before}{server_xml('', 't')}{after}".encode(), "my.xml") == WITHOUT_ANYTHING


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [("ISO-8859-1", "latin-1"), ("UTF-16", "utf-16"), ("UTF-8", "utf-8"), ("UTF-8", "utf-8-sig")],
    ids=["latin", "wide", "usual", "byte order mark"],
)
def test_text_may_be_in_any_encoding_that_the_file_declares(encoding: str, codec: str) -> None:
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{server_xml("", "é")}'
    assert read_server_xml(xml.encode(codec), "my.xml").access_token == "é"


@pytest.mark.parametrize(
    "declaration",
    [
        pytest.param('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', id="of a file"),
        pytest.param('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY e "&a;&a;&a;&a;">]>', id="of entities"),
    ],
)
def test_entities_are_not_expanded(declaration: str) -> None:
    assert read_server_xml(f"{declaration}{server_xml('', '&e;')}".encode(), "my.xml").access_token == "&e;"


def test_unknown_attributes_are_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    assert read('<VirtualHosts flavour="x"><VirtualHost><Name lang="en">v</Name></VirtualHost></VirtualHosts>').virtual_hosts[0].name == "v"
    assert not [message for message in caplog.messages if "flavour" in message or "lang" in message]


# Twice and ignored


@pytest.mark.parametrize(
    ("xml", "duration_ms"),
    [
        pytest.param("<LLHLS><SegmentDuration>2</SegmentDuration><SegmentDuration>3</SegmentDuration></LLHLS>", 2_000, id="value"),
        pytest.param("<LLHLS><SegmentDuration>2</SegmentDuration></LLHLS><LLHLS/>", 2_000, id="group"),
        pytest.param('<LLHLS ignore="true"/><LLHLS><SegmentDuration>3</SegmentDuration></LLHLS>', 3_000, id="the first is ignored"),
        pytest.param('<LLHLS><SegmentDuration ignore="${env:NOPE_:true}">2</SegmentDuration></LLHLS>', 10_000, id="ignored by a macro"),
    ],
)
def test_first_of_two_elements_counts(xml: str, duration_ms: int) -> None:
    assert read_llhls(xml) == LlhlsPublisher(segment_duration_ms=duration_ms)


def test_wrapping_element_counts_once_and_lists_take_all() -> None:
    hosts = "<VirtualHosts><VirtualHost><Name>a</Name></VirtualHost><VirtualHost><Name>b</Name></VirtualHost></VirtualHosts>"
    assert [host.name for host in read(f"{hosts}<VirtualHosts/>").virtual_hosts] == ["a", "b"]


def test_what_is_wrong_in_the_second_of_two_elements_does_not_count() -> None:
    assert read_llhls("<LLHLS/><LLHLS><Nope/></LLHLS>") == LlhlsPublisher()


@pytest.mark.parametrize("written", ["false", "TRUE", "", "1"])
def test_only_true_ignores(written: str) -> None:
    assert read_llhls(f'<LLHLS ignore="{written}"/>') == LlhlsPublisher()


@pytest.mark.parametrize("xml", ['<Nope ignore="true"/>', '<VirtualHosts ignore="true"><Nope/></VirtualHosts>'], ids=["unknown", "whole"])
def test_ignored_element_is_as_if_it_were_not_there(xml: str) -> None:
    assert read(xml) == WITHOUT_ANYTHING


def test_ignored_item_leaves_the_list() -> None:
    hosts = '<VirtualHost ignore="true"/><VirtualHost><Name>v</Name></VirtualHost>'
    assert [host.name for host in read(f"<VirtualHosts>{hosts}</VirtualHosts>").virtual_hosts] == ["v"]


# Included


@pytest.fixture
def read_beside(tmp_path: Path) -> Callable[..., World]:
    """Read a file beside others, which are given by their names."""

    def read_beside(inside: str, **others: str) -> World:
        for name, text in others.items():
            (tmp_path / f"{name}.xml").write_text(text)
        (tmp_path / "Server.xml").write_text(server_xml(inside, "t"))
        return read_configuration(tmp_path / "Server.xml")

    return read_beside


ALERT = "<Alert><Url>http://127.0.0.1/</Url><SecretKey>1</SecretKey><Timeout>1</Timeout><RulesFile>{}.xml</RulesFile>{}</Alert>"


def test_rules_of_alerts_may_stand_in_a_file(read_beside: Callable[..., World]) -> None:
    rules = "<?xml version='1.0'?><Rules><Ingress><MaxWidth>320</MaxWidth></Ingress><Egress><HLSReady/></Egress></Rules>"
    alerts = read_beside(ALERT.format("Rules", "<Rules><Ingress><StreamStatus/></Ingress></Rules>"), Rules=rules).alerts
    assert alerts is not None
    assert alerts.rules == AlertRules(max_width=320, hls_ready=True)


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        pytest.param(ALERT.format("Nowhere", ""), "RulesFile .*/Nowhere.xml: No such file", id="no file"),
        pytest.param(ALERT.format("Broken", ""), "RulesFile .*/Broken.xml: ", id="no xml"),
        pytest.param(ALERT.format("Odd", ""), "Odd.xml: Ingress: MinWidht is unknown", id="unknown rule"),
    ],
)
def test_file_of_rules_that_cant_be_read_is_named(read_beside: Callable[..., World], inside: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read_beside(inside, Broken="<Rules>", Odd="<Rules><Ingress><MinWidht>1</MinWidht></Ingress></Rules>")


ONE_HOST = "<VirtualHost><Name>{}</Name></VirtualHost>"
FIRST_FILE = '<VirtualHosts><VirtualHost include="V1.xml"/></VirtualHosts>'


@pytest.mark.parametrize(
    ("inside", "names"),
    [
        pytest.param('<VirtualHosts><VirtualHost include="V*.xml"/></VirtualHosts>', ["one", "two"], id="pattern"),
        pytest.param('<VirtualHosts><VirtualHost include="V2.xml"/></VirtualHosts>', ["two"], id="name"),
        pytest.param('<VirtualHosts><VirtualHost include="X*.xml"/></VirtualHosts>', [], id="pattern that nothing fits"),
        pytest.param(
            f'<VirtualHosts>{ONE_HOST.format("a")}<VirtualHost include="V1.xml">x</VirtualHost>{ONE_HOST.format("b")}</VirtualHosts>',
            ["a", "one", "b"],
            id="among others",
        ),
        pytest.param('<VirtualHosts><VirtualHost include="${env:NOPE_:V}1.xml"/></VirtualHosts>', ["one"], id="macro"),
        pytest.param('<VirtualHosts include="all.xml"/>', ["one", "three", "two"], id="whole list, whose file includes others"),
    ],
)
def test_files_are_included_where_they_are_named(read_beside: Callable[..., World], inside: str, names: list[str]) -> None:
    everything = f'<VirtualHosts><VirtualHost include="V1.xml"/>{ONE_HOST.format("three")}<VirtualHost include="V2.xml"/></VirtualHosts>'
    world = read_beside(inside, V2=ONE_HOST.format("two"), V1=ONE_HOST.format("one"), all=everything)
    assert [host.name for host in world.virtual_hosts] == names


@pytest.mark.parametrize(
    ("inside", "first", "reason"),
    [
        pytest.param(FIRST_FILE, "<VirtualHost><Nope/></VirtualHost>", "V1.xml: VirtualHost: Nope is unknown", id="unknown element"),
        pytest.param(
            '<VirtualHosts><VirtualHost include="V*.xml"/></VirtualHosts>',
            "<VirtualHost><Name>v</Name><Applications><Application><Name>a</Name></Application></Applications></VirtualHost>",
            "V1.xml: VirtualHost v / Application a: Type is missing",
            id="missing element",
        ),
        pytest.param(FIRST_FILE, "<Host/>", "V1.xml: VirtualHosts: its root is Host, not VirtualHost", id="another root"),
        pytest.param(FIRST_FILE, "<VirtualHost>", "V1.xml: mismatched tag: line 1, column 15", id="no XML"),
        pytest.param(FIRST_FILE, None, "Server.xml: VirtualHosts: VirtualHost: there is no file 'V1.xml' to include", id="no such file"),
        pytest.param(
            '<VirtualHosts include="nope.xml"/>',
            None,
            "Server.xml: Server: VirtualHosts: there is no file 'nope.xml' to include",
            id="group",
        ),
        pytest.param(
            FIRST_FILE, '<VirtualHost include="V1.xml"/>', "V1.xml: VirtualHosts: VirtualHost: {dir}/V1.xml includes itself", id="itself"
        ),
    ],
)
def test_mistake_in_what_is_included_names_file_and_element(
    read_beside: Callable[..., World], tmp_path: Path, inside: str, first: str | None, reason: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_beside(inside, **({} if first is None else {"V1": first}))
    assert str(raised.value) == f"{tmp_path}/{reason.format(dir=tmp_path)}"


def test_bytes_without_a_directory_include_nothing() -> None:
    assert read('<VirtualHosts><VirtualHost include="*.xml"/></VirtualHosts>') == WITHOUT_ANYTHING
    with pytest.raises(ConfigurationError, match=r"there is no file 'V1\.xml' to include"):
        read(FIRST_FILE)


def test_directory_stands_for_the_file_in_it(tmp_path: Path) -> None:
    (tmp_path / "Server.xml").write_text(server_xml("", "t"))
    assert read_configuration(tmp_path) == WITHOUT_ANYTHING
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match=r"config .*/empty/Server.xml: No such file or directory"):
        read_configuration(tmp_path / "empty")


# Macros of the environment


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("${env:TOKEN}", "secret"),
        ("${env:TOKEN:default}", "secret"),
        ("${env:NOPE:default}", "default"),
        ("${env:NOPE:a:b}", "a:b"),
        ("a-${env:TOKEN}-${env:NOPE}-b", "a-secret--b"),
        ("${env:EMPTY:default}", ""),
        ("${env:HOSTNAME}", platform.node()),
        ("${env:}", "${env:}"),
        ("${PublicIP}", "${PublicIP}"),
    ],
)
def test_macros_are_replaced(text: str, token: str) -> None:
    assert read_server_xml(server_xml("", text).encode(), "my.xml", {"TOKEN": "secret", "EMPTY": ""}).access_token == token


def test_macros_count_as_what_they_stand_for_and_are_shown_as_they_are() -> None:
    application = read_application("<Publishers><LLHLS><SegmentDuration>${env:SECONDS_:6}</SegmentDuration></LLHLS></Publishers>")
    assert application.llhls == LlhlsPublisher(segment_duration_ms=6000)
    assert application.document["publishers"] == {"llhls": {"segmentDuration": "${env:SECONDS_:6}"}}


def test_texts_of_lists_and_names_of_items_are_shown_as_what_they_stand_for() -> None:
    (host,) = read(HOST.format("<Name>${env:V_:v}</Name><Host><Names><Name>${env:N_:n}</Name></Names></Host>")).virtual_hosts
    assert host.document == {"name": "v", "host": {"names": ["n"]}}


# What is required, and what is left out


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param("<Managers/>", id="managers with nothing in them"),
        pytest.param(NAMED_HOST.format("<Host/>"), id="host without names"),
        pytest.param(NAMED_HOST.format("<Host><TLS/></Host>"), id="certificate without files"),
        pytest.param(NAMED_HOST.format("<AdmissionWebhooks><SecretKey>1</SecretKey></AdmissionWebhooks>"), id="webhooks without a url"),
        pytest.param("<Alert><SecretKey>1</SecretKey><Rules/></Alert>", id="alert without a url"),
        pytest.param(in_application("<Providers><Schedule/></Providers>"), id="schedule without a directory"),
        pytest.param(in_llhls(f"<Dumps><Dump><Enable>true</Enable>{DUMP}<Playlists/></Dump></Dumps>"), id="playlists without one"),
        pytest.param(HOST.format("<Name/>"), id="empty name"),
    ],
)
def test_nothing_is_required_below_what_need_not_be_there(xml: str) -> None:
    assert isinstance(read(xml), World)


@pytest.mark.parametrize(("provider", "outcome"), [("RTMP", ""), ("SRT", ""), ("OVT", "ThreadPerSocket is unknown")])
def test_inputs_that_encoders_connect_to_may_have_a_thread_for_each(provider: str, outcome: str) -> None:
    bound = f"<Bind><Providers><{provider}><ThreadPerSocket>true</ThreadPerSocket></{provider}></Providers>"
    xml = server_xml("", "t").replace("<Bind>", bound, 1).encode()
    with pytest.raises(ConfigurationError, match=outcome) if outcome else nullcontext():
        read_server_xml(xml, "my.xml")


@pytest.mark.parametrize("written", ["true", "false", ""])
def test_rtx_of_the_webrtc_publisher_is_a_flag_and_that_of_the_provider_a_group(written: str) -> None:
    provider, publisher = f"<WebRTC><Rtx><Enable>{written}</Enable></Rtx></WebRTC>", f"<WebRTC><Rtx>{written}</Rtx></WebRTC>"
    application = read_application(f"<Providers>{provider}</Providers><Publishers>{publisher}</Publishers>")
    assert application.document["providers"] == {"webrtc": {"rtx": {"enable": written}}}
    assert application.document["publishers"] == {"webrtc": {"rtx": written}}


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("<Name>q</Name><OutputStreamName>o</OutputStreamName>", "the output stream name o stands more than once"),
        ("<Name>p</Name><OutputStreamName>r</OutputStreamName>", "the output profile name p stands more than once"),
        ("<Name>q</Name><OutputStreamName/>", "an output stream name is empty"),
    ],
)
def test_application_that_the_engine_can_not_make_is_left_out(caplog: pytest.LogCaptureFixture, other: str, reason: str) -> None:
    profiles = f"<OutputProfiles>{PROFILE.format('')}<OutputProfile>{other}</OutputProfile></OutputProfiles>"
    assert read(in_application(profiles)).virtual_hosts[0].applications == ()
    assert f"my.xml: VirtualHost v / Application a: {reason}, so the application is left out" in caplog.text
