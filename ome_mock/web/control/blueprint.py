"""The control API as a Flask blueprint, whose handlers are imported when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple
from wsgiref.types import WSGIEnvironment

from flask import Blueprint, Response, request
from flask.typing import RouteCallable

from ...errors import ConfigurationError, PublisherRefused
from ...json_reader import read_json
from ...refusals import ControllerNotFound, RequestRefused
from ..api_answers import CONTROL, Answers, log_request
from ..auth import check_authorization
from ..wire.answer import Answer
from ..wire.exact_response import ExactResponse
from ..wire.request_line import METHODS
from . import Control


class ControlRoute(NamedTuple):
    """A method and a rule of Flask's, and the handler, `module.function`, that answers it."""

    method: str
    path: str
    handler: str
    reads_query: bool = False
    text_type: str | None = None
    """The Content-Type of answers that are text; None for JSON."""

    is_quick: bool = False
    """True for what is read from memory at once, so that the server's loop may answer it."""

    @property
    def endpoint(self) -> str:
        return self.handler.rpartition(".")[2]


STREAM = "/streams/<vhost>/<app>/<stream>"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

ROUTES = (
    ControlRoute("GET", "/health", "health.health", is_quick=True),
    ControlRoute("GET", "/clock", "clock.read_clock", is_quick=True),
    ControlRoute("POST", "/clock/advance", "clock.advance_clock"),
    ControlRoute("GET", "/state", "state.read_state", is_quick=True),
    ControlRoute("PUT", "/state", "state.replace_state"),
    ControlRoute("POST", "/reset", "state.reset"),
    ControlRoute("PUT", STREAM, "streams.connect"),
    ControlRoute("DELETE", STREAM, "streams.disconnect"),
    ControlRoute("POST", f"{STREAM}:reconnect", "streams.reconnect"),
    ControlRoute("POST", f"{STREAM}:stall", "streams.stall"),
    ControlRoute("POST", f"{STREAM}:setRates", "streams.set_rates"),
    ControlRoute("GET", "/faults", "faults.list_faults", is_quick=True),
    ControlRoute("POST", "/faults", "faults.arm_faults"),
    ControlRoute("DELETE", "/faults", "faults.clear_faults"),
    ControlRoute("GET", "/faults/kinds", "faults.list_kinds"),
    ControlRoute("DELETE", "/faults/<int:number>", "faults.disarm_fault"),
    ControlRoute("GET", "/journal", "journal.read_journal", reads_query=True),
    ControlRoute("DELETE", "/journal", "journal.clear_journal"),
    ControlRoute("GET", "/metrics", "metrics.read_metrics", text_type=OPENMETRICS),
    ControlRoute("GET", "/journal/requests/<int:number>", "journal.read_request"),
    ControlRoute("GET", "/journal/callbacks/<int:number>", "journal.read_callback"),
    ControlRoute("GET", "/openapi.json", "description.read_description"),
    ControlRoute("GET", "/ome-openapi.json", "description.read_ome_description"),
)

PAGE_RULES = ("/", "/page/<path:file>", "/events", "/dumps/<path:dump>", "/live/<path:stream>")
"""The rules of the page, whose module is imported when it is first asked for."""


QUICK_PATHS = frozenset(f"{CONTROL.rstrip('/')}{route.path}" for route in ROUTES if route.is_quick)
"""The paths of the routes that are quick, which all are GET."""


ERRORS: dict[type[Exception], Callable[[Answers, Any], Answer]] = {
    RequestRefused: Answers.refusal,
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


def _refuse_unknown(unknown: str) -> Response:  # noqa: ARG001
    raise ControllerNotFound
