"""Names and times on the real clock are in the machine's zone, as the engine's are; on a manual clock they are in UTC."""

from __future__ import annotations

import signal
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from served import Spawn

ZONES = ["Asia/Seoul", "America/St_Johns", "Australia/Lord_Howe", "UTC"]
APP = "/v1/vhosts/default/apps/app"
DUMP = {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps", "infoFile": "/d1.info"}
RECORD = {"id": "r", "stream": {"name": "stream"}, "filePath": "/${StartTime:YYYYMMDDhhmmss}.ts", "infoPath": "/r.xml"}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("clock", ["real", "manual"])
def test_times_are_in_the_zone_of_the_clock(spawn: Spawn, root: Path, clock: str, zone: str) -> None:
    served = spawn("--root", root, "--clock", clock, TZ=zone)
    expected = ZoneInfo(zone if clock == "real" else "UTC")
    assert served.post("startHlsDump", DUMP)[0] == 200
    started = served.post(f"{APP}:startRecord", RECORD)[1]["response"]
    if clock == "manual":
        served.post("/_mock/clock/advance", {"seconds": 3})
    else:
        served.process.send_signal(signal.SIGHUP)
    stopped = served.post(f"{APP}:stopRecord", {"id": "r"})[1]["response"]
    assert served.end(signal.SIGTERM).status == 0

    created = datetime.fromisoformat(started["createdTime"])
    assert created.utcoffset() == expected.utcoffset(created.replace(tzinfo=None))
    chunklist = next((root / "dumps").glob("chunklist_0_*")).read_text()
    dates = [line.partition(":")[2] for line in chunklist.splitlines() if line.startswith("#EXT-X-PROGRAM-DATE-TIME")]
    info = ElementTree.parse(root / "d1.info")
    times = [*dates, *(element.text or "" for element in info.iter("Time"))]
    assert times
    assert {datetime.fromisoformat(time).utcoffset() for time in times} == {created.utcoffset()}
    file_name = stopped["outputFilePath"].strip("/").removesuffix(".ts")
    begun = datetime.strptime(file_name, "%Y%m%d%H%M%S").replace(tzinfo=expected)
    assert abs((begun - created).total_seconds()) < 5
