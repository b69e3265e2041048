"""Four hundred malformed or odd bodies, and what the recorded engine's reader made of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import ome_mock

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings" / "json.jsonl"
NOT_AN_OBJECT = '{"message":"in Json::Value::find(begin, end): requires objectValue or nullValue","statusCode":500}'
CASES = [json.loads(line) for line in RECORDINGS.read_text().splitlines()]


def in_the_words_of_the_documentation(status: int, body: str) -> tuple[int, str]:
    """The documentation's dialect drops the prefix, and asks for an object with a 400."""
    if body == NOT_AN_OBJECT:
        return 400, '{"message":"outputStreamName is required (400)","statusCode":400}'
    return status, body.replace('"[HTTP] ', '"', 1)


@pytest.fixture(scope="module")
def application():
    return ome_mock.create_app()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_body_is_read_as_the_engine_read_it(case, application):
    for step in case["steps"]:
        request, recorded = step["request"], step["response"]
        answer = application.test_client().open(
            request["path"],
            method=request["method"],
            data=request["body"].encode("utf-8", "surrogateescape"),
            headers={"Authorization": application.extensions["ome_mock"].authorization},
        )

        assert (answer.status_code, answer.text) == in_the_words_of_the_documentation(recorded["status"], recorded["body"])
