"""`/_mock/clock`: read the clock, and turn a manual one forward."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ...clock import ManualClock
from ...errors import ConfigurationError
from ...timestamps import iso_time
from . import Control
from .control_fields import ControlFields


def read_clock(control: Control) -> dict[str, str]:
    clock = control.clock
    return {"now": iso_time(clock.now_ns(), clock.zone), "kind": "manual" if isinstance(clock, ManualClock) else "real"}


def advance_clock(control: Control, body: Any) -> dict[str, str]:
    """Advance by `{"seconds": N}`, to `{"to": DATE}`, or to the next segments of a stream, `{"untilSegment": "vhost/app/stream"}`.

    Everything due by then is done. Returns the new time.
    """
    fields = ControlFields(body, "seconds", "to", "untilSegment")
    fields.require_one("seconds", "to", "untilSegment")
    to, stream = fields.text("to"), fields.text("untilSegment")
    try:
        if to is not None:
            control.clock.advance_to(_date(to))
        elif stream is not None:
            control.until_segment(stream)
        else:
            control.clock.advance(fields.number("seconds"))
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    return {"now": iso_time(control.clock.now_ns(), control.clock.zone)}


def _date(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"to {text!r} is not a date such as 2026-01-01T00:01:00+00:00") from None
