"""ome-mock: an emulator of OvenMediaEngine for the teams who write its clients."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .versions import VERSION as __version__

if TYPE_CHECKING:
    from .callbacks.signature import sign_webhook
    from .emulator import AudioInput, OmeMock, VideoInput, create_app
    from .errors import PublisherRefused
    from .settings import AdmissionWebhooks, AlertRules, Alerts

__all__ = [
    "AdmissionWebhooks",
    "AlertRules",
    "Alerts",
    "AudioInput",
    "OmeMock",
    "PublisherRefused",
    "VideoInput",
    "__version__",
    "create_app",
    "sign_webhook",
]

_ELSEWHERE = {
    "AdmissionWebhooks": "settings",
    "AlertRules": "settings",
    "Alerts": "settings",
    "PublisherRefused": "errors",
    "sign_webhook": "callbacks.signature",
}
"""What doesn't come from the module of the emulator."""


def __getattr__(name: str) -> Any:
    """Import the emulator when it is first asked for: pytest loads this package in every run, whether or not a test uses it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_ELSEWHERE.get(name, 'emulator')}", __name__), name)
