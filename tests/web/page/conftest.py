from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from web.page.events import Events

from ome_mock import OmeMock


@pytest.fixture
def ome(tmp_path: Path) -> Iterator[OmeMock]:
    with OmeMock(root=tmp_path) as ome:
        yield ome


@pytest.fixture
def events(ome: OmeMock) -> Iterator[Events]:
    with Events(ome.port, ome.authorization) as events:
        yield events
