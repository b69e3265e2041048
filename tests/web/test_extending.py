"""The application as Flask's users see it: rules, blueprints and hooks of their own beside the emulated API."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from flask import Blueprint, Flask, Response, abort, request, url_for
from flask.testing import FlaskClient
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, create_environ, run_wsgi_app

from ome_mock import OmeMock, create_app
from ome_mock.emulator import Emulator

VHOSTS = b'{"message":"OK","response":["default"],"statusCode":200}'
NOT_FOUND = b'{"message":"Controller not found (404)","statusCode":404}'


def recordings() -> Blueprint:
    """A user's own blueprint, which knows the emulator."""
    blueprint = Blueprint("recordings", __name__, url_prefix="/recordings")

    @blueprint.get("/")
    def index() -> dict[str, Any]:
        return {
            "here": url_for("recordings.index"),
            "clock": url_for("ome_mock.read_clock"),
            "hosts": url_for("ome.answer", target="v1/vhosts"),
        }

    @blueprint.post("/<int:number>")
    def add(number: int) -> tuple[dict[str, Any], int]:
        if number == 404:
            abort(404)
        if number == 500:
            raise ZeroDivisionError
        return {"number": number, "sent": request.get_json()}, 201

    return blueprint


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = create_app(root=tmp_path)
    app.register_blueprint(recordings())
    return app


@pytest.fixture
def headers(app: Flask) -> dict[str, str]:
    emulator: Emulator = app.extensions["ome_mock"]
    return {"Authorization": emulator.authorization}


def test_map_of_urls_has_the_emulators_routes_and_the_users_own(app: Flask) -> None:
    rules = {rule.rule: rule.endpoint for rule in app.url_map.iter_rules()}
    assert rules["/_mock/health"] == "ome_mock.health"
    assert rules["/_mock/streams/<vhost>/<app>/<stream>:reconnect"] == "ome_mock.reconnect"
    assert rules["/recordings/"] == "recordings.index"
    assert rules["/<path:target>"] == "ome.answer"


