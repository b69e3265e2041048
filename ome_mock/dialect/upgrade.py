"""The changes from one version of the engine to another, in words: the release notes of an upgrade, and the page of all versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from .dialect import Dialect
from .history import ENGINES
from .version_rule import Subject, Told, code_list, told_rules
from .version_rules import VersionRules

HEAD = """# Versions

The differences between the versions of OvenMediaEngine that are dialects, as their clients see them: `engine-0.16.8`
behaves as 0.16.8 does, bug for bug, and a shorter name, such as `engine-0.16`, means the newest of these.
`ome-mock versions` prints this page; `ome-mock versions 0.18 0.19` prints the changes from one version to another.
"""


class Change(NamedTuple):
    """One difference: its subject, what it is about, and what is said of each version."""

    subject: Subject
    about: str
    before: str
    after: str


def changes(before: VersionRules, after: VersionRules) -> list[Change]:
    """The changes for a client whose engine is replaced, in the order of their subjects."""
    found = []
    for rule, told in told_rules(VersionRules):
        old, new = getattr(before, rule.name), getattr(after, rule.name)
        if old != new:
            found.append(Change(told.subject, told.about, *_said(told, old, new)))
    return found


def release_notes(before: Dialect, after: Dialect) -> Iterator[str]:
    """The lines of these changes."""
    found = changes(before, after)
    yield f"From OvenMediaEngine {before.version} to {after.version}: {len(found) or 'no'} changes for a client."
    for subject, of_subject in groupby(found, key=lambda change: change.subject):
        yield ""
        yield subject.value
        for change in of_subject:
            yield f"- {change.about}: {change.after}" + (f" (before: {change.before})" if change.before else "")


def page() -> str:
    """The page of all versions, as Markdown."""
    lines = [HEAD]
    for subject, rules in groupby(told_rules(VersionRules), key=lambda pair: pair[1].subject):
        lines += [f"## {subject.value}", "", f"| what | {ENGINES[0].version} | before |", "|---|---|---|"]
        lines += [f"| {told.about} | {told.text(getattr(ENGINES[0], rule.name))} | {_before(rule.name, told)} |" for rule, told in rules]
        lines.append("")
    return "\n".join(lines)


def _before(name: str, told: Told) -> str:
    """The text about older versions, those with one value together."""
    spans = [(value, list(engines)) for value, engines in groupby(ENGINES, key=lambda engine: getattr(engine, name))]
    return "; ".join(f"{_span(engines)}: {told.text(value)}" for value, engines in spans[1:])


def _span(engines: Sequence[Dialect]) -> str:
    newest, oldest = engines[0].version, engines[-1].version
    if oldest == ENGINES[-1].version and newest != oldest:
        return f"{newest} and older"
    return newest if newest == oldest else f"{oldest} to {newest}"


def _said(told: Told, old: Any, new: Any) -> tuple[str, str]:
    """Both values in words; of sets that change only what comes and goes."""
    if not isinstance(old, frozenset) or not isinstance(new, frozenset):
        return told.text(old), told.text(new)
    come, gone = (old - new, new - old) if told.is_lack else (new - old, old - new)
    said = [f"{what} {code_list(names)}" for what, names in (("new:", come), ("gone:", gone)) if names]
    return "", "; ".join(said)
