"""ome-mock: an emulator of OvenMediaEngine for the teams who write its clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .versions import VERSION as __version__

if TYPE_CHECKING:
    from .emulator import AudioInput, OmeMock, VideoInput, create_app

__all__ = ["AudioInput", "OmeMock", "VideoInput", "__version__", "create_app"]


def __getattr__(name: str) -> Any:
    """Import the emulator when it is first asked for: pytest loads this package in every run, even if no test uses it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import emulator  # noqa: PLC0415 (lazy, as said above)

    return getattr(emulator, name)
