"""What a client of the emulated API probably meant: said in the log, in the journal and by failed tests, never in an answer.

A rule takes what was asked and the engine, and says nothing, or in one sentence what was sent and what to send instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ...engine.engine import Engine
from ...refusals import NotFound
from . import bodies, credentials, dumps, fields, names, paths, targets
from .asked import Asked

__all__ = ["Asked", "diagnose"]

Rule = Callable[[Asked, Engine], Iterator[str]]
Stage = tuple[Rule, ...]

CAUSES: Mapping[int | None, tuple[Stage, ...]] = {
    None: ((targets.unknown_method,),),
    400: (targets.TRAPS, bodies.SYNTAX, bodies.SHAPE, (*fields.IGNORED, fields.missing_fields)),
    401: (credentials.MISTAKES,),
    403: ((names.read_only, names.not_configured),),
    404: (targets.TRAPS, (targets.unknown_method,), paths.MISTAKES, names.MISTAKES),
    500: (bodies.SHAPE, dumps.CONFLICTS, (dumps.not_written,)),
}
"""Why a request was refused, by the status answered: stages in the engine's order. What one explains, the later ones never saw."""

HINTS: Mapping[int | None, Stage] = {
    200: (bodies.chunked, *fields.IGNORED, dumps.unknown_playlist),
    500: fields.IGNORED,
}
"""What was surely not meant, whether it was refused or not."""

CONTROL = "/_mock/"


def diagnose(asked: Asked, engine: Engine) -> tuple[str, ...]:
    """What a request probably meant otherwise, the most probable cause first; nothing of a correct one.

    What a fault spoiled is none of the client's mistakes, and is not to be asked about.
    """
    if asked.target.startswith(CONTROL) or (asked.status == 200 and _is_beyond_doubt(asked)):
        return ()
    found: list[str] = []
    for stage in CAUSES.get(asked.status, ()):
        found = found or _sentences(stage, asked, engine)
    found += _sentences(HINTS.get(asked.status, ()), asked, engine)
    return tuple(dict.fromkeys(found))


def _is_beyond_doubt(asked: Asked) -> bool:
    """Whether a request reads no body, or addresses dumps by texts and nothing else: told fast, because most requests are like that."""
    if asked.method not in {"POST", "PATCH"}:
        return True
    is_address = asked.dump_action is not None and asked.fields.keys() <= fields.ADDRESS
    return is_address and all(type(value) is str and value for value in asked.fields.values()) and not asked.is_chunked


def _sentences(rules: Iterable[Rule], asked: Asked, engine: Engine) -> list[str]:
    return [sentence for rule in rules for sentence in _said(rule, asked, engine)]


def _said(rule: Rule, asked: Asked, engine: Engine) -> list[str]:
    """A rule that looks up what isn't there, or is gone by now, has nothing to say; another one is for that."""
    try:
        return list(rule(asked, engine))
    except NotFound:
        return []
