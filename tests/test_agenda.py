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
