"""Every route of the emulated REST API, in the order in which they are tried."""

from __future__ import annotations

from ..routing import Route
from . import (
    apps,
    certificates,
    conclude_hls_live,
    events,
    hls_dumps,
    multiplex_channels,
    output_profiles,
    pushes,
    records,
    scheduled_channels,
    statistics,
    streams,
    subtitles,
    version,
    vhosts,
)

API_ROUTES: tuple[Route, ...] = (
    *version.ROUTES,
    *vhosts.ROUTES,
    *apps.ROUTES,
    *output_profiles.ROUTES,
    *streams.ROUTES,
    *hls_dumps.ROUTES,
    *conclude_hls_live.ROUTES,
    *events.ROUTES,
    *subtitles.ROUTES,
    *records.ROUTES,
    *pushes.ROUTES,
    *scheduled_channels.ROUTES,
    *multiplex_channels.ROUTES,
    *statistics.ROUTES,
    *certificates.ROUTES,
)
