"""`ome-mock versions`: what changes for a client between versions of the engine."""

from __future__ import annotations

from ..dialect import find_dialect
from ..dialect.upgrade import page, release_notes


def tell_versions(before: str | None, after: str | None) -> str:
    """The changes from one version to another, or to the newest; the page of all versions without either."""
    if before is None:
        return page()
    return "\n".join([*release_notes(find_dialect(before), find_dialect(after or "engine")), ""])
