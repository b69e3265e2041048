"""What players of HLS over MPEG-TS are answered; the recorded stories are in tests/contract."""

from __future__ import annotations

import io
import re
from collections import Counter
from itertools import pairwise

import av
import pytest
from live_worlds import hls, llhls, ts_playlist
from ts.conftest import AskTs

from ome_mock import VideoInput

LIST = "medialist_3465363613016867760_hls.m3u8"
SOUND_LIST = "medialist_129837903568278816_hls.m3u8"


def durations(text: str) -> list[str]:
    return re.findall(r"#EXTINF:([\d.]+),", text)


def numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"^seg_\d+_(\d+)_hls\.ts", text, re.MULTILINE)]


@pytest.mark.parametrize("file", ["ts:playlist.m3u8", "TS:playlist.m3u8", "playlist.m3u8?format=ts", "Ts:playlist.m3u8?format=ts&x=1"])
def test_default_playlist_is_asked_for_in_two_ways(ask_ts: AskTs, file: str) -> None:
    get, _ = ask_ts()

    answer = get(file)

    assert answer.status_code == 200
    assert answer.text.splitlines()[-1] == LIST
    assert answer.headers.get("Cache-Control") is None


@pytest.mark.parametrize("file", ["playlist.m3u8", "ts:llhls.m3u8", "llhls.m3u8?format=ts", "ts:plain.m3u8", "ts:nope.m3u8", "ts:.m3u8"])
def test_what_neither_publisher_serves_is_not_there(ask_ts: AskTs, file: str) -> None:
    get, _ = ask_ts(playlists=ts_playlist("plain").replace("true", "false", 1))

    assert get(file).status_code == 404


def test_each_rendition_has_a_list_of_its_own(ask_ts: AskTs) -> None:
    get, _ = ask_ts(playlists=ts_playlist("sound", video=""))

    assert get("ts:sound.m3u8").text.splitlines()[-1] == SOUND_LIST
    assert 'CODECS="mp4a.40.2"' in get("ts:sound.m3u8").text
    assert get("sound.m3u8").status_code == 200  # LL-HLS serves it too


def test_list_holds_the_newest_segments(ask_ts: AskTs) -> None:
    get, _ = ask_ts()

    text = get(LIST).text

    assert numbers(text) == [4, 5, 6, 7]
    assert durations(text) == ["2.000"] * 4
    assert "#EXT-X-MEDIA-SEQUENCE:4\n" in text


def test_sound_alone_ends_beyond_its_target(ask_ts: AskTs) -> None:
    get, _ = ask_ts(playlists=ts_playlist("sound", video=""), seconds=9)

    assert durations(get(SOUND_LIST).text) == ["2.005", "2.005", "2.006", "2.005"]


def test_segment_without_a_key_frame_ends_at_three_targets(ask_ts: AskTs) -> None:
    get, _ = ask_ts(video=VideoInput(key_frame_interval=300), seconds=21)

    assert durations(get(LIST).text) == ["6.000", "4.000", "6.000", "4.000"]


def test_segments_can_be_fetched_until_two_more_have_come(ask_ts: AskTs) -> None:
    get, _ = ask_ts()
    name = LIST.replace("medialist", "seg").replace("_hls.m3u8", "_{}_hls.ts")

    assert [get(name.format(number)).status_code for number in (1, 2, 7, 8)] == [404, 200, 200, 404]
    assert get(name.format(7), "HEAD").headers["Content-Type"] == "video/mp2t"


def test_segments_decode_and_go_on(ask_ts: AskTs) -> None:
    get, _ = ask_ts()
    segments = [get(f"seg_{LIST.split('_')[1]}_{number}_hls.ts").data for number in range(2, 8)]

    with av.open(io.BytesIO(b"".join(segments)), "r", format="mpegts") as container:
        frames = Counter(type(frame).__name__ for frame in container.decode(video=0, audio=0))

    assert frames == {"VideoFrame": 360, "AudioFrame": 563}
    for pid, counters in continuity(b"".join(segments)).items():
        assert all(after == (before + 1) % 16 for before, after in pairwise(counters)), pid


