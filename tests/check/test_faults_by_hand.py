"""A clean dump, spoilt in one way: what is found is that, and nothing else."""

from __future__ import annotations

import re
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from check.looking import edit, findings_of, only

from ome_mock.check import RULES

LIST, SEGMENT, INIT, INFO, MASTER = "chunklist_0_*", "seg_0_3_*", "init_0_*", "dump.info", "llhls.m3u8"

Spoil = Callable[[Path], object]


def remove(pattern: str) -> Spoil:
    return lambda dump: only(dump, pattern).unlink()


def empty(pattern: str) -> Spoil:
    return lambda dump: only(dump, pattern).write_bytes(b"")


def cut(pattern: str, to: float = 0.5) -> Spoil:
    def cut(dump: Path) -> None:
        path = only(dump, pattern)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * to)])

    return cut


def sub(pattern: str, old: str, new: str, count: int = 1) -> Spoil:
    return lambda dump: edit(only(dump, pattern), lambda text: re.sub(old, new, text, count=count, flags=re.DOTALL))


def rename(pattern: str, old: str, new: str) -> Spoil:
    def rename(dump: Path) -> None:
        path = only(dump, pattern)
        path.rename(path.with_name(path.name.replace(old, new)))

    return rename


def swap(first: str, second: str) -> Spoil:
    def swap(dump: Path) -> None:
        one, two = only(dump, first), only(dump, second)
        one_bytes, two_bytes = one.read_bytes(), two.read_bytes()
        one.write_bytes(two_bytes)
        two.write_bytes(one_bytes)

    return swap


def patch(pattern: str, offset: int, code: str, change: Callable[[int], int]) -> Spoil:
    """Change a number in the first fragment of a segment."""

    def patch(dump: Path) -> None:
        path = only(dump, pattern)
        data = bytearray(path.read_bytes())
        (value,) = struct.unpack_from(code, data, offset)
        struct.pack_into(code, data, offset, change(value))
        path.write_bytes(data)

    return patch


def without_first_fragment(pattern: str) -> Spoil:
    def cut(dump: Path) -> None:
        path = only(dump, pattern)
        data = path.read_bytes()
        path.write_bytes(data[data.index(b"moof", 8) - 4 :])

    return cut


def copy(pattern: str, name: str) -> Spoil:
    return lambda dump: shutil.copy(only(dump, pattern), dump / name)


def swap_entries(dump: Path) -> None:
    edit(
        only(dump, LIST),
        lambda text: re.sub(r"(#EXT-X-PROGRAM\S+\n#EXTINF\S+\nseg_0_3\S+\n)(#EXT-X-PROGRAM\S+\n#EXTINF\S+\nseg_0_4\S+\n)", r"\2\1", text),
    )


