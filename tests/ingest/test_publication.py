"""The media of a publisher: which tracks it has, from when on, and what is counted of them."""

from __future__ import annotations

import pytest
from ingest.publishers import publishing, reason, send
from ingest.rtmp_client import AAC_HEADER, AVC_HEADER, AVC_HEADER_320, KEY_FRAME, METADATA, PICTURE, SOUND, Sender

from ome_mock.ingest.amf0 import EcmaArray, Value
from ome_mock.ingest.counters import MediaCounters, TrackCounters
from ome_mock.ingest.events import AudioTrack, Event, Tracks, TracksChanged, TracksKnown, VideoTrack

SENDER = Sender()
VIDEO_TRACK = VideoTrack(0, "H264", 160, 90, 15.0, 58000)
AUDIO_TRACK = AudioTrack(1, "AAC", 44100, 2, 31000)
ENHANCED_HEADER = b"\x90avc1" + AVC_HEADER[5:]


def metadata(properties: Value = METADATA) -> bytes:
    return SENDER.data("@setDataFrame", "onMetaData", properties)


def known(events: list[Event]) -> Tracks:
    """The tracks of the only event."""
    (event,) = events
    assert isinstance(event, TracksKnown)
    return event.tracks


def known_video(events: list[Event]) -> VideoTrack:
    video = known(events).video
    assert video
    return video


# When a stream is there


def test_stream_is_there_once_both_tracks_have_sent_something() -> None:
    connection = publishing()
    assert send(connection, metadata(), SENDER.video(AVC_HEADER), SENDER.video(KEY_FRAME, 23)) == []
    assert send(connection, SENDER.audio(AAC_HEADER)) == [TracksKnown(Tracks(VIDEO_TRACK, AUDIO_TRACK, 2))]
    assert send(connection, SENDER.audio(SOUND)) == []


@pytest.mark.parametrize(("ertmp", "messages"), [(False, 250), (True, 500)])
@pytest.mark.parametrize("kind", ["video", "audio"])
def test_other_track_is_waited_for_through_so_many_messages(kind: str, messages: int, ertmp: bool) -> None:
    write, first, frame = (SENDER.video, AVC_HEADER, PICTURE) if kind == "video" else (SENDER.audio, AAC_HEADER, SOUND)
    connection = publishing(ertmp=ertmp)
    assert send(connection, metadata(), write(first), *[write(frame)] * (messages - 1)) == []
    tracks = known(send(connection, write(frame)))
    assert (tracks.video is None, tracks.audio is None) == (kind == "audio", kind == "video")
    late = [SENDER.audio(AAC_HEADER), SENDER.audio(SOUND), SENDER.video(AVC_HEADER), SENDER.video(KEY_FRAME)]
    assert send(connection, *late) == []


@pytest.mark.parametrize(
    ("properties", "sent", "tracks"),
    [
        pytest.param({"videocodecid": 7, "framerate": 15}, SENDER.video(AVC_HEADER), (True, False), id="only video"),
        pytest.param({"audiocodecid": 10}, SENDER.audio(AAC_HEADER), (False, True), id="only audio"),
        pytest.param(
            {"videocodecid": 2, "audiocodecid": 2}, SENDER.audio(AAC_HEADER) + SENDER.video(AVC_HEADER), (True, False), id="wrong"
        ),
    ],
)
def test_module_waits_for_the_tracks_that_metadata_name(properties: dict[str, int], sent: bytes, tracks: tuple[bool, bool]) -> None:
    found = known(send(publishing(ertmp=True), metadata(EcmaArray(properties)), sent))
    assert (found.video is not None, found.audio is not None) == tracks
    assert send(publishing(), metadata(EcmaArray(properties)), SENDER.video(AVC_HEADER)) == []


# What the tracks are


