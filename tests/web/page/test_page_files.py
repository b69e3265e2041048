"""Dumped files and live streams, as the page's players read them."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import pytest
from fixture_types import Get
from raw_http import AUTHORIZATION, Connection, exchange, request

from ome_mock import OmeMock, create_app, faults
from ome_mock.emulator import Emulator

DUMP = "/_mock/dumps/default/app/stream/d1"
LIVE = "/_mock/live/default/app/stream"


@pytest.fixture
def dump(emulator: Emulator) -> Path:
    """The directory of a dump that has run for six seconds."""
    emulator.start_dump("d1", info_file="/d1.info", user_data="job=42")
    emulator.clock.advance(6)
    return emulator.dumps["d1"].files[0].parent


def test_dump_is_told_with_its_writes_on_the_time_of_its_media(get: Get, dump: Path) -> None:
    told = get(DUMP).json
    assert {name: told[name] for name in ("id", "status", "outputPath", "infoFile", "userData", "mediaMs", "next", "count")} == {
        "id": "d1",
        "status": "Running",
        "outputPath": "/dumps/d1",
        "infoFile": "/d1.info",
        "userData": "job=42",
        "mediaMs": 69200,
        "next": 16,
        "count": 16,
    }
    assert [(track["id"], track["kind"]) for track in told["tracks"]] == [(0, "video"), (1, "video"), (2, "audio")]
    open_segment, complete = [item for item in told["items"] if item["kind"] == "segment" and item["track"] == 0]
    assert open_segment["file"] == complete["file"]
    assert (open_segment["isComplete"], open_segment["at"], open_segment["atMs"]) == (False, "2026-01-01T00:00:00.000+00:00", 63200)
    assert (complete["isComplete"], complete["at"], complete["atMs"]) == (True, "2026-01-01T00:00:02.821+00:00", 66021)
    assert (complete["number"], complete["beginsMs"], complete["lastsMs"]) == (10, 60021, 6000)
    assert complete["size"] == (dump / complete["file"]).stat().st_size
    assert [item["kind"] for item in told["items"][-2:]] == ["segment", "chunklist"]


def test_page_goes_on_from_what_it_has(get: Get, dump: Path) -> None:
    assert [item["seq"] for item in get(f"{DUMP}?from=14").json["items"]] == [14, 15]
    assert get(f"{DUMP}?from=16").json["items"] == []


def test_segment_that_is_not_on_disk_has_no_size(get: Get, emulator: Emulator) -> None:
    emulator.faults.arm(faults.SkippedFile(file="seg_1_*"))
    emulator.start_dump("d1")
    sizes = {item["track"]: item["size"] for item in get(DUMP).json["items"] if item["kind"] == "segment"}
    assert sizes[1] is None
    assert sizes[0] > 0


def test_dumped_files_are_sent_as_they_lie_on_disk(get: Get, dump: Path) -> None:
    for path in dump.iterdir():
        answer = get(f"{DUMP}/files/{path.name}")
        assert answer.data == path.read_bytes()
        assert answer.headers["Content-Type"] == ("application/vnd.apple.mpegurl" if path.suffix == ".m3u8" else "video/mp4")


def test_info_file_is_sent_whole_or_its_end_alone(get: Get, emulator: Emulator, dump: Path) -> None:
    text = emulator.on_disk("/d1.info").read_bytes()
    assert get(f"{DUMP}/info-file").data == text
    assert get(f"{DUMP}/info-file?last=20").data == text[-20:]
    assert get(f"{DUMP}/info-file?last=99999999").data == text


@pytest.mark.parametrize(
    "path",
    ["/files/nope.m4s", "/files/../d1.info", "/files/..%2Fd1.info", "/files/%2Fetc%2Fpasswd", "/files/", "/files", "/nope", "/info-file/x"],
)
def test_other_files_are_not_sent(ome: OmeMock, path: str) -> None:
    ome.start_dump("d1", info_file="/d1.info")
    assert exchange(ome.port, request("GET", DUMP + path, AUTHORIZATION)).status == 404


def test_file_that_became_a_link_is_not_followed(get: Get, dump: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("elsewhere") / "secret"
    secret.write_text("secret")
    (dump / "llhls.m3u8").unlink()
    (dump / "llhls.m3u8").symlink_to(secret)
    answer = get(f"{DUMP}/files/llhls.m3u8")
    assert (answer.status_code, answer.json["message"]) == (404, "llhls.m3u8 can't be read: Too many levels of symbolic links")


def test_directory_that_became_a_link_is_not_followed(get: Get, dump: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "llhls.m3u8").write_text("secret")
    os.rename(dump, dump.with_name("aside"))
    dump.symlink_to(elsewhere)
    assert get(f"{DUMP}/files/llhls.m3u8").status_code == 404


def test_fifo_is_not_waited_for(get: Get, dump: Path) -> None:
    (dump / "llhls.m3u8").unlink()
    os.mkfifo(dump / "llhls.m3u8")
    assert get(f"{DUMP}/files/llhls.m3u8").status_code == 404


@pytest.mark.parametrize("dump_id", ["a b", "a/b", "/x//y", "ü%41", "<img onerror=alert(1)>", "..", "?#"])
def test_ids_of_dumps_may_be_any_text(ome: OmeMock, dump_id: str) -> None:
    ome.start_dump(dump_id, output_path="/odd")
    path = f"/_mock/dumps/default/app/stream/{quote(dump_id, safe='')}"
    assert exchange(ome.port, request("GET", path, AUTHORIZATION)).status == 200
    assert exchange(ome.port, request("GET", f"{path}/files/llhls.m3u8", AUTHORIZATION)).body.startswith(b"#EXTM3U")


def test_names_in_paths_of_the_control_api_are_decoded(ome: OmeMock) -> None:
    name = "<img onerror=alert(1)> ü"
    answer = exchange(ome.port, request("PUT", f"/_mock/streams/default/app/{quote(name)}", AUTHORIZATION))
    assert answer.status == 200
    ome.clock.advance(2)
    assert ome.engine.input_stream("default", "app", name).path.stream == name


# Live streams


def test_live_lists_need_no_session_and_name_no_path(ome: OmeMock) -> None:
    master = exchange(ome.port, request("GET", f"{LIVE}/llhls.m3u8", AUTHORIZATION, "Origin: http://elsewhere.example"))
    (uri,) = [line for line in master.body.decode().splitlines() if line and not line.startswith("#")]
    assert uri.startswith("chunklist_0_video_")
    assert "?" not in uri
    assert not [name for name in master.header_names if name.startswith("Access-Control-")]
    chunklist = exchange(ome.port, request("GET", f"{LIVE}/{uri}", AUTHORIZATION)).body.decode()
    segment = next(line for line in chunklist.splitlines() if line.startswith("seg_"))
    assert exchange(ome.port, request("GET", f"{LIVE}/{segment}", AUTHORIZATION)).body[4:8] == b"moof"


def test_page_that_watches_is_not_in_the_journal_and_asks_no_control_server(tmp_path: Path) -> None:
    with OmeMock(root=tmp_path, admission_webhooks="http://127.0.0.1:9/asked", streams=["default/app/stream"]) as ome:
        assert exchange(ome.port, request("GET", f"{LIVE}/llhls.m3u8", AUTHORIZATION)).status == 200
        assert ome.journal.exchanges == []
        assert ome.journal.callbacks == []


def test_reload_of_the_page_is_held_and_not_counted(ome: OmeMock) -> None:
    with Connection(ome.port) as connection:
        connection.send(request("GET", f"{LIVE}/chunklist_0_video_9BfpuA3z_llhls.m3u8?_HLS_msn=10&_HLS_part=8", AUTHORIZATION))
        connection.send(request("GET", "/_mock/health"))
        ome.wait_for_held_requests(0)
        ome.clock.advance(5)
        assert b"part_0_10_8_" in connection.answer().body


@pytest.mark.parametrize(
    "path", ["/_mock/live/default/app/nope/llhls.m3u8", f"{LIVE}/nope", f"{LIVE}/nope.m3u8", "/_mock/live/default/app"]
)
def test_live_file_that_there_is_not(get: Get, path: str) -> None:
    assert get(path).status_code == 404


def test_deep_chunklist_paths_of_a_world_do_not_lead_off_the_page(tmp_path: Path) -> None:
    xml = files("ome_mock.worlds").joinpath("default.xml").read_text()
    deep = xml.replace(
        "<FileName>abr</FileName>", "<FileName>abr</FileName><Options><HLSChunklistPathDepth>-1</HLSChunklistPathDepth></Options>"
    )
    assert deep != xml
    app = create_app(root=tmp_path, config=deep.encode(), streams=["default/app/stream"])
    answer = app.test_client().get(f"{LIVE}/abr.m3u8", headers={"Authorization": app.extensions["ome_mock"].authorization})
    uris = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    assert len(uris) == 2
    assert not [uri for uri in uris if "/" in uri]
