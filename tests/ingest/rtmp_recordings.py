"""The recorded clients of RTMP, sent again to connections without sockets, and how what comes back differs from what was recorded.

A client's bytes are made anew of what is told of them (message by message, media by the name of a clip); lengths are checked against the
recorded ones. What the engine sent must come back byte for byte, connections close when they closed, tracks are those of the recorded
documents. Where the engine acknowledged, the bytes are given in the pieces that it must have read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import accumulate, zip_longest
from pathlib import Path
from typing import Any

from ingest.rtmp_client import AUDIO, DATA, HANDSHAKE, VIDEO, Sender

from ome_mock.ingest.amf0 import EcmaArray, Value, encode
from ome_mock.ingest.connection import RtmpConnection
from ome_mock.ingest.events import Ended, Event, PublishRequested, Tracks, TracksChanged, TracksKnown

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings" / "rtmp.jsonl"
APPLICATIONS = {"app", "clip", "plain", "short", "nohls"}
CONNECT: list[Value] = ["connect", 1, {"app": "plain", "tcUrl": "rtmp://127.0.0.1:1935/plain"}]

EXPLAINED = {
    # The first look fell between the stream and its first picture: for 80 ms the engine had not read the sequence header it had.
    "ertmp module/metadata is a string": ["track (100, 'H264', 160, 90, 0.0, 0) instead of (100, 'H264', 0, 0, 0.0, 0)"],
}
"""Every difference that is meant, by case, and why."""

LAG_S = 0.06
"""The engine may take so long to list what it has."""

Step = tuple[float, int, dict[str, Any]]
"""Seconds, which connection, and what its client does."""


_FIRST, *CASES = map(json.loads, RECORDINGS.read_text().splitlines())
CLIPS: dict[str, list[list[Any]]] = _FIRST["clips"]
METADATA_OF_A = encode("@setDataFrame") + bytes.fromhex(CLIPS["a"][0][2])
C1 = HANDSHAKE[1:1537]


class Replay:
    """Plays the clients of one case, in the order of their steps, against connections of one house."""

    def __init__(self, case: dict[str, Any]) -> None:
        self._case = case
        self._taken: dict[tuple[str, str], Client] = {}
        self.clients = [Client(self, case["world"] == "ertmp", recorded) for recorded in case["connections"]]

    def differences(self) -> Iterator[str]:
        for seconds, number, step in sorted(self._steps(), key=lambda step: step[0]):
            yield from self.clients[number].do(seconds, step)
            if "DELETE" in step:
                self.clients[0].handle(self.clients[0].connection.end("deleted"))
        for client in self.clients:
            yield from client.differences()
        yield from self._presence_differences()
        yield from self._track_differences()

    def take_name(self, client: Client) -> bool:
        """The name of a client's stream, if nobody else has it."""
        return self._taken.setdefault((client.application, client.name), client) is client

    def give_back(self, client: Client) -> None:
        self._taken = {name: holder for name, holder in self._taken.items() if holder is not client}

    def _steps(self) -> Iterator[Step]:
        for number, client in enumerate(self.clients):
            yield from ((step["t"], number, step) for step in client.steps())
        yield from ((note["t"], 0, note) for note in self._case.get("notes", ()))

    def _seen(self) -> list[Client]:
        """Whoever had a stream in the application that was asked for, while somebody asked."""
        application = self._case["asked"].split("/")[5]
        return [client for client in self.clients if client.was_seen and client.application == application]

    def _presence_differences(self) -> Iterator[str]:
        """The streams that were listed, each from when to when: the list was asked for every 100 ms."""
        rows = self._case["streams"]
        listed = {name for row in rows for name in row["answered"][1]}
        if listed != {client.name for client in self._seen()}:
            yield f"streams {[client.name for client in self._seen()]} instead of {sorted(listed)}"
            return
        for name in listed:
            began = min(client.known_at for client in self._seen() if client.name == name)
            ended = max(client.ended_at for client in self._seen() if client.name == name)
            present = [name in row["answered"][1] for row in rows]
            first, last = present.index(True), len(rows) - present[::-1].index(True)
            if began > rows[first]["first"] or (first and began < rows[first - 1]["last"] - LAG_S):
                yield f"{name} known at {began}, listed at {rows[first]['first']}"
            if ended < rows[last - 1]["last"] - LAG_S or (last < len(rows) and ended > rows[last]["first"]):
                yield f"{name} ended at {ended}, listed until {rows[last - 1]['last']}"

    def _track_differences(self) -> Iterator[str]:
        """The tracks of the first and the last document of a stream."""
        for client in self._seen():
            documents = [found for found in self._case["documents"] if found["name"] == client.name and found["status"] == 200]
            for tracks, document in zip((client.known[0], client.known[-1]), (documents[:1] + documents[-1:]), strict=False):
                found, recorded = described(tracks), recorded_tracks(document["document"]["response"]["input"]["tracks"])
                for one, other in zip_longest(found, recorded):
                    if one != other:
                        yield f"track {one} instead of {other}"


