"""What takes a process for each case, or real time: run by the second command of `.ci/run`, and not by a bare `pytest`."""

from __future__ import annotations

from pathlib import Path

import pytest
from served import spawn, wait_until_fixture

__all__ = ["root", "spawn", "wait_until_fixture"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"
