"""What `contract/test_versions.py` asks of one older engine, asked of all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from callbacks.versions import ALL, IN_HERE, names_of
from callbacks.versions import differences as callback_differences
from contract.versions import (
    OLDER,
    differences,
    first_seconds_differences,
    first_seconds_of,
    live_differences,
    stories_of,
    story_differences,
)


@pytest.mark.parametrize("version", OLDER)
def test_answers_are_those_of_the_version(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(differences(version, tmp_path)) == []


@pytest.mark.parametrize(("version", "name"), [(version, name) for version in OLDER for name in stories_of(version)])
def test_story_is_that_of_the_version(version: str, name: str, tmp_path: Path) -> None:
    assert list(story_differences(version, name, tmp_path)) == []


@pytest.mark.parametrize("version", OLDER)
def test_live_delivery_is_that_of_the_version(version: str, tmp_path: Path) -> None:
    assert list(live_differences(version, tmp_path)) == []


@pytest.mark.parametrize(
    ("version", "case"),
    [pytest.param(version, case, id=f"{version} {case['case']}") for version in OLDER for case in first_seconds_of(version)],
)
def test_first_seconds_are_those_of_the_version(version: str, case: dict[str, Any], tmp_path: Path) -> None:
    assert list(first_seconds_differences(version, case, tmp_path)) == []


@pytest.mark.parametrize(("version", "name"), [(version, name) for version in ALL if version not in IN_HERE for name in names_of(version)])
def test_control_and_alert_servers_hear_what_they_heard(version: str, name: str, tmp_path: Path) -> None:
    assert list(callback_differences(version, name, tmp_path)) == []
