"""Faults: small values that say what goes wrong, and a rule that says when.

    from ome_mock import faults

    ome.faults.arm(faults.Status(500, route=":startHlsDump", times=2))
    ome.faults.arm(faults.DiskFull(file="seg_*", dump="d1", nth=3))

Each is one class in the module of its family, which tells what it does; `spoilable.py` has what it may do that to, and `plan.py`
which events set it off.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .fault import Fault
from .plan import FaultPlan, Firing

if TYPE_CHECKING:
    from .callback_faults import *  # noqa: F403 (every fault of the module, without a list of them)
    from .media_faults import *  # noqa: F403
    from .push_faults import *  # noqa: F403
    from .reading import describe_fault, describe_kinds, kinds, read_fault, read_faults
    from .request_faults import *  # noqa: F403
    from .stream_faults import *  # noqa: F403
    from .write_faults import *  # noqa: F403

__all__ = ["Fault", "FaultPlan", "Firing", "describe_fault", "describe_kinds", "kinds", "read_fault", "read_faults"]

LAZY_MODULES = ("reading", "request_faults", "write_faults", "media_faults", "stream_faults", "callback_faults", "push_faults")


def __getattr__(name: str) -> Any:
    """Import the kinds of faults when one is first asked for: most emulators never have one, and two dozen classes take their time."""
    for module in () if name.startswith("_") else LAZY_MODULES:
        found = getattr(import_module(f".{module}", __name__), name, None)
        if getattr(found, "__module__", None) == f"{__name__}.{module}":
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
