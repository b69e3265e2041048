"""What a handler returns, and what the client reads (rest-api.md#envelopes, #multi-status-answers)."""

from __future__ import annotations

from typing import Any

import pytest

from ome_mock.dialect import DOCS, ENGINE_0_21, Dialect
from ome_mock.refusals import ApplicationNotFound, JsonLibraryError, VirtualHostNotFound
from ome_mock.web.envelope import NOTHING, Created, MultiStatus, success

OK = {"message": "OK", "statusCode": 200}
CREATED = {"message": "Created", "statusCode": 201}
NO_VHOST = {"message": "Could not find the virtual host: [x]", "statusCode": 404}


@pytest.mark.parametrize("dialect", [DOCS, ENGINE_0_21], ids=lambda dialect: dialect.name)
@pytest.mark.parametrize(
    ("result", "status", "body"),
    [
        pytest.param(NOTHING, 200, OK, id="nothing"),
        pytest.param(None, 200, OK | {"response": None}, id="null"),
        pytest.param(["a"], 200, OK | {"response": ["a"]}, id="a value"),
        pytest.param(Created(), 201, CREATED, id="created"),
        pytest.param(Created({"id": 1}), 201, CREATED | {"response": {"id": 1}}, id="created, with a value"),
        pytest.param(MultiStatus(()), 200, [], id="no items"),
        pytest.param(MultiStatus((NOTHING, {"a": 1})), 200, [OK, OK | {"response": {"a": 1}}], id="all well"),
        pytest.param(MultiStatus((NOTHING, VirtualHostNotFound("x"))), 207, [OK, NO_VHOST], id="mixed"),
        pytest.param(MultiStatus((VirtualHostNotFound("x"),) * 2), 404, [NO_VHOST, NO_VHOST], id="the same refusal of all"),
        pytest.param(MultiStatus((JsonLibraryError("t"),)), 500, [{"message": "t", "statusCode": 500}], id="the JSON library's refusal"),
    ],
)
def test_result_has_this_status_and_body(dialect: Dialect, result: Any, status: int, body: Any) -> None:
    assert success(result, dialect) == (status, body)


def test_a_refused_item_keeps_none_of_the_others_from_being_executed() -> None:
    executed = []

    def execute(name: str) -> str:
        executed.append(name)
        if name == "bad":
            raise ApplicationNotFound("v", "bad")
        return name

    first, refused, last = MultiStatus.of(["a", "bad", "b"], execute).outcomes
    assert (first, type(refused), vars(refused), last) == ("a", ApplicationNotFound, {"vhost": "v", "app": "bad"}, "b")
    assert executed == ["a", "bad", "b"]
