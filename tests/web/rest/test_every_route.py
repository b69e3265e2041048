"""What holds for every route alike: HEAD, names that are not known, slashes, wrong methods, prefixes (rest-api.md#routes)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from ome_mock import OmeMock
from ome_mock.web.rest.api_routes import API_ROUTES
from ome_mock.web.routing import Route

WORLD = Path(__file__).parents[2] / "clients" / "ts_sdk" / "Server.xml"
"""With providers of channels and publishers of records and pushes."""
NAMES = {"vhost": "default", "app": "app", "plain_vhost": "default", "any_app": "app", "stream": "stream", "output_profile": "bypass"}
CHANNELS = {"scheduledChannels": "tv", "multiplexChannels": "mux"}
PREFIXES = {"docs": "", "engine-0.21": "[HTTP] "}
CONTENT_TYPES = {"docs": "application/json", "engine-0.21": "application/json;charset=UTF-8"}
BARE_MESSAGES = {
    "OK",
    "Created",
    "Forbidden",
    "in Json::Value::find(begin, end): requires objectValue or nullValue",
    "in Json::Value::resolveReference(key, end): requires objectValue",
}
"""What no dialect puts a prefix before (rest-api.md#envelopes, #wrong-types)."""
BODIES = ["", "null", "[]", "{}", '"text"', "5", "1.5", "true", "[null]", "[[]]", '[{"name": 5}]', '{"id": [], "stream": {}}', "{", "[1"]


def path_of(route: Route, **names: Any) -> str:
    known = NAMES | {"channel": next((name for kind, name in CHANNELS.items() if kind in route.path), "")}
    return route.path.format(**known | names)


def routes(*methods: str, names: Sequence[str] = ()) -> list[Any]:
    return [pytest.param(route, id=f"{route.method} {route.path}") for route in API_ROUTES if chosen(route, methods, names)]


def chosen(route: Route, methods: tuple[str, ...], names: Sequence[str]) -> bool:
    return route.method in methods and all(f"{{{name}}}" in route.path for name in names)


@pytest.fixture(scope="module", params=["docs", "engine-0.21"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OmeMock]:
    """An emulator with a stream, and a channel of each kind that has appeared."""
    options = {"dialect": request.param, "config": WORLD, "streams": ["default/app/stream"], "root": tmp_path_factory.mktemp("root")}
    with OmeMock(**options) as ome:
        app = "/v1/vhosts/default/apps/app"
        assert send(ome, "POST", f"{app}/scheduledChannels", '{"stream": {"name": "tv"}}')[0] == 201
        assert send(ome, "POST", f"{app}/multiplexChannels", '{"outputStream": {"name": "mux"}, "sourceStreams": []}')[0] == 201
        ome.clock.advance(2)
        yield ome


def send(ome: OmeMock, method: str, path: str, body: str | None = None) -> tuple[int, dict[str, str], bytes]:
    """Status, headers but for the date, and body."""
    connection = HTTPConnection("127.0.0.1", ome.port, timeout=10)
    try:
        connection.request(method, path, body, {"Authorization": ome.authorization})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def refusal(ome: OmeMock, method: str, path: str, body: str | None = None) -> tuple[int, str]:
    """Status and message; the prefix of the dialect's messages must be there, and is left out."""
    status, _, answer = send(ome, method, path, body)
    message = json.loads(answer)["message"]
    prefix = PREFIXES[ome.dialect.name]
    assert message.startswith(prefix)
    return status, message.removeprefix(prefix)


@pytest.mark.parametrize("route", routes("GET"))
def test_head_says_what_get_says_without_its_body(server: OmeMock, route: Route) -> None:
    path = path_of(route)
    status, headers, body = send(server, "GET", path)
    assert status == (500 if route.path == "/v1/vhosts:" else 200)
    assert send(server, "HEAD", path) == (status, headers, b"")
    assert headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize("route", routes("GET", "POST", "PATCH", "DELETE", names=["vhost"]))
def test_virtual_host_that_is_not_there(server: OmeMock, route: Route) -> None:
    path = path_of(route, vhost="nope")
    assert refusal(server, route.method, path, "[]") == (404, "Could not find the virtual host: [nope] (404)")


@pytest.mark.parametrize("route", routes("GET", "POST", "PATCH", "DELETE", names=["app"]))
def test_application_that_is_not_there(server: OmeMock, route: Route) -> None:
    assert refusal(server, route.method, path_of(route, app="nope"), "[]") == (404, "Could not find the application: [default/nope] (404)")


@pytest.mark.parametrize("route", routes("GET", "POST", "PATCH", "DELETE", names=["stream"]))
def test_stream_that_is_not_there(server: OmeMock, route: Route) -> None:
    internal = {"docs": "default/app/nope", "engine-0.21": "default/#default#app/nope"}[server.dialect.name]
    assert refusal(server, route.method, path_of(route, stream="nope"), "[]") == (404, f"Could not find the stream: [{internal}] (404)")


LISTS = {
    "/v1/vhosts": (404, "Could not find the virtual host: [] (404)"),
    "/v1/vhosts/{vhost}/apps": (404, "Could not find the application: [default/] (404)"),
    "/v1/vhosts/{vhost}/apps/{app}/outputProfiles": (404, "Could not find the output profile: [default/app/] (404)"),
    "/v1/vhosts/{vhost}/apps/{app}/multiplexChannels": (400, "Invalid stream name (400)"),
}
OF_STREAMS = {"/v1/vhosts/{vhost}/apps/{app}/streams", "/v1/vhosts/{vhost}/apps/{app}/scheduledChannels"}


@pytest.mark.parametrize("route", routes("GET"))
def test_slash_behind_a_path_is_an_empty_name_or_no_route(server: OmeMock, route: Route) -> None:
    refused = refusal(server, "GET", f"{path_of(route)}/")
    if route.path in OF_STREAMS:
        internal = {"docs": "default/app/", "engine-0.21": "default/#default#app/"}[server.dialect.name]
        assert refused == (404, f"Could not find the stream: [{internal}] (404)")
    else:
        assert refused == LISTS.get(route.path, (404, "Controller not found (404)"))


@pytest.mark.parametrize("route", routes("GET", "POST", "PATCH", "DELETE"))
def test_method_that_no_route_has(server: OmeMock, route: Route) -> None:
    for method in ("PUT", "TRACE"):
        assert refusal(server, method, path_of(route)) == (404, "Controller not found (404)")


@pytest.mark.parametrize("route", routes("POST", "PATCH"))
def test_whatever_the_body_the_answer_is_an_envelope_of_the_dialect(server: OmeMock, route: Route) -> None:
    prefix = PREFIXES[server.dialect.name]
    for body in BODIES:
        status, headers, answer = send(server, route.method, path_of(route), body)
        assert headers["Content-Type"] == CONTENT_TYPES[server.dialect.name]
        envelope = json.loads(answer)
        if isinstance(envelope, list):
            assert not any(item["message"].startswith("[HTTP]") or item["message"].endswith(f"({item['statusCode']})") for item in envelope)
        elif envelope["message"] not in BARE_MESSAGES:
            text = envelope["message"]
            assert (envelope["statusCode"], text.startswith(prefix), text.endswith(f" ({status})")) == (status, True, True)
            assert "[HTTP]" not in text.removeprefix(prefix)


@pytest.mark.parametrize("route", routes("POST", "PATCH"))
def test_body_that_is_no_json_is_refused_before_anything_is_looked_up(server: OmeMock, route: Route) -> None:
    message = "[JSON] * Line 1, Column 2\n  Missing '}' or object member name\n (400)"
    assert refusal(server, route.method, path_of(route, vhost="nope"), "{") == (400, message)
