"""Messages put together of chunks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest.rtmp_client import AUDIO, COMMAND, DATA, VIDEO, Sender, basic_header

from ome_mock.ingest.chunks import MOST_CHUNK_STREAMS, ChunkReader
from ome_mock.ingest.errors import ProtocolViolation
from ome_mock.ingest.messages import Message, encode_message


def read(*pieces: bytes, reader: ChunkReader | None = None) -> list[Message]:
    reader = reader or ChunkReader()
    messages: list[Message] = []
    for piece in pieces:
        reader.feed(piece)
        messages += iter(reader.next_message, None)
    return messages


@settings(max_examples=50)
def kept(kind: int, payload: bytes) -> bytes:
    """A message's payload as far as it is kept: of frames the first bytes."""
    is_frame = kind in {AUDIO, VIDEO} and len(payload) > 1 and payload[1] != 0 and payload[0] & 0x8F != 0x80
    return payload[:16] if is_frame else payload


@given(
    st.lists(
        st.tuples(
            st.sampled_from([2, 3, 63, 64, 319, 320, 65599]),
            st.sampled_from([AUDIO, VIDEO, DATA, COMMAND]),
            st.binary(min_size=1, max_size=600),
            st.integers(0, 0x7FFFFFFF),
        ),
        max_size=5,
    ),
    st.integers(1, 300),
    st.integers(1, 700),
)
def test_messages_arrive_however_they_are_cut(sent: list[tuple[int, int, bytes, int]], chunk_size: int, piece_size: int) -> None:
    sender = Sender(chunk_size)
    data = b"".join(sender.message(chunk_stream, kind, 1, payload, at) for chunk_stream, kind, payload, at in sent)
    reader = ChunkReader()
    reader.set_chunk_size(chunk_size)
    pieces = [data[at : at + piece_size] for at in range(0, len(data), piece_size)]
    assert [tuple(message) for message in read(*pieces, reader=reader)] == [
        (chunk_stream, kind, at, len(payload), kept(kind, payload)) for chunk_stream, kind, payload, at in sent
    ]


@given(st.sampled_from([3, 64, 320]), st.binary(max_size=600))
def test_what_the_engine_sends_can_be_read(chunk_stream: int, payload: bytes) -> None:
    expected = [Message(chunk_stream, COMMAND, 0, len(payload), payload)] if payload else []
    assert read(encode_message(chunk_stream, COMMAND, 1, payload)) == expected


def test_chunks_of_several_messages_are_told_apart() -> None:
    one, other = (Sender().message(chunk_stream, VIDEO, 1, bytes([chunk_stream]) * 200) for chunk_stream in (5, 6))
    found = read(one[:140], other[:140], other[140:], one[140:])
    assert [(message.payload, message.length) for message in found] == [(b"\6" * 16, 200), (b"\5" * 16, 200)]


@pytest.mark.parametrize("pieces", [1, 7, 129, 5000])
def test_long_frames_are_passed_over_and_what_comes_between_is_not(pieces: int) -> None:
    """A frame of many chunks, another message in the middle of it, and one behind it."""
    frame = Sender().message(6, VIDEO, 1, b"\x27\1" + bytes(3000))
    between, behind = (Sender().message(3, COMMAND, 0, text) for text in (b"between", b"behind"))
    cut = 12 + 10 * 129 - 1
    sent = frame[:cut] + between + frame[cut:] + behind
    found = read(*(sent[at : at + pieces] for at in range(0, len(sent), pieces)))
    assert [(message.type, message.length) for message in found] == [(COMMAND, 7), (VIDEO, 3002), (COMMAND, 6)]
    assert [message.payload for message in found] == [b"between", b"\x27\1" + bytes(14), b"behind"]


def test_sequence_header_of_many_chunks_is_kept() -> None:
    header = b"\x17\0" + bytes(range(256)) * 4
    assert [message.payload for message in read(Sender().message(6, VIDEO, 1, header))] == [header]


@pytest.mark.parametrize(
    ("chunk_format", "fields", "stamp", "timestamp_ms"),
    [(1, bytes.fromhex("000003 09"), 40, 1040), (2, b"", 50, 1050), (3, b"", 0, 1000)],
    ids=["no message stream", "only a timestamp", "nothing"],
)
def test_short_header_has_the_rest_of_the_last_one(chunk_format: int, fields: bytes, stamp: int, timestamp_ms: int) -> None:
    sender = Sender()
    data = sender.message(6, VIDEO, 1, b"one", 1000) + sender.chunks(chunk_format, 6, fields, b"two", stamp)
    assert read(data)[1] == Message(6, VIDEO, timestamp_ms, 3, b"two")


