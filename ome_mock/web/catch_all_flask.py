"""A Flask application without rules of Flask's."""

from __future__ import annotations

from flask import Flask, Request


class CatchAllFlask(Flask):
    """Doesn't look for a rule: each request is answered before Flask would route it, and looking takes time."""

    def create_url_adapter(self, request: Request | None) -> None:
        """Have no rules to look at."""
