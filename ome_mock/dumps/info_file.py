"""The info file: the XML text that lists the files of a dump (dump-output.md#info-file)."""

from __future__ import annotations

from ..dialect import Dialect
from ..disk.growing_text import GrowingText
from ..text import xml_text
from .dump import DumpState


class InfoFile:
    """The text of one info file. Items are only ever added, so each is rendered once."""

    def __init__(self, dialect: Dialect, *, user_data: str, vhost: str, app: str, output_stream: str) -> None:
        self._dialect = dialect
        stream = dialect.info_file_stream.format(vhost=vhost, app=app, output_stream=output_stream)
        self._head = self._line(1, "UserData", user_data) + self._line(1, "Stream", stream)
        self._items = GrowingText()
        self._count = 0
        indent = dialect.info_file_indent
        self._item = (
            f"{indent * 2}<Item>\n"
            f"{indent * 3}<Seq>%d</Seq>\n"
            f"{indent * 3}<Time>%s</Time>\n"
            f"{indent * 3}<File>%s</File>\n"
            f"{indent * 2}</Item>\n"
        )

    def add(self, time: str, path: str) -> None:
        """Every write so far, as in the file but without escapes."""
        self._items.add(_encoded(self._item % (self._count, time, self._content(path))))
        self._count += 1

    def render(self, state: DumpState) -> bytes:
        root, indent = self._dialect.info_file_root, self._dialect.info_file_indent
        head = f"<{root}>\n{self._head}{indent}<Status>{state.status(self._dialect)}</Status>\n{indent}<Items>\n"
        return self._items.between(_encoded(head), _encoded(f"{indent}</Items>\n</{root}>\n"))

    def _line(self, depth: int, element: str, text: str) -> str:
        return f"{self._dialect.info_file_indent * depth}<{element}>{self._content(text)}</{element}>\n"

    def _content(self, text: str) -> str:
        return xml_text(text) if self._dialect.info_file_is_escaped else text


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
