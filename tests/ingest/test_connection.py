"""A connection behind its handshake: commands and their answers, who may publish, acknowledgements, and what ends it."""

from __future__ import annotations

from typing import Any

import pytest
from ingest.publishers import publishing, reason, send, shaken_hands
from ingest.rtmp_client import AAC_HEADER, AVC_HEADER, COMMAND, HANDSHAKE, Sender

from ome_mock.ingest.amf0 import EcmaArray, decode
from ome_mock.ingest.chunks import ChunkReader
from ome_mock.ingest.connection import MOST_UNSENT, MOST_WAITING, RtmpConnection
from ome_mock.ingest.errors import WrongMoment
from ome_mock.ingest.events import Ended, PublishRequested, TracksKnown
from ome_mock.ingest.publish_url import PublishUrl
from ome_mock.ingest.states import TRANSITIONS, State, Step, next_state

SENDER = Sender()
FC_PUBLISH = SENDER.command("FCPublish", 3, None, "stream")
PUBLISH = SENDER.command("publish", 5, None, "stream", "live", chunk_stream=4, stream=1)

STREAM_BEGIN_1 = "4 000000000001"
STARTED = {"level": "status", "code": "NetStream.Publish.Start", "description": "Publishing", "clientid": 12345.0}
FC_STARTED = {**STARTED, "description": "FCPublish"}


def answers(connection: RtmpConnection) -> list[Any]:
    """The messages that the connection has to send: the values of commands, other messages as type and hexadecimal."""
    reader = ChunkReader()
    reader.feed(connection.bytes_to_send())
    return [
        decode(message.payload) if message.type == COMMAND else f"{int(message.type)} {message.payload.hex()}"
        for message in iter(reader.next_message, None)
    ]


def connected(**options: Any) -> RtmpConnection:
    connection = shaken_hands(**options)
    connection.receive(SENDER.connect())
    connection.bytes_to_send()
    return connection


# Commands


def test_connect_is_answered_by_five_messages() -> None:
    connection = shaken_hands()
    assert connection.receive(SENDER.connect(objectEncoding=3)) == []
    window, bandwidth, begin, chunk_size, result = answers(connection)
    assert [window, bandwidth, begin, chunk_size] == ["5 002625a0", "6 002625a002", "4 000000000000", "1 00000080"]
    assert result == [
        "_result",
        1.0,
        {"fmsVer": "FMS/3,5,2,654", "capabilities": 31.0, "mode": 1.0},
        {
            "level": "status",
            "code": "NetConnection.Connect.Success",
            "description": "Connection succeeded.",
            "clientid": 12345.0,
            "objectEncoding": 3.0,
            "data": {"version": "3,5,2,654"},
        },
    ]


def test_module_tells_the_numbers_of_connection_and_socket() -> None:
    connection = shaken_hands(ertmp=True, connection_number=120, socket_number=42)
    send(connection, SENDER.publish())
    told = [value["clientid"] for answer in answers(connection) for value in answer if isinstance(value, dict) and "clientid" in value]
    assert told == [120.0, 42.0, 42.0]


def test_create_stream_always_makes_stream_1_and_needs_no_connect() -> None:
    connection = shaken_hands()
    connection.receive(SENDER.command("createStream", 4, None) + SENDER.command("createStream", "x", None))
    assert answers(connection) == [["_result", 4.0, None, 1.0], ["_result", 0.0, None, 1.0]]


@pytest.mark.parametrize(
    "command",
    [
        SENDER.command("releaseStream", 2, None, "stream"),
        SENDER.command("FCUnpublish", 6, None, "stream"),
        SENDER.command("deleteStream", 7, None, 1),
        SENDER.command("closeStream", 7, None, stream=1),
        SENDER.command("play", 3, None, "stream", -2000, stream=1),
        SENDER.command("nonsense", 4, None, {"a": 1}, [EcmaArray()]),
        SENDER.command(5),
        SENDER.message(3, 17, 0, b"\0" + b"\x02\0\x07connect"),
        SENDER.message(3, 15, 0, b"x"),
        SENDER.message(3, 19, 0, b"x"),
        SENDER.message(3, 22, 0, bytes(9410)),
        SENDER.message(3, 99, 0, b"abc"),
        SENDER.message(3, 20, 0, b""),
        SENDER.message(2, 3, 0, bytes(4)),
        SENDER.message(2, 4, 0, bytes.fromhex("000300000001000001f4")),
        SENDER.message(2, 4, 0, b"\0"),
    ],
)
def test_what_is_not_known_is_passed_over(command: bytes) -> None:
    for connection in (connected(), publishing()):
        assert connection.receive(command) == []
        assert (connection.closed, connection.bytes_to_send()) == (False, b"")


