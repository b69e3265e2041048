"""Faults: small values that say what goes wrong, and a rule that says when.

    from ome_mock import faults

    ome.faults.arm(faults.Status(500, route=":startHlsDump", times=2))
    ome.faults.arm(faults.DiskFull(file="seg_*", dump="d1", nth=3))

What each does is told in its class; which events set them off, in `plan.py`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .fault import Fault
from .plan import FaultPlan, Firing

if TYPE_CHECKING:
    from .callback_faults import (
        CallbackFault,
        CutCallback,
        LateCallback,
        LostCallback,
        RefusedConnection,
        ReorderedCallback,
        TwiceCallback,
        WrongSignature,
    )
    from .reading import KINDS, describe_fault, read_fault, read_faults
    from .request_faults import CutBody, Delay, RefusedAuthorization, RequestFault, Reset, SlowBytes, Status
    from .stream_faults import Disconnect, Discontinuity, Reconnect, Stall, StreamFault
    from .write_faults import (
        Crash,
        DiskFull,
        FrozenInfoFile,
        MissingInit,
        ReadOnly,
        SkippedFile,
        SlowWrite,
        Torn,
        VanishedDirectory,
        WriteFault,
        ZeroBytes,
    )

__all__ = [
    "KINDS",
    "CallbackFault",
    "Crash",
    "CutBody",
    "CutCallback",
    "Delay",
    "Disconnect",
    "Discontinuity",
    "DiskFull",
    "Fault",
    "FaultPlan",
    "Firing",
    "FrozenInfoFile",
    "LateCallback",
    "LostCallback",
    "MissingInit",
    "ReadOnly",
    "Reconnect",
    "RefusedAuthorization",
    "RefusedConnection",
    "ReorderedCallback",
    "RequestFault",
    "Reset",
    "SkippedFile",
    "SlowBytes",
    "SlowWrite",
    "Stall",
    "Status",
    "StreamFault",
    "Torn",
    "TwiceCallback",
    "VanishedDirectory",
    "WriteFault",
    "WrongSignature",
    "ZeroBytes",
    "describe_fault",
    "read_fault",
    "read_faults",
]


def __getattr__(name: str) -> Any:
    """Import the kinds of faults when one is first asked for: most emulators never have one, and two dozen classes take their time."""
    if name in __all__:
        for module in ("reading", "callback_faults", "request_faults", "stream_faults", "write_faults"):
            found = getattr(import_module(f".{module}", __name__), name, None)
            if found is not None:
                return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
