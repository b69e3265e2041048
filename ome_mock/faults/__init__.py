"""Faults: small values that say what goes wrong, and a rule that says when.

    from ome_mock import faults

    ome.faults.arm(faults.Status(500, route=":startHlsDump", times=2))
    ome.faults.arm(faults.DiskFull(file="seg_*", dump="d1", nth=3))

What each does is told in its class; where they act, in `plan.py`.
"""

from __future__ import annotations

from .fault import Fault
from .plan import FaultPlan, Firing
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
    "Crash",
    "CutBody",
    "Delay",
    "Disconnect",
    "Discontinuity",
    "DiskFull",
    "Fault",
    "FaultPlan",
    "Firing",
    "FrozenInfoFile",
    "MissingInit",
    "ReadOnly",
    "Reconnect",
    "RefusedAuthorization",
    "RequestFault",
    "Reset",
    "SkippedFile",
    "SlowBytes",
    "SlowWrite",
    "Stall",
    "Status",
    "StreamFault",
    "Torn",
    "VanishedDirectory",
    "WriteFault",
    "ZeroBytes",
    "describe_fault",
    "read_fault",
    "read_faults",
]
