"""What diagnoses are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..rest import Api
from .diagnosed_request import DiagnosedRequest

Rule = Callable[[DiagnosedRequest, Api], Iterator[str]]
"""Takes what was asked and the emulated API, and says nothing, or in one sentence what was sent and what to send instead."""

Stage = tuple[Rule, ...]
"""Rules that look at the same thing."""
