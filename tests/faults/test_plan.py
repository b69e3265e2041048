"""Which events set a fault off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ome_mock import faults
from ome_mock.errors import ConfigurationError
from ome_mock.faults.events import RequestEvent, WriteEvent
from ome_mock.faults.fault import Fault
from ome_mock.faults.plan import FaultPlan
from ome_mock.timestamps import NS_PER_SECOND

START = RequestEvent("POST", "/v1/vhosts/default/apps/app/streams/stream:startHlsDump")
SEGMENT = WriteEvent("default/app/stream", "d1", "seg_0_7_video_abcdefgh_llhls.m4s")


class Time:
    now_s = 0.0

    def now_ns(self) -> int:
        return round(self.now_s * NS_PER_SECOND)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def plan(time: Time) -> FaultPlan:
    return faults.FaultPlan(time.now_ns)


def fired(plan: FaultPlan, events: list[RequestEvent]) -> list[bool]:
    """Which of the events set something off."""
    return [bool(plan.of(event)) for event in events]


@pytest.mark.parametrize("armed", ["diskFull", 5, None, faults.Status], ids=str)
def test_what_is_no_fault_is_refused_when_it_is_armed(armed: Any) -> None:
    plan = FaultPlan(lambda: 0)
    with pytest.raises(TypeError, match=r"^a fault is a Fault such as faults.Status\(500\), or its JSON, not "):
        plan.arm(armed)
    assert plan.is_empty


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: faults.Status("500"), "status must be int, not '500'"),  # type: ignore[arg-type]  # as a user may have it
        (lambda: faults.DiskFull(nth="3"), "nth must be int, not '3'"),  # type: ignore[arg-type]
        (lambda: faults.DiskFull(file=5), "file must be str, not 5"),  # type: ignore[arg-type]
        (lambda: faults.Delay(seconds=None), "seconds must be float, not None"),  # type: ignore[arg-type]
    ],
)
def test_field_of_a_wrong_type_is_named(make: Callable[[], Fault], message: str) -> None:
    with pytest.raises(TypeError) as raised:
        make()
    assert str(raised.value) == message


def test_json_of_a_fault_is_armed_too() -> None:
    plan = FaultPlan(lambda: 0)
    plan.arm({"fault": "status", "status": 503}, faults.Status(500))
    assert plan.armed == [faults.Status(503), faults.Status(500)]
    with pytest.raises(ConfigurationError, match="did you mean diskFull"):
        plan.arm({"fault": "diskfull"})


def test_fault_fires_once_unless_told_otherwise(plan: FaultPlan) -> None:
    plan.arm(faults.Status(503))
    assert fired(plan, [START] * 3) == [True, False, False]


def test_fault_fires_so_many_times_from_the_nth_event_on(plan: FaultPlan) -> None:
    plan.arm(faults.Status(503, nth=2, times=2))
    assert fired(plan, [START] * 5) == [False, True, True, False, False]


def test_fault_may_fire_every_time(plan: FaultPlan) -> None:
    plan.arm(faults.Status(503, times=None))
    assert fired(plan, [START] * 3) == [True, True, True]


def test_events_that_do_not_fit_are_not_counted(plan: FaultPlan) -> None:
    plan.arm(faults.Status(503, route=":startHlsDump", nth=2))
    assert fired(plan, [START, RequestEvent("GET", "/v1/vhosts"), START]) == [False, False, True]


@pytest.mark.parametrize(("at_s", "fires"), [(0, False), (9.9, False), (10, True), (19.9, True), (20, False)])
def test_fault_fires_within_its_window(plan: FaultPlan, time: Time, at_s: float, fires: bool) -> None:
    plan.arm(faults.Status(503, after_s=10, until_s=20))
    time.now_s = at_s
    assert fired(plan, [START]) == [fires]


def test_window_begins_when_the_fault_is_armed(plan: FaultPlan, time: Time) -> None:
    time.now_s = 100
    plan.arm(faults.Status(503, after_s=10))
    assert fired(plan, [START]) == [False]
    time.now_s = 110
    assert fired(plan, [START]) == [True]


def test_chances_are_the_same_for_the_same_seed(time: Time) -> None:
    outcomes = []
    for seed in (1, 1, 2):
        plan = faults.FaultPlan(time.now_ns, seed)
        plan.arm(faults.Status(503, chance=0.5, times=None))
        outcomes.append(fired(plan, [START] * 100))
    assert outcomes[0] == outcomes[1] != outcomes[2]
    assert 30 < sum(outcomes[0]) < 70


@pytest.mark.parametrize(
    ("route", "event", "fits"),
    [
        (":startHlsDump", START, True),
        ("POST :startHlsDump", START, True),
        ("GET :startHlsDump", START, False),
        (":stopHlsDump", START, False),
        ("*", START, True),
        ("/v1/vhosts", RequestEvent("GET", "/v1/vhosts"), True),
        ("/v1/vhosts", RequestEvent("GET", "/v1/vhosts/default"), False),
        ("/apps/*/streams", RequestEvent("GET", "/v1/vhosts/default/apps/app/streams"), True),
    ],
)
def test_route_of_a_request(plan: FaultPlan, route: str, event: RequestEvent, fits: bool) -> None:
    plan.arm(faults.Status(503, route=route))
    assert fired(plan, [event]) == [fits]


@pytest.mark.parametrize(("stream", "fits"), [("default/app/stream", True), ("default/app/str", False), ("default/app2/stream", False)])
def test_stream_of_a_request(plan: FaultPlan, stream: str, fits: bool) -> None:
    plan.arm(faults.Status(503, stream=stream))
    assert fired(plan, [START]) == [fits]


@pytest.mark.parametrize(
    ("scope", "fits"),
    [
        ({}, True),
        ({"file": "seg_0_*"}, True),
        ({"file": "seg_1_*"}, False),
        ({"dump": "d1"}, True),
        ({"dump": "d2"}, False),
        ({"stream": "default/app/*"}, True),
        ({"stream": "default/app/stream2"}, False),
    ],
    ids=str,
)
def test_scope_of_a_write(plan: FaultPlan, scope: dict[str, Any], fits: bool) -> None:
    plan.arm(faults.DiskFull(**scope))
    assert bool(plan.of(SEGMENT)) == fits


def test_faults_of_streams_fall_due_in_the_order_of_their_time(plan: FaultPlan, time: Time) -> None:
    time.now_s = 5
    plan.arm(faults.Disconnect(after_s=10), faults.Stall(3, after_s=4))
    assert plan.next_due_ns() == 9 * NS_PER_SECOND
    assert plan.of_time(8 * NS_PER_SECOND) is None
    assert plan.of_time(20 * NS_PER_SECOND) == (9 * NS_PER_SECOND, faults.Stall(3, after_s=4))
    assert plan.of_time(20 * NS_PER_SECOND) == (15 * NS_PER_SECOND, faults.Disconnect(after_s=10))
    assert plan.of_time(20 * NS_PER_SECOND) is None
    assert plan.next_due_ns() is None


def test_plan_knows_what_fired_and_what_never_did(plan: FaultPlan) -> None:
    spent, waiting, optional = faults.Status(503), faults.DiskFull(), faults.Torn(must_fire=False)
    plan.arm(spent, waiting, optional)
    plan.of(START)
    assert plan.armed == [waiting, optional]
    assert plan.never_fired == [waiting]
    assert [(firing.fault, firing.event) for firing in plan.firings] == [(spent, f"POST {START.path}")]
    plan.clear()
    assert (plan.armed, plan.never_fired, plan.firings) == ([], [], [])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: faults.Status(503, nth=0), "fault status: nth 0 is wrong, it is 1 or more"),
        (lambda: faults.Status(200), "fault status: status 200 is wrong, it is between 400 and 599"),
        (lambda: faults.DiskFull(chance=1.5), "fault diskFull: chance 1.5 is wrong, it is between 0 and 1"),
        (lambda: faults.Torn(after_s=5, until_s=5), "fault torn: until_s 5 is wrong, it is more than after_s"),
        (lambda: faults.Stall(0), "fault stall: seconds 0 is wrong, it is more than 0"),
    ],
)
def test_rule_that_can_not_be_is_refused(make: Callable[[], Fault], message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        make()
    assert str(raised.value) == message
