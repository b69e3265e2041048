"""Clients that mean harm, or have gone wrong: endless variations, each told by its number.

A client is a conversation as encoders have it that is then spoilt: handshakes that are cut, absurd chunk sizes, deep and wide AMF, messages
that never end, thousands of chunk streams, flipped bits, noise.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import chain, pairwise
from random import Random
from typing import Any

from ingest.rtmp_client import AAC_HEADER, AVC_HEADER, COMMAND, DATA, HANDSHAKE, KEY_FRAME, METADATA, SOUND, VIDEO, Sender, basic_header

from ome_mock.ingest.amf0 import Value, encode
from ome_mock.ingest.connection import RtmpConnection
from ome_mock.ingest.events import Ended, PublishRequested

MOST_HELD = 5 * 1024 * 1024
"""Bytes that a connection may hold, whatever has come: 2 MB of unfinished messages, 1 MB behind a request, 1 MB of answers, and itself."""

ABSURD_SIZES = (0, 1, 2, 127, 65536, 0x7FFFFFFF, 0x80000000, 0x80000080, 0xFFFFFFFF)
PIECE = 16 * 1024


def meet(number: int) -> None:
    """Let a client talk to a connection; raises AssertionError where it isn't taken as it must be."""
    random = Random(number)
    connection = RtmpConnection(ertmp=random.random() < 0.5)
    ends = 0
    for piece in pieces(random):
        was_closed = connection.closed
        events = connection.receive(piece)
        assert not (events and was_closed)
        while events:
            ends += sum(isinstance(event, Ended) for event in events)
            asked = isinstance(events[-1], PublishRequested)
            assert connection.is_waiting is asked
            decides = asked and random.random() < 0.9
            events = (connection.accept() if random.random() < 0.9 else connection.refuse()) if decides else []
        if random.random() < 0.9:
            connection.bytes_to_send()
    assert ends == connection.closed
    assert held(connection) < MOST_HELD, held(connection)
    assert bool(connection.end("gone")) is not ends


def pieces(random: Random) -> list[bytes]:
    """The bytes of a client, as they arrive."""
    sent = b"".join(conversation(random))
    for _ in range(random.choice((0, 0, 1, 3))):
        sent = random.choice((_cut, _flip, _repeat, _insert))(random, sent)
    cuts = [0]
    while cuts[-1] < len(sent):
        cuts.append(cuts[-1] + random.choice((1, 100, PIECE, PIECE, PIECE)))
    return [sent[begin:end] for begin, end in pairwise(cuts)]


def conversation(random: Random) -> list[bytes]:
    """A publisher's messages, with hostile ones among them."""
    sender = Sender()
    said = [HANDSHAKE, sender.connect(), sender.publish(fc_publish=random.random() < 0.7), sender.media()]
    said = said[: random.choice((1, 2, 3, 4, 4, 4))]
    for _ in range(random.choice((1, 1, 2, 5))):
        said.insert(random.randint(1, len(said)), random.choice(KINDS)(random, sender))
    return said


def held(connection: RtmpConnection) -> int:
    """Bytes of all objects that a connection leads to, but classes and functions."""
    seen: set[int] = set()
    found = [connection]
    size = 0
    while found:
        thing: Any = found.pop()
        if id(thing) in seen or isinstance(thing, type | Callable):
            continue
        seen.add(id(thing))
        size += sys.getsizeof(thing)
        found += getattr(thing, "__dict__", {}).values()
        found += (getattr(thing, name) for name in getattr(thing, "__slots__", ()) if hasattr(thing, name))
        if isinstance(thing, dict):
            found += chain(thing.keys(), thing.values())
        elif isinstance(thing, list | tuple | set | frozenset):
            found += thing
    return size


def _cut(random: Random, sent: bytes) -> bytes:
    return sent[: random.randint(0, len(sent))]


def _flip(random: Random, sent: bytes) -> bytes:
    flipped = bytearray(sent)
    for _ in range(random.choice((1, 10, 100))):
        if flipped:
            flipped[random.randrange(len(flipped))] ^= 1 << random.randrange(8)
    return bytes(flipped)


def _repeat(random: Random, sent: bytes) -> bytes:
    begin = random.randint(0, len(sent))
    return sent + sent[begin : begin + 4096] * random.choice((1, 5))


def _insert(random: Random, sent: bytes) -> bytes:
    at = random.randint(0, len(sent))
    return sent[:at] + random.randbytes(random.choice((1, 3, 1000))) + sent[at:]


