"""Threads for requests that may wait: as many as there are such requests at once, each of which answers one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread, current_thread

IDLE_S = 1.0
"""The time for which an idle thread waits for another request before it ends."""

Task = Callable[[], object]
Tasks = SimpleQueue[Task | None]


class Workers:
    """Calls functions in threads, and never has one wait for another."""

    def __init__(self) -> None:
        self._threads: set[Thread] = set()
        self._idle: list[Tasks] = []
        self._is_stopping = False

    def do(self, task: Task) -> None:
        """Have an idle thread call the task, or a new one. Raises RuntimeError where there can be no more threads."""
        try:
            tasks = self._idle.pop()
        except IndexError:
            tasks = SimpleQueue()
            thread = Thread(target=self._work, args=(tasks,), name="ome-mock request", daemon=True)
            thread.start()
            self._threads.add(thread)
        tasks.put(task)

    def stop(self, timeout_s: float) -> None:
        """End the threads once they have done their tasks, and wait so long for that."""
        deadline = time.monotonic() + timeout_s
        self._is_stopping = True
        while self._idle:
            self._idle.pop().put(None)
        for thread in list(self._threads):
            thread.join(max(0.0, deadline - time.monotonic()))

    def _work(self, tasks: Tasks) -> None:
        task = tasks.get()
        while task is not None:
            task()
            task = None  # an idle thread keeps no request
            self._idle.append(tasks)
            if not self._is_stopping:
                task = self._next(tasks)
        self._threads.discard(current_thread())

    def _next(self, tasks: Tasks) -> Task | None:
        try:
            return tasks.get(timeout=IDLE_S)
        except Empty:
            try:
                self._idle.remove(tasks)
            except ValueError:  # it was given one just now
                return tasks.get()
            return None
