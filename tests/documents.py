"""The texts that users read, cut into their blocks of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
DOCUMENTS = tuple(
    path.relative_to(REPOSITORY)
    for path in (REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").rglob("*.md")))
)
"""The documents that users read; their blocks of code are run."""


@dataclass(frozen=True)
class Block:
    """One fenced block: where it stands, the language that it says, and its text."""

    document: Path
    heading: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"

    @property
    def commands(self) -> list[str]:
        """The lines of a shell block, continued ones joined, without comments."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [line for line in lines if line.strip() and not line.startswith("#")]


def blocks(document: Path) -> Iterator[Block]:
    """Every fenced block of a document."""
    text: list[str] = []
    heading, opened, language = "", 0, ""
    for number, line in enumerate((REPOSITORY / document).read_text().splitlines(), 1):
        if opened and line == "```":
            yield Block(document, heading, opened, language, "\n".join(text) + "\n")
            opened = 0
        elif opened:
            text.append(line)
        elif line.startswith("```"):
            opened, language, text = number, line[3:].strip(), []
        elif line.startswith("#"):
            heading = line.lstrip("#").strip()
    assert not opened, f"{document}:{opened} is never closed"


def prose(document: Path) -> str:
    """A document without its blocks."""
    return re.sub(r"^```.*?^```$", "", (REPOSITORY / document).read_text(), flags=re.MULTILINE | re.DOTALL)


def headings(document: Path, level: int = 2) -> list[str]:
    return re.findall(rf"^#{{{level}}} (.*)$", prose(document), re.MULTILINE)


def heading_anchors(document: Path) -> list[str]:
    """The anchors that GitHub makes of headings, in their order."""
    found = re.findall(r"^#+ (.*)$", prose(document), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found]


def anchors(document: Path) -> set[str]:
    return set(heading_anchors(document))
