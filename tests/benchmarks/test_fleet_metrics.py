from __future__ import annotations

import pytest

from benchmarks.fleet_metrics import Told
from ome_mock.emulator import Emulator
from ome_mock.web.control.metrics import read_metrics


def test_metrics_of_an_emulator_are_read() -> None:
    emulator = Emulator()
    emulator.journal.note_write(0, "default/app/stream", "d1", "/d1/seg", 1_000)
    for late_ms in (1, 60, 150):
        emulator.journal.totals.note_lateness(late_ms * 1_000_000)
    told = Told.read(read_metrics(emulator))
    assert (told.written_bytes, told.share_within(0.1), told.share_within(0.2)) == (1_000, 2 / 3, 1)
    assert (told.lateness_s(0.6), told.lateness_s(0.99)) == (0.1, 0.2)


def test_what_came_before_is_left_out() -> None:
    before = Told(1_000, {0.1: 5, float("inf"): 9})
    assert Told(1_500, {0.1: 8, float("inf"): 13}).since(before) == Told(500, {0.1: 3, float("inf"): 4})


def test_other_text_is_refused() -> None:
    with pytest.raises(ValueError, match="no metrics"):
        Told.read("<html>")
