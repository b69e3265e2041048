"""What an older engine was asked, and what its dialect answers; the other versions are asked by `tests/slow`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from contract.versions import differences, first_seconds_differences, first_seconds_of, live_differences, stories_of, story_differences

VERSION = "0.16.8"


def test_answers_are_those_of_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a recorded output path is relative
    assert list(differences(VERSION, tmp_path, walks=False)) == []


@pytest.mark.parametrize("name", stories_of(VERSION))
def test_story_is_that_of_the_version(name: str, tmp_path: Path) -> None:
    assert list(story_differences(VERSION, name, tmp_path)) == []


def test_live_delivery_is_that_of_the_version(tmp_path: Path) -> None:
    assert list(live_differences(VERSION, tmp_path)) == []


@pytest.mark.parametrize("case", first_seconds_of(VERSION), ids=lambda case: case["case"])
def test_first_seconds_are_those_of_the_version(case: dict[str, Any], tmp_path: Path) -> None:
    assert list(first_seconds_differences(VERSION, case, tmp_path)) == []
