"""A client of RTMP, as bytes: the tests' own encoder, which knows nothing of the code that reads it but AMF0."""

from __future__ import annotations

import struct

from ome_mock.ingest.amf0 import EcmaArray, Value, encode

HANDSHAKE = bytes([3]) + bytes(8) + bytes(range(256)) * 5 + bytes(248) + bytes(1536)
"""C0, C1 and C2."""

COMMAND, DATA, AUDIO, VIDEO = 20, 18, 8, 9

AVC_HEADER = bytes.fromhex("17000000000142d00bffe100186742d00bd9028df930110000030001000003001e0f12264801000468cb8cb2")
"""H.264, 160x90 (clip a of the recordings)."""
AVC_HEADER_320 = bytes.fromhex("17000000000142c00cffe100196742c00cd901419f9f0110000003001000000301e0f142a48001000468cb8cb2")
HEVC_HEADER = bytes.fromhex(
    "90687663310101600000009000000000001ef000fcfdf8f800000f03200001001840010c01ffff01600000030090000003000003001e928090210001002942010101"
    "600000030090000003000003001ea0348107256592ae4cae6808000003000800000300504022000100064401c173d189"
)
"""H.265 by enhanced RTMP, 98x62, as x265 writes it."""
HEVC_KEY_FRAME = b"\x93hvc1" + bytes.fromhex("000000132801af114f40e95dfa9942e31ca85a2a73372e")
AAC_HEADER = bytes.fromhex("af00121056e500")
"""AAC, 44.1 kHz, stereo."""
KEY_FRAME = bytes.fromhex("1701000000") + bytes(500)
PICTURE = bytes.fromhex("2701000000") + bytes(100)
SOUND = bytes.fromhex("af01") + bytes(90)

METADATA = EcmaArray(
    width=160, height=90, videodatarate=58.59375, framerate=15, videocodecid=7, audiodatarate=31.25, audiosamplerate=44100, audiocodecid=10
)
HEVC_METADATA = EcmaArray(METADATA | {"width": 98, "height": 62, "videocodecid": int.from_bytes(b"hvc1", "big")})


class Sender:
    """Writes messages as chunks; `chunk_size` is what the client has said, or not said, of its chunks."""

    def __init__(self, chunk_size: int = 128) -> None:
        self.chunk_size = chunk_size

    def message(self, chunk_stream: int, kind: int, stream: int, payload: bytes, timestamp: int = 0) -> bytes:
        """A message of chunk format 0."""
        fields = len(payload).to_bytes(3, "big") + bytes([kind]) + stream.to_bytes(4, "little")
        return self.chunks(0, chunk_stream, fields, payload, timestamp)

    def chunks(self, chunk_format: int, chunk_stream: int, fields: bytes, payload: bytes, timestamp: int) -> bytes:
        """A message whose header is given, but for its timestamp."""
        extension = timestamp.to_bytes(4, "big") if timestamp >= 0xFFFFFF else b""
        pieces = [payload[at : at + self.chunk_size] for at in range(0, len(payload), self.chunk_size)]
        stamp = min(timestamp, 0xFFFFFF).to_bytes(3, "big") if chunk_format < 3 else b""
        begin = basic_header(chunk_format, chunk_stream) + stamp + fields + extension
        return begin + (basic_header(3, chunk_stream) + extension).join(pieces)

    def command(self, *values: Value, chunk_stream: int = 3, stream: int = 0) -> bytes:
        return self.message(chunk_stream, COMMAND, stream, encode(*values))

    def data(self, *values: Value) -> bytes:
        return self.message(4, DATA, 1, encode(*values))

    def video(self, payload: bytes, timestamp: int = 0) -> bytes:
        return self.message(6, VIDEO, 1, payload, timestamp)

    def audio(self, payload: bytes, timestamp: int = 0) -> bytes:
        return self.message(4, AUDIO, 1, payload, timestamp)

    def set_chunk_size(self, size: int) -> bytes:
        """Say it, and keep to it from the next message on."""
        said = self.message(2, 1, 0, struct.pack(">I", size))
        self.chunk_size = size or self.chunk_size
        return said

    def connect(self, tc_url: str = "rtmp://127.0.0.1:1935/app", **more: Value) -> bytes:
        return self.command("connect", 1, {"app": "app", "flashVer": "FMLE/3.0", "tcUrl": tc_url, **more})

    def publish(self, name: Value = "stream", *, fc_publish: bool = True) -> bytes:
        """All from connect to publish, as encoders send it."""
        return b"".join(
            (
                self.connect(),
                self.command("FCPublish", 3, None, name) if fc_publish else b"",
                self.command("createStream", 4, None),
                self.command("publish", 5, None, name, "live", chunk_stream=4, stream=1),
            )
        )

    def media(self, metadata: EcmaArray = METADATA, header: bytes = AVC_HEADER, key_frame: bytes = KEY_FRAME) -> bytes:
        """Metadata, sequence headers and a first frame of each track."""
        return (
            self.data("@setDataFrame", "onMetaData", metadata)
            + self.video(header)
            + self.audio(AAC_HEADER)
            + self.video(key_frame, 23)
            + self.audio(SOUND, 23)
        )


def basic_header(chunk_format: int, chunk_stream: int) -> bytes:
    if chunk_stream < 64:
        return bytes([chunk_format << 6 | chunk_stream])
    if chunk_stream < 320:
        return bytes([chunk_format << 6, chunk_stream - 64])
    return bytes([chunk_format << 6 | 1]) + struct.pack("<H", chunk_stream - 64)
