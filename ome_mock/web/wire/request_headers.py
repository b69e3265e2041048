"""Reads a request's headers and URL from the WSGI environ, without decoding."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote
from wsgiref.types import WSGIEnvironment

from ...text import remembering

BODY_HEADERS = {"CONTENT_TYPE": "Content-Type", "CONTENT_LENGTH": "Content-Length"}
"""The headers without a prefix in an environ (PEP 3333); empty ones count as absent."""


def headers_of(environ: WSGIEnvironment) -> tuple[tuple[str, str], ...]:
    """Every header in the order of arrival."""
    return tuple([(_name_of(key), value) for key, value in environ.items() if key[:5] == "HTTP_" or (value and key in BODY_HEADERS)])


def header_finder(environ: WSGIEnvironment) -> Callable[[str], str | None]:
    """A function that finds a header by its name, such as `Origin`, except for Content-Type and Content-Length."""
    return lambda name: environ.get("HTTP_" + name.upper().replace("-", "_"))


def target_of(environ: WSGIEnvironment) -> str:
    """The request target as it was sent, below the path where the application is mounted; of servers that decode it, encoded anew."""
    mounted_at = environ.get("SCRIPT_NAME", "")
    target: str = environ.get("REQUEST_URI") or environ.get("RAW_URI") or mounted_at + _encoded_target(environ)
    return target.removeprefix(mounted_at)


def _encoded_target(environ: WSGIEnvironment) -> str:
    query = environ.get("QUERY_STRING", "")
    return quote(environ.get("PATH_INFO", ""), safe="/:@!$&'()*+,;=~", encoding="latin-1") + (f"?{query}" if query else "")


def url_of(environ: WSGIEnvironment) -> str:
    """The URL as the engine builds it, of the Host header and the request target as they were sent (rest-api.md#paths)."""
    return f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}{environ['REQUEST_URI']}"


@remembering(256)
def _name_of(key: str) -> str:
    return BODY_HEADERS.get(key) or key[5:].replace("_", "-").title()
