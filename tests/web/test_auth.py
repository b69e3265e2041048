from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from fixture_types import Get
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from ome_mock import create_app
from ome_mock.refusals import AuthorizationMalformed, AuthorizationMissing, CredentialInvalid, CredentialTypeNotSupported
from ome_mock.web.auth import check_authorization, decode_credential

MISSING = b'{"message":"[HTTP] Authorization header is required to call API (401)","statusCode":401}'
MALFORMED = b'{"message":"[HTTP] Invalid authorization header (401)","statusCode":401}'
INVALID = b'{"message":"[HTTP] Invalid credential (401)","statusCode":401}'


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Basic b21lLWFjY2Vzcy10b2tlbg==", id="as documented"),
        pytest.param("basic b21lLWFjY2Vzcy10b2tlbg==", id="scheme in lower case"),
        pytest.param("bAsIc b21lLWFjY2Vzcy10b2tlbg==", id="scheme in mixed case"),
        pytest.param("Basic b21lLWFjY2Vzcy10b2tlbg", id="no padding"),
        pytest.param("Basic b21lLWFjY2Vzcy10b2tlbg=", id="half the padding"),
        pytest.param("Basic b21lLWFjY2Vzcy10b2tlbg=====", id="extra padding"),
        pytest.param("Basic b21lLWFjY2Vzcy10b2tlbg==junk", id="junk after the padding"),
        pytest.param("Basic b21lLWFjY2Vzcy10b2tlbg!junk", id="junk after a character outside the alphabet"),
        pytest.param("Basic b21lLWFjY2Vzcy10b2tlbg== ", id="trailing space"),
        pytest.param("\t Basic b21lLWFjY2Vzcy10b2tlbg==\t", id="space and tab around"),
    ],
)
def test_token_is_accepted_in_every_form_that_the_engine_takes(client: FlaskClient, header: str) -> None:
    answer = client.get("/v1/vhosts", headers={"Authorization": header})
    assert (answer.status_code, answer.data) == (200, b'{"message":"OK","response":["default"],"statusCode":200}')


@pytest.mark.parametrize(
    ("header", "body"),
    [
        pytest.param(None, MISSING, id="no header"),
        pytest.param("", MISSING, id="empty header"),
        pytest.param(" \t ", MISSING, id="blank header"),
        pytest.param("Basic", MALFORMED, id="scheme alone"),
        pytest.param("Basic ", MALFORMED, id="scheme and a space"),
        pytest.param("Basic  b21lLWFjY2Vzcy10b2tlbg==", MALFORMED, id="two spaces"),
        pytest.param("Basic\tb21lLWFjY2Vzcy10b2tlbg==", MALFORMED, id="tab between"),
        pytest.param("Basic b21lLWFjY2Vzcy10b2tlbg== x", MALFORMED, id="three words"),
        pytest.param("b21lLWFjY2Vzcy10b2tlbg==", MALFORMED, id="credential alone"),
        pytest.param(
            "Bearer ome-access-token", b'{"message":"[HTTP] Not supported credential type: Bearer (401)","statusCode":401}', id="bearer"
        ),
        pytest.param(
            "dIgEsT b21lLWFjY2Vzcy10b2tlbg==",
            b'{"message":"[HTTP] Not supported credential type: dIgEsT (401)","statusCode":401}',
            id="other scheme, shown as it was sent",
        ),
        pytest.param("Basic ome-access-token", INVALID, id="token that is not encoded"),
        pytest.param("Basic AAAA", INVALID, id="wrong token"),
        pytest.param("Basic =", INVALID, id="nothing but padding"),
        pytest.param("Basic b21lLWFjY2Vzcy10b2tlbjE=", INVALID, id="token with more behind it"),
        pytest.param("Basic b21lLWFjY2Vzcy10b2tl", INVALID, id="token cut short"),
        pytest.param("Basic T01FLUFDQ0VTUy1UT0tFTg==", INVALID, id="token in upper case"),
        pytest.param("Basic b21lLWFjY2Vzcy10b2tlbgo=", INVALID, id="token and a newline, as echo makes it"),
        pytest.param("Basic b21lLWFjY2Vzcy10b2tlbjo=", INVALID, id="token and a colon, as curl -u makes it"),
        pytest.param("Basic b21lOm9tZS1hY2Nlc3MtdG9rZW4=", INVALID, id="user and token"),
    ],
)
def test_anything_else_is_unauthorized(client: FlaskClient, header: str | None, body: bytes) -> None:
    answer = client.get("/v1/vhosts", headers={} if header is None else {"Authorization": header})
    assert (answer.status_code, answer.data) == (401, body)
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="OvenMediaEngine"'


