"""A request for OME's API."""

from __future__ import annotations

from typing import Any
from wsgiref.types import WSGIEnvironment

from ..journal.totals import NO_ROUTE
from .diagnosis.diagnosed_request import UNREAD
from .wire.request_line import method_of, path_of


class ApiRequest:
    """A request, and the facts that are noted of it for the journal while it is answered."""

    def __init__(self, environ: WSGIEnvironment, body: bytes) -> None:
        self.environ = environ
        self.body = body
        self.method = method_of(environ["REQUEST_METHOD"])
        self.path = path_of(environ.get("HTTP_HOST", ""), environ["REQUEST_URI"])
        self.route = NO_ROUTE
        self.json: Any = UNREAD
        self.reason = ""
        self.is_spoilt = False
