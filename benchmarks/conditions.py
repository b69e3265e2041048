"""The conditions under which figures are measured: the machine, the disk, and which ome-mock it was."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import ome_mock

ROOT = Path(ome_mock.__file__).parent.parent
"""The checkout that is measured: where the imported `ome_mock` is."""

MOUNTS = Path("/proc/self/mounts")


@dataclass(frozen=True)
class Conditions:
    """What a figure depends on besides the code that is measured."""

    date: str
    python: str
    cores: int
    platform: str
    filesystem: str
    ome_mock: str
    commit: str

    @classmethod
    def here(cls, directory: Path) -> Self:
        """Those of this machine, with files in `directory`."""
        return cls(
            date=datetime.now(UTC).isoformat(timespec="seconds"),
            python=platform.python_version(),
            cores=os.cpu_count() or 1,
            platform=platform.platform(),
            filesystem=filesystem_of(directory),
            ome_mock=ome_mock.__version__,
            commit=_commit(),
        )

    def __str__(self) -> str:
        return f"ome-mock {self.ome_mock} ({self.commit}), Python {self.python}, {self.cores} cores, {self.platform}"


def filesystem_of(directory: Path) -> str:
    """The type of the filesystem that holds a directory, `unknown` where the system has no table of its mounts."""
    if not MOUNTS.exists():
        return "unknown"
    return find_filesystem(MOUNTS.read_text(), directory.resolve())


def find_filesystem(mounts: str, directory: Path) -> str:
    """The type of the filesystem that holds a directory, by the text of a table of mounts; of two on one place, the later one counts."""
    found = [(Path(fields[1].replace("\\040", " ")), fields[2]) for fields in map(str.split, mounts.splitlines())]
    holding = [(len(mount.parts), number, kind) for number, (mount, kind) in enumerate(found) if directory.is_relative_to(mount)]
    return max(holding, default=(0, 0, "unknown"))[2]


def _commit() -> str:
    """The commit of the checkout, `-dirty` where files differ from it; `unknown` without git."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*", "--abbrev=12"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
