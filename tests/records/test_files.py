"""What records leave on disk (documentation of recording; none of the engine's files is recorded)."""

from __future__ import annotations

import json
import stat
from datetime import UTC
from importlib.resources import files
from pathlib import Path
from typing import Any

import av
import pytest
import xmltodict
from fixture_types import Answer, Record

from ome_mock.emulator import Emulator
from ome_mock.timestamps import iso_time

APP = "/v1/vhosts/default/apps/app"
STREAM = {"name": "stream"}


def duration_s(path: Path, video: int = 0) -> float:
    with av.open(path) as container:
        packets: list[Any] = [packet for packet in container.demux(video=video) if packet.size]
    return float((packets[-1].pts - packets[0].pts + packets[-1].duration) * packets[0].time_base)


def files_of(path: Path) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = xmltodict.parse(path.read_bytes(), force_list=["file"])["files"]["file"]
    return listed


@pytest.mark.parametrize("extension", ["mp4", "ts"])
def test_record_is_a_file_that_plays_once_it_is_stopped(emulator: Emulator, record: Record, tmp_path: Path, extension: str) -> None:
    record("startRecord", id="r", stream=STREAM, filePath=f"/out/r.{extension}")
    emulator.clock.advance(20)
    assert not (tmp_path / f"out/r.{extension}").exists()
    stopped = record("stopRecord", id="r")
    with av.open(tmp_path / f"out/r.{extension}") as container:
        assert sorted(stream.type for stream in container.streams) == ["audio", "video", "video"]
    assert duration_s(tmp_path / f"out/r.{extension}") == pytest.approx(stopped["recordTime"] / 1000, abs=0.04)
    assert 19 < stopped["recordTime"] / 1000 <= 20