ENTRY = r"#EXT-X-PROGRAM-DATE-TIME:\S+\n#EXTINF:\S+\nseg_0_3_\S+\n"
ITEM = r"\s*<Item>\s*<Seq>{0}</Seq>.*?</Item>"
CASES: dict[str, tuple[Spoil, set[str]]] = {
    "segment missing": (remove(SEGMENT), {"segment-missing", "info-names-missing"}),
    "first segment missing": (remove("seg_0_0_*"), {"segment-missing", "info-names-missing"}),
    "segment empty": (empty(SEGMENT), {"segment-empty"}),
    "segment cut": (cut(SEGMENT), {"segment-damaged"}),
    "segment cut by a byte": (cut(SEGMENT, 0.9999), {"segment-damaged"}),
    "segment of zeros": (lambda dump: only(dump, SEGMENT).write_bytes(bytes(5000)), {"segment-damaged"}),
    "segment renamed": (
        rename(SEGMENT, "seg_0_3", "seg_0_33"),
        {"segment-missing", "segment-unlisted", "info-names-missing", "info-lacks-file"},
    ),
    "segments swapped": (swap(SEGMENT, "seg_0_4_*"), {"decode-time-jumps", "sequence-number-jumps"}),
    "decode time moved": (patch(SEGMENT, 76, ">Q", lambda ticks: ticks + 500), {"decode-time-jumps"}),
    "sequence number moved": (patch(SEGMENT, 20, ">I", lambda number: number + 5), {"sequence-number-jumps"}),
    "no key frame at the beginning": (patch(SEGMENT, 112, ">I", lambda _: 0x01010000), {"no-key-frame"}),
    "first fragment lost": (
        without_first_fragment(SEGMENT),
        {"no-key-frame", "duration-differs", "decode-time-jumps", "sequence-number-jumps"},
    ),
    "segment of another track": (swap(SEGMENT, "seg_2_3_*"), {"decode-time-jumps", "sequence-number-jumps", "duration-differs"}),
    "init section missing": (remove(INIT), {"init-missing", "info-names-missing"}),
    "init section empty": (empty(INIT), {"init-damaged"}),
    "init section cut": (cut(INIT), {"init-damaged"}),
    "init section of another track": (swap(INIT, "init_2_*"), {"init-damaged", "codecs-differ"}),
    "list missing": (remove(LIST), {"list-missing", "playlist-missing", "info-names-missing"}),
    "list empty": (empty(LIST), {"playlist-unreadable", "segment-unlisted"}),
    "list cut in a line": (sub(LIST, r"(seg_0_3).*", r"\1"), {"playlist-cut", "endlist-missing", "segment-missing", "segment-unlisted"}),
    "list without an end": (sub(LIST, "#EXT-X-ENDLIST\n", ""), {"endlist-missing"}),
    "list that does not count from 0": (sub(LIST, "SEQUENCE:0", "SEQUENCE:3"), {"media-sequence-not-zero"}),
    "list without a map": (sub(LIST, "#EXT-X-MAP[^\n]*\n", ""), {"map-missing"}),
    "list without a target duration": (sub(LIST, "#EXT-X-TARGETDURATION[^\n]*\n", ""), {"target-duration-missing"}),
    "target duration too short": (sub(LIST, "TARGETDURATION:6", "TARGETDURATION:4"), {"target-duration-exceeded"}),
    "version too low": (sub(LIST, "VERSION:6", "VERSION:3"), {"version-too-low"}),
    "EXTINF wrong": (sub(LIST, r"EXTINF:[\d.]+(,\nseg_0_3)", r"EXTINF:5.000000\1"), {"duration-differs", "date-jumps"}),
    "EXTINF no number": (sub(LIST, r"EXTINF:[\d.]+(,\nseg_0_3)", r"EXTINF:x\1"), {"playlist-syntax", "duration-differs", "date-jumps"}),
    "date wrong": (sub(LIST, r"TIME:\d{4}(\S+\n#EXTINF\S+\nseg_0_3)", r"TIME:2031\1"), {"date-jumps"}),
    "date without a zone": (sub(LIST, r"\+00:00(\n#EXTINF\S+\nseg_0_3)", r"\1"), {"date-jumps"}),
    "segment not listed": (sub(LIST, ENTRY, ""), {"segment-unlisted"}),
    "segment listed twice": (sub(LIST, f"({ENTRY})", r"\1\1"), {"segment-listed-twice"}),
    "segments listed the wrong way round": (swap_entries, {"segment-order"}),
    "segment neither listed nor there": (
        lambda dump: (remove(SEGMENT)(dump), sub(LIST, ENTRY, "")(dump)),
        {"segment-skipped", "info-names-missing"},
    ),
    "segment of another track listed": (
        sub(LIST, "seg_0_3_video", "seg_1_3_video"),
        {"wrong-track", "segment-unlisted"},
    ),
    "parts listed": (sub(LIST, "#EXT-X-MAP", "#EXT-X-PART-INF:PART-TARGET=0.5\n#EXT-X-MAP"), {"low-latency-tags"}),
    "path in a list": (sub(LIST, "seg_0_3", "/app/stream/seg_0_3"), {"uri-leads-elsewhere", "segment-unlisted"}),
    "first segments cut off one track": (sub(LIST, r"#EXT-X-PROGRAM.*?(#EXT-X-PROGRAM)", r"\1"), {"beginnings-differ", "segment-unlisted"}),
    "master empty": (empty(MASTER), {"playlist-unreadable"}),
    "master cut": (cut(MASTER, 0.9), {"playlist-cut", "playlist-missing"}),
    "master without variants": (sub(MASTER, "#EXT-X-STREAM-INF.*", ""), {"master-empty"}),
    "master that names what is not there": (sub(MASTER, r"\nchunklist_0", "\nchunklist_9"), {"playlist-missing"}),
    "master of a live stream": (sub(MASTER, r"\nchunklist_0", "\n/app/stream/chunklist_0"), {"uri-leads-elsewhere"}),
    "master with another codec": (sub(MASTER, r"avc1\.\w+", "hvc1.1.6.L60.90"), {"codecs-differ"}),
    "master without its group": (sub(MASTER, "#EXT-X-MEDIA[^\n]*\n", ""), {"playlist-syntax", "codecs-differ"}),
    "byte order mark": (lambda dump: (dump / MASTER).write_bytes(b"\xef\xbb\xbf" + (dump / MASTER).read_bytes()), {"playlist-unreadable"}),
    "two streams in one directory": (copy(SEGMENT, "seg_0_0_video_OTHERKEY_llhls.m4s"), {"mixed-streams", "list-missing"}),
    "a part": (copy(SEGMENT, "part_0_3_1_video_ABCDEFGH_llhls.m4s"), {"odd-name"}),
    "a name nearly OME's": (copy(SEGMENT, "seg_0_3_video_ABCDEFGH_llhls.mp4"), {"odd-name"}),
    "info file empty": (empty(INFO), {"info-empty"}),
    "info file cut": (cut(INFO), {"info-not-xml", "info-lacks-file"}),
    "info file with an item less": (sub(INFO, ITEM.format(4), ""), {"info-sequence", "info-lacks-file"}),
    "info file without a segment": (
        lambda dump: edit(dump / INFO, lambda text: re.sub(r"\s*<Item>(?:(?!</Item>).)*seg_0_3_.*?</Item>", "", text, flags=re.DOTALL)),
        {"info-sequence", "info-lacks-file"},
    ),
    "info file that names what is not there": (sub(INFO, "seg_0_3_", "seg_0_99_"), {"info-names-missing", "info-lacks-file"}),
    "info file with markup": (sub(INFO, "<UserData>", "<UserData>a<b&c"), {"info-not-xml"}),
    "info file going back in time": (sub(INFO, r"<Time>2\d{3}(?=\S*</Time>\s*<File>[^<]*seg_0_3)", "<Time>1999"), {"info-time"}),
    "info file with a time that is none": (sub(INFO, "<Time>[^<]*", "<Time>yesterday"), {"info-time"}),
    "status Error": (sub(INFO, "Completed", "Error"), {"dump-failed"}),
    "status unknown": (sub(INFO, "Completed", "Done"), {"info-status"}),
}


