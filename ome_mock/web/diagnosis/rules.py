"""What diagnoses are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...engine.engine import Engine
from .diagnosed_request import DiagnosedRequest

Rule = Callable[[DiagnosedRequest, Engine], Iterator[str]]
"""Takes what was asked and the engine, and says nothing, or in one sentence what was sent and what to send instead."""

Stage = tuple[Rule, ...]
"""Rules that look at the same thing."""
