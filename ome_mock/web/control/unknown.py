"""Advises those who ask under `/_mock/` for what has no route: they write tests, so they are told in the emulator's words."""

from __future__ import annotations

import re

from ...text import nearest
from .routes import CONTROL, ROUTES


def advice(method: str, path: str) -> str:
    """A sentence about a method and a path, `/` and what follows `/_mock/`, that have no route: it names the nearest."""
    shown = f"{CONTROL.rstrip('/')}{path}"
    methods = [route.method for route in ROUTES if _pattern(route.path).fullmatch(path)]
    if methods:
        return f"{shown} takes {' or '.join(methods)}, not {method}"
    near = nearest(path, [route.path for route in ROUTES]) or ""
    meant = near and f" (did you mean {CONTROL.rstrip('/')}{near}?)"
    return f"the control API has no {shown}{meant}; GET {CONTROL}openapi.json tells what it has"


def _pattern(rule: str) -> re.Pattern[str]:
    """The paths of a rule of Flask's; the names in them have no slash, and no colon, before which a path ends and an action begins."""
    pieces = re.split(r"<([^>]*)>", rule)
    names = [r"\d+" if name.startswith("int:") else "[^/:]+" for name in pieces[1::2]]
    return re.compile("".join(re.escape(text) + name for text, name in zip(pieces[::2], [*names, ""], strict=True)))
