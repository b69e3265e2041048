"""The HTTP server on the wire: connections, many requests at once, an orderly end (rest-api.md#connections)."""

from __future__ import annotations

import gc
import json
import os
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from raw_http import AUTHORIZATION, TIMEOUT_S, Connection, exchange, request

from ome_mock import OmeMock
from ome_mock.errors import AddressInUse, ConfigurationError
from ome_mock.web.wire.request import LONGEST_BODY
from ome_mock.web.wire.server import HttpServer

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
VHOSTS = b'{"message":"OK","response":["default"],"statusCode":200}'
GET_VHOSTS = request("GET", "/v1/vhosts", AUTHORIZATION)


class Listening(HttpServer):
    """A server of one application on a free port."""

    def __init__(self, application: WSGIApplication, **settings: Any) -> None:
        super().__init__("127.0.0.1")
        self.port = self.listen(application, 0, **settings)


@contextmanager
def serving(application: WSGIApplication, **settings: Any) -> Iterator[Listening]:
    server = Listening(application, **settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Gate:
    """A WSGI application whose `/wait` answers when the gate opens."""

    def __init__(self) -> None:
        self.waiting = threading.Semaphore(0)
        self.opened = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        if environ["PATH_INFO"] == "/wait":
            self.waiting.release()
            assert self.opened.wait(TIMEOUT_S)
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]


def running_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    """Threads that have begun meanwhile and don't end."""
    threads = set(threading.enumerate()) - before
    for thread in threads:
        thread.join(2)
    return [thread for thread in threads if thread.is_alive()]


def eventually(condition: Callable[[], object], within_s: float = TIMEOUT_S) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.002)
    return True


def in_a_thread(function: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    return thread


# Connections


def test_connection_stays_open_whatever_is_answered(ome: OmeMock) -> None:
    with Connection(ome.port) as connection:
        for _ in range(5):
            connection.send(GET_VHOSTS)
            assert connection.answer().body == VHOSTS
            connection.send(request("OPTIONS", "/v1/vhosts"))
            assert connection.answer(has_body=False).status == 204
            connection.send(request("HEAD", "/v1/vhosts", AUTHORIZATION))
            assert connection.answer(has_body=False).header("Content-Length") == "56"
            connection.send(request("GET", "/v1/vhosts"))
            assert connection.answer().status == 401
            connection.send(request("GET", "/nope", AUTHORIZATION))
            assert connection.answer().status == 404
            connection.send(request("POST", f"{STREAM}:startHlsDump", AUTHORIZATION, body=b"{"))
            assert connection.answer().status == 400
            connection.send(request("POST", f"{STREAM}:stopHlsDump", AUTHORIZATION, body=b'{"outputStreamName":"stream","id":"x"}'))
            assert connection.answer().status == 500


def test_answers_to_http_1_1_say_nothing_of_the_connection(ome: OmeMock) -> None:
    answer = exchange(ome.port, GET_VHOSTS)
    assert answer.header("Connection") is None
    assert answer.header("Keep-Alive") is None
    assert answer.header("Transfer-Encoding") is None


@pytest.mark.parametrize("value", ["close", "Close", "CLOSE"])
def test_client_that_asks_for_it_has_its_connection_closed(ome: OmeMock, value: str) -> None:
    with Connection(ome.port) as connection:
        connection.send(request("GET", "/v1/vhosts", AUTHORIZATION, f"Connection: {value}"))
        answer = connection.answer()
        assert (answer.header("Connection"), answer.body) == ("close", VHOSTS)
        assert connection.rest() == b""


def test_client_that_asks_for_just_keep_alive_is_told_of_it(ome: OmeMock) -> None:
    answer = exchange(ome.port, request("GET", "/v1/vhosts", AUTHORIZATION, "Connection: Keep-Alive"))
    assert (answer.header("Connection"), answer.header("Keep-Alive")) == ("Keep-Alive", "timeout=5, max=100")
    answer = exchange(ome.port, request("GET", "/v1/vhosts", AUTHORIZATION, "Connection: keep-alive"))
    assert (answer.header("Connection"), answer.header("Keep-Alive")) == (None, None)


def test_http_1_0_connection_is_closed_after_the_answer(ome: OmeMock) -> None:
    with Connection(ome.port) as connection:
        connection.send(request("GET", "/v1/vhosts", AUTHORIZATION, version="HTTP/1.0"))
        answer = connection.answer()
        assert (answer.status_line, answer.header("Connection"), answer.body) == ("HTTP/1.1 200 OK", "close", VHOSTS)
        assert connection.rest() == b""


@pytest.mark.parametrize("value", ["Keep-Alive", "keep-alive"])
def test_http_1_0_connection_is_kept_where_the_client_asks_for_it(ome: OmeMock, value: str) -> None:
    with Connection(ome.port) as connection:
        for _ in range(3):
            connection.send(request("GET", "/v1/vhosts", AUTHORIZATION, f"Connection: {value}", version="HTTP/1.0"))
            answer = connection.answer()
            assert (answer.header("Connection"), answer.body) == ("Keep-Alive", VHOSTS)


def test_pipelined_requests_are_answered_in_their_order(ome: OmeMock) -> None:
    start = json.dumps({"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps"}).encode()
    address = b'{"outputStreamName":"stream"}'
    with Connection(ome.port) as connection:
        connection.send(
            GET_VHOSTS,
            request("POST", f"{STREAM}:startHlsDump", AUTHORIZATION, body=start),
            request("HEAD", "/v1/vhosts", AUTHORIZATION),
            request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, body=address),
            request("OPTIONS", "/"),
            request("GET", "/nope", AUTHORIZATION, "Connection: close"),
        )
        assert connection.answer().body == VHOSTS
        assert connection.answer().body == b'{"message":"OK","response":["stream","stream2"],"statusCode":200}'
        assert connection.answer(has_body=False).status == 200
        assert json.loads(connection.answer().body)["response"][0]["id"] == "d1"
        assert connection.answer(has_body=False).status == 204
        assert connection.answer().status == 404
        assert connection.rest() == b""


