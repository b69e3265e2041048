"""Responses to the page, with the headers that keep strangers out."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from ..api_answers import status_line
from ..wire.exact_response import ExactResponse

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""No script, style or connection but this server's, no script in a document, and no text that becomes HTML."""

SECURITY_HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


def respond(body: bytes, content_type: str, *, status: int = 200, caching: str = "no-store") -> Response:
    headers = [("Content-Length", str(len(body))), ("Content-Type", content_type), ("Cache-Control", caching), *SECURITY_HEADERS]
    return ExactResponse(body, status_line(status), headers)


def respond_json(value: Any, *, status: int = 200) -> Response:
    return respond(json.dumps(value, separators=(",", ":")).encode(), "application/json", status=status)


def refuse(status: int, message: str) -> Response:
    """A refusal, as the control API words them."""
    return respond_json({"message": message, "statusCode": status}, status=status)
