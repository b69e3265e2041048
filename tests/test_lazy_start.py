"""What an emulator does without until it is asked for it: starting must stay quick."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import json, sys
import ome_mock
app = ome_mock.create_app(root=sys.argv[1])
answer = app.test_client().post(
    "/v1/vhosts/default/apps/app/streams/stream:startHlsDump",
    json={"outputStreamName": "stream", "id": "d1", "outputPath": "/d1"},
    headers={"Authorization": app.extensions["ome_mock"].authorization},
)
print(json.dumps({"status": answer.status_code, "modules": [name for name in sys.modules if name.startswith("ome_mock.")]}))
"""

NOT_NEEDED = {
    "ome_mock.check",
    "ome_mock.cli.demo",
    "ome_mock.channels.channels",
    "ome_mock.ingest.connection",
    "ome_mock.live.live_streams",
    "ome_mock.media.cue_packager",
    "ome_mock.publishing",
    "ome_mock.pushes.pushes",
    "ome_mock.records.records",
    "ome_mock.faults.write_faults",
    "ome_mock.faults.media_faults",
    "ome_mock.web.control.state",
    "ome_mock.web.delivery.publisher",
    "ome_mock.web.page",
    "ome_mock.web.description.document",
    "ome_mock.web.diagnosis.causes",
    "ome_mock.web.rest.statistics",
    "ome_mock.web.spoilt_answer",
    "ome_mock.worlds.populate",
}


def test_the_first_dump_is_started_without_what_it_does_not_need(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, tmp_path], capture_output=True, text=True, check=True, timeout=60)
    said = json.loads(done.stdout)
    assert said["status"] == 200
    assert NOT_NEEDED.intersection(said["modules"]) == set()


WITHOUT_FLASK = """
import json, sys
from urllib.request import Request, urlopen
import ome_mock
with ome_mock.OmeMock(root=sys.argv[1]) as ome:
    ome.clock.advance(60)
    def ask(url):
        with urlopen(Request(url, headers={"Authorization": ome.authorization})) as answer:
            return answer.status, {"flask", "werkzeug"} & sys.modules.keys() != set()
    urls = (f"{ome.url}/v1/vhosts", f"{ome.llhls_url}/app/stream/llhls.m3u8", f"{ome.url}/_mock/health", f"{ome.url}/v1/vhosts")
    print(json.dumps([ask(url) for url in urls]))
"""


def test_ports_are_served_without_flask_until_it_is_needed(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_FLASK, tmp_path], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == [[200, False], [200, False], [200, True], [200, True]]
