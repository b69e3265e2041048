"""Every route of the control API."""

from __future__ import annotations

from ..routing import RouteTable

CONTROL_ROUTES = RouteTable(__package__, "health", "clock", "state", "streams", "faults", "journal", "description")
