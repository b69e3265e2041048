"""Every route of the emulated REST API in the order of trying; those of dumps are first, because they are used most."""

from __future__ import annotations

from ..routing import RouteTable

API_ROUTES = RouteTable(
    __package__,
    "hls_dumps",
    "version",
    "vhosts",
    "apps",
    "output_profiles",
    "streams",
    "conclude_hls_live",
    "events",
    "subtitles",
    "records",
    "pushes",
    "scheduled_channels",
    "multiplex_channels",
    "statistics",
    "certificates",
)
