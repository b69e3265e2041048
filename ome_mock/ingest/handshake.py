"""The plain handshake (Adobe's specification 1.0, section 5.2): S0, S1 and S2 in one piece answer C0 and C1; C2 is not looked at."""

from __future__ import annotations

VERSION = 3
HALF = 1536
"""Bytes of C1, C2, S1 and S2."""
FILLER = HALF - 8
"""Bytes of S1 that mean nothing."""

_SERVER_VERSION = bytes.fromhex("00010001")


def answer_handshake(c1: bytes, *, epoch_seconds: int, filler: bytes) -> bytes:
    """S0, S1 with the time of day, and S2, which is C1 unchanged."""
    s1 = (epoch_seconds & 0xFFFFFFFF).to_bytes(4, "big") + _SERVER_VERSION + filler
    return bytes([VERSION]) + s1 + c1
