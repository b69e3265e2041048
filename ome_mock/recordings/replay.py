"""Puts recorded cases to a server again, and compares."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .case import Answer, Case, Exchange, Look, Pause, Recording, Request
from .comparing import Chance, Difference, compare_answers, compare_looks
from .dump_looks import DumpLooks
from .redaction import AUTHORIZATION
from .targets import ServerTarget, Target
from .wording import renamed, renamed_bytes

OUT, RUN = "{OUT}", "{RUN}"
"""Placeholders of recordings: a directory and a word of the replayed case's own."""

RECORDED_AT = "127.0.0.1:8081"


@dataclass(frozen=True)
class Found:
    """A difference, with the case and the request that it was found at."""

    case: Case
    request: Request | None
    difference: Difference

    def __str__(self) -> str:
        asked = "files" if self.request is None else f"{self.request.method} {self.request.path}"
        return f"{asked}: {self.difference}"


@dataclass(frozen=True)
class Outcome:
    """A case that was put to a server: the differences, or the reason why it was left out."""

    case: Case
    found: tuple[Found, ...] = ()
    left_out: str = ""


class Replay:
    """Sends the requests of cases to a target, whose time `sleep` turns by so many seconds.

    Each case writes into a directory of its own below `out`. `looks` sees the files of dumps, where they can be seen.
    """

    def __init__(self, target: Target, out: Path, sleep: Callable[[float], None], looks: DumpLooks | None = None) -> None:
        self._target = target
        self._out = out
        self._sleep = sleep
        self._looks = looks
        self._now_s = 0.0
        self._known: list[Difference] = []
        self._chance = Chance(), Chance()

    def outcomes(self, recording: Recording) -> list[Outcome]:
        """The outcome of every case of a recording, in their order."""
        return [Outcome(case, tuple(self.differences(case))) for case in recording.cases]

    def differences(self, case: Case) -> Iterator[Found]:
        """The differences of a case, as they are found."""
        run = uuid.uuid4().hex[:10]
        words = {OUT: str(self._out / run), RUN: run, AUTHORIZATION: self._target.authorization}
        if case.at_s is not None:
            self._pass(case.at_s - self._now_s)
        for step in case.steps:
            match step:
                case Pause(seconds):
                    self._pass(seconds)
                case Look():
                    yield from (Found(case, None, each) for each in self._new_differences_of_files(step))
                case Exchange(request, recorded):
                    yield from (Found(case, request, each) for each in self._ask(request, recorded, case.connection, words))
                    if recorded.status is None and case.connection is None:
                        return

    def _new_differences_of_files(self, recorded: Look) -> list[Difference]:
        """The differences that weren't there at the look before."""
        found = [] if self._looks is None else list(compare_looks(recorded, self._looks.look(), *self._chance))
        new = [each for each in found if each not in self._known]
        self._known = found
        return new

    def _pass(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)
            self._now_s += seconds

    def _ask(self, request: Request, recorded: Answer, connection: int | None, words: dict[str, str]) -> Iterator[Difference]:
        sent = _filled(request, words)
        answer = self._target.send(sent, connection)
        if self._looks is not None:
            self._looks.follows(Exchange(sent, answer))
        names = {word: name for name, word in words.items()} | {f"//{self._target.address}/": f"//{RECORDED_AT}/"}
        return compare_answers(request, recorded, answer, names)


def closest(names: Iterable[str], outcomes_of: Callable[[str], list[Outcome]]) -> tuple[str, list[Outcome]]:
    """The name whose outcomes differ in the fewest cases, the first of equals, and its outcomes."""
    outcomes = {name: outcomes_of(name) for name in names}
    return min(outcomes.items(), key=lambda item: sum(bool(outcome.found) for outcome in item[1]))


def replay_on(
    recording: Recording, url: str, authorization: str, sleep: Callable[[float], None], looks: DumpLooks | None = None
) -> list[Outcome]:
    """The outcomes of a recording that is put to the server at `url`, which accepts `authorization`."""
    target = ServerTarget(url, authorization)
    try:
        with tempfile.TemporaryDirectory(prefix="ome-mock-replay-") as out:
            return Replay(target, Path(out), sleep, looks).outcomes(recording)
    finally:
        target.close()


def _filled(request: Request, words: dict[str, str]) -> Request:
    """The request with the target's own words in it, and its token if the recorded one was presented."""
    headers = tuple((name, renamed(value, words)) for name, value in request.headers)
    if request.is_authorized and request.header("Authorization") is None:
        headers = (*headers, ("Authorization", words[AUTHORIZATION]))
    body, sent = (None if data is None else renamed_bytes(data, words) for data in (request.body, request.sent))
    return replace(request, path=renamed(request.path, words), headers=headers, body=body, sent=sent)
