"""`ome-mock demo`: one story, printed; the directory stays for whoever wants to look into it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from served import Run

STREAM = "/v1/vhosts/default/apps/app/streams/stream"


@pytest.fixture
def story(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Path]:
    """What the demo prints, and the directory that it leaves."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    outcome = run("demo")
    assert (outcome.status, outcome.err) == (0, "")
    (directory,) = tmp_path.glob("ome-mock-demo-*")
    return outcome.out, directory


def test_demo_shows_requests_and_answers(story: tuple[str, Path]) -> None:
    text, _ = story
    assert text.startswith(
        f"POST {STREAM}:startHlsDump\n"
        "Authorization: Basic b21lLWFjY2Vzcy10b2tlbg==\n"
        "\n"
        "{\n"
        '  "outputStreamName": "stream",\n'
        '  "id": "demo",\n'
        '  "outputPath": "/dumps/demo",\n'
        '  "playlist": [\n'
        '    "llhls.m3u8",\n'
        '    "abr.m3u8"\n'
        "  ],\n"
        '  "infoFile": "/dumps/demo.info",\n'
        '  "userData": "job=42"\n'
        "}\n"
        "\n"
        "200 OK\n"
        "{\n"
        '  "message": "OK",\n'
        '  "response": [\n'
        '    "stream",\n'
        '    "stream2"\n'
        "  ],\n"
        '  "statusCode": 200\n'
        "}\n"
    )
    assert re.findall(r"^POST (.*)$", text, re.MULTILINE) == [
        f"{STREAM}:{action}" for action in ("startHlsDump", "hlsDumps", "stopHlsDump")
    ]
    assert text.count("\n200 OK\n") == 3
    assert "\n# 20 seconds of stream later\n" in text


def test_demo_shows_the_tree_that_it_wrote(story: tuple[str, Path]) -> None:
    text, directory = story
    tree = text.partition(f"# what was written below {directory}\n\n")[2].partition("\n\n#")[0].splitlines()
    assert tree[:2] == ["  dumps/", "    demo/"]
    names = {line.split()[0] for line in tree if line.endswith("bytes")}
    assert names == {path.name for path in directory.rglob("*") if path.is_file()}
    assert f"    demo.info  {(directory / 'dumps' / 'demo.info').stat().st_size} bytes" in tree


def test_demo_shows_a_chunklist_and_the_info_file(story: tuple[str, Path]) -> None:
    text, directory = story
    chunklist = next((directory / "dumps" / "demo").glob("chunklist_0_*"))
    assert f"\n# {chunklist.name}\n\n{chunklist.read_text().rstrip()}\n" in text
    assert chunklist.read_text().count("#EXTINF") == 3
    assert "\n# demo.info\n\n<HLSDumpInfo>\n  <UserData>job=42</UserData>\n" in text
    assert "  <Status>Completed</Status>\n" in text


def test_demo_says_how_to_go_on(story: tuple[str, Path]) -> None:
    text, directory = story
    assert text.endswith(f"# go on with\n\nffplay {directory}/dumps/demo/llhls.m3u8\nome-mock serve --root {directory}\n")
    assert (directory / "dumps" / "demo" / "llhls.m3u8").is_file()
