"""Whatever comes and goes: lists, single reads and statistics agree, and no request is answered by a defect."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from fixture_types import Answer
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from server_xml import server_xml

from ome_mock.emulator import Emulator

APP = "/v1/vhosts/default/apps/app"
CONFIG = server_xml(
    """<VirtualHosts><VirtualHost><Name>default</Name><Applications>
<Application><Name>app</Name><Type>live</Type><OutputProfiles><OutputProfile><Name>p</Name>
<OutputStreamName>${OriginStreamName}</OutputStreamName><Encodes><Video><Name>v</Name><Bypass>true</Bypass></Video>
<Audio><Name>o</Name><Codec>opus</Codec><Bitrate>128000</Bitrate></Audio></Encodes></OutputProfile></OutputProfiles>
<Providers><OVT/><RTSPPull/><Schedule><MediaRootDir>/m</MediaRootDir><ScheduleFilesDir>/m</ScheduleFilesDir></Schedule>
<Multiplex><MuxFilesDir>/m</MuxFilesDir></Multiplex></Providers><Publishers><LLHLS/><FILE><RootPath>/rec</RootPath>
<FilePath>/${Stream}_${Id}_${Sequence}.ts</FilePath><InfoPath>/${Id}.xml</InfoPath></FILE><Push/></Publishers>
</Application></Applications></VirtualHost></VirtualHosts>"""
)

names = st.sampled_from(["stream", "a", "b", "c:d"])
ids = st.sampled_from(["1", "2"])
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3) | names,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "id", "stream", "url", "urls", "items"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def body(**fields: Any) -> SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {name: field if isinstance(field, st.SearchStrategy) else st.just(field) for name, field in fields.items()}
    )


def command(method: str, path: str | SearchStrategy[str], fields: SearchStrategy[Any] | None = None) -> SearchStrategy[Any]:
    """A request; the last name of its path may be drawn too. One in a few has a body that means nothing."""
    sent = st.none() if fields is None else st.one_of(fields, fields, fields, junk)
    return st.tuples(st.just(method), st.just(path) if isinstance(path, str) else path, sent)


def below(path: str) -> SearchStrategy[str]:
    return names.map(lambda name: f"{path}/{name}")


program = {"scheduled": "2026-01-01T00:00:02Z", "repeat": True, "items": [{"url": "file://a", "duration": 1500}]}
source = body(
    name="s", url=names.map(lambda name: f"stream://default/app/{name}"), trackMap=[{"sourceTrackName": "v", "newTrackName": "w"}]
)
commands = st.one_of(
    command("POST", "/streams", body(name=names, urls=st.sampled_from([["ovt://h/x"], ["rtsp://h:1/x"]]))),
    command("DELETE", below("/streams")),
    command(
        "POST",
        ":startRecord",
        body(id=ids, stream=body(name=names), interval=st.sampled_from([0, 700]), filePath=st.sampled_from(["", "/r.mp4"])),
    ),
    command("POST", ":stopRecord", body(id=ids)),
    command(
        "POST", ":startPush", body(id=ids, stream=body(name=names), protocol="rtmp", url=st.sampled_from(["rtmp://h/a", "rtmp://h:1/a"]))
    ),
    command("POST", ":stopPush", body(id=ids)),
    command("POST", "/scheduledChannels", body(stream=body(name=names, videoTrack=st.booleans()), programs=[program])),
    command("PATCH", below("/scheduledChannels"), body(programs=st.just([]))),
    command("DELETE", below("/scheduledChannels")),
    command("POST", "/multiplexChannels", body(outputStream=body(name=names), sourceStreams=st.lists(source, max_size=1))),
    command("DELETE", below("/multiplexChannels")),
    command("POST", "/streams/stream:sendEvents", junk),
    st.tuples(st.just("advance"), st.floats(0, 3), st.none()),
)


class Client:
    def __init__(self, emulator: Emulator) -> None:
        self._client = emulator.app.test_client()
        self._authorization = emulator.authorization

    def ask(self, method: str, path: str, sent: Any = None) -> Answer:
        path = path if path.startswith("/v1") else f"{APP}{path}"
        answer: Answer = self._client.open(path, method=method, data=json.dumps(sent), headers={"Authorization": self._authorization})
        assert b"ome-mock" not in answer.data, (method, path, sent, answer.data)
        return answer

    def response(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, (path, answer.data)
        return answer.json["response"]


def check(client: Client) -> None:
    streams = client.response("/streams")
    totals = [client.response(f"/v1/stats/current{APP[3:]}/streams/{name}")["totalBytesIn"] for name in streams]
    assert [client.response(f"/streams/{name}")["name"] for name in streams] == streams
    assert len(set(streams)) == len(streams)
    of_app, of_vhost, of_server = (client.response(f"/v1/stats/current{path}") for path in (APP[3:], "/vhosts/default", ""))
    assert of_app == of_vhost == of_server
    assert of_app["totalBytesIn"] >= sum(totals)
    for name in client.response("/scheduledChannels"):
        assert client.response(f"/scheduledChannels/{name}")["stream"]["name"] == name
        assert client.response(f"/streams/{name}")["input"]["sourceType"] == "Scheduled"
    for name in client.response("/multiplexChannels"):
        source_types = [client.response(f"/streams/{name}")["input"]["sourceType"]] if name in streams else []
        assert (client.response(f"/multiplexChannels/{name}")["state"] == "Playing") == (source_types == ["Multiplex"])
    for record in client.response(":records"):
        assert record["state"] == "error" or (record["state"] == "recording") == (record["stream"]["name"] in streams)
    for push in client.response(":pushes"):
        assert push["totalsentBytes"] >= push["sentBytes"] >= 0


@settings(max_examples=25, deadline=None)
@given(st.lists(commands, max_size=25))
def test_lists_single_reads_and_statistics_agree(asked: list[tuple[str, Any, Any]]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory, "Server.xml")
        config.write_text(CONFIG)
        emulator = Emulator(config=config, streams=["default/app/stream"], root=Path(directory, "root"))
        client = Client(emulator)
        for method, path, sent in asked:
            if method == "advance":
                emulator.clock.advance(path)
            else:
                client.ask(method, path, sent)
            check(client)
        emulator.close()
        check(client)
