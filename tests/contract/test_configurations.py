"""Real configurations: the emulator starts where an engine started, and serves what it served."""

from __future__ import annotations

from typing import Any

import pytest
from contract.configurations import document_differences, encoder_differences, name_of, rows, start, waiting

from ome_mock.errors import ConfigurationError

STARTED = [row for row in rows() if row["starts"]]
REFUSED = [row for row in rows() if not row["starts"]]
WITH_ENCODER = [row for row in STARTED if row.get("encoder") and name_of(row) not in waiting()]


@pytest.mark.parametrize("row", STARTED, ids=name_of)
def test_documents_are_the_recorded_ones(row: dict[str, Any]) -> None:
    assert list(document_differences(row, start(row))) == []


@pytest.mark.parametrize("row", REFUSED, ids=name_of)
def test_file_is_refused_where_the_engine_refused_it(row: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        start(row)


@pytest.mark.parametrize("row", WITH_ENCODER, ids=name_of)
def test_stream_is_served_as_recorded(row: dict[str, Any]) -> None:
    assert list(encoder_differences(row, start(row))) == []