def test_request_may_arrive_in_pieces(ome: OmeMock) -> None:
    message = request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, body=b'{"outputStreamName":"stream"}')
    with Connection(ome.port) as connection:
        for position in range(0, len(message), 20):
            connection.send(message[position : position + 20])
        assert connection.answer().status == 200


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(b"hello you\r\n\r\n", id="two words"),
        pytest.param(b"get /v1/vhosts HTTP/1.1\r\n\r\n", id="method in lower case"),
        pytest.param(b"GET /v1/vhosts HTTP/1.1\r\nno colon\r\n\r\n", id="header without a colon"),
        pytest.param(b"GET /v1/vhosts HTTP/one\r\n\r\n", id="version that is no number"),
        pytest.param(b"GET /v1/vhosts HTTP/1.1 more\r\n\r\n", id="more behind the version"),
        pytest.param(b"GET  /v1/vhosts HTTP/1.1\r\n\r\n", id="two spaces"),
    ],
)
def test_malformed_request_closes_the_connection_without_a_byte(ome: OmeMock, caplog: pytest.LogCaptureFixture, message: bytes) -> None:
    with Connection(ome.port) as connection:
        connection.send(message)
        assert connection.rest() == b""
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith("hung up on a malformed request, as OME does: ")


@pytest.mark.parametrize(
    ("message", "what"),
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "a TLS handshake", id="TLS"),
        pytest.param(b"\r\n\x15", "a TLS alert", id="TLS alert behind an empty line"),
        pytest.param(b"\x03" + b"\0" * 1536, "an RTMP handshake", id="RTMP"),
        pytest.param(b"hello\r\n", "b'hello\\r\\n'", id="one word"),
        pytest.param(b"G\xc3\x96T /v1", "b'G\\xc3\\x96T /v1'", id="method that is not ASCII"),
    ],
)
@pytest.mark.parametrize("port", ["port", "llhls_port"])
def test_bytes_that_are_no_request_close_the_connection_at_once(
    ome: OmeMock, caplog: pytest.LogCaptureFixture, message: bytes, what: str, port: str
) -> None:
    with Connection(getattr(ome, port)) as connection:
        connection.send(message)
        assert connection.rest() == b""
    (said,) = [record.getMessage() for record in caplog.records]
    assert said == f"hung up on bytes that are no request, as OME does: {what} on a port of plain HTTP"