class Client:
    """A recorded client: makes its bytes, and collects what comes back."""

    def __init__(self, replay: Replay, ertmp: bool, recorded: dict[str, Any]) -> None:
        self._replay = replay
        self._recorded = recorded
        self._sender = Sender()
        self._media_streams = {VIDEO: 6, AUDIO: 4}
        self._has_been_noted = False
        self._sent = bytearray()
        self._fed = 0
        self._answers = bytearray()
        self._cuts = [int(message["hex"], 16) for message in recorded["received"] if message["type"] == 3]
        self.application = self.name = ""
        self.known: list[Tracks] = []
        self._now = self.known_at = 0.0
        self.ended_at = math.inf
        first = recorded["handshake"].get("s1", {"time": 0, "begins": ""})
        numbers = [value["clientid"] for message in recorded["received"] for value in message.get("amf", ()) if _has_client(value)]
        self.connection = RtmpConnection(
            ertmp=ertmp,
            epoch_seconds=first["time"],
            filler=bytes.fromhex(first["begins"]).ljust(1528, b"\1"),
            connection_number=int(numbers[0]) if numbers else 1,
            socket_number=int(numbers[-1]) if numbers else 1,
        )

    @property
    def was_seen(self) -> bool:
        """It had a stream when somebody looked: each 100 ms."""
        return bool(self.known) and self.ended_at - self.known_at > 0.1

    def steps(self) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = self._recorded["sent"]
        return sent

    def do(self, seconds: float, step: dict[str, Any]) -> Iterator[str]:
        self._now = seconds
        closed = self._recorded["closed"]
        if self.connection.closed and closed["by"] == "server" and seconds < closed["t"] - 0.025:
            yield f"closed before {seconds}, not at {closed['t']}"
        if step.get("closes"):
            if not self.connection.closed and closed["by"] == "server":
                yield f"not closed at {closed['t']}"
            self.handle(self.connection.end("the client closed it"))
            return
        for piece in self._pieces(step):
            self._feed(piece)

    def handle(self, events: list[Event]) -> None:
        for event in events:
            match event:
                case PublishRequested(url=url):
                    self.application, self.name = url.app, url.stream
                    is_known = url.app in APPLICATIONS
                    self.handle(self.connection.accept() if is_known else self.connection.refuse("unknown application"))
                case TracksKnown(tracks=tracks):
                    if self._replay.take_name(self):
                        self.known_at = self._now
                        self.known.append(tracks)
                    else:
                        self.handle(self.connection.end("the name is taken"))
                case TracksChanged(tracks=tracks):
                    self.known.append(tracks)
                case Ended():
                    self.ended_at = self._now
                    self._replay.give_back(self)

    def differences(self) -> Iterator[str]:
        if self._fed < len(self._sent):
            self._give(len(self._sent))
        if self._recorded["closed"]["by"] == "server" and not self.connection.closed:
            yield "not closed"
        recorded = b"".join(bytes.fromhex(received) for _, received in self._recorded["received_bytes"])
        self._answers += self.connection.bytes_to_send()
        handshake, answers = bytes(self._answers[:3073]), bytes(self._answers[3073:])
        if answers != recorded:
            at = next(
                (at for at, (one, other) in enumerate(zip(answers, recorded, strict=False)) if one != other),
                min(map(len, (answers, recorded))),
            )
            yield f"at byte {at}: {answers[at : at + 40].hex()} instead of {recorded[at : at + 40].hex()}"
        yield from self._handshake_differences(handshake)

    def _handshake_differences(self, answered: bytes) -> Iterator[str]:
        recorded = self._recorded["handshake"]
        if not recorded:
            if answered:
                yield "a handshake that was not answered"
            return
        found = {
            "version": answered[0],
            "time": int.from_bytes(answered[1:5], "big"),
            "second_word": answered[5:9].hex(),
            "begins": answered[9:25].hex(),
            "equals_c1": answered[1537:] == self._sent[1:1537],
            "length": len(answered) - 1537,
        }
        for name, value in {**recorded["s2"], **recorded["s1"], **recorded["s0"]}.items():
            if name in found and found[name] != value:
                yield f"handshake {name}: {found[name]} instead of {value}"

    def _feed(self, piece: bytes) -> None:
        """Give the bytes to the connection; near where the engine acknowledged, in the pieces that it must have read."""
        self._sent += piece
        while self._cuts and self._cuts[0] <= len(self._sent):
            self._give(self._cuts.pop(0))
        is_near = self._cuts and self._cuts[0] - len(self._sent) < 65536 and len(self._sent) > 3073
        if not is_near:
            self._give(len(self._sent))

    def _give(self, end: int) -> None:
        self.handle(self.connection.receive(bytes(self._sent[self._fed : end])))
        self._fed = end
        self._answers += self.connection.bytes_to_send()

    def _pieces(self, step: dict[str, Any]) -> Iterable[bytes]:
        """The bytes of a step, as they were written; nothing for one that writes none, or writes to a closed connection."""
        makers: dict[str, Callable[[Any], Iterable[bytes]]] = {
            "failed": lambda _: [],
            "media": lambda clip: self._media(step, clip),
            "c0": lambda version: [bytes([version]) + C1],
            "c0c1": lambda _: (bytes([byte]) for byte in bytes([3]) + C1),
            "bytes": lambda _: [bytes([3]) + bytes(700)],
            "c2": lambda told: [(b"\xff" if "ff" in told else b"\0") * 1536],
            "c2_and": lambda _: [bytes(1536) + self._sender.command(*CONNECT)],
            "text": lambda text: [text.encode("latin-1")],
            "raw": lambda raw: [self._raw(step, raw)],
            "note": self._noted,
            "csid": lambda _: self._message(step),
        }
        return next((make(step[name]) for name, make in makers.items() if name in step), [])

    def _message(self, step: dict[str, Any]) -> Iterable[bytes]:
        payload = _payload(step)
        assert len(payload) == step["length"], (step, len(payload))
        if step["type"] in self._media_streams:
            self._media_streams[step["type"]] = step["csid"]
        if self._has_been_noted and "hex" not in step and "amf" not in step:
            return []
        sent = self._sender.message(step["csid"], step["type"], step["msid"], payload, step["ts"])
        if step["type"] == 1 and step["length"] == 4:
            self._sender.chunk_size = int(step["hex"], 16) & 0x7FFFFFFF or self._sender.chunk_size
        return [sent]

    def _raw(self, step: dict[str, Any], raw: str) -> bytes:
        if raw.startswith("the first chunk of a message of 401 bytes"):
            return self._sender.message(7, DATA, 0, bytes(401))[:140]
        begins = bytes.fromhex(raw)
        length: int = step.get("length", len(begins))
        if length == 16000261:
            return self._sender.message(6, VIDEO, 1, bytes.fromhex("1701000000") + bytes(16000000), 1500)
        if "of_a_message_of" in step:
            return self._sender.message(6, VIDEO, 1, begins[12:17].ljust(5005, b"\0"), 2000)[:length]
        if begins[:4] == begins[4:8] or begins[:5] == begins[5:10]:
            period = 4 if begins[:4] == begins[4:8] else 5
            repeated: bytes = (begins[:period] * length)[:length]
            return repeated
        return begins.ljust(length, b"\0")

    def _media(self, step: dict[str, Any], clip: str) -> Iterator[bytes]:
        """Messages of a clip, repeated; which of its tracks is told by how many messages and bytes there were."""
        if not step.get("messages"):
            return
        messages = _selection(clip, step["messages"], step["bytes"])
        shift = step["first_ts"] - messages[0][1]
        pace = (step["until"] - step["t"]) / max(1, messages[-1][1] - messages[0][1])
        for kind, timestamp, payload in messages:
            self._now = step["t"] + (timestamp - messages[0][1]) * pace
            yield self._sender.message(self._media_streams[kind], kind, 1, payload, (timestamp + shift) & 0xFFFFFFFF)

    def _noted(self, note: str) -> Iterator[bytes]:
        """Clips that were sent in another form, which a note tells."""
        self._has_been_noted = True
        clip = [(kind, timestamp, bytes.fromhex(payload)) for kind, timestamp, payload in CLIPS["a"] if timestamp < 2500]
        before: dict[int, int] = {}
        for kind, timestamp, payload in clip:
            if kind == DATA:
                yield self._sender.message(5, DATA, 1, METADATA_OF_A)
            elif "avc1" in note:
                rewritten = _enhanced(payload) if kind == VIDEO else payload
                yield self._sender.message(self._media_streams[kind], kind, 1, rewritten, timestamp)
            elif kind not in before:
                before[kind] = timestamp
                yield self._sender.message(self._media_streams[kind], kind, 1, payload, timestamp)
            else:
                fields = len(payload).to_bytes(3, "big") + bytes([kind])
                yield self._sender.chunks(1, self._media_streams[kind], fields, payload, timestamp - before[kind])
                before[kind] = timestamp


