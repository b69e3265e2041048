"""What a client of the emulated API probably meant: said in the log, in the journal and by failed tests, never in an answer.

A rule takes what was asked and the emulated API, and says nothing, or in one sentence what was sent and what to send instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...refusals import NotFound
from ..rest import Api
from . import bodies, dumps
from . import wrong_fields as fields
from .diagnosed_request import DiagnosedRequest
from .rules import Rule, Stage

__all__ = ["DiagnosedRequest", "diagnose"]

HINTS: Mapping[int | None, Stage] = {
    200: (bodies.chunked, *fields.IGNORED, dumps.unknown_playlist),
    500: fields.IGNORED,
}
"""What was surely not meant, whether it was refused or not."""

CONTROL = "/_mock/"


def diagnose(asked: DiagnosedRequest, api: Api) -> tuple[str, ...]:
    """What a request probably meant otherwise, the most probable cause first; nothing of a correct one.

    What a fault spoiled is none of the client's mistakes, and is not to be asked about.
    """
    if asked.target.startswith(CONTROL) or (asked.status == 200 and _is_beyond_doubt(asked)):
        return ()
    found = [] if asked.status == 200 else _causes(asked, api)
    found += _sentences(HINTS.get(asked.status, ()), asked, api)
    return tuple(dict.fromkeys(found))


def _causes(asked: DiagnosedRequest, api: Api) -> list[str]:
    """Why a request was refused: what the first stage says that has something to say."""
    from .causes import CAUSES  # noqa: PLC0415 (lazy: a client that is right never needs them)

    return next((found for stage in CAUSES.get(asked.status, ()) if (found := _sentences(stage, asked, api))), [])


def _is_beyond_doubt(asked: DiagnosedRequest) -> bool:
    """Whether a request reads no body, or addresses dumps by texts and nothing else: told fast, because most requests are like that."""
    if asked.method not in {"POST", "PATCH"}:
        return True
    is_address = asked.dump_action is not None and asked.fields.keys() <= fields.ADDRESS
    return is_address and all(type(value) is str and value for value in asked.fields.values()) and not asked.is_chunked


def _sentences(rules: Iterable[Rule], asked: DiagnosedRequest, api: Api) -> list[str]:
    return [sentence for rule in rules for sentence in _said(rule, asked, api)]


def _said(rule: Rule, asked: DiagnosedRequest, api: Api) -> list[str]:
    """A rule that looks up what isn't there, or is gone by now, has nothing to say; another one is for that."""
    try:
        return list(rule(asked, api))
    except NotFound:
        return []
