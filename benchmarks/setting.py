"""What a benchmark is told, and what it says instead of figures."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .figures import Figure

GB = 1_000_000_000


class NotMeasured(Exception):
    """Something can't be measured here: why, and what would help."""


@dataclass(frozen=True)
class Setting:
    """Where files are written, and how long and how much is measured where a benchmark doesn't know better."""

    directory: Path
    seconds: float | None = None
    dumps: int | None = None

    @contextmanager
    def place(self, bytes_needed: int = 0) -> Iterator[Path]:
        """An empty directory, removed afterwards. Raises NotMeasured where there is less space than needed."""
        self.require_space(bytes_needed)
        with tempfile.TemporaryDirectory(dir=self.directory, prefix="ome-mock-benchmark-") as name:
            yield Path(name)

    def require_space(self, bytes_needed: int) -> None:
        free = shutil.disk_usage(self.directory).free
        if free < bytes_needed * 1.1:  # file systems take some for themselves
            wanted = f"needs {bytes_needed * 1.1 / GB:.1f} GB, of which {free / GB:.1f} GB are free in {self.directory}"
            raise NotMeasured(f"{wanted}: choose another place with --directory, or less with --seconds or --dumps")


Benchmark = Callable[[Setting], Iterator[Figure | str]]
"""Measures, and says one figure after the other; a text is a remark, such as what could not be measured beside it."""
