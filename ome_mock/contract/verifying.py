"""Asks a server the cases, asks the emulator of each dialect the same, and compares."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..dialect import DIALECTS
from ..recordings.case import Case, Exchange, Request
from ..recordings.comparing import compare_answers
from ..recordings.replay import Found, Outcome, closest
from ..recordings.targets import ServerTarget, Target
from .asking import ask
from .case_file import Question
from .subject import OK, Subject
from .twin import twin_of


class Asked(NamedTuple):
    """A case as it was put to the server: its exchanges, with `{OUT}` for the directory and `{host}` for the server's address."""

    question: Question
    run: str
    exchanges: tuple[Exchange, ...]


def ask_server(
    target: Target, subject: Subject, questions: Sequence[Question], out: str, on_progress: Callable[[int], None] = lambda _: None
) -> list[Asked]:
    """Put cases to the server, and stop the dumps that they start. What they write lies below `out`, a directory of the server's."""
    asked = []
    for number, question in enumerate(questions, 1):
        run = uuid.uuid4().hex[:10]
        asked.append(Asked(question, run, tuple(_ask(target, subject, question, run, f"{out}/{run}"))))
        on_progress(number)
    return asked


def compare_with(subject: Subject, asked: Sequence[Asked], dialect: str, config: Path | None = None) -> list[Outcome]:
    """Put the same cases to the emulator of a dialect, and compare: what it answers is what is wanted."""
    with twin_of(subject, dialect, config) as (ome, _):
        target = ServerTarget(ome.url, ome.authorization)
        outcomes = []
        for each in asked:
            wanted = tuple(_ask(target, subject, each.question, each.run, f"/verified/{each.run}"))
            outcomes.append(_outcome(each, wanted))
        target.close()
        return outcomes


def closest_dialect(subject: Subject, asked: Sequence[Asked], config: Path | None = None) -> tuple[str, list[Outcome]]:
    """The dialect from which the server differs in the fewest cases, the newest of equals, and what differs."""
    return closest(reversed(DIALECTS), lambda name: compare_with(subject, asked, name, config))


def _outcome(asked: Asked, wanted: Sequence[Exchange]) -> Outcome:
    case = Case(asked.question.name, (), asked.question.group)
    found = [
        Found(case, seen.request, difference)
        for seen, reference in zip(asked.exchanges, wanted, strict=True)
        for difference in compare_answers(seen.request, reference.answer, seen.answer)
    ]
    return Outcome(case, tuple(found))


def _ask(target: Target, subject: Subject, question: Question, run: str, out: str) -> Iterator[Exchange]:
    words = subject.words(target.address, run, out)
    started = []
    for request in question.requests:
        sent, exchange = ask(target, request, words)
        if sent.path.endswith(":startHlsDump") and exchange.answer.status == OK:
            started.append(sent)
        yield exchange
    for sent in started:
        _stop(target, sent)


def _stop(target: Target, start: Request) -> None:
    """Stop the dump that a request started."""
    fields = json.loads(start.body or b"{}")
    body = json.dumps({name: fields.get(name) for name in ("outputStreamName", "id")}).encode()
    target.send(start._replace(path=start.path.replace(":startHlsDump", ":stopHlsDump"), body=body))
