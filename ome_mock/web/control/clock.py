"""`/_mock/clock/advance`: turn a manual clock forward from outside the process."""

from __future__ import annotations

import math
from typing import Any

from ...errors import ConfigurationError
from ...timestamps import iso_time
from ..rest import Api
from ..routing import Route


def advance_clock(api: Api, body: Any) -> dict[str, str]:
    """Advance by `{"seconds": N}`; what falls due meanwhile has happened. Returns the time then. Raises ConfigurationError."""
    seconds = body.get("seconds") if isinstance(body, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds) or seconds < 0:
        raise ConfigurationError(f'the body must be {{"seconds": N}} with N zero or more, not {body!r}')
    try:
        api.clock.advance(seconds)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    return {"now": iso_time(api.clock.now_ns(), api.clock.zone)}


ROUTES = (Route("POST", "/_mock/clock/advance", advance_clock),)
