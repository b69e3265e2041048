"""Configurations as users of OME have them (`fixtures/worlds`): each is loaded and served, and does what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fixture_types import Answer

from ome_mock.emulator import Emulator
from ome_mock.settings import DumpSettings, LlhlsPublisher

WORLDS = Path(__file__).parents[2] / "fixtures" / "worlds"


@dataclass(frozen=True)
class Served:
    """What a file must come to. `playlists` are the master playlists that a dump of each output can ask for."""

    applications: dict[str, list[str]]
    connect: str
    playlists: dict[str, list[str]]
    documents: dict[str, Any] = field(default_factory=dict)
    """Paths of the REST API, from `/v1/vhosts` on, with a path of keys after `#`; and what is there."""
    token: str = "ome-access-token"
    target_duration: int = 6


BYPASSED = {"audios": [{"bypass": "true", "name": "bypass_audio"}], "videos": [{"bypass": "true", "name": "bypass_video"}]}

CASES = {
    "origin": Served(
        {"default": ["app"]},
        "default/app/s",
        {"s": ["llhls"]},
        {
            "default#distribution": "example.com",
            "default/apps/app#providers": {"ovt": {}, "webrtc": {}, "rtmp": {}, "srt": {}},
            "default/apps/app#publishers/webrtc": {
                "timeout": "30000",
                "rtx": "false",
                "ulpfec": "false",
                "jitterBuffer": "false",
            },
            "default/apps/app/outputProfiles/default#encodes/audios/1": {
                "name": "opus",
                "codec": "opus",
                "bitrate": "128000",
                "samplerate": "48000",
                "channel": "2",
                "bypassIfMatch": {"codec": "eq"},
            },
        },
    ),
    "edge": Served(
        {"edge": ["app"]},
        "edge/app/s",
        {},
        {
            "edge#host/names": ["edge1.example.com", "edge2.example.com"],
            "edge#origins/origin/0/pass": {"scheme": "ovt", "urls": {"url": ["origin.example.com:9000/app"]}},
            "edge#originMapStore": {"redisServer": {"host": "redis.example.com:6379", "auth": "open-sesame"}},
            "edge/apps/app/outputProfiles": [],
        },
        token="edge-token",
    ),
    "several-virtual-hosts": Served(
        {"sports": ["football", "tennis"], "news": ["live"], "staging": []},
        "sports/tennis/s",
        {"s": ["llhls"]},
        {
            "sports": {"name": "sports", "host": {"names": ["sports.example.com", "*.sports.example.com"]}},
            "staging": {"name": "staging", "host": {"names": ["*"]}},
            "news/apps/live/outputProfiles/main": {"name": "main", "outputStreamName": "${OriginStreamName}_out", "encodes": BYPASSED},
        },
        token="three-hosts",
        target_duration=2,
    ),
    "abr-ladder": Served(
        {"default": ["live"]},
        "default/live/s",
        {"s": ["llhls", "abr", "mobile"]},
        {
            "default/apps/live/outputProfiles/ladder#encodes/videos/2": {
                "name": "v360",
                "codec": "h264",
                "bitrate": "800K",
                "width": "640",
                "height": "360",
                "framerate": "30",
            },
            "default/apps/live/outputProfiles/ladder#playlists/0/options": {
                "webRtcAutoAbr": "true",
                "hlsChunklistPathDepth": "0",
                "enableTsPackaging": "true",
            },
        },
        token="ladder",
    ),
    "audio-only-output": Served(
        {"default": ["app"]},
        "default/app/s",
        {"s": ["llhls"], "s_radio": ["llhls", "radio"]},
        {"default/apps/app/outputProfiles": ["bypass", "radio"]},
        token="radio",
    ),
    "no-default-playlist": Served(
        {"default": ["app"]}, "default/app/s", {"s": ["only"]}, {"default/apps/app#publishers/llhls/createDefaultPlaylist": "false"}
    ),
    "dumps-without-id": Served(
        {"default": ["app"]},
        "default/app/s",
        {"s": ["llhls"]},
        {
            "default/apps/app#publishers/llhls/dumps/dump/0": {
                "enable": "true",
                "targetStreamName": "*",
                "playlists": {"playlist": ["llhls.m3u8"]},
                "outputPath": "/recordings/${VHostName}_${AppName}_${StreamName}/${YYYY}_${MM}_${DD}",
            }
        },
    ),
    "dumps-with-id": Served(
        {"default": ["app"]},
        "default/app/s",
        {"s": ["llhls"]},
        {"default/apps/app#publishers/llhls/dumps/dump/1/id": ""},
        token="dumps",
    ),
    "webrtc-only": Served(
        {"default": ["call"]},
        "default/call/s",
        {},
        {"default/apps/call#publishers": {"webrtc": {"playoutDelay": {"min": "0", "max": "0"}, "bandwidthEstimation": "REMB"}}},
    ),
    "application-template": Served(
        {"default": ["fixed"]},
        "default/fixed/s",
        {"s": ["llhls"]},
        token="template",
    ),
    "scheduled-and-multiplex": Served(
        {"default": ["tv"]},
        "default/tv/s",
        {"s": ["llhls"]},
        {
            "default/apps/tv#providers": {
                "schedule": {"mediaRootDir": "/opt/media", "scheduleFilesDir": "/opt/schedules"},
                "multiplex": {"muxFilesDir": "/opt/mux"},
                "rtmp": {"blockDuplicateStreamName": "true"},
            }
        },
    ),
    "mpegts": Served(
        {"default": ["contribution"]},
        "default/contribution/stadium",
        {"stadium": ["llhls"]},
        {
            "default/apps/contribution#providers/mpegts/streams": [
                {"name": "stadium", "port": "4000/udp"},
                {"name": "studio", "port": "4001/udp"},
            ]
        },
    ),
    "drm-and-dvr": Served(
        {"default": ["vault"]},
        "default/vault/s",
        {"s": ["llhls"]},
        {
            "default#signedPolicy/enables": {"providers": "rtmp,webrtc,srt", "publishers": "webrtc,llhls"},
            "default#admissionWebhooks/timeout": "3000",
            "default/apps/vault#publishers/llhls/dvr/maxDuration": "3600",
        },
    ),
    "environment": Served(
        {"default": ["app"]},
        "default/app/s",
        {"s": ["llhls"]},
        {
            "default#host/names": ["*"],
            "default/apps/app#name": "app",
            "default/apps/app#publishers/llhls/segmentDuration": "${env:OME_MOCK_TEST_SEGMENT_SECONDS:4}",
        },
        token="token-from-the-file",
        target_duration=4,
    ),
    "comments-and-cdata": Served(
        {"default": ["app"]},
        "default/app/s",
        {"s_a&b": ["llhls"]},
        {"default/apps/app#publishers": {"llhls": {"segmentDuration": "3"}}},
        token="<token> & more",
        target_duration=3,
    ),
    "api-cross-domains": Served({"default": ["app"]}, "default/app/s", {"s": ["llhls"]}),
    "thumbnails": Served(
        {"default": ["app"]},
        "default/app/s",
        {"s": ["llhls"], "s_preview": ["llhls"]},
        {
            "default/apps/app/outputProfiles/with_images#encodes/images": [
                {"codec": "jpeg", "width": "320", "height": "180", "framerate": "1"}
            ]
        },
    ),
    "rtmp-push": Served(
        {"default": ["relay"]},
        "default/relay/s",
        {"s": ["llhls"]},
        {
            "default/apps/relay#publishers/push": {
                "streamMap": {"enable": "true", "path": "/etc/ome/push.xml"},
                "connectionTimeout": "3000",
            },
            "default/apps/relay#publishers/rtmpPush": {},
            "default/apps/relay#publishers/file/rootPath": "/var/recordings",
        },
    ),
    "tls": Served(
        {"default": ["app"]},
        "default/app/s",
        {"s": ["llhls"]},
        {
            "default#host": {
                "names": ["*.example.com"],
                "tls": {
                    "certPath": "/etc/ome/cert.crt",
                    "keyPath": "/etc/ome/cert.key",
                    "chainCertPath": "/etc/ome/cert.ca-bundle",
                },
            }
        },
    ),
    "korean": Served(
        {"방송국": ["생방송"]},
        "방송국/생방송/카메라",
        {"카메라_고화질": ["llhls", "전체"]},
        {
            "방송국#host/names": ["방송.example.com"],
            "방송국/apps/생방송/outputProfiles/기본#playlists/0/renditions": [{"name": "원본", "video": "영상", "audio": "음성"}],
        },
        token="비밀-token",
    ),
    "spread-out": Served(
        {"default": ["app"]},
        "default/app/s",
        {"s": ["llhls"]},
        {
            "default/apps/app#type": "live",
            "default/apps/app#publishers/llhls/segmentDuration": "\n\t\t\t  5.0 \n\t\t",
            "default/apps/app/outputProfiles/bypass#encodes/videos": [{"name": "bypass_video", "bypass": "True"}],
        },
        target_duration=5,
    ),
    "legacy-hls": Served(
        {"default": ["app"]},
        "default/app/s",
        {"s": ["llhls"]},
        {
            "default/apps/app#publishers/llhls/defaultQueryString": {"queries": [{"key": "_HLS_legacy", "value": "YES"}]},
            "default/apps/app#publishers/hls/segmentCount": "3",
        },
        target_duration=2,
    ),
}

ALL = pytest.mark.parametrize("name", CASES)


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Emulator]:
    """An emulator of a file, with streams that have been live for a while."""
    return lambda name, *streams: Emulator(config=WORLDS / f"{name}.xml", streams=streams, root=tmp_path)


def call(emulator: Emulator, path: str, body: Any = None) -> Any:
    """GET below `/v1/vhosts`, or POST a body; the names in paths are sent as they are, never percent-encoded."""
    target = f"/v1/vhosts{path}".encode().decode("latin-1")
    answer: Answer = emulator.app.test_client().open(
        "/",
        method="GET" if body is None else "POST",
        data=None if body is None else json.dumps(body),
        headers={"Authorization": emulator.authorization},
        environ_overrides={"REQUEST_URI": target},
    )
    assert answer.json["statusCode"] == 200, answer.json
    return answer.json.get("response")


def publisher(emulator: Emulator) -> LlhlsPublisher:
    found = emulator.engine.application("default", "app").llhls
    assert found
    return found


def pick(value: Any, keys: str) -> Any:
    for key in filter(None, keys.split("/")):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def test_every_file_has_a_case() -> None:
    assert set(CASES) == {path.stem for path in WORLDS.glob("*.xml")}


@ALL
def test_what_comes_to_nothing_is_told_in_one_line(load: Callable[..., Emulator], caplog: pytest.LogCaptureFixture, name: str) -> None:
    load(name)
    lines = [record.getMessage() for record in caplog.records if record.name == "ome_mock.configuration"]
    assert [line.partition(": ")[0] for line in lines] in ([str(WORLDS / f"{name}.xml")], [])


@ALL
def test_token_is_that_of_the_file(load: Callable[..., Emulator], name: str) -> None:
    assert load(name).access_token == CASES[name].token


@ALL
def test_virtual_hosts_and_applications_are_those_of_the_file(load: Callable[..., Emulator], name: str) -> None:
    emulator = load(name)
    assert {vhost: call(emulator, f"/{vhost}/apps") for vhost in call(emulator, "")} == CASES[name].applications


@ALL
def test_documents_are_what_is_written(load: Callable[..., Emulator], name: str) -> None:
    emulator, documents = load(name), CASES[name].documents
    shown = {path: pick(call(emulator, f"/{path.partition('#')[0]}"), path.partition("#")[2]) for path in documents}
    assert shown == documents


@ALL
def test_outputs_are_those_of_the_profiles(load: Callable[..., Emulator], name: str) -> None:
    vhost, app, stream = CASES[name].connect.split("/")
    emulator = load(name, CASES[name].connect)
    outputs = call(emulator, f"/{vhost}/apps/{app}/streams/{stream}")["outputs"]
    if "llhls" in call(emulator, f"/{vhost}/apps/{app}")["publishers"]:
        assert sorted(output["name"] for output in outputs) == sorted(CASES[name].playlists)


@ALL
def test_playlists_and_segments_of_each_output_are_those_of_the_file(load: Callable[..., Emulator], tmp_path: Path, name: str) -> None:
    vhost, app, stream = CASES[name].connect.split("/")
    emulator = load(name, CASES[name].connect)
    for output, playlists in CASES[name].playlists.items():
        names = [f"{playlist}.m3u8" for playlist in playlists]
        body = {"outputStreamName": output, "id": "d", "outputPath": f"/{output}", "playlist": names}
        call(emulator, f"/{vhost}/apps/{app}/streams/{stream}:startHlsDump", body)
        chunklists = list((tmp_path / output).glob("chunklist_*.m3u8"))
        assert set(names) <= {path.name for path in (tmp_path / output).iterdir()}
        durations = [re.findall(r"TARGETDURATION:(\d+)", path.read_text()) for path in chunklists]
        assert chunklists
        assert all(each == [str(CASES[name].target_duration)] for each in durations)


# What only some of them say


def test_ladder_offers_its_renditions(load: Callable[..., Emulator], tmp_path: Path) -> None:
    emulator = load("abr-ladder", "default/live/s")
    body = {"outputStreamName": "s", "id": "d", "outputPath": "/d", "playlist": ["abr.m3u8", "mobile.m3u8"]}
    call(emulator, "/default/apps/live/streams/s:startHlsDump", body)
    sizes = {name: re.findall(r"RESOLUTION=(\d+x\d+)", (tmp_path / f"d/{name}.m3u8").read_text()) for name in ("abr", "mobile")}
    assert sizes == {"abr": ["640x360", "1280x720", "640x360"], "mobile": ["640x360"]}


def test_audio_that_matches_is_bypassed_and_opus_is_not_dumped(load: Callable[..., Emulator]) -> None:
    (output,) = load("origin", "default/app/s").engine.input_stream("default", "app", "s").outputs
    assert [(track.variant, track.encode.bypass) for track in output.tracks] == [("bypass_video", True), ("aac", True)]


def test_radio_has_no_video(load: Callable[..., Emulator], tmp_path: Path) -> None:
    emulator = load("audio-only-output", "default/app/s")
    body = {"outputStreamName": "s_radio", "id": "d", "outputPath": "/d", "playlist": ["radio.m3u8"]}
    call(emulator, "/default/apps/app/streams/s:startHlsDump", body)
    assert "RESOLUTION" not in (tmp_path / "d/radio.m3u8").read_text()
    assert not list((tmp_path / "d").glob("*video*"))


def test_playlist_that_is_switched_off_is_unknown(load: Callable[..., Emulator], post_status: Callable[[Emulator, str, Any], int]) -> None:
    emulator = load("no-default-playlist", "default/app/s")
    body = {"outputStreamName": "s", "id": "d", "outputPath": "/d", "playlist": ["llhls.m3u8"]}
    assert post_status(emulator, "/v1/vhosts/default/apps/app/streams/s:startHlsDump", body) == 500


def test_stream_without_llhls_cannot_be_dumped(load: Callable[..., Emulator], post_status: Callable[[Emulator, str, Any], int]) -> None:
    emulator = load("webrtc-only", "default/call/s")
    body = {"outputStreamName": "s", "id": "d", "outputPath": "/d"}
    assert post_status(emulator, "/v1/vhosts/default/apps/call/streams/s:startHlsDump", body) == 404


@pytest.fixture
def post_status() -> Callable[[Emulator, str, Any], int]:
    def post_status(emulator: Emulator, path: str, body: Any) -> int:
        headers = {"Authorization": emulator.authorization}
        return emulator.app.test_client().post(path, data=json.dumps(body), headers=headers).status_code

    return post_status


def test_applications_are_made_of_the_template_when_encoders_come(load: Callable[..., Emulator]) -> None:
    emulator = load("application-template")
    emulator.connect("default/new/s", ready=True)
    assert call(emulator, "/default/apps") == ["fixed", "new"]
    shown = call(emulator, "/default/apps/new")
    assert (shown["name"], shown["dynamic"], shown["publishers"]["llhls"]["segmentDuration"]) == ("new", True, "4")
    assert [output["name"] for output in call(emulator, "/default/apps/new/streams/s")["outputs"]] == ["s_made"]
    assert call(emulator, "/default/apps/fixed")["dynamic"] is False


def test_configured_dumps_are_known(load: Callable[..., Emulator]) -> None:
    (dump,) = publisher(load("dumps-without-id")).dumps
    assert dump == DumpSettings("*", "/recordings/${VHostName}_${AppName}_${StreamName}/${YYYY}_${MM}_${DD}", ("llhls.m3u8",))
    archive, copy = publisher(load("dumps-with-id")).dumps
    assert archive == DumpSettings("cam?", "/archive/${StreamName}", ("llhls.m3u8", "abr.m3u8"), "archive")
    assert (copy.target_stream_name, len(copy.id)) == ("cam*", 8)


def test_environment_decides_where_the_file_lets_it(load: Callable[..., Emulator], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OME_MOCK_TEST_TOKEN", "other")
    monkeypatch.setenv("OME_MOCK_TEST_APP", "studio")
    monkeypatch.setenv("OME_MOCK_TEST_PORT", "9000")
    emulator = load("environment")
    assert (emulator.access_token, emulator.engine.world.api_port) == ("other", 9000)
    assert call(emulator, "/default/apps") == ["studio"]


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("https://dashboard.example.com", True), ("https://a.ops.example.com", True), ("https://evil.example.com", False)],
)
def test_cross_domains_of_the_api_decide_who_may_call(load: Callable[..., Emulator], origin: str, allowed: bool) -> None:
    emulator = load("api-cross-domains")
    headers = {"Authorization": emulator.authorization, "Origin": origin}
    answer = emulator.app.test_client().get("/v1/vhosts", headers=headers)
    assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
    assert answer.headers["Access-Control-Max-Age"] == "600"


def test_legacy_lists_are_the_default_where_the_file_says_so(load: Callable[..., Emulator]) -> None:
    llhls = publisher(load("legacy-hls"))
    assert (llhls.default_query_legacy, llhls.default_query_rewind, llhls.cache_control.master_playlist_max_age) == (
        True,
        True,
        1,
    )
