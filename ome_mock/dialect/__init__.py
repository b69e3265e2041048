"""Dialects: the ways in which OME is said or seen to behave.

The witnesses are OME's documentation of the dump API, and recorded engines; for live playlists, RFC 8216bis takes the place of the
documentation. Every difference is a field of one frozen record, so code asks for the field, never for the name of the dialect. `docs` is
the newest engine wherever the documentation is silent.
"""

from __future__ import annotations

from .dialect import DOCS, ENGINE_0_21, ENGINE_QUIRKS, Dialect, WriteMode
from .finding import DIALECTS, find_dialect, whole_name
from .history import ENGINES
from .version_rules import Readiness, UnreadyMaster, VersionRules

__all__ = [
    "DIALECTS",
    "DOCS",
    "ENGINES",
    "ENGINE_0_21",
    "ENGINE_QUIRKS",
    "Dialect",
    "Readiness",
    "UnreadyMaster",
    "VersionRules",
    "WriteMode",
    "find_dialect",
    "whole_name",
]
