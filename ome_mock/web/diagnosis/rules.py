"""The types of rules of diagnosis."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..rest import Api
from .diagnosed_request import DiagnosedRequest

Rule = Callable[[DiagnosedRequest, Api], Iterator[str]]
"""Takes a request and the emulated API; yields nothing, or one sentence that names the mistake and the correction."""

Stage = tuple[Rule, ...]
"""Rules that check the same part of a request."""
