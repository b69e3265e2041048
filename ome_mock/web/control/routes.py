"""Every route of the control API."""

from __future__ import annotations

from ..routing import Route
from . import clock, description, faults, health, journal, state, streams

CONTROL_ROUTES: tuple[Route, ...] = (
    *health.ROUTES,
    *clock.ROUTES,
    *state.ROUTES,
    *streams.ROUTES,
    *faults.ROUTES,
    *journal.ROUTES,
    *description.ROUTES,
)
