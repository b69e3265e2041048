"""Compares two answers to one request, but for what can't be equal.

Status, headers in their order and body must be equal byte for byte. What can't be: the moment, what a server measures (its keys and
types must be equal), what it draws by chance, and lists that engines keep in no order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .case import Answer, Headers, Look, RawExchange, RecordedFile, Request
from .wording import renamed, text_of

MEASURED = re.compile(
    r".*(Time|Timestamp|Throughput|Connections|Message|MPS|threadId)|sourceUrl|bitrate\w*|framerate\w*|keyFrameInterval\w*"
    r"|deltaFrames\w*|max(Framerate|Width|Height)|(total|avg|last|max|record|sent|dwell|queue|drop)\w*|hlsv3|llhls|peak|size|connections"
    r"|messagePerSecond|gitVersion|version|urn|sequence"
)
"""Keys of what depends on the encoder, on the moment, or on who else is connected."""

UNORDERED = re.compile(r"/v1/vhosts|.*/(apps|streams)")
"""Paths whose lists engines keep in no order."""

DATE = re.compile(rb"(?i)\bDate: [^\r\n]*")

LEFT_OUT = frozenset({"date", "connection", "keep-alive"})
LENGTH = "content-length"

CODED = {"BANDWIDTH": re.compile(r"BANDWIDTH=\d+"), "avc1": re.compile(r"avc1\.[0-9a-f]{6}")}
"""What depends on how pictures and sounds were coded."""

SESSION = re.compile(r"(?<=session=)[^&\"\s]+")

DRAWN = CODED | {
    "INSTANT": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)"),
    "SESSION": SESSION,
}
"""Texts in playlists and info files that are no two times the same: instants, measured rates, how pictures were coded, sessions."""

KEY = re.compile(r"(?<=_)[0-9A-Za-z]{8}(?=_llhls\.)")
"""The key of a stream, which is drawn too; where the same one stands again counts."""


class Difference(NamedTuple):
    """A part of an answer that isn't as recorded: `status`, `headers`, `body`, `bytes`, `connection`, or the path of a file."""

    part: str
    recorded: str
    seen: str

    def __str__(self) -> str:
        return f"{self.part}: {self.seen}\n    instead of {self.recorded}"


