from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator

import pytest
from served import Outcome, Run, spawn, wait_until_fixture

from ome_mock.cli import main

__all__ = ["run", "spawn", "wait_until_fixture"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run the command line in this process; while it serves, `look_around` is called, and then it ends."""
    logger = logging.getLogger("ome_mock")
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    for variable in [variable for variable in os.environ if variable.startswith("OME_MOCK_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setattr("ome_mock.cli.serving.signal.pthread_sigmask", lambda *_: None)

    def forget_log() -> None:
        for handler in set(logger.handlers) - set(handlers):
            handler.close()
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)

    def run(*arguments: object, look_around: Callable[[], object] = lambda: None, **environment: object) -> Outcome:
        monkeypatch.setattr("ome_mock.cli.serving.signal.sigwait", lambda _: look_around())
        monkeypatch.setattr(sys, "argv", ["ome-mock", *map(str, arguments)])
        with monkeypatch.context() as context:
            context.setenv("OME_MOCK_LLHLS_PORT", "0")  # tests run beside each other
            for name, value in environment.items():
                context.setenv(f"OME_MOCK_{name}", str(value))
            with pytest.raises(SystemExit) as exited:
                main()
        forget_log()
        status = exited.value.code
        assert isinstance(status, int)
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    yield run
    forget_log()
