"""Which requests the server's loop may answer: those that look into memory alone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ome_mock.emulator import Emulator
from ome_mock.faults import Delay, Status
from ome_mock.web.app import create_api_app, never_waits
from ome_mock.web.late_flask import LateFlask
from ome_mock.web.wire.parking import CONNECTION

STREAM = "/v1/vhosts/default/apps/app/streams/stream"


def app_of(emulator: Emulator) -> LateFlask:
    """The application of an emulator, whose Flask part somebody has needed already."""
    app = create_api_app(lambda: emulator.api, emulator, emulator.access_token)
    assert app.flask.extensions["ome_mock"] is emulator
    return app


@pytest.mark.parametrize(
    ("method", "target", "expected"),
    [
        pytest.param("GET", "/v1/vhosts", True, id="list"),
        pytest.param("HEAD", "/v1/vhosts", True, id="head of a list"),
        pytest.param("OPTIONS", "/v1/vhosts", True, id="preflight"),
        pytest.param("GET", "/nope", True, id="unknown path"),
        pytest.param("POST", f"{STREAM}:hlsDumps", True, id="list of dumps"),
        pytest.param("POST", f"{STREAM}:hlsDumps?x", True, id="list of dumps with a query"),
        pytest.param("POST", f"{STREAM}:startHlsDump", False, id="start writes files"),
        pytest.param("POST", f"{STREAM}:startHlsDump?:hlsDumps", False, id="start with a query like a list of dumps"),
        pytest.param("POST", f"{STREAM}:stopHlsDump", False, id="stop writes the info file"),
        pytest.param("DELETE", STREAM, False, id="end of a stream completes its dumps"),
        pytest.param("DELETE", f"{STREAM}:hlsDumps", False, id="end of a stream with an odd name"),
        pytest.param("PATCH", "/v1/vhosts/default/apps/app", False, id="change ends streams"),
        pytest.param("GET", "/v1/vhosts/default/apps/app/scheduledChannels/tv", False, id="what a channel shows is looked for on disk"),
        pytest.param("GET", "/v1/vhosts/default/apps/app/multiplexChannels", False, id="channels wait while one is connected"),
        pytest.param("GET", "/_mock/health", True, id="health"),
        pytest.param("GET", "/_mock/state", True, id="state"),
        pytest.param("PUT", "/_mock/state", False, id="another configuration"),
        pytest.param("DELETE", "/_mock/faults", False, id="not a query"),
        pytest.param("GET", "/_mock/", False, id="the page reads files"),
        pytest.param("GET", "/_mock/journal", False, id="a long journal takes long"),
        pytest.param("POST", "/_mock/clock/advance", False, id="turning the clock writes files"),
        pytest.param("GET", "http://localhost:8081/_mock/journal", False, id="a long journal through a proxy"),
    ],
)
def test_queries_never_wait(method: str, target: str, expected: bool) -> None:
    emulator = Emulator()
    assert never_waits(app_of(emulator), emulator, method, target) is expected


def test_first_request_for_a_path_of_flasks_waits_until_that_is_imported() -> None:
    emulator = Emulator()
    app = create_api_app(lambda: emulator.api, emulator, emulator.access_token)
    for target in ("/_mock/health", "/_mock", "//_mock/", "/%5Fmock/health"):
        assert not never_waits(app, emulator, "GET", target)
    assert never_waits(app, emulator, "GET", "/_mockery")
    assert never_waits(app, emulator, "GET", "/v1/vhosts")


def test_query_may_wait_once_a_fault_is_armed() -> None:
    emulator = Emulator(faults=[Delay(seconds=1, route="GET *")])
    app = app_of(emulator)
    assert not never_waits(app, emulator, "GET", "/v1/vhosts")
    emulator.faults.clear()
    assert never_waits(app, emulator, "GET", "/v1/vhosts")


@pytest.mark.parametrize(
    ("is_answered_at_once", "status"), [pytest.param(True, 200, id="in the loop"), pytest.param(False, 503, id="elsewhere")]
)
def test_fault_spares_a_request_that_came_before_it(is_answered_at_once: bool, status: int) -> None:
    emulator = Emulator(faults=[Status(503, route="GET *")])
    connection = SimpleNamespace(is_answered_at_once=is_answered_at_once)
    headers = {"Authorization": emulator.authorization}
    answer = emulator.app.test_client().get("/v1/vhosts", headers=headers, environ_overrides={CONNECTION: connection})
    assert answer.status_code == status
