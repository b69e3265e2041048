"""What `contract/test_versions.py` asks of one older engine, asked of all of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract.versions import OLDER, differences


@pytest.mark.parametrize("version", OLDER)
def test_answers_are_those_of_the_version(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(differences(version, tmp_path)) == []
