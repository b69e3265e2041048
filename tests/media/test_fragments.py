"""Segments and init sections read: what the engine wrote, what other writers may write, and what is broken."""

import struct
from pathlib import Path

import pytest
from media.boxes import read_init_section as read_strictly
from media.recorded import INIT_SECTIONS, SEGMENTS, RecordedSegment

from ome_mock.media.cmaf import box, full_box, part
from ome_mock.media.fragments import Fragment, MediaDamaged, read_fragments, read_init_section

SAMPLES = [b"abc", b"defgh"]


@pytest.mark.parametrize("path", INIT_SECTIONS, ids=lambda path: f"{path.parents[1].name}: {path.name[:12]}")
def test_engines_init_section_is_read(path: Path) -> None:
    strict, read = read_strictly(path.read_bytes()), read_init_section(path.read_bytes())
    wanted = ("vide", "avc1") if "video" in path.name else ("soun", "mp4a")
    assert (read.timescale, read.handler, read.codec) == (strict.timescale, *wanted)


@pytest.mark.parametrize("recorded", SEGMENTS, ids=str)
def test_engines_segment_is_read(recorded: RecordedSegment) -> None:
    chunks = recorded.chunks()
    read = list(read_fragments(recorded.read()))
    assert [(each.sequence_number, each.decode_time, each.duration, each.begins_with_key) for each in read] == [
        (each.sequence_number, each.decode_time, sum(each.durations), each.keys is None or each.keys[0]) for each in chunks
    ]


Box = tuple[int, bytes]
"""The flags of a box, or its version, and its content."""
SHORT_TIME = (0, struct.pack(">I", 90))


def moof(*, tfhd: Box, trun: Box, tfdt: Box = SHORT_TIME, number: int = 7, before: bytes = b"") -> bytes:
    traf = box(b"traf", full_box(b"tfhd", 0, *tfhd), full_box(b"tfdt", *(tfdt[0], 0, tfdt[1])), full_box(b"trun", 0, *trun))
    return before + box(b"moof", full_box(b"mfhd", 0, 0, struct.pack(">I", number)), traf) + box(b"mdat", *SAMPLES)


@pytest.mark.parametrize(
    ("fragment", "duration", "key"),
    [
        pytest.param(
            moof(tfhd=(0x38, struct.pack(">4I", 1, 30, 4, 0x01010000)), trun=(0x4, struct.pack(">II", 2, 0x02000000))),
            60,
            True,
            id="defaults, and flags of the first sample",
        ),
        pytest.param(
            moof(tfhd=(0x2A, struct.pack(">4I", 1, 1, 30, 0x01010000)), trun=(0x201, struct.pack(">4I", 2, 0, 3, 5))),
            60,
            False,
            id="no sample that is a key frame by default",
        ),
        pytest.param(
            moof(tfhd=(0x20000, struct.pack(">I", 1)), trun=(0x301, struct.pack(">6I", 2, 0, 10, 3, 20, 5))), 30, True, id="no defaults"
        ),
        pytest.param(
            moof(
                tfhd=(0x20000, struct.pack(">I", 1)),
                trun=(0x300, struct.pack(">5I", 2, 10, 3, 20, 5)),
                tfdt=(1, struct.pack(">Q", 90)),
                before=box(b"styp", b"msdh\0\0\0\0") + box(b"emsg", bytes(40)),
            ),
            30,
            True,
            id="boxes before it",
        ),
    ],
)
def test_other_layouts_are_read(fragment: bytes, duration: int, key: bool) -> None:
    (read,) = read_fragments(fragment)
    assert (read.sequence_number, read.decode_time, read.duration, read.begins_with_key) == (7, 90, duration, key)


def test_usual_layout_and_one_with_a_box_more_say_the_same() -> None:
    usual = part(3, 12_345, SAMPLES, [33, 34], [False, True])
    (read,) = read_fragments(usual)
    assert read == Fragment(0, 3, 12_345, 67, begins_with_key=False, size=8)
    longer = struct.pack(">I", 8 + int.from_bytes(usual[:4])) + b"moof" + box(b"free") + usual[8:]
    assert list(read_fragments(longer)) == [read]


WHOLE = part(1, 0, SAMPLES, [33, 33], [True, False])
HEAD = len(WHOLE) - 8 - sum(map(len, SAMPLES))


@pytest.mark.parametrize(
    ("data", "offset", "problem"),
    [
        (WHOLE[:-1], HEAD, "the box mdat of 16 bytes is cut at 15"),
        (WHOLE[:HEAD], 0, "moof without an mdat after it"),
        (WHOLE[: HEAD + 3], HEAD, "cut in the header of a box, at 139 bytes"),
        (WHOLE[HEAD:], 0, "mdat without a moof before it"),
        (WHOLE[:HEAD] + WHOLE, HEAD, "moof after moof, without an mdat between them"),
        (bytes(100), 0, "there is no box here"),
        (WHOLE[:HEAD] + box(b"mdat", b"abc"), 0, "the samples have 8 bytes, and the mdat 3"),
        (WHOLE.replace(b"tfdt", b"free"), 0, "the moof box lacks tfdt"),
        (box(b"moof", b"1234") + box(b"mdat"), 8, "a box within another does not fit"),
        (moof(tfhd=(0, struct.pack(">I", 1)), trun=(0x300, struct.pack(">3I", 9, 10, 3))), 0, "the moof box is cut"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_broken_is_told_with_its_place(data: bytes, offset: int, problem: str) -> None:
    with pytest.raises(MediaDamaged) as raised:
        list(read_fragments(data))
    assert (raised.value.offset, raised.value.problem) == (offset, problem)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "there is no moov box"),
        (INIT_SECTIONS[0].read_bytes()[:100], "the box moov of"),
        (INIT_SECTIONS[0].read_bytes().replace(b"mdhd", b"free"), "the moov box lacks mdhd"),
        (INIT_SECTIONS[0].read_bytes().replace(b"trex", b"free"), "the moov box lacks trex"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_init_section_that_is_broken_is_told(data: bytes, problem: str) -> None:
    with pytest.raises(MediaDamaged, match=problem):
        read_init_section(data)
