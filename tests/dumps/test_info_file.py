"""The text of the info file."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from dump_api import KEY, DumpApi, Info, parse_info, read_info, started
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ome_mock.dialect import DOCS
from ome_mock.dumps.dump import DumpState
from ome_mock.dumps.info_file import InfoFile
from ome_mock.emulator import Emulator

USER_DATA = {
    "nothing": ("", None),
    "the documentation's": ("access_key_id='AKIAXFOT7EWH3ZA4XXXX'", "access_key_id='AKIAXFOT7EWH3ZA4XXXX'"),
    "markup": ("<UserData>a</UserData><!-- x --><?y?>&amp;&lt;&#65;", "<UserData>a</UserData><!-- x --><?y?>&amp;&lt;&#65;"),
    "an unknown entity": ("&nbsp; &x", "&nbsp; &x"),
    "a CDATA section": ("<![CDATA[x]]>", "<![CDATA[x]]>"),
    "the end of a CDATA section": ("]]>", "]]>"),
    "quotes": ("\"a\" 'b' `c`", "\"a\" 'b' `c`"),
    "JSON": ('{"a": [1, "<b>"]}', '{"a": [1, "<b>"]}'),
    "braces and percents": ("{0} {vhost} %s ${StreamName}", "{0} {vhost} %s ${StreamName}"),
    "backslashes": ("\\n \\ud800 C:\\x", "\\n \\ud800 C:\\x"),
    "spaces at both ends": ("  a  ", "  a  "),
    "a space": (" ", " "),
    "newlines": ("a\nb\n\n", "a\nb\n\n"),
    "tabs": ("\ta\t", "\ta\t"),
    "carriage returns": ("a\rb\r\nc\r", "a\rb\r\nc\r"),
    "control characters": ("a\x01b\x08c\x0bd\x0ce\x1ff", "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf"),
    "delete and the controls above it": ("\x7f\x80\x85\x9f", "\x7f\x80\x85\x9f"),
    "line separators": ("\u2028\u2029", "\u2028\u2029"),
    "letters": ("\u0434\u0430 \u30c0\u30f3\u30d7 \u00e9 e\u0301", "\u0434\u0430 \u30c0\u30f3\u30d7 \u00e9 e\u0301"),
    "emoji": ("\U0001f3ac\U0001f468\u200d\U0001f469", "\U0001f3ac\U0001f468\u200d\U0001f469"),
    "the last character": ("\U0010ffff\U0010fffe\ue000\ufffd", "\U0010ffff\U0010fffe\ue000\ufffd"),
    "no characters": ("\ufffe\uffff", "\ufffd\ufffd"),
    "bytes that are no characters": ("a\udcffb\udcc3(", "a\ufffdb\ufffd("),
    "a surrogate in UTF-8": ("\udced\udca0\udc80", "\ufffd\ufffd\ufffd"),
    "a byte order mark": ("\ufeffa", "\ufeffa"),
    "a NUL, where it is cut": ("a<b\0c", "a<b"),
    "64 kB": ("<&>" * 21_846, "<&>" * 21_846),
}


@pytest.mark.parametrize(("sent", "read"), USER_DATA.values(), ids=USER_DATA)
def test_user_data_comes_back_from_a_parser(sent: str, read: str | None, root: Path, api: DumpApi) -> None:
    assert started(api.start(infoFile="/d1.info", userData=sent))
    info = read_info(root / "d1.info")

    assert info.user_data == read
    assert info.status == "Running"
    assert len(info.items) == 9
    assert api.dumps()[0].get("userData", "") == re.sub("[\udc80-\udcff]", "\ufffd", sent.partition("\0")[0])


def rendered(user_data: str, files: list[str]) -> bytes:
    info_file = InfoFile(DOCS, user_data=user_data, vhost="default", app="app", output_stream="stream")
    for file in files:
        info_file.add("2026-01-01T00:00:00.000+00:00", file)
    return info_file.render(DumpState.RUNNING)


def as_xml_can_hold(text: str) -> str:
    """XML 1.0, section 2.2: #x9 | #xA | #xD | [#x20-#xD7FF] | [#xE000-#xFFFD] | [#x10000-#x10FFFF]."""
    return "".join(
        character
        if character in "\t\n\r" or " " <= character <= "\ud7ff" or "\ue000" <= character <= "\ufffd" or character >= "\U00010000"
        else "\ufffd"
        for character in text
    )


texts = st.text(
    st.one_of(st.characters(categories=None), st.sampled_from("<>&]'\"\r\n\t \x00\x0b\ud83d\ude00\ufffe\U0001f3ac")), max_size=40
)


