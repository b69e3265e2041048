"""Playlists read: the values that the renderers take, where each stands in the text, and what is wrong with the text.

Reading what was rendered gives the same values. Whatever is wrong is noted and passed over, so that the rest can be looked at too.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from .lines import Line, Mistake, read_attributes, read_decimal, read_integer, read_lines, read_milliseconds
from .media_playlist import LowLatency, MediaPart, MediaPlaylist, MediaSegment, RenditionReport
from .multivariant_playlist import AudioRendition, MultivariantPlaylist, SubtitleRendition, Variant


class ListedSegment(NamedTuple):
    """A segment, the line of its URI, and the URI of the init section that it needs; None where there is none."""

    segment: MediaSegment
    line: int
    map_uri: str | None


class ReadMediaPlaylist(NamedTuple):
    """A media playlist: an absent target duration is 0, an absent map empty. `tags` says in which line each tag stood first."""

    playlist: MediaPlaylist
    segments: tuple[ListedSegment, ...]
    tags: dict[str, int]
    mistakes: tuple[Mistake, ...]


class Reference(NamedTuple):
    """A playlist that a multivariant playlist names, in which line."""

    line: int
    uri: str


class ReadMultivariantPlaylist(NamedTuple):
    """A multivariant playlist; `references` holds renditions of every type, `variant_lines` the line of each variant's tag."""

    playlist: MultivariantPlaylist
    references: tuple[Reference, ...]
    variant_lines: tuple[int, ...]
    mistakes: tuple[Mistake, ...]


def parse_media_playlist(text: str) -> ReadMediaPlaylist:
    reader = _MediaReader()
    reader.read(text)
    return ReadMediaPlaylist(reader.playlist(), tuple(reader.segments), reader.tags, tuple(reader.mistakes))


def parse_multivariant_playlist(text: str) -> ReadMultivariantPlaylist:
    reader = _MultivariantReader()
    reader.read(text)
    playlist = MultivariantPlaylist(tuple(reader.renditions), tuple(reader.variants), subtitle_renditions=tuple(reader.subtitles))
    return ReadMultivariantPlaylist(playlist, tuple(reader.references), tuple(reader.variant_lines), tuple(reader.mistakes))


class _Reader:
    """Goes through the lines, and hands each to the method of its tag."""

    def __init__(self) -> None:
        self.tags: dict[str, int] = {}
        self.mistakes: list[Mistake] = []
        self.methods: dict[str, Callable[[Line], None]] = {}

    def read(self, text: str) -> None:
        if not text.startswith("#EXTM3U"):
            self.mistakes.append(Mistake(1, "the first line is not #EXTM3U"))
        for line in read_lines(text):
            self.tags.setdefault(line.tag, line.number)
            method = self.methods.get(line.tag)
            if method is not None:
                method(line)

    def wrong(self, line: Line, problem: str) -> None:
        self.mistakes.append(Mistake(line.number, problem))

    def attributes(self, line: Line, *required: str) -> dict[str, str]:
        """The attributes of a tag; what is missing is a mistake, and empty."""
        found = read_attributes(line.value)
        if found is None:
            self.wrong(line, f"{line.tag} has no list of attributes: {line.value[:80]!r}")
            found = {}
        else:
            for name in required:
                if name not in found:
                    self.wrong(line, f"{line.tag} has no {name}")
        return {**dict.fromkeys(required, ""), **found}

    def integer(self, line: Line, value: str) -> int:
        return self._number(line, value, read_integer(value))

    def milliseconds(self, line: Line, value: str) -> int:
        return self._number(line, value, read_milliseconds(value))

    def _number(self, line: Line, value: str, number: int | None) -> int:
        if number is None:
            self.wrong(line, f"{line.tag}: {value[:40]!r} is not a number")
        return number or 0


