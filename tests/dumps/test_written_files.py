"""The rows of a dump's written files: whoever has seen the first ones can ask for the rest."""

from __future__ import annotations

import pytest

from ome_mock.disk.growing_text import BLOCK_BYTES
from ome_mock.dumps.written_files import WrittenFiles

ROWS = [(number * 10, f"seg_0_{number}_video_{'x' * (number % 50)}.m4s") for number in range(BLOCK_BYTES // 10)]


@pytest.mark.parametrize("row", [0, 1, 100, 200, 300, len(ROWS) - 1, len(ROWS), len(ROWS) + 7])
def test_rows_can_be_read_from_any_on(row: int) -> None:
    files = WrittenFiles()
    for due_ns, name in ROWS:
        files.add(due_ns, name)
    assert list(files.since(row)) == ROWS[row:]
    assert len(files) == len(ROWS)


def test_rows_are_read_as_each_is_added() -> None:
    files = WrittenFiles()
    for count, (due_ns, name) in enumerate(ROWS):
        files.add(due_ns, name)
        assert list(files.since(count)) == [(due_ns, name)]