@pytest.mark.parametrize("ertmp", [False, True])
def test_stream_lives_on_after_every_command_that_might_end_it(ertmp: bool) -> None:
    connection = publishing(ertmp=ertmp)
    send(connection, SENDER.media(), SENDER.command("deleteStream", 7, None, 1), SENDER.command("closeStream", 7, None))
    assert send(connection, SENDER.media()) == []
    assert connection.state is State.LIVE


def test_ping_comes_back_and_with_the_module_in_reverse() -> None:
    for ertmp, answer in ((False, "4 000700003039"), (True, "4 000739300000")):
        connection = connected(ertmp=ertmp)
        connection.receive(SENDER.message(2, 4, 0, bytes.fromhex("000600003039")))
        assert answers(connection) == [answer]


# Publishing


def test_fc_publish_is_answered_and_then_the_listener_is_asked() -> None:
    connection = connected()
    (asked,) = connection.receive(SENDER.command("FCPublish", 3, None, "stream?key=a&x=1"))
    assert asked == PublishRequested(
        PublishUrl("rtmp://127.0.0.1:1935", "rtmp", "127.0.0.1", "app", "stream", "key=a&x=1"), "rtmp://127.0.0.1:1935/app", "FMLE/3.0"
    )
    assert isinstance(asked, PublishRequested)
    assert str(asked.url) == "rtmp://127.0.0.1:1935/app/stream?key=a&x=1"
    assert answers(connection) == [["onFCPublish", 0.0, None, FC_STARTED]]
    assert connection.is_waiting
    assert connection.accept() == []
    assert answers(connection) == []


def test_publish_is_answered_once_the_listener_has_accepted() -> None:
    connection = connected()
    (asked,) = connection.receive(PUBLISH)
    assert isinstance(asked, PublishRequested)
    assert asked.url.stream == "stream"
    assert answers(connection) == []
    connection.accept()
    assert answers(connection) == [STREAM_BEGIN_1, ["onStatus", 0.0, None, STARTED]]


def test_request_that_is_passed_over_has_never_been() -> None:
    connection = connected()
    connection.receive(FC_PUBLISH)
    assert connection.pass_over() == []
    (asked,) = connection.receive(PUBLISH)
    assert isinstance(asked, PublishRequested)
    assert connection.pass_over() == []
    connection.bytes_to_send()
    assert reason(connection.receive(SENDER.media())) == "media before publish"
    with pytest.raises(WrongMoment):
        connection.pass_over()


def test_plain_answers_of_the_module_are_those_without_it() -> None:
    odd, plain, without = shaken_hands(ertmp=True), shaken_hands(ertmp=True, is_odd=False), shaken_hands()
    said = SENDER.publish() + SENDER.message(2, 4, 0, bytes.fromhex("000600003039"))
    answered = []
    for connection in (odd, plain, without):
        send(connection, said)
        answered.append(connection.bytes_to_send())
    assert answered[0] != answered[1] == answered[2]
    for connection in (odd, plain):
        send(connection, SENDER.media())
        assert connection.tracks
        assert connection.tracks.data_id == 300


@pytest.mark.parametrize("first", [FC_PUBLISH, PUBLISH])
def test_later_publish_is_answered_and_changes_nothing(first: bytes) -> None:
    connection = connected()
    send(connection, first)
    connection.bytes_to_send()
    other = SENDER.command("publish", 6, None, "another", "live", chunk_stream=4, stream=1)
    assert connection.receive(other + SENDER.command("publish", 7, None) + FC_PUBLISH) == []
    assert answers(connection) == [STREAM_BEGIN_1, ["onStatus", 0.0, None, STARTED]] * 2


@pytest.mark.parametrize("command", [FC_PUBLISH, PUBLISH])
def test_refused_publisher_is_closed_without_a_word(command: bytes) -> None:
    connection = connected()
    connection.receive(command)
    connection.bytes_to_send()
    assert connection.refuse("denied") == [Ended("denied")]
    assert (connection.closed, connection.bytes_to_send()) == (True, b"")
    assert connection.receive(SENDER.media()) == []


def test_what_comes_while_the_listener_decides_is_read_afterwards() -> None:
    connection = connected()
    (asked,) = connection.receive(FC_PUBLISH + SENDER.command("createStream", 4, None) + PUBLISH)
    assert isinstance(asked, PublishRequested)
    assert connection.receive(SENDER.media()) == []
    assert answers(connection) == [["onFCPublish", 0.0, None, FC_STARTED]]
    (known,) = connection.accept()
    assert isinstance(known, TracksKnown)
    assert answers(connection) == [["_result", 4.0, None, 1.0], STREAM_BEGIN_1, ["onStatus", 0.0, None, STARTED]]