def test_malformed_request_takes_nothing_from_the_answers_before_it(ome: OmeMock) -> None:
    with Connection(ome.port) as connection:
        connection.send(GET_VHOSTS)
        assert connection.answer().body == VHOSTS
        connection.send(b"hello\r\n\r\n")
        assert connection.rest() == b""
    assert exchange(ome.port, GET_VHOSTS).status == 200


def test_client_that_goes_away_harms_nobody(ome: OmeMock) -> None:
    for message in (b"GET /v1/vh", GET_VHOSTS, request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, "Content-Length: 1000")):
        with Connection(ome.port) as connection:
            connection.send(message)
    assert exchange(ome.port, GET_VHOSTS).body == VHOSTS


@pytest.mark.parametrize("more", [(), ("Expect: 100-continue",)], ids=["sent at once", "asked for first"])
def test_body_that_is_too_long_is_refused_in_words_that_are_true(
    ome: OmeMock, caplog: pytest.LogCaptureFixture, more: tuple[str, ...]
) -> None:
    with Connection(ome.port) as connection:
        connection.send(request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, f"Content-Length: {LONGEST_BODY + 1}", *more))
        answer = connection.answer()
        connection.send(b" " * 1_000_000)  # what is on its way does no harm
    assert answer.status_line == "HTTP/1.1 413 Content Too Large"
    assert answer.body == b"ome-mock: a body may have 67108864 bytes; OME has no such limit\n"
    assert caplog.messages == ["refused a request: ome-mock: a body may have 67108864 bytes; OME has no such limit"]


def test_chunked_body_that_grows_too_long_is_refused(ome: OmeMock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ome_mock.web.wire.request.LONGEST_BODY", 1000)
    with Connection(ome.port) as connection:
        connection.send(request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, "Transfer-Encoding: chunked"))
        connection.send(b"800\r\n" + b" " * 2048)
        assert connection.answer().status == 413


def test_longest_body_is_read(ome: OmeMock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ome_mock.web.wire.request.LONGEST_BODY", 100_000)
    body = b'{"outputStreamName":"stream"}'.ljust(100_000)
    assert exchange(ome.port, request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, body=body)).status == 200


def test_body_of_five_megabytes_is_read(ome: OmeMock) -> None:
    fields = {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps", "userData": "x" * 5_000_000}
    body = json.dumps(fields).encode()
    assert exchange(ome.port, request("POST", f"{STREAM}:startHlsDump", AUTHORIZATION, body=body)).status == 200
    answer = exchange(ome.port, request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, body=b'{"outputStreamName":"stream"}'))
    assert len(json.loads(answer.body)["response"][0]["userData"]) == 5_000_000


def test_long_header_and_long_path_are_read(ome: OmeMock) -> None:
    answer = exchange(ome.port, request("GET", "/v1/vhosts/" + "x" * 50_000, AUTHORIZATION, "X-Long: " + "y" * 50_000))
    assert answer.status == 404
    assert len(json.loads(answer.body)["message"]) == len("Could not find the virtual host: [] (404)") + 50_000


def test_header_names_are_in_any_case(ome: OmeMock) -> None:
    assert exchange(ome.port, request("GET", "/v1/vhosts", AUTHORIZATION.replace("Authorization", "aUTHORIZATION"))).status == 200


def test_last_of_two_authorizations_counts(ome: OmeMock) -> None:
    assert exchange(ome.port, request("GET", "/v1/vhosts", "Authorization: Basic AAAA", AUTHORIZATION)).status == 200


def test_ordinary_client_works(ome: OmeMock) -> None:
    connection = HTTPConnection("127.0.0.1", ome.port, timeout=TIMEOUT_S)
    for _ in range(3):
        connection.request("GET", "/v1/vhosts", headers={"Authorization": ome.authorization})
        assert connection.getresponse().read() == VHOSTS
    connection.close()


# Many at once


def test_requests_that_wait_do_not_stall_others() -> None:
    gate = Gate()
    with serving(gate) as server, ExitStack() as stack:
        waiting = [stack.enter_context(Connection(server.port)) for _ in range(50)]
        for connection in waiting:
            connection.send(request("GET", "/wait"))
        for _ in waiting:
            assert gate.waiting.acquire(timeout=TIMEOUT_S)
        for _ in range(3):
            assert exchange(server.port, request("GET", "/now")).body == b"done"
        gate.opened.set()
        assert [connection.answer().body for connection in waiting] == [b"done"] * 50


