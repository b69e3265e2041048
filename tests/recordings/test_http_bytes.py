from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ome_mock.recordings.case import Answer, Exchange, Request
from ome_mock.recordings.conversation import Conversation
from ome_mock.recordings.http_bytes import cut_answer, decode_request, encode_request

PLAIN = b'POST /v1/x:stopHlsDump?a=b HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 9\r\n\r\n{"a":\xff 1}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nServer: OvenMediaEngine\r\n\r\nok"

ODD = {
    "two spaces": b"GET  /v1/vhosts HTTP/1.1\r\nHost: h\r\n\r\n",
    "no space after a colon": b"GET / HTTP/1.1\r\nHost:h\r\n\r\n",
    "another version": b"GET / HTTP/1.0\r\nHost: h\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "line feeds alone": b"GET / HTTP/1.1\nHost: h\n\n",
    "no HTTP": b"\x16\x03\x01\x02\x00",
    "a cut head": b"GET / HT",
    "nothing of a body": b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n",
}


def test_plain_request_is_said_by_its_fields() -> None:
    request = decode_request(PLAIN)
    assert request.sent is None
    assert (request.method, request.path, request.body) == ("POST", "/v1/x:stopHlsDump?a=b", b'{"a":\xff 1}')
    assert [value for name, value in request.headers if name.lower() == "x-a"] == ["1", "2"]
    assert encode_request(request) == PLAIN


@pytest.mark.parametrize("sent", ODD.values(), ids=ODD)
def test_odd_request_is_sent_again_byte_for_byte(sent: bytes) -> None:
    assert encode_request(decode_request(sent)) == sent


@given(st.binary(max_size=200))
def test_any_bytes_are_sent_again_as_they_were(sent: bytes) -> None:
    assert encode_request(decode_request(sent)) == sent


def test_request_without_a_length_gets_one() -> None:
    assert encode_request(Request("POST", "/", body=b"abc")) == b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"


ANSWERS = {
    "a length": (ANSWER, "GET", Answer(200, "OK", (("Content-Length", "2"), ("Server", "OvenMediaEngine")), b"ok")),
    "HEAD": (ANSWER[:-2], "HEAD", Answer(200, "OK", (("Content-Length", "2"), ("Server", "OvenMediaEngine")), b"")),
    "no content": (b"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n", "OPTIONS", Answer(204, "No Content", (("A", "b"),))),
    "chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n",
        "GET",
        Answer(200, "OK", (("Transfer-Encoding", "chunked"),), b"abcde"),
    ),
    "an interim answer": (
        b"HTTP/1.1 100 Continue\r\n\r\n" + ANSWER,
        "POST",
        Answer(200, "OK", (("Content-Length", "2"), ("Server", "OvenMediaEngine")), b"ok"),
    ),
}


@pytest.mark.parametrize(("received", "method", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_answer_is_whole_with_its_last_byte(received: bytes, method: str, answer: Answer) -> None:
    assert all(cut_answer(received[:length], method) is None for length in range(len(received)))
    cut = cut_answer(received + b"HTTP/1.1 500", method)
    assert cut is not None
    assert (cut.answer, cut.size) == (answer, len(received))


def test_answer_without_a_length_ends_with_the_connection() -> None:
    received = b"HTTP/1.1 200 OK\r\n\r\nto the end"
    assert cut_answer(received, "GET") is None
    cut = cut_answer(received, "GET", is_closed=True)
    assert cut is not None
    assert cut.answer.body == b"to the end"


@given(st.data())
def test_however_bytes_arrive_the_exchanges_are_the_same(data: st.DataObject) -> None:
    both = [(PLAIN, ANSWER), (ODD["two spaces"], ANSWERS["chunks"][0]), (b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n", ANSWER[:-2])]
    conversation, seen = Conversation(), list[Exchange]()
    for sent, answered in both:
        cut = data.draw(st.integers(0, len(sent)))
        for piece in (sent[:cut], sent[cut:]):
            conversation.client_sent(piece)
        cut = data.draw(st.integers(0, len(answered)))
        for piece in (answered[:cut], answered[cut:]):
            seen += conversation.server_sent(piece)
    assert [encode_request(each.request) for each in seen] == [sent for sent, _ in both]
    assert [each.answer.body for each in seen] == [b"ok", b"abcde", b""]
    assert conversation.is_idle


def test_pipelined_requests_are_paired_with_their_answers() -> None:
    conversation = Conversation()
    conversation.client_sent(PLAIN + b"GET /2 HTTP/1.1\r\nHost: h\r\n\r\n")
    seen = [*conversation.server_sent(ANSWER), *conversation.server_sent(ANSWER)]
    assert [each.request.path for each in seen] == ["/v1/x:stopHlsDump?a=b", "/2"]


def test_request_without_an_answer_is_kept_at_the_end() -> None:
    conversation = Conversation()
    conversation.client_sent(PLAIN)
    assert [each.answer.status for each in conversation.closed()] == [None]
