"""The examples, as the table of `examples/README.md` tells them."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "examples"


@dataclass(frozen=True)
class Example:
    """One example: its folder, the programs and files that it needs, and the command that runs it there."""

    name: str
    needs: tuple[str, ...]
    command: str

    def missing(self) -> list[str]:
        """The programs and Python packages that are not here."""
        programs = [need for need in self.needs if need != "requirements.txt"]
        return [name for name in programs if shutil.which(name) is None] + [name for name in self._packages() if not _is_installed(name)]

    def _packages(self) -> list[str]:
        requirements = FOLDER / self.name / "requirements.txt"
        return re.findall(r"^[\w.-]+", requirements.read_text(), re.MULTILINE) if "requirements.txt" in self.needs else []


def _is_installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def _read_table() -> list[Example]:
    rows = re.findall(r"^\| \[([\w-]+)\]\(.*\) \| .* \| (.*) \| `(.*)` \|$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    return [Example(name, tuple(re.findall("`([^`]+)`", needs)), command) for name, needs, command in rows]


EXAMPLES = _read_table()
