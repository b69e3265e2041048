"""The counts of `docs/how-we-know.md`."""

from __future__ import annotations

from documents import REPOSITORY

RECORDINGS = REPOSITORY / "fixtures" / "recordings"
PAGE = (REPOSITORY / "docs" / "how-we-know.md").read_text()


def test_there_are_as_many_recordings_as_are_told() -> None:
    assert "| over 1,900 cases |" in PAGE
    of_the_newest = [path for path in RECORDINGS.rglob("*.jsonl") if "versions" not in path.parts]
    assert sum(len(path.read_text().splitlines()) for path in of_the_newest) > 1_900
    assert "| 16 stories, and more of older versions |" in PAGE
    assert len(list((RECORDINGS / "stories").glob("*.json"))) >= 16
    assert "| 13 |" in PAGE
    assert len([path for path in (RECORDINGS / "media").iterdir() if path.is_dir()]) >= 13
    assert "| over 50 real ones |" in PAGE
    assert len({path.name.partition(".")[0] for path in (REPOSITORY / "fixtures" / "configurations").glob("*.xml")}) > 50
    assert "| 9, from 0.15.10 to 0.20.5 |" in PAGE
    assert len(list((RECORDINGS / "versions").glob("*.json"))) == 9
