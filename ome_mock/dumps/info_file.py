"""The info file: the XML text that says what a dump has written (dump-output.md#info-file)."""

from __future__ import annotations

import re
from array import array
from itertools import pairwise
from typing import NamedTuple

from ..dialect import Dialect
from ..disk.growing_text import GrowingText
from ..text import unescaped_xml, xml_text
from .dump import DumpState

_ITEM = re.compile(r"<Time>(?P<time>[^<]*)</Time>\n\s*<File>(?P<file>.*)</File>\n", re.DOTALL)


class Item(NamedTuple):
    """One write: when, and the path as the client will look for it."""

    time: str
    file: str


class InfoFile:
    """The text of one info file. Items are only ever added, so each is rendered once."""

    def __init__(self, dialect: Dialect, *, user_data: str, vhost: str, app: str, output_stream: str) -> None:
        self._dialect = dialect
        stream = dialect.info_file_stream.format(vhost=vhost, app=app, output_stream=output_stream)
        self._head = self._line(1, "UserData", user_data) + self._line(1, "Stream", stream)
        self._items = GrowingText()
        self._ends = array("Q", [0])
        """Where each item ends; the first begins at 0."""
        indent = dialect.info_file_indent
        self._item = (
            f"{indent * 2}<Item>\n"
            f"{indent * 3}<Seq>%d</Seq>\n"
            f"{indent * 3}<Time>%s</Time>\n"
            f"{indent * 3}<File>%s</File>\n"
            f"{indent * 2}</Item>\n"
        )

    def add(self, item: Item) -> None:
        text = _encoded(self._item % (len(self._ends) - 1, item.time, self._content(item.file)))
        self._items.add(text)
        self._ends.append(self._ends[-1] + len(text))

    @property
    def items(self) -> list[Item]:
        """Every write so far, as it stands in the file but for escapes."""
        text = bytes(self._items)
        found = (_ITEM.search(text[start:end].decode("utf-8", "surrogateescape")) for start, end in pairwise(self._ends))
        unescape = unescaped_xml if self._dialect.info_file_is_escaped else str
        return [Item(match["time"], unescape(match["file"])) for match in found if match]

    def render(self, state: DumpState) -> bytes:
        root, indent = self._dialect.info_file_root, self._dialect.info_file_indent
        head = f"<{root}>\n{self._head}{indent}<Status>{self.status(state)}</Status>\n{indent}<Items>\n"
        return self._items.between(_encoded(head), _encoded(f"{indent}</Items>\n</{root}>\n"))

    def status(self, state: DumpState) -> str:
        """What `<Status>` says in a state."""
        if state is DumpState.FAILED:
            return self._dialect.failed_write_status
        return "Completed" if state is DumpState.COMPLETED else "Running"

    def _line(self, depth: int, element: str, text: str) -> str:
        return f"{self._dialect.info_file_indent * depth}<{element}>{self._content(text)}</{element}>\n"

    def _content(self, text: str) -> str:
        return xml_text(text) if self._dialect.info_file_is_escaped else text


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
