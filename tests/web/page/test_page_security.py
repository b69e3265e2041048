"""Who may see the page, and what a browser lets it do."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from fixture_types import Get
from flask.testing import FlaskClient
from raw_http import AUTHORIZATION, Connection, exchange, request

from ome_mock import OmeMock, create_app
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError

STATIC = files("ome_mock.web.page").joinpath("static")
GUARDED = ["/_mock/events", "/_mock/dumps/default/app/stream/d1", "/_mock/live/default/app/stream/llhls.m3u8"]
OPEN = ["/_mock/", "/_mock/page/main.js"]


@pytest.mark.parametrize("path", OPEN)
def test_static_files_need_no_token(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("authorization", [None, "Basic d3Jvbmc=", "Bearer ome-access-token"])
def test_everything_else_needs_the_token(client: FlaskClient, path: str, authorization: str | None) -> None:
    answer = client.get(path, headers={} if authorization is None else {"Authorization": authorization})
    assert answer.status_code == 401
    assert "message" in answer.text


@pytest.mark.parametrize("path", [*OPEN, *GUARDED[:2]])
def test_headers_keep_strangers_out(get: Get, emulator: Emulator, path: str) -> None:
    emulator.start_dump("d1")
    headers = get(path).headers
    policy = dict(each.split(" ", 1) for each in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not [name for name, _ in headers if name.startswith("Access-Control-")]


def test_no_script_and_no_style_stands_in_the_document() -> None:
    text = STATIC.joinpath("index.html").read_text()
    assert text.count("<script") == text.count('<script type="module" src="page/') == 1
    assert not [attribute for attribute in (" style=", " onclick=", " onload=", "<style", "javascript:") if attribute in text]


def test_page_asks_no_other_host() -> None:
    own = [path for path in STATIC.iterdir() if path.is_file()]
    assert len(own) > 5
    assert not [path.name for path in own if "https://" in path.read_text() or 'from "http' in path.read_text()]


def test_text_is_never_put_in_as_html() -> None:
    scripts = "".join(path.read_text() for path in STATIC.iterdir() if path.name.endswith(".js"))
    assert not [way for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(") if way in scripts]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("127.0.0.1:8081", 200, id="loopback"),
        pytest.param("127.9.9.9", 200, id="another address of loopback"),
        pytest.param("LocalHost:8081", 200, id="its name"),
        pytest.param("mock.localhost", 200, id="a name below it"),
        pytest.param("[::1]:8081", 200, id="loopback of IPv6"),
        pytest.param("ci.example", 200, id="an allowed name"),
        pytest.param("CI.example.:80", 200, id="an allowed name in capitals with its dot and a port"),
        pytest.param("evil.example", 403, id="a stranger's name"),
        pytest.param("127.0.0.1.evil.example", 403, id="a stranger's name that looks like loopback"),
        pytest.param("localhost.evil.example", 403, id="a stranger's name that begins like loopback"),
        pytest.param("evillocalhost", 403, id="a name that ends like loopback"),
        pytest.param("192.0.2.1", 403, id="another machine's address"),
        pytest.param("", 403, id="none"),
    ],
)
@pytest.mark.parametrize("path", ["/_mock/", "/_mock/page/main.js", "/_mock/events"])
def test_host_is_checked(tmp_path: Path, path: str, host: str, status: int) -> None:
    app = create_app(root=tmp_path, allow_hosts=["ci.example"])
    headers = {"Authorization": app.extensions["ome_mock"].authorization}
    answer = app.test_client().get(path, headers=headers, environ_overrides={"HTTP_HOST": host})
    assert answer.status_code == status
    assert status == 200 or "--allow-host" in answer.text


@pytest.mark.parametrize("path", ["/_mock/health", "/_mock/clock", "/v1/vhosts"])
def test_host_of_health_control_api_and_rest_api_is_not_checked(client: FlaskClient, emulator: Emulator, path: str) -> None:
    headers = {"Authorization": emulator.authorization}
    assert client.get(path, headers=headers, environ_overrides={"HTTP_HOST": "evil.example"}).status_code == 200


def test_page_is_shown_under_the_address_that_was_reached() -> None:
    with OmeMock(host="127.0.0.2") as ome:
        for host, status in (("127.0.0.2", 200), ("evil.example", 403)):
            with Connection(ome.port, host="127.0.0.2") as connection:
                connection.send(f"GET /_mock/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                assert connection.answer().status == status


@pytest.mark.parametrize("name", ["", "a:80", "a/b", "http://a", "a b", "-a"])
def test_host_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"allow_hosts .* is not the name or the address of a host, without a port"):
        create_app(allow_hosts=[name])


def test_cross_site_form_can_not_turn_the_clock(ome: OmeMock) -> None:
    before = ome.clock.now_ns()
    body = b'{"seconds": 60}'
    plain = ["Origin: http://evil.example", "Content-Type: text/plain", f"Content-Length: {len(body)}"]
    assert exchange(ome.port, request("POST", "/_mock/clock/advance", *plain) + body).status == 401
    assert ome.clock.now_ns() == before
    assert exchange(ome.port, request("POST", "/_mock/clock/advance", AUTHORIZATION, *plain) + body).status == 200


@pytest.mark.parametrize("name", ["nope.js", "../__init__.py", "..%2F__init__.py", "hls/../../__init__.py", "%00", "hls", ""])
def test_no_other_file_of_the_package_is_sent(ome: OmeMock, name: str) -> None:
    assert exchange(ome.port, request("GET", f"/_mock/page/{name}", AUTHORIZATION)).status == 404


def test_browser_keeps_files_that_have_not_changed(client: FlaskClient) -> None:
    first = client.get("/_mock/page/main.js")
    again = client.get("/_mock/page/main.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Content-Type"] == "text/javascript; charset=utf-8"


def test_page_is_found_without_its_slash(client: FlaskClient) -> None:
    answer = client.get("/_mock")
    assert (answer.status_code, answer.headers["Location"]) == (308, "http://localhost/_mock/")
