"""AMF0, the values that commands and metadata are made of (Adobe's Action Message Format, version 0).

Bytes in, values out, and back. Of the grammar, what the engine was seen to read: a long string, for one, has it close the connection
(recorded by its effect: very long string in connect). Text that is not UTF-8 keeps its bytes as surrogate escapes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from .errors import ProtocolViolation

DEEPEST = 256
"""So many objects and arrays may be open at once; the engine reads 200 (recorded: AMF of nested objects, 200 deep)."""

MOST_VALUES = 16_384
"""One message may hold so many values."""

_NUMBER, _BOOLEAN, _STRING, _OBJECT, _NULL, _UNDEFINED, _ECMA_ARRAY, _OBJECT_END, _STRICT_ARRAY, _DATE = 0, 1, 2, 3, 5, 6, 8, 9, 10, 11

Value = float | bool | str | None | dict[str, "Value"] | list["Value"]


class EcmaArray(dict[str, Value]):
    """An object that came, or goes, as an array of named values."""


def decode(payload: bytes) -> list[Value]:
    """Read every value of a message; raises ProtocolViolation where it is cut short or of an unknown type."""
    return _Reader(payload).values()


def encode(*values: Value) -> bytes:
    """Write values one behind the other."""
    return b"".join(map(_encoded, values))


class _Reader:
    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._at = 0
        self._values = 0
        self._readers: dict[int, Callable[[int], Value]] = {
            _NUMBER: lambda _: float(struct.unpack(">d", self._take(8))[0]),
            _BOOLEAN: lambda _: self._take(1) != b"\0",
            _STRING: lambda _: self._string(),
            _OBJECT: lambda depth: self._properties({}, depth),
            _NULL: lambda _: None,
            _UNDEFINED: lambda _: None,
            _ECMA_ARRAY: self._ecma_array,
            _STRICT_ARRAY: self._strict_array,
            _DATE: lambda _: float(struct.unpack(">dh", self._take(10))[0]),
        }

    def values(self) -> list[Value]:
        values = []
        while self._at < len(self._payload):
            values.append(self._value(0))
        return values

    def _value(self, depth: int) -> Value:
        self._values += 1
        if depth > DEEPEST or self._values > MOST_VALUES:
            raise ProtocolViolation("an AMF message of too many values")
        marker = self._take(1)[0]
        read = self._readers.get(marker)
        if read is None:
            raise ProtocolViolation(f"an AMF value of type {marker}")
        return read(depth + 1)

    def _ecma_array(self, depth: int) -> Value:
        self._take(4)  # how many, which the end says again
        return self._properties(EcmaArray(), depth)

    def _properties(self, properties: dict[str, Value], depth: int) -> Value:
        while True:
            name = self._string()
            if not name and self._payload[self._at : self._at + 1] == bytes([_OBJECT_END]):
                self._at += 1
                return properties
            properties[name] = self._value(depth)

    def _strict_array(self, depth: int) -> Value:
        (length,) = struct.unpack(">I", self._take(4))
        if length > MOST_VALUES:
            raise ProtocolViolation("an AMF array that is too long")
        return [self._value(depth) for _ in range(length)]

    def _string(self) -> str:
        (length,) = struct.unpack(">H", self._take(2))
        return self._take(length).decode(errors="surrogateescape")

    def _take(self, length: int) -> bytes:
        taken = self._payload[self._at : self._at + length]
        if len(taken) < length:
            raise ProtocolViolation("an AMF message that is cut short")
        self._at += length
        return taken


def _encoded(value: Value) -> bytes:
    if value is None:
        return bytes([_NULL])
    if isinstance(value, bool):
        return bytes([_BOOLEAN, value])
    if isinstance(value, str):
        return bytes([_STRING]) + _encoded_string(value)
    if isinstance(value, dict):
        named = struct.pack(">BI", _ECMA_ARRAY, len(value)) if isinstance(value, EcmaArray) else bytes([_OBJECT])
        return named + _encoded_properties(value)
    if isinstance(value, list):
        return struct.pack(">BI", _STRICT_ARRAY, len(value)) + encode(*value)
    return struct.pack(">Bd", _NUMBER, value)


def _encoded_properties(properties: Mapping[str, Value]) -> bytes:
    encoded = (_encoded_string(name) + _encoded(value) for name, value in properties.items())
    return b"".join(encoded) + bytes([0, 0, _OBJECT_END])


def _encoded_string(text: str) -> bytes:
    encoded = text.encode(errors="surrogateescape")
    return struct.pack(">H", len(encoded)) + encoded