def test_what_comes_while_the_listener_decides_has_a_bound() -> None:
    connection = connected()
    connection.receive(FC_PUBLISH)
    assert connection.receive(bytes(MOST_WAITING)) == []
    assert reason(connection.receive(b"\0")) == "too many bytes behind a publish request"


def test_media_before_publish_close() -> None:
    for sent in (SENDER.video(AVC_HEADER), SENDER.audio(AAC_HEADER)):
        assert reason(connected().receive(sent)) == "media before publish"


def test_data_before_publish_are_passed_over() -> None:
    assert connected().receive(SENDER.data("@setDataFrame", "onMetaData", {})) == []


def test_publish_without_a_name_is_rejected_and_closed() -> None:
    for name in ((), (5,)):
        connection = connected()
        assert reason(connection.receive(SENDER.command("publish", 5, None, *name, chunk_stream=4))) == "publish without a name"
        rejected = {"level": "error", "code": "NetStream.Publish.Rejected", "description": "Authentication Failed.", "clientid": 12345.0}
        assert answers(connection) == [["onStatus", 0.0, None, rejected]]


def test_fc_publish_without_a_name_is_closed() -> None:
    connection = connected()
    assert reason(connection.receive(SENDER.command("FCPublish", 5, None))) == "FCPublish without a name"
    assert answers(connection) == []


@pytest.mark.parametrize("ertmp", [False, True])
def test_publishing_before_connect_is_closed(ertmp: bool) -> None:
    connection = shaken_hands(ertmp=ertmp)
    assert reason(connection.receive(PUBLISH)).startswith("nothing to publish")
    assert answers(connection) == []


# Where to


@pytest.mark.parametrize(
    ("tc_url", "name", "url"),
    [
        ("rtmp://127.0.0.1/app", "a", "rtmp://127.0.0.1/app/a"),
        ("RTMPS://host:70000/app", "a", "RTMPS://host:70000/app/a"),
        ("rtmp://u:p@host:1935/app/", "a", "rtmp://u:p@host:1935/app/a"),
        ("rtmp://[::1]:1935/app", "a b/c#d&e=f:g;%41", "rtmp://[::1]:1935/app/a b/c#d&e=f:g;%41"),
        ("rtmp://host/app?user=u", "a?key=k", "rtmp://host/app/a?user=u&key=k"),
        ("rtmp://host/app/inst", "a", "rtmp://host/app/a"),
        ("rtmp://host/app/inst/more?q=1", "", "rtmp://host/app/inst?q=1"),
    ],
)
def test_address_is_that_of_tc_url_with_the_name(tc_url: str, name: str, url: str) -> None:
    connection = shaken_hands()
    connection.receive(SENDER.connect(tc_url))
    (asked,) = connection.receive(SENDER.command("FCPublish", 3, None, name))
    assert isinstance(asked, PublishRequested)
    assert str(asked.url) == url


@pytest.mark.parametrize("ertmp", [False, True])
@pytest.mark.parametrize(("tc_url", "name"), [("http://127.0.0.1:1935/app", "a"), ("rtmp://host/app", ""), ("rtmp://host", "a")])
def test_address_that_is_not_whole_is_closed_behind_on_fc_publish(tc_url: str, name: str, ertmp: bool) -> None:
    connection = shaken_hands(ertmp=ertmp)
    connection.receive(SENDER.connect(tc_url))
    connection.bytes_to_send()
    assert reason(connection.receive(SENDER.command("FCPublish", 3, None, name))).startswith("nothing to publish")
    assert [answer[0] for answer in answers(connection)] == ["onFCPublish"]


@pytest.mark.parametrize("tc_url", ["plain", " ", "", 5, None, "rtmp://", "rtmp:///app", "rtmp://host:port/app"])
def test_senseless_tc_url_is_closed_at_fc_publish_and_with_the_module_at_connect(tc_url: str | int | None) -> None:
    for ertmp, answered in ((False, ["_result", "onFCPublish"]), (True, [])):
        connection = shaken_hands(ertmp=ertmp)
        connection.receive(SENDER.command("connect", 1, {"tcUrl": tc_url}))
        assert connection.closed is ertmp
        connection.receive(FC_PUBLISH)
        assert connection.closed
        assert [answer[0] for answer in answers(connection) if isinstance(answer, list)] == answered


def test_module_lets_publish_name_the_stream_where_tc_url_has() -> None:
    connection = shaken_hands(ertmp=True)
    connection.receive(SENDER.connect("rtmp://host/app/one"))
    connection.bytes_to_send()
    assert connection.receive(SENDER.command("FCPublish", 3, None, "two") + SENDER.command("FCPublish", 3, None)) == []
    assert answers(connection) == []
    (asked,) = connection.receive(SENDER.command("publish", 5, None, "two", "live"))
    assert isinstance(asked, PublishRequested)
    assert asked.url.stream == "two"


