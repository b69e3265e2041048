"""The faults that are armed, and which of them an event sets off."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from ..timestamps import NS_PER_SECOND
from .events import CallbackEvent, Event, PushEvent, RequestEvent, WriteEvent
from .fault import Fault

if TYPE_CHECKING:
    from .callback_faults import CallbackFault
    from .push_faults import PushFault
    from .request_faults import RequestFault
    from .stream_faults import StreamFault
    from .write_faults import WriteFault

log = logging.getLogger("ome_mock.faults")


class Firing(NamedTuple):
    """A fault that fired, when, and what it spoilt."""

    fault: Fault
    at_ns: int
    event: str


class ArmedFault(NamedTuple):
    """A fault that can still fire, with its number in the plan; `left` says how often, None for every time."""

    number: int
    fault: Fault
    left: int | None


@dataclass
class _Armed:
    """A fault with what it has seen so far."""

    number: int
    fault: Fault
    at_ns: int
    seen: int = 0
    fired: int = 0
    came_to_nothing: bool = False
    opened: dict[Event, bool] = field(default_factory=dict)
    """Writes of open segments, as their last ones will be, and whether they were spoilt."""

    @property
    def due_ns(self) -> int:
        return self.at_ns + round(self.fault.after_s * NS_PER_SECOND)

    @property
    def is_spent(self) -> bool:
        return self.fault.times is not None and self.fired >= self.fault.times


class FaultPlan:
    """The faults of one emulator; safe to use from any thread.

    The same seed and the same events set off the same faults.
    """

    def __init__(self, now_ns: Callable[[], int], seed: int = 0, on_arm: Callable[[], None] = lambda: None) -> None:
        self._now_ns = now_ns
        self._chance = Random(f"{seed}/faults")  # noqa: S311
        self._on_arm = on_arm
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._armed: list[_Armed] = []
        self._numbers = count(1)
        self._firings: list[Firing] = []
        self.fired: Counter[str] = Counter()
        """How often faults of each kind have fired; clearing the plan leaves it."""

    def __repr__(self) -> str:
        return f"<FaultPlan: armed {', '.join(map(str, self.armed)) or 'none'}; fired {len(self.firings)} times>"

    def arm(self, *faults: Fault | dict[str, Any]) -> None:
        """Arm faults, each a Fault or its JSON; where several fit one event, all of them do, in the order of their arming.

        Raises TypeError for something else, and ConfigurationError for what is no fault's JSON.
        """
        read = [_read(fault) for fault in faults]
        with self._lock:
            self._armed += [_Armed(next(self._numbers), fault, self._now_ns()) for fault in read]
        self._on_arm()

    def sleep(self, seconds: float) -> None:
        """Wait in real time, until `wake` at the latest."""
        self._is_over.wait(seconds)

    def wake(self) -> None:
        """Have nothing wait any more, because the emulator stops."""
        self._is_over.set()

    def disarm(self, number: int) -> bool:
        """Disarm the fault of a number; returns False where there is none that can still fire."""
        with self._lock:
            found = [each for each in self._armed if each.number == number and not each.is_spent]
            for each in found:
                self._armed.remove(each)
        return bool(found)

    def clear(self) -> None:
        """Disarm every fault, and forget what has fired."""
        with self._lock:
            self._armed.clear()
            self._firings.clear()

    @property
    def is_empty(self) -> bool:
        """True if nothing was armed, which is the usual case and fast to check."""
        return not self._armed

    @property
    def armed(self) -> list[Fault]:
        """The faults that can still fire."""
        return [each.fault for each in self.numbered]

    @property
    def numbered(self) -> list[ArmedFault]:
        """The faults that can still fire, with what is left of each."""
        with self._lock:
            return [
                ArmedFault(each.number, each.fault, None if each.fault.times is None else each.fault.times - each.fired)
                for each in self._armed
                if not each.is_spent
            ]

    @property
    def firings(self) -> list[Firing]:
        """The faults that have fired so far, in order."""
        with self._lock:
            return list(self._firings)

    @property
    def never_fired(self) -> list[Fault]:
        """The faults that were to fire and have not, or came to nothing."""
        with self._lock:
            return [each.fault for each in self._armed if each.fault.must_fire and (not each.fired or each.came_to_nothing)]

    # Events

    @overload
    def of(self, event: RequestEvent) -> list[RequestFault]: ...
    @overload
    def of(self, event: WriteEvent) -> list[WriteFault]: ...
    @overload
    def of(self, event: CallbackEvent) -> list[CallbackFault]: ...
    @overload
    def of(self, event: PushEvent, at_ns: int) -> list[PushFault]: ...
    def of(self, event: Event, at_ns: int | None = None) -> list[Any]:
        """The faults that an event sets off; `at_ns` is its instant, if that is not now."""
        now_ns = self._now_ns() if at_ns is None else at_ns
        found: list[Fault] = []
        begins = isinstance(event, WriteEvent) and event.is_open
        completed = event._replace(is_open=False) if isinstance(event, WriteEvent) else event
        with self._lock:
            for each in self._armed:
                fault = each.fault
                was_spoilt = each.opened.pop(completed, None)
                if was_spoilt is not None and not begins:
                    found += [fault] * was_spoilt
                    continue
                if each.is_spent or not fault.is_open(each.at_ns, now_ns) or not fault.fits(event):
                    continue
                each.seen += 1
                fires = each.seen >= fault.nth and (fault.chance >= 1 or self._chance.random() < fault.chance)
                if fires:
                    self._note(each, now_ns, str(event))
                    found.append(fault)
                if fault.lasts and begins:
                    each.opened[completed] = fires
        return found

    def awaits(self, event: Event, at_ns: int) -> bool:
        """Says if an event would set off a fault; it isn't counted."""
        with self._lock:
            return any(
                not each.is_spent and each.fault.is_open(each.at_ns, at_ns) and each.seen + 1 >= each.fault.nth and each.fault.fits(event)
                for each in self._armed
            )

    def of_time(self, now_ns: int) -> tuple[int, StreamFault] | None:
        """The first fault of a stream that has fallen due, and its instant; what it brings about may arm others."""
        with self._lock:
            due_ns, armed = self._next_of_time()
            if armed is None or due_ns > now_ns:
                return None
            self._note(armed, due_ns, "time")
        return due_ns, armed.fault  # type: ignore[return-value]

    def note_in_vain(self, fault: Fault) -> None:
        """Take back that a fault of a stream fired, because the stream couldn't have it."""
        with self._lock:
            for each in self._armed:
                if each.fault is fault:
                    each.came_to_nothing = True
            self._firings = [firing for firing in self._firings if firing.fault is not fault]

    def next_due_ns(self) -> int | None:
        """The instant of the next fault of a stream."""
        with self._lock:
            due_ns, armed = self._next_of_time()
        return None if armed is None else due_ns

    def _next_of_time(self) -> tuple[int, _Armed | None]:
        due = [(each.due_ns, each) for each in self._armed if each.fault.is_of_time and not each.is_spent]
        return min(due, key=lambda row: row[0], default=(0, None))

    def _note(self, armed: _Armed, at_ns: int, event: str) -> None:
        armed.fired += 1
        self.fired[armed.fault.kind()] += 1
        self._firings.append(Firing(armed.fault, at_ns, event))
        log.info("fault %s: %s", armed.fault, event)


def _read(fault: Fault | dict[str, Any]) -> Fault:
    if isinstance(fault, Fault):
        return fault
    if not isinstance(fault, dict):
        raise TypeError(f"a fault is a Fault such as faults.Status(500), or its JSON, not {fault!r}")
    from .reading import read_fault  # noqa: PLC0415 (lazy, as the kinds of faults are)

    return read_fault(fault)
