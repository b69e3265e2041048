"""Puts recorded cases to a server again, and compares."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from .case import API, Answer, Case, Exchange, Incident, Look, Pause, RawExchange, Recording, Request, Step
from .comparing import Comparison, Difference, drawn_names
from .dump_looks import DumpLooks
from .redaction import AUTHORIZATION
from .targets import ServerTarget, Target
from .wording import renamed_bytes, renamed_request

OUT, RUN = "{OUT}", "{RUN}"
"""Placeholders of recordings: a directory and a word of the replayed case's own."""

RECORDED_AT = "127.0.0.1:8081"

LATE_S, LATE_STEP_S = 0.1, 0.01
"""How much later than recorded a held request may be answered, as moments between requests are not recorded; and the steps to it."""


class Found(NamedTuple):
    """A difference, with the case and the request that it was found at."""

    case: Case
    request: Request | None
    difference: Difference

    def __str__(self) -> str:
        asked = "beside requests" if self.request is None else f"{self.request.method} {self.request.path}"
        return f"{asked}: {self.difference}"


class Outcome(NamedTuple):
    """A case that was put to a server: the differences, or the reason why it was left out."""

    case: Case
    found: tuple[Found, ...] = ()
    left_out: str = ""


class HeldRequests(Protocol):
    """The requests that a server holds back until its time has come."""

    @property
    def held_requests(self) -> int: ...

    def wait_for_held_requests(self, count: int) -> None: ...


class Surroundings(NamedTuple):
    """The things around a server that a replay needs, as far as they are within reach.

    `sleep` turns its time by so many seconds. `looks` sees the files of its dumps. `happen` lets incidents happen. `held` knows the
    requests that wait for the time to be turned; without it they are waited for.
    """

    sleep: Callable[[float], None]
    looks: DumpLooks | None = None
    happen: Callable[[Incident], None] | None = None
    held: HeldRequests | None = None


class Replay:
    """Sends the requests of cases to targets, by the names of their ports.

    Each case writes into a directory of its own below `out`. `comparison` says what differs.
    """

    def __init__(self, targets: Mapping[str, Target], out: Path, around: Surroundings, comparison: Comparison | None = None) -> None:
        self._targets = targets
        self._out = out
        self._around = around
        self._comparison = comparison or Comparison()
        self._now_s = 0.0
        self._known: list[Difference] = []
        self._drawn: dict[str, str] = {}
        """The target's keys and sessions, by those in the recording that stood in their place."""

    def outcomes(self, recording: Recording) -> list[Outcome]:
        """The outcome of every case of a recording, in their order."""
        return [self._outcome(case) for case in recording.cases]

    def _outcome(self, case: Case) -> Outcome:
        reason = next(filter(None, map(self._left_out, case.steps)), "")
        return Outcome(case, left_out=reason) if reason else Outcome(case, tuple(self.differences(case)))

    def _left_out(self, step: Step) -> str:
        """The reason why a step can't be replayed here, or nothing."""
        match step:
            case Incident() if self._around.happen is None:
                return "encoders and files of a server elsewhere are out of reach"
            case Exchange(Request(port=port)) | RawExchange(port=port) if port not in self._targets:
                return f"the port {port} is not known"
        return ""

    def differences(self, case: Case) -> Iterator[Found]:
        """The differences of a case, as they are found."""
        run = uuid.uuid4().hex[:10]
        words = {OUT: str(self._out / run), RUN: run, AUTHORIZATION: self._targets[API].authorization}
        if case.at_s is not None:
            self._pass(case.at_s - self._now_s)
        for step in case.steps:
            match step:
                case Pause(seconds):
                    self._pass(seconds)
                case Incident() if self._around.happen is not None:
                    self._around.happen(step)
                case Look():
                    yield from (Found(case, None, each) for each in self._new_differences_of_files(step))
                case RawExchange():
                    yield from (Found(case, None, each) for each in self._say(step, words))
                case Exchange(request, recorded):
                    yield from (Found(case, request, each) for each in self._ask(request, recorded, case.connection, words))
                    if recorded.status is None and recorded.took_s is None and case.connection is None:
                        return

    def _new_differences_of_files(self, recorded: Look) -> list[Difference]:
        """The differences that weren't there at the look before."""
        looks = self._around.looks
        found = [] if looks is None else list(self._comparison.looks(recorded, looks.look(recorded.within)))
        new = [each for each in found if each not in self._known]
        self._known = found
        return new

    def _pass(self, seconds: float) -> None:
        if seconds > 0:
            self._around.sleep(seconds)
            self._now_s += seconds

    def _ask(self, request: Request, recorded: Answer, connection: int | None, words: dict[str, str]) -> Iterator[Difference]:
        sent, target = _filled(request, words | self._drawn), self._targets[request.port]
        if recorded.took_s is not None:
            answer = target.hold(sent, partial(self._hold, recorded.took_s, gives_up=recorded.status is None))
            self._wait_for_held(0)
        else:
            answer = target.send(sent, connection)
        self._drawn |= drawn_names(recorded, answer)
        if self._around.looks is not None:
            self._around.looks.follows(Exchange(sent, answer))
        names = {word: name for name, word in words.items()} | {f"//{target.address}/": f"//{RECORDED_AT}/"}
        return self._comparison.answers(request, recorded, answer, names)

    def _hold(self, took_s: float, *, gives_up: bool) -> bool:
        """Let the time go by in which a request is held; returns False where its answer is not to be waited for any longer."""
        held = self._around.held
        if held is None:
            return True
        self._wait_for_held(1)
        self._pass(took_s)
        late_s = 0.0
        while held.held_requests and not gives_up and late_s < LATE_S:
            self._pass(LATE_STEP_S)
            late_s += LATE_STEP_S
        return not held.held_requests

    def _wait_for_held(self, count: int) -> None:
        """Wait until so many requests are held; one that is answered at once never is."""
        if self._around.held is not None:
            with suppress(TimeoutError):
                self._around.held.wait_for_held_requests(count)

    def _say(self, recorded: RawExchange, words: dict[str, str]) -> Iterator[Difference]:
        sent = recorded._replace(sent=renamed_bytes(recorded.sent, words))
        return self._comparison.raw(recorded, self._targets[recorded.port].say(sent))


def closest(names: Iterable[str], outcomes_of: Callable[[str], list[Outcome]]) -> tuple[str, list[Outcome]]:
    """The name whose outcomes differ in the fewest cases, the first of equals, and its outcomes."""
    outcomes = {name: outcomes_of(name) for name in names}
    return min(outcomes.items(), key=lambda item: sum(bool(outcome.found) for outcome in item[1]))


def replay_on(recording: Recording, urls: Mapping[str, str], authorization: str, around: Surroundings) -> list[Outcome]:
    """The outcomes of a recording that is put to the server at `urls`, by the names of ports, which accepts `authorization`."""
    targets = {port: ServerTarget(url, authorization) for port, url in urls.items()}
    try:
        with tempfile.TemporaryDirectory(prefix="ome-mock-replay-") as out:
            return Replay(targets, Path(out), around).outcomes(recording)
    finally:
        for target in targets.values():
            target.close()


def _filled(request: Request, words: dict[str, str]) -> Request:
    """The request with the target's own words in it, and its token if the recorded one was presented."""
    filled = renamed_request(request, words)
    if request.is_authorized and request.header("Authorization") is None:
        return filled._replace(headers=(*filled.headers, ("Authorization", words[AUTHORIZATION])))
    return filled
