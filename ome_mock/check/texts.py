"""Playlists of a dump as text."""

from __future__ import annotations

from pathlib import Path

from ..hls.lines import Mistake
from .finding import Finding, finding

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_playlist(path: Path) -> tuple[str, list[Finding]]:
    """The text of a playlist, which may be empty, and what is wrong with it as a text."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return "", [finding(path, "", "playlist-unreadable", f"it can't be read: {error.strerror}")]
    if not content:
        return "", [finding(path, "", "playlist-unreadable", "it is empty")]
    found = []
    if content.startswith(BYTE_ORDER_MARK):
        found.append(finding(path, "byte 0", "playlist-unreadable", "it begins with a byte order mark"))
    try:
        text = content.removeprefix(BYTE_ORDER_MARK).decode()
    except UnicodeDecodeError as error:
        found.append(finding(path, f"byte {error.start}", "playlist-unreadable", "it is not UTF-8"))
        text = content.decode("utf-8", "replace")
    if not text.endswith("\n"):
        found.append(finding(path, f"line {text.count(chr(10)) + 1}", "playlist-cut", "the last line has no end"))
    return text, found


def mistakes(path: Path, found: tuple[Mistake, ...]) -> list[Finding]:
    return [finding(path, f"line {each.line}", "playlist-syntax", each.problem) for each in found]
