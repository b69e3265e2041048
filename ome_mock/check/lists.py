"""The chunklist of one track, against the files that it names."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from ..hls.lines import read_integer
from ..hls.reading import ListedSegment, ReadMediaPlaylist, parse_media_playlist
from ..media.fragments import InitSection, MediaDamaged, read_init_section
from .files import DumpFiles, DumpName, file_of, looks_like_omes
from .finding import Finding, finding
from .info_files import read_date
from .media_files import SegmentFacts, read_segment
from .texts import mistakes, read_playlist

LOW_LATENCY_TAGS = ("#EXT-X-PART", "#EXT-X-PART-INF", "#EXT-X-PRELOAD-HINT", "#EXT-X-RENDITION-REPORT", "#EXT-X-SKIP")
VERSION_WITH_MAP = 6
ROUNDING_MS = 2
"""The error that rounding to milliseconds may add up to."""
DATES_DIFFER = timedelta(milliseconds=50)


class TrackList(NamedTuple):
    """The sum of a chunklist, for those that look at several: `numbers` are those of the listed segments, `end` the date at which
    the last one ends, `longest_ms` the target duration or the longest segment, `init` the first init section, if it is readable.
    """

    path: Path
    name: DumpName
    numbers: frozenset[int]
    first_line: int
    last_line: int
    end: datetime | None
    target_s: int
    longest_ms: int
    init: InitSection | None


class ListCheck:
    """Checks one chunklist."""

    def __init__(self, files: DumpFiles, path: Path, name: DumpName, in_info: Container[str], on_segment: Callable[[], object]) -> None:
        """`in_info`: the names that info files list; `on_segment` is called for each segment that was looked at."""
        self._files = files
        self._there = files.segments.get(name.rendition, {})
        self._directory = str(files.directory)
        self._on_segment = on_segment
        self._path = path
        self._name = name
        self._in_info = in_info
        self._inits: dict[str, InitSection | None] = {}
        self.findings: list[Finding] = []

    def run(self) -> TrackList:
        text, self.findings = read_playlist(self._path)
        read = parse_media_playlist(text)
        if text:
            self.findings += mistakes(self._path, read.mistakes)
            self._check_head(read, text)
            self._check_target(read)
            self._check_segments(read.segments)
        return self._summary(read)

    def _summary(self, read: ReadMediaPlaylist) -> TrackList:
        segments, target_s = read.segments, read.playlist.target_duration_s
        names = (self._files.name_of(file_of(each.segment.uri) or "") for each in segments)
        first_map = segments[0].map_uri if segments else read.playlist.map_uri
        last = segments[-1] if segments else None
        begin = read_date(last.segment.program_date_time) if last else None
        return TrackList(
            self._path,
            self._name,
            numbers=frozenset(name.number for name in names if name and name.number is not None and name.rendition == self._name.rendition),
            first_line=segments[0].line if segments else 0,
            last_line=last.line if last else 0,
            end=begin + timedelta(milliseconds=last.segment.duration_ms) if begin and last else None,
            target_s=target_s,
            longest_ms=max((target_s * 1000, *(each.segment.duration_ms for each in segments))),
            init=self._init(first_map, read.tags.get("#EXT-X-MAP", 0)) if first_map else None,
        )

    def _find(self, line: int, rule: str, problem: str) -> None:
        self.findings.append(finding(self._path, f"line {line}" if line else "", rule, problem))

    def _find_in(self, file: str, offset: int | None, rule: str, problem: str) -> None:
        place = "" if offset is None else f"byte {offset}"
        self.findings.append(finding(self._files.directory / file, place, rule, problem))

    # The head

    def _check_head(self, read: ReadMediaPlaylist, text: str) -> None:
        tags = read.tags
        if not read.playlist.is_finished:
            rule = "ts-list-not-finished" if self._name.is_ts else "endlist-missing"
            self._find(text.count("\n"), rule, "there is no EXT-X-ENDLIST at its end")
        elif (after := max((each.line for each in read.segments), default=0)) > tags["#EXT-X-ENDLIST"]:
            self._find(after, "playlist-syntax", "there are segments after EXT-X-ENDLIST")
        if read.playlist.media_sequence:
            line = tags["#EXT-X-MEDIA-SEQUENCE"]
            self._find(line, "media-sequence-not-zero", f"EXT-X-MEDIA-SEQUENCE is {read.playlist.media_sequence}")
        for tag in LOW_LATENCY_TAGS:
            if tag in tags:
                self._find(tags[tag], "low-latency-tags", f"it has {tag.removeprefix('#')}")
        self._check_version(read, text)

    def _check_version(self, read: ReadMediaPlaylist, text: str) -> None:
        needs_map = self._name.kind in {"video", "audio"}
        if needs_map and "#EXT-X-MAP" not in read.tags:
            self._find(0, "map-missing", "there is no EXT-X-MAP")
        if not needs_map or "#EXT-X-MAP" not in read.tags:
            return
        line = read.tags.get("#EXT-X-VERSION", 0)
        said = text.split("\n")[line - 1].partition(":")[2].strip() if line else "1"
        if (read_integer(said) or 0) < VERSION_WITH_MAP:
            self._find(line, "version-too-low", f"EXT-X-MAP needs version {VERSION_WITH_MAP}, and it has {said or 'none'}")

    def _check_target(self, read: ReadMediaPlaylist) -> None:
        target_s, line = read.playlist.target_duration_s, read.tags.get("#EXT-X-TARGETDURATION", 0)
        if not target_s:
            self._find(line, "target-duration-missing", "there is no EXT-X-TARGETDURATION" if not line else "EXT-X-TARGETDURATION is 0")
            return
        over = [each for each in read.segments if (each.segment.duration_ms + 500) // 1000 > target_s]
        if over:
            longest = max(over, key=lambda each: each.segment.duration_ms)
            problem = f"EXT-X-TARGETDURATION is {target_s}, and {len(over)} segments are longer, up to {_s(longest.segment.duration_ms)}"
            self._find(longest.line, "target-duration-exceeded", problem)

    # The segments

    def _check_segments(self, segments: tuple[ListedSegment, ...]) -> None:
        """One after the other; what is before a hole is not held against what comes after it."""
        seen: set[str] = set()
        before: tuple[ListedSegment, str, SegmentFacts | None] | None = None
        for each in segments:
            file = self._named(each)
            if file is None:
                before = None
                continue
            if file in seen:
                self._find(each.line, "segment-listed-twice", f"{file} is listed again")
                before = None
                continue
            seen.add(file)
            if before is not None and not self._follows(each, file, before[1]):
                before = None
            facts = self._facts(each, file)
            if before is not None and not each.segment.is_discontinuous:
                self._check_date(each, before[0])
                if facts is not None and before[2] is not None:
                    self._check_continuity(each, file, facts, before[2])
            before = each, file, facts
            self._on_segment()

    def _named(self, each: ListedSegment) -> str | None:
        """The file that a segment is; None where there is none to look at."""
        file = file_of(each.segment.uri)
        if file is None:
            self._find(each.line, "uri-leads-elsewhere", f"{each.segment.uri[:120]!r} is not a name")
            return None
        name = self._files.name_of(file)
        if name is None and file in self._files:
            self._find(each.line, "odd-name", f"{file} is not the name of a segment")
        elif name is not None and name.rendition != self._name.rendition:
            self._find(each.line, "wrong-track", f"{file} is of another track or stream")
            return None
        return file

    def _follows(self, each: ListedSegment, file: str, before: str) -> bool:
        """Says if a segment is the next by its number, so that its times must go on."""
        name, last = self._files.name_of(file), self._files.name_of(before)
        if name is None or last is None or name.number is None or last.number is None:
            return True
        if name.number < last.number:
            self._find(each.line, "segment-order", f"{file} follows {before}")
        lost = [number for number in range(last.number + 1, name.number) if number not in self._there]
        if lost:
            said = f"segment {lost[0]}" if len(lost) == 1 else f"{len(lost)} segments from {lost[0]} on"
            self._find(each.line, "segment-skipped", f"{said} between {before} and {file}: neither listed nor there")
        return name.number == last.number + 1

    def _facts(self, each: ListedSegment, file: str) -> SegmentFacts | None:
        """The content of a segment's file, or None where it can't be relied on; faults in it become findings."""
        if file not in self._files:
            self._find(each.line, *self._absence(file))
            return None
        try:
            facts = read_segment(f"{self._directory}/{file}")
        except OSError as error:
            self._find_in(file, None, "segment-missing", f"it can't be read: {error.strerror}")
            return None
        if not facts.size:
            self._find_in(file, None, "segment-empty", f"it is empty, and listed with {_s(each.segment.duration_ms)}")
        for flaw in facts.flaws:
            self._find_in(file, flaw.offset, flaw.rule, flaw.problem)
        if not facts.is_timed:
            return None
        if self._name.kind == "video" and not facts.begins_with_key:
            self._find_in(file, 0, "no-key-frame", "its first sample is no key frame")
        init = self._init(each.map_uri, each.line) if each.map_uri else None
        if init is not None:
            self._check_duration(each, file, facts, init)
        return facts

    def _absence(self, file: str) -> tuple[str, str]:
        """A segment that never came, or one from before the dump, which OME 0.16.4 lists."""
        name = self._files.name_of(file)
        is_before = name is not None and name.number is not None and name.number < min(self._there, default=0)
        if is_before and file not in self._in_info:
            return "listed-before-dump", f"{file} is not there, and is from before the first segment that is"
        return "segment-missing", f"{file} is not there"

    def _check_duration(self, each: ListedSegment, file: str, facts: SegmentFacts, init: InitSection) -> None:
        duration_ms = facts.duration * 1000 / init.timescale
        if abs(duration_ms - each.segment.duration_ms) > ROUNDING_MS:
            self._find(each.line, "duration-differs", f"EXTINF is {_s(each.segment.duration_ms)}, and {file} holds {_s(duration_ms)}")

    def _check_continuity(self, each: ListedSegment, file: str, facts: SegmentFacts, before: SegmentFacts) -> None:
        init = self._init(each.map_uri, each.line) if each.map_uri else None
        off = facts.begin - before.end
        if abs(off) > (init.timescale // 1000 if init else 0):
            said = _s(abs(off) * 1000 / init.timescale) if init else f"{abs(off)} ticks"
            where = "after" if off > 0 else "before"
            self._find_in(file, 0, "decode-time-jumps", f"it begins {said} {where} the end of the segment before it")
        if facts.first_sequence != before.last_sequence + 1:
            problem = f"its first fragment is {facts.first_sequence}, and the last of the segment before it {before.last_sequence}"
            self._find_in(file, 0, "sequence-number-jumps", problem)

    def _check_date(self, each: ListedSegment, before: ListedSegment) -> None:
        date, last = read_date(each.segment.program_date_time), read_date(before.segment.program_date_time)
        if each.segment.program_date_time and date is None:
            self._find(each.line, "date-jumps", f"EXT-X-PROGRAM-DATE-TIME {each.segment.program_date_time!r} is no date with a zone")
        if date is None or last is None:
            return
        off = date - (last + timedelta(milliseconds=before.segment.duration_ms))
        if abs(off) > DATES_DIFFER:
            where = "after" if off > timedelta() else "before"
            self._find(each.line, "date-jumps", f"its date is {abs(off).total_seconds():.3f} s {where} the end of the segment before it")

    # The init sections

    def _init(self, uri: str, line: int) -> InitSection | None:
        if uri not in self._inits:
            self._inits[uri] = self._read_init(uri, line)
        return self._inits[uri]

    def _read_init(self, uri: str, line: int) -> InitSection | None:
        file = file_of(uri)
        if file is None:
            self._find(line, "uri-leads-elsewhere", f"the init section {uri[:120]!r} is not a name")
            return None
        name = self._files.name_of(file)
        if name is not None and name.rendition != self._name.rendition:
            self._find(line, "wrong-track", f"the init section {file} is of another track or stream")
        if file not in self._files:
            self._find(line, "init-missing", f"the init section {file} is not there")
            return None
        try:
            init = read_init_section((self._files.directory / file).read_bytes())
        except OSError as error:
            self._find_in(file, None, "init-missing", f"it can't be read: {error.strerror}")
            return None
        except MediaDamaged as damage:
            self._find_in(file, damage.offset, "init-damaged", damage.problem)
            return None
        wanted = {"video": "vide", "audio": "soun"}.get(self._name.kind, init.handler)
        if init.handler != wanted:
            self._find_in(file, 0, "init-damaged", f"its handler is {init.handler!r}, of a track of {self._name.kind}")
        return init


def odd_names(files: DumpFiles) -> Iterator[Finding]:
    """Files that are named like OME's, and not as OME names them; parts are never dumped."""
    for name in files.others:
        if looks_like_omes(name):
            problem = "a part: a dump has whole segments" if name.startswith("part_") else "it is named like a file of OME's, and is none"
            yield finding(files.directory / name, "", "odd-name", problem)


def _s(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3f} s"
