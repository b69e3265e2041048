"""A control server for admission webhooks of an OvenMediaEngine: encoders need a stream key, and it knows who is live."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, request


def create_app(secret: str, keys: dict[str, str]) -> Flask:
    """Make the server. `keys` has the key of each stream; `app.extensions["live"]` is the set of those that are live."""
    app = Flask(__name__)
    live: set[str] = set()
    app.extensions["live"] = live

    @app.before_request
    def check_signature() -> tuple[dict[str, Any], int] | None:
        digest = hmac.new(secret.encode(), request.get_data(), hashlib.sha1).digest()
        expected = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        given = request.headers.get("X-OME-Signature", "")
        return None if hmac.compare_digest(expected, given) else ({"allowed": False, "reason": "wrong signature"}, 401)

    @app.post("/admission")
    def admission() -> dict[str, Any]:
        asked = request.get_json()["request"]
        if asked["direction"] != "incoming":
            return {"allowed": True}
        url = urlsplit(asked["url"])
        stream = url.path.rpartition("/")[2]
        if asked["status"] == "closing":
            live.discard(stream)
            return {}
        (key,) = parse_qs(url.query).get("key", [""])
        if keys.get(stream) != key:
            return {"allowed": False, "reason": "wrong key"}
        live.add(stream)
        return {"allowed": True}

    return app
