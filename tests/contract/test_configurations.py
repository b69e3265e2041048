"""Real configurations: the emulator starts where an engine started, and serves what it served."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from callbacks.control_server import Asked, ControlServer
from callbacks.recorded_callbacks import of_asked, of_recorded
from contract.configurations import (
    SENT,
    differences_over_tls,
    document_differences,
    encoder_differences,
    name_of,
    rows,
    start,
    start_beside,
    start_with_tls,
    waiting,
)
from raw_http import AUTHORIZATION, Connection, exchange, request

from ome_mock.errors import ConfigurationError

STARTED = [row for row in rows() if row["starts"]]
REFUSED = [row for row in rows() if not row["starts"]]
WITH_HOOK = [row for row in STARTED if row["variant"] == "hook"]
OVER_TLS = [row for row in STARTED if (row.get("api") or {}).get("tls")]
CLIENT_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
WITH_ENCODER = [row for row in STARTED if row.get("encoder") and name_of(row) not in waiting() and row not in WITH_HOOK]


@pytest.mark.parametrize("row", STARTED, ids=name_of)
def test_documents_are_the_recorded_ones(row: dict[str, Any]) -> None:
    assert list(document_differences(row, start(row))) == []


@pytest.mark.parametrize("row", OVER_TLS, ids=name_of)
def test_api_over_tls_answers_with_a_certificate_and_is_silent_without(row: dict[str, Any], tmp_path: Path) -> None:
    with start_with_tls(row, tmp_path) as ome:
        if row["api"]["answers"] is None:
            with Connection(ome.tls_port or 0) as connection:
                connection.send(CLIENT_HELLO)
                exchange(ome.port, request("GET", "/v1/version", AUTHORIZATION))
                assert connection.is_silent()
        else:
            assert list(differences_over_tls(row, ome, tmp_path)) == []


@pytest.mark.parametrize("row", REFUSED, ids=name_of)
def test_file_is_refused_where_the_engine_refused_it(row: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        start(row)


@pytest.mark.parametrize("row", WITH_ENCODER, ids=name_of)
def test_stream_is_served_as_recorded(row: dict[str, Any]) -> None:
    assert list(encoder_differences(row, start(row))) == []


@pytest.mark.parametrize("row", WITH_HOOK, ids=name_of)
def test_control_server_is_asked_what_it_was_asked(row: dict[str, Any], tmp_path: Path) -> None:
    """Of alerts those of the beginning: the recording engine lacked an encoder, so that its stream was never ready."""
    with ControlServer() as control:
        emulator = start_beside(row, control.port, tmp_path)
        encoder = row["encoder"]
        stream = f"{encoder['vhost']}/{encoder['app']}/{encoder['stream']}"
        emulator.connect(stream, **SENT)
        emulator.clock.advance(15)
        emulator.disconnect(stream)
        emulator.close()
    is_alert: dict[bool, list[Asked]] = {True: [], False: []}
    for asked in control.asked:
        is_alert["messages" in asked.json].append(asked)
    recorded = [each for each in row["control_server_was_asked"] if '"messages"' not in each["body"]]
    assert of_asked(is_alert[False]) == of_recorded(recorded)
    told = [json.loads(each["body"])["messages"] for each in row["control_server_was_asked"] if '"messages"' in each["body"]]
    assert [each.json["messages"] for each in is_alert[True]][: len(told[:2])] == told[:2]
