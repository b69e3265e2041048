"""The command line: `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

LINES = Path(__file__).parent / "figures.jsonl"


def main(arguments: Sequence[str]) -> int:
    """Run benchmarks; returns 1 where one of them broke, 0 whatever they measured."""
    if arguments[:1] == ["profile"]:
        from .profiles import main as profile  # alone, as it has to run with trees that the rest doesn't fit

        profile(arguments[1:])
        return 0
    from .catalogue import BENCHMARKS, find_names

    parser = _parser()
    options = parser.parse_args(arguments)
    if options.list:
        print("\n".join(f"{name:12} {each.__doc__}" for name, each in BENCHMARKS.items()))
        return 0
    try:
        names = find_names(options.names)
    except KeyError as error:
        parser.error(f"there is no benchmark {error}; --list names them")
    return _run(names, options)


def _run(names: Sequence[str], options: argparse.Namespace) -> int:
    from .conditions import Conditions
    from .figures import table
    from .outcome import run
    from .setting import Setting

    conditions = Conditions.here(options.directory)
    print(f"{conditions}; files in {options.directory} ({conditions.filesystem})", flush=True)
    setting = Setting(options.directory, options.seconds, options.dumps)
    outcomes = [run(name, setting, conditions, options.json) for name in names]
    print("\n" + table(figure for outcome in outcomes for figure in outcome.figures))
    return int(any(outcome.is_broken for outcome in outcomes))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description="Measure what the emulator promises about its speed and size.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks, or `growth` or `fleet`; without one, those of the budgets")
    parser.add_argument("--list", action="store_true", help="name the benchmarks and what they measure")
    temporary = Path(tempfile.gettempdir())
    parser.add_argument("--directory", type=_directory, default=temporary, metavar="DIR", help="where files are written (%(default)s)")
    parser.add_argument("--json", type=Path, default=LINES, metavar="FILE", help="where a line for each figure is appended (%(default)s)")
    parser.add_argument(
        "--seconds", type=_positive(float), metavar="N", help="how long to measure, for those that follow the real clock or use wrk"
    )
    parser.add_argument(
        "--dumps",
        type=_positive(int),
        metavar="N",
        help="how many dumps to run in clocked, crowd, footprint, hour and fleets",
    )
    return parser


def _directory(text: str) -> Path:
    directory = Path(text).resolve()
    if not directory.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no directory")
    return directory


def _positive(number: type[int | float]) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = number(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"{text!r} is not more than 0")
        return value

    return read


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
