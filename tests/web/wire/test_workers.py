"""Threads that answer requests which may wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from ome_mock.web.wire.workers import Workers

TIMEOUT_S = 10


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers()
    yield workers
    workers.stop(TIMEOUT_S)


def wait_until_idle(workers: Workers) -> None:
    while not workers._idle:
        threading.Event().wait(0.001)


def test_idle_thread_takes_the_next_task(workers: Workers) -> None:
    took: SimpleQueue[threading.Thread] = SimpleQueue()
    threads = set()
    for _ in range(3):
        workers.do(lambda: took.put(threading.current_thread()))
        threads.add(took.get(timeout=TIMEOUT_S))
        wait_until_idle(workers)
    assert len(threads) == 1


def test_task_does_not_wait_for_another(workers: Workers) -> None:
    may_go, done = threading.Event(), threading.Event()
    for _ in range(5):
        workers.do(lambda: may_go.wait(TIMEOUT_S))
    workers.do(done.set)
    assert done.wait(TIMEOUT_S)
    may_go.set()


def test_idle_thread_ends(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ome_mock.web.wire.workers.IDLE_S", 0)
    took: SimpleQueue[threading.Thread] = SimpleQueue()
    workers.do(lambda: took.put(threading.current_thread()))
    thread = took.get(timeout=TIMEOUT_S)
    thread.join(TIMEOUT_S)
    assert not thread.is_alive()
    assert not workers._idle


def test_stop_ends_idle_threads_and_waits_for_tasks() -> None:
    workers, may_go = Workers(), threading.Event()
    took: SimpleQueue[threading.Thread] = SimpleQueue()
    workers.do(lambda: took.put(threading.current_thread()))
    idle = took.get(timeout=TIMEOUT_S)
    wait_until_idle(workers)

    def wait() -> None:
        took.put(threading.current_thread())
        may_go.wait(TIMEOUT_S)

    workers.do(wait)
    assert took.get(timeout=TIMEOUT_S) is idle
    workers.stop(0)
    assert idle.is_alive()
    may_go.set()
    workers.stop(TIMEOUT_S)
    assert not idle.is_alive()
