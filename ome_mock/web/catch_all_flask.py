"""A Flask application in which one view answers everything that no other rule fits."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Blueprint, Flask, Request, Response, has_request_context, request
from flask.globals import request_ctx
from werkzeug.routing import Map, MapAdapter, RequestRedirect, Rule, RuleFactory

from .late_flask import AnswerRequest
from .wire.exact_response import ExactResponse
from .wire.request_headers import target_of
from .wire.request_line import METHODS


class LateMap(Map):
    """Rules of which the first ones are compiled when rules are looked for, because most emulators need none of them.

    Werkzeug compiles a rule in 0.3 ms, and an emulator starts in two.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.is_late = True
        """True while rules that are added are compiled later."""
        self._late: list[RuleFactory] = []
        self._compiling = Lock()

    def add(self, rulefactory: RuleFactory) -> None:
        if self.is_late:
            self._late.append(rulefactory)
        else:
            super().add(rulefactory)

    def update(self) -> None:
        if self._late:
            with self._compiling:
                while self._late:
                    super().add(self._late[0])
                    del self._late[0]
        super().update()


class CatchAllFlask(Flask):
    """Has one function answer each request that no rule fits: `answer` takes the WSGI environ and the body.

    The function finds the request's target as it was sent in `REQUEST_URI`, which is there under every server. To Flask it is the view
    `answer` of the blueprint `name`. Rules, blueprints and hooks can be added as to any Flask application.
    """

    url_map_class = LateMap
    url_map: LateMap

    def __init__(self, import_name: str, name: str, answer: AnswerRequest, *others: Blueprint) -> None:
        super().__init__(import_name, static_folder=None)
        self._ensured: dict[Callable[..., Any], Callable[..., Any]] = {}
        self._answer = answer
        catch_all = Blueprint(name, import_name)
        catch_all.add_url_rule("/<path:target>", "answer", self._view, methods=METHODS, provide_automatic_options=False)
        for blueprint in (*others, catch_all):
            self.register_blueprint(blueprint)
        self.url_map.is_late = False
        self._catch_all = Rule("/<path:target>", endpoint=f"{name}.answer")
        self._own_prefixes = tuple(blueprint.url_prefix for blueprint in others if blueprint.url_prefix)
        self._own_views = len(self.view_functions)
        self._scopes = (None, name)

    def _view(self) -> Response:
        return ExactResponse.of(self._answer(request.environ, request.get_data()))

    @property
    def is_extended(self) -> bool:
        """True once somebody has added a view, a middleware, or a function that is called with what the catch-all answers."""
        return not (
            len(self.view_functions) == self._own_views
            and self.view_functions[self._catch_all.endpoint] == self._view
            and self.before_request_funcs.keys().isdisjoint(self._scopes)
            and self.after_request_funcs.keys().isdisjoint(self._scopes)
            and self.teardown_request_funcs.keys().isdisjoint(self._scopes)
            and self.url_value_preprocessors.keys().isdisjoint(self._scopes)
            and not self.teardown_appcontext_funcs
            and "wsgi_app" not in self.__dict__
        )

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return no adapter for a request that only the catch-all can fit, which spares a search."""
        if request is None or self.is_extended or request.path.startswith(self._own_prefixes):
            return super().create_url_adapter(request)
        return None

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Look once whether a function is a coroutine, which takes longer than calling it."""
        found = self._ensured.get(func)
        if found is None:
            found = self._ensured[func] = super().ensure_sync(func)
        return found

    def url_for(self, endpoint: str, **values: Any) -> str:
        """Build a URL, with an adapter that is made now where there was no search."""
        if has_request_context() and request_ctx.url_adapter is None:
            request_ctx.url_adapter = super().create_url_adapter(request_ctx.request)
        return super().url_for(endpoint, **values)

    def preprocess_request(self) -> Any:
        """Give what no rule fits, and what Werkzeug refuses, to the catch-all; a missing slash is redirected, as ever."""
        request = request_ctx.request
        if request.url_rule is None and not isinstance(request.routing_exception, RequestRedirect):
            request.routing_exception, request.url_rule = None, self._catch_all
        if request.endpoint == self._catch_all.endpoint:
            request.view_args = {}
        return super().preprocess_request()

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        environ["REQUEST_URI"] = target_of(environ)
        return super().wsgi_app(environ, start_response)
