"""Responses with exactly the given headers."""

from __future__ import annotations

from collections.abc import Iterator
from wsgiref.types import WSGIEnvironment

from flask import Response
from werkzeug.datastructures import Headers


class ExactResponse(Response):
    """A response that is sent with the given headers and no others."""

    automatically_set_content_length = False

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:  # noqa: ARG002
        return self.headers


class HungUp(ExactResponse):
    """A response that is not sent; the connection is closed instead."""


def hang_up() -> Response:
    """Close the connection without an answer."""
    return HungUp(break_off())


def break_off(sent: bytes = b"") -> Iterator[bytes]:
    """Yields the beginning of a body, then closes the connection."""
    if sent:
        yield sent
    raise ConnectionResetError("a fault closed the connection")
