"""Declares the rules that versions differ in, each with the words in which people are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, field, fields
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .version_rules import VersionRules

METADATA_KEY = "told"


class Subject(Enum):
    """The parts of OME that a client may depend on, in the order in which they are told."""

    CONFIGURATION = "Configuration"
    ANSWERS = "Answers of the REST API"
    STREAMS = "Documents of streams"
    ACTIONS = "Actions of the REST API"
    DUMPS = "Dumps"
    PLAYLISTS = "Playlists and live streams"
    BEGINNINGS = "First seconds of a stream"
    CALLBACKS = "Webhooks and alerts"


class Told(NamedTuple):
    """The words for a rule: what it is about, and how each of its values reads.

    A set is told by its members; `is_lack` says that these are missing. Any other value without words reads as code.
    """

    subject: Subject
    about: str
    words: Mapping[Any, str]
    is_lack: bool = False

    def text(self, value: Any) -> str:
        if value in self.words:
            return self.words[value]
        if isinstance(value, frozenset):
            listed = code_list(value)
            return f"without {listed}" if self.is_lack else listed
        if isinstance(value, tuple):
            return ", ".join(f"`{each}`" for each in value if each)
        return f"`{value}`"


def rule(newest: Any, subject: Subject, about: str, words: Mapping[Any, str] | None = None) -> Any:
    """A field of `VersionRules`: its value in the newest engine, and how it is told."""
    return field(default=newest, metadata={METADATA_KEY: Told(subject, about, words or {})})


def lack(subject: Subject, about: str) -> Any:
    """A field that holds what an older engine doesn't have yet; the newest one lacks nothing."""
    return field(default=frozenset(), metadata={METADATA_KEY: Told(subject, about, {frozenset(): "all"}, is_lack=True)})


def told_rules(of: type[VersionRules]) -> list[tuple[Field[Any], Told]]:
    """The rules of a class that are told, in the order of their subjects."""
    found = [(each, each.metadata[METADATA_KEY]) for each in fields(of) if METADATA_KEY in each.metadata]
    subjects = list(Subject)
    return sorted(found, key=lambda pair: subjects.index(pair[1].subject))


def code_list(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
