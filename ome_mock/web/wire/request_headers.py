"""What is read of a request's head, straight from the WSGI environ: nothing is decoded."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from wsgiref.types import WSGIEnvironment

BODY_HEADERS = {"CONTENT_TYPE": "Content-Type", "CONTENT_LENGTH": "Content-Length"}
"""The two that have no prefix in an environ (PEP 3333), and none where they are empty."""


def headers_of(environ: WSGIEnvironment) -> tuple[tuple[str, str], ...]:
    """Every header, in the order in which they came."""
    return tuple((_name_of(key), value) for key, value in environ.items() if key[:5] == "HTTP_" or (value and key in BODY_HEADERS))


def header_finder(environ: WSGIEnvironment) -> Callable[[str], str | None]:
    """Finds a header by its name, such as `Origin`; those of the body are under other keys."""
    return lambda name: environ.get("HTTP_" + name.upper().replace("-", "_"))


def url_of(environ: WSGIEnvironment) -> str:
    """The URL as the engine puts it together: the Host header and the request target as they were sent (rest-api.md#paths)."""
    return f"http://{environ.get('HTTP_HOST', '')}{environ['REQUEST_URI']}"


@lru_cache(maxsize=256)
def _name_of(key: str) -> str:
    return BODY_HEADERS.get(key) or key[5:].replace("_", "-").title()
