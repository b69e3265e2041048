"""What tests of the checker do to dumps, and how they look at them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ome_mock.check import Finding, check_dump

OLD_S = 1_600_000_000


def findings_of(path: Path) -> list[Finding]:
    for each in (path, *path.rglob("*")):
        os.utime(each, (OLD_S, OLD_S))  # nobody is writing any more
    return check_dump(path)


def only(directory: Path, pattern: str) -> Path:
    (found,) = directory.glob(pattern)
    return found


def edit(path: Path, change: Callable[[str], str]) -> None:
    text = path.read_text()
    changed = change(text)
    assert changed != text, f"nothing was changed in {path.name}"
    path.write_text(changed)
