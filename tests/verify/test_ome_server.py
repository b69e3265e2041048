"""The surface that an emulator in this process and a server elsewhere have in common; an emulator stands in for the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ome_mock import OmeMock, RequestRefused
from ome_mock.contract.ome_server import NotOnServer, OmeServer
from ome_mock.contract.surface import Ome

STREAM = "default/app/stream"


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[OmeMock]:
    with OmeMock(root=tmp_path / "disk") as emulator:
        yield emulator


@pytest.fixture
def server(emulator: OmeMock, tmp_path: Path) -> Iterator[OmeServer]:
    server = OmeServer(emulator.url, access_token=emulator.access_token, files=tmp_path / "disk", out="/dumps")
    yield server
    server.close()


@pytest.fixture(params=["emulator", "server"])
def ome(request: pytest.FixtureRequest) -> Ome:
    ome: Ome = request.getfixturevalue(request.param)
    return ome


def test_dump_is_started_read_and_stopped(ome: Ome, emulator: OmeMock) -> None:
    started = ome.start_dump(ome.name("d1"), output_path=ome.path("d1"), info_file=ome.path("d1.info"))
    emulator.clock.advance(7)
    dump = ome.dumps[STREAM, ome.name("d1")]
    assert (dump.id, dump.stream, dump.status, dump.enabled) == (started.id, STREAM, "Running", True)
    assert any(path.match("seg_0_*") for path in dump.files)
    assert dump.info_file == ome.on_disk(ome.path("d1.info"))
    assert [ome.on_disk(path) for _, path in dump.items if "init_0" in path] == [path for path in dump.files if path.match("init_0*")]
    ome.stop_dump(dump.id)
    assert (ome.dumps[dump.id].status, ome.dumps[dump.id].enabled) == ("Completed", False)


def test_refusal_has_the_words_of_the_api(ome: Ome) -> None:
    ome.start_dump(ome.name("d1"), output_path=ome.path("d1"))
    with pytest.raises(RequestRefused) as refused:
        ome.start_dump(ome.name("d1"), output_path=ome.path("d2"))
    assert str(refused.value) == f"Could not start dump: [{STREAM}] (Duplicate ID)"
    with pytest.raises(RequestRefused, match="Could not find the stream"):
        ome.stop_dump("d1", stream="default/app/nope")


def test_dumps_of_others_are_left_alone(emulator: OmeMock, server: OmeServer) -> None:
    emulator.start_dump("theirs", output_path="/theirs")
    own = server.start_dump(server.name("mine"))
    by_client = server.start_dump("of-the-client", output_path=server.path("x"))
    server.close()
    assert {dump.id: dump.enabled for dump in emulator.dumps.all} == {"theirs": True, own.id: False, by_client.id: False}


@pytest.mark.parametrize("name", ["faults", "journal", "reset", "held_requests"])
def test_what_a_server_can_not_have_is_said(name: str, server: OmeServer) -> None:
    with pytest.raises(NotOnServer, match=name):
        getattr(server, name)


def test_clock_of_a_server_can_not_be_turned(server: OmeServer) -> None:
    with pytest.raises(NotOnServer, match=r"clock\.advance_to"):
        server.clock.advance_to(0)


def test_encoder_needs_an_address(server: OmeServer) -> None:
    with pytest.raises(NotOnServer, match="--ome-rtmp"):
        server.connect("default/app/camera")
    with pytest.raises(NotOnServer, match="not this test's"):
        server.disconnect(STREAM)


def test_files_that_are_not_mounted_are_said(emulator: OmeMock) -> None:
    server = OmeServer(emulator.url, access_token=emulator.access_token)
    dump = server.start_dump(server.name("d1"), output_path="/d1", info_file="/d1.info")
    assert dump.status == "Running"
    with pytest.raises(NotOnServer, match="--ome-files"):
        _ = dump.files
    server.close()
