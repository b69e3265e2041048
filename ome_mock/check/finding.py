"""Findings: faults of a dump, each said once for its place."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from .rules import RULES, Rule


class Finding(NamedTuple):
    """A file, a place in it (`line 12`, `byte 40960`, `item 7`; empty: the whole file), the rule that is broken there, and how."""

    file: Path
    place: str
    rule: Rule
    problem: str

    def __str__(self) -> str:
        place = f", {self.place}" if self.place else ""
        return f"{self.file}{place}: {self.problem} [{self.rule.name}]"


def finding(file: Path, place: str, rule: str, problem: str) -> Finding:
    return Finding(file, place, RULES[rule], problem)
