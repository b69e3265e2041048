"""How far a campaign goes, and what it found."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

MOST_TOLD = 10


class Bound:
    """The number of attempts of a campaign, and the seconds after which it ends sooner."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count = count
        self.seconds = seconds


@dataclass
class Setting:
    """What a campaign is to do: each attempt is drawn of the seed and its number alone, so that it can be made again."""

    seed: int
    count: int
    seconds: float
    directory: Path
    first: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.began + self.seconds

    def attempts(self) -> Iterator[tuple[int, Random]]:
        """The number of each attempt and its source of chance, until the bound is reached."""
        for number in range(self.first, self.first + self.count):
            if self.is_over:
                return
            yield number, self.chance(number)

    def chance(self, number: int) -> Random:
        return Random(f"{self.seed}/{number}")


@dataclass
class Outcome:
    """What a campaign measured, the defects that it found, and what the machine refused."""

    figures: dict[str, float | str] = field(default_factory=dict)
    defects: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def count(self, figure: str, amount: int = 1) -> None:
        self.figures[figure] = int(self.figures.get(figure, 0)) + amount

    def expect(self, is_so: bool, defect: str) -> None:
        """Note a defect unless something is so."""
        if not is_so:
            self.defects.append(defect)
