"""Every recorded client of RTMP, against an emulator's port."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ingest.rtmp_recordings import CASES
from publishing.socket_replay import SocketReplay, server_xml

from ome_mock import OmeMock


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['world']}: {case['case']}")
def test_client_meets_what_was_recorded(case: dict[str, Any], tmp_path: Path) -> None:
    config = tmp_path / "Server.xml"
    config.write_bytes(server_xml(case["world"]))
    with OmeMock(dialect="engine-0.21", config=config, rtmp_port=0) as ome:
        assert SocketReplay(ome, case).differences() == []