def _noise(random: Random, _sender: Sender) -> bytes:
    return random.randbytes(random.choice((1, 20, 5000)))


def _chunk_size(random: Random, sender: Sender) -> bytes:
    said = sender.message(2, 1, 0, random.choice(ABSURD_SIZES).to_bytes(4, "big"))
    if random.random() < 0.5:
        sender.chunk_size = random.choice((1, 128, 65536))
    return said + sender.media()


def _deep_amf(random: Random, sender: Sender) -> bytes:
    depth = random.choice((10, 200, 300, 5000))
    opening, closing = random.choice(((b"\x03\0\1a", b"\0\0\x09"), (b"\x08\0\0\0\1\0\1a", b"\0\0\x09"), (b"\x0a\0\0\0\1", b"")))
    values = encode(random.choice(("connect", "@setDataFrame", "x"))) + opening * depth + b"\5" + closing * depth
    return sender.message(3, random.choice((COMMAND, DATA)), 0, values)


def _wide_amf(random: Random, sender: Sender) -> bytes:
    value = random.choice((b"\5", b"\x03\0\0\x09", b"\x02\0\0", b"\x0a\0\0\0\0", b"\x0a\xff\xff\xff\xff", b"\x0c\xff\xff\xff\xff"))
    return sender.message(3, random.choice((COMMAND, DATA)), 0, encode("publish", 1, None) + value * random.choice((10, 1000, 20000)))


def _amf_noise(random: Random, sender: Sender) -> bytes:
    names: tuple[Value, ...] = ("connect", "createStream", "FCPublish", "publish", "@setDataFrame", "deleteStream", 5, None, {})
    choices: tuple[Value, ...] = (*names, 1e308, -1, float("nan"), METADATA, ["x"], True, "rtmp://h/a/b")
    values = encode(*random.choices(choices, k=random.randint(0, 6)))
    return sender.message(random.choice((3, 64, 320)), random.choice((COMMAND, DATA, 17, 15)), 0, _flip(random, values))


def _endless_message(random: Random, sender: Sender) -> bytes:
    kind = random.choice((COMMAND, DATA, VIDEO, 1, 99))
    header = b"\0\0\0" + random.choice((0xFFFFFF, 0x100000)).to_bytes(3, "big") + bytes([kind]) + bytes(4)
    first, count = random.randint(2, 60000), random.choice((1, 10, 300))
    begun = bytes(min(sender.chunk_size, 4096))
    return b"".join(basic_header(0, first + number) + header + begun for number in range(count))


def _many_chunk_streams(random: Random, sender: Sender) -> bytes:
    return b"".join(sender.message(64 + number, COMMAND, 0, encode("x")) for number in range(random.choice((100, 1500))))


def _many_answers(random: Random, sender: Sender) -> bytes:
    ping = sender.message(2, 4, 0, bytes.fromhex("000600003039"))
    question = random.choice((ping, sender.connect(), sender.command("createStream", 1, None), sender.command("publish", 1, None, "x")))
    return question * random.choice((10, 300))


def _any_message(random: Random, sender: Sender) -> bytes:
    payload = random.randbytes(random.choice((0, 1, 2, 4, 6, 200)))
    return sender.message(random.choice((2, 3, 6, 65599)), random.randrange(256), random.randrange(3), payload, random.getrandbits(32))


def _any_header(random: Random, _sender: Sender) -> bytes:
    return basic_header(random.randrange(4), random.choice((2, 3, 4, 6, 64, 65599))) + random.randbytes(
        random.choice((0, 3, 7, 11, 15, 200))
    )


def _broken_media(random: Random, sender: Sender) -> bytes:
    whole = random.choice((AVC_HEADER, AAC_HEADER, b"\x90hvc1" + AVC_HEADER[5:], b"\x91avc1" + KEY_FRAME, b"\x97avc1", KEY_FRAME, SOUND))
    write = random.choice((sender.video, sender.audio))
    return write(random.choice((_cut, _flip))(random, whole), random.choice((0, 40, 0x7FFFFFFF, 0xFFFFFFFF)))


def _window(random: Random, sender: Sender) -> bytes:
    return sender.message(2, 5, 0, random.choice((0, 1, 500, 0xFFFFFFFF)).to_bytes(4, "big")) + sender.media() * 5


KINDS: tuple[Callable[[Random, Sender], bytes], ...] = (
    _noise,
    _chunk_size,
    _deep_amf,
    _wide_amf,
    _amf_noise,
    _endless_message,
    _many_chunk_streams,
    _many_answers,
    _any_message,
    _any_header,
    _broken_media,
    _window,
)
