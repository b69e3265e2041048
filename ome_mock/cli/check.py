"""`ome-mock check`: dumps checked, and what was found told."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from ..check import Finding, NoDump, check_dump, quirks_of
from ..check.report import report_json, report_text
from ..errors import ConfigurationError, reason_of

FOUND = 1
"""The exit code where something is wrong that the dialect doesn't break of itself."""


def run_check(paths: Iterable[str], dialect: str | None, *, as_json: bool) -> int:
    """Check dumps, print what is wrong with them, and return the exit code. Raises ConfigurationError where there is no dump."""
    quirks = frozenset[str]() if dialect is None else quirks_of(dialect)
    findings = [found for path in paths for found in _check(path)]
    lines = [report_json(findings, quirks)] if as_json else report_text(findings, quirks, dialect or "")
    for line in lines:
        click.echo(line)
    return FOUND if any(each.rule.name not in quirks for each in findings) else 0


def _check(path: str) -> list[Finding]:
    """Check a path, and show on a terminal how far that is."""
    try:
        with click.progressbar(length=0, label=f"checking {path}", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

            def show(looked_at: int, count: int) -> None:
                bar.length = count
                bar.update(looked_at - bar.pos)

            return check_dump(path, show)
    except NoDump as error:
        raise ConfigurationError(str(error)) from None
    except OSError as error:
        raise ConfigurationError(f"{path}: {reason_of(error)}") from None