def test_own_views_are_answered_and_the_api_too(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/recordings/").json == {"here": "/recordings/", "clock": "/_mock/clock", "hosts": "/v1/vhosts"}
    answer = client.post("/recordings/7", json={"a": 1})
    assert (answer.status_code, answer.json) == (201, {"number": 7, "sent": {"a": 1}})
    assert client.get("/v1/vhosts", headers=headers).data == VHOSTS
    assert client.get("/_mock/clock", headers=headers).json == {"kind": "manual", "now": "2026-01-01T00:00:00.000+00:00"}


def test_own_views_are_not_in_the_journal(client: FlaskClient, headers: dict[str, str], app: Flask) -> None:
    client.get("/recordings/")
    client.get("/v1/vhosts", headers=headers)
    client.get("/_mock/clock", headers=headers)
    assert [exchange.path for exchange in app.extensions["ome_mock"].journal.exchanges] == ["/v1/vhosts"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/recordings/7"), ("DELETE", "/recordings/"), ("GET", "/recording"), ("POST", "/")])
def test_what_no_own_rule_fits_is_the_engines(client: FlaskClient, headers: dict[str, str], method: str, path: str) -> None:
    assert client.open(path, method=method).status_code == 401
    answer = client.open(path, method=method, headers=headers)
    assert (answer.status_code, answer.data) == (404, NOT_FOUND)


def test_errors_of_own_views_are_flasks(client: FlaskClient, app: Flask) -> None:
    missing = client.post("/recordings/404", json={})
    assert (missing.status_code, missing.mimetype) == (404, "text/html")
    app.testing = True
    with pytest.raises(ZeroDivisionError):
        client.post("/recordings/500", json={})


def test_own_rule_replaces_a_route_of_the_api(client: FlaskClient, app: Flask, headers: dict[str, str]) -> None:
    app.add_url_rule("/v1/vhosts/<name>/apps", "apps", lambda name: {"mine": name})
    assert client.get("/v1/vhosts/default/apps").json == {"mine": "default"}
    assert client.get("/v1/vhosts", headers=headers).data == VHOSTS


def test_own_hooks_see_every_request(client: FlaskClient, app: Flask, headers: dict[str, str]) -> None:
    seen = []

    @app.before_request
    def see() -> None:
        seen.append((request.endpoint, url_for("ome_mock.health")))

    @app.after_request
    def mark(response: Response) -> Response:
        response.headers["X-Mine"] = "yes"
        return response

    answers = [client.get(path, headers=headers) for path in ("/v1/vhosts", "/_mock/clock", "/recordings/")]
    assert seen == [(endpoint, "/_mock/health") for endpoint in ("ome.answer", "ome_mock.read_clock", "recordings.index")]
    assert [answer.headers["X-Mine"] for answer in answers] == ["yes"] * 3


def test_urls_are_built_where_nothing_was_added(tmp_path: Path) -> None:
    app = create_app(root=tmp_path)
    with app.test_request_context("/v1/vhosts"):
        assert url_for("ome_mock.stall", vhost="default", app="app", stream="a b") == "/_mock/streams/default/app/a%20b:stall"
        assert url_for("ome_mock.health", _external=True) == "http://localhost/_mock/health"


def test_missing_slash_of_an_own_rule_is_redirected(client: FlaskClient) -> None:
    answer = client.get("/recordings")
    assert (answer.status_code, answer.location) == (308, "http://localhost/recordings/")


# Over a socket


def get(ome: OmeMock, path: str, **headers: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", ome.port, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    try:
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.fixture
def extended(tmp_path: Path) -> Iterator[OmeMock]:
    ome = OmeMock(root=tmp_path)
    ome.app.register_blueprint(recordings())
    with ome:
        yield ome


def test_own_blueprint_is_served_beside_the_api(extended: OmeMock) -> None:
    assert json.loads(get(extended, "/recordings/")[1])["here"] == "/recordings/"
    assert get(extended, "/v1/vhosts", Authorization=extended.authorization) == (200, VHOSTS)
    assert get(extended, "/v1/vhosts")[0] == 401
    assert get(extended, "/_mock/health")[0] == 200


def test_own_view_that_waits_holds_up_nobody(tmp_path: Path) -> None:
    ome = OmeMock(root=tmp_path)
    came, may_go = threading.Event(), threading.Event()

    @ome.app.get("/slow")
    def slow() -> str:
        came.set()
        may_go.wait(10)
        return "done"

    answers: list[tuple[int, bytes]] = []
    with ome:
        waiting = threading.Thread(target=lambda: answers.append(get(ome, "/slow")))
        waiting.start()
        assert came.wait(10)
        assert get(ome, "/v1/vhosts", Authorization=ome.authorization) == (200, VHOSTS)
        assert answers == []
        may_go.set()
        waiting.join(10)
    assert answers == [(200, b"done")]


@pytest.mark.parametrize("hook", ["before_request", "after_request", "teardown_request", "teardown_appcontext", "url_value_preprocessor"])
def test_own_hook_sees_requests_over_a_socket(tmp_path: Path, hook: str) -> None:
    seen: list[str] = []

    def see(*values: Any) -> Any:
        seen.append(hook)
        return values[0] if hook == "after_request" else None

    ome = OmeMock(root=tmp_path)
    getattr(ome.app, hook)(see)
    with ome:
        assert get(ome, "/v1/vhosts", Authorization=ome.authorization) == (200, VHOSTS)
        assert get(ome, "/v1/vhosts")[0] == 401
    assert seen == [hook, hook]


def test_own_view_in_place_of_the_apis_is_called_over_a_socket(tmp_path: Path) -> None:
    ome = OmeMock(root=tmp_path)
    ome.app.view_functions["ome.answer"] = lambda: "mine"
    with ome:
        assert get(ome, "/v1/vhosts") == (200, b"mine")


def test_hook_of_the_players_blueprint_sees_requests_over_a_socket(tmp_path: Path) -> None:
    seen: list[str] = []
    ome = OmeMock(root=tmp_path)
    ome.llhls_app.before_request_funcs.setdefault("players", []).append(lambda: seen.append(request.path))
    with ome, pytest.raises(HTTPError):
        urlopen(f"{ome.llhls_url}/app/stream/nothing.m3u8")
    assert seen == ["/app/stream/nothing.m3u8"]


def test_slashes_before_a_path_of_the_control_api_are_one(tmp_path: Path) -> None:
    with OmeMock(root=tmp_path) as ome:
        assert [get(ome, path)[0] for path in ("//_mock/health", "/%5Fmock/health", "/_mockery")] == [200, 200, 401]


def test_own_middleware_sees_requests_over_a_socket(tmp_path: Path) -> None:
    seen: list[str] = []
    with OmeMock(root=tmp_path) as ome:
        inner = ome.app.wsgi_app

        def middleware(environ: dict[str, Any], start_response: Any) -> Any:
            seen.append(environ["PATH_INFO"])
            return inner(environ, start_response)

        ome.app.wsgi_app = middleware  # type: ignore[method-assign]
        assert get(ome, "/v1/vhosts", Authorization=ome.authorization) == (200, VHOSTS)
    assert seen == ["/v1/vhosts"]


def test_hook_that_is_added_while_the_emulator_runs_sees_what_comes_then(tmp_path: Path) -> None:
    seen: list[str] = []
    with OmeMock(root=tmp_path) as ome:
        assert get(ome, "/v1/vhosts", Authorization=ome.authorization) == (200, VHOSTS)
        ome.app.before_request(lambda: seen.append(request.path))
        assert get(ome, "/v1/vhosts", Authorization=ome.authorization) == (200, VHOSTS)
    assert seen == ["/v1/vhosts"]


# Other servers, and mounted


STREAM = "/v1/vhosts/default/apps/a%20b"


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param({}, id="Werkzeug's and waitress's REQUEST_URI"),
        pytest.param({"REQUEST_URI": None, "RAW_URI": STREAM}, id="gunicorn's RAW_URI"),
        pytest.param({"REQUEST_URI": None}, id="a server that only decodes"),
    ],
)
def test_target_is_read_as_it_was_sent(app: Flask, headers: dict[str, str], kept: dict[str, str | None]) -> None:
    environ = create_environ(STREAM, headers=headers) | {name: value for name, value in kept.items() if value}
    for name in [name for name, value in kept.items() if value is None]:
        del environ[name]
    answer, status, _ = run_wsgi_app(app, environ)
    assert (status, b"".join(answer)) == (
        "404 Not Found",
        b'{"message":"Could not find the application: [default/a%20b] (404)","statusCode":404}',
    )


def test_application_is_mounted_below_a_path(app: Flask, headers: dict[str, str]) -> None:
    client = Client(DispatcherMiddleware(Flask("outer"), {"/ome": app}))
    assert client.get("/ome/v1/vhosts", headers=headers).data == VHOSTS
    assert client.get("/ome/_mock/health").status_code == 200
    assert client.get("/ome/recordings/").json == {"here": "/ome/recordings/", "clock": "/ome/_mock/clock", "hosts": "/ome/v1/vhosts"}
    assert client.get("/v1/vhosts").status_code == 404


def test_rules_are_compiled_once_by_many_threads(tmp_path: Path) -> None:
    app = create_app(root=tmp_path)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(app.test_client().get("/_mock/health").status_code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert answers == [200] * 8
    rules = [(rule.rule, frozenset(rule.methods or ())) for rule in app.url_map.iter_rules()]
    assert len(set(rules)) == len(rules)
