from __future__ import annotations

from ome_mock.recordings.case import Answer, Exchange, Request
from ome_mock.recordings.redaction import redacted, without_access_token

BODY = b'{"id": "p1", "streamKey": "s3cr3t-key", "url": "rtmp://h/a"}'


def exchange(status: int, credentials: str = "Basic b21lOnBhc3M=") -> Exchange:
    request = Request("POST", "/v1/x:startPush?token=abc123&id=7", (("authorization", credentials), ("Cookie", "a=b9")), BODY)
    return Exchange(request, Answer(status, "OK", (("Set-Cookie", "q=77"),), BODY))


def test_accepted_token_is_left_out_always() -> None:
    kept = without_access_token(exchange(200))
    assert kept.request.header("Authorization") == "{AUTHORIZATION}"
    assert kept.request.body == BODY


def test_refused_token_stays_unless_secrets_are_to_go() -> None:
    assert without_access_token(exchange(401)).request.header("Authorization") == "Basic b21lOnBhc3M="
    assert redacted(exchange(401)).request.header("Authorization") == "Basic xxxxxxxxxxx="


def test_secrets_are_masked_and_lengths_stay() -> None:
    kept = redacted(without_access_token(exchange(200)))
    assert kept.request.path == "/v1/x:startPush?token=xxxxxx&id=7"
    assert kept.request.body == kept.answer.body == BODY.replace(b"s3cr3t-key", b"xxxxxx-xxx")
    assert kept.request.header("Authorization") == "{AUTHORIZATION}"
    assert kept.request.header("Cookie") == "x=xx"


def test_bytes_as_sent_are_masked_too() -> None:
    request = Request("GET", "/", (("Authorization", "Basic QQ=="),), sent=b"GET  / HTTP/1.1\r\nAuthorization: Basic QQ==\r\n\r\n")
    kept = redacted(Exchange(request, Answer(401)))
    assert kept.request.sent == b"GET  / HTTP/1.1\r\nAuthorization: Basic xx==\r\n\r\n"
