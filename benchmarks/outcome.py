"""One benchmark run in a process of its own, so that none pays for what another has left behind, and what came of it."""

from __future__ import annotations

import logging
import multiprocessing
import traceback
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

from .catalogue import BENCHMARKS
from .conditions import Conditions
from .figures import Figure
from .setting import NotMeasured, Setting


@dataclass
class Outcome:
    """The figures of a benchmark; `is_broken` where it ended with an error."""

    figures: list[Figure] = field(default_factory=list)
    is_broken: bool = False


def run(name: str, setting: Setting, conditions: Conditions, lines: Path) -> Outcome:
    """Run a benchmark to its end in another process."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _be_quiet) as pool:
        try:
            return pool.submit(run_here, name, setting, conditions, lines).result()
        except BrokenProcessPool:
            print(f"{name:12} broken: its process was killed")
            return Outcome(is_broken=True)


def run_here(name: str, setting: Setting, conditions: Conditions, lines: Path) -> Outcome:
    """Run a benchmark: print each figure as it comes, and append its JSON line to a file."""
    outcome = Outcome()
    try:
        for said in BENCHMARKS[name](setting):
            print(said if isinstance(said, Figure) else f"{name:12} {said}", flush=True)
            if isinstance(said, Figure):
                outcome.figures.append(said)
                with lines.open("a") as file:
                    file.write(said.to_json(conditions) + "\n")
    except NotMeasured as error:
        print(f"{name:12} not measured: {error}", flush=True)
    except Exception:  # noqa: BLE001 (the others are measured all the same)
        print(f"{name:12} broken: {traceback.format_exc()}", flush=True)
        outcome.is_broken = True
    return outcome


def _be_quiet() -> None:
    logging.getLogger("ome_mock").setLevel(logging.CRITICAL)
