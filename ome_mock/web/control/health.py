"""`/_mock/health`: the state and the version of the emulator, without a token."""

from __future__ import annotations

from ...versions import VERSION
from . import Control


def health(control: Control) -> dict[str, str]:
    return {"status": "ok", "version": VERSION, "engineVersion": control.dialect.version, "dialect": control.dialect.name}
