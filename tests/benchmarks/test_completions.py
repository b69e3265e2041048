from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import Any

from benchmarks.completions import Completions, observed
from ome_mock import OmeMock, create_app

MS = 1_000_000


def completions(*batches: tuple[str, set[Any], int]) -> Completions:
    noted = Completions()
    for batch in batches:
        noted.note(*batch)
    return noted


def test_lateness_is_told_for_each_instant_that_a_batch_covers() -> None:
    assert sorted(completions(("s", {1 * MS, 3 * MS}, 5 * MS), ("s", {5 * MS}, 6 * MS)).lateness_ms()) == [1, 2, 4]


def test_spread_is_that_of_instants_at_which_every_dump_had_files_due() -> None:
    late, early = ("s", {MS}, 9 * MS), ("s", {MS}, 4 * MS)
    alone, of_another_stream = ("s", {2 * MS}, 3 * MS), ("t", {MS}, 20 * MS)
    assert completions(late, early, alone, of_another_stream).spreads_ms(dumps=2) == [5]


def test_dumps_are_observed_while_they_write(tmp_path: Path) -> None:
    ome = create_app(root=tmp_path).extensions["ome_mock"]
    ome.start_dump("d", output_stream_name="stream2")
    with observed(ome.clock) as completions:
        ome.clock.advance(12)
    ome.clock.advance(12)
    assert completions.streams == {"default/app/stream2"}
    assert len(completions.lateness_ms()) == 4  # two segments of each of two tracks


def test_dumps_of_every_thread_are_observed(tmp_path: Path) -> None:
    omes = [OmeMock(root=tmp_path / str(number)) for number in range(4)]
    for ome in omes:
        ome.start_dump("d", output_stream_name="stream2")
    with observed(omes[0].clock) as completions:
        threads = [Thread(target=ome.clock.advance, args=(60,)) for ome in omes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for ome in omes:
        ome.stop()
    assert len(completions) == 4 * 20  # ten segments of each of two tracks, of each emulator
