"""A response whose headers are the engine's."""

from __future__ import annotations

from collections.abc import Iterator
from wsgiref.types import WSGIEnvironment

from flask import Response
from werkzeug.datastructures import Headers


class ExactResponse(Response):
    """Goes out with the headers that it was given and no others."""

    automatically_set_content_length = False

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:  # noqa: ARG002
        return self.headers


class HungUp(ExactResponse):
    """A response that doesn't go out: the connection is closed instead."""


def hang_up() -> Response:
    """Close the connection without an answer."""
    return HungUp(break_off())


def break_off(sent: bytes = b"") -> Iterator[bytes]:
    """The beginning of a body; then the connection is closed."""
    if sent:
        yield sent
    raise ConnectionResetError("a fault closed the connection")
