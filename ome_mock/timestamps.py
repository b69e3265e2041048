"""Instants as text. An instant is an integer: nanoseconds since 1970-01-01T00:00:00 UTC."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from email.utils import formatdate
from functools import lru_cache

NS_PER_SECOND = 1_000_000_000
NS_PER_MS = 1_000_000
NS_PER_US = 1_000


@lru_cache(maxsize=64)
def iso_time(instant_ns: int, zone: tzinfo | None) -> str:
    """Format as the engine does: local time, three decimals, a numeric offset with a colon, never `Z`.

    `zone` None is the zone of the process (rest-api.md#times-and-enums).
    """
    seconds, rest_ns = divmod(instant_ns, NS_PER_SECOND)
    date, offset = _date_and_offset(seconds, zone)
    return f"{date}.{rest_ns // NS_PER_MS:03d}{offset}"


def local_time(instant_ns: int, zone: tzinfo | None) -> datetime:
    """The instant in a zone, in whole seconds; None is the zone of the process."""
    return datetime.fromtimestamp(instant_ns // NS_PER_SECOND, UTC).astimezone(zone)


@lru_cache(maxsize=64)
def _date_and_offset(seconds: int, zone: tzinfo | None) -> tuple[str, str]:
    text = local_time(seconds * NS_PER_SECOND, zone).isoformat()
    return text[:19], text[19:]


def http_date(instant_ns: int) -> str:
    """Format as an IMF-fixdate (RFC 9110, section 5.6.7)."""
    return _imf_fixdate(instant_ns // NS_PER_SECOND)


@lru_cache(maxsize=4)
def _imf_fixdate(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)
