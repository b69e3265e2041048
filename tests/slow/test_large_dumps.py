"""A gigabyte of dump, checked in a process of its own: its peak of memory, and a bound on its time that only a wrong algorithm exceeds."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

GIGABYTE, MEGABYTE = 10**9, 10**6
LONGEST_S = 60
PROGRAM = """
import json, re, sys, time
from collections.abc import Iterator
from pathlib import Path
from ome_mock.cli.check import run_check

status = run_check(sys.argv[1:], None, as_json=False)
peak = int(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
print(json.dumps({"status": status, "seconds": time.process_time(), "peak": peak}))
"""


@pytest.fixture
def dump(tmp_path: Path) -> Iterator[Path]:
    """A gigabyte in 36,000 files, removed at once: pytest keeps what the last three runs wrote."""
    out = tmp_path / "d1"
    command = [sys.executable, "-m", "ome_mock", "dump", "--out", str(out), "--seconds", "72000"]
    subprocess.run(command, check=True, timeout=600, stdout=subprocess.DEVNULL)
    yield out
    shutil.rmtree(out)


def test_gigabyte_is_checked_in_a_hundred_megabytes(dump: Path) -> None:
    assert sum(path.stat().st_size for path in dump.iterdir()) > GIGABYTE
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(dump)], capture_output=True, text=True, timeout=600, check=True)
    verdict, figures = done.stdout.splitlines()
    seen = json.loads(figures)
    assert (verdict, seen["status"]) == ("nothing is wrong", 0)
    assert seen["peak"] < 100 * MEGABYTE
    assert seen["seconds"] < LONGEST_S
