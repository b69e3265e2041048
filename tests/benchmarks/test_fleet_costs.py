from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.fleet_dumps import Spent, Taken, _figures
from benchmarks.fleet_metrics import Told
from benchmarks.fleet_requests import Cost, _ratio

ONE = Cost(requests=100, seconds=1, emulators_s=0.1, balancer_s=0.02, sleeps=140)
TAKEN = Taken(cores=0.1, written_mb_per_s=6)


def test_costs_of_a_request_are_microseconds() -> None:
    assert (ONE.emulators_us, ONE.balancer_us) == (1_000, 200)


def test_fleets_are_compared_round_by_round() -> None:
    """A round in which the machine was slow for all of them changes nothing."""
    slow, half_more = replace(ONE, emulators_s=0.4), replace(ONE, emulators_s=0.15)
    assert _ratio([half_more, replace(slow, emulators_s=0.6)], [ONE, slow]) == pytest.approx(1.5)


def test_costs_of_dumps_are_those_of_a_thousand() -> None:
    told = _figures({1: [TAKEN], 2: [replace(TAKEN, cores=0.2)], 4: [replace(TAKEN, cores=0.4)]}, 500)
    assert [each.value for each in told] == pytest.approx([0.2, 12, 0.4, 12, 0.8, 12, 2, 4])


def test_what_was_taken_is_a_rate() -> None:
    began, ended = Spent(10, 1.5, Told(1_000_000, {1: 0})), Spent(20, 2.5, Told(61_000_000, {1: 0}))
    assert Taken.between(began, ended) == TAKEN
