"""Other processes: started, stopped, and how much memory and processor time they take."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Timer

from .conditions import ROOT

STOP_TIMEOUT_S = 30
TELLS_PSS = Path("/proc/self/smaps_rollup").exists()
MEMORY = "PSS" if TELLS_PSS else "RSS"
"""What memory is measured in: the proportional set size where the system tells it."""


def start(command: Sequence[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Run a program in the checkout that is measured, in a process group of its own; what it prints is dropped."""
    silent = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=silent, stderr=silent, start_new_session=True)


def stop(process: subprocess.Popen[bytes]) -> float:
    """End a process with SIGTERM, and its group with SIGKILL; returns how many seconds the former took."""
    last_resort = Timer(STOP_TIMEOUT_S, process.kill)  # a wait with a timeout polls, in steps of up to 50 ms
    last_resort.start()
    began = time.perf_counter()
    process.terminate()
    process.wait()
    ended = time.perf_counter()
    last_resort.cancel()
    with suppress(ProcessLookupError, PermissionError):  # nobody is left
        os.killpg(process.pid, signal.SIGKILL)
    return ended - began


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    return descendants(pid, _of_proc() if TELLS_PSS else _of_ps())


def descendants(pid: int, processes: Iterable[tuple[int, int]]) -> list[int]:
    """A process and all that descend from it, of pairs of process and parent."""
    children: dict[int, list[int]] = {}
    for child, parent in processes:
        children.setdefault(parent, []).append(child)
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def _of_proc() -> Iterator[tuple[int, int]]:
    for directory in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            yield int(directory.name), int(_stat(int(directory.name))[1])


def _of_ps() -> Iterator[tuple[int, int]]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        child, parent = line.split()
        yield int(child), int(parent)


def memory_mb(*pids: int) -> float:
    """What processes take together; pages that several share count once, where the system tells PSS."""
    return sum(_pss_kb(pid) if TELLS_PSS else _rss_kb(pid) for pid in pids) / 1024


def cpu_s(*pids: int) -> float:
    """The processor time that processes have taken so far, in seconds, to a hundredth or what the system counts in (Linux)."""
    return sum(sum(map(int, _stat(pid)[11:13])) for pid in pids) / os.sysconf("SC_CLK_TCK")


def sleeps(*pids: int) -> int:
    """The number of times that the threads of processes have given up their core so far, to wait for something (Linux)."""
    told = (status.read_text() for pid in pids for status in Path(f"/proc/{pid}/task").glob("*/status"))
    return sum(int(number) for each in told for number in re.findall(r"^voluntary_ctxt_switches:\s+(\d+)$", each, re.MULTILINE))


def _stat(pid: int) -> list[str]:
    """What `/proc` says of a process, after its name."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def own_writes_bytes() -> int | None:
    """How many bytes this process has passed to write() so far; None where the system doesn't tell."""
    try:
        told = Path("/proc/self/io").read_text()
    except OSError:
        return None
    found = re.search(r"^wchar: (\d+)$", told, re.MULTILINE)
    return int(found.group(1)) if found else None


def _pss_kb(pid: int) -> int:
    found = re.search(r"^Pss: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found.group(1)) if found else 0


def _rss_kb(pid: int) -> int:
    return int(subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout)


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs a module with this Python."""
    return [sys.executable, "-m", module, *arguments]
