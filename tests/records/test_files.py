"""What records write on disk, and when (records-and-pushes.md#record-files)."""

from __future__ import annotations

import json
import re
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
from ome_mock.faults import Crash, DiskFull, ReadOnly, VanishedDirectory
from ome_mock.timestamps import iso_time

APP = "/v1/vhosts/default/apps/app"
STREAM = {"name": "stream"}
TEMPORARY = re.compile("tmp_[A-Za-z0-9]{32}")


def duration_s(path: Path, video: int = 0) -> float:
    with av.open(path) as container:
        packets: list[Any] = [packet for packet in container.demux(video=video) if packet.size]
    return float((packets[-1].pts - packets[0].pts + packets[-1].duration) * packets[0].time_base)


def names(directory: Path) -> list[str]:
    """The names in a directory; what follows `tmp_` is drawn."""
    return sorted("tmp" if TEMPORARY.fullmatch(path.name) else path.name for path in directory.iterdir())


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
    assert names(tmp_path / "out") == ["r_0.mp4", "r_1.mp4", "r_2.mp4", "tmp"]
    record("stopRecord", id="r")
    lengths = [duration_s(tmp_path / f"out/r_{sequence}.mp4") for sequence in range(4)]
    assert lengths == pytest.approx([5, 6, 6, 0.2], abs=0.04)  # the last packet before a key frame decides if the interval is over


