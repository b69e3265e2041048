"""A response whose headers are the engine's."""

from __future__ import annotations

from wsgiref.types import WSGIEnvironment

from flask import Response
from werkzeug.datastructures import Headers


class ExactResponse(Response):
    """Goes out with the headers that it was given and no others."""

    automatically_set_content_length = False

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:  # noqa: ARG002
        return self.headers
