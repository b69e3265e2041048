"""Every request that an older engine was sent, and what its dialect answers; the other versions are asked by `tests/slow`."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract.versions import differences, stories_of, story_differences


@pytest.mark.parametrize("version", ["0.16.8"])
def test_answers_are_those_of_the_version(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a recorded output path is relative
    assert list(differences(version, tmp_path, walks=False)) == []


@pytest.mark.parametrize("name", stories_of("0.16.8"))
def test_story_is_that_of_the_version(name: str, tmp_path: Path) -> None:
    assert list(story_differences("0.16.8", name, tmp_path)) == []
