"""The XML file that lists the files of a record.

No such file of the engine is recorded. Elements and their order are from appendix B of OME's documentation of recording, times are written
as by the engine's REST API, and text is escaped.
"""

from __future__ import annotations

from datetime import tzinfo

from ..text import xml_text
from ..timestamps import iso_time
from .record import RecordedFile
from .records import RecordOrigin


class RecordInfo:
    """The texts of the information files of one record, one for each value of its path with macros."""

    def __init__(self, origin: RecordOrigin, zone: tzinfo | None) -> None:
        self._origin = origin
        self._zone = zone
        self._entries: dict[str, list[str]] = {}

    def add(self, file: RecordedFile) -> bytes:
        """Add a recorded file; returns the whole text of its information file."""
        entries = self._entries.setdefault(file.info_path, [])
        entries.append(self._entry(file))
        return f'<?xml version="1.0" encoding="utf-8"?>\n<files>\n{"".join(entries)}</files>\n'.encode()

    def _entry(self, file: RecordedFile) -> str:
        request = self._origin.request
        elements = {
            "transactionId": self._origin.transaction_id,
            "id": request.id,
            "vhost": self._origin.vhost,
            "app": self._origin.app,
            "stream": request.output_stream_name,
            "metadata": request.metadata,
            "filePath": file.path,
            "recordBytes": file.byte_count,
            "recordTime": file.duration_ms,
            "sequence": file.sequence,
            "interval": request.interval_ms or "",
            "schedule": request.schedule,
            "lastSequence": str(file.is_last).lower(),
            "createdTime": iso_time(file.created_ns, self._zone),
            "startTime": iso_time(file.start_ns, self._zone),
            "finishTime": iso_time(file.finish_ns, self._zone),
        }
        lines = [f"    <{name}>{xml_text(str(value))}</{name}>\n" for name, value in elements.items() if value != ""]
        return f"  <file>\n{''.join(lines)}  </file>\n"
