"""Real sizes, as users see them: files, documents, playlists and the log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
import pytest
from fixture_types import Answer

from ome_mock import AudioInput, OmeMock, VideoInput
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError

PLAIN_VIDEO, PLAIN_AUDIO = 39_000, 31_000
"""About what the loop has, in bits a second."""


def sizes(files: Iterable[Path], kind: str) -> list[int]:
    return [path.stat().st_size for path in files if path.match(f"seg_*_{kind}_*") and path.stat().st_size]


def document(emulator: Emulator, stream: str = "stream") -> dict[str, Any]:
    answer: Answer = emulator.app.test_client().get(
        f"/v1/vhosts/default/apps/app/streams/{stream}", headers={"Authorization": emulator.authorization}
    )
    shown: dict[str, Any] = answer.json["response"]
    return shown


def tracks(shown: dict[str, Any]) -> dict[str, Any]:
    return {track["name"]: track.get("video") or track.get("audio") for track in shown["tracks"]}


@pytest.fixture
def heavy(tmp_path: Path) -> Emulator:
    return Emulator(root=tmp_path, real_sizes=True)


def test_minute_weighs_what_its_bit_rates_say(heavy: Emulator) -> None:
    heavy.connect("default/app/s", video=VideoInput(bitrate=2_000_000), audio=AudioInput(bitrate=128_000), ready=True)
    heavy.clock.advance(7)
    heavy.start_dump("d", stream="default/app/s", output_stream_name="s2", output_path="/d")
    heavy.clock.advance(76)
    files = [path for path in heavy.dumps["d"].files if "seg" in path.name][:-2]
    video, audio = sizes(files, "video")[1:11], sizes(files, "audio")[1:11]
    assert len(video) == len(audio) == 10
    assert (sum(video) + sum(audio)) * 8 / 60 == pytest.approx(2_128_000, rel=0.02)
    assert all(size * 8 / 6 == pytest.approx(2_000_000, rel=0.15) for size in video)
    assert all(size * 8 / 6 == pytest.approx(128_000, rel=0.15) for size in audio)


def test_without_the_option_documents_tell_the_claim_and_files_weigh_what_the_loop_does(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path)
    emulator.connect("default/app/s", video=VideoInput(bitrate=2_000_000), ready=True)
    emulator.start_dump("d", stream="default/app/s", output_stream_name="s2", output_path="/d")
    emulator.clock.advance(20)
    assert tracks(document(emulator, "s")["input"])["Video"]["bitrate"] == 2_000_000
    (size, *_) = sizes(emulator.dumps["d"].files, "video")[1:]
    assert size * 8 / 6 < PLAIN_VIDEO * 1.4


def test_documents_and_statistics_tell_of_the_weight(heavy: Emulator) -> None:
    heavy.connect("default/app/s", video=VideoInput(bitrate=3_000_000), audio=AudioInput(bitrate=96_000), ready=True)
    heavy.clock.advance(16)
    shown = document(heavy, "s")
    video, audio = tracks(shown["input"])["Video"], tracks(shown["input"])["Audio"]
    assert (video["bitrate"], video["bitrateAvg"]) == (3_000_000, 3_000_000)
    assert video["bitrateLatest"] == pytest.approx(3_000_000, rel=0.1)
    assert (audio["bitrate"], audio["bitrateAvg"]) == (96_000, 96_000)
    assert tracks(shown["outputs"][0])["bypass_video"]["bitrate"] == 3_000_000
    counted: Answer = heavy.app.test_client().get(
        "/v1/stats/current/vhosts/default/apps/app/streams/s", headers={"Authorization": heavy.authorization}
    )
    assert counted.json["response"]["totalBytesIn"] == pytest.approx(16.78 * 3_096_000 / 8, rel=0.02)


def test_bit_rate_of_a_running_encoder_changes_what_its_media_weighs(heavy: Emulator) -> None:
    """Of one stream alone, from one picture to the next; documents say so after a second, but for what was declared at first."""
    for name in ("s", "other"):
        heavy.connect(f"default/app/{name}", video=VideoInput(bitrate=2_000_000), ready=True)
        heavy.start_dump(name, stream=f"default/app/{name}", output_stream_name=f"{name}2", output_path=f"/{name}")
    heavy.clock.advance(30)
    heavy.set_bitrate("default/app/s", 500_000)
    heavy.clock.advance(30)
    weights = [[size * 8 / 6 for size in sizes(heavy.dumps[name].files, "video")] for name in ("s", "other")]
    assert weights[0][:4] == pytest.approx(weights[1][:4])
    assert weights[0][6:9] == pytest.approx([500_000] * 3, rel=0.15)
    assert weights[1][6:9] == pytest.approx([2_000_000] * 3, rel=0.15)
    video = tracks(document(heavy, "s")["input"])["Video"]
    assert (video["bitrateConf"], video["bitrateAvg"], video["bitrateLatest"]) == (2_000_000, 500_000, 500_000)
    assert decoded(heavy.dumps["s"].files) == decoded(heavy.dumps["other"].files)


def decoded(files: Iterable[Path]) -> list[bytes]:
    """The pictures of a dump, as hashes."""
    (master,) = [path for path in files if path.name == "llhls.m3u8"]
    with av.open(str(master)) as container:
        return [sha256(bytes(frame.planes[0])).digest() for frame in container.decode(video=0)]


def test_claim_of_a_running_encoder_that_is_too_light_is_told_as_it_is(heavy: Emulator) -> None:
    heavy.connect("default/app/s", video=VideoInput(bitrate=2_000_000), ready=True)
    heavy.set_bitrate("default/app/s", 10_000)
    heavy.clock.advance(10)
    assert tracks(document(heavy, "s")["input"])["Video"]["bitrateAvg"] == pytest.approx(PLAIN_VIDEO, rel=0.1)


def test_encoder_that_says_nothing_sends_the_usual(heavy: Emulator) -> None:
    shown = tracks(document(heavy)["input"])
    assert (shown["Video"]["bitrate"], shown["Audio"]["bitrate"]) == (2_000_000, 128_000)


def test_master_playlist_claims_what_the_files_weigh(heavy: Emulator) -> None:
    heavy.start_dump("d", output_stream_name="stream2", output_path="/d")
    (master,) = [path for path in heavy.dumps["d"].files if path.name == "llhls.m3u8"]
    assert re.findall(r"BANDWIDTH=(\d+)", master.read_text()) == ["2128000"]


def test_output_profile_says_what_a_transcoded_track_weighs(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    world = _default_world_with(tmp_path, "<Bitrate>24000</Bitrate>", "<Bitrate>500000</Bitrate>")
    emulator = Emulator(root=tmp_path, real_sizes=True, config=world)
    emulator.connect("default/app/stream", ready=True)
    emulator.clock.advance(20)
    emulator.start_dump("d", output_path="/d")
    emulator.clock.advance(36)
    low = sizes([path for path in emulator.dumps["d"].files if path.match("seg_1_*")][:-1], "video")
    assert sum(low[1:5]) * 8 / 24 == pytest.approx(500_000, rel=0.05)
    assert tracks(document(emulator)["outputs"][0])["video_low"]["bitrate"] == 500_000
    assert not caplog.records


def test_claim_below_the_loops_own_rate_leaves_it_and_says_so_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    world = _default_world_with(tmp_path, "<Bitrate>24000</Bitrate>", "<Bitrate>10000</Bitrate>")
    emulator = Emulator(root=tmp_path, real_sizes=True, config=world, streams=["default/app/a", "default/app/b"])
    document(emulator, "a")
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.endswith("a video of 320x180 at 30 frames a second has 24006 bits a second, not the 10000 claimed: its samples are heavier")
    low = tracks(document(emulator, "a")["outputs"][0])["video_low"]
    assert (low["bitrate"], low["bitrateConf"]) == (24_006, 10_000)


def test_more_than_sound_can_hold_is_said(heavy: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    heavy.connect("default/app/s", audio=AudioInput(channels=1, bitrate=1_000_000), ready=True)
    assert "no more fits into its samples" in caplog.text


@pytest.mark.parametrize("name", ["a.ts", "a.mp4"])
def test_records_weigh_it_too(heavy: Emulator, name: str) -> None:
    client, headers = heavy.app.test_client(), {"Authorization": heavy.authorization}
    path = "/v1/vhosts/default/apps/app"
    body = {"id": "r", "stream": {"name": "stream2"}, "filePath": f"/{name}", "infoPath": "/a.xml"}
    client.post(f"{path}:startRecord", data=json.dumps(body), headers=headers)
    heavy.clock.advance(20)
    client.post(f"{path}:stopRecord", data=json.dumps({"id": "r"}), headers=headers)
    root = heavy.confinement.root
    assert root
    (file,) = Path(root).rglob(name)
    assert file.stat().st_size * 8 / 20 == pytest.approx(2_128_000, rel=0.08)


@pytest.mark.parametrize("bitrate", [-1, True, 2e6, "2M", 2_000_000_000])
def test_odd_bit_rate_is_refused(bitrate: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"bitrate .* of a video is not a number of bits a second"):
        VideoInput(bitrate=bitrate)


def test_two_emulators_of_one_seed_write_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        with OmeMock(root=tmp_path / name, real_sizes=True, seed=3) as ome:
            ome.start_dump("d", output_stream_name="stream2", output_path="/d")
            written.append([path.read_bytes() for path in ome.dumps["d"].files])
    assert written[0] == written[1]


def _default_world_with(tmp_path: Path, before: str, after: str) -> Path:
    import ome_mock.worlds

    text = Path(ome_mock.worlds.__file__).with_name("default.xml").read_text()
    assert before in text
    path = tmp_path / "Server.xml"
    path.write_text(text.replace(before, after))
    return path
