from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fixture_types import Answer, Record

from ome_mock.emulator import Emulator

APP = "/v1/vhosts/default/apps/app"


@pytest.fixture
def emulator(tmp_path: Path) -> Emulator:
    return Emulator(root=tmp_path)


@pytest.fixture
def record(emulator: Emulator) -> Record:
    """Call `startRecord`, `stopRecord` or `records`; returns what `response` holds."""
    client = emulator.app.test_client()

    def record(action: str, **fields: Any) -> Any:
        answer: Answer = client.post(f"{APP}:{action}", data=json.dumps(fields), headers={"Authorization": emulator.authorization})
        assert answer.status_code == 200, answer.data
        return answer.json["response"]

    return record
