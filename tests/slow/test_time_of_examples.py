"""The control server of docs/callbacks.md is tested in less than a second of processor time, imports not counted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from documents import blocks

MEASURING = """
import time

import pytest
import ome_mock.emulator


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol():
    began_s = time.process_time()
    result = yield
    print(f"took {time.process_time() - began_s}")
    return result
"""


def test_example_of_callbacks_takes_less_than_a_second(tmp_path: Path) -> None:
    example = next(block for block in blocks(Path("docs/callbacks.md")) if block.language == "python")
    (tmp_path / "test_example.py").write_text(example.text)
    (tmp_path / "conftest.py").write_text(MEASURING)
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-qs", "-p", "ome_mock.pytest_plugin", "-p", "no:cacheprovider", "test_example.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert float(next(line.split()[-1] for line in done.stdout.splitlines() if "took" in line)) < 1
