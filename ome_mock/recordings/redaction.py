"""Leaves secrets out of recordings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .case import Exchange
from .wording import renamed_bytes, renamed_headers, renamed_request, text_of

AUTHORIZATION = "{AUTHORIZATION}"
"""Stands for the value of the Authorization header that the server accepts."""

UNAUTHORIZED = 401
SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-ome-signature"})
SECRET_FIELDS = re.compile(r'"(?i:\w*(?:secret|password|token|streamKey|signature)\w*)"\s*:\s*"((?:[^"\\]|\\.)*)"')
SECRET_PARAMETERS = re.compile(r"[?&](?i:\w*(?:secret|password|token|key|policy|signature))=([^&#\s]+)")
LETTER_OR_DIGIT = re.compile(r"[0-9A-Za-z]")


def without_access_token(exchange: Exchange) -> Exchange:
    """Put a placeholder in the place of an Authorization header that was accepted, so that a replay presents its own token."""
    value = exchange.request.header("Authorization")
    if value is None or exchange.answer.status in {UNAUTHORIZED, None} or not value:
        return exchange
    return _replaced(exchange, {value: AUTHORIZATION})


def redacted(exchange: Exchange) -> Exchange:
    """Mask credentials, cookies, signatures, and what fields and parameters call secrets: each letter and digit becomes an x.

    Lengths stay, so that lengths of bodies and forms of credentials do too.
    """
    secrets = {secret for secret in _secrets(exchange) if secret and secret != AUTHORIZATION}
    return _replaced(exchange, {secret: LETTER_OR_DIGIT.sub("x", secret) for secret in sorted(secrets, key=len, reverse=True)})


def _secrets(exchange: Exchange) -> Iterator[str]:
    for name, value in (*exchange.request.headers, *exchange.answer.headers):
        if name.lower() in SECRET_HEADERS:
            yield value.partition(" ")[2] or value
    for text in (exchange.request.path, text_of(exchange.request.body or b""), text_of(exchange.answer.body)):
        yield from SECRET_PARAMETERS.findall(text)
        yield from SECRET_FIELDS.findall(text)


def _replaced(exchange: Exchange, words: dict[str, str]) -> Exchange:
    """The exchange with texts replaced wherever they stand in it."""
    answer = exchange.answer
    replaced = answer._replace(headers=renamed_headers(answer.headers, words), body=renamed_bytes(answer.body, words))
    return Exchange(renamed_request(exchange.request, words), replaced)
