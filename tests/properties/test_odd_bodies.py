"""Whatever JSON clients send to change a configuration, the answer is one that OME could give."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fixture_types import Answer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ome_mock.emulator import Emulator

KEYS = ["outputProfiles", "outputProfile", "outputStreamName", "encodes", "videos", "audios", "playlists", "renditions"]
MORE_KEYS = [
    "publishers",
    "llhls",
    "segmentDuration",
    "dumps",
    "dump",
    "id",
    "enable",
    "host",
    "names",
    "applications",
    "$",
    "\ud800",
    "\0",
]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4)
WORDS = st.sampled_from(["a", "live", "*", "true", "", "\ud800", "../..", "${env:HOME}", "${env:NOPE}", "{0.text}", "%s"])
JSON = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS + MORE_KEYS), inner, max_size=4),
    max_leaves=12,
)
APPLICATIONS = st.fixed_dictionaries({"name": WORDS, "type": st.just("live")}, optional=dict.fromkeys([*KEYS, *MORE_KEYS[2:]], JSON))
DUMP = {"id": "", "enable": True, "targetStreamName": "*", "outputPath": "/x"}
ROUTES = [
    ("POST", "/v1/vhosts"),
    ("POST", "/v1/vhosts/v/apps"),
    ("PATCH", "/v1/vhosts/v/apps/a"),
    ("POST", "/v1/vhosts/v/apps/a/outputProfiles"),
    ("PATCH", "/v1/vhosts/v/apps/a/outputProfiles/default"),
]


@pytest.mark.parametrize("route", ROUTES, ids=" ".join)
@settings(max_examples=40, deadline=None)
@given(body=JSON | st.lists(APPLICATIONS, max_size=2) | APPLICATIONS)
@example(body=[{"name": "\ud800", "type": "live", "publishers": {"llhls": {"dumps": {"dump": [DUMP]}}}}])
@example(body={"publishers": {"llhls": {"segmentDuration": 10**400}}})
def test_body_is_taken_or_refused(route: tuple[str, str], body: list[dict[str, Any] | list[Any] | None] | dict[str, Any] | None) -> None:
    emulator = Emulator()
    client, headers = emulator.app.test_client(), {"Authorization": emulator.authorization}
    for path, made in (("/v1/vhosts", {"name": "v"}), ("/v1/vhosts/v/apps", {"name": "a", "type": "live"})):
        client.post(path, data=json.dumps([made]), headers=headers)
    answer = client.open(route[1], method=route[0], data=json.dumps(body), headers=headers)
    assert b"internal error" not in answer.data, answer.data
    assert answer.status_code in {200, 207, 400, 404, 409, 500}
    for path in ("/v1/vhosts", "/v1/vhosts/v", "/v1/vhosts/v/apps"):
        assert client.get(path, headers=headers).status_code == 200
    listed: Answer = client.get("/v1/vhosts/v/apps", headers=headers)
    for app in listed.json["response"]:
        assert client.get(f"/v1/vhosts/v/apps/{app}", headers=headers).status_code in {200, 404}
