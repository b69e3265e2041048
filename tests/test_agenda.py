"""What falls due later."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ome_mock.agenda import Agenda
from ome_mock.errors import EngineCrashed


def test_setting_an_alarm_wakes_whoever_follows_the_clock() -> None:
    woken = []
    agenda = Agenda(lambda: woken.append(agenda.next_due_ns()))
    alarm = agenda.alarm(lambda _: None)
    alarm.set(5)
    alarm.set(3)
    alarm.set(None)
    assert woken == [5, 3]
    assert agenda.next_due_ns() is None


def test_alarms_ring_once_in_the_order_of_their_instants() -> None:
    rung: list[tuple[str, int]] = []
    agenda = Agenda()

    def note(name: str) -> Callable[[int], None]:
        return lambda now_ns: rung.append((name, now_ns))

    for name, due_ns in (("late", 9), ("second", 4), ("first", 2), ("also second", 4)):
        agenda.alarm(note(name)).set(due_ns)
    agenda.ring(5)
    agenda.ring(5)
    assert rung == [("first", 5), ("second", 5), ("also second", 5)]
    assert agenda.next_due_ns() == 9


def test_alarm_that_is_set_twice_to_the_same_instant_rings_once() -> None:
    rung: list[int] = []
    agenda = Agenda()
    alarm = agenda.alarm(rung.append)
    for text in ("1767225600000000000", "1767225600000000000"):  # two numbers that are equal, not one that is held twice
        alarm.set(int(text))
    assert agenda.next_due_ns() == 1_767_225_600_000_000_000
    agenda.ring(1_767_225_600_000_000_000)
    agenda.ring(1_767_225_600_000_000_001)
    assert (rung, agenda.next_due_ns()) == ([1_767_225_600_000_000_000], None)


def test_alarms_that_are_forgotten_ring_only_when_they_are_set_again() -> None:
    rung: list[int] = []
    agenda = Agenda()
    alarm = agenda.at(3, rung.append)
    agenda.clear()
    assert agenda.next_due_ns() is None
    agenda.ring(3)
    assert rung == []

    alarm.set(3)
    assert agenda.next_due_ns() == 3
    agenda.ring(4)
    assert rung == [4]


def test_alarms_ring_one_by_one_each_with_its_own_instant() -> None:
    rung: list[tuple[str, int]] = []
    agenda = Agenda()
    agenda.at(5, lambda now_ns: rung.append(("second", now_ns)))
    agenda.at(2, lambda now_ns: rung.append(("first", now_ns)))
    agenda.ring_first(1)
    assert rung == []
    agenda.ring_first(7)
    assert rung == [("first", 2)]
    agenda.ring_first(7)
    agenda.ring_first(7)
    assert rung == [("first", 2), ("second", 5)]


def test_alarm_that_sets_itself_again_waits_for_the_next_time() -> None:
    rung: list[int] = []
    agenda = Agenda()

    def ring(now_ns: int) -> None:
        rung.append(now_ns)
        alarm.set(now_ns)

    alarm = agenda.alarm(ring)
    alarm.set(1)
    agenda.ring(7)
    assert (rung, agenda.next_due_ns()) == ([7], 7)


def test_defect_of_one_alarm_keeps_no_other_from_ringing() -> None:
    rung: list[int] = []
    agenda = Agenda()

    def fail(_: object) -> None:
        raise ValueError("broken")

    agenda.alarm(fail).set(1)
    agenda.alarm(rung.append).set(2)
    assert [str(defect) for defect in agenda.ring(2)] == ["broken"]
    assert rung == [2]


def test_crash_is_raised() -> None:
    def crash(_: object) -> None:
        raise EngineCrashed("at will")

    agenda = Agenda()
    agenda.alarm(crash).set(1)
    with pytest.raises(EngineCrashed):
        agenda.ring(1)
