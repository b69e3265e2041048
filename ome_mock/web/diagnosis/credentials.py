"""Rules for requests without the right credential, `Basic base64(token)` without user and colon (rest-api.md#authentication)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator

from ...settings import DEFAULT_ACCESS_TOKEN
from ..auth import decode_credential
from ..rest import Api
from .diagnosed_request import DiagnosedRequest
from .wording import quoted

SEND = 'send "Authorization: Basic " and the base64 of the access token'
SEND_ITS_OWN = "send that of its Server.xml, or of --access-token"

_NAMED_LIKE_A_TOKEN = re.compile(r"token|auth|api-?key|secret", re.IGNORECASE)


def missing(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    if asked.header("authorization"):
        return
    others = [name for name, _ in asked.headers if name.lower() != "authorization" and _NAMED_LIKE_A_TOKEN.search(name)]
    if others:
        yield f"The header {quoted(others[0])} is not looked at: {SEND}."
    elif _NAMED_LIKE_A_TOKEN.search(asked.target.partition("?")[2]):
        yield f"A token in the query is not looked at: {SEND}."
    else:
        yield f"There is no Authorization header, or it is empty: {SEND}."


def not_two_words(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    value, token = asked.header("authorization"), api.engine.world.access_token
    words = value.split(" ")
    if len(words) == 2 or not value:
        return
    if value.lower() == "basic":
        yield f'Nothing follows "Basic" in the Authorization header, as when the token is an empty variable: {SEND}.'
    elif value == token:
        yield f"The Authorization header is the access token itself: {SEND}."
    elif decode_credential(value) == token.encode():
        yield 'The Authorization header lacks its scheme: put "Basic " before the base64.'
    elif "" in words or "\t" in value:
        yield 'Between "Basic" and the credential of the Authorization header OME takes one space and nothing else: send just one.'
    elif value.partition(" ")[2] == token:
        yield f'The access token stands behind "Basic" as it is, not encoded: {SEND}.'
    else:
        yield f"The Authorization header has {len(words)} words instead of two: {SEND}."


def other_scheme(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    words = asked.header("authorization").split(" ")
    if len(words) == 2 and words[0].upper() != "BASIC":
        yield f"OME takes no {quoted(words[0])} credentials: {SEND}."


def wrong_token(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    words, token = asked.header("authorization").split(" "), api.engine.world.access_token
    if len(words) != 2 or words[0].upper() != "BASIC" or decode_credential(words[1]) == token.encode():
        return
    yield next(sentence for fits, sentence in WRONG_TOKENS if fits(words[1], token))


def _decoded(credential: str) -> str:
    return decode_credential(credential).decode(errors="replace")


def _is_url_safe(credential: str, token: str) -> bool:
    return _decoded(credential.replace("-", "+").replace("_", "/")) == token


def _is_utf_16(credential: str, token: str) -> bool:
    return decode_credential(credential) in {token.encode("utf-16-le"), token.encode("utf-16")}


def _is_not_base64(credential: str, _: str) -> bool:
    try:
        base64.b64decode(credential, validate=True).decode()
    except (binascii.Error, ValueError):
        return True
    return False


WRONG_TOKENS: tuple[tuple[Callable[[str, str], bool], str], ...] = (
    (lambda credential, token: credential == token, f'The access token stands behind "Basic" as it is, not encoded: {SEND}.'),
    (
        lambda credential, token: _decoded(credential) == token + ":",
        "The credential is the token and a colon, as `curl -u TOKEN:` sends it: send the base64 of the token alone.",
    ),
    (
        lambda credential, token: token in _decoded(credential).split(":"),
        "The credential is a user and a password, one of which is the token; OME has no users: send the base64 of the token alone.",
    ),
    (
        lambda credential, token: _decoded(credential).strip() == token,
        "The encoded token has a space or newline around it, as `echo TOKEN | base64` makes it: use `printf %s TOKEN | base64`.",
    ),
    (lambda credential, token: _decoded(credential).strip("\"'<>{}") == token, "The encoded token is in quotes: encode it without them."),
    (
        lambda credential, token: _decoded(credential.strip("\"'<>{}")) == token,
        "The credential is in quotes: send the base64 without them.",
    ),
    (_is_url_safe, "The credential is base64 of the URL-safe alphabet, which OME does not read: send + for - and / for _."),
    (lambda credential, token: _decoded(_decoded(credential)) == token, "The token is encoded twice: send the base64 of the token itself."),
    (_is_utf_16, "The token was encoded as UTF-16: send the base64 of its UTF-8."),
    (
        lambda credential, _: _decoded(credential) == DEFAULT_ACCESS_TOKEN,
        f'The credential is that of the default token, "{DEFAULT_ACCESS_TOKEN}", and this server has another: {SEND_ITS_OWN}.',
    ),
    (lambda credential, token: _decoded(credential).lower() == token.lower(), "The encoded token has letters of the wrong case."),
    (_is_not_base64, f"The credential is no base64 of a text: {SEND}."),
    (
        lambda credential, _: _decoded(credential).endswith(":"),
        "The credential is another token than the server's and a colon, as `curl -u TOKEN:` sends it: send the base64 of its token alone.",
    ),
    (lambda *_: True, f"The credential is the base64 of another token than the server's: {SEND_ITS_OWN}."),
)
"""Tests of a wrong credential, which take the credential as it was sent and the token, and the sentence for each."""

MISTAKES = (missing, not_two_words, other_scheme, wrong_token)
