"""A WSGI application that becomes Flask's when Flask is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from wsgiref.types import StartResponse, WSGIEnvironment

from ..lazy import Lazy
from .wire.answer import Answer

if TYPE_CHECKING:  # most emulators answer without it
    from .catch_all_flask import CatchAllFlask

AnswerRequest = Callable[[WSGIEnvironment, bytes], Answer]
"""Answers a request, of which it gets the WSGI environ and the body."""


class LateFlask:
    """Answers the requests at one port of the emulator's own: by `answer`, or by the Flask application that has `answer` as a view.

    The latter does so at `own_path` and below it, and everywhere once a user has added a view, a hook or a middleware to it. It is made
    when it is first needed, because importing Flask takes as long as all the rest of the start, and its contexts take longer than most
    answers.
    """

    def __init__(self, answer: AnswerRequest, make_flask: Callable[[], CatchAllFlask], own_path: str | None = None) -> None:
        self._answer = answer
        self._flask = Lazy(make_flask)
        self._own_path = own_path

    @property
    def flask(self) -> CatchAllFlask:
        return self._flask()

    @property
    def is_made(self) -> bool:
        """True once the Flask application was needed."""
        return self._flask.is_made

    @property
    def is_extended(self) -> bool:
        """True once somebody has added anything to the Flask application that could tell who answers."""
        return self._flask.is_made and self._flask().is_extended

    def is_own(self, path: str) -> bool:
        """Says if a decoded path is one of the Flask application's own; Werkzeug takes several slashes at its beginning for one."""
        return self._own_path is not None and f"/{path.lstrip('/')}/".startswith(f"{self._own_path}/")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self.is_extended or self.is_own(environ["PATH_INFO"]):
            return self._flask()(environ, start_response)
        answer = self._answer(environ, environ["wsgi.input"].read())
        start_response(answer.status, list(answer.headers))
        return answer.parts
