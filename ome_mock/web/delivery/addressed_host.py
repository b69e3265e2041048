"""The virtual host that a player's request is addressed to (live-llhls.md#requests)."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from ...engine.virtual_hosts import find_virtual_host
from ...settings import VirtualHostSettings
from ...text import printable

log = logging.getLogger("ome_mock.requests")


def addressed_host(virtual_hosts: Iterable[VirtualHostSettings], host: str) -> VirtualHostSettings | None:
    """The virtual host with the name in a Host header, or None; a name that none has is logged, because the answer doesn't say so."""
    found = find_virtual_host(virtual_hosts, host)
    if found is None:
        log.warning("no virtual host has the name %s in its <Host><Names>, so the player finds nothing", printable(host))
    return found
