"""A Flask application without rules of Flask's."""

from __future__ import annotations

from flask import Flask, Request


class CatchAllFlask(Flask):
    """Skips Flask's search for a rule, because each request is answered before it."""

    def create_url_adapter(self, request: Request | None) -> None:
        """Return no adapter, so that Flask searches no rules."""