def test_every_file_of_an_interval_begins_with_a_key_frame(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/${Sequence}.mp4", interval=2500)
    emulator.clock.advance(12)
    record("stopRecord", id="r")
    firsts = []
    for path in sorted((tmp_path / "out").iterdir()):
        with av.open(path) as container:
            firsts.append(next(container.demux(video=0)).is_keyframe)
    assert firsts == [True] * 4


def test_schedule_splits_files_by_the_clock_on_the_wall(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/${Sequence}.ts", schedule="*/10 * *")
    emulator.clock.advance(31)
    assert names(tmp_path / "out") == ["0.ts", "1.ts", "2.ts", "tmp"]
    assert [duration_s(tmp_path / "out/1.ts", video) for video in (0, 1)] == pytest.approx([10, 10], abs=0.04)


def test_journal_notes_a_file_and_its_list_when_the_file_is_done(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/${Sequence}.ts", infoPath="/out/info.xml", interval=5000)
    emulator.clock.advance(18)
    noted = [(write.path, iso_time(write.at_ns, UTC)) for write in emulator.journal.writes]
    done = [(file["filePath"], file["finishTime"]) for file in files_of(tmp_path / "out/info.xml")]
    assert noted == [each for path, at in done for each in ((path, at), ("/out/info.xml", at))]
    assert len(done) == 3


@pytest.mark.parametrize(("rule", "start_s"), [("continuity", 5.005), ("discontinuity", 0.0)])
def test_segmentation_rule_says_whether_times_begin_again(
    emulator: Emulator, record: Record, tmp_path: Path, rule: str, start_s: float
) -> None:
    stream = STREAM | {"variantNames": ["bypass_video", "bypass_audio"]}
    record("startRecord", id="r", stream=stream, filePath="/out/${Sequence}.mp4", interval=5000, segmentationRule=rule)
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
    assert stopped["outputFilePath"] == "/default/app/stream/20260101000000_19700101000000.ts"
    assert "filePath" not in stopped
    assert (tmp_path / "default/app/stream/20260101000000_20260101000010.ts").is_file()
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
    assert (first["id"], first["metadata"], first["sequence"]) == ("r&1", "a<b & \ufffd", "0")
    assert first.keys().isdisjoint({"interval", "schedule"})
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


def test_file_grows_beside_its_name_with_every_packet(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/deep/r.mp4")
    assert [path.stat().st_size for path in (tmp_path / "out/deep").iterdir()] == [48]
    for _ in range(20):
        emulator.clock.advance(0.13)
        (shown,) = record("records")
        (growing,) = (tmp_path / "out/deep").iterdir()
        assert (TEMPORARY.fullmatch(growing.name) is not None, growing.stat().st_size) == (True, 48 + shown["recordBytes"])
    record("stopRecord", id="r")
    assert names(tmp_path / "out/deep") == ["r.mp4"]
    assert (tmp_path / "out/deep/r.mp4").stat().st_size > 48 + shown["recordBytes"]


def test_transport_stream_grows_by_packets_and_is_not_changed_at_its_end(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/r.anything")
    assert [path.stat().st_size for path in (tmp_path / "out").iterdir()] == [0]
    emulator.clock.advance(5)
    (growing,) = (tmp_path / "out").iterdir()
    data = growing.read_bytes()
    assert (len(data) % 188, len(data) > 30_000) == (0, True)
    record("stopRecord", id="r")
    assert (tmp_path / "out/r.anything").read_bytes() == data


def test_steps_of_the_clock_leave_the_same_bytes(tmp_path: Path) -> None:
    left = []
    for steps in (1, 45):
        root = tmp_path / str(steps)
        emulator = Emulator(root=root)
        client = emulator.app.test_client()
        body = json.dumps({"id": "r", "stream": STREAM, "filePath": "/${Sequence}.mp4", "infoPath": "/r.xml", "interval": 2000})
        client.post(f"{APP}:startRecord", data=body, headers={"Authorization": emulator.authorization})
        for _ in range(steps):
            emulator.clock.advance(9 / steps)
        left.append({name: path.read_bytes() for path in root.iterdir() for name in [TEMPORARY.sub("tmp", path.name)]})
    assert left[0].keys() == {"0.mp4", "1.mp4", "2.mp4", "r.xml", "tmp"}
    assert left[0] == left[1]


def test_two_records_share_a_list_that_is_read_from_the_disk(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    for each in ("a", "b"):
        record("startRecord", id=each, stream=STREAM, filePath=f"/out/{each}.ts", infoPath="/out/info.xml")
        emulator.clock.advance(3)
    for each in ("b", "a"):
        record("stopRecord", id=each)
    assert [file["id"] for file in files_of(tmp_path / "out/info.xml")] == ["b", "a"]
    assert (tmp_path / "out/info.xml").read_text().count("<metadata />") == 1
    (tmp_path / "out/info.xml").write_text("torn")
    record("startRecord", id="c", stream=STREAM, filePath="/out/c.ts", infoPath="/out/info.xml")
    record("stopRecord", id="c")
    assert [file["id"] for file in files_of(tmp_path / "out/info.xml")] == ["c"]


def test_stop_before_the_first_packet_makes_a_file_without_any(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/r.mp4", infoPath="/out/info.xml")
    stopped = record("stopRecord", id="r")
    assert stopped.keys().isdisjoint({"recordBytes", "recordTime"})
    assert [(file["recordBytes"], file["recordTime"]) for file in files_of(tmp_path / "out/info.xml")] == [("0", "0")]
    assert (tmp_path / "out/r.mp4").is_file()


def test_crash_leaves_the_open_file_under_its_temporary_name(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/${Sequence}.mp4", infoPath="/out/info.xml", interval=2000)
    emulator.clock.advance(4)
    size = record("records")[0]["recordBytes"]
    listed = (tmp_path / "out/info.xml").read_bytes()
    emulator.faults.arm(Crash(file="1.mp4"))
    emulator.clock.advance(0.5)
    assert names(tmp_path / "out") == ["0.mp4", "info.xml", "tmp"]
    (growing,) = (path for path in (tmp_path / "out").iterdir() if TEMPORARY.fullmatch(path.name))
    assert (growing.stat().st_size, (tmp_path / "out/info.xml").read_bytes()) == (48 + size, listed)
    assert record("records") == []
    emulator.clock.advance(10)
    assert growing.stat().st_size == 48 + size


def test_crash_of_another_writer_leaves_the_record_too(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/r.mp4", infoPath="/out/info.xml")
    emulator.clock.advance(4)
    emulator.faults.arm(Crash(file="init_*"))
    body = json.dumps({"outputStreamName": "stream", "id": "d", "outputPath": "/dump"})
    client = emulator.app.test_client()
    with pytest.raises(ConnectionResetError):
        client.post(f"{APP}/streams/stream:startHlsDump", data=body, headers={"Authorization": emulator.authorization})
    assert names(tmp_path / "out") == ["tmp"]
    assert record("records") == []


def test_full_disk_ends_the_record_with_what_it_wrote(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/r.mp4", infoPath="/out/info.xml")
    emulator.clock.advance(4)
    (growing,) = (tmp_path / "out").iterdir()
    size = growing.stat().st_size
    emulator.faults.arm(DiskFull(file="r.mp4", dump="r"))
    emulator.clock.advance(4)
    assert record("records")[0]["state"] == "error"
    assert ([path.name for path in (tmp_path / "out").iterdir()], growing.stat().st_size) == ([growing.name], size)
    assert record("stopRecord", id="r")["state"] == "stopping"
    assert names(tmp_path / "out") == ["tmp"]


def test_record_on_a_disk_that_is_read_only_makes_no_file(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    emulator.faults.arm(ReadOnly(dump="r"))
    assert record("startRecord", id="r", stream=STREAM, filePath="/out/r.mp4")["state"] == "error"
    assert not (tmp_path / "out").exists()


def test_list_on_a_full_disk_ends_no_record(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/${Sequence}.mp4", infoPath="/out/info.xml", interval=2000)
    emulator.faults.arm(ReadOnly(file="info.xml"))
    emulator.clock.advance(4)
    assert record("records")[0]["state"] == "recording"
    assert names(tmp_path / "out") == ["0.mp4", "tmp"]


def test_file_in_a_directory_that_vanished_grows_and_never_gets_its_name(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/r.mp4")
    emulator.clock.advance(2)
    emulator.faults.arm(VanishedDirectory(file="r.mp4"))
    emulator.clock.advance(2)
    (growing,) = (tmp_path / "out.vanished-1").iterdir()
    assert growing.stat().st_size == 48 + record("records")[0]["recordBytes"]
    record("stopRecord", id="r")
    assert (names(tmp_path / "out"), names(tmp_path / "out.vanished-1")) == ([], ["tmp"])


def test_split_into_a_directory_that_vanished_ends_the_record(emulator: Emulator, record: Record, tmp_path: Path) -> None:
    record("startRecord", id="r", stream=STREAM, filePath="/out/${Sequence}.mp4", interval=2000)
    emulator.clock.advance(2)
    (tmp_path / "out").rename(tmp_path / "aside")
    emulator.clock.advance(2)
    assert record("records")[0]["state"] == "error"


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/out/../../r.mp4", "a link or '..' leads out of the root"), ("/out/file/r.ts", "could not write")],
    ids=["path that leads out", "file in place of a directory"],
)
def test_path_that_cannot_be_written_is_an_error(
    emulator: Emulator, record: Record, tmp_path: Path, caplog: pytest.LogCaptureFixture, path: str, reason: str
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/file").write_text("")
    started = record("startRecord", id="r", stream=STREAM, filePath=path)
    assert (started["state"], started["outputFilePath"], "finishTime" in started) == ("error", path, False)
    assert reason in caplog.text
    emulator.clock.advance(5)
    assert record("stopRecord", id="r")["state"] == "stopping"
    assert sorted(str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*")) == ["out", "out/file"]
