"""The command line: `python -m tests.campaign NAME...`."""

from __future__ import annotations

import argparse
import faulthandler
import json
import logging
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))  # where the helpers of the tests are imported from

from .rows import ROWS  # noqa: E402
from .setting import MOST_TOLD, Outcome, Setting  # noqa: E402


def main(arguments: list[str]) -> int:
    """Run campaigns, one after the other; returns 1 where one of them found a defect."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.list:
        print("\n".join(f"{name:10} {row.attacks}" for name, row in ROWS.items()))
        return 0
    unknown = set(options.names) - set(ROWS)
    if unknown:
        parser.error(f"there is no campaign {', '.join(sorted(unknown))}; --list names them")
    faulthandler.enable()
    logging.getLogger("ome_mock").setLevel(logging.ERROR)
    names = options.names or [name for name, row in ROWS.items() if row.short.count]
    found = [_run(name, options) for name in names]
    return int(any(found))


def _run(name: str, options: argparse.Namespace) -> bool:
    """Run one campaign; returns whether it found a defect."""
    row = ROWS[name]
    bound = row.short if options.short else row.full
    with tempfile.TemporaryDirectory(dir=options.directory, prefix=f"campaign-{name}-") as directory:
        count = bound.count if options.count is None else options.count
        seconds = bound.seconds if options.seconds is None else options.seconds
        attack = import_module(f".{name}", __package__).attack
        setting = Setting(options.seed, count, seconds, Path(directory).resolve(), options.first)
        commit = _commit()
        outcome: Outcome = attack(setting)
        took_s = time.monotonic() - setting.began
    line = {
        "campaign": name,
        "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "commit": commit,
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "seed": options.seed,
        "bound": {"count": count, "seconds": seconds},
        "took_s": round(took_s, 1),
        "figures": outcome.figures,
        "defects": len(outcome.defects),
        "not run": outcome.refused,
    }
    _tell(name, outcome, took_s)
    if options.json is not None:
        with options.json.open("a") as file:
            file.write(json.dumps(line) + "\n")
    return bool(outcome.defects)


def _tell(name: str, outcome: Outcome, took_s: float) -> None:
    figures = ", ".join(
        f"{figure} {value:,}" if isinstance(value, int) else f"{figure} {value}" for figure, value in outcome.figures.items()
    )
    print(f"{name}: {len(outcome.defects)} defects in {took_s:.1f} s: {figures}", flush=True)
    for defect in outcome.defects[:MOST_TOLD]:
        print(f"  DEFECT: {defect}", flush=True)
    for refused in outcome.refused:
        print(f"  not run: {refused}", flush=True)


def _commit() -> str:
    asked = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=10"], cwd=TESTS, capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or "unknown"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.campaign", description="Try to break the emulator, and count.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="campaigns; without one, all that have a short version")
    parser.add_argument("--list", action="store_true", help="name the campaigns and what they attack")
    parser.add_argument("--short", action="store_true", help="keep to the bounds of .ci/campaign")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what the attempts are drawn of (%(default)s)")
    parser.add_argument("--count", type=int, metavar="N", help="the number of attempts")
    parser.add_argument(
        "--first", type=int, default=0, metavar="N", help="the number of the first attempt, to make one again (%(default)s)"
    )
    parser.add_argument("--seconds", type=float, metavar="N", help="end after so long, even if there are attempts left")
    temporary = Path(tempfile.gettempdir())
    parser.add_argument("--directory", type=Path, default=temporary, metavar="DIR", help="the disk that is written to (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where a line for each campaign is appended")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
