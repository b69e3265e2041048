"""Checks the types of arguments, so that a mistake is told in Python's words before anything is done."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable
from functools import cache, wraps
from types import UnionType
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

P = ParamSpec("P")
R = TypeVar("R")


def checked(function: Callable[P, R]) -> Callable[P, R]:
    """Have calls of a function raise TypeError for an argument that is not of its annotated type; the error names the argument."""
    signature = cache(lambda: inspect.signature(function))

    @wraps(function)
    def call(*arguments: P.args, **named: P.kwargs) -> R:
        __tracebackhide__ = True
        require_types(function, signature().bind(*arguments, **named).arguments)
        return function(*arguments, **named)

    return call


def require_types(annotated: Any, given: dict[str, Any]) -> None:
    """Raise TypeError unless each value is of the type that a function or a class has annotated under its name."""
    hints = _hints(annotated)
    for name, value in given.items():
        if name in hints and not _is_of(value, hints[name]):
            raise TypeError(f"{name} must be {_said(hints[name])}, not {value!r}")


@cache
def _hints(annotated: Any) -> dict[str, Any]:
    return get_type_hints(annotated)


def _is_of(value: Any, hint: Any) -> bool:
    """Says if a value is of a type. A text is no iterable of texts; items are looked at where that doesn't use them up."""
    origin = get_origin(hint)
    if hint is Any:
        return True
    if origin in {Union, UnionType}:
        return any(_is_of(value, each) for each in get_args(hint))
    if origin is Iterable:
        items = value if isinstance(value, Collection) else ()
        return isinstance(value, Iterable) and not isinstance(value, str | bytes) and all(_is_of(each, get_args(hint)[0]) for each in items)
    if hint is float:
        return isinstance(value, int | float)
    kind = origin or hint
    return not isinstance(kind, type) or isinstance(value, kind)


def _said(hint: Any) -> str:
    """A type as annotations have it, without modules."""
    if get_origin(hint) in {Union, UnionType}:
        return " or ".join(map(_said, get_args(hint)))
    if get_origin(hint) is Iterable:
        return f"an iterable of {_said(get_args(hint)[0])}"
    return "None" if hint is type(None) else getattr(hint, "__name__", str(hint))