@pytest.mark.parametrize("properties", [METADATA, dict(METADATA)], ids=["array", "object"])
@pytest.mark.parametrize("ertmp", [False, True])
def test_rates_are_those_of_the_metadata(properties: dict[str, Value], ertmp: bool) -> None:
    tracks = known(send(publishing(ertmp=ertmp), metadata(properties), SENDER.video(AVC_HEADER) + SENDER.audio(AAC_HEADER)))
    assert tracks.video
    assert tracks.audio
    assert (tracks.video.framerate, tracks.video.bitrate, tracks.audio.bitrate) == (15.0, 58000, 31000)


def test_size_and_sound_are_those_of_the_sequence_headers() -> None:
    lies = EcmaArray(METADATA, width=1920, height=1080, audiosamplerate=8000, stereo=False)
    assert known(send(publishing(), metadata(lies), SENDER.video(AVC_HEADER) + SENDER.audio(AAC_HEADER))) == Tracks(
        VIDEO_TRACK, AUDIO_TRACK, 2
    )


def test_track_without_a_sequence_header_is_what_metadata_say() -> None:
    unknown = SENDER.video(b"\x1c\0\0\0\0") + SENDER.audio(b"\x2f\0")
    assert known(send(publishing(), metadata(), unknown)) == Tracks(VIDEO_TRACK, AudioTrack(1, "AAC", 44100, 1, 31000), 2)
    assert known(send(publishing(), unknown)) == Tracks(VideoTrack(0, "H264", 0, 0, 0.0, 0), AudioTrack(1, "AAC", 0, 0, 0), 2)


def test_module_leaves_out_tracks_without_a_sequence_header() -> None:
    assert known(send(publishing(ertmp=True), metadata(), SENDER.video(PICTURE) + SENDER.audio(SOUND))) == Tracks(None, None, 300)


@pytest.mark.parametrize(
    ("data", "framerate", "framerate_with_module"),
    [
        pytest.param(metadata(EcmaArray()), 30.0, 0.0, id="empty"),
        pytest.param(metadata(EcmaArray(framerate=25)), 25.0, 0.0, id="without codecs"),
        pytest.param(metadata("none"), 0.0, 0.0, id="a string"),
        pytest.param(SENDER.data("onMetaData", METADATA), 15.0, 0.0, id="without setDataFrame"),
        pytest.param(SENDER.data("@setDataFrame", "onSomething", METADATA), 0.0, 0.0, id="something else"),
        pytest.param(SENDER.data("onTextData", METADATA), 0.0, 0.0, id="other data"),
        pytest.param(SENDER.data("@setDataFrame"), 0.0, 0.0, id="nothing set"),
        pytest.param(SENDER.message(4, 18, 1, b"\x02\0\x20x"), 0.0, 0.0, id="cut short"),
        pytest.param(SENDER.message(4, 15, 1, b"\0" + b"\x02\0\x01x"), 0.0, 0.0, id="AMF3"),
        pytest.param(metadata(EcmaArray(METADATA, framerate="25")), 30.0, 0.0, id="a frame rate in words"),
        pytest.param(metadata(EcmaArray(METADATA, framerate=-1)), 30.0, 0.0, id="a negative frame rate"),
        pytest.param(metadata(EcmaArray(METADATA, framerate=float("inf"))), 30.0, 0.0, id="an infinite frame rate"),
        pytest.param(metadata() + metadata(EcmaArray(METADATA, framerate=50)), 50.0, 50.0, id="twice"),
    ],
)
def test_metadata_count_where_they_can_be_read(data: bytes, framerate: float, framerate_with_module: float) -> None:
    headers = SENDER.video(AVC_HEADER) + SENDER.audio(AAC_HEADER)
    assert known_video(send(publishing(), data, headers)).framerate == framerate
    assert known_video(send(publishing(ertmp=True), data, headers)).framerate == framerate_with_module


def test_metadata_behind_the_first_media_change_nothing() -> None:
    connection = publishing()
    assert known_video(send(connection, SENDER.video(AVC_HEADER) + SENDER.audio(AAC_HEADER))).bitrate == 0
    assert send(connection, metadata(), SENDER.video(AVC_HEADER), SENDER.video(KEY_FRAME)) == []


