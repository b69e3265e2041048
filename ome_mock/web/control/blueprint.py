"""The control API as a Flask blueprint, whose handlers are imported when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Blueprint, Response, request
from flask.typing import RouteCallable

from ...errors import ConfigurationError, PublisherRefused
from ...json_reader import read_json
from ...refusals import RequestRefused
from ..api_answers import Answers, log_request
from ..auth import check_authorization
from ..wire.answer import Answer
from ..wire.exact_response import ExactResponse
from ..wire.request_line import METHODS
from . import Control
from .routes import CONTROL, PAGE_RULES, ROUTES, ControlRoute


class NoRoute(ConfigurationError):
    """The control API has no such route; the message says what was probably meant."""


ERRORS: dict[type[Exception], Callable[[Answers, Any], Answer]] = {
    RequestRefused: Answers.refusal,
    NoRoute: lambda answers, error: answers.control_refusal(error, 404),
    ConfigurationError: Answers.control_refusal,
    PublisherRefused: Answers.encoder_refusal,
    Exception: Answers.internal_error,
}
"""The answer to each kind of error."""


def create_control_blueprint(control: Control, answers: Callable[[WSGIEnvironment], Answers], access_token: str) -> Blueprint:
    """Make the blueprint; every route but `/_mock/health` and the page's files needs the access token, also one that there is not."""
    blueprint = Blueprint("ome_mock", __name__, url_prefix=CONTROL.rstrip("/"))

    @blueprint.before_request
    def check() -> Response | None:
        if request.method == "OPTIONS":
            return ExactResponse.of(answers(request.environ).no_content())
        if request.endpoint not in {"ome_mock.health", "ome_mock.show_page"}:
            check_authorization(request.environ.get("HTTP_AUTHORIZATION", ""), access_token)
        return None

    @blueprint.after_request
    def note(response: Response) -> Response:
        log_request(request.environ, "%s %s %s", request.method, request.environ["REQUEST_URI"], response.status_code)
        return response

    for error, answer in ERRORS.items():
        blueprint.register_error_handler(error, lambda raised, answer=answer: ExactResponse.of(answer(answers(request.environ), raised)))
    for route in ROUTES:
        view = _view(route, control, answers)
        blueprint.add_url_rule(route.path, route.endpoint, view, methods=[route.method], provide_automatic_options=False)

    def show_page(**_: str) -> Response:
        from ..page.routes import answer  # noqa: PLC0415 (lazy: most emulators show nobody a page)

        return answer(control, access_token)

    for path in PAGE_RULES:
        blueprint.add_url_rule(path, "show_page", show_page, methods=["GET"], provide_automatic_options=False)
    blueprint.add_url_rule("/<path:unknown>", "unknown", _refuse_unknown, methods=METHODS, provide_automatic_options=False)
    return blueprint


def _view(route: ControlRoute, control: Control, answers: Callable[[WSGIEnvironment], Answers]) -> RouteCallable:
    def view(**names: Any) -> Response:
        if route.reads_query:
            names["query"] = request.args
        elif route.method in {"POST", "PUT"}:
            names["body"] = read_json(request.get_data())
        found, made = _find_handler(route.handler)(control, **names), answers(request.environ)
        return ExactResponse.of(made.answer(200, found.encode(), route.text_type) if route.text_type else made.json(200, found))

    return view


@cache
def _find_handler(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(".")
    handler: Callable[..., Any] = getattr(import_module(f"{__package__}.{module}"), name)
    return handler


def _refuse_unknown(unknown: str) -> Response:
    from .unknown import advice  # noqa: PLC0415 (lazy: few tests ask for what there is not)

    raise NoRoute(advice(request.method, f"/{unknown}"))
