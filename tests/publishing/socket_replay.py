"""The recorded clients of RTMP over real sockets, in the recorded order and at the recorded instants of a manual clock.

Each message is sent when it was due; between two messages lists and documents are asked for where they were recorded. What comes back must
be what was recorded, byte for byte but for what `differences` leaves out and says why.
"""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from ingest.rtmp_recordings import Client, Replay, _selection

from ome_mock import OmeMock
from ome_mock.ingest.amf0 import decode
from ome_mock.ingest.chunks import ChunkReader
from ome_mock.ingest.messages import MessageType

STORIES = Path(__file__).parents[2] / "fixtures" / "recordings" / "stories" / "Server.xml"
ERTMP = "<Modules><ERTMP><Enable>true</Enable></ERTMP>"
EXPLAINED = {
    # A transcoder is there the moment that the outputs are; the engine makes it when the first picture comes.
    "tcUrl of the other virtual host": ["document of s002 at 0.127: /outputs/0/tracks/1/video/codecModule 'x264' instead of 'none'"],
    # What bypasses the transcoder is told of at once; the engine tells of it a tenth of a second after the input.
    "sequence header of another size in mid-stream": [
        "document of s087 at 2.103: /outputs/0/tracks/0/video/configChangeCount 1 instead of 0",
    ],
    # The first look fell between the stream and its first picture.
    "ertmp module/metadata is a string": ["document of s078 at 0.032: /input/tracks/0/video/height 90 instead of 0"],
}
"""Every difference that is meant, by case, and why."""

BETWEEN_TWO_LOOKS = {
    "video only",
    "AMF3 data (type 15)",
    "frames of 300 kB",
    "ertmp module/client chunk size 65536",
    "ertmp module/client chunk size 128",
    "ertmp module/audio only",
    "ertmp module/video only",
    "ertmp module/audio only, metadata of audio only",
    "ertmp module/faster than real time",
    "ertmp module/timestamps go back 5 s",
    "ertmp module/message of no bytes",
    "ertmp module/metadata is a string",
}
"""Cases in which a look fell into the tenth of a second in which outputs, the default playlist, or the end of the stream come.

The emulator has outputs with the stream, the playlist 1 s after the first frame or 20 ms after the outputs, and no stream once the
connection has ended. Media that come faster than real time are no more, for the stream follows the clock.
"""
OF_A_MOMENT = re.compile(
    r"document of \S+ at [\d.]+: /outputs |document of \S+ at [\d.]+: /outputs/\d/playlists |(streams|document) .*at 3.40"
)

OF_A_TIE = re.compile(r"document of \S+ at 1\.1[01]\d*: /outputs/\d/playlists ")
"""Looks at the very moment at which the default playlist comes: some found it 1.09 s after the first media, some not at 1.097 s."""

TIME_TO_READ_S = 0.01
"""The engine takes some milliseconds to act on a message (video only: 5 ms after the message that makes the stream it was not listed).

So what was there at a look is looked for this much earlier. Else the answer would depend on who is quicker, the emulator or the look.
"""
PATIENCE_S = 5.0
LAST_PATIENCE_S = 1.0
HANDSHAKE_ANSWER = 3073
MEASURED = re.compile(r"(bitrate|framerate|keyFrameInterval)(Avg|Latest)|deltaFrames|keyFrameInterval$|lastConfigChanged")


def server_xml(world: str) -> bytes:
    text = STORIES.read_text()
    return (text.replace("<Modules>", ERTMP) if world == "ertmp" else text).encode()


class Act(NamedTuple):
    """Something that happens at an instant of a case."""

    seconds: float
    do: Callable[[], Iterator[str]]


