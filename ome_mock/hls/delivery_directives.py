"""The delivery directives in a player's query (RFC 8216bis, section 6.2.5), and OME's own switches."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

FindParameter = Callable[[str], str | None]


class DeliveryDirectives(NamedTuple):
    """`_HLS_msn` and `_HLS_part`; `_HLS_legacy` for a list without low latency; `_HLS_rewind` for all retained segments."""

    msn: int | None = None
    part: int | None = None
    legacy: bool = False
    rewind: bool = True

    @classmethod
    def parse(cls, find: FindParameter, default: DeliveryDirectives) -> DeliveryDirectives:
        """Read a query; an invalid number counts as absent, a switch is on if its value is YES (live-llhls.md#requests)."""
        return cls(
            msn=_number(find("_HLS_msn")),
            part=_number(find("_HLS_part")),
            legacy=_switch(find("_HLS_legacy"), default=default.legacy),
            rewind=_switch(find("_HLS_rewind"), default=default.rewind),
        )


def differing_directives(directives: DeliveryDirectives, default: DeliveryDirectives) -> str:
    """The query of URIs in a master playlist: the switches that differ from their default (playlists.md#master-playlist)."""
    switches = {"_HLS_legacy": (directives.legacy, default.legacy), "_HLS_rewind": (directives.rewind, default.rewind)}
    return "&".join(f"{name}={'YES' if value else 'NO'}" for name, (value, usual) in switches.items() if value != usual)


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else None


def _switch(text: str | None, *, default: bool) -> bool:
    return default if text is None else text.upper() == "YES"


LONGEST_NUMBER = 19
"""The number of digits of a 64-bit number."""
