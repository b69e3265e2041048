"""The description of the emulated API, the schema of its lists of dumps and that of the info file, held against what a real engine
answered and wrote, and against the emulator.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from contract.recordings import read_cases
from jsonschema import Draft202012Validator

from ome_mock.dialect import find_dialect
from ome_mock.emulator import Emulator
from ome_mock.refusals import ControllerNotFound
from ome_mock.web.description.document import describe_api
from ome_mock.web.description.operations import OPERATIONS
from ome_mock.web.rest.api_routes import API_ROUTES
from ome_mock.web.routing import find_route

DIALECTS = ("docs", "engine-0.21")
DUMPS = Path(__file__).parents[2] / "fixtures" / "dumps"
SCHEMAS = files("ome_mock").joinpath("schemas")
LIST_OF_DUMPS = Draft202012Validator(json.loads(SCHEMAS.joinpath("hls-dumps.schema.json").read_bytes()))


@cache
def described(dialect: str) -> dict[str, Any]:
    return describe_api(find_dialect(dialect))


@cache
def validator(dialect: str, path: str, method: str, status: int) -> Draft202012Validator:
    response = described(dialect)["paths"][path][method.lower()]["responses"].get(str(status))
    assert response is not None, f"{method} {path} has no {status}"
    return Draft202012Validator(response["content"]["application/json"]["schema"] | {"components": described(dialect)["components"]})


def operations() -> list[Any]:
    return [
        pytest.param(dialect, path, method, id=f"{dialect}: {method.upper()} {path}")
        for dialect in DIALECTS
        for path, methods in described(dialect)["paths"].items()
        for method in methods
    ]


# The description itself


def test_every_route_is_described_and_no_other() -> None:
    assert OPERATIONS.keys() == {(route.method, route.path) for route in API_ROUTES}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_operation_has_an_id_of_its_own(dialect: str) -> None:
    ids = Counter(operation["operationId"] for methods in described(dialect)["paths"].values() for operation in methods.values())
    assert [name for name, count in ids.items() if count > 1] == []


@pytest.mark.parametrize(("dialect", "path", "method"), operations())
def test_examples_are_what_they_are_examples_of(dialect: str, path: str, method: str) -> None:
    operation = described(dialect)["paths"][path][method]
    assert [each["name"] for each in operation["parameters"]] == re.findall(r"{(\w+)}", path)
    contents = [each["content"]["application/json"] for each in (operation.get("requestBody"), *operation["responses"].values()) if each]
    for content in contents:
        if "example" in content:
            Draft202012Validator(content["schema"] | {"components": described(dialect)["components"]}).validate(content["example"])
    if "requestBody" in operation:
        assert "example" in contents[0]


def test_dialects_differ_where_the_api_does() -> None:
    start = "/v1/vhosts/{vhost}/apps/{app}/streams/{stream}:startHlsDump"
    answers = {name: described(name)["paths"][start]["post"]["responses"] for name in DIALECTS}
    examples = {
        name: {status: each["content"]["application/json"]["example"] for status, each in answers[name].items()} for name in DIALECTS
    }
    assert examples["docs"]["200"] == {"message": "OK", "statusCode": 200, "response": ["stream", "stream2"]}
    assert examples["engine-0.21"]["200"] == {"message": "OK", "statusCode": 200}
    assert examples["docs"]["404"]["message"] == "Could not find the stream: [default/app/nope] (404)"
    assert examples["engine-0.21"]["404"]["message"] == "[HTTP] Could not find the stream: [default/#default#app/nope] (404)"
    assert examples["docs"]["401"] == examples["engine-0.21"]["401"]


# What a real engine answered


def test_recorded_answers_are_described() -> None:
    seen: Counter[str] = Counter()
    for case in (*read_cases("exchanges"), *read_cases("json"), *read_cases("walks")):
        for step in case["steps"]:
            if "request" in step:
                seen[look_at(step["request"], step["response"])] += 1
    assert seen["described"] > 2000
    assert seen.keys() == {"described", "hung up", "unknown route", "without a body"}


def look_at(request: dict[str, Any], response: dict[str, Any]) -> str:
    """How a recorded answer relates to the description; fails where it contradicts it."""
    if response["status"] is None:
        return "hung up"
    try:
        method = "GET" if request["method"] == "HEAD" else request["method"]
        route, _ = find_route(API_ROUTES, method, request["path"].partition("?")[0])
    except ControllerNotFound:
        return "unknown route"
    if not response["body"]:
        return "without a body"
    validator("engine-0.21", route.path, route.method, response["status"]).validate(json.loads(response["body"]))
    return "described"


def test_recorded_lists_of_dumps_fit_their_schema() -> None:
    lists = [
        json.loads(step["response"]["body"])
        for case in read_cases("walks")
        for step in case["steps"]
        if "request" in step and step["request"]["path"].endswith(":hlsDumps") and step["response"]["status"] == 200
    ]
    assert sum(len(each["response"]) for each in lists) >= 10
    for each in lists:
        LIST_OF_DUMPS.validate(each)


# Info files


@pytest.fixture(scope="module")
def info_files() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMAS.joinpath("info-file.xsd").read_text())


@pytest.mark.parametrize("story", sorted(path.name for path in DUMPS.iterdir()))
def test_recorded_info_file_fits_its_schema(info_files: xmlschema.XMLSchema, story: str) -> None:
    info_files.validate(DUMPS / story / "d1.info")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_emulated_info_file_and_list_fit_their_schemas(info_files: xmlschema.XMLSchema, dialect: str, tmp_path: Path) -> None:
    emulator = Emulator(dialect=dialect, root=tmp_path)
    emulator.start_dump("d1", info_file="/d1.info", user_data="job=42")
    emulator.clock.advance(20)
    info_files.validate(tmp_path / "d1.info")
    answer = emulator.app.test_client().post(
        "/v1/vhosts/default/apps/app/streams/stream:hlsDumps",
        json={"outputStreamName": "stream"},
        headers={"Authorization": emulator.authorization},
    )
    LIST_OF_DUMPS.validate(answer.json)
    emulator.close()
    info_files.validate(tmp_path / "d1.info")


@pytest.mark.parametrize(
    ("text", "instead"), [("Completed", "Done"), ("<Seq>0</Seq>", "<Seq>-1</Seq>"), ("T00:", " 00:"), ("DumpInfo", "Info")], ids=str
)
def test_info_file_that_is_none_does_not_fit(info_files: xmlschema.XMLSchema, text: str, instead: str) -> None:
    whole = (DUMPS / "audio-only" / "d1.info").read_text()
    assert text in whole
    assert not info_files.is_valid(whole.replace(text, instead))


# Where it is found


def test_description_is_served_in_the_emulator_s_dialect(tmp_path: Path) -> None:
    emulator = Emulator(dialect="engine-0.21", root=tmp_path)
    answer = emulator.app.test_client().get("/_mock/ome-openapi.json", headers={"Authorization": emulator.authorization})
    assert answer.json == described("engine-0.21")
    emulator.close()
