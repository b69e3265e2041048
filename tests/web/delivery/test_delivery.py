"""What the LL-HLS publisher serves at once, and what it refuses; the recorded exchanges are in tests/contract."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fixture_types import Answer, UseWorld
from flask.testing import FlaskClient
from raw_http import Connection, request

from ome_mock import OmeMock
from ome_mock.emulator import Emulator, create_app
from ome_mock.engine.input_tracks import InputTracks
from ome_mock.engine.stream import StreamPath

SESSION = "session=1_x"
VHOSTS = """
<VirtualHosts>
  <VirtualHost><Name>one</Name><Host><Names><Name>*.one.example</Name><Name>10.0.0.1</Name></Names></Host>
    <Applications><Application><Name>app</Name>{app}</Application></Applications></VirtualHost>
  <VirtualHost><Name>two</Name><Host><Names><Name>two.example</Name></Names></Host>
    <Applications><Application><Name>app</Name>{app}</Application></Applications></VirtualHost>
</VirtualHosts>
"""
APP = """
<Type>live</Type><OutputProfiles><OutputProfile><Name>p</Name><OutputStreamName>${{OriginStreamName}}</OutputStreamName>
<Playlist><Name>deep</Name><FileName>deep</FileName><Options><HLSChunklistPathDepth>{depth}</HLSChunklistPathDepth></Options>
<Rendition><Name>r</Name><Video>v</Video><Audio>a</Audio></Rendition></Playlist>
<Encodes><Video><Name>v</Name><Bypass>true</Bypass></Video><Audio><Name>a</Name><Bypass>true</Bypass></Audio></Encodes>
</OutputProfile></OutputProfiles><Providers><RTMP/></Providers><Publishers><LLHLS><SegmentDuration>2</SegmentDuration>{llhls}</LLHLS></Publishers>
"""
Players = Callable[..., tuple[Callable[..., Answer], Emulator]]
"""Makes a function that gets a path of the LL-HLS publisher, and the emulator that has it."""


@pytest.fixture
def players(use_world: UseWorld, tmp_path: Path) -> Players:
    """Test clients of worlds with these elements in their publisher."""

    def players(
        llhls: str = "", depth: str = "-1", dialect: str = "docs", streams: tuple[str, ...] = ("one/app/s",)
    ) -> tuple[Callable[..., Answer], Emulator]:
        use_world(VHOSTS.format(app=APP.format(llhls=llhls, depth=depth)))
        emulator = create_app(root=tmp_path, streams=streams, dialect=dialect).extensions["ome_mock"]
        client = emulator.llhls_app.test_client()

        def get(path: str, host: str = "a.one.example", **settings: Any) -> Answer:
            answer: Answer = client.get(path, headers={"Host": host} | settings.pop("headers", {}), **settings)
            return answer

        return get, emulator

    return players


def chunklist_of(emulator: Emulator, vhost: str = "one", index: int = 0) -> str:
    (stream,) = emulator.engine.input_streams(vhost, "app")
    return stream.outputs[0].tracks[index].chunklist_name


# Dialects


@pytest.mark.parametrize(
    ("query", "docs", "engine"),
    [
        pytest.param("_HLS_msn=10&_HLS_part=5", 200, 200, id="what is there"),
        pytest.param("_HLS_msn=9&_HLS_part=99", 200, 200, id="behind the parts of a segment"),
        pytest.param("_HLS_msn=12", 400, 503, id="more than two segments ahead"),
        pytest.param("_HLS_msn=11", 503, 503, id="two segments ahead"),
        pytest.param("_HLS_msn=10&_HLS_part=11", 503, 503, id="three seconds of parts ahead"),
        pytest.param("_HLS_msn=10&_HLS_part=12", 400, 503, id="more parts ahead"),
        pytest.param("_HLS_part=1", 400, 200, id="a part of no segment"),
        pytest.param("_HLS_msn=10", 503, 200, id="a segment of which there are parts"),
        pytest.param("_HLS_msn=x&_HLS_skip=YES", 200, 200, id="what is no number"),
        pytest.param("_HLS_msn=" + "9" * 30, 200, 200, id="what is no number of 64 bits"),
    ],
)
@pytest.mark.parametrize("dialect", ["docs", "engine-0.21"])
def test_reload(dialect: str, query: str, docs: int, engine: int, tmp_path: Path) -> None:
    emulator = create_app(root=tmp_path, dialect=dialect).extensions["ome_mock"]
    (stream,) = emulator.engine.input_streams("default", "app")
    path = f"/app/stream/{stream.outputs[0].tracks[0].chunklist_name}?{SESSION}&{query}"
    answer = emulator.llhls_app.test_client().get(path)
    assert answer.status_code == (docs if dialect == "docs" else engine)  # 503: it would be held


@pytest.mark.parametrize(("dialect", "is_empty"), [("docs", False), ("engine-0.21", True)])
def test_list_without_rewind_between_a_segment_and_the_next_part(dialect: str, is_empty: bool, tmp_path: Path) -> None:
    emulator = create_app(root=tmp_path, dialect=dialect).extensions["ome_mock"]
    (stream,) = emulator.engine.input_streams("default", "app")
    player = emulator.llhls_app.test_client()
    path = f"/app/stream/{stream.outputs[0].tracks[0].chunklist_name}?{SESSION}&_HLS_rewind=NO"
    emulator.clock.advance(3)
    between = player.get(path)
    assert (between.status_code, between.text == "") == (200, is_empty)
    emulator.clock.advance(0.5)
    assert player.get(path).text.startswith("#EXTM3U")


# What is refused


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/app/stream/{video}", 401, id="no session"),
        pytest.param("/app/stream/{video}?session=", 401, id="an empty session"),
        pytest.param("/app/stream/{video}?session=1", 401, id="half a session"),
        pytest.param("/app/stream/{video}?session=1_2_3", 401, id="more than a session"),
        pytest.param("/app/stream/{video}?session=1_", 200, id="a session without a key"),
        pytest.param("/app/stream/chunklist_0_audio_KEY_llhls.m3u8?session=1_x", 200, id="a chunklist of another key"),
        pytest.param("/app/stream/chunklist_9_video_KEY_llhls.m3u8?session=1_x", 404, id="a track that is not there"),
        pytest.param("/app/stream/init_0_video_KEY_llhls.m4s?session=1_x", 404, id="an init section of another key"),
        pytest.param("/app/stream/seg_0_9_video_KEY_llhls.m4s?session=1_x", 404, id="a segment of another key"),
        pytest.param("/app/stream/{seg}_11_{end}", 404, id="a segment of the future"),
        pytest.param("/app/stream/{seg}_10_{end}", 200, id="the segment in progress"),
        pytest.param("/app/stream/{seg}_0_{end}", 200, id="a segment that left the list lately"),
        pytest.param("/app/stream/nope/{video}", 404, id="a path that is too deep"),
        pytest.param("/v1/version", 404, id="the REST API"),
        pytest.param("/app/stream/../llhls.m3u8", 404, id="dots"),
        pytest.param("/app/stream/%6clhls.m3u8", 404, id="what is not decoded"),
    ],
)
def test_status(path: str, status: int, emulator: Emulator, player: FlaskClient) -> None:
    (stream,) = emulator.engine.input_streams("default", "app")
    track = stream.outputs[0].tracks[0]
    end = f"video_{track.key}_llhls.m4s?{SESSION}"
    answer = player.get(path.format(video=track.chunklist_name, seg=f"seg_{track.id}", end=end))
    assert answer.status_code == status
    assert status == 200 or answer.data == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_find_nothing(method: str, player: FlaskClient) -> None:
    answer = player.open("/app/stream/llhls.m3u8", method=method)
    assert (answer.status_code, answer.data) == (404, b"")


def test_segment_that_is_too_old_is_gone(emulator: Emulator, player: FlaskClient) -> None:
    (stream,) = emulator.engine.input_streams("default", "app")
    track = stream.outputs[0].tracks[0]
    path = f"/app/stream/{track.segment_name(0)}?{SESSION}"
    emulator.clock.advance(13)
    assert player.get(path).status_code == 200
    emulator.clock.advance(6)
    assert player.get(path).status_code == 404


def test_stream_that_has_just_come_is_being_created(emulator: Emulator, player: FlaskClient) -> None:
    emulator.engine.connect(StreamPath("default", "app", "new"), InputTracks(), emulator.clock.now_ns())
    answer = player.get("/app/new2/llhls.m3u8")
    assert (answer.status, answer.data) == ("201 Created", b"")
    emulator.clock.advance(0.075)
    assert player.get("/app/new2/llhls.m3u8").status_code == 503  # it would be held until there is a segment


def test_stream_that_is_gone_is_not_found(emulator: Emulator, player: FlaskClient) -> None:
    emulator.disconnect("default/app/stream")
    assert player.get("/app/stream/llhls.m3u8").status_code == 404


# PlayerSessions


def test_session_of_a_connection_is_carried_on_by_others_while_it_lasts(tmp_path: Path) -> None:
    with OmeMock(root=tmp_path) as ome, Connection(ome.llhls_port) as first, Connection(ome.llhls_port) as second:
        first.send(request("GET", "/app/stream/llhls.m3u8"))
        found = re.search(r"^(/app\S+)\?(session=\d+_\w{8})$", first.answer().body.decode(), re.MULTILINE)
        assert found
        path, session = found.groups()
        second.send(request("GET", f"{path}?{session}"))
        assert f"llhls.m4s?{session}\n" in second.answer().body.decode()


def test_session_that_nobody_knows_loses_its_key(player: FlaskClient, video: str) -> None:
    path = video.partition("?")[0]
    assert "llhls.m4s?session=77_\n" in player.get(f"{path}?session=77_gone").text


def test_every_master_playlist_begins_a_session_and_a_seed_repeats_them(tmp_path: Path) -> None:
    sessions = []
    for seed in (7, 7, 8):
        player = create_app(root=tmp_path, seed=seed).extensions["ome_mock"].llhls_app.test_client()
        sessions.append([re.findall(r"session=(\w+)", player.get("/app/stream/llhls.m3u8").text)[0] for _ in range(2)])
    assert sessions[0] == sessions[1]
    assert not set(sessions[0]) & set(sessions[2])
    assert sessions[0][0] != sessions[0][1]


def test_stream_key_of_a_query_is_carried_on_as_it_was_sent(player: FlaskClient) -> None:
    assert re.search(r"\?session=0_\w{8}&stream_key=a%0Ab\n", player.get("/app/stream/llhls.m3u8?stream_key=a%0Ab").text)


def test_origin_mode_asks_for_no_session_and_carries_none_on(players: Players) -> None:
    get, emulator = players("<OriginMode>true</OriginMode>")
    text = get(f"/app/s/{chunklist_of(emulator)}").text
    assert "session" not in text
    assert re.search(r"^seg_0_\d+_video_\w+_llhls\.m4s$", text, re.MULTILINE)


def test_origin_mode_has_the_same_key_for_every_stream_of_a_name(players: Players) -> None:
    """A stream `o1` in origin mode was seen with this key (dump-output.md#file-names)."""
    get, _ = players("<OriginMode>true</OriginMode>", streams=("one/app/o1",))
    assert "/app/o1/chunklist_0_video_10835207369030198622_llhls.m3u8\n" in get("/app/o1/llhls.m3u8").text


def test_segments_can_be_numbered_by_the_time(players: Players) -> None:
    get, emulator = players("<ServerTimeBasedSegmentNumbering>true</ServerTimeBasedSegmentNumbering>")
    text = get(f"/app/s/{chunklist_of(emulator)}?{SESSION}").text
    number = (1_767_225_600_000 - 63_200) // 2000 + 31  # the manual clock's start, when 31 segments were complete
    assert f"#EXT-X-MEDIA-SEQUENCE:{number - 4}\n" in text
    assert f"LAST-MSN={number},LAST-PART=" in text
    (part,) = re.findall(r'URI="(part_\S+)",INDEPENDENT=YES\n#EXT-X-PART:\S+\n#EXT-X-PRELOAD', text)
    assert get(f"/app/s/{part}").status_code == 200
    assert get(f"/app/s/{chunklist_of(emulator)}?{SESSION}&_HLS_msn={number}&_HLS_part=0").status_code == 200
    assert get(f"/app/s/{part.replace(str(number), '3')}").status_code == 404


# Hosts


@pytest.mark.parametrize(
    ("host", "status"),
    [
        pytest.param("a.one.example", 200, id="a pattern"),
        pytest.param("A.ONE.example:3333", 200, id="another spelling, a port"),
        pytest.param("10.0.0.1:3333", 200, id="an address"),
        pytest.param("two.example", 404, id="another virtual host"),
        pytest.param("three.example", 404, id="nobody's name"),
    ],
)
def test_virtual_host_is_the_one_of_the_host_header(host: str, status: int, players: Players) -> None:
    get, _ = players()
    assert get("/app/s/llhls.m3u8", host=host).status_code == status


# Settings of the publisher


def test_cross_domains_of_the_publisher(players: Players) -> None:
    get, _ = players("<CrossDomains><Url>http://good.example</Url></CrossDomains>")
    good = get("/app/s/llhls.m3u8", headers={"Origin": "http://good.example", "Access-Control-Request-Headers": "X-A"})
    assert good.headers["Access-Control-Allow-Origin"] == "http://good.example"
    assert good.headers["Access-Control-Allow-Methods"] == "OPTIONS, GET, HEAD"
    assert good.headers["Access-Control-Allow-Headers"] == "X-A"
    bad = get("/app/s/llhls.m3u8", headers={"Origin": "http://bad.example"})
    assert not [name for name, _ in bad.headers if name.startswith("Access-Control")]


def test_cache_control_of_the_publisher(players: Players) -> None:
    get, emulator = players(
        "<CacheControl><MasterPlaylistMaxAge>1</MasterPlaylistMaxAge><ChunklistMaxAge>-1</ChunklistMaxAge>"
        "<ChunklistWithDirectivesMaxAge>3</ChunklistWithDirectivesMaxAge><SegmentMaxAge>4</SegmentMaxAge>"
        "<PartialSegmentMaxAge>0</PartialSegmentMaxAge></CacheControl>"
    )
    (stream,) = emulator.engine.input_streams("one", "app")
    track = stream.outputs[0].tracks[0]
    files = [
        "llhls.m3u8",
        track.chunklist_name,
        f"{track.chunklist_name}?_HLS_msn=3&_HLS_part=0",
        track.segment_name(30),
        track.part_name(30, 0),
    ]
    paths = [f"/app/s/{file}{'&' if '?' in file else '?'}{SESSION}" for file in files]
    assert [get(path).headers.get("Cache-Control") for path in paths] == ["max-age=1", None, "max-age=3", "max-age=4", "no-cache, no-store"]


def test_preload_hint_can_be_switched_off(players: Players) -> None:
    get, emulator = players("<EnablePreloadHint>false</EnablePreloadHint>")
    assert "PRELOAD-HINT" not in get(f"/app/s/{chunklist_of(emulator)}?{SESSION}").text


@pytest.mark.parametrize(("configured", "written"), [("", "1.500000"), ("<PartHoldBack>2.5</PartHoldBack>", "2.500000")])
def test_part_hold_back(configured: str, written: str, players: Players) -> None:
    get, emulator = players(configured)
    assert f"PART-HOLD-BACK={written}\n" in get(f"/app/s/{chunklist_of(emulator)}?{SESSION}").text


@pytest.mark.parametrize(
    ("depth", "prefix"), [("-1", "/app/s/"), ("0", ""), ("1", "../s/"), ("2", "../../app/s/")], ids=lambda value: value or "nothing"
)
def test_depth_of_chunklist_paths(depth: str, prefix: str, players: Players) -> None:
    get, emulator = players(depth=depth)
    assert f"\n{prefix}{chunklist_of(emulator)}?session=" in get("/app/s/deep.m3u8").text


def test_default_query_string_is_what_a_request_need_not_say(players: Players) -> None:
    get, emulator = players("<DefaultQueryString><Query><Key>_HLS_legacy</Key><Value>YES</Value></Query></DefaultQueryString>")
    path = f"/app/s/{chunklist_of(emulator)}?{SESSION}"
    assert "#EXT-X-PART" not in get(path).text
    assert "#EXT-X-PART" in get(f"{path}&_HLS_legacy=NO").text
    assert "_HLS_legacy" not in get("/app/s/llhls.m3u8").text
    assert "&_HLS_legacy=NO\n" in get("/app/s/llhls.m3u8?_HLS_legacy=no").text


# Encodings


@pytest.mark.parametrize("accepted", ["gzip", "deflate, gzip;q=1.0", "*"])
def test_playlists_are_compressed_on_request(accepted: str, player: FlaskClient, video: str) -> None:
    plain = player.get(video)
    packed = player.get(video, headers={"Accept-Encoding": accepted})
    assert (packed.headers["Content-Encoding"], plain.headers["Content-Encoding"]) == ("gzip", "identity")
    assert gzip.decompress(packed.data) == plain.data


def test_media_is_never_compressed(emulator: Emulator, player: FlaskClient) -> None:
    (stream,) = emulator.engine.input_streams("default", "app")
    track = stream.outputs[0].tracks[2]
    answer = player.get(f"/app/stream/{track.segment_name(8)}?{SESSION}", headers={"Accept-Encoding": "gzip"})
    assert (answer.headers.get("Content-Encoding"), answer.headers["Content-Type"]) == (None, "audio/mp4")
    assert answer.data == track.packager.segment(track.timeline.segment(8))
