"""Reads JSON as OME does, which accepts comments, a trailing comma, anything after the value and a byte order mark.

Bytes in; a value out, or an error with line, column and text. The accepted texts and the errors are recorded (`fixtures/recordings`) and
described in the reference (rest-api.md#request-bodies). Lines and columns count from 1; a column is a byte.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple, NoReturn

from .refusals import JsonLibraryError, JsonPlace, JsonSyntaxError

DEEPEST = 1000
"""The deepest nesting of values; beyond it the error is a JsonLibraryError (recorded: group body)."""

LONGEST_INTEGER = 20
"""The most digits of an integer; longer numbers are read as floating-point."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_SPACES = re.compile(rb"[ \t\r\n]*")
_STRING_REST = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NUMBER = re.compile(rb"[+-]?[0-9]*(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*)?")
_INTEGER = re.compile(rb"-?[0-9]*")
_FLOAT = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LINE_END = re.compile(rb"\r\n?|\n")
_LINE_COMMENT_REST = re.compile(rb"[^\r\n]*(?:\r\n?|\n)?")
_HEX = b"0123456789abcdefABCDEF"
_ESCAPES = {b'"': b'"', b"/": b"/", b"\\": b"\\", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_WORDS: dict[bytes, Any] = {b"true": True, b"false": False, b"null": None}

NO_VALUE = "Syntax error: value, object or array expected."
NO_NAME = "Missing '}' or object member name"
NO_COLON = "Missing ':' after object member name"
NO_COMMA_IN_OBJECT = "Missing ',' or '}' in object declaration"
NO_COMMA_IN_ARRAY = "Missing ',' or ']' in array declaration"


def read_json(body: bytes) -> Any:
    """Read a body; an empty one is null. Text that is not UTF-8 keeps its bytes as surrogate escapes.

    Raises JsonSyntaxError, or JsonLibraryError for a value that is nested too deeply.
    """
    if not body:
        return None
    try:
        return _read_plain(body)
    except ValueError:
        return _Reader(body).read()


def _read_plain(body: bytes) -> Any:
    """Read strict JSON with the standard library, which is fast. Raises ValueError for anything else."""
    if b"\\u" in body or body.count(b"[") + body.count(b"{") > DEEPEST // 2:
        raise ValueError
    return _PLAIN.decode(body.decode())


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    return _refuse(text) if number in {float("inf"), -float("inf")} else number


def _short(text: str) -> int:
    return int(text) if len(text) <= LONGEST_INTEGER else _refuse(text)


_PLAIN = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite, parse_int=_short)
"""The standard library's decoder, made once because that takes longer than reading a body."""


class _Token(NamedTuple):
    """`kind` is the character of a bracket, a comma or a colon, or a word: string, number, word, comment, end, error."""

    kind: str
    start: int
    end: int