def test_header_without_anything_counts_on_by_the_last_step() -> None:
    sender = Sender()
    data = sender.message(6, VIDEO, 1, b"one", 1000) + sender.chunks(2, 6, b"", b"two", 40) + sender.chunks(3, 6, b"", b"two", 0)
    assert [message.timestamp_ms for message in read(data)] == [1000, 1040, 1080]


def test_timestamp_of_more_than_three_bytes_is_repeated_in_every_chunk() -> None:
    assert read(Sender().message(6, VIDEO, 1, bytes(300), 16777300)) == [Message(6, VIDEO, 16777300, 300, bytes(300))]


@pytest.mark.parametrize("timestamps", [[2147483000, 2147484997], [8000, 3000], [0, 0], [2147483647]])
def test_timestamps_may_pass_the_middle_and_go_back(timestamps: list[int]) -> None:
    data = b"".join(Sender().message(6, VIDEO, 1, b"x", at) for at in timestamps)
    assert [message.timestamp_ms for message in read(data)] == timestamps


@pytest.mark.parametrize("timestamp", [2147483648, 2147490000, 4000000000, 4294966296])
def test_first_timestamp_beyond_the_middle_is_refused(timestamp: int) -> None:
    with pytest.raises(ProtocolViolation):
        read(Sender().message(6, VIDEO, 1, b"x", timestamp))


@pytest.mark.parametrize("chunk_format", [1, 2, 3])
def test_chunk_stream_that_begins_without_a_whole_header_is_refused(chunk_format: int) -> None:
    with pytest.raises(ProtocolViolation):
        read(basic_header(chunk_format, 9) + bytes(11))


def test_empty_messages_are_passed_over() -> None:
    assert [message.payload for message in read(Sender().message(3, COMMAND, 0, b"") + Sender().message(3, COMMAND, 0, b"x"))] == [b"x"]


def test_new_header_in_mid_message_begins_the_message_anew() -> None:
    announced = Sender().message(6, VIDEO, 1, bytes(10_000))[:140]
    assert [message.length for message in read(announced + Sender().message(6, VIDEO, 1, b"x"))] == [1]


def test_aborted_message_is_forgotten() -> None:
    reader = ChunkReader()
    assert read(Sender().message(7, DATA, 0, bytes(401))[:140], reader=reader) == []
    reader.abort(7)
    reader.abort(8)
    assert [message.payload for message in read(basic_header(3, 7) + b"y" * 128, reader=reader)] == []
    assert [message.payload for message in read(Sender().message(7, DATA, 0, b"x"), reader=reader)] == [b"x"]


def test_chunk_size_of_nothing_is_refused_at_the_next_chunk() -> None:
    reader = ChunkReader()
    reader.set_chunk_size(0)
    with pytest.raises(ProtocolViolation):
        read(Sender().message(3, COMMAND, 0, b"x"), reader=reader)


def test_module_misreads_long_chunk_stream_ids() -> None:
    reader = ChunkReader(misreads_long_ids=True)
    data = b"".join(Sender().message(chunk_stream, COMMAND, 0, b"x") for chunk_stream in (64, 319, 320))
    assert [message.chunk_stream for message in read(data, reader=reader)] == [64, 63, 256]


def test_sixteen_megabytes_of_video_are_taken_and_not_kept() -> None:
    sender = Sender(65536)
    reader = ChunkReader()
    reader.set_chunk_size(65536)
    (message,) = read(sender.message(6, VIDEO, 1, b"\x17\1\0\0\0" + bytes(16_000_000)), reader=reader)
    assert message.length == 16_000_005
    assert len(message.payload) == 16


def test_too_many_chunk_streams_are_refused() -> None:
    headers = [basic_header(0, 64 + number) + bytes(3) + b"\0\0\1\x14" + bytes(4) for number in range(MOST_CHUNK_STREAMS + 1)]
    messages = read(b"".join(header + b"x" for header in headers[:-1]))
    assert len(messages) == MOST_CHUNK_STREAMS
    with pytest.raises(ProtocolViolation):
        read(b"".join(header + b"x" for header in headers))


def test_too_many_unfinished_messages_are_refused() -> None:
    reader = ChunkReader()
    reader.set_chunk_size(1024 * 1024)
    begun = [basic_header(0, 64 + number) + bytes(3) + b"\xff\xff\xff\x14" + bytes(4) for number in range(3)]
    with pytest.raises(ProtocolViolation):
        read(*(header + bytes(1024 * 1024) for header in begun), reader=reader)
