"""Reads a request's headers and URL from the WSGI environ, without decoding."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from wsgiref.types import WSGIEnvironment

BODY_HEADERS = {"CONTENT_TYPE": "Content-Type", "CONTENT_LENGTH": "Content-Length"}
"""The headers without a prefix in an environ (PEP 3333); empty ones count as absent."""


def headers_of(environ: WSGIEnvironment) -> tuple[tuple[str, str], ...]:
    """Every header in the order of arrival."""
    return tuple((_name_of(key), value) for key, value in environ.items() if key[:5] == "HTTP_" or (value and key in BODY_HEADERS))


def header_finder(environ: WSGIEnvironment) -> Callable[[str], str | None]:
    """A function that finds a header by its name, such as `Origin`, except for Content-Type and Content-Length."""
    return lambda name: environ.get("HTTP_" + name.upper().replace("-", "_"))


def url_of(environ: WSGIEnvironment) -> str:
    """The URL as the engine builds it, of the Host header and the request target as they were sent (rest-api.md#paths)."""
    return f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}{environ['REQUEST_URI']}"


@lru_cache(maxsize=256)
def _name_of(key: str) -> str:
    return BODY_HEADERS.get(key) or key[5:].replace("_", "-").title()