class _Reader:
    """Reads one value with its own stack, so that nesting takes no Python frames."""

    def __init__(self, body: bytes) -> None:
        self._data = body.removeprefix(BYTE_ORDER_MARK)
        self._at = 0
        self._open: list[tuple[Any, str | None]] = []
        """The open containers; an object with the name of the member being read."""

    def read(self) -> Any:
        done, value = self._begin_value()
        while self._open or not done:
            done, value = self._end_value(value) if done else self._begin_value()
        return value

    def _begin_value(self) -> tuple[bool, Any]:
        """Read a scalar, or the beginning of a container; returns True with a complete value, or False."""
        if len(self._open) >= DEEPEST:
            raise JsonLibraryError("Exceeded stackLimit in readValue().")
        token = self._next_but_comments()
        if token.kind == "{":
            return self._next_member({})
        if token.kind == "[":
            return self._next_element([])
        if token.kind == "string":
            return True, self._decode_string(token)
        if token.kind == "number":
            return True, self._decode_number(token)
        if token.kind == "word":
            return True, _WORDS[self._data[token.start : token.end]]
        return self._fail(NO_VALUE, token)

    def _end_value(self, value: Any) -> tuple[bool, Any]:
        """Put a value into the open container, and read the next token there."""
        container, name = self._open.pop()
        if name is None:
            container.append(value)
            token = self._next_but_comments()
            if token.kind == "]":
                return True, container
            if token.kind != ",":
                self._fail(NO_COMMA_IN_ARRAY, token)
            return self._next_element(container)
        container[name] = value
        token = self._next()
        if token.kind not in {"}", ",", "comment"}:
            self._fail(NO_COMMA_IN_OBJECT, token)
        while token.kind == "comment":
            token = self._next()
        return (True, container) if token.kind == "}" else self._next_member(container)

    def _next_element(self, array: list[Any]) -> tuple[bool, Any]:
        """An array may end after a comma, but not after a comment that follows one."""
        self._skip_spaces()
        if self._data[self._at : self._at + 1] == b"]":
            self._at += 1
            return True, array
        self._open.append((array, None))
        return False, None

    def _next_member(self, container: dict[str, Any]) -> tuple[bool, Any]:
        token = self._next_but_comments()
        if token.kind == "}":
            return True, container
        if token.kind != "string":
            self._fail(NO_NAME, token)
        name = self._decode_string(token)
        colon = self._next()
        if colon.kind != ":":
            self._fail(NO_COLON, colon)
        self._open.append((container, name))
        return False, None

    # Tokens

    def _next_but_comments(self) -> _Token:
        token = self._next()
        while token.kind == "comment":
            token = self._next()
        return token

    def _next(self) -> _Token:
        self._skip_spaces()
        start = self._at
        character = self._data[start : start + 1]
        if character in {b"{", b"}", b"[", b"]", b",", b":"}:
            kind, self._at = character.decode(), start + 1
        elif character == b'"':
            kind = self._take_string()
        elif character == b"/":
            kind = self._take_comment()
        elif character in {b"t", b"f", b"n"}:
            kind = self._take_word()
        elif character and (character.isdigit() or character in {b"-", b"+"}):
            kind = self._take_number()
        else:  # a NUL ends the text
            kind, self._at = ("end" if character in {b"", b"\0"} else "error"), min(start + 1, len(self._data))
        return _Token(kind, start, self._at)

    def _skip_spaces(self) -> None:
        match = _SPACES.match(self._data, self._at)
        self._at = match.end() if match else self._at

    def _take_string(self) -> str:
        match = _STRING_REST.match(self._data, self._at + 1)
        self._at = match.end() if match else len(self._data)
        return "string" if match else "error"

    def _take_comment(self) -> str:
        opening = self._data[self._at : self._at + 2]
        self._at += len(opening)
        if opening == b"//":
            match = _LINE_COMMENT_REST.match(self._data, self._at)
            self._at = match.end() if match else self._at
            return "comment"
        if opening != b"/*":
            return "error"
        closing = self._data.find(b"*/", self._at)
        if closing >= 0:
            self._at = closing + 2
            return "comment"
        ends_in_slash = self._at < len(self._data) and self._data.endswith(b"/")  # the engine takes it for the end of the comment
        self._at = len(self._data)
        return "comment" if ends_in_slash else "error"

    def _take_word(self) -> str:
        for word in _WORDS:
            if self._data.startswith(word, self._at):
                self._at += len(word)
                return "word"
        self._at += 1
        return "error"

    def _take_number(self) -> str:
        match = _NUMBER.match(self._data, self._at)
        self._at = match.end() if match else self._at
        if self._data[self._at - 1 : self._at + 1] in {b"-I", b"+I"}:
            self._at += 1
            return "error"
        return "number"

    # Values

    def _decode_number(self, token: _Token) -> int | float:
        text = self._data[token.start : token.end]
        if len(text) <= LONGEST_INTEGER and _INTEGER.fullmatch(text):
            return int(text.lstrip(b"-") or b"0") * (-1 if text.startswith(b"-") else 1)
        number = float(text) if _FLOAT.fullmatch(text) else float("inf")
        if number in {float("inf"), -float("inf")}:
            self._fail(f"'{text.decode()}' is not a number.", token)
        return number

    def _decode_string(self, token: _Token) -> str:
        decoded = bytearray()
        at, end = token.start + 1, token.end - 1
        while at < end:
            backslash = self._data.find(b"\\", at, end)
            if backslash < 0:
                decoded += self._data[at:end]
                break
            decoded += self._data[at:backslash]
            escape = self._data[backslash + 1 : backslash + 2]
            at = backslash + 2
            if escape == b"u":
                code_point, at = self._decode_code_point(token, at, end)
                decoded += chr(code_point).encode("utf-8", "surrogatepass")
            elif escape in _ESCAPES:
                decoded += _ESCAPES[escape]
            else:
                self._fail("Bad escape sequence in string", token, at)
        return decoded.decode("utf-8", "surrogateescape")

    def _decode_code_point(self, token: _Token, at: int, end: int) -> tuple[int, int]:
        """Decode the digits after a backslash and `u`; after the first half of a surrogate pair, the next escape counts as the other."""
        code_point, at = self._decode_unit(token, at, end)
        if not 0xD800 <= code_point <= 0xDBFF:
            return code_point, at
        if end - at < len(r"\u0000"):
            self._fail("additional six characters expected to parse unicode surrogate pair.", token, at)
        for expected in (b"\\", b"u"):
            at += 1
            if self._data[at - 1 : at] != expected:
                self._fail(r"expecting another \u token to begin the second half of a unicode surrogate pair", token, at)
        second, at = self._decode_unit(token, at, end)
        return 0x10000 + ((code_point & 0x3FF) << 10) + (second & 0x3FF), at

    def _decode_unit(self, token: _Token, at: int, end: int) -> tuple[int, int]:
        if end - at < len("0000"):
            self._fail("Bad unicode escape sequence in string: four digits expected.", token, at)
        for position in range(at, at + 4):
            if self._data[position] not in _HEX:
                self._fail("Bad unicode escape sequence in string: hexadecimal digit expected.", token, position + 1)
        return int(self._data[at : at + 4], 16), at + 4

    # Errors

    def _fail(self, reason: str, token: _Token, detail: int | None = None) -> NoReturn:
        raise JsonSyntaxError(self._place(token.start), reason, None if detail is None else self._place(detail))

    def _place(self, at: int) -> JsonPlace:
        """Line and column of a byte; a line ends in LF, CR or both."""
        line, begins = 1, 0
        for match in _LINE_END.finditer(self._data, 0, at):
            line, begins = line + 1, match.end()
        return JsonPlace(line, at - begins + 1)
