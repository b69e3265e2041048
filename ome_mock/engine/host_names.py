"""Which virtual host a request means."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..settings import VirtualHostSettings


def find_virtual_host(virtual_hosts: Iterable[VirtualHostSettings], host_header: str) -> VirtualHostSettings | None:
    """The first virtual host that has the name in a Host header, whose port doesn't matter; `*` in `<Host><Names>` is anything.

    A virtual host without names has none that could be asked for. None where nobody knows the name.
    """
    name = re.sub(r":\d*$", "", host_header).strip("[]").lower()
    for virtual_host in virtual_hosts:
        if any(_matches(pattern, name) for pattern in virtual_host.host_names):
            return virtual_host
    return None


def _matches(pattern: str, name: str) -> bool:
    return re.fullmatch(re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", ".?"), name) is not None