@pytest.mark.parametrize("ertmp", [False, True])
@pytest.mark.parametrize("said", [EcmaArray(tcUrl="rtmp://host/app"), {"tcUrl": "rtmp://host/app", "pageUrl": "p" * 70000}])
def test_connect_that_the_engine_cannot_read_is_closed(said: EcmaArray | dict[str, str], ertmp: bool) -> None:
    connection = shaken_hands(ertmp=ertmp)
    if isinstance(said, EcmaArray):
        sent = SENDER.command("connect", 1, said)
    else:
        long_string = b"\x0c" + (70000).to_bytes(4, "big") + b"p" * 70000
        sent = SENDER.message(3, COMMAND, 0, b"\x02\0\7connect\0" + bytes(8) + b"\x03\0\7pageUrl" + long_string + b"\0\0\x09")
    assert connection.receive(sent)
    assert (connection.closed, connection.bytes_to_send()) == (True, b"")


# Chunk streams


def test_answers_go_where_the_request_came_from() -> None:
    for ertmp, expected in ((False, [64, 319, 320]), (True, [64, 63, 256])):
        connection = connected(ertmp=ertmp)
        for chunk_stream in (64, 319, 320):
            connection.receive(SENDER.command("createStream", 1, None, chunk_stream=chunk_stream))
        reader = ChunkReader()
        reader.feed(connection.bytes_to_send())
        assert [message.chunk_stream for message in iter(reader.next_message, None)] == expected


@pytest.mark.parametrize("message", [(1, b"\x10\0"), (2, b"\0"), (5, b"\0\0\0")])
def test_message_about_the_connection_of_too_few_bytes_is_closed(message: tuple[int, bytes]) -> None:
    kind, payload = message
    assert reason(connected().receive(SENDER.message(2, kind, 0, payload))) == f"a message of type {kind} and {len(payload)} bytes"


# Acknowledgements


def test_half_a_window_is_acknowledged_with_all_bytes_since_the_handshake_began() -> None:
    connection = connected()
    so_far = len(HANDSHAKE) + len(SENDER.connect())
    padding = SENDER.message(3, 99, 0, bytes(1_000_000))
    connection.receive(padding)
    assert answers(connection) == []
    connection.receive(padding)
    assert answers(connection) == [f"3 {so_far + 2 * len(padding):08x}"]
    connection.receive(padding)
    assert answers(connection) == [f"3 {so_far + 3 * len(padding):08x}"]


def test_client_sets_the_window_and_owed_halves_are_acknowledged_piece_by_piece() -> None:
    connection = connected()
    so_far = len(HANDSHAKE) + len(SENDER.connect())
    window = SENDER.message(2, 5, 0, (2000).to_bytes(4, "big"))
    connection.receive(window)
    pings = [answers(connection)]
    for _ in range(5):
        connection.receive(b"")
        pings.append(answers(connection))
    total = so_far + len(window)
    assert pings == [[f"3 {total:08x}"]] * (total // 1000) + [[]] * (6 - total // 1000)


# The end


def test_end_is_told_once() -> None:
    connection = publishing()
    assert connection.end("the client closed it") == [Ended("the client closed it")]
    assert connection.end("again") == connection.receive(SENDER.media()) == []


def test_answers_that_nobody_takes_have_a_bound() -> None:
    connection = connected()
    connect = SENDER.connect() * 1000
    connection.receive(connect)
    so_many = len(connection.bytes_to_send())
    for _ in range(MOST_UNSENT // so_many):
        assert connection.receive(connect) == []
    assert reason(connection.receive(connect)) == "answers that nobody reads"


def test_listener_that_answers_a_question_nobody_asked_is_told() -> None:
    for connection in (RtmpConnection(), connected(), publishing()):
        with pytest.raises(WrongMoment):
            connection.accept()
        with pytest.raises(WrongMoment):
            connection.refuse()
        assert not connection.closed


def test_table_has_every_state_on_a_way_from_the_first_to_the_end() -> None:
    reached = {State.HANDSHAKE}
    for step in (Step.HANDSHAKE_ANSWERED, Step.CONFIRMED, Step.PUBLISH_REQUESTED, Step.ACCEPTED, Step.TRACKS_KNOWN, Step.ENDED):
        reached |= {TRANSITIONS[state, step] for state in reached if (state, step) in TRANSITIONS}
    assert reached == set(State)
    for step in Step:
        with pytest.raises(WrongMoment):
            next_state(State.ENDED, step)
