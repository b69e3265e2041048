"""The hostile clients of `tests/ingest`, twenty thousand of them: without sockets, and at a server's port."""

from __future__ import annotations

import gc
import os
import signal
import socket
import tracemalloc
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from ingest.hostile_clients import meet, pieces
from served import Served, Spawn, WaitUntil

THOUSAND = 1000


@pytest.mark.parametrize("thousand", range(20))
def test_hostile_clients_are_survived(thousand: int) -> None:
    for number in range(thousand * THOUSAND, (thousand + 1) * THOUSAND):
        meet(number)


def test_nothing_is_left_of_hostile_clients() -> None:
    for number in range(50):
        meet(number)
    tracemalloc.start()
    for number in range(50, 350):
        meet(number)
    gc.collect()
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < 200_000


PATIENCE_S = 120.0
"""The time that a busy machine has to end the streams of those who have gone."""
MOST_FILLED_KB = 32 * 1024
MOST_GROWN_KB = 4 * 1024
"""Less than half a kilobyte for each of ten thousand clients."""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="memory and descriptors are counted in /proc")
def test_server_is_after_hostile_clients_as_it_was_before(spawn: Spawn, root: Path, wait_until: WaitUntil) -> None:
    served = spawn("--root", root, "--rtmp-port", "0")
    log: list[str] = []
    reading = Thread(target=lambda: log.extend(served.process.stderr or ()), daemon=True)
    reading.start()
    descriptors, memory_kb = descriptors_of(served), memory_of(served)
    attack(served, range(10 * THOUSAND))
    wait_until(lambda: descriptors_of(served) <= descriptors, PATIENCE_S)
    filled_kb = memory_of(served)  # with what is imported and filled once
    attack(served, range(10 * THOUSAND, 20 * THOUSAND))
    assert served.post("hlsDumps", {"outputStreamName": "stream"})[0] == 200
    wait_until(lambda: descriptors_of(served) <= descriptors, PATIENCE_S)
    assert filled_kb - memory_kb < MOST_FILLED_KB
    assert memory_of(served) - filled_kb < MOST_GROWN_KB
    with served.process as process:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        reading.join(20)
    assert [line for line in log if "internal error" in line] == []


def attack(served: Served, numbers: range) -> None:
    """Each client sends all that it has to say, and goes."""
    for number in numbers:
        with suppress(OSError), socket.create_connection(("127.0.0.1", served.ports["rtmp_port"]), 10) as client:
            for piece in pieces(Random(number)):
                client.sendall(piece)


def memory_of(served: Served) -> int:
    """The server's own memory, in KiB."""
    status = Path(f"/proc/{served.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))


def descriptors_of(served: Served) -> int:
    return len(os.listdir(f"/proc/{served.process.pid}/fd"))