@pytest.mark.parametrize("ertmp", [False, True])
def test_sequence_header_of_another_size_changes_the_track(ertmp: bool) -> None:
    connection = publishing(ertmp=ertmp)
    before = known(send(connection, SENDER.media()))
    assert send(connection, SENDER.video(AVC_HEADER), SENDER.audio(AAC_HEADER)) == []
    (changed,) = send(connection, SENDER.video(AVC_HEADER_320))
    assert isinstance(changed, TracksChanged)
    assert changed.tracks.video
    assert (changed.tracks.video.width, changed.tracks.video.height) == (320, 180)
    assert changed.tracks.audio == before.audio


# What closes


@pytest.mark.parametrize(
    ("sent", "closes_without", "closes_with"),
    [
        pytest.param(SENDER.video(b"\x17"), True, True, id="video of one byte"),
        pytest.param(SENDER.audio(b"\xaf"), True, True, id="audio of one byte"),
        pytest.param(SENDER.video(b"\x90vp09" + bytes(12)), True, True, id="another FourCC"),
        pytest.param(SENDER.video(ENHANCED_HEADER), True, False, id="FourCC avc1"),
        pytest.param(SENDER.video(b"\x1c\0\0\0\0"), True, True, id="codec id 12"),
        pytest.param(SENDER.audio(b"\x2f" + bytes(404)), True, True, id="MP3"),
        pytest.param(SENDER.audio(b"\x90mp4a"), True, True, id="FourCC mp4a"),
        pytest.param(SENDER.video(AVC_HEADER[:7]), False, True, id="a sequence header that is cut short"),
        pytest.param(SENDER.audio(b"\xaf\0"), False, True, id="an AAC header of nothing"),
        pytest.param(SENDER.video(b"\x17\2\0\0\0"), False, False, id="the end of a sequence"),
        pytest.param(SENDER.video(b""), False, False, id="nothing"),
    ],
)
def test_media_that_cannot_be_read_close(sent: bytes, closes_without: bool, closes_with: bool) -> None:
    for ertmp, closes in ((False, closes_without), (True, closes_with)):
        connection = publishing(ertmp=ertmp)
        send(connection, SENDER.media())
        events = send(connection, sent)
        assert connection.closed is closes
        assert bool(events) is closes


@pytest.mark.parametrize("sent", [SENDER.video(b"\x90hvc1" + bytes(12)), SENDER.video(b"\x1c\0\0\0\0"), SENDER.video(AVC_HEADER[:7])])
def test_before_the_stream_is_there_only_the_module_looks(sent: bytes) -> None:
    connection = publishing()
    assert send(connection, sent) == []
    assert known(send(connection, SENDER.audio(AAC_HEADER)))
    assert reason(send(publishing(ertmp=True), sent))


def test_audio_that_metadata_name_wrongly_is_passed_over() -> None:
    connection = publishing(ertmp=True)
    send(connection, metadata(EcmaArray(METADATA, audiocodecid=2)), SENDER.video(AVC_HEADER), SENDER.audio(b"\x2f\0"), SENDER.audio(b"x"))
    assert not connection.closed


# E-RTMP


def test_frames_by_fourcc_are_counted_as_others_are() -> None:
    enhanced = publishing(ertmp=True)
    send(enhanced, metadata(), SENDER.video(ENHANCED_HEADER), SENDER.audio(AAC_HEADER))
    plain = publishing(ertmp=True)
    send(plain, metadata(), SENDER.video(AVC_HEADER), SENDER.audio(AAC_HEADER))
    for timestamp, (key, offset) in enumerate([(1, 40), (2, 0), (2, 80)]):
        send(plain, SENDER.video(bytes([key << 4 | 7, 1, 0, 0, offset]) + bytes(50), timestamp))
        send(enhanced, SENDER.video(bytes([0x80 | key << 4 | 1]) + b"avc1" + bytes([0, 0, offset]) + bytes(50), timestamp))
    assert enhanced.counters == plain.counters
    without_offset = SENDER.video(b"\xa3avc1" + bytes(50), 3)
    send(enhanced, without_offset, SENDER.video(b"\xd4avc1" + bytes(50), 4), SENDER.video(b"\x92avc1", 5))
    assert enhanced.counters.video.frames == 4


