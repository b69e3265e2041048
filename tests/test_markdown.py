"""Markdown is readable as text: no line is longer than 120 characters, but for rows of tables, code, headings and pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from documents import REPOSITORY, prose

COLUMNS = 120
MARKDOWN = sorted(
    path.relative_to(REPOSITORY)
    for pattern in ("*.md", "docs/**/*.md", "benchmarks/*.md", "examples/*.md", "fixtures/*.md")
    for path in REPOSITORY.glob(pattern)
)


@pytest.mark.parametrize("document", MARKDOWN, ids=str)
def test_lines_are_not_too_long(document: Path) -> None:
    lines = [line for line in prose(document).splitlines() if not line.startswith(("|", "#", "!["))]
    assert [line for line in lines if len(line) > COLUMNS] == []