class Chance:
    """The stream keys that one side has drawn, by their numbers in the order of their appearance."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    def removed(self, text: str) -> str:
        """The text with everything drawn or measured replaced by what it is."""
        for name, pattern in DRAWN.items():
            text = pattern.sub(name, text)
        return KEY.sub(lambda found: self._keys.setdefault(found[0], f"KEY{len(self._keys)}"), text)

    def removed_from(self, look: Look) -> dict[str, RecordedFile]:
        """The files of a look, keys first seen in the order of their paths."""
        return {
            self.removed(path): file._replace(text=None if file.text is None else self.removed(file.text))
            for path, file in sorted(look.files.items())
        }


class Comparison:
    """Compares what one replay saw with what was recorded, by the rules of this module; `names` are those of `compare_answers`."""

    def __init__(self) -> None:
        self._chance = Chance(), Chance()

    def answers(self, request: Request, recorded: Answer, seen: Answer, names: Mapping[str, str]) -> Iterator[Difference]:
        return compare_answers(request, recorded, seen, names)

    def raw(self, recorded: RawExchange, seen: RawExchange) -> Iterator[Difference]:
        """Bytes are compared one by one, but for dates."""
        wanted, got = (DATE.sub(b"Date: DATE", each.received).decode("latin-1") for each in (recorded, seen))
        if wanted != got:
            yield Difference("bytes", wanted, got)
        if recorded.is_closed != seen.is_closed:
            yield Difference("connection", *("closed" if each.is_closed else "open" for each in (recorded, seen)))

    def looks(self, recorded: Look, seen: Look) -> Iterator[Difference]:
        """The files that are missing, empty, or not to be there, and the texts that differ. How large media is depends on the encoder."""
        wanted, found = (chance.removed_from(look) for chance, look in zip(self._chance, (recorded, seen), strict=True))
        for path in sorted(wanted.keys() | found.keys()):
            files = wanted.get(path), found.get(path)
            with_texts = all(file is not None and file.text is not None for file in files)
            described = [_described(file, with_text=with_texts) for file in files]
            if described[0] != described[1]:
                yield Difference(path, *described)


def compare_answers(request: Request, recorded: Answer, seen: Answer, names: Mapping[str, str] | None = None) -> Iterator[Difference]:
    """The differences. `names` maps texts of the answering server, such as its address, to those that were recorded.

    Where the engine hung up without an answer, a refusal will do.
    """
    if recorded.status is None:
        if seen.status is not None and seen.status < 400:
            yield Difference("status", "closed without an answer", str(seen.status))
        return
    if seen.status != recorded.status:
        yield Difference("status", str(recorded.status), "closed without an answer" if seen.status is None else str(seen.status))
    body, wanted = renamed(text_of(seen.body), names or {}), text_of(recorded.body)
    if not is_as_good(request.path.partition("?")[0], wanted, body):
        yield Difference("body", wanted, body)
    may_differ = LEFT_OUT | ({LENGTH} if body != wanted or body != text_of(seen.body) or request.method == "HEAD" else set())
    headers, wanted_headers = _compared(seen.headers, may_differ), _compared(recorded.headers, may_differ)
    headers = [(name, renamed(value, names or {})) for name, value in headers]
    if recorded.has_headers and headers != wanted_headers:
        yield Difference("headers", _shown(wanted_headers), _shown(headers))


def drawn_names(recorded: Answer, seen: Answer) -> dict[str, str]:
    """The keys and sessions in a playlist, by those that stood in their places in the recorded one."""
    texts = [text_of(answer.body) for answer in (recorded, seen) if answer.body.startswith(b"#EXTM3U")]
    if len(texts) < len((recorded, seen)):
        return {}
    return {old: new for pattern in (KEY, SESSION) for old, new in zip(*map(pattern.findall, texts), strict=False)}


def without_chance(text: str) -> str:
    """The text with everything drawn or measured replaced by what it is, stream keys by numbers."""
    return Chance().removed(text)


def without_coding(text: str) -> str:
    """The text with what depends on how pictures and sounds were coded replaced by what it is, and every stream key by one word."""
    for name, pattern in CODED.items():
        text = pattern.sub(name, text)
    return KEY.sub("KEY", text)


def is_as_good(path: str, wanted: str, seen: str) -> bool:
    """True if a body says what was recorded, measured values aside."""
    if seen == wanted:
        return True
    try:
        return _are_as_good(path, json.loads(wanted), json.loads(seen))
    except (ValueError, RecursionError):
        return without_chance(seen) == without_chance(wanted)


def _are_as_good(path: str, *values: Any) -> bool:
    if UNORDERED.fullmatch(path):
        for value in values:
            if isinstance(value, dict) and isinstance(value.get("response"), list):
                value["response"].sort(key=str)
    shapes = [json.dumps(shape(value)) for value in values]
    return shapes[0] == shapes[1] and (values[0] != values[1] or bool(UNORDERED.fullmatch(path)) or shape(values[0]) != values[0])


def shape(value: Any, key: str = "") -> Any:
    """A value with everything measured replaced by its type."""
    if MEASURED.fullmatch(key) and not isinstance(value, dict | list):
        return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__
    if isinstance(value, dict):
        return {name: shape(each, name) for name, each in value.items()}
    return [shape(each) for each in value] if isinstance(value, list) else value


def _described(file: RecordedFile | None, *, with_text: bool) -> str:
    if file is None:
        return "not there"
    return file.text or "" if with_text else "there" if file.size else "empty"


def _compared(headers: Headers, left_out: frozenset[str] | set[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in left_out]


def _shown(headers: list[tuple[str, str]]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers)
