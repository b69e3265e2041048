"""When held requests are looked at on the real clock: one timer, for the first that falls due."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import cast

import pytest

from ome_mock.clock import LONGEST_WAIT_S, RealClock
from ome_mock.timestamps import NS_PER_SECOND
from ome_mock.web.delivery.held_requests import HeldRequest, HeldRequests
from ome_mock.web.wire.answer import Answer

DONE = Answer("200 OK", ())


class StandingClock(RealClock):
    """A real clock whose time is told."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def now_ns(self) -> int:
        return round(self.now_s * NS_PER_SECOND)


class Timer:
    def __init__(self, at_s: float, callback: Callable[[], object]) -> None:
        self.at_s = at_s
        self.callback = callback
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class Loop:
    """An event loop that calls at once what is soon, and timers when the clock is turned."""

    def __init__(self, clock: StandingClock) -> None:
        self._clock = clock
        self._timers: list[Timer] = []

    def time(self) -> float:
        return self._clock.now_s

    def call_soon_threadsafe(self, callback: Callable[[], object]) -> None:
        callback()

    def call_later(self, wait_s: float, callback: Callable[[], object]) -> Timer:
        self._timers.append(Timer(self._clock.now_s + wait_s, callback))
        return self._timers[-1]

    def turn_to(self, instant_s: float) -> None:
        """Let time pass until an instant, and call each timer when it comes."""
        while due := [timer for timer in self._timers if not timer.is_cancelled and timer.at_s <= instant_s]:
            first = min(due, key=lambda timer: timer.at_s)
            self._timers.remove(first)
            self._clock.now_s = first.at_s
            first.callback()
        self._clock.now_s = instant_s


class Players:
    """Players whose requests are held, each by name, until an instant in seconds."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        self.loop = Loop(self.clock)
        self.held = HeldRequests(self.clock)
        self.held.answer_in(cast("AbstractEventLoop", self.loop))
        self.due_s: dict[str, float | None] = {}
        self.answered_s: dict[str, float] = {}

    def ask(self, name: str, due_s: float | None) -> HeldRequest:
        self.due_s[name] = due_s
        request = HeldRequest(self.held, lambda: self._due_ns(name), lambda _: DONE)
        request.begin(lambda _: self.answered_s.update({name: self.clock.now_s}))
        return request

    def _due_ns(self, name: str) -> int | None:
        due_s = self.due_s[name]
        return None if due_s is None else round(due_s * NS_PER_SECOND)


@pytest.fixture
def players() -> Players:
    return Players()


@pytest.mark.parametrize("instants_s", [(3, 5, 8), (8, 5, 3), (5, 8, 3)], ids=str)
def test_each_is_answered_when_it_falls_due_whoever_came_first(players: Players, instants_s: tuple[int, ...]) -> None:
    for due_s in instants_s:
        players.ask(str(due_s), due_s)
    players.loop.turn_to(4)
    assert players.answered_s == {"3": 3}
    players.loop.turn_to(10)
    assert players.answered_s == {"3": 3, "5": 5, "8": 8}


def test_one_that_comes_after_an_answer_has_a_timer_too(players: Players) -> None:
    players.ask("first", 3)
    players.loop.turn_to(4)
    players.ask("second", 6)
    players.loop.turn_to(7)
    assert players.answered_s == {"first": 3, "second": 6}


def test_others_are_answered_when_the_first_has_gone(players: Players) -> None:
    first = players.ask("first", 3)
    players.ask("second", 6)
    first.abandon()
    players.loop.turn_to(7)
    assert players.answered_s == {"second": 6}


@pytest.mark.parametrize(("earlier_s", "asked_s"), [(4.0, 2), (1.0, 2)], ids=["later than now", "past"])
def test_one_that_falls_due_sooner_than_it_did_is_answered_then(players: Players, earlier_s: float, asked_s: int) -> None:
    players.ask("first", 8)
    players.ask("second", None)
    players.loop.turn_to(asked_s)
    players.due_s["second"] = earlier_s
    players.held.ask_again()
    players.loop.turn_to(9)
    assert players.answered_s == {"first": 8, "second": max(earlier_s, asked_s)}


def test_one_that_falls_due_later_than_it_did_waits(players: Players) -> None:
    players.ask("first", 3)
    players.due_s["first"] = 6
    players.held.ask_again()
    players.loop.turn_to(7)
    assert players.answered_s == {"first": 6}


def test_one_that_waits_longer_than_a_timer_may_is_answered_in_the_end(players: Players) -> None:
    players.ask("first", 2.5 * LONGEST_WAIT_S)
    players.loop.turn_to(3 * LONGEST_WAIT_S)
    assert players.answered_s == {"first": 2.5 * LONGEST_WAIT_S}