def test_waiting_request_holds_back_those_behind_it_on_its_connection() -> None:
    gate = Gate()
    with serving(gate) as server, Connection(server.port) as connection:
        connection.send(request("GET", "/wait"), request("HEAD", "/now"))
        assert gate.waiting.acquire(timeout=TIMEOUT_S)
        assert exchange(server.port, request("GET", "/now")).body == b"done"
        gate.opened.set()
        assert connection.answer().body == b"done"
        assert connection.answer(has_body=False).header("Content-Length") == "4"


def test_what_never_waits_is_answered_by_the_loop_and_the_rest_is_not() -> None:
    def name_the_thread(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        name = threading.current_thread().name.encode()
        start_response("200 OK", [("Content-Length", str(len(name)))])
        return [name]

    def never_waits(method: str, target: str) -> bool:
        return (method, target) == ("GET", "/now?")

    with serving(name_the_thread, never_waits=never_waits) as server, Connection(server.port) as connection:
        connection.send(request("GET", "/now?"))
        assert connection.answer().body == b"ome-mock http"
        connection.send(request("PUT", "/now?"), request("GET", "/later"))
        assert connection.answer().body == b"ome-mock request"
        assert connection.answer().body == b"ome-mock request"


def test_what_never_waits_comes_after_the_waiting_request_before_it() -> None:
    gate = Gate()
    with serving(gate, never_waits=lambda _, target: target == "/now") as server, Connection(server.port) as connection:
        connection.send(request("GET", "/now"), request("GET", "/wait"), request("GET", "/now"))
        assert connection.answer().body == b"done"
        assert gate.waiting.acquire(timeout=TIMEOUT_S)
        assert exchange(server.port, request("GET", "/now")).body == b"done"
        gate.opened.set()
        assert [connection.answer().body for _ in range(2)] == [b"done"] * 2


def test_large_answer_of_the_loop_arrives_whole_while_its_client_reads_slowly() -> None:
    large = bytes(range(256)) * 40_000

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(len(large)))])
        return [large]

    with serving(application, never_waits=lambda *_: True) as server, Connection(server.port) as slow:
        slow.send(request("GET", "/"), request("GET", "/"))
        assert exchange(server.port, request("GET", "/")).body == large
        assert [slow.answer().body for _ in range(2)] == [large] * 2


def test_loop_does_not_wait_for_a_client_that_reads_none_of_many_large_answers() -> None:
    large = bytes(10_000_000)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("Content-Length", str(len(large)))])
        return [large]

    with serving(application, never_waits=lambda *_: True) as server, Connection(server.port) as slow:
        slow.send(*[request("GET", "/")] * 5)
        assert exchange(server.port, request("GET", "/")).body == large
        assert all(slow.answer().body == large for _ in range(5))


