from __future__ import annotations

import io
import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from logging import Logger
from typing import NoReturn

import pytest

from ome_mock.logs import FORMATS, BatchingHandler, JsonFormatter, TextFormatter, log_to_stderr

MOMENT_S = 1_767_229_445.625_5


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC0")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def logger() -> Iterator[Logger]:
    """The emulator's logger, as it was before afterwards."""
    logger = logging.getLogger("ome_mock")
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    yield logger
    for handler in set(logger.handlers) - set(handlers):
        handler.close()
    logger.handlers[:], logger.propagate = handlers, propagate
    logger.setLevel(level)


@pytest.fixture
def written(logger: Logger, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Everything on stderr, once all that was said is written."""

    def written() -> str:
        for handler in logger.handlers:
            handler.close()
        return capsys.readouterr().err

    return written


def record(level: int, message: str, *arguments: object) -> logging.LogRecord:
    record = logging.LogRecord("ome_mock.dumps", level, "file.py", 1, message, arguments, None)
    record.created = MOMENT_S
    return record


@pytest.mark.parametrize(
    ("level", "line"),
    [
        (logging.DEBUG, "01:04:05 dump d1 started"),
        (logging.INFO, "01:04:05 dump d1 started"),
        (logging.WARNING, "01:04:05 WARNING: dump d1 started"),
        (logging.ERROR, "01:04:05 ERROR: dump d1 started"),
        (logging.CRITICAL, "01:04:05 CRITICAL: dump d1 started"),
    ],
)
def test_text_line(level: int, line: str) -> None:
    assert TextFormatter().format(record(level, "dump %s started", "d1")) == line


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_json_line(level: str) -> None:
    line = JsonFormatter().format(record(getattr(logging, level), "dump %s started", "d1"))
    assert json.loads(line) == {
        "time": "2026-01-01T01:04:05.625+00:00",
        "level": level,
        "logger": "ome_mock.dumps",
        "message": "dump d1 started",
    }


def test_json_stays_one_line_whatever_is_said() -> None:
    line = JsonFormatter().format(record(logging.INFO, 'two\nlines, "quotes" and 한글'))
    assert "\n" not in line
    assert json.loads(line)["message"] == 'two\nlines, "quotes" and 한글'


@pytest.mark.parametrize(
    ("log_format", "lines"),
    [
        ("text", r"\d\d:\d\d:\d\d hello\n\d\d:\d\d:\d\d WARNING: careful\n"),
        ("json", r'\{"time": "[^"]+", "level": "INFO", "logger": "ome_mock.requests", "message": "hello"\}\n\{.*"careful"\}\n'),
    ],
)
def test_log_goes_to_stderr_from_information_upwards(written: Callable[[], str], log_format: str, lines: str) -> None:
    log_to_stderr(log_format)
    requests = logging.getLogger("ome_mock.requests")
    requests.debug("unheard")
    requests.info("hello")
    requests.warning("careful")
    logging.getLogger("other").warning("not ours")
    assert re.fullmatch(lines, written())


def test_everything_that_was_said_is_written_line_by_line(written: Callable[[], str]) -> None:
    log_to_stderr("json")

    def speak(name: str) -> None:
        for turn in range(200):
            logging.getLogger("ome_mock.dumps").info("%s %s", name, turn)

    threads = [threading.Thread(target=speak, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    said = [json.loads(line)["message"] for line in written().splitlines()]
    for name in "abcd":
        assert [message for message in said if message.startswith(name)] == [f"{name} {turn}" for turn in range(200)]
    assert len(said) == 800


def test_log_is_not_said_twice(written: Callable[[], str], caplog: pytest.LogCaptureFixture) -> None:
    log_to_stderr("text")
    logging.getLogger("ome_mock.requests").warning("careful")
    assert caplog.records == []
    assert written().count("careful") == 1


def test_formats() -> None:
    assert FORMATS == ("text", "json")


class Full(io.StringIO):
    def write(self, _: object) -> NoReturn:
        raise OSError("no space")

    def flush(self) -> NoReturn:
        raise ValueError("closed")


def test_stream_that_takes_nothing_stops_nobody() -> None:
    handler = BatchingHandler(Full())
    handler.emit(record(logging.INFO, "one"))
    handler.emit(record(logging.INFO, "two"))
    handler.close()
    assert not handler._thread.is_alive()


def test_stream_that_nobody_reads_delays_the_end_by_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ome_mock.logs.LONGEST_WAIT_S", 0.01)
    reading, writing = os.pipe()
    with os.fdopen(reading), os.fdopen(writing, "w") as stream:
        handler = BatchingHandler(stream)
        handler.setFormatter(logging.Formatter("%(message)s"))
        handler.emit(record(logging.INFO, "x" * 1_000_000))
        handler.close()
        assert handler._thread.is_alive()
        left = len("x" * 1_000_000 + "\n")
        while left:
            left -= len(os.read(reading, left))
        handler._thread.join(10)
        assert not handler._thread.is_alive()