def described(tracks: Tracks) -> list[tuple[Any, ...]]:
    video, audio = tracks.video, tracks.audio
    found: list[tuple[Any, ...]] = []
    if video:
        found.append((video.id, video.codec, video.width, video.height, video.framerate, video.bitrate))
    if audio:
        found.append((audio.id, audio.codec, audio.sample_rate, audio.channels, audio.bitrate))
    return [*found, (tracks.data_id,)]


def recorded_tracks(tracks: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [_recorded_track(track) for track in tracks]


def _recorded_track(track: dict[str, Any]) -> tuple[Any, ...]:
    match track:
        case {"video": video, "id": number}:
            return number, video["codec"], video["width"], video["height"], video["framerateConf"], video["bitrateConf"]
        case {"audio": audio, "id": number}:
            return number, audio["codec"], audio["samplerate"], audio["channel"], audio["bitrateConf"]
    return (track["id"],)


def _payload(step: dict[str, Any]) -> bytes:
    """The payload of a message; of long ones only the kind and the length are told."""
    if "hex" in step:
        return bytes.fromhex(step["hex"])
    if "amf" in step:
        return b"\0" * (step["type"] in {15, 17}) + b"".join(map(_encoded, step["amf"]))
    if step["type"] == VIDEO and step["length"] == 2443:
        return bytes.fromhex(CLIPS["h"][1][2])
    begins = {DATA: METADATA_OF_A, VIDEO: b"\x27\1\0\0\0", AUDIO: b"\x2f", 22: b"\x08"}[step["type"]]
    return begins.ljust(step["length"], b"\x55")


def _has_client(value: object) -> bool:
    return isinstance(value, dict) and "clientid" in value


def _values(recorded: list[Any]) -> list[Any]:
    return [_value(value) for value in recorded]


def _encoded(recorded: Any) -> bytes:
    """A recorded value; strings that AMF0 has to write as long ones, and what is only told of, included."""
    if recorded == "200 objects in each other":
        return b"\x03\0\1a" * 200 + b"\x05" + b"\0\0\x09" * 200
    value = _value(recorded)
    if isinstance(value, dict) and any(isinstance(item, str) and len(item) > 0xFFFF for item in value.values()):
        items = (len(name).to_bytes(2, "big") + name.encode() + _encoded(item) for name, item in value.items())
        return b"\x03" + b"".join(items) + b"\0\0\x09"
    if isinstance(value, str) and len(value) > 0xFFFF:
        return b"\x0c" + len(value).to_bytes(4, "big") + value.encode()
    return encode(value)


def _value(recorded: Any) -> Any:
    match recorded:
        case {"(ecma array)": items}:
            return EcmaArray({name: _value(item) for name, item in items.items()})
        case {"string_of": length}:
            return recorded.get("begins", "").ljust(length, "x")
        case dict():
            return {name: _value(item) for name, item in recorded.items()}
        case list():
            return _values(recorded)
    return recorded


@cache
def _choices(clip: str) -> tuple[list[tuple[int, int, bytes]], ...]:
    """A clip as often as any case needs it: all of it, its pictures, its sound, and sound with key frames."""
    media = [
        (kind, timestamp + 4000 * loop, bytes.fromhex(payload))
        for loop in range(12)
        for kind, timestamp, payload in CLIPS[clip]
        if kind != DATA and payload[2:4] != "00" and not payload.startswith("90")
    ]
    return (
        media,
        [message for message in media if message[0] == VIDEO],
        [message for message in media if message[0] == AUDIO],
        [message for message in media if message[0] == AUDIO or message[2][0] >> 4 == 1],
    )


@cache
def _selection(clip: str, count: int, size: int) -> list[tuple[int, int, bytes]]:
    """So many messages of so many bytes; sound and key frames where no choice fits (recorded: video of one picture a second)."""
    *_, otherwise = choices = _choices(clip)
    for choice in choices:
        sizes = list(accumulate((len(payload) for *_, payload in choice), initial=0))
        for begin in range(len(choice) - count + 1):
            if sizes[begin + count] - sizes[begin] == size:
                return choice[begin : begin + count]
    return otherwise[:count]


def _enhanced(payload: bytes) -> bytes:
    """A message of H.264 as E-RTMP writes it: the FourCC behind the first byte."""
    part = payload[1]
    head = bytes([0x80 | payload[0] & 0x70 | part]) + b"avc1"
    return head + (payload[2:] if part == 1 else payload[5:])
