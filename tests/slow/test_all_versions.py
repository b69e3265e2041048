"""What `contract/test_versions.py` asks of one older engine, asked of all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract.versions import OLDER, differences, stories_of, story_differences


@pytest.mark.parametrize("version", OLDER)
def test_answers_are_those_of_the_version(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(differences(version, tmp_path)) == []


@pytest.mark.parametrize(("version", "name"), [(version, name) for version in OLDER for name in stories_of(version)])
def test_story_is_that_of_the_version(version: str, name: str, tmp_path: Path) -> None:
    assert list(story_differences(version, name, tmp_path)) == []
