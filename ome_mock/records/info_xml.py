"""The XML file that lists the files of records (records-and-pushes.md#record-files).

The engine reads the file that is there and writes it anew with one more entry, so that several records may share one. An entry that was
read has `<metadata />` where a new one has `<metadata></metadata>`.
"""

from __future__ import annotations

import re
from datetime import tzinfo

from ..text import xml_text
from ..timestamps import iso_time
from .record import RecordedFile
from .records import RecordOrigin

HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n<files>\n'
TAIL = b"</files>\n"
_BLANK_ELEMENT = re.compile(rb"<(\w+)>\s*</\1>")


def append_file(text: bytes, origin: RecordOrigin, file: RecordedFile, zone: tzinfo | None) -> bytes:
    """The text of an information file with one more entry; what is no such text is replaced."""
    is_one = text.startswith(HEAD) and text.endswith(TAIL)
    entries = _BLANK_ELEMENT.sub(rb"<\1 />", text[len(HEAD) : -len(TAIL)]) if is_one else b""
    return HEAD + entries + _entry(origin, file, zone).encode("utf-8", "replace") + TAIL


def _entry(origin: RecordOrigin, file: RecordedFile, zone: tzinfo | None) -> str:
    request = origin.request
    elements = {
        "transactionId": origin.transaction_id,
        "id": xml_text(request.id),
        "metadata": xml_text(request.metadata),
        "vhost": xml_text(origin.vhost),
        "app": xml_text(origin.app),
        "stream": xml_text(request.chosen.stream_name),
        "filePath": f"<![CDATA[{file.path.replace(']]>', ']]]]><![CDATA[>')}]]>",
        "recordBytes": str(file.byte_count),
        "recordTime": str(file.duration_ms),
        "sequence": str(file.sequence),
        "lastSequence": str(file.is_last).lower(),
        "createdTime": iso_time(file.created_ns, zone),
        "startTime": iso_time(file.start_ns, zone),
        "finishTime": iso_time(file.finish_ns, zone),
    }
    return "".join(["  <file>\n", *(f"    <{name}>{value}</{name}>\n" for name, value in elements.items()), "  </file>\n"])
