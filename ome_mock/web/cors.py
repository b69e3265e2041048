"""Cross-origin headers, as `<CrossDomains>` asks for them (rest-api.md#cors)."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..settings import CrossDomains, World

API_METHODS = "OPTIONS, HEAD, GET, POST, PUT, PATCH, DELETE"
OVERRIDABLE = {"access-control-allow-credentials", "access-control-allow-methods", "access-control-allow-headers"}

HeaderFinder = Callable[[str], str | None]


def api_cors_headers(world: World, find_header: HeaderFinder) -> dict[str, str]:
    """The headers of an answer of the REST API, by its own rules or else the defaults, which always name the methods."""
    if world.api_cross_domains is not None:
        return cors_headers(world.api_cross_domains, find_header, API_METHODS)
    headers = cors_headers(world.cross_domains or CrossDomains(), find_header, API_METHODS)
    headers.setdefault("Access-Control-Allow-Methods", API_METHODS)
    return headers


def cors_headers(rules: CrossDomains, find_header: HeaderFinder, methods: str) -> dict[str, str]:
    """The headers by these rules; if no origin matches, only those that are independent of origins."""
    own = {name: value for name, value in rules.headers if name.lower() not in OVERRIDABLE}
    allowed = _allowed_origin(rules.urls, find_header("Origin") or "")
    if not allowed:
        return own
    headers = {
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Origin": allowed,
        "Access-Control-Allow-Methods": methods,
    }
    requested = find_header("Access-Control-Request-Headers")
    if requested:
        headers["Access-Control-Allow-Headers"] = requested
    overriding = {name.title(): value for name, value in rules.headers if name.lower() in OVERRIDABLE}
    return headers | overriding | own


def _allowed_origin(urls: tuple[str, ...], origin: str) -> str | None:
    """The allowed origin, or None; `*` allows all, `null` counts only as the single rule."""
    if "*" in urls:
        return "*"
    if set(urls) == {"null"}:
        return "null"
    return next((origin for rule in urls if rule != "null" and _matches(rule, origin)), None)


def _matches(rule: str, origin: str) -> bool:
    """Says if a rule matches: `*` is any text, `?` an optional character; without a scheme it matches `http` and `https`."""
    pattern = re.escape(rule).replace(r"\*", ".*").replace(r"\?", ".?")
    scheme = "" if "://" in rule else "(?:https?://)?"
    return re.fullmatch(scheme + pattern, origin) is not None
