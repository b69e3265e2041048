"""What opens windows of the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from playwright.sync_api import Page

Scheme = Literal["light", "dark"]

Open = Callable[..., Page]
"""Opens an emulator's page in a window of its own; `width` and `height` are those of the window, `scheme` is light or dark."""