@settings(deadline=None, database=None)
@given(user_data=texts, files=st.lists(texts, max_size=3))
@example(user_data="]]>", files=["&lt;", "\r\n"])
def test_any_text_comes_back_from_any_parser_as_xml_can_hold_it(user_data: str, files: list[str]) -> None:
    text = rendered(user_data, files)

    items: list[Any] = [(str(seq), "2026-01-01T00:00:00.000+00:00", as_xml_can_hold(file) or None) for seq, file in enumerate(files)]
    assert parse_info(text) == Info(
        as_xml_can_hold(user_data) or None,
        "/default/app/stream",
        "Running",
        items,
    )
    document = ET.fromstring(text)
    assert document.findtext("UserData") == as_xml_can_hold(user_data)
    assert [each.text or "" for each in document.iter("File")] == [as_xml_can_hold(file) for file in files]


@settings(deadline=None, database=None, max_examples=30)
@given(states=st.lists(st.sampled_from(list(DumpState)), min_size=1, max_size=4), items=st.integers(0, 5))
def test_rendering_changes_nothing_but_the_status(states: list[DumpState], items: int) -> None:
    info_file = InfoFile(DOCS, user_data="x", vhost="default", app="app", output_stream="stream")
    for number in range(items):
        info_file.add("2026-01-01T00:00:00.000+00:00", f"/out/{number}")
    texts = [info_file.render(state) for state in states]
    status = {DumpState.RUNNING: "Running", DumpState.COMPLETED: "Completed", DumpState.FAILED: "Error", DumpState.KILLED: "Running"}

    assert [parse_info(text).status for text in texts] == [status[state] for state in states]
    assert len({text.replace(status[state].encode(), b"") for text, state in zip(texts, states, strict=True)}) == 1


def test_text_has_two_spaces_no_declaration_and_a_newline_at_its_end(root: Path, emulator: Emulator, api: DumpApi) -> None:
    emulator.connect("default/app/radio", video=False, protocol="srt", ready=True)
    emulator.clock.advance(20 - 0.89)

    api.start(stream="radio", outputPath="/out/", infoFile="/d1.info", userData="a & b")

    assert (root / "d1.info").read_text() == (
        "<HLSDumpInfo>\n"
        "  <UserData>a &amp; b</UserData>\n"
        "  <Stream>/default/app/radio</Stream>\n"
        "  <Status>Running</Status>\n"
        "  <Items>\n"
        "    <Item>\n"
        "      <Seq>0</Seq>\n"
        "      <Time>2026-01-01T00:00:20.000+00:00</Time>\n"
        "      <File>/out/init_0_audio_d5IewaJ7_llhls.m4s</File>\n"
        "    </Item>\n"
        "    <Item>\n"
        "      <Seq>1</Seq>\n"
        "      <Time>2026-01-01T00:00:20.000+00:00</Time>\n"
        "      <File>/out/seg_0_3_audio_d5IewaJ7_llhls.m4s</File>\n"
        "    </Item>\n"
        "    <Item>\n"
        "      <Seq>2</Seq>\n"
        "      <Time>2026-01-01T00:00:20.000+00:00</Time>\n"
        "      <File>/out/chunklist_0_audio_d5IewaJ7_llhls.m3u8</File>\n"
        "    </Item>\n"
        "  </Items>\n"
        "</HLSDumpInfo>\n"
    )


def test_text_without_user_data_and_items() -> None:
    assert rendered("", []) == (
        b"<HLSDumpInfo>\n"
        b"  <UserData></UserData>\n"
        b"  <Stream>/default/app/stream</Stream>\n"
        b"  <Status>Running</Status>\n"
        b"  <Items>\n"
        b"  </Items>\n"
        b"</HLSDumpInfo>\n"
    )


@pytest.mark.parametrize(
    ("stream", "output", "shown"),
    [("stream", "stream", "/default/app/stream"), ("stream", "stream2", "/default/app/stream2"), ("a&b", "a&b2", "/default/app/a&b2")],
    ids=["the first output", "the second output", "a name with markup"],
)
def test_stream_is_the_output_stream_by_its_path(stream: str, output: str, shown: str, root: Path) -> None:
    emulator = Emulator(root=root, streams=[f"default/app/{stream}"])

    assert DumpApi(emulator).start(stream=stream, output=output, infoFile="/d1.info").status == 200
    assert read_info(root / "d1.info").stream == shown


