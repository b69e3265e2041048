"""Cross-origin headers of the REST API (reference: REST API, section 1.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

METHODS = "OPTIONS, HEAD, GET, POST, PUT, PATCH, DELETE"


def cors_headers(cross_domains: Sequence[str], find_header: Callable[[str], str | None]) -> dict[str, str]:
    """The headers that `<CrossDomains>` asks for. Where no rule matches, the methods are named all the same."""
    origin = find_header("Origin") or ""
    allowed = "*" if "*" in cross_domains else next((origin for rule in cross_domains if _matches(rule, origin)), None)
    if not allowed:
        return {"Access-Control-Allow-Methods": METHODS}
    headers = {
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Origin": allowed,
        "Access-Control-Allow-Methods": METHODS,
    }
    requested = find_header("Access-Control-Request-Headers")
    if requested:
        headers["Access-Control-Allow-Headers"] = requested
    return headers


def _matches(rule: str, origin: str) -> bool:
    """`*` is any run, `?` an optional character; a rule without a scheme takes `http` and `https`."""
    pattern = re.escape(rule).replace(r"\*", ".*").replace(r"\?", ".?")
    scheme = "" if "://" in rule else "(?:https?://)?"
    return re.fullmatch(scheme + pattern, origin) is not None
