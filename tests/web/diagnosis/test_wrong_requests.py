"""Requests that clients got wrong, each with the first thing that is said of it; `fixtures/wrong-requests.jsonl` is the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fixture_types import AskDiagnosed, Emulate

TABLE = Path(__file__).parents[3] / "fixtures" / "wrong-requests.jsonl"
WRONG_REQUESTS: list[dict[str, Any]] = [json.loads(line) for line in TABLE.read_text().splitlines()]
STREAM = "/v1/vhosts/default/apps/app/streams/stream"


@pytest.mark.parametrize("dialect", ["docs", "engine-0.21"])
@pytest.mark.parametrize("wrong", WRONG_REQUESTS, ids=lambda wrong: wrong["id"])
def test_wrong_request_is_explained(emulate: Emulate, ask: AskDiagnosed, wrong: dict[str, Any], dialect: str) -> None:
    emulator = emulate(dialect)
    for body in wrong.get("before", []):
        action = "startHlsDump" if "outputPath" in body else "stopHlsDump"
        assert ask(emulator, "POST", f"{STREAM}:{action}", json.dumps(body).encode()) == (200, ())
    headers = tuple(wrong["headers"].items()) if "headers" in wrong else None
    body = wrong.get("body", "").encode(wrong.get("encoding", "utf-8"))
    status, diagnosis = ask(emulator, wrong["method"], wrong["target"], body, headers)
    expected = wrong["status"]
    assert status == (expected[dialect] if isinstance(expected, dict) else expected)
    assert diagnosis[:1] == (wrong["diagnosis"],)


def test_table_is_one() -> None:
    assert len(WRONG_REQUESTS) >= 140
    assert len({wrong["id"] for wrong in WRONG_REQUESTS}) == len(WRONG_REQUESTS)
