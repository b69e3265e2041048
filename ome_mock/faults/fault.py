"""The base class of faults, with the rule that chooses the events to spoil."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any, ClassVar, TypeVar

from ..arguments import require_types
from ..errors import ConfigurationError
from ..timestamps import NS_PER_SECOND
from .events import Event

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Fault(ABC):
    """Spoils the events that fit it: from the `nth` on, so many `times` (None: every one), each with a `chance`.

    Only within a window: from `after_s` seconds of the emulator's clock after it was armed, until `until_s`. A fault that never
    fires fails the test that armed it, unless `must_fire` is False. A subclass of a family is known by its name once it is defined.
    """

    kinds: ClassVar[list[type[Fault]]]
    """The faults of a family, in the order of their definition."""
    is_of_time: ClassVar[bool] = False
    """True if it happens by itself when it is due; others spoil events."""

    lasts: ClassVar[bool] = False
    """True if the segment that a start finds open is spoilt once more when it is complete, and both writes count as one."""

    nth: int = 1
    times: int | None = 1
    after_s: float = 0.0
    until_s: float | None = None
    chance: float = 1.0
    must_fire: bool = True

    def __init_subclass__(cls, *, is_family: bool = False) -> None:
        super().__init_subclass__()
        if is_family:
            cls.kinds = []
        else:
            cls.kinds.append(cls)

    def __post_init__(self) -> None:
        require_types(type(self), {each.name: getattr(self, each.name) for each in fields(self)})
        self._require("nth", self.nth >= 1, "is 1 or more")
        self._require("times", self.times is None or self.times >= 1, "is 1 or more, or none for every time")
        self._require("after_s", self.after_s >= 0, "is 0 or more")
        self._require("until_s", self.until_s is None or self.until_s > self.after_s, "is more than after_s")
        self._require("chance", 0 <= self.chance <= 1, "is between 0 and 1")
        for each in fields(self):
            if each.metadata:
                self._require(each.name, each.metadata["holds"](getattr(self, each.name)), each.metadata["rule"])

    @classmethod
    def kind(cls) -> str:
        """Its name in JSON and in tables, such as `diskFull`."""
        return cls.__name__[0].lower() + cls.__name__[1:]

    def fits(self, event: Event) -> bool:  # noqa: ARG002
        """Says if an event is of the kind that it spoils, and fits its fields."""
        return False

    def is_open(self, armed_ns: int, now_ns: int) -> bool:
        """Says if its window is open."""
        elapsed_s = (now_ns - armed_ns) / NS_PER_SECOND
        return elapsed_s >= self.after_s and (self.until_s is None or elapsed_s < self.until_s)

    def _require(self, name: str, holds: bool, rule: str) -> None:
        if not holds:
            raise ConfigurationError(f"fault {self.kind()}: {name} {getattr(self, name)!r} is wrong, it {rule}")

    def __str__(self) -> str:
        said = [f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if getattr(self, field.name) != field.default]
        return f"{self.kind()}({', '.join(said)})"


def checked(default: T, holds: Callable[[T], bool], rule: str) -> T:
    """A field with a rule for its values; the message of a broken one says "it <rule>"."""
    made: Any = field(default=default, metadata={"holds": holds, "rule": rule})
    return made  # type: ignore[no-any-return]


def bearable_seconds() -> float:
    """A field for a time that somebody waits for: a second, at most an hour."""
    return checked(1.0, lambda seconds: 0 <= seconds <= 3600, "is between 0 and 3600")


def fits(pattern: str, name: str) -> bool:
    """Says if a name fits a pattern, in which `*` is anything and `?` one character."""
    return fnmatchcase(name, pattern)