def continuity(data: bytes) -> dict[int, list[int]]:
    """The continuity counters by packet identifier."""
    found: dict[int, list[int]] = {}
    for start in range(0, len(data), 188):
        found.setdefault((data[start + 1] & 0x1F) << 8 | data[start + 2], []).append(data[start + 3] & 0x0F)
    return found


def test_pictures_and_sound_are_where_the_engine_puts_them(ask_ts: AskTs) -> None:
    get, _ = ask_ts()

    packets = continuity(get(f"seg_{LIST.split('_')[1]}_4_hls.ts").data)

    assert sorted(packets) == [0, 256, 257, 258]
    assert [len(packets[pid]) for pid in (0, 256)] == [1, 1]


def test_stream_begins_with_201_then_404(ask_ts: AskTs) -> None:
    get, emulator = ask_ts(seconds=0)
    emulator.clock.advance(0.8)
    statuses = [get("ts:playlist.m3u8").status_code, get(LIST).status_code]
    emulator.clock.advance(1.3)

    assert statuses == [404, 404]
    assert get("ts:playlist.m3u8").status_code == 200
    assert numbers(get(LIST).text) == [0]


@pytest.mark.parametrize(("publishers", "answered"), [(llhls(), (404, 200)), (hls(), (200, 404))], ids=["LL-HLS alone", "HLS alone"])
def test_application_publishes_what_it_names(ask_ts: AskTs, publishers: str, answered: tuple[int, int]) -> None:
    get, _ = ask_ts(publishers=publishers)

    assert (get("ts:playlist.m3u8").status_code, get("llhls.m3u8").status_code) == answered


def test_concluded_list_ends_with_a_shorter_segment(ask_ts: AskTs) -> None:
    get, emulator = ask_ts()
    emulator.engine.conclude_hls_live(emulator.engine.input_stream("default", "app", "s"), emulator.clock.now_ns())
    emulator.clock.advance(30)

    text = get(LIST).text

    assert numbers(text) == [5, 6, 7, 8]
    assert durations(text) == ["2.000", "2.000", "2.000", "1.000"]
    assert text.endswith("#EXT-X-ENDLIST\n")


def test_window_of_dvr_is_as_long_as_configured(ask_ts: AskTs) -> None:
    get, _ = ask_ts("<DVR><Enable>true</Enable><MaxDuration>8</MaxDuration></DVR>", seconds=41)

    assert numbers(get(LIST).text) == list(range(12, 20))
    assert numbers(get(f"{LIST}?_HLS_rewind=NO").text) == [15, 16, 17, 18, 19]
    assert get("ts:playlist.m3u8?_HLS_rewind=NO").text.splitlines()[-1] == f"{LIST}?_HLS_rewind=NO"


def test_default_query_is_heeded(ask_ts: AskTs) -> None:
    query = "<DefaultQueryString><Query><Key>_HLS_rewind</Key><Value>NO</Value></Query></DefaultQueryString>"
    get, _ = ask_ts(f"<DVR><Enable>true</Enable></DVR>{query}")

    assert len(numbers(get(LIST).text)) == 5
    assert get("ts:playlist.m3u8?_HLS_rewind=YES").text.splitlines()[-1] == f"{LIST}?_HLS_rewind=YES"


def test_event_list_says_so_unless_it_is_shortened(ask_ts: AskTs) -> None:
    get, _ = ask_ts("<DVR><Enable>true</Enable><EventPlaylistType>true</EventPlaylistType></DVR>")

    assert "#EXT-X-PLAYLIST-TYPE:EVENT\n" in get(LIST).text
    assert "EVENT" not in get(f"{LIST}?_HLS_rewind=NO").text