class SocketReplay:
    """Plays one case against an emulator; its clock must be a manual one."""

    def __init__(self, ome: OmeMock, case: dict[str, Any]) -> None:
        self._ome = ome
        self._case = case
        self._api = HTTPConnection("127.0.0.1", ome.port, timeout=PATIENCE_S)
        replay = Replay(case)
        self._clients = [SocketClient(ome, client, recorded) for client, recorded in zip(replay.clients, case["connections"], strict=True)]

    def differences(self) -> list[str]:
        """Whatever is neither recorded nor explained."""
        return [each for each in self._differences() if not self._is_explained(each)]

    def _is_explained(self, difference: str) -> bool:
        name = self._case["case"]
        is_of_a_moment = name in BETWEEN_TWO_LOOKS and OF_A_MOMENT.match(difference) is not None
        return is_of_a_moment or difference in EXPLAINED.get(name, ()) or OF_A_TIE.match(difference) is not None

    def _differences(self) -> Iterator[str]:
        try:
            now = 0.0
            for act in self._acts():
                self._ome.clock.advance(max(0.0, act.seconds - now))
                now = max(now, act.seconds)
                yield from act.do()
            for client in self._clients:
                yield from client.differences(self._case["world"])
        finally:
            for client in self._clients:
                client.close()
            self._api.close()

    def _acts(self) -> list[Act]:
        acts: list[Act] = []
        for client in self._clients:
            acts += client.acts()
        for note in self._case.get("notes", ()):
            if "DELETE" in note:
                acts.append(Act(note["t"], lambda path=note["DELETE"]: self._delete(path)))  # type: ignore[misc]
        for document in self._case["documents"]:
            before = document["t"] - (TIME_TO_READ_S if document["status"] == 200 else 0.0)
            acts.append(Act(before, lambda document=document: self._look_at(document)))  # type: ignore[misc]
        for row in self._case["streams"]:
            before = max(row["first"], row["last"] - TIME_TO_READ_S)
            acts.append(Act(before, lambda row=row: self._look_at_list(row)))  # type: ignore[misc]
        return sorted(acts, key=lambda act: act.seconds)

    def _delete(self, path: str) -> Iterator[str]:
        self._ask(path, "DELETE")
        return iter(())

    def _look_at_list(self, row: dict[str, Any]) -> Iterator[str]:
        status, names = row["answered"]
        mine = self._case["only_names_that_begin"]

        def found() -> tuple[int, list[str]]:
            status, body = self._ask(self._case["asked"])
            return status, sorted(name for name in body["response"] if name.startswith(mine))

        yield from self._differing(f"streams at {row['last']}", found, (status, sorted(names)))

    def _look_at(self, recorded: dict[str, Any]) -> Iterator[str]:
        path = f"{self._case['asked']}/{recorded['name']}"
        if recorded["status"] != 200:
            yield from self._differing(f"document of {recorded['name']}", lambda: self._ask(path)[0], recorded["status"])
            return
        expected = shown(recorded["document"]["response"])
        what = f"document of {recorded['name']} at {recorded['t']}"
        yield from self._differing(what, lambda: shown(self._ask(path)[1].get("response")), expected)

    def _differing(self, what: str, find: Callable[[], Any], expected: Any) -> Iterator[str]:
        """What is found in the end, if it is neither what was expected nor explained."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := find()) != expected:
            difference = f"{what}: {_first_difference(found, expected)}"
            if self._is_explained(difference) or time.monotonic() > deadline:
                yield difference
                return
            time.sleep(0.005)

    def _ask(self, path: str, method: str = "GET") -> tuple[int, Any]:
        self._api.request(method, quote(path, safe="/"), headers={"Authorization": self._ome.authorization})
        answer = self._api.getresponse()
        return answer.status, json.loads(answer.read())


class SocketClient:
    """A recorded client on a socket."""

    def __init__(self, ome: OmeMock, client: Client, recorded: dict[str, Any]) -> None:
        self._ome = ome
        self._client = client
        self._recorded = recorded
        self._socket: socket.socket | None = None
        self._received = bytearray()
        self._is_closed = False
        self._is_ours = False

    def acts(self) -> Iterator[Act]:
        steps = self._client.steps()
        for step, following in zip_longest(steps, steps[1:], fillvalue={"t": float("inf")}):
            if "connected" in step:
                yield Act(step["t"], self._connect)
            elif step.get("closes"):
                yield Act(step["t"], lambda step=step: self._close(step["closes"]))  # type: ignore[misc]
            elif "media" in step:
                yield from self._media(step)
            else:
                yield Act(step["t"], lambda step=step, until=following["t"]: self._send(step, until))  # type: ignore[misc]

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()

    def differences(self, world: str) -> Iterator[str]:
        recorded = b"".join(bytes.fromhex(received) for _, received in self._recorded["received_bytes"])
        handshake = self._recorded["handshake"]
        self._wait_for_the_last()
        should_close = self._recorded["closed"]["by"] == "server"
        if should_close is not self._is_closed:
            yield f"closed: {self._is_closed} instead of {should_close}"
        found = bytes(self._received[HANDSHAKE_ANSWER:]) if handshake else bytes(self._received)
        acknowledges = any(message["type"] == MessageType.ACKNOWLEDGEMENT for message in self._recorded["received"])
        if world == "plain" and not acknowledges:
            if found != recorded:
                yield f"bytes {found.hex()} instead of {recorded.hex()}"
            return
        one, other = messages(found), messages(recorded)
        if one != other:
            yield f"messages {one} instead of {other}"

    def _connect(self) -> Iterator[str]:
        assert self._ome.rtmp_port is not None
        self._socket = socket.create_connection(("127.0.0.1", self._ome.rtmp_port), PATIENCE_S)
        return iter(())

    def _send(self, step: dict[str, Any], until: float) -> Iterator[str]:
        for piece in self._client._pieces(step):
            self._write(piece)
        if until != float("inf"):
            self._read(self._messages_before(until))
        return iter(())

    def _media(self, step: dict[str, Any]) -> Iterator[Act]:
        """A clip, each of its messages at its instant."""
        if not step.get("messages"):
            return
        pieces = iter(self._client._pieces(step))
        stamps = [timestamp for _, timestamp, _ in _selection(step["media"], step["messages"], step["bytes"])]
        pace = (step["until"] - step["t"]) / max(1, stamps[-1] - stamps[0])
        for timestamp in stamps:
            yield Act(step["t"] + (timestamp - stamps[0]) * pace, lambda: self._write_next(pieces))

    def _write_next(self, pieces: Iterator[bytes]) -> Iterator[str]:
        self._write(next(pieces))
        return iter(())

    def _write(self, piece: bytes) -> None:
        if self._socket is not None and not self._is_closed:
            try:
                self._socket.sendall(piece)
            except OSError:
                self._is_closed = True

    def _close(self, how: str) -> Iterator[str]:
        assert self._socket is not None
        if how == "reset":
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._wait_for_the_last()
        self._is_ours = True
        self._socket.close()
        return iter(())

    def _wait_for_the_last(self) -> None:
        """Wait for all that the engine answered, and until the connection is closed if it closed it."""
        self._read(self._messages_before(float("inf")))
        if self._recorded["closed"]["by"] == "server":
            self._read(None)

    def _messages_before(self, seconds: float) -> int:
        """The number of messages, acknowledgements aside, that the engine had sent before an instant."""
        return sum(message["type"] != MessageType.ACKNOWLEDGEMENT and message["t"] < seconds for message in self._recorded["received"])

    def _read(self, count: int | None) -> None:
        """Read until so many messages have come, or for None until the connection is closed; or nothing more comes for a while."""
        deadline = time.monotonic() + (PATIENCE_S if count else LAST_PATIENCE_S)
        while self._socket is not None and not self._is_closed and not self._is_ours and not self._has(count):
            self._socket.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                received = self._socket.recv(65536)
            except TimeoutError:
                return
            except OSError:
                received = b""
            self._received += received
            self._is_closed = not received

    def _has(self, count: int | None) -> bool:
        if count is None or (self._recorded["handshake"] and len(self._received) < HANDSHAKE_ANSWER):
            return False
        return len(messages(bytes(self._received[HANDSHAKE_ANSWER:]))) >= count


def _first_difference(found: Any, expected: Any, path: str = "") -> str:
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in sorted(found.keys() | expected.keys()):
            if found.get(key) != expected.get(key):
                return _first_difference(found.get(key), expected.get(key), f"{path}/{key}")
    if isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            if one != other:
                return _first_difference(one, other, f"{path}/{number}")
    return f"{path} {found!r} instead of {expected!r}"


def shown(response: Any) -> Any:
    """A document without instants, ports and what was measured."""
    if response is None:
        return None
    source = response["input"]
    tracks = [_declared(track) for track in source["tracks"]]
    outputs = [{**output, "tracks": [_declared(track, is_output=True) for track in output["tracks"]]} for output in response["outputs"]]
    return {
        **response,
        "input": {**source, "tracks": tracks, "createdTime": "...", "sourceUrl": re.sub(r":\d+/", ":.../", source["sourceUrl"])},
        "outputs": sorted(outputs, key=lambda output: output["name"]),
    }


def _declared(track: dict[str, Any], *, is_output: bool = False) -> dict[str, Any]:
    kind = track["type"].lower()
    values = {name: "..." if MEASURED.search(name) else value for name, value in track[kind].items()}
    for name in ("bitrate", "framerate", "bitrateConf") if is_output else ("bitrate", "framerate"):
        if name in values and (is_output or not values[f"{name}Conf"]):
            values[name] = "..."
    if "maxFramerate" in values:
        values["maxFramerate"] = "..."
    return {**track, kind: values}


def messages(received: bytes) -> list[Any]:
    """The messages in bytes, but acknowledgements and the numbers of clients."""
    reader = ChunkReader()
    reader.feed(received)
    found = list(iter(reader.next_message, None))
    return [
        (message.chunk_stream, message.type, _without_numbers(decode(message.payload)) if message.type == 20 else message.payload)
        for message in found
        if message.type != MessageType.ACKNOWLEDGEMENT
    ]


def _without_numbers(values: Any) -> Any:
    return [{**value, "clientid": "..."} if isinstance(value, dict) and "clientid" in value else value for value in values]
