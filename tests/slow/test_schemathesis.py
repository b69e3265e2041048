"""Schemathesis asks what the description allows and what it doesn't; every answer must be one of those described.

It draws names of its own; every other one is replaced by one that there is, or requests would find nothing but 404.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from _pytest.mark import ParameterSet
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from ome_mock import OmeMock
from ome_mock.dialect import find_dialect
from ome_mock.errors import ConfigurationError
from ome_mock.web.description.document import describe_api

CONFORMANCE = [content_type_conformance, response_schema_conformance, status_code_conformance]
EXAMPLES = 10
LONGEST_S = 2.0
"""For an operation, so that the whole is bounded: what was asked by then must do."""
STREAM = "default/app/stream"
WORLD = Path(__file__).parents[1] / "clients" / "ts_sdk" / "Server.xml"
KNOWN = {"vhost": "default", "plain_vhost": "default", "app": "app", "any_app": "app", "stream": "stream", "output_profile": "bypass"}
DIALECTS = ("docs", "engine-0.21")
SCHEMAS = {name: schemathesis.openapi.from_dict(describe_api(find_dialect(name))) for name in DIALECTS}


@pytest.fixture(scope="module")
def emulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, OmeMock]]:
    """One for each dialect, with providers of channels and publishers of records and pushes."""
    made = {
        name: OmeMock(dialect=name, config=WORLD, streams=[STREAM], root=tmp_path_factory.mktemp("root"), access_token="ome-access-token")
        for name in DIALECTS
    }
    for ome in made.values():
        ome.start()
    yield made
    for ome in made.values():
        ome.stop()


def operations() -> Iterator[ParameterSet]:
    for name, schema in SCHEMAS.items():
        for result in schema.get_all_operations():
            operation = result.ok()  # type: ignore[union-attr]
            for mode in GenerationMode if "requestBody" in operation.definition.raw else [GenerationMode.POSITIVE]:
                yield pytest.param(name, operation, mode, id=f"{name}: {operation.label}, {mode.value}")


@pytest.mark.parametrize(("dialect", "operation", "mode"), list(operations()))
def test_every_answer_is_described(
    emulators: dict[str, OmeMock], dialect: str, operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode
) -> None:
    ome, end = emulators[dialect], time.monotonic() + LONGEST_S

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case[Any]) -> None:
        if time.monotonic() > end:
            return
        case.path_parameters = {name: known(name, value) for name, value in (case.path_parameters or {}).items()}
        revive(ome)
        answer = case.call(base_url=ome.url, headers={"Authorization": ome.authorization}, timeout=20)
        case.validate_response(answer, checks=CONFORMANCE)

    ask()


def known(name: str, value: str) -> str:
    return KNOWN.get(name, value) if len(str(value)) % 2 else value


def revive(ome: OmeMock) -> None:
    """Have the stream back that a request has ended."""
    try:
        ome.connect(STREAM)
    except ConfigurationError:  # it is there
        return
    ome.clock.advance(60)