START = "2026-01-01T00:00:00.000+00:00"
ITEMS_OF_20_SECONDS = [
    (START, "init_0_video"),
    (START, "seg_0_10_video"),
    (START, "chunklist_0_video"),
    (START, "init_1_video"),
    (START, "seg_1_10_video"),
    (START, "chunklist_1_video"),
    (START, "init_2_audio"),
    (START, "seg_2_10_audio"),
    (START, "chunklist_2_audio"),
    (START, "llhls"),
    (START, "abr"),
    ("2026-01-01T00:00:02.805+00:00", "seg_2_10_audio"),
    ("2026-01-01T00:00:02.805+00:00", "chunklist_2_audio"),
    ("2026-01-01T00:00:02.821+00:00", "seg_0_10_video"),
    ("2026-01-01T00:00:02.821+00:00", "chunklist_0_video"),
    ("2026-01-01T00:00:03.133+00:00", "seg_1_10_video"),
    ("2026-01-01T00:00:03.133+00:00", "chunklist_1_video"),
    ("2026-01-01T00:00:08.800+00:00", "seg_2_11_audio"),
    ("2026-01-01T00:00:08.800+00:00", "chunklist_2_audio"),
    ("2026-01-01T00:00:08.821+00:00", "seg_0_11_video"),
    ("2026-01-01T00:00:08.821+00:00", "chunklist_0_video"),
    ("2026-01-01T00:00:09.133+00:00", "seg_1_11_video"),
    ("2026-01-01T00:00:09.133+00:00", "chunklist_1_video"),
    ("2026-01-01T00:00:14.816+00:00", "seg_2_12_audio"),
    ("2026-01-01T00:00:14.816+00:00", "chunklist_2_audio"),
    ("2026-01-01T00:00:14.821+00:00", "seg_0_12_video"),
    ("2026-01-01T00:00:14.821+00:00", "chunklist_0_video"),
    ("2026-01-01T00:00:15.133+00:00", "seg_1_12_video"),
    ("2026-01-01T00:00:15.133+00:00", "chunklist_1_video"),
]
ENDS = {"init": f"_{KEY}_llhls.m4s", "seg": f"_{KEY}_llhls.m4s", "chunklist": f"_{KEY}_llhls.m3u8", "llhls": ".m3u8", "abr": ".m3u8"}


@pytest.mark.parametrize("writes", ["replace", "in-place"])
@pytest.mark.parametrize("steps", [[20], [0.5] * 40, [2.805, 0.016, 17.179]], ids=["one", "many", "at the instants"])
def test_items_of_20_seconds(steps: list[float], writes: str, root: Path) -> None:
    """One per write of the engine, at the instant it fell due, however the clock was turned."""
    emulator = Emulator(root=root, writes=writes)
    api = DumpApi(emulator)
    api.start(infoFile="/d1.info", playlist=["llhls.m3u8", "abr.m3u8"])
    for seconds in steps:
        emulator.clock.advance(seconds)

    assert read_info(root / "d1.info").items == [
        (str(seq), time, f"/out/{name}{ENDS[name.partition('_')[0]]}") for seq, (time, name) in enumerate(ITEMS_OF_20_SECONDS)
    ]


def test_items_of_a_queued_dump_begin_with_the_track_that_is_ready_first(root: Path, emulator: Emulator, api: DumpApi) -> None:
    emulator.connect("default/app/later", ready=True)
    assert api.start(stream="later", output="later2", infoFile="/d1.info", playlist=["llhls.m3u8"]).status == 200
    assert not (root / "d1.info").exists()
    emulator.clock.advance(7)

    assert read_info(root / "d1.info").items == [
        ("0", "2026-01-01T00:00:06.016+00:00", "/out/seg_5_0_audio_HTdKL2Wa_llhls.m4s"),
        ("1", "2026-01-01T00:00:06.016+00:00", "/out/chunklist_5_audio_HTdKL2Wa_llhls.m3u8"),
        ("2", "2026-01-01T00:00:06.021+00:00", "/out/init_4_video_HTdKL2Wa_llhls.m4s"),
        ("3", "2026-01-01T00:00:06.021+00:00", "/out/init_5_audio_HTdKL2Wa_llhls.m4s"),
        ("4", "2026-01-01T00:00:06.021+00:00", "/out/llhls.m3u8"),
        ("5", "2026-01-01T00:00:06.021+00:00", "/out/seg_4_0_video_HTdKL2Wa_llhls.m4s"),
        ("6", "2026-01-01T00:00:06.021+00:00", "/out/chunklist_4_video_HTdKL2Wa_llhls.m3u8"),
    ]


def test_user_data_without_an_info_file_is_shown_and_not_written(root: Path, emulator: Emulator, api: DumpApi) -> None:
    assert started(api.start(userData="a<b"))
    emulator.clock.advance(20)
    api.stop()

    assert [path.name for path in root.iterdir()] == ["out"]
    assert not [path for path in (root / "out").iterdir() if path.suffix not in (".m4s", ".m3u8")]
    assert api.dumps()[0]["userData"] == "a<b"


@pytest.mark.parametrize("user_data", [42, None, ["a"], {"a": "b"}, True], ids=["a number", "null", "a list", "an object", "true"])
def test_user_data_that_is_no_string_is_nothing(user_data: object, root: Path, api: DumpApi) -> None:
    assert started(api.start(infoFile="/d1.info", userData=user_data))
    assert read_info(root / "d1.info").user_data is None
    assert "userData" not in api.dumps()[0]
