"""The routes of the control API."""

from __future__ import annotations

from typing import NamedTuple

CONTROL = "/_mock/"


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
