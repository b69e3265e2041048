from __future__ import annotations

import gc
import os
import sys
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester"]

settings.register_profile("ome-mock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ome-mock")
"""How fast this machine is, is no matter of the tests."""

gc.disable()
"""Until all tests are collected: nothing of them is garbage."""


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin to collect garbage, but among what the tests make; they and the modules stay to the end."""
    gc.freeze()
    gc.enable()
    if sys.dont_write_bytecode:
        compile_for_processes_once(session.config)


def compile_for_processes_once(config: pytest.Config) -> None:
    """Let the processes that tests start keep bytecode for each other, where Python is told to leave none beside the sources."""
    kept = TemporaryDirectory(prefix="ome-mock-bytecode-")
    config.add_cleanup(kept.cleanup)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = kept.name
