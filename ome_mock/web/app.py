"""The application of OME's API, which reads raw targets, and of the control API, whose rules are Flask's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from .control import Control
from .control.routes import CONTROL, QUICK_PATHS
from .front_controller import FrontController
from .late_flask import LateFlask
from .rest import Api

if TYPE_CHECKING:
    from .catch_all_flask import CatchAllFlask

CHANNELS = "Channels"
"""A part of the paths of scheduled and of multiplex channels."""


def create_api_app(find_api: Callable[[], Api], control: Control, access_token: str) -> LateFlask:
    """Make the application, which serves the current engine."""
    controller = FrontController(find_api, control, access_token)

    def make_flask() -> CatchAllFlask:
        from .catch_all_flask import CatchAllFlask  # noqa: PLC0415 (lazy: Flask takes its time)
        from .control.blueprint import create_control_blueprint  # noqa: PLC0415

        blueprint = create_control_blueprint(control, controller.answers, access_token)
        app = CatchAllFlask("ome_mock.web", "ome", controller.answer, blueprint)
        app.extensions["ome_mock"] = control
        return app

    return LateFlask(controller.answer, make_flask, CONTROL.rstrip("/"))


def never_waits(app: LateFlask, control: Control, method: str, target: str) -> bool:
    """Says if a request is answered from memory: it writes no file, turns no clock, and neither a fault nor a user's code delays it."""
    path = target.partition("?")[0]
    is_query = method in {"GET", "HEAD", "OPTIONS"} or (method == "POST" and path.endswith(":hlsDumps"))
    is_quick = app.is_made and method == "GET" and path in QUICK_PATHS
    leads_elsewhere = (app.is_own(unquote(path, "latin-1")) and not is_quick) or "://" in target
    asks_for_files = CHANNELS in path  # requests for channels read media files, and wait for a lock held while one is connected
    return is_query and not (leads_elsewhere or asks_for_files) and control.faults.is_empty and not app.is_extended
