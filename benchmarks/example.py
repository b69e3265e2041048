"""What a test with a control server of its own takes, as `docs/callbacks.md` shows it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .conditions import ROOT
from .figures import Figure, at_most
from .setting import Setting
from .summaries import median

ROUNDS = 5
MEASURING = """
import time

import pytest
import ome_mock.emulator


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol():
    began_s = time.process_time()
    result = yield
    print(f"\\ntook {time.process_time() - began_s}")
    return result
"""


def example(setting: Setting) -> Iterator[Figure | str]:
    """The test of docs/callbacks.md: its processor time, imports not counted."""
    shown = re.search(r"^```python\n(.*?)^```", (ROOT / "docs" / "callbacks.md").read_text(), re.MULTILINE | re.DOTALL)
    if shown is None:
        raise RuntimeError("docs/callbacks.md shows no test")
    with setting.place() as place:
        (place / "test_example.py").write_text(shown.group(1))
        (place / "conftest.py").write_text(MEASURING)
        taken_s = median([_run(place) for _ in range(ROUNDS)])
    yield Figure("example", "processor time of the test of docs/callbacks.md", taken_s, "s", at_most(1))


def _run(place: Path) -> float:
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-qs", "-p", "ome_mock.pytest_plugin", "-p", "no:cacheprovider", "test_example.py"]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    taken_s = [float(each) for each in re.findall(r"^took (\S+)$", done.stdout, re.MULTILINE)]
    if done.returncode or not taken_s:
        raise RuntimeError(f"the test of docs/callbacks.md ended with {done.returncode}: {done.stdout}{done.stderr}")
    return sum(taken_s)
