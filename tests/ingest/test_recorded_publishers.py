"""Every recorded client of RTMP, and a connection that must say what the engine said."""

from __future__ import annotations

from typing import Any

import pytest
from ingest.rtmp_recordings import CASES, EXPLAINED, Replay


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['world']}: {case['case']}")
def test_connection_is_the_recorded_one(case: dict[str, Any]) -> None:
    assert list(Replay(case).differences()) == EXPLAINED.get(case["case"], [])
