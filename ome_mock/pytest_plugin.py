"""The pytest plugin: fixture `ome`, a fresh emulator for each test, and the marker that configures it.

    @pytest.mark.ome(dialect="docs", streams=["default/app/camera1"])
    def test_my_client(ome):
        start_recording(ome.url, ome.access_token)
        ome.clock.advance(60)
        assert ome.dumps["d1"].files

The clock is manual; dumps are confined to the test's `tmp_path`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .emulator import OmeMock


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "ome(**options): options of the emulator that fixture `ome` gives, such as dialect, streams, seed")


@pytest.fixture
def ome(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OmeMock]:
    """A running emulator on a free port, with a manual clock, writing below `tmp_path` only."""
    from .emulator import OmeMock  # noqa: PLC0415 (lazy: pytest loads this plugin in every run, and Flask takes its time)

    marker = request.node.get_closest_marker("ome")
    if marker and marker.args:
        raise pytest.UsageError(f"the options of marker ome have names: {marker.args}")
    options = dict(marker.kwargs) if marker else {}
    if not options.keys() & {"allow_paths", "allow_any_path"}:
        options.setdefault("root", tmp_path)
    with OmeMock(**options) as emulator:
        yield emulator
