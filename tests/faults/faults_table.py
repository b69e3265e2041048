"""The table of faults in `docs/faults.md`, made of the classes; `python tests/faults/faults_table.py` writes it anew."""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path

from ome_mock import faults

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
HEAD = "| fault | its own fields | what happens |\n|---|---|---|\n"


def faults_table() -> str:
    return "\n".join(_row(kind) for kind in faults.kinds().values())


def _row(kind: type[faults.Fault]) -> str:
    own = inspect.get_annotations(kind)
    named = ", ".join(f"`{each.name}={each.default!r}`" for each in fields(kind) if each.name in own)
    return f"| `{kind.__name__}` | {named} | {' '.join((inspect.getdoc(kind) or '').split())} |"


def table_of(text: str) -> str:
    """The rows of the table as the page has them."""
    return text.partition(HEAD)[2].partition("\n\n")[0]


if __name__ == "__main__":
    text = PAGE.read_text()
    PAGE.write_text(text.replace(HEAD + table_of(text), HEAD + faults_table()))
