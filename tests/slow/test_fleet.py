"""Two emulators behind a real HAProxy with the configuration of `deploy/`: who meets whom, and what a restart does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import pytest
from raw_http import Connection
from served import AUTHORIZATION, TIMEOUT_S, wait_until

from benchmarks.fleets import BALANCER, Fleet, address, balanced, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

APPLICATIONS = [f"app{number}" for number in range(12)]
VIRTUAL_HOSTS = r"""
^cameras\.example\.com$ cameras
^.*\.example\.com$ doors
^.*$ default
"""


class Answer(NamedTuple):
    status: int
    emulator: str | None
    body: bytes


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with balanced(Fleet(tmp_path_factory.mktemp("fleet"), 2, virtual_hosts=VIRTUAL_HOSTS)) as fleet:
        connect(fleet, APPLICATIONS)
        yield fleet


def ask(fleet: Fleet, method: str, path: str, body: object = None, *, port: int | None = None, host: str = "localhost") -> Answer:
    """Ask the balancer, or the address in `host` at another port."""
    connection = HTTPConnection(BALANCER, port or fleet.port, timeout=TIMEOUT_S)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), {"Authorization": AUTHORIZATION, "Host": host})
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheader("X-Emulator"), answer.read())
    finally:
        connection.close()


def connect(fleet: Fleet, apps: Sequence[str]) -> None:
    with ThreadPoolExecutor(len(apps)) as pool:
        answers = pool.map(lambda app: ask(fleet, "PUT", f"/_mock/streams/default/{app}/stream", {"ready": True}), apps)
    assert {answer.status for answer in answers} == {200}


def restart(fleet: Fleet, number: int) -> None:
    """Start an emulator that is down, with the encoders that it had."""
    fleet.start(number)
    connect(fleet, [app for app in APPLICATIONS if emulator_of(fleet, app) == f"ome-mock-{number}"])


def emulator_of(fleet: Fleet, app: str) -> str:
    return str(ask(fleet, "GET", f"/v1/vhosts/default/apps/{app}").emulator)


def test_whatever_concerns_an_application_meets_one_emulator(fleet: Fleet) -> None:
    met = {}
    for app in APPLICATIONS:
        base = f"/v1/vhosts/default/apps/{app}"
        asked = [
            ask(fleet, "GET", base),
            ask(fleet, "GET", f"{base}?a=/v1/vhosts/x/apps/y"),
            ask(fleet, "GET", f"{base}/streams/stream"),
            ask(fleet, "POST", f"{base}:records", {}),
            ask(fleet, "GET", f"/v1/stats/current/vhosts/default/apps/{app}"),
            ask(fleet, "GET", f"/v1/stats/current/vhosts/default/apps/{app}/streams/stream"),
            ask(fleet, "GET", f"{base}:"),
            ask(fleet, "POST", f"{base}/streams/stream:hlsDumps", {"outputStreamName": "stream"}),
            ask(fleet, "POST", f"/_mock/streams/default/{app}/stream:stall", {"seconds": 0}),
            ask(fleet, "GET", f"/{app}/stream/llhls.m3u8", port=fleet.llhls_port),
            ask(fleet, "GET", f"/{app}/stream/llhls.m3u8?a=/b/c", port=fleet.llhls_port, host="LOCALHOST:3333"),
        ]
        met[app] = {answer.emulator for answer in asked}
        assert [answer.status for answer in asked if answer.status >= 500] == []
    assert [app for app, emulators in met.items() if len(emulators) != 1] == []
    assert {emulator for emulators in met.values() for emulator in emulators} == {"ome-mock-0", "ome-mock-1"}


def test_dump_is_written_by_the_emulator_of_its_application(fleet: Fleet) -> None:
    for app in APPLICATIONS:
        start = {"outputStreamName": "stream", "id": "d1", "outputPath": f"/{app}"}
        answer = ask(fleet, "POST", f"/v1/vhosts/default/apps/{app}/streams/stream:startHlsDump", start)
        assert answer.status == 200
        written = fleet.directory / str(answer.emulator) / app
        wait_until(lambda: list(written.glob("init_*")))  # noqa: B023 (it is called here alone)


@pytest.mark.parametrize(
    ("host", "vhost"),
    [("cameras.example.com", "cameras"), ("Cameras.Example.COM:3333", "cameras"), ("a.b.example.com", "doors"), ("example.org", "default")],
)
def test_players_meet_the_emulator_that_the_api_of_their_virtual_host_meets(fleet: Fleet, host: str, vhost: str) -> None:
    for app in APPLICATIONS:
        player = ask(fleet, "GET", f"/{app}/stream/llhls.m3u8", port=fleet.llhls_port, host=host)
        assert player.emulator == ask(fleet, "GET", f"/v1/vhosts/{vhost}/apps/{app}").emulator


def test_player_without_a_host_header_is_one_of_the_last_virtual_host(fleet: Fleet) -> None:
    for app in APPLICATIONS:
        with Connection(fleet.llhls_port) as connection:
            connection.send(f"GET /{app}/stream/llhls.m3u8 HTTP/1.0\r\n\r\n".encode())
            assert dict(connection.answer().headers)["x-emulator"] == emulator_of(fleet, app)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/version",
        "/v1/vhosts",
        "/v1/vhosts/default",
        "/v1/vhosts/default/apps",
        "/v1/vhosts/default/apps/",
        "/v1/stats/current",
        "/_mock/health",
    ],
)
def test_what_concerns_no_application_goes_to_the_first(fleet: Fleet, path: str) -> None:
    assert ask(fleet, "GET", path).emulator == "ome-mock-0"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/_mock/clock/advance"), ("POST", "/_mock/reset"), ("GET", "/_mock/metrics"), ("POST", "/_mock/faults")]
)
def test_what_is_about_one_emulator_is_asked_of_it_and_not_of_the_balancer(fleet: Fleet, method: str, path: str) -> None:
    answer = ask(fleet, method, path)
    assert (answer.status, json.loads(answer.body)["statusCode"]) == (421, 421)
    connection = HTTPConnection(address(1), fleet.port, timeout=TIMEOUT_S)
    connection.request("GET", "/_mock/clock", headers={"Authorization": AUTHORIZATION})
    assert connection.getresponse().status == 200
    connection.close()


def chunklist_of(fleet: Fleet, app: str) -> str | None:
    """The path of a chunklist of an application's stream, None while the stream isn't ready."""
    master = ask(fleet, "GET", f"/{app}/stream/llhls.m3u8", port=fleet.llhls_port).body.decode()
    return next((line for line in master.splitlines() if line.startswith(f"/{app}/stream/chunklist")), None)


def test_held_reload_is_held_behind_the_balancer(fleet: Fleet) -> None:
    chunklist = wait_until(lambda: chunklist_of(fleet, "app0"))  # a stream is ready one segment after its encoder came
    listed = ask(fleet, "GET", chunklist, port=fleet.llhls_port).body.decode()
    (first,) = re.findall(r"#EXT-X-MEDIA-SEQUENCE:(\d+)", listed)
    following = int(first) + listed.count("#EXTINF")
    held = ask(fleet, "GET", f"{chunklist}&_HLS_msn={following}", port=fleet.llhls_port)
    assert held.status == 200
    assert int(first) + held.body.decode().count("#EXTINF") > following


def test_application_of_an_emulator_that_is_down_answers_503_and_no_other_moves(fleet: Fleet) -> None:
    before = {app: emulator_of(fleet, app) for app in APPLICATIONS}
    fleet.stop(1)
    try:
        down = {app: ask(fleet, "GET", f"/v1/vhosts/default/apps/{app}/streams") for app in APPLICATIONS}
        player = {app: ask(fleet, "GET", f"/{app}/stream/llhls.m3u8", port=fleet.llhls_port) for app in APPLICATIONS}
    finally:
        restart(fleet, 1)
    for app, emulator in before.items():
        assert (down[app].status, down[app].emulator) == ((503, "ome-mock-1") if emulator == "ome-mock-1" else (200, "ome-mock-0"))
        assert (player[app].status == 503) == (emulator == "ome-mock-1")
        if emulator == "ome-mock-1":
            assert json.loads(down[app].body) == {"message": "balancer: the emulator of this application is down (503)", "statusCode": 503}
    assert {app: emulator_of(fleet, app) for app in APPLICATIONS} == before
    assert {ask(fleet, "GET", f"/v1/vhosts/default/apps/{app}/streams").status for app in APPLICATIONS} == {200}


def test_requests_meet_one_emulator_while_the_other_is_restarted(fleet: Fleet) -> None:
    """Every client keeps its connection, as clients do."""
    met: dict[str, set[tuple[str | None, int]]] = {app: set() for app in APPLICATIONS}
    is_over = Event()
    clients = [Thread(target=hammer, args=(fleet, app, met[app], is_over)) for app in APPLICATIONS]
    for client in clients:
        client.start()
    fleet.stop(1)
    restart(fleet, 1)
    is_over.set()
    for client in clients:
        client.join()
    assert {len({emulator for emulator, _ in answers}) for answers in met.values()} == {1}
    assert {status for answers in met.values() for emulator, status in answers if emulator == "ome-mock-0"} == {200}
    restarted = {status for answers in met.values() for emulator, status in answers if emulator == "ome-mock-1"}
    assert {200, 503} <= restarted <= {200, 404, 502, 503}  # 404 until its encoder comes again, 502 of a request that it left unanswered


def hammer(fleet: Fleet, app: str, met: set[tuple[str | None, int]], is_over: Event) -> None:
    connection = HTTPConnection(BALANCER, fleet.port, timeout=TIMEOUT_S)
    while not is_over.is_set():
        connection.request("GET", f"/v1/vhosts/default/apps/{app}", headers={"Authorization": AUTHORIZATION})
        try:
            answer = connection.getresponse()
        except ConnectionError:  # its emulator ended before it answered
            connection.close()
            continue
        answer.read()
        met.add((answer.getheader("X-Emulator"), answer.status))
    connection.close()


def test_another_emulator_takes_its_share_and_moves_nothing_else(tmp_path: Path) -> None:
    """The first alone is up: the others answer 503, with their names."""
    shares = []
    for count in (2, 3):
        fleet = Fleet(tmp_path, count)
        try:
            fleet.start(0)
            fleet.start_balancer()
            shares.append([emulator_of(fleet, f"app{number}") for number in range(300)])
        finally:
            fleet.close()
    moved = [after for before, after in zip(*shares, strict=True) if after != before]
    assert set(moved) == {"ome-mock-2"}
    assert 60 < len(moved) < 140
    assert {shares[0].count(name) // 100 for name in ("ome-mock-0", "ome-mock-1")} == {1}
