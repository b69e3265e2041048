from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ome_mock.cli.dump import make_dump


@pytest.fixture(scope="session", params=["docs", "engine-0.21"])
def clean(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished dump of half a minute, three tracks, its info file in it."""
    out = tmp_path_factory.mktemp("clean") / "d1"
    make_dump(out, 40, dialect=request.param)
    return out


@pytest.fixture
def dump(clean: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return Path(shutil.copytree(clean, tmp_path / "d1"))
