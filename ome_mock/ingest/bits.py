"""Bits of a sequence header, read from the left."""

from __future__ import annotations

from .errors import ProtocolViolation

_LONGEST_PREFIX = 32
_LONGEST_HEADER = 4096


class Bits:
    """Reads numbers of any width, and Exp-Golomb codes (ITU-T H.264, section 9.1). Raises ProtocolViolation at the end."""

    def __init__(self, data: bytes) -> None:
        data = data[:_LONGEST_HEADER]
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def read(self, width: int) -> int:
        """An unsigned number of so many bits."""
        if width > self._left:
            raise ProtocolViolation("a sequence header that is cut short")
        self._left -= width
        return self._value >> self._left & ((1 << width) - 1)

    def flag(self) -> bool:
        """One bit."""
        return self.read(1) == 1

    def unsigned(self) -> int:
        """An Exp-Golomb code, ue(v)."""
        zeros = 0
        while not self.flag():
            zeros += 1
            if zeros > _LONGEST_PREFIX:
                raise ProtocolViolation("a sequence header with a number that is too long")
        return (1 << zeros) - 1 + self.read(zeros)

    def signed(self) -> int:
        """An Exp-Golomb code, se(v)."""
        code = self.unsigned()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def without_emulation_prevention(unit: bytes) -> bytes:
    """The payload of a NAL unit, without the 3 that follows two zeros (ITU-T H.264, section 7.4.1)."""
    return unit[:_LONGEST_HEADER].replace(b"\0\0\3", b"\0\0")