def test_request_for_which_there_is_no_thread_harms_no_other(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    class NoThread(threading.Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    with serving(Gate(), never_waits=lambda _, target: target == "/now") as server, Connection(server.port) as unlucky:
        monkeypatch.setattr("ome_mock.web.wire.workers.Thread", NoThread)
        unlucky.send(request("GET", "/now"), request("GET", "/later"))
        assert unlucky.answer().body == b"done"
        assert unlucky.rest() == b""
        assert exchange(server.port, request("GET", "/now")).body == b"done"
    assert caplog.messages == ["internal error, please report it: RuntimeError: can't start new thread"]


@pytest.mark.parametrize("at_once", [True, False], ids=["in the loop", "in a thread"])
def test_application_that_fails_ends_its_connection_and_no_other(at_once: bool, caplog: pytest.LogCaptureFixture) -> None:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        if environ["PATH_INFO"] == "/fail":
            raise KeyError("a secret")
        start_response("200 OK", [("Content-Length", "4")])
        return [b"done"]

    with serving(application, never_waits=lambda *_: at_once) as server, Connection(server.port) as unlucky:
        unlucky.send(request("GET", "/now"), request("GET", "/fail"), request("GET", "/now"))
        assert unlucky.answer().body == b"done"
        assert unlucky.rest() == b""
        assert exchange(server.port, request("GET", "/now")).body == b"done"
    assert caplog.messages == ["internal error, please report it: KeyError: 'a secret'"]


def test_head_and_body_go_out_together(ome: OmeMock) -> None:
    with socket.create_connection(("127.0.0.1", ome.port), timeout=TIMEOUT_S) as connection:
        connection.sendall(GET_VHOSTS)
        assert connection.recv(65536).endswith(b"\r\n\r\n" + VHOSTS)


def test_many_clients_at_once_get_their_own_answers(ome: OmeMock) -> None:
    failures: list[str] = []

    def ask(number: int) -> None:
        with Connection(ome.port) as connection:
            for turn in range(10):
                connection.send(request("GET", f"/v1/vhosts/{number}-{turn}", AUTHORIZATION))
                message = json.loads(connection.answer().body)["message"]
                if message != f"Could not find the virtual host: [{number}-{turn}] (404)":
                    failures.append(message)

    threads = [in_a_thread(partial(ask, number)) for number in range(20)]
    for thread in threads:
        thread.join(TIMEOUT_S)
    assert not any(thread.is_alive() for thread in threads)
    assert failures == []


# The end


def test_stop_closes_idle_connections_and_returns() -> None:
    with ExitStack() as stack:
        ome = OmeMock()
        ome.start()
        idle = [stack.enter_context(Connection(ome.port)) for _ in range(10)]
        idle[0].send(GET_VHOSTS)
        assert idle[0].answer().status == 200
        idle[1].send(b"GET /v1/vhosts HTT")
        stopping = in_a_thread(ome.stop)
        stopping.join(2)
        assert not stopping.is_alive()
        assert all(connection.ends_without_a_byte() for connection in idle)


def test_stop_finishes_what_is_being_answered() -> None:
    gate = Gate()
    server = Listening(gate)
    server.start()
    with Connection(server.port) as connection:
        connection.send(request("GET", "/wait"))
        assert gate.waiting.acquire(timeout=TIMEOUT_S)
        stopping = in_a_thread(server.stop)
        gate.opened.set()
        assert connection.answer().body == b"done"
        assert connection.rest() == b""
    stopping.join(TIMEOUT_S)
    assert not stopping.is_alive()


def test_request_that_arrives_during_stop_neither_delays_it_nor_keeps_a_thread() -> None:
    gate, before = Gate(), set(threading.enumerate())
    server = Listening(gate)
    server.start()
    with Connection(server.port) as first, Connection(server.port) as second:
        first.send(request("GET", "/wait"))
        assert gate.waiting.acquire(timeout=TIMEOUT_S)
        stopping = in_a_thread(server.stop)
        assert eventually(lambda: server.is_stopping)
        second.send(request("GET", "/now"))
        assert second.ends_without_a_byte()
        gate.opened.set()
        assert first.answer().body == b"done"
        stopping.join(1)
        assert not stopping.is_alive()
    assert running_threads(before) == []


def test_stopping_twice_is_stopping_once() -> None:
    ome = OmeMock()
    ome.start()
    ome.stop()
    ome.stop()


def test_what_was_stopped_or_runs_is_not_started_again() -> None:
    ome = OmeMock()
    ome.start()
    with pytest.raises(RuntimeError, match=r"^the emulator is running already$"):
        ome.start()
    ome.stop()
    with pytest.raises(RuntimeError, match=r"^the emulator was stopped: make a new one$"):
        ome.start()


def test_stop_within_with_is_allowed() -> None:
    with OmeMock() as ome:
        ome.stop()


def test_no_thread_is_left_after_stop() -> None:
    before = set(threading.enumerate())
    with OmeMock() as ome:
        assert exchange(ome.port, GET_VHOSTS).status == 200
        names = sorted(thread.name for thread in set(threading.enumerate()) - before)
        assert "ome-mock http" in names
    assert running_threads(before) == []


def test_no_thread_is_left_of_a_server_that_grew() -> None:
    gate, before = Gate(), set(threading.enumerate())
    with serving(gate) as server, ExitStack() as stack:
        waiting = [stack.enter_context(Connection(server.port)) for _ in range(20)]
        for connection in waiting:
            connection.send(request("GET", "/wait"))
        for _ in waiting:
            assert gate.waiting.acquire(timeout=TIMEOUT_S)
        gate.opened.set()
        for connection in waiting:
            connection.answer()
    assert running_threads(before) == []


def test_answer_that_comes_when_the_server_is_gone_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ome_mock.web.wire.server.STOP_TIMEOUT_S", 0)
    gate, before = Gate(), set(threading.enumerate())
    with serving(gate) as server, Connection(server.port) as connection:
        connection.send(request("GET", "/wait"))
        assert gate.waiting.acquire(timeout=TIMEOUT_S)
        server.stop()  # it is stopped again at the end
        assert connection.ends_without_a_byte()
        gate.opened.set()
        assert running_threads(before) == []


def test_no_file_descriptor_is_left_after_stop() -> None:
    directory = "/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"
    before = len(os.listdir(directory))
    for _ in range(5):
        with OmeMock() as ome:
            assert exchange(ome.port, GET_VHOSTS).status == 200
        OmeMock().stop()
    assert len(os.listdir(directory)) < before + 5


def test_port_is_free_again_after_stop() -> None:
    with OmeMock() as ome:
        port = ome.port
    with OmeMock(port=port) as again:
        assert again.port == port
        assert exchange(port, GET_VHOSTS).body == VHOSTS


def test_client_is_refused_after_stop() -> None:
    with OmeMock() as ome:
        port = ome.port
    with pytest.raises(ConnectionRefusedError):
        Connection(port)


def test_emulator_that_was_never_started_gives_its_port_back() -> None:
    ome = OmeMock()
    ome.stop()
    with pytest.raises(ConnectionRefusedError):
        Connection(ome.port)


# The port


def test_port_0_takes_a_free_port() -> None:
    with OmeMock(port=0) as one, OmeMock() as other:
        assert one.port != other.port
        assert one.url == f"http://127.0.0.1:{one.port}"
        assert 1024 <= one.port <= 65535


def test_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressInUse, match=f"^port {port} on 127.0.0.1 is taken; --port 0 takes a free one$"):
            OmeMock(port=port)


def test_port_of_another_emulator_is_taken() -> None:
    with OmeMock() as ome, pytest.raises(AddressInUse):
        OmeMock(port=ome.port)


def test_address_that_is_not_of_this_machine_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"^can't listen on 192\.0\.2\.1, port 0: "):
        OmeMock(host="192.0.2.1")


