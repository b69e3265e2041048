"""`ome-mock check`: exit codes, text and JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from served import Run

from ome_mock.dialect import DIALECTS

DUMPS = Path(__file__).parents[2] / "fixtures" / "dumps"


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """A recorded dump whose list has a target duration that is too short, as OME's has where key frames are rare, and whose user data
    is no XML."""
    directory = Path(shutil.copytree(DUMPS / "audio-only", tmp_path / "dump"))
    chunklist = next(directory.glob("d1/chunklist_*"))
    chunklist.write_text(chunklist.read_text().replace("TARGETDURATION:2", "TARGETDURATION:1"))
    return directory


def test_clean_dumps_are_checked_in_one_go(run: Run) -> None:
    outcome = run("check", *sorted(DUMPS.iterdir()))
    assert (outcome.status, outcome.out, outcome.err) == (0, "nothing is wrong\n", "")


def test_finding_is_told_with_its_rule_and_what_comes_of_it(run: Run, dump: Path) -> None:
    outcome = run("check", dump)
    chunklist = next(dump.glob("d1/chunklist_*"))
    assert outcome.status == 1
    assert outcome.out == (
        f"{chunklist}, line 8: EXT-X-TARGETDURATION is 1, and 2 segments are longer, up to 2.005 s [target-duration-exceeded]\n"
        "    strict players refuse the playlist, others stall (RFC 8216bis, section 4.4.3.1)\n"
        "1 finding\n"
    )


def test_what_every_engine_does_is_listed_apart_and_fails_nothing(run: Run, dump: Path) -> None:
    outcome = run("check", "--dialect", "engine-0.21", dump)
    assert outcome.status == 0
    first, *_, last = outcome.out.splitlines()
    assert (first, last) == ("as every engine-0.21:", "nothing is wrong, and 1 as every engine-0.21")


def test_json_has_everything(run: Run, dump: Path) -> None:
    outcome = run("check", "--json", "--dialect", "engine-0.21", dump)
    (found,) = json.loads(outcome.out)
    assert (outcome.status, found["rule"], found["known"]) == (0, "target-duration-exceeded", True)
    assert set(found) == {"file", "place", "rule", "problem", "source", "effect", "known"}


def test_json_of_a_clean_dump_is_an_empty_array(run: Run) -> None:
    assert run("check", "--json", DUMPS).out == "[]\n"


def test_many_findings_of_a_kind_are_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "chunklist_0_video_llhls.m3u8").write_text(
        '#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:6\n#EXT-X-MAP:URI="init_0_video_llhls.m4s"\n'
        + "".join(f"#EXTINF:6,\nseg_0_{number}_video_llhls.m4s\n" for number in range(25))
        + "#EXT-X-ENDLIST\n"
    )
    outcome = run("check", tmp_path)
    assert outcome.out.count("[segment-missing]") == 10
    assert "    and 15 more of these\n" in outcome.out
    assert outcome.out.endswith("26 findings\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: No such file or directory"),
        (["."], ".: there is no dump here"),
        (
            ["--dialect", "engine-9", "."],
            f"dialect 'engine-9' is not one of {', '.join(DIALECTS)} (did you mean engine-0.21?)",
        ),
        ([], "Missing argument 'PATH...'."),
    ],
    ids=" ".join,
)
def test_mistake_is_one_line(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("check", *arguments)
    assert (outcome.status, outcome.out, outcome.err) == (2, "", f"ome-mock: {message}\n")


def test_progress_is_shown_on_a_terminal_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    outcome = run("check", DUMPS)
    assert (outcome.status, outcome.out) == (0, "nothing is wrong\n")
    assert "100%" in outcome.err
