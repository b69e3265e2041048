"""Cross-origin headers (rest-api.md#cors)."""

from __future__ import annotations

from pathlib import Path

import pytest
from fixture_types import UseWorld
from flask.testing import FlaskClient
from server_xml import server_xml
from werkzeug.test import TestResponse

from ome_mock import create_app
from ome_mock.dialect import DOCS
from ome_mock.emulator import Emulator
from ome_mock.settings import CrossDomains
from ome_mock.web.cors import api_cors_headers, cors_headers
from ome_mock.worlds.server_xml import read_server_xml

METHODS = "OPTIONS, HEAD, GET, POST, PUT, PATCH, DELETE"
ANY_ORIGIN = {
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": METHODS,
}


def access_control(answer: TestResponse) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("Access-Control-")}


def allowed_origin(rules: list[str], origin: str | None) -> str | None:
    return cors_headers(CrossDomains(tuple(rules)), {"Origin": origin}.get, METHODS, DOCS).get("Access-Control-Allow-Origin")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/vhosts", 401), ("GET", "/nope", 401), ("OPTIONS", "/nope", 204), ("GET", "/_mock/health", 200)],
)
def test_default_world_allows_every_origin_on_every_answer(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert access_control(answer) == ANY_ORIGIN
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("path", ["/v1/vhosts", "/v1/vhosts/nope", "/nope", "/v1/vhosts/default/apps/app/streams/stream:startHlsDump"])
def test_origin_of_the_request_does_not_matter_where_every_origin_is_allowed(client: FlaskClient, emulator: Emulator, path: str) -> None:
    answer = client.get(path, headers={"Authorization": emulator.authorization, "Origin": "http://example.com"})
    assert access_control(answer) == ANY_ORIGIN


def test_preflight_repeats_the_headers_that_it_asks_for(client: FlaskClient) -> None:
    answer = client.options(
        "/v1/vhosts/default/apps/app/streams/stream:startHlsDump",
        headers={
            "Origin": "http://example.com",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert (answer.status_code, answer.data) == (204, b"")
    assert access_control(answer) == ANY_ORIGIN | {"Access-Control-Allow-Headers": "authorization,content-type"}


def test_any_answer_repeats_the_headers_that_the_request_asks_for(client: FlaskClient) -> None:
    answer = client.get("/v1/vhosts", headers={"Access-Control-Request-Headers": "x-a"})
    assert access_control(answer) == ANY_ORIGIN | {"Access-Control-Allow-Headers": "x-a"}


def test_empty_request_for_headers_is_not_repeated(client: FlaskClient) -> None:
    assert access_control(client.options("/v1/vhosts", headers={"Access-Control-Request-Headers": ""})) == ANY_ORIGIN


def test_world_without_rules_names_the_methods_alone(use_world: UseWorld, tmp_path: Path) -> None:
    use_world("<Defaults/>")
    answer = create_app(root=tmp_path, streams=[]).test_client().options("/v1/vhosts", headers={"Origin": "http://example.com"})
    assert access_control(answer) == {"Access-Control-Allow-Methods": METHODS}
    assert answer.headers["Vary"] == "Origin"


def test_world_with_rules_repeats_an_origin_that_matches(use_world: UseWorld, tmp_path: Path) -> None:
    use_world("<Defaults><CrossDomains><Url>https://a.example</Url><Url>*.b.example</Url></CrossDomains></Defaults>")
    client = create_app(root=tmp_path, streams=[]).test_client()
    answer = client.get("/v1/vhosts", headers={"Origin": "https://x.b.example"})
    assert answer.status_code == 401
    assert access_control(answer) == {
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Origin": "https://x.b.example",
        "Access-Control-Allow-Methods": METHODS,
    }
    for headers in ({"Origin": "https://c.example"}, {}):
        answer = client.get("/v1/vhosts", headers=headers)
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert answer.headers["Vary"] == "Origin"


def test_methods_are_named_whether_or_not_a_default_rule_matches(use_world: UseWorld, tmp_path: Path) -> None:
    use_world("<Defaults><CrossDomains><Url>https://a.example</Url></CrossDomains></Defaults>")
    answer = create_app(root=tmp_path, streams=[]).test_client().get("/v1/vhosts")
    assert access_control(answer) == {"Access-Control-Allow-Methods": METHODS}


@pytest.mark.parametrize(
    ("rule", "origin"),
    [
        pytest.param("http://a.example", "http://a.example", id="the same"),
        pytest.param("a.example", "http://a.example", id="no scheme takes http"),
        pytest.param("a.example", "https://a.example", id="no scheme takes https"),
        pytest.param("a.example", "a.example", id="no scheme takes none"),
        pytest.param("*.a.example", "https://x.y.a.example", id="star is any run"),
        pytest.param("http://*:8080", "http://a.example:8080", id="star within"),
        pytest.param("a?.example", "http://ab.example", id="question mark is one character"),
        pytest.param("a?.example", "http://a.example", id="question mark is none"),
    ],
)
def test_rule_takes_an_origin(rule: str, origin: str) -> None:
    assert allowed_origin([rule], origin) == origin


@pytest.mark.parametrize(
    ("rule", "origin"),
    [
        pytest.param("http://a.example", "https://a.example", id="other scheme"),
        pytest.param("a.example", "ftp://a.example", id="scheme other than http"),
        pytest.param("a.example", "https://a.example.evil", id="more behind"),
        pytest.param("a.example", "https://evil-a.example", id="more before"),
        pytest.param("a.example", "https://a-example", id="a dot is a dot"),
        pytest.param("a?.example", "http://abc.example", id="question mark is not two characters"),
        pytest.param("*.a.example", "https://a.example", id="the dot behind the star is needed"),
        pytest.param("a.example", "", id="empty origin"),
        pytest.param("a.example", None, id="no origin"),
        pytest.param("(a|b)", "http://a", id="rules are no regular expressions"),
    ],
)
def test_rule_does_not_take_an_origin(rule: str, origin: str | None) -> None:
    assert allowed_origin([rule], origin) is None


def test_star_makes_other_rules_needless() -> None:
    assert allowed_origin(["http://a.example", "*"], "http://b.example") == "*"
    assert allowed_origin(["http://a.example", "*"], None) == "*"


def test_second_rule_is_tried_too() -> None:
    assert allowed_origin(["http://a.example", "http://b.example"], "http://b.example") == "http://b.example"


def test_null_alone_is_an_origin_of_its_own() -> None:
    assert allowed_origin(["null"], "http://a.example") == "null"
    assert allowed_origin(["null"], None) == "null"


def test_null_among_others_does_not_count() -> None:
    assert allowed_origin(["null", "http://a.example"], "null") is None
    assert allowed_origin(["null", "http://a.example"], "http://a.example") == "http://a.example"


# The rules of the REST API itself


def api_headers(rules: str, origin: str | None) -> dict[str, str]:
    xml = server_xml("<Defaults><CrossDomains><Url>*</Url></CrossDomains></Defaults>", api=f"<CrossDomains>{rules}</CrossDomains>")
    return api_cors_headers(read_server_xml(xml.encode(), "test"), {"Origin": origin}.get, DOCS)


def test_own_rules_of_the_api_decide_alone() -> None:
    assert api_headers("<Url>http://a.example</Url>", "http://b.example") == {}
    assert api_headers("<Url>http://a.example</Url>", None) == {}
    assert api_headers("<Url>http://a.example</Url>", "http://a.example")["Access-Control-Allow-Origin"] == "http://a.example"


def test_own_rules_without_an_origin_allow_none() -> None:
    assert api_headers("", "http://a.example") == {}


def test_headers_of_ones_own_replace_the_usual_ones_where_an_origin_matches() -> None:
    header = "<Header><Key>{}</Key><Value>{}</Value></Header>"
    rules = "<Url>http://a.example</Url>" + header.format("Access-Control-Allow-Methods", "GET") + header.format("X-Mine", "1")
    assert api_headers(rules, "http://a.example") == {
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Origin": "http://a.example",
        "Access-Control-Allow-Methods": "GET",
        "X-Mine": "1",
    }
    assert api_headers(rules, "http://b.example") == {"X-Mine": "1"}
