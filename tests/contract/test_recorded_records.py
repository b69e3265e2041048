"""Records as a recorded engine made, split and ended them, moment by moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from contract.recordings import read_cases
from contract.records import RecordStory, server_xml

DIFFERENCES = {
    "schedule every 3 s": "one mark of four cut twice within 10 ms: a race in the engine, which made a file of one packet",
    "reserved before the stream": "an encoder of `connect` is half a second behind, so its next key frame is later",
    "requests refused": "the key frames of the stream of application bare came at moments of their own",
}
"""The stories that are not as recorded, and why."""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "Server.xml"
    path.write_text(server_xml().replace("{ROOT}", str(tmp_path / "root")))
    return path


@pytest.mark.parametrize("case", read_cases("records"), ids=lambda case: case["case"])
def test_record_is_the_recorded_one(case: dict[str, Any], config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "root").mkdir()
    monkeypatch.chdir(tmp_path / "root")  # where files go that nobody names
    differences = list(RecordStory(case, config, tmp_path / "root").differences())
    assert bool(differences) == (case["case"] in DIFFERENCES), "\n".join(differences)
