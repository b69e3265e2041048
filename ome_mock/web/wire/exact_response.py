"""Responses of Flask's with exactly the given headers."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import WSGIEnvironment

from flask import Response
from werkzeug.datastructures import Headers

from .answer import Answer, break_off


class ExactResponse(Response):
    """A response that is sent with the given headers and no others."""

    automatically_set_content_length = False

    @classmethod
    def of(cls, answer: Answer) -> ExactResponse:
        kind = cls if answer.status else HungUp
        return kind(answer.body if answer.pieces is None else answer.pieces, answer.status or None, list(answer.headers))

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:  # noqa: ARG002
        return self.headers


class HungUp(ExactResponse):
    """A response that is not sent, to a HEAD neither: the connection is closed instead."""

    def get_app_iter(self, environ: WSGIEnvironment) -> Iterable[bytes]:  # noqa: ARG002
        return break_off()