def test_token_in_the_query_is_not_looked_at(client: FlaskClient) -> None:
    answer = client.get("/v1/vhosts?access_token=ome-access-token&token=ome-access-token")
    assert (answer.status_code, answer.data) == (401, MISSING)


def test_answers_that_are_authorized_ask_for_nothing(get: Get) -> None:
    assert "WWW-Authenticate" not in get("/v1/vhosts").headers
    assert "WWW-Authenticate" not in get("/nope").headers


@pytest.mark.parametrize(
    ("token", "header"),
    [
        pytest.param("user:pass", "Basic dXNlcjpwYXNz", id="user and password"),
        pytest.param("žlutý kůň", "Basic xb5sdXTDvSBrxa/FiA==", id="unicode, as UTF-8"),
        pytest.param("with space", "Basic d2l0aCBzcGFjZQ==", id="space"),
    ],
)
def test_token_may_be_any_text(tmp_path: Path, token: str, header: str) -> None:
    app = create_app(root=tmp_path, access_token=token)
    assert app.extensions["ome_mock"].authorization == header
    assert app.test_client().get("/v1/version", headers={"Authorization": header}).status_code == 200
    default = {"Authorization": "Basic b21lLWFjY2Vzcy10b2tlbg=="}
    assert app.test_client().get("/v1/version", headers=default).data == INVALID


@pytest.mark.parametrize(
    ("header", "error"),
    [
        pytest.param("", AuthorizationMissing, id="missing"),
        pytest.param("Basic", AuthorizationMalformed, id="malformed"),
        pytest.param("Bearer t", CredentialTypeNotSupported("Bearer"), id="other scheme"),
        pytest.param("\x0bBasic t", CredentialTypeNotSupported("\x0bBasic"), id="only CR, LF, tab and space are trimmed"),
        pytest.param("Basic t", CredentialInvalid, id="wrong"),
    ],
)
def test_refusals_are_domain_errors(header: str, error: CredentialTypeNotSupported | type[Any]) -> None:
    kind = error if isinstance(error, type) else type(error)
    with pytest.raises(kind) as raised:
        check_authorization(header, "token")
    assert vars(raised.value) == ({} if isinstance(error, type) else vars(error))


@given(st.binary())
def test_valid_base64_is_decoded_with_padding_and_without(content: bytes) -> None:
    text = base64.b64encode(content).decode()
    assert decode_credential(text) == content
    assert decode_credential(text.rstrip("=")) == content
    assert decode_credential(text.rstrip("=") + "-anything") == content


@given(st.text())
def test_decoding_never_fails(text: str) -> None:
    assert isinstance(decode_credential(text), bytes)


@given(st.text(alphabet="ABCDwxyz0189+/=-_ \n"))
def test_what_follows_the_first_foreign_character_does_not_matter(text: str) -> None:
    assert decode_credential(text + "=") == decode_credential(text + "=AAAA")


@given(st.text(), st.text(min_size=1))
def test_only_the_token_itself_opens(presented: str, token: str) -> None:
    header = "Basic " + base64.b64encode(presented.encode("utf-8", "surrogatepass")).decode()
    if presented == token:
        check_authorization(header, token)
    else:
        with pytest.raises((CredentialInvalid, AuthorizationMalformed)):
            check_authorization(header, token)
