"""Every recorded publisher at a control server, over RTMP."""

from __future__ import annotations

from pathlib import Path

import pytest
from publishing.webhooks_replay import NAMES, replay


@pytest.mark.parametrize("name", NAMES)
def test_control_server_is_asked_what_it_was_asked(name: str, tmp_path: Path) -> None:
    replay(name, tmp_path)
