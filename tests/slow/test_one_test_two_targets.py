"""One test file of a client's project, run against the emulator in-process and against a server in another process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from served import Spawn

TESTS = '''
"""What a client of OME tests of its recorder."""
import json
from urllib.request import Request, urlopen

import pytest

from ome_mock import RequestRefused, faults

STREAM = "/v1/vhosts/default/apps/app/streams/stream"


def ask(ome, action, **body):
    request = Request(f"{ome.url}{STREAM}:{action}", json.dumps(body).encode(), {"Authorization": ome.authorization})
    with urlopen(request) as answer:
        return json.load(answer)


def upload(info_file, bucket):
    """The project's own code: what the info file lists, each file once."""
    text = info_file.read_text()
    for part in text.split("<File>")[1:]:
        path = part.partition("</File>")[0]
        bucket.setdefault(path.rpartition("/")[2], path)


def test_recording_is_uploaded(ome):
    id, directory, info = ome.name("d1"), ome.path("d1"), ome.path("d1.info")
    ask(ome, "startHlsDump", outputStreamName="stream", id=id, outputPath=directory, infoFile=info)
    ome.until_segment(count=2)
    assert ome.dumps[id].enabled
    ask(ome, "stopHlsDump", outputStreamName="stream", id=id)
    assert ome.dumps[id].status == "Completed"
    bucket = {}
    upload(ome.on_disk(info), bucket)
    assert len([name for name in bucket if name.startswith("seg_0_")]) >= 2
    assert all(ome.on_disk(path).stat().st_size for path in bucket.values())
    assert {path.rpartition("/")[2] for _, path in ome.dumps[id].items} == set(bucket)
    assert {path.name for path in ome.dumps[id].files} == set(bucket)


def test_ids_are_taken_once(ome):
    dump = ome.start_dump(ome.name("d2"), output_path=ome.path("d2"))
    with pytest.raises(RequestRefused, match="Duplicate ID"):
        ome.start_dump(dump.id, output_path=ome.path("other"))
    ome.clock.advance(0.2)
    ome.stop_dump(dump.id)
    assert ome.dumps["default/app/stream", dump.id].status == "Completed"


def test_left_running(ome):
    ome.start_dump(ome.name("d3"), output_path=ome.path("d3"))


def test_disk_is_full(ome):
    ome.faults.arm(faults.DiskFull(file="seg_0_*", nth=3))
    ome.start_dump()
    ome.clock.advance(30)
    assert ome.dumps["d1"].status == "Error"


@pytest.mark.ome(faults=[faults.DiskFull(file="seg_0_*", nth=3, must_fire=False)])
def test_disk_will_be_full(ome):
    assert ome.start_dump().enabled


def test_encoder_comes(ome):
    ome.connect("default/app/camera", ready=True)
    ome.start_dump(ome.name("d4"), stream="default/app/camera", output_path=ome.path("d4"))
    ome.disconnect("default/app/camera")
'''
WORLD = """<Server version="8"><Name>o</Name><Type>origin</Type><IP>*</IP>
<Bind><Managers><API><Port>8081</Port></API></Managers><Publishers><LLHLS><Port>3333</Port></LLHLS></Publishers>
<Providers><RTMP><Port>1935</Port></RTMP></Providers></Bind>
<Managers><Host><Names><Name>*</Name></Names></Host><API><AccessToken>ome-access-token</AccessToken></API></Managers>
<VirtualHosts><VirtualHost><Name>default</Name><Host><Names><Name>*</Name></Names></Host><Applications><Application>
<Name>app</Name><Type>live</Type><OutputProfiles><OutputProfile><Name>b</Name><OutputStreamName>${OriginStreamName}</OutputStreamName>
<Encodes><Video><Bypass>true</Bypass></Video><Audio><Bypass>true</Bypass></Audio></Encodes></OutputProfile></OutputProfiles>
<Providers><RTMP/></Providers><Publishers><LLHLS><ChunkDuration>0.5</ChunkDuration><SegmentDuration>1</SegmentDuration>
<SegmentCount>5</SegmentCount></LLHLS></Publishers></Application></Applications></VirtualHost></VirtualHosts></Server>"""


def run(directory: Path, *options: str) -> dict[str, str]:
    """The outcome of each test, by its name."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OME_", "PYTEST_"))}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-rA",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-p",
        "no:xdist",
        *options,
        "test_client.py",
    ]
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, timeout=120, check=False)
    lines = [line.split(" ", 1) for line in done.stdout.splitlines() if line.startswith(("PASSED", "FAILED", "ERROR", "SKIPPED"))]
    found = {rest.rpartition("::")[2].split(" ")[0]: outcome for outcome, rest in lines if outcome != "SKIPPED"}
    return found | {rest: outcome for outcome, rest in lines if outcome == "SKIPPED"} or {"": done.stdout}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "test_client.py").write_text(TESTS)
    return directory


def test_all_pass_against_the_emulator_in_process(project: Path) -> None:
    outcomes = run(project)
    assert set(outcomes.values()) == {"PASSED"}, outcomes
    assert len(outcomes) == 6


def test_same_file_passes_against_a_server_and_skips_what_it_can_not_have(project: Path, spawn: Spawn, root: Path, tmp_path: Path) -> None:
    (tmp_path / "Server.xml").write_text(WORLD)
    served = spawn("--root", root, "--config", tmp_path / "Server.xml", "--stream", "default/app/stream", "--rtmp-port", "0")
    target = ("--ome-target", f"http://127.0.0.1:{served.ports['port']}", "--ome-files", str(root), "--ome-out", "/dumps")
    rtmp = ("--ome-rtmp", f"rtmp://127.0.0.1:{served.ports['rtmp_port']}") if shutil.which("ffmpeg") else ()
    outcomes = run(project, *target, *rtmp)
    passed = {name for name, outcome in outcomes.items() if outcome == "PASSED"}
    encoders = {"test_encoder_comes"} if rtmp else set()
    assert passed == {"test_recording_is_uploaded", "test_ids_are_taken_once", "test_left_running"} | encoders, outcomes
    reasons = "\n".join(name for name, outcome in outcomes.items() if outcome == "SKIPPED")
    assert "faults: a server elsewhere has nothing like it" in reasons
    assert "marker ome: faults" in reasons
    assert served.post("hlsDumps", {"outputStreamName": "stream"})[1]["response"] != []
    assert not any(dump["enabled"] for dump in served.post("hlsDumps", {"outputStreamName": "stream"})[1]["response"])


def test_strict_run_fails_what_a_server_can_not_have(project: Path, spawn: Spawn, root: Path) -> None:
    served = spawn("--root", root)
    outcomes = run(project, "--ome-target", f"http://127.0.0.1:{served.ports['port']}", "--ome-out", "/dumps", "--ome-strict", "-k", "disk")
    assert outcomes.keys() == {"test_disk_is_full", "test_disk_will_be_full"}
    assert "PASSED" not in outcomes.values()
