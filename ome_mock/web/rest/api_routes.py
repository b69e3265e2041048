"""Every route of the emulated REST API, in the order in which they are tried: those of dumps first, because they are asked for most."""

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
