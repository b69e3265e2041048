"""`/_mock/openapi.json`: the control API described (OpenAPI 3.1)."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from ..routing import Route
from . import Control


def read_description(_: Control) -> Any:
    return json.loads(files(__package__).joinpath("openapi.json").read_bytes())


ROUTES = (Route("GET", "/_mock/openapi.json", read_description),)
