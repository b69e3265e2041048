"""Figures: what was measured, what was promised, and what stood beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum

from .conditions import Conditions


class Bound(Enum):
    """Which side of its limit a figure must stay on."""

    AT_MOST = "<="
    AT_LEAST = ">="


@dataclass(frozen=True)
class Budget:
    """What is promised of a figure."""

    bound: Bound
    limit: float

    def is_met_by(self, value: float) -> bool:
        return value <= self.limit if self.bound is Bound.AT_MOST else value >= self.limit


def at_most(limit: float) -> Budget:
    return Budget(Bound.AT_MOST, limit)


def at_least(limit: float) -> Budget:
    return Budget(Bound.AT_LEAST, limit)


@dataclass(frozen=True)
class Figure:
    """One value of a benchmark. `yardsticks` are values of other things, in the same unit, measured in the same run."""

    benchmark: str
    what: str
    value: float
    unit: str
    budget: Budget | None = None
    yardsticks: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_met(self) -> bool | None:
        """Whether the value keeps to its budget; None without one."""
        return None if self.budget is None else self.budget.is_met_by(self.value)

    @property
    def promise(self) -> str:
        """The budget in words, empty without one."""
        return "" if self.budget is None else f"{self.budget.bound.value} {quantity(self.budget.limit, self.unit)}"

    @property
    def verdict(self) -> str:
        return {None: "", True: "met", False: "missed"}[self.is_met]

    def __str__(self) -> str:
        said = [f"budget {self.promise}, {self.verdict}"] if self.budget else []
        said += [f"{name} {quantity(value, self.unit)}" for name, value in self.yardsticks.items()]
        beside = f" ({'; '.join(said)})" if said else ""
        return f"{self.benchmark:12} {self.what}: {quantity(self.value, self.unit)}{beside}"

    def to_json(self, conditions: Conditions) -> str:
        """One line: the figure and the conditions under which it was measured."""
        members = asdict(self) | {"budget": None, "met": self.is_met, "yardsticks": dict(self.yardsticks)}
        if self.budget is not None:
            members["budget"] = {"bound": self.budget.bound.value, "limit": self.budget.limit}
        return json.dumps(members | asdict(conditions))


def quantity(value: float, unit: str) -> str:
    """A value with about three digits that count, and its unit."""
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def table(figures: Iterable[Figure]) -> str:
    """The figures in Markdown, a row each."""
    rows = [("benchmark", "what", "measured", "budget", "met"), ("---", "---", "---", "---", "---")]
    rows += [(each.benchmark, each.what, quantity(each.value, each.unit), each.promise, each.verdict) for each in figures]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
