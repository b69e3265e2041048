"""Findings as people and programs read them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ..text import printable
from .finding import Finding

MOST_SHOWN = 10
"""The number of findings of one rule in one file that are shown; the rest is counted."""


def report_text(findings: Sequence[Finding], quirks: frozenset[str], dialect: str) -> Iterator[str]:
    """Lines: findings, what their dialect breaks of itself apart, and a last line that counts them."""
    known = [each for each in findings if each.rule.name in quirks]
    new = [each for each in findings if each.rule.name not in quirks]
    yield from _lines(new)
    if known:
        yield f"as every {dialect}:"
        yield from _lines(known)
    yield _count(len(new)) + (f", and {len(known)} as every {dialect}" if known else "")


def report_json(findings: Iterable[Finding], quirks: frozenset[str]) -> str:
    """An array; `known` says whether the dialect breaks the rule of itself."""
    return json.dumps([_described(each, quirks) for each in findings], indent=2)


def _described(each: Finding, quirks: frozenset[str]) -> dict[str, object]:
    return {
        "file": str(each.file),
        "place": each.place,
        "rule": each.rule.name,
        "problem": each.problem,
        "source": each.rule.source,
        "effect": each.rule.effect,
        "known": each.rule.name in quirks,
    }


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Those of one rule in one file together, with what comes of them said once."""
    for _, group in groupby(findings, key=lambda each: (each.file, each.rule)):
        same = list(group)
        for each in same[:MOST_SHOWN]:
            yield printable(str(each))
        if len(same) > MOST_SHOWN:
            yield f"    and {len(same) - MOST_SHOWN} more of these"
        yield f"    {same[0].rule.effect} ({same[0].rule.source})"


def _count(number: int) -> str:
    return "nothing is wrong" if not number else "1 finding" if number == 1 else f"{number} findings"