def test_interval_splits_files_at_key_frames(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/${Id}_${Sequence}.mp4", interval=5000)
    emulator.clock.advance(18)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["r_0.mp4", "r_1.mp4", "r_2.mp4"]
    record("stopRecord", id="r")
    lengths = [duration_s(tmp_path / f"out/r_{sequence}.mp4") for sequence in range(4)]
    assert lengths[:3] == pytest.approx([5, 5, 5], abs=0.04)
    assert sum(lengths) == pytest.approx(17.2, abs=0.6)


def test_schedule_splits_files_by_the_clock_on_the_wall(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/${Sequence}.ts", schedule="*/10 * *")
    emulator.clock.advance(31)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0.ts", "1.ts", "2.ts"]
    assert [duration_s(tmp_path / "out/1.ts", video) for video in (0, 1)] == pytest.approx([10, 10], abs=0.04)


def test_journal_notes_a_file_of_information_when_the_file_ended_that_it_lists_last(
    emulator: Emulator, record: Record, tmp_path: Path
) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/${Sequence}.ts", infoPath="/out/info.xml", interval=5000)
    emulator.clock.advance(18)
    noted = [iso_time(write.at_ns, UTC) for write in emulator.journal.writes]
    assert noted == [file["finishTime"] for file in files_of(tmp_path / "out/info.xml")]
    assert len(set(noted)) == 3


@pytest.mark.parametrize(("rule", "start_s"), [("continuity", 5.0), ("discontinuity", 0.0)])
def test_segmentation_rule_says_whether_times_begin_again(
    emulator: Emulator, record: Record, tmp_path: Path, rule: str, start_s: float
) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/${Sequence}.mp4", interval=5000, segmentationRule=rule)
    emulator.clock.advance(12)
    with av.open(tmp_path / "out/1.mp4") as container:
        first: Any = next(packet for packet in container.demux(video=0) if packet.size)
    assert float(first.pts * first.time_base) == pytest.approx(start_s, abs=0.01)


def test_steps_of_the_clock_make_no_difference(tmp_path: Path, emulator: Emulator, record: Record) -> None:
    record("startRecord", id="a", stream=STREAM, filePath="/a/${Sequence}.ts", interval=2000)
    emulator.clock.advance(9)
    record("stopRecord", id="a")
    at_once = {path.name: path.stat().st_size for path in (tmp_path / "a").iterdir()}
    record("startRecord", id="b", stream=STREAM, filePath="/b/${Sequence}.ts", interval=2000)
    for _ in range(90):
        emulator.clock.advance(0.1)
    record("stopRecord", id="b")
    assert {path.name for path in (tmp_path / "b").iterdir()} == at_once.keys()


def test_variants_select_tracks(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM | {"variantNames": ["video_low", "bypass_audio"]}, filePath="/out/r.mp4")
    emulator.clock.advance(3)
    record("stopRecord", id="r")
    with av.open(tmp_path / "out/r.mp4") as container:
        assert [(stream.type, getattr(stream, "height", None)) for stream in container.streams] == [("video", 180), ("audio", None)]


def test_paths_without_macros_of_their_own_come_from_the_configuration(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM)
    emulator.clock.advance(10)
    stopped = record("stopRecord", id="r")
    assert stopped["outputFilePath"] == "/default/app/stream/20260101000000_20260101000010.ts"
    assert "filePath" not in stopped
    assert (tmp_path / stopped["outputFilePath"][1:]).is_file()
    assert (tmp_path / "default/app/stream.xml").is_file()


def test_relative_path_is_below_the_root(emulator: Emulator, record: Record) -> None:
    started = record("startRecord", id="r", stream=STREAM, filePath="mine/${VirtualHost}_${SourceStream}_${Nope}.ts")
    assert started["outputFilePath"] == "mine/default_stream_${Nope}.ts"


def start_record(emulator: Emulator) -> Path:
    """Start a record that names no path; returns where its file goes."""
    body = json.dumps({"id": "r", "stream": STREAM})
    answer: Answer = emulator.app.test_client().post(f"{APP}:startRecord", data=body, headers={"Authorization": emulator.authorization})
    return Path(answer.json["response"]["outputFilePath"])


def test_two_emulators_without_a_root_never_meet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    emulators = [Emulator(), Emulator()]
    paths = [start_record(emulator) for emulator in emulators]
    for emulator in emulators:
        emulator.clock.advance(5)
        emulator.close()
    directories = sorted(tmp_path.iterdir())
    assert [directory.name.rpartition("-")[0] for directory in directories] == ["ome-mock-records"] * 2
    assert [stat.S_IMODE(directory.stat().st_mode) for directory in directories] == [0o700] * 2
    assert sorted(path.parents[3] for path in paths) == directories
    assert [len(list(directory.rglob("*.ts"))) for directory in directories] == [1, 1]


@pytest.mark.parametrize("way", ["config", "reset"])
def test_path_of_a_configuration_without_a_root_path_stays(tmp_path: Path, way: str) -> None:
    server_xml = files("ome_mock.worlds").joinpath("default.xml").read_text().replace("/${VirtualHost}/", f"{tmp_path}/mine/")
    (tmp_path / "Server.xml").write_text(server_xml)
    emulator = Emulator(config=tmp_path / "Server.xml" if way == "config" else None, streams=["default/app/stream"])
    if way == "reset":
        emulator.reset(config=server_xml.encode())
    assert start_record(emulator).parents[1] == tmp_path / "mine" / "app"


def test_file_of_information_lists_the_files(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    fields = {"filePath": "/out/${Sequence}.ts", "infoPath": "/out/<i>.xml", "interval": 4000, "metadata": "a<b & \x01"}
    record("startRecord", id="r&1", stream=STREAM, **fields)
    emulator.clock.advance(6)
    assert [each["lastSequence"] for each in files_of(tmp_path / "out/<i>.xml")] == ["false"]
    stopped = record("stopRecord", id="r&1")
    first, last = files_of(tmp_path / "out/<i>.xml")
    assert (first["id"], first["metadata"], first["interval"], first["sequence"]) == ("r&1", "a<b & \ufffd", "4000", "0")
    assert (last["lastSequence"], last["sequence"], last["filePath"]) == ("true", "1", "/out/1.ts")
    assert (last["recordBytes"], last["recordTime"]) == (str(stopped["recordBytes"]), str(stopped["recordTime"]))
    assert first["transactionId"] == last["transactionId"]
    assert len(first["transactionId"]) == 16
    assert int(first["recordBytes"]) + int(last["recordBytes"]) == stopped["totalRecordBytes"]


def test_end_of_the_stream_ends_the_file_and_the_record_waits(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/${StartTime:hhmmss}.mp4")
    emulator.clock.advance(5)
    emulator.disconnect("default/app/stream")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["000000.mp4"]
    assert record("records", id="r")[0]["state"] == "ready"
    emulator.connect("default/app/stream", ready=True)
    emulator.clock.advance(5)
    assert record("records", id="r")[0]["state"] == "recording"
    emulator.close()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["000000.mp4", "000006.mp4"]


def test_directory_that_goes_comes_back(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/r.mp4")
    emulator.clock.advance(5)
    (tmp_path / "out").rmdir()
    record("stopRecord", id="r")
    assert duration_s(tmp_path / "out/r.mp4") > 3


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/out/r.mkv", "a recording ends in .mp4 or .ts"), ("/out/../r.mp4", "a path with '..' is never followed"), ("/out/file/r.ts", "")],
    ids=["unknown container", "path that leads up", "file in place of a directory"],
)
def test_path_that_cannot_be_written_is_an_error(
    emulator: Emulator, record: Record, tmp_path: Path, caplog: pytest.LogCaptureFixture, path: str, reason: str
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/file").write_text("")
    started = record("startRecord", id="r", stream=STREAM, filePath=path)
    assert (started["state"], "finishTime" in started) == ("error", True)
    assert reason in caplog.text
    emulator.clock.advance(5)
    assert record("stopRecord", id="r")["state"] == "stopping"
    assert sorted(str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*")) == ["out", "out/file"]
