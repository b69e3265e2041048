"""ome-mock: an emulator of OvenMediaEngine for the teams who write its clients.

Public is what `__all__` names, `ome_mock.faults`, `ome_mock.testing` and what these give; every other module is private, and may change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .versions import VERSION as __version__

if TYPE_CHECKING:
    from .callbacks.signature import sign_webhook
    from .check import check_dump
    from .clock import ManualClock, RealClock
    from .dumps.dump_view import DumpView
    from .emulator import AudioInput, VideoInput, create_app
    from .errors import ConfigurationError, PublisherRefused
    from .refusals import RequestRefused
    from .served_emulator import OmeMock
    from .settings import AdmissionWebhooks, AlertRules, Alerts

__all__ = [
    "AdmissionWebhooks",
    "AlertRules",
    "Alerts",
    "AudioInput",
    "ConfigurationError",
    "DumpView",
    "ManualClock",
    "OmeMock",
    "PublisherRefused",
    "RealClock",
    "RequestRefused",
    "VideoInput",
    "__version__",
    "check_dump",
    "create_app",
    "sign_webhook",
]

_ELSEWHERE = {
    "AdmissionWebhooks": "settings",
    "AlertRules": "settings",
    "Alerts": "settings",
    "ConfigurationError": "errors",
    "DumpView": "dumps.dump_view",
    "ManualClock": "clock",
    "OmeMock": "served_emulator",
    "PublisherRefused": "errors",
    "RealClock": "clock",
    "RequestRefused": "refusals",
    "check_dump": "check",
    "sign_webhook": "callbacks.signature",
}
"""The names that come from other modules than the emulator's."""


def __getattr__(name: str) -> Any:
    """Import the emulator when it is first asked for: pytest loads this package in every run, even if no test uses it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_ELSEWHERE.get(name, 'emulator')}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*__all__, "faults", "testing"})