class _MediaReader(_Reader):
    def __init__(self) -> None:
        super().__init__()
        self.segments: list[ListedSegment] = []
        self._integers: dict[str, int] = {}
        """The values of tags that hold nothing but a number."""
        self._first_map: str | None = None
        self._map: str | None = None
        self._part_target_ms: int | None = None
        self._part_hold_back_ms = 0
        self._hints: dict[str, str] = {}
        self._reports: list[RenditionReport] = []
        self._begin_segment()
        self.methods = {
            "": self._uri,
            "#EXTINF": self._duration,
            "#EXT-X-BYTERANGE": self._byte_range,
            "#EXT-X-DISCONTINUITY": self._discontinuity,
            "#EXT-X-DISCONTINUITY-SEQUENCE": self._set_integer,
            "#EXT-X-MAP": self._set_map,
            "#EXT-X-MEDIA-SEQUENCE": self._set_integer,
            "#EXT-X-PART": self._part,
            "#EXT-X-PART-INF": self._part_inf,
            "#EXT-X-PRELOAD-HINT": self._preload_hint,
            "#EXT-X-PROGRAM-DATE-TIME": self._date,
            "#EXT-X-RENDITION-REPORT": self._report,
            "#EXT-X-SERVER-CONTROL": self._server_control,
            "#EXT-X-TARGETDURATION": self._set_integer,
        }

    def playlist(self) -> MediaPlaylist:
        self._end()
        low_latency = None
        if self._part_target_ms is not None:
            low_latency = LowLatency(
                self._part_target_ms, self._part_hold_back_ms, self._hints.get("PART"), tuple(self._reports), self._hints.get("MAP")
            )
        return MediaPlaylist(
            self._integers.get("#EXT-X-TARGETDURATION", 0),
            self._first_map or "",
            self._integers.get("#EXT-X-MEDIA-SEQUENCE", 0),
            low_latency,
            is_finished="#EXT-X-ENDLIST" in self.tags,
            discontinuity_sequence=self._integers.get("#EXT-X-DISCONTINUITY-SEQUENCE"),
        )

    def _begin_segment(self) -> None:
        self._duration_ms: int | None = None
        self._program_date_time = ""
        self._parts: list[MediaPart] = []
        self._is_discontinuous = False
        self._map_of_segment: str | None = None
        self._last_line = 0

    def _end(self) -> None:
        """The lines behind the last URI are the open segment, if there are parts of it."""
        if self._parts:
            self._add(self._last_line, "", is_complete=False)
        elif self._duration_ms is not None:
            self.mistakes.append(Mistake(self._last_line, "EXTINF without a URI after it"))

    def _add(self, line: int, uri: str, *, is_complete: bool) -> None:
        segment = MediaSegment(
            uri,
            self._duration_ms or 0,
            self._program_date_time,
            tuple(self._parts),
            is_complete,
            self._is_discontinuous,
            self._map_of_segment,
        )
        self.segments.append(ListedSegment(segment, line, self._map))
        self._begin_segment()

    def _uri(self, line: Line) -> None:
        if self._duration_ms is None:
            self.wrong(line, f"URI without EXTINF before it: {line.value[:80]!r}")
        self._add(line.number, line.value, is_complete=True)

    def _duration(self, line: Line) -> None:
        if self._duration_ms is not None:
            self.wrong(line, "EXTINF after EXTINF, without a URI between them")
        self._duration_ms = self.milliseconds(line, line.value.partition(",")[0])
        self._last_line = line.number

    def _byte_range(self, line: Line) -> None:
        self.wrong(line, "EXT-X-BYTERANGE: segments of a dump are whole files")

    def _discontinuity(self, _: Line) -> None:
        self._is_discontinuous = True

    def _set_integer(self, line: Line) -> None:
        self._integers[line.tag] = self.integer(line, line.value)

    def _set_map(self, line: Line) -> None:
        self._map = self.attributes(line, "URI")["URI"]
        if self._first_map is None:
            self._first_map = self._map
        else:
            self._map_of_segment = self._map

    def _date(self, line: Line) -> None:
        self._program_date_time = line.value

    def _part(self, line: Line) -> None:
        said = self.attributes(line, "URI", "DURATION")
        duration_ms = self.milliseconds(line, said["DURATION"])
        self._parts.append(MediaPart(said["URI"], duration_ms, said.get("INDEPENDENT") == "YES"))
        self._last_line = line.number

    def _part_inf(self, line: Line) -> None:
        self._part_target_ms = self.milliseconds(line, self.attributes(line, "PART-TARGET")["PART-TARGET"])

    def _server_control(self, line: Line) -> None:
        said = self.attributes(line)
        if "PART-HOLD-BACK" in said:
            self._part_hold_back_ms = self.milliseconds(line, said["PART-HOLD-BACK"])

    def _preload_hint(self, line: Line) -> None:
        said = self.attributes(line, "TYPE", "URI")
        self._hints[said["TYPE"]] = said["URI"]

    def _report(self, line: Line) -> None:
        said = self.attributes(line, "URI", "LAST-MSN", "LAST-PART")
        self._reports.append(RenditionReport(said["URI"], self.integer(line, said["LAST-MSN"]), self.integer(line, said["LAST-PART"])))


