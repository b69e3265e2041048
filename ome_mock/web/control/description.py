"""`/_mock/openapi.json` and `/_mock/ome-openapi.json`: the control API and the emulated one described (OpenAPI 3.1)."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from ..description.document import describe_api
from . import Control


def read_description(_: Control) -> Any:
    return json.loads(files(__package__).joinpath("openapi.json").read_bytes())


def read_ome_description(control: Control) -> Any:
    """The description of OME's API in the emulator's dialect."""
    return describe_api(control.dialect)
