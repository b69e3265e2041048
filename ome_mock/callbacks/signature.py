"""The signature of a callback."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode


def sign_webhook(body: bytes | str, secret: str) -> str:
    """The value of `X-OME-Signature` for a body: its HMAC-SHA1 by the secret key, in base64 for URLs without padding (recorded)."""
    signed = body.encode() if isinstance(body, str) else body
    return urlsafe_b64encode(hmac.digest(secret.encode(), signed, "sha1")).rstrip(b"=").decode()
