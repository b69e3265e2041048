from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.fleet_dumps import Observation, _slopes
from benchmarks.fleet_requests import Cost, _ratio

ONE = Cost(requests=100, seconds=1, emulators_s=0.1, balancer_s=0.02, sleeps=140)
FIVE_HUNDRED = Observation(500, share_in_time=1, lateness_s=0.01, cores=0.1, idle_mb=60, added_mb=5, written_mb_per_s=6)


def test_costs_of_a_request_are_microseconds() -> None:
    assert (ONE.emulators_us, ONE.balancer_us) == (1_000, 200)


def test_fleets_are_compared_round_by_round() -> None:
    """A round in which the machine was slow for all of them changes nothing."""
    slow, half_more = replace(ONE, emulators_s=0.4), replace(ONE, emulators_s=0.15)
    assert _ratio([half_more, replace(slow, emulators_s=0.6)], [ONE, slow]) == pytest.approx(1.5)


def test_slopes_are_those_of_a_thousand_dumps() -> None:
    told = _slopes(2, [FIVE_HUNDRED, replace(FIVE_HUNDRED, dumps=1_000, cores=0.2, added_mb=10, written_mb_per_s=12)])
    assert [round(each.value, 6) for each in told] == [0.2, 10, 30, 12]
