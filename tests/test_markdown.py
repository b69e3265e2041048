"""Markdown is readable as text: no line is longer than 120 characters, but for rows of tables, code, headings and pictures.

No page of the site is longer than five screens, but for references.
"""

from __future__ import annotations

import re
from math import ceil
from pathlib import Path

import pytest
from documents import REPOSITORY, prose

COLUMNS = 120
LONGEST_PAGE = 5 * 45
"""Lines of five screens."""
MARKDOWN = sorted(
    path.relative_to(REPOSITORY)
    for pattern in ("*.md", "docs/**/*.md", "benchmarks/*.md", "examples/*.md", "fixtures/*.md")
    for path in REPOSITORY.glob(pattern)
)


@pytest.mark.parametrize("document", MARKDOWN, ids=str)
def test_lines_are_not_too_long(document: Path) -> None:
    lines = [line for line in prose(document).splitlines() if not line.startswith(("|", "#", "!["))]
    assert [line for line in lines if len(line) > COLUMNS] == []


def told_pages() -> list[Path]:
    """The pages that the site's navigation names, but for those under Reference."""
    navigation = (REPOSITORY / "mkdocs.yml").read_text().partition("\nnav:\n")[2]
    told = re.sub(r"^  - Reference:\n(?:    .*\n)+", "", navigation, flags=re.MULTILINE)
    names = [Path(name) for name in re.findall(r": (\S+\.md)$", told, re.MULTILINE) if name != "index.md"]
    return [Path("README.md"), *(name if (REPOSITORY / name).exists() else "docs" / name for name in names)]


@pytest.mark.parametrize("page", told_pages(), ids=str)
def test_page_is_at_most_five_screens_long(page: Path) -> None:
    assert page.parts[:2] != ("docs", "reference")
    lines = (REPOSITORY / page).read_text().splitlines()
    assert sum(max(1, ceil(len(line) / COLUMNS)) for line in lines) <= LONGEST_PAGE
