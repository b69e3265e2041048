"""Rules for request lines that the engine misreads, and for unknown methods."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...text import nearest
from ..rest import Api
from ..wire.request_line import METHODS, method_of
from .diagnosed_request import DiagnosedRequest
from .wording import quoted


def scheme_in_target(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    target = re.sub(r"^https?://[^/]*", "", asked.target)  # the absolute form of a target is fine
    if "://" in target:
        yield (
            f'The target holds "://", and OME takes what follows for host and path, here {quoted(asked.path)}: send it percent-encoded, '
            "as %3A%2F%2F."
        )


def at_sign_in_target(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    if asked.path or "@" not in asked.target:
        return
    if "@" in asked.target.partition("?")[0]:
        yield 'The path holds "@", and OME takes what stands before it for credentials: a name with "@" can\'t be asked for; rename it.'
    else:
        yield 'The query holds "@", and OME takes what stands before it for credentials: send it percent-encoded, as %40.'


def bytes_that_are_no_text(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    try:
        asked.target.encode("latin-1", "replace").decode()
    except UnicodeDecodeError:
        yield "The target holds bytes that are no UTF-8: send names as UTF-8, and all else percent-encoded."


def unknown_method(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    if method_of(asked.method) in METHODS:
        return
    near = nearest(asked.method, METHODS)
    yield f"There is no method {quoted(asked.method)}, and OME hangs up on it: send {near or 'GET, POST, PATCH or DELETE'}."


TRAPS = (scheme_in_target, at_sign_in_target, bytes_that_are_no_text)
"""The rules for targets that the engine misreads as a whole (rest-api.md#paths)."""
