"""`/_mock/faults`: arm faults, and list those that fired."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from ...errors import ConfigurationError
from ...faults import describe_fault, describe_kinds, read_fault, read_faults
from ...faults.plan import ArmedFault, Firing
from ...timestamps import iso_time
from . import Control


def list_faults(control: Control) -> dict[str, Any]:
    plan, zone = control.faults, control.clock.zone
    return {
        "armed": [describe_fault(fault) for fault in plan.armed],
        "numbered": [describe_numbered(each) for each in plan.numbered],
        "neverFired": [describe_fault(fault) for fault in plan.never_fired],
        "fired": [describe_firing(each, zone) for each in plan.firings],
    }


def describe_numbered(armed: ArmedFault) -> dict[str, Any]:
    return {"number": armed.number, "fault": describe_fault(armed.fault), "left": armed.left}


def describe_firing(firing: Firing, zone: tzinfo | None) -> dict[str, Any]:
    return {"fault": describe_fault(firing.fault), "at": iso_time(firing.at_ns, zone), "event": firing.event}


def arm_faults(control: Control, body: Any) -> dict[str, Any]:
    """Arm one fault or an array of faults; if one is invalid, none is armed."""
    control.faults.arm(*(read_faults(body) if isinstance(body, list) else [read_fault(body)]))
    return list_faults(control)


def list_kinds(_: Control) -> list[dict[str, Any]]:
    """Every kind of fault with its fields."""
    return describe_kinds()


def disarm_fault(control: Control, number: int) -> dict[str, Any]:
    if not control.faults.disarm(number):
        raise ConfigurationError(f"there is no armed fault {number}")
    return list_faults(control)


def clear_faults(control: Control) -> dict[str, Any]:
    control.faults.clear()
    return list_faults(control)
