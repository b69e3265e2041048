from __future__ import annotations

from collections.abc import Iterator
from logging import DEBUG, Handler, LogRecord, getLogger
from pathlib import Path

import pytest
from dump_api import DumpApi

from ome_mock.emulator import Emulator


class Lines(Handler):
    """What a logger says, as text; independent of where else its lines go."""

    def __init__(self) -> None:
        super().__init__(DEBUG)
        self.warnings: list[str] = []

    def emit(self, record: LogRecord) -> None:
        if record.levelname == "WARNING":
            self.warnings.append(record.getMessage())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The directory below which dumps are written; its neighbours in `tmp_path` are outside."""
    path = tmp_path / "root"
    path.mkdir()
    return path


@pytest.fixture
def emulator(root: Path) -> Emulator:
    return Emulator(root=root)


@pytest.fixture
def api(emulator: Emulator) -> DumpApi:
    return DumpApi(emulator)


@pytest.fixture
def dumps_log() -> Iterator[Lines]:
    lines, logger = Lines(), getLogger("ome_mock.dumps")
    logger.addHandler(lines)
    yield lines
    logger.removeHandler(lines)
