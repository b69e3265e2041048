"""What `serve` says on stderr: one line an event, as text or as JSON."""

from __future__ import annotations

import json
import logging

from .timestamps import NS_PER_SECOND, iso_time

ROOT = "ome_mock"
FORMATS = ("text", "json")


class TextFormatter(logging.Formatter):
    """`12:34:56 message`; what is more than information says so."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return line if record.levelno <= logging.INFO else f"{line[:9]}{record.levelname}: {line[9:]}"


class JsonFormatter(logging.Formatter):
    """One object a line: `time`, `level`, `logger`, `message`."""

    def format(self, record: logging.LogRecord) -> str:
        time = iso_time(int(record.created * NS_PER_SECOND), None)
        fields = {"time": time, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        return json.dumps(fields)


def log_to_stderr(log_format: str) -> None:
    """Send the emulator's log to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    logger = logging.getLogger(ROOT)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
