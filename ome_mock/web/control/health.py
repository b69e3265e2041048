"""`/_mock/health`: the state and the version of the emulator, without a token."""

from __future__ import annotations

from ...versions import ENGINE_VERSION, VERSION
from . import Control


def health(control: Control) -> dict[str, str]:
    return {"status": "ok", "version": VERSION, "engineVersion": ENGINE_VERSION, "dialect": control.dialect.name}