@pytest.mark.parametrize("name", CASES)
def test_fault_is_found_and_nothing_else(dump: Path, name: str) -> None:
    spoil, wanted = CASES[name]
    spoil(dump)
    findings = findings_of(dump)
    assert {each.rule.name for each in findings} == wanted, "\n".join(map(str, findings))


def test_clean_dump_has_nothing(clean: Path) -> None:
    assert findings_of(clean) == []


def test_every_rule_that_a_dump_can_break_is_tried() -> None:
    untried = set(RULES) - set().union(*(wanted for _, wanted in CASES.values()))
    assert untried == {"ts-list-not-finished", "listed-before-dump", "info-stale", "endings-differ"}, "tried in other files"


def test_finding_has_its_file_its_place_and_what_comes_of_it(dump: Path) -> None:
    remove(SEGMENT)(dump)
    found = next(each for each in findings_of(dump) if each.rule.name == "segment-missing")
    chunklist = only(dump, LIST)
    line = next(number for number, text in enumerate(chunklist.read_text().split("\n"), start=1) if text.startswith("seg_0_3"))
    assert (found.file, found.place) == (chunklist, f"line {line}")
    assert found.problem.endswith(" is not there")
    assert found.rule.effect == "players get a 404 there: they stall, skip, or give up"


def test_track_that_ends_long_before_the_others_is_found(dump: Path) -> None:
    edit(only(dump, LIST), lambda text: re.sub(r"#EXT-X-PROGRAM\S+\n#EXTINF\S+\nseg_0_[2-9]\S+\n", "", text))
    for segment in dump.glob("seg_0_[3-9]_*"):
        segment.unlink()
    assert {"endings-differ"} <= {each.rule.name for each in findings_of(dump)}
