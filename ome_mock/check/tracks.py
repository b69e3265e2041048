"""Rules between the tracks of a dump, and between a track's list and the files of its directory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from .files import DumpFiles
from .finding import Finding, finding
from .lists import TrackList

LONGEST_LAG = 3
"""The number of segments by which a track may end before another: one is being written, another may be twice as long."""


def comes_with_ready(each: Finding, files: DumpFiles, lists: Sequence[TrackList]) -> bool:
    """Says if a finding is about an init section of a dump that may have begun before every track of its stream had a segment.

    Init sections and masters are written, or listed if they are there already, when every track has one.
    """
    if files.masters or any(track.numbers != {0} for track in lists):
        return False
    inits = [name for name, read in files.named.items() if read.what == "init"]
    return (each.rule.name == "info-lacks-file" and each.file.name in inits) or (each.rule.name == "init-missing" and not inits)


def check_tracks(files: DumpFiles, lists: Sequence[TrackList]) -> Iterator[Finding]:
    yield from _mixed_streams(files)
    listed = {track.name.rendition: track for track in lists}
    for rendition, segments in sorted(files.segments.items()):
        if rendition in listed:
            yield from _unlisted(files, listed[rendition])
        elif rendition[1] != "ts":
            yield finding(
                files.directory / segments[min(segments)], "", "list-missing", "there are segments of its track, and no chunklist"
            )
    for key in sorted({track.name.key for track in lists if not track.name.is_ts}):
        tracks = [track for track in lists if track.name.key == key and not track.name.is_ts and track.numbers]
        yield from _beginnings(tracks)
        yield from _endings(tracks)


def _mixed_streams(files: DumpFiles) -> Iterator[Finding]:
    keys = sorted({name.key for name in files.named.values() if not name.is_ts})
    if len(keys) > 1:
        yield finding(files.directory, "", "mixed-streams", f"it holds files of {len(keys)} streams: {', '.join(map(repr, keys))}")


def _unlisted(files: DumpFiles, track: TrackList) -> Iterator[Finding]:
    """Segments that the list passes over; one after the last is the segment that is open, or was when the dump was stopped."""
    there, numbers = files.segments[track.name.rendition], track.numbers
    open_number = max(numbers) + 1 if numbers else max(there, default=0)
    for number, name in sorted(there.items()):
        if number not in numbers and number != open_number:
            yield finding(files.directory / name, "", "segment-unlisted", f"{track.path.name} does not list it")


def _beginnings(tracks: Sequence[TrackList]) -> Iterator[Finding]:
    first = min((min(track.numbers) for track in tracks), default=0)
    for track in tracks:
        if min(track.numbers) > first:
            problem = f"it begins with segment {min(track.numbers)}, and another track with segment {first}"
            yield finding(track.path, f"line {track.first_line}", "beginnings-differ", problem)


def _endings(tracks: Sequence[TrackList]) -> Iterator[Finding]:
    ends = [(track, track.end) for track in tracks]
    latest = max((end for _, end in ends if end is not None), default=None)
    longest = timedelta(milliseconds=LONGEST_LAG * max((track.longest_ms for track in tracks), default=0))
    for track, end in ends:
        if latest is not None and end is not None and latest - end > longest:
            problem = f"it ends {(latest - end).total_seconds():.3f} s before another track"
            yield finding(track.path, f"line {track.last_line}", "endings-differ", problem)
