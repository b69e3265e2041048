"""Spoilt bodies for the JSON reader, a hundred thousand of them."""

from __future__ import annotations

from test_json_reader import outcomes_of_spoilt_recordings

from ome_mock.refusals import JsonSyntaxError


def test_a_hundred_thousand_spoilt_recordings_are_values_or_errors() -> None:
    outcomes = outcomes_of_spoilt_recordings(100_000)
    assert min(outcomes["value"], outcomes[JsonSyntaxError]) > 5_000
