"""Diagnoses: hints at probable mistakes of clients, shown in the log, the journal and failed tests, never in an answer.

A rule takes a request and the emulated API, and yields nothing, or one sentence that names the mistake and the correction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...refusals import NotFound
from ..control.routes import CONTROL
from ..rest import Api
from .diagnosed_request import DiagnosedRequest

if TYPE_CHECKING:
    from .rules import Rule

__all__ = ["DiagnosedRequest", "diagnose"]

ADDRESS = {"outputStreamName", "id"}
"""The fields of a stop and of a list."""


def diagnose(asked: DiagnosedRequest, api: Api) -> tuple[str, ...]:
    """The hints at mistakes in a request, the most probable first; none for a correct one.

    Requests spoilt by a fault must not be diagnosed, because they are not the client's mistakes.
    """
    if asked.target.startswith(CONTROL) or (asked.status == 200 and _is_beyond_doubt(asked)):
        return ()
    from .hints import HINTS  # noqa: PLC0415 (lazy: many a server is never asked what needs them)

    found = [] if asked.status == 200 else _causes(asked, api)
    found += _sentences(HINTS.get(asked.status, ()), asked, api)
    return tuple(dict.fromkeys(found))


def _causes(asked: DiagnosedRequest, api: Api) -> list[str]:
    """The causes of a refusal: the sentences of the first stage that has any."""
    from .causes import CAUSES  # noqa: PLC0415 (lazy: a correct client never needs them)

    return next((found for stage in CAUSES.get(asked.status, ()) if (found := _sentences(stage, asked, api))), [])


def _is_beyond_doubt(asked: DiagnosedRequest) -> bool:
    """Says if a request has no body, or only texts that address dumps; a fast check, because most requests are so."""
    if asked.method not in {"POST", "PATCH"}:
        return True
    if asked.dump_action is None or asked.is_chunked:
        return False
    return all(name in ADDRESS and type(value) is str and value for name, value in asked.fields.items())


def _sentences(rules: Iterable[Rule], asked: DiagnosedRequest, api: Api) -> list[str]:
    return [sentence for rule in rules for sentence in _said(rule, asked, api)]


def _said(rule: Rule, asked: DiagnosedRequest, api: Api) -> list[str]:
    """The sentences of a rule; none if it looks up a thing that doesn't exist, for which there is another rule."""
    try:
        return list(rule(asked, api))
    except NotFound:
        return []