class _MultivariantReader(_Reader):
    def __init__(self) -> None:
        super().__init__()
        self.renditions: list[AudioRendition] = []
        self.subtitles: list[SubtitleRendition] = []
        self.variants: list[Variant] = []
        self.references: list[Reference] = []
        self.variant_lines: list[int] = []
        self._stream_inf: Line | None = None
        self._groups: set[tuple[str, str]] = set()
        """The type and the name of each."""
        self.methods = {"": self._uri, "#EXT-X-MEDIA": self._media, "#EXT-X-STREAM-INF": self._begin_variant}

    def read(self, text: str) -> None:
        super().read(text)
        if self._stream_inf is not None:
            self.wrong(self._stream_inf, "EXT-X-STREAM-INF without a URI after it")
        for variant, line in zip(self.variants, self.variant_lines, strict=True):
            for group in (("AUDIO", variant.audio_group), ("SUBTITLES", variant.subtitle_group)):
                if group[1] is not None and group not in self._groups:
                    self.mistakes.append(Mistake(line, f"there is no EXT-X-MEDIA of the group {group[1]!r}"))

    def _media(self, line: Line) -> None:
        said = self.attributes(line, "TYPE", "GROUP-ID", "NAME")
        if "URI" in said:
            self.references.append(Reference(line.number, said["URI"]))
        self._groups.add((said["TYPE"], said["GROUP-ID"]))
        named, uri, is_default = (said["GROUP-ID"], said["NAME"]), said.get("URI", ""), said.get("DEFAULT") == "YES"
        if said["TYPE"] == "SUBTITLES":
            chosen, forced = (said.get(name) == "YES" for name in ("AUTOSELECT", "FORCED"))
            self.subtitles.append(SubtitleRendition(*named, said.get("LANGUAGE", ""), uri, is_default, chosen, forced))
        if said["TYPE"] == "AUDIO":
            channels = said.get("CHANNELS", "").partition("/")[0]
            self.renditions.append(AudioRendition(*named, read_integer(channels) or 0, uri, is_default))

    def _begin_variant(self, line: Line) -> None:
        if self._stream_inf is not None:
            self.wrong(self._stream_inf, "EXT-X-STREAM-INF without a URI after it")
        self._stream_inf = line

    def _uri(self, line: Line) -> None:
        if self._stream_inf is None:
            self.wrong(line, f"URI without EXT-X-STREAM-INF before it: {line.value[:80]!r}")
            return
        self.references.append(Reference(line.number, line.value))
        self.variants.append(self._variant(self._stream_inf, line.value))
        self.variant_lines.append(self._stream_inf.number)
        self._stream_inf = None

    def _variant(self, line: Line, uri: str) -> Variant:
        said = self.attributes(line, "BANDWIDTH")
        frame_rate, average = said.get("FRAME-RATE"), said.get("AVERAGE-BANDWIDTH")
        return Variant(
            bandwidth=self.integer(line, said["BANDWIDTH"]) if said["BANDWIDTH"] else 0,
            codecs=tuple(said["CODECS"].split(",")) if said.get("CODECS") else (),
            uri=uri,
            resolution=self._resolution(line, said.get("RESOLUTION")),
            frame_rate=None if frame_rate is None else read_decimal(frame_rate) or Fraction(0),
            audio_group=said.get("AUDIO"),
            average_bandwidth=None if average is None else self.integer(line, average),
            subtitle_group=said.get("SUBTITLES"),
        )

    def _resolution(self, line: Line, value: str | None) -> tuple[int, int] | None:
        if value is None:
            return None
        width, _, height = value.partition("x")
        return self.integer(line, width), self.integer(line, height)
