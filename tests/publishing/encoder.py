"""An encoder of the tests' own, on a socket: it sends what it is told to, and reads what it is answered."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Any, Self

from ingest.rtmp_client import COMMAND, HANDSHAKE, KEY_FRAME, PICTURE, SOUND, Sender

from ome_mock import OmeMock
from ome_mock.ingest.amf0 import Value, decode
from ome_mock.ingest.chunks import ChunkReader

TIMEOUT_S = 10.0
HANDSHAKE_ANSWER = 3073
FRAME_MS = 40


class BareEncoder:
    """Connects to an emulator's RTMP port, or to another one, and shakes hands."""

    def __init__(self, ome: OmeMock | None = None, port: int | None = None) -> None:
        number = port or (ome and ome.rtmp_port)
        assert number
        self.sender = Sender()
        self.socket = socket.create_connection(("127.0.0.1", number), TIMEOUT_S)
        self._reader = ChunkReader()
        self.received = b""
        """All that has come behind the handshake."""
        self._sent_ms = 0
        self.send(HANDSHAKE)
        self.handshake = self.read(HANDSHAKE_ANSWER)

    @property
    def port(self) -> int:
        port: int = self.socket.getsockname()[1]
        return port

    def send(self, sent: bytes) -> None:
        self.socket.sendall(sent)

    def read(self, length: int) -> bytes:
        received = b""
        while len(received) < length:
            piece = self.socket.recv(length - len(received))
            assert piece, "closed"
            received += piece
        return received

    def publish(self, name: str = "camera1", app: str = "app", host: str = "127.0.0.1", **more: Value) -> list[Value]:
        """Connect and publish; gives the last answer."""
        self.request_publishing(name, app, host, **more)
        return self.wait_for("onStatus")

    def request_publishing(self, name: str = "camera1", app: str = "app", host: str = "127.0.0.1", **more: Value) -> None:
        """Connect and publish, whatever the answers."""
        self.send(self.sender.connect(f"rtmp://{host}:1935/{app}", **more))
        self.send(self.sender.command("FCPublish", 3, None, name))
        self.send(self.sender.command("createStream", 4, None))
        self.send(self.sender.command("publish", 5, None, name, "live", chunk_stream=4, stream=1))

    def wait_for(self, command: str) -> list[Value]:
        """The next answer of a name."""
        while True:
            values = self._next()
            if values[0] == command:
                return values

    def is_closed(self) -> bool:
        """Read to the end; False where the end doesn't come in time."""
        try:
            while piece := self.socket.recv(65536):
                self.received += piece
        except TimeoutError:
            return False
        except OSError:
            pass
        return True

    def send_media(self, milliseconds: int = 0, *, headers: bool = True) -> None:
        """Send metadata, headers and the first frames, or so much more of both tracks, at once."""
        if headers:
            self.send(self.sender.media())
        self.send_frames(milliseconds)

    def send_frames(self, milliseconds: int, every_ms: int = FRAME_MS) -> None:
        for at_ms in range(self._sent_ms + every_ms, self._sent_ms + milliseconds + 1, every_ms):
            frame = KEY_FRAME if at_ms % 1000 == 0 else PICTURE
            self.send(self.sender.video(frame, at_ms) + self.sender.audio(SOUND, at_ms))
        self._sent_ms += milliseconds

    def close(self) -> None:
        self.socket.close()

    def _next(self) -> list[Any]:
        while True:
            message = self._reader.next_message()
            if message is not None and message.type == COMMAND:
                return decode(message.payload)
            if message is None:
                piece = self.socket.recv(65536)
                assert piece, "closed"
                self.received += piece
                self._reader.feed(piece)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
