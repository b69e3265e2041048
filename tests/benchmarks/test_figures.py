from __future__ import annotations

import json

import pytest

from benchmarks.conditions import Conditions
from benchmarks.figures import Budget, Figure, at_least, at_most, quantity, table

CONDITIONS = Conditions("2026-01-01T00:00:00+00:00", "3.11.7", 2, "Linux", "ext4", "0.1.0", "abc")
START = Figure("start", "start of the process to the first answer", 152.4, "ms", at_most(200), {"import flask": 101.2})
COUNT = Figure("memory", "processes", 2, "")


def test_figure_prints_its_budget_and_what_stood_beside_it() -> None:
    assert str(START) == "start        start of the process to the first answer: 152 ms (budget <= 200 ms, met; import flask 101 ms)"


def test_figure_without_a_budget_prints_its_value_alone() -> None:
    assert str(COUNT) == "memory       processes: 2"


@pytest.mark.parametrize(
    ("value", "budget", "is_met", "verdict"),
    [
        pytest.param(200, at_most(200), True, "met", id="a ceiling may be reached"),
        pytest.param(200.1, at_most(200), False, "missed", id="above the ceiling"),
        pytest.param(2.5, at_least(2.5), True, "met", id="a floor may be reached"),
        pytest.param(2.4, at_least(2.5), False, "missed", id="below the floor"),
        pytest.param(1, None, None, "", id="no budget"),
    ],
)
def test_budget_is_met_or_not(value: float, budget: Budget | None, is_met: bool | None, verdict: str) -> None:
    figure = Figure("start", "what", value, "ms", budget)
    assert (figure.is_met, figure.verdict) == (is_met, verdict)


def test_json_line_holds_figure_and_conditions() -> None:
    line = START.to_json(CONDITIONS)
    assert "\n" not in line
    assert json.loads(line) == {
        "benchmark": "start",
        "what": "start of the process to the first answer",
        "value": 152.4,
        "unit": "ms",
        "budget": {"bound": "<=", "limit": 200},
        "yardsticks": {"import flask": 101.2},
        "met": True,
        "date": "2026-01-01T00:00:00+00:00",
        "python": "3.11.7",
        "cores": 2,
        "platform": "Linux",
        "filesystem": "ext4",
        "ome_mock": "0.1.0",
        "commit": "abc",
    }


def test_json_line_without_a_budget_says_null() -> None:
    said = json.loads(COUNT.to_json(CONDITIONS))
    assert (said["budget"], said["met"], said["yardsticks"]) == (None, None, {})


def test_table_has_a_row_for_each_figure() -> None:
    assert table([START, COUNT]).splitlines() == [
        "| benchmark | what | measured | budget | met |",
        "| --- | --- | --- | --- | --- |",
        "| start | start of the process to the first answer | 152 ms | <= 200 ms | met |",
        "| memory | processes | 2 |  |  |",
    ]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        pytest.param(0.4567, "ms", "0.46 ms", id="below one"),
        pytest.param(12.345, "ms", "12.3 ms", id="tens"),
        pytest.param(3689.4, "a second", "3,689 a second", id="thousands"),
        pytest.param(5, "ms", "5 ms", id="whole"),
        pytest.param(-1.5, "MB", "-1.50 MB", id="negative"),
    ],
)
def test_quantity_has_about_three_digits(value: float, unit: str, text: str) -> None:
    assert quantity(value, unit) == text
