"""By which names the files of a dump are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from ome_mock import OmeMock, check_dump, faults


@pytest.fixture
def spoilt(tmp_path: Path, ome: OmeMock) -> Path:
    """A directory with a dump that lacks a segment, and beside it the info file that names it as the client did."""
    ome.start_dump("d1", output_path="/dumps/d1", info_file="/dumps/d1.info")
    ome.clock.advance(20)
    ome.stop_dump("d1")
    next((tmp_path / "dumps" / "d1").glob("seg_0_*")).unlink()
    return tmp_path


@pytest.mark.parametrize(
    ("work_in", "asked", "files"),
    [
        (".", "dumps", ["dumps/d1.info", "dumps/d1/chunklist_0_*"]),
        ("dumps", ".", ["d1.info", "d1/chunklist_0_*"]),
        ("dumps/d1", "..", ["../d1.info", "../d1/chunklist_0_*"]),
        (".", "dumps/d1", ["dumps/d1.info", "dumps/d1/chunklist_0_*"]),
        ("dumps", "d1", ["d1.info", "d1/chunklist_0_*"]),
        (".", "dumps/d1.info", ["dumps/d1.info", "dumps/d1/chunklist_0_*"]),
        ("dumps", "d1.info", ["d1.info", "d1/chunklist_0_*"]),
    ],
)
def test_file_is_named_once_and_as_it_was_asked_about(
    spoilt: Path, monkeypatch: pytest.MonkeyPatch, work_in: str, asked: str, files: list[str]
) -> None:
    monkeypatch.chdir(spoilt / work_in)
    found = sorted(str(each.file) for each in check_dump(asked))
    assert len(found) == len(files)
    assert all(Path(name).match(pattern) for name, pattern in zip(found, files, strict=True))
    assert not any(Path(name).is_absolute() for name in found)


def test_findings_come_in_the_order_of_names(tmp_path: Path, ome: OmeMock) -> None:
    """Directories list their files in any order, which differs from one file system, and one run, to the next."""
    ome.faults.arm(faults.FrozenInfoFile())
    ome.start_dump("d1", info_file="/d1.info")
    ome.clock.advance(20)
    unlisted = [str(each.file) for each in ome.dumps["d1"].check() if each.rule.name == "info-lacks-file" and "seg_" in each.file.name]
    assert len(unlisted) > 5
    assert unlisted == sorted(unlisted)


def test_link_to_the_directory_is_its_name_too(spoilt: Path) -> None:
    (spoilt / "link").symlink_to("dumps")
    found = sorted(each.file.relative_to(spoilt / "link") for each in check_dump(spoilt / "link"))
    assert [path.parts[0] for path in found] == ["d1", "d1.info"]
