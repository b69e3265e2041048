"""The Flask application: OME's API, which reads raw targets, as one view for everything, and the control API with rules of Flask's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

from .api_answers import CONTROL, Answers
from .catch_all_flask import CatchAllFlask
from .control import Control
from .control.blueprint import QUICK_PATHS, create_control_blueprint
from .front_controller import FrontController
from .rest import Api

CHANNELS = "Channels"
"""A part of the paths of scheduled and of multiplex channels."""


def create_flask_app(find_api: Callable[[], Api], control: Control, access_token: str) -> CatchAllFlask:
    """Make the application, which serves the current engine."""

    def answers(environ: WSGIEnvironment) -> Answers:
        api = find_api()
        return Answers(api.engine.world, api.clock, api.dialect, environ)

    controller = FrontController(find_api, control, answers, access_token)
    return CatchAllFlask("ome_mock.web", "ome", controller.answer, create_control_blueprint(control, answers, access_token))


def never_waits(app: CatchAllFlask, control: Control, method: str, target: str) -> bool:
    """Says if a request is answered from memory: it writes no file, turns no clock, and neither a fault nor a user's code delays it."""
    path = target.partition("?")[0]
    is_query = method in {"GET", "HEAD", "OPTIONS"} or (method == "POST" and path.endswith(":hlsDumps"))
    leads_elsewhere = (path.startswith(CONTROL) and not (method == "GET" and path in QUICK_PATHS)) or "://" in target
    asks_for_files = CHANNELS in path  # requests for channels read media files, and wait for a lock held while one is connected
    return is_query and not (leads_elsewhere or asks_for_files) and control.faults.is_empty and not app.is_extended


def made_late(find_app: Callable[[], Flask]) -> WSGIApplication:
    """Returns a WSGI application that is made at its first request."""

    def call(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return find_app()(environ, start_response)

    return call
