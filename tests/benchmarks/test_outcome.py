from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from benchmarks import outcome
from benchmarks.__main__ import main
from benchmarks.catalogue import BENCHMARKS
from benchmarks.conditions import Conditions
from benchmarks.figures import Figure, at_most
from benchmarks.outcome import Outcome, run_here
from benchmarks.setting import NotMeasured, Setting

Benchmark = Callable[[Setting], Iterator[Figure | str]]
RunAsMade = Callable[[Benchmark], tuple[Outcome, list[dict[str, Any]]]]
SLOW = Figure("made", "taken", 300, "ms", at_most(200))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RunAsMade:
    """Run something as the benchmark `made`; returns what came of it, and the JSON lines."""

    def run_as_made(benchmark: Benchmark) -> tuple[Outcome, list[dict[str, Any]]]:
        monkeypatch.setattr(outcome, "BENCHMARKS", {"made": benchmark})
        lines = tmp_path / "figures.jsonl"
        came_of_it = run_here("made", Setting(tmp_path), Conditions.here(tmp_path), lines)
        return came_of_it, [json.loads(line) for line in lines.read_text().splitlines()] if lines.exists() else []

    return run_as_made


def test_figures_and_remarks_are_printed_and_figures_kept(run: RunAsMade, capsys: pytest.CaptureFixture[str]) -> None:
    came_of_it, lines = run(lambda _: iter(["other: not installed (pip install other)", SLOW]))
    assert capsys.readouterr().out == (
        "made         other: not installed (pip install other)\nmade         taken: 300 ms (budget <= 200 ms, missed)\n"
    )
    assert came_of_it.figures == [SLOW]
    assert [line["value"] for line in lines] == [300]


def test_missed_budget_breaks_nothing(run: RunAsMade) -> None:
    assert not run(lambda _: iter([SLOW]))[0].is_broken


def test_benchmark_that_can_not_be_run_says_why(run: RunAsMade, capsys: pytest.CaptureFixture[str]) -> None:
    def without_wrk(setting: Setting) -> NoReturn:
        raise NotMeasured("needs wrk")

    assert not run(without_wrk)[0].is_broken
    assert capsys.readouterr().out == "made         not measured: needs wrk\n"


def test_error_breaks_a_benchmark_and_keeps_its_figures(run: RunAsMade, capsys: pytest.CaptureFixture[str]) -> None:
    def breaking(setting: Setting) -> Iterator[Figure]:
        yield SLOW
        raise RuntimeError("no answer")

    came_of_it, lines = run(breaking)
    assert came_of_it.is_broken
    assert len(came_of_it.figures) == len(lines) == 1
    assert "no answer" in capsys.readouterr().out


def test_too_little_space_is_told_with_what_would_help(tmp_path: Path) -> None:
    with pytest.raises(NotMeasured, match=r"needs 1100000\.0 GB, of which .* --directory"), Setting(tmp_path).place(10**15):
        pass


def test_place_is_empty_and_gone_afterwards(tmp_path: Path) -> None:
    with Setting(tmp_path).place() as place:
        assert list(place.iterdir()) == []
        (place / "file").write_text("")
    assert list(tmp_path.iterdir()) == []


def test_list_names_every_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(BENCHMARKS)


@pytest.mark.parametrize("arguments", [["nowhere"], ["--seconds", "0"], ["--directory", "/nowhere"], ["profile", "nowhere"]])
def test_wrong_argument_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
