"""The access token, checked before anything is looked up (rest-api.md#authentication)."""

from __future__ import annotations

import binascii
import hmac
import re

from ..refusals import AuthorizationMalformed, AuthorizationMissing, CredentialInvalid, CredentialTypeNotSupported
from ..text import remembering

_ALPHABET = re.compile(r"[A-Za-z0-9+/]*")


def check_authorization(header: str, access_token: str) -> None:
    """Raise Unauthorized unless the header presents the token: `Basic base64(token)`, without user and colon."""
    words = header.strip("\r\n\t ").split(" ")
    if words == [""]:
        raise AuthorizationMissing
    if len(words) != 2:
        raise AuthorizationMalformed
    scheme, credential = words
    if scheme.upper() != "BASIC":
        raise CredentialTypeNotSupported(scheme)
    presented, expected = decode_credential(credential), access_token.encode()
    if not hmac.compare_digest(presented, expected):
        raise CredentialInvalid


@remembering(16)
def decode_credential(text: str) -> bytes:
    """Decode base64 as the engine does: up to the first character outside the alphabet, padding not needed."""
    match = _ALPHABET.match(text)
    digits = match.group() if match else ""
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return binascii.a2b_base64(digits + "=" * (-len(digits) % 4))
