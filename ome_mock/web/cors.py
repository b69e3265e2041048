"""Cross-origin headers, as `<CrossDomains>` asks for them (rest-api.md#cors)."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..dialect import Dialect
from ..settings import CrossDomains, World

OVERRIDABLE = {"access-control-allow-credentials", "access-control-allow-methods", "access-control-allow-headers"}

HeaderFinder = Callable[[str], str | None]


def api_cors_headers(world: World, find_header: HeaderFinder, dialect: Dialect) -> dict[str, str]:
    """The headers of an answer of the REST API, by its own rules or else the defaults, which always name the methods."""
    if world.api_cross_domains is not None:
        return cors_headers(world.api_cross_domains, find_header, dialect.api_methods, dialect)
    return default_cors_headers(world.cross_domains or CrossDomains(), find_header, dialect)


def default_cors_headers(rules: CrossDomains, find_header: HeaderFinder, dialect: Dialect) -> dict[str, str]:
    """The headers by `<Defaults>`, with the methods of the REST API even for an origin that isn't allowed."""
    headers = cors_headers(rules, find_header, dialect.api_methods, dialect)
    if not dialect.cors_needs_an_origin:
        headers.setdefault("Access-Control-Allow-Methods", dialect.api_methods)
    return headers


def cors_headers(rules: CrossDomains, find_header: HeaderFinder, methods: str, dialect: Dialect) -> dict[str, str]:
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
    requested = "*" if dialect.allows_all_headers else find_header("Access-Control-Request-Headers")
    if requested:
        headers["Access-Control-Allow-Headers"] = requested
    overriding = {name.title(): value for name, value in rules.headers if name.lower() in OVERRIDABLE}
    return headers | overriding | own


def vary(headers: dict[str, str], dialect: Dialect) -> dict[str, str]:
    """The header that says on what these depend."""
    return {} if dialect.cors_needs_an_origin and "Access-Control-Allow-Origin" not in headers else {"Vary": "Origin"}


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