@pytest.mark.parametrize("port", [-1, 65_536])
def test_port_that_can_not_be_is_a_configuration_error(port: int) -> None:
    kind: type[Exception] | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            OmeMock(port=port)
        except Exception as error:  # noqa: BLE001
            kind = type(error)
        gc.collect()
    assert kind is ConfigurationError


def test_ipv6_is_served() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    with OmeMock(host="::1") as ome:
        assert ome.url == f"http://[::1]:{ome.port}"
        with Connection(ome.port, "::1") as connection:
            connection.send(GET_VHOSTS)
            assert connection.answer().body == VHOSTS


def test_two_emulators_share_nothing(tmp_path: Path) -> None:
    start = json.dumps({"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps"}).encode()
    with OmeMock(root=tmp_path / "one") as one, OmeMock(root=tmp_path / "two", access_token="other") as two:
        one.clock.advance(60)
        one.connect("default/app/more")
        assert exchange(one.port, request("POST", f"{STREAM}:startHlsDump", AUTHORIZATION, body=start)).status == 200
        assert exchange(two.port, GET_VHOSTS).status == 401
        authorization = f"Authorization: {two.authorization}"
        answer = exchange(two.port, request("GET", "/v1/vhosts/default/apps/app/streams", authorization))
        assert json.loads(answer.body)["response"] == ["stream"]
        assert answer.header("Date") == "Thu, 01 Jan 2026 00:00:00 GMT"
        assert (len(one.dumps), len(two.dumps)) == (1, 0)
        assert list((tmp_path / "two").iterdir()) == []
        one.stop()
        assert exchange(two.port, request("GET", "/v1/vhosts", authorization)).status == 200


def test_emulator_that_is_not_started_yet_refuses_clients_at_once() -> None:
    ome = OmeMock()
    for port in (ome.port, ome.llhls_port):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
    with ome:
        socket.create_connection(("127.0.0.1", ome.port), timeout=5).close()
