"""Responses of Flask's with exactly the given headers."""

from __future__ import annotations

from typing import Self
from wsgiref.types import WSGIEnvironment

from flask import Response
from werkzeug.datastructures import Headers

from .answer import Answer


class ExactResponse(Response):
    """A response that is sent with the given headers and no others."""

    automatically_set_content_length = False

    @classmethod
    def of(cls, answer: Answer) -> Self:
        return cls(answer.body if answer.pieces is None else answer.pieces, answer.status or None, list(answer.headers))

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:  # noqa: ARG002
        return self.headers
