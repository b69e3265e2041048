"""`ome-mock dump`: a finished dump without a server."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from served import Run


def test_dump_is_finished_and_complete(run: Run, tmp_path: Path) -> None:
    outcome = run("dump", "--out", str(tmp_path / "out"), "--seconds", "60")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == f"{tmp_path}/out: 35 files and dump.info, Completed\n"
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"dump.info", "llhls.m3u8", "abr.m3u8"} <= names
    assert sorted(int(name.split("_")[2]) for name in names if name.startswith("seg_0_")) == list(range(9))
    assert ElementTree.parse(tmp_path / "out" / "dump.info").findtext("Status") == "Completed"


def test_same_seed_writes_the_same_bytes(run: Run, tmp_path: Path) -> None:
    trees = []
    for name in ("one", "two"):
        run("dump", "--out", str(tmp_path / name), "--seconds", "20", "--seed", "3", "--dialect", "engine-0.21")
        trees.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert trees[0] == trees[1]
    assert trees[0]["dump.info"].startswith(b"<DumpInfo>\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seconds", "0"], "--seconds 0.0 is not between 0 and 2592000"),
        (["--stream", "default/nope/stream"], "stream default/nope/stream: there is no application default/nope"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_mistake_is_one_line(run: Run, tmp_path: Path, arguments: list[str], message: str) -> None:
    outcome = run("dump", "--out", str(tmp_path / "out"), *arguments)
    assert (outcome.status, outcome.out, outcome.err) == (2, "", f"ome-mock: {message}\n")


def test_directory_that_holds_a_dump_is_left_as_it_is(run: Run, tmp_path: Path) -> None:
    run("dump", "--out", tmp_path, "--seconds", "10")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    outcome = run("dump", "--out", tmp_path, "--seconds", "20")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == f"ome-mock: --out {tmp_path}: it holds a dump already, dump.info\n"
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_directory_that_can_not_be_made_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    outcome = run("dump", "--out", tmp_path / "file" / "out")
    assert (outcome.status, outcome.out, outcome.err) == (2, "", f"ome-mock: --out {tmp_path}/file/out: Not a directory\n")


@pytest.mark.parametrize("kind", ["init", "seg"])
def test_file_that_can_not_be_written_fails_the_command(run: Run, tmp_path: Path, kind: str) -> None:
    run("dump", "--out", tmp_path / "first", "--seconds", "20")
    name = max(path.name for path in (tmp_path / "first").glob(f"{kind}_0_*"))
    (tmp_path / "second" / name).mkdir(parents=True)
    outcome = run("dump", "--out", tmp_path / "second", "--seconds", "20")
    assert outcome.status == 1
    assert outcome.out.endswith("files and dump.info, Error\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "it holds no array of faults"),
        ('[{"fault": "nope"}]', "fault 'nope' is not one of status"),
        ('[{"fault": "diskful"}]', "fault 'diskful' is not one of status"),
        ('[{"fault": "diskFull", "nth": 0}]', "fault diskFull: nth 0 is wrong, it is 1 or more"),
        ("[", "Expecting value: line 1 column 2 (char 1)"),
    ],
)
def test_mistake_in_a_file_of_faults_names_the_file(run: Run, tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "faults.json"
    path.write_text(text)
    outcome = run("serve", "--port", "0", "--llhls-port", "0", "--faults", str(path))
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"ome-mock: --faults {path}: {message}")


def test_clock_that_there_is_not_is_named(run: Run) -> None:
    outcome = run("serve", "--port", "0", "--clock", "fast")
    assert (outcome.status, outcome.out) == (2, "")
    assert "'fast' is not real, manual or a rate such as 20x, 10000x at most." in outcome.err
    assert json.dumps("--clock")[1:-1] in outcome.err
