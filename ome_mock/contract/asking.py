"""Puts requests with placeholders to a server, and gives them back with what it answered."""

from __future__ import annotations

from ..recordings.case import Answer, Exchange, Request
from ..recordings.targets import Target
from ..recordings.wording import renamed_bytes, renamed_request

OUT, ADDRESS = "{OUT}", "{host}"
LENGTH = "content-length"


def ask(target: Target, request: Request, words: dict[str, str]) -> tuple[Request, Exchange]:
    """The request as it was sent, and the exchange with placeholders for what only this server has: its address and the directory."""
    sent = renamed_request(request, words)
    answer = target.send(sent)
    own = {words[name]: name for name in (OUT, ADDRESS)}
    shown = sent._replace(body=None if sent.body is None else renamed_bytes(sent.body, own))
    return sent, Exchange(shown, _shown(answer, own))


def _shown(answer: Answer, own: dict[str, str]) -> Answer:
    body = renamed_bytes(answer.body, own)
    left_out = {LENGTH} if body != answer.body else set()
    return answer._replace(body=body, headers=tuple(header for header in answer.headers if header[0].lower() not in left_out))
