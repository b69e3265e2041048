"""The log of `serve` on stderr: one line for each event, as text or as JSON."""

from __future__ import annotations

import json
import logging
import sys
import time
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import TextIO

from .timestamps import NS_PER_SECOND, NS_PER_US, iso_time

ROOT = "ome_mock"
FORMATS = ("text", "json")
GATHERING_S = 0.01
"""The time for which lines are gathered before they are written, so that a busy server does not change threads for each."""
MOST_RECORDS = 10_000
"""The number of records that wait for a blocked stream; more are dropped."""
LONGEST_WAIT_S = 1.0


class TextFormatter(logging.Formatter):
    """Formats as `12:34:56 message`, with the level of warnings and errors. It is fast, for thousands of lines a second."""

    def format(self, record: logging.LogRecord) -> str:
        level = "" if record.levelno <= logging.INFO else f"{record.levelname}: "
        time_of_day = iso_time(int(record.created) * NS_PER_SECOND, None)[11:19]
        line = f"{time_of_day} {level}{record.getMessage()}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonFormatter(logging.Formatter):
    """Formats as one JSON object in each line: `time`, `level`, `logger`, `message`."""

    def format(self, record: logging.LogRecord) -> str:
        time = iso_time(round(record.created * 1_000_000) * NS_PER_US, None)
        fields = {"time": time, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        return json.dumps(fields)


class BatchingHandler(logging.Handler):
    """Writes lines in its own thread, all waiting ones at once, so that no request waits for the terminal."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._records: SimpleQueue[logging.LogRecord | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="ome-mock log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        if self._records.qsize() < MOST_RECORDS:
            self._records.put(record)

    def close(self) -> None:
        """Write the remaining lines, unless the stream is blocked; called at exit."""
        self._records.put(None)
        self._thread.join(LONGEST_WAIT_S)
        super().close()

    def _run(self) -> None:
        record: logging.LogRecord | None = self._records.get()
        while record is not None:
            time.sleep(GATHERING_S)
            lines = [self.format(record)]
            while not self._records.empty() and (record := self._records.get()) is not None:
                lines.append(self.format(record))
            with suppress(OSError, ValueError):  # go on after a closed or full stream
                self._stream.write("\n".join([*lines, ""]))
                self._stream.flush()
            record = record and self._records.get()


def log_to_stderr(log_format: str) -> None:
    """Send the log of a process that does nothing but emulate to stderr; records don't tell threads and processes."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = BatchingHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    logger = logging.getLogger(ROOT)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