# Counting


def test_frames_are_counted_as_the_engine_counts_them() -> None:
    connection = publishing()
    assert connection.counters == MediaCounters(TrackCounters(), TrackCounters())
    send(connection, SENDER.media())
    send(connection, *(SENDER.video(PICTURE, 23 + 67 * number) for number in range(1, 15)))
    send(connection, SENDER.video(KEY_FRAME, 1028), SENDER.video(PICTURE, 1095), SENDER.audio(SOUND, 46))
    picture, key_frame, sound = 100 + 6, 500 + 6 + 36, 90 + 7
    assert connection.counters == MediaCounters(
        video=TrackCounters(
            17,
            2 * key_frame + 15 * picture,
            2,
            23,
            1095,
            frames_since_key_frame=1,
            key_frame_interval=15,
            mean_key_frame_interval=15.0,
            bitrate=(key_frame + 14 * picture) * 8 * 1000 // 1005,
            framerate=15 * 1000 / 1005,
        ),
        audio=TrackCounters(2, 2 * sound, 0, 23, 46, frames_since_key_frame=2),
    )


def test_frames_that_go_back_in_time_pass_for_b_frames() -> None:
    connection = publishing()
    send(connection, SENDER.video(PICTURE, 8000), SENDER.video(PICTURE, 3000))
    assert connection.counters.video.has_b_frames


def test_rates_are_those_of_the_last_whole_second_of_timestamps() -> None:
    """As recorded: timestamps go back to 0, where the window stays open until time has passed it again."""
    connection = publishing()
    send(connection, *(SENDER.video(PICTURE, at) for at in range(0, 900, 100)))
    assert (connection.counters.video.framerate, connection.counters.video.bitrate) == (0.0, 0)
    send(connection, *(SENDER.video(PICTURE, at) for at in range(900, 2100, 100)))
    assert (connection.counters.video.framerate, connection.counters.video.bitrate) == (10.0, 8480)
    send(connection, *(SENDER.video(PICTURE, at) for at in range(0, 3100, 100)))
    assert connection.counters.video.framerate == 31.0


@pytest.mark.parametrize(
    ("sent", "is_complete"),
    [
        pytest.param(metadata() + SENDER.video(AVC_HEADER) + SENDER.audio(AAC_HEADER), True, id="rates are declared"),
        pytest.param(SENDER.video(AVC_HEADER) + SENDER.audio(AAC_HEADER), False, id="rates are unknown"),
        pytest.param(metadata() + SENDER.video(AVC_HEADER[:7]) + SENDER.audio(AAC_HEADER), False, id="a broken sequence header"),
        pytest.param(
            SENDER.video(AVC_HEADER)
            + SENDER.audio(AAC_HEADER)
            + b"".join(SENDER.video(PICTURE, at) + SENDER.audio(SOUND, at) for at in (0, 500, 1000)),
            True,
            id="rates are measured",
        ),
    ],
)
def test_outputs_need_sequence_headers_and_rates(sent: bytes, is_complete: bool) -> None:
    connection = publishing()
    send(connection, sent)
    assert connection.is_complete is is_complete


@pytest.mark.parametrize(("offsets", "has_b_frames"), [((0, 0, 0), False), ((40, 40, 40), False), ((80, 160, 0, 0), True)])
def test_pictures_that_are_shown_before_earlier_ones_are_b_frames(offsets: tuple[int, ...], has_b_frames: bool) -> None:
    connection = publishing()
    send(connection, *(SENDER.video(bytes([0x27, 1, 0, 0, offset]), 40 * number) for number, offset in enumerate(offsets)))
    assert connection.counters.video.has_b_frames is has_b_frames
