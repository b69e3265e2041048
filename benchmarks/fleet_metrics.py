"""What the emulators of a fleet tell of themselves, by their `/_mock/metrics`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from .client import AUTHORIZATION, Question, ask

METRICS = Question("/_mock/metrics", headers=(AUTHORIZATION,))


@dataclass(frozen=True)
class Told:
    """Bytes written, and how often work was done at all and within each bound in seconds, since the start of the emulators."""

    written_bytes: int
    within: dict[float, int]

    @classmethod
    def by(cls, urls: Iterable[str]) -> Self:
        """The sums of several emulators."""
        read = [cls.read(ask(url, METRICS)) for url in urls]
        bounds = read[0].within
        return cls(sum(each.written_bytes for each in read), {bound: sum(each.within[bound] for each in read) for bound in bounds})

    @classmethod
    def read(cls, text: str) -> Self:
        written = re.search(r"^ome_mock_written_bytes_total (\d+)$", text, re.MULTILINE)
        buckets = re.findall(r'^ome_mock_lateness_seconds_bucket\{le="(.+)"\} (\d+)$', text, re.MULTILINE)
        if written is None or not buckets:
            raise ValueError(f"these are no metrics of an emulator:\n{text}")
        return cls(int(written.group(1)), {float(bound): int(count) for bound, count in buckets})

    def since(self, before: Self) -> Self:
        within = {bound: count - before.within[bound] for bound, count in self.within.items()}
        return type(self)(self.written_bytes - before.written_bytes, within)

    def share_within(self, bound_s: float) -> float:
        """The share of work that was done within a bound, one of the histogram's."""
        return self.within[bound_s] / max(1, self.within[float("inf")])

    def lateness_s(self, share: float) -> float:
        """The smallest bound that at least this share of work kept to."""
        return min(bound for bound in self.within if self.share_within(bound) >= share)
