"""Habits of every engine of a version in its dumps, as its documentation, its issues and recordings of it show.

The emulated dialects say it themselves (`Dialect.dump_quirks`); of engines that are not emulated it stands here.
"""

from __future__ import annotations

import re

from ..dialect import DIALECTS, ENGINE_QUIRKS, find_dialect, whole_name

Version = tuple[int, ...]

SINCE_AND_UNTIL: tuple[tuple[Version, Version, frozenset[str]], ...] = (
    ((0, 15, 0), (0, 15, 3), frozenset({"segment-missing"})),  # segments that a faster track had completed are never written
    ((0, 15, 0), (0, 15, 13), frozenset({"info-stale"})),  # neither a stop nor a stream's end writes Completed
    ((0, 16, 2), (0, 16, 2), frozenset({"segment-empty"})),  # a segment is written when it is begun
    ((0, 16, 4), (0, 16, 4), frozenset({"listed-before-dump", "endlist-missing", "media-sequence-not-zero", "segment-unlisted"})),
    ((0, 16, 5), (0, 16, 8), frozenset({"segment-unlisted"})),  # with a live window larger than SegmentCount
    ((0, 20, 0), (0, 21, 0), frozenset({"ts-list-not-finished"})),
)
"""From which version to which one which rules are broken (versions.md#dumps)."""

_ENGINE = re.compile(r"engine-0\.(1[5-9]|2[01])\.(\d{1,3})")


def quirks_of(name: str) -> frozenset[str]:
    """The names of the rules that every dump of a dialect, or of an engine by its version, may break. Raises
    ConfigurationError.
    """
    name = whole_name(name)
    match = _ENGINE.fullmatch(name)
    if match is None or name in DIALECTS:
        return find_dialect(name).dump_quirks
    version = (0, *map(int, match.groups()))
    return ENGINE_QUIRKS.union(*(rules for since, until, rules in SINCE_AND_UNTIL if since <= version <= until))
