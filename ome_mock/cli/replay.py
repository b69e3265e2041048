"""`ome-mock replay`: a recording put to an emulator made for it, or to a server."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..clock import MANUAL_START_NS, ManualClock
from ..dialect import DIALECTS
from ..recordings.case import API, Recording, World
from ..recordings.dump_looks import DumpLooks
from ..recordings.jsonl import read_recording
from ..recordings.phase import SegmentStart, first_segment, looks_of
from ..recordings.replay import Outcome, Surroundings, closest, replay_on
from ..recordings.report import report_json, report_junit, report_text
from ..replaying import surroundings_of
from ..text import basic_authorization
from ..timestamps import NS_PER_SECOND

if TYPE_CHECKING:
    from ..served_emulator import OmeMock

DIFFERENT = 1
"""The exit code where something differs."""

PROBE = 100
"""The number of cases by which the dialect of a recording is found that doesn't say it."""


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what emulators log of their requests off the terminal: they are asked strange things on purpose."""
    logger, silent = logging.getLogger("ome_mock"), logging.NullHandler()
    propagated = logger.propagate
    logger.addHandler(silent)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(silent)
        logger.propagate = propagated


@quiet()
def run_replay(
    path: Path,
    *,
    to: str | None,
    access_token: str,
    dialect: str | None,
    config: Path | None,
    streams: Sequence[str],
    junit: Path | None,
    json_file: Path | None,
) -> int:
    """Replay, print what differs, write reports, and return the exit code. Raises ConfigurationError for a file that is no recording."""
    recording = read_recording(path)
    if to is not None:
        outcomes = replay_on(recording, {API: to}, basic_authorization(access_token), Surroundings(time.sleep))
    else:
        name = dialect or recording.world.dialect or closest_dialect(recording, config, streams)
        click.echo(f"dialect {name}")
        outcomes = replayed(recording, name, config, streams)
    write_reports(outcomes, path.name, junit, json_file)
    for line in report_text(outcomes):
        click.echo(line)
    return DIFFERENT if any(outcome.found for outcome in outcomes) else 0


def replayed(recording: Recording, dialect: str, config: Path | None = None, streams: Sequence[str] = ()) -> list[Outcome]:
    """The outcomes of a recording that is put to an emulator made for it.

    Where files were recorded, its streams begin when the recorded ones did, so that segments are cut at the same moments.
    """
    first = first_segment(looks_of(recording.cases))
    earlier_s = 0.0 if first is None else _earlier_s(recording, first, partial(_emulator, recording.world, dialect, config, streams))
    with _emulator(recording.world, dialect, config, streams, earlier_s) as (ome, root):
        return replay_on(recording, ome.recorded_urls, ome.authorization, surroundings_of(ome, DumpLooks(root)))


def _earlier_s(recording: Recording, first: SegmentStart, emulator: Callable[[], AbstractContextManager[tuple[OmeMock, Path]]]) -> float:
    """The seconds by which an emulator's streams must begin earlier than by themselves, to be like the recorded ones."""
    with emulator() as (ome, root):
        looks = DumpLooks(root)
        replay_on(recording, ome.recorded_urls, ome.authorization, surroundings_of(ome, looks))
        seen = first_segment([looks.look()])
    earlier_s = 0.0 if seen is None else seen.later_than(first)
    return earlier_s if earlier_s >= 0 else earlier_s % first.duration_s


def closest_dialect(recording: Recording, config: Path | None = None, streams: Sequence[str] = ()) -> str:
    """The dialect whose answers differ least from the first ones of a recording, the newest of equals."""
    first = Recording(recording.cases[:PROBE], recording.world)
    return closest(reversed(DIALECTS), lambda name: replayed(first, name, config, streams))[0]


def write_reports(outcomes: Sequence[Outcome], suite: str, junit: Path | None, json_file: Path | None) -> None:
    """Write the reports that are wanted."""
    if junit is not None:
        junit.write_text(report_junit(outcomes, suite) + "\n")
    if json_file is not None:
        json_file.write_text(report_json(outcomes) + "\n")


@contextmanager
def _emulator(
    world: World, dialect: str, config: Path | None, streams: Sequence[str], earlier_s: float = 0.0
) -> Iterator[tuple[OmeMock, Path]]:
    """A running emulator of the recorded world, at the moment when the recording began; its streams are older by `earlier_s`."""
    from ..served_emulator import OmeMock  # noqa: PLC0415 (lazy: a server elsewhere needs none)

    with tempfile.TemporaryDirectory(prefix="ome-mock-replay-") as name:
        root = Path(name)
        if config is None and world.server_xml is not None:
            config = root / "Server.xml"
            config.write_text(world.server_xml)
        began_ns = MANUAL_START_NS if world.began is None else round(datetime.fromisoformat(world.began).timestamp() * NS_PER_SECOND)
        clock = ManualClock(began_ns - round(earlier_s * NS_PER_SECOND))
        connected = tuple(streams) or world.streams or None
        with OmeMock(dialect=dialect, config=config, streams=connected, root=root / "disk", clock=clock) as ome:
            clock.advance_to(began_ns)
            (root / "disk").mkdir(exist_ok=True)
            yield ome, root / "disk"
