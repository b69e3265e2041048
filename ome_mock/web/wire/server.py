"""The HTTP server: waitress, but with short requests answered in its loop, more threads when it is busy, and an immediate stop.

The reasons for waitress and for the loop are in `benchmarks/http-server.md`.
"""

from __future__ import annotations

import errno
import logging
import resource
import socket
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Lock, Thread, current_thread, local
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from ...errors import AddressInUse, ConfigurationError
from ...text import printable
from .connection import LONGEST_BODY, Application, Channel, dropping_what_is_parked

logging.getLogger("ome_mock.waitress").setLevel(logging.ERROR)  # it warns of requests cancelled by a stop

NeverWaits = Callable[[str, str], bool]
"""Says if a request of a method and target is short and never waits for a disk, a lock or a sleep."""

FIRST_THREADS = 1
MOST_THREADS = 2000
MOST_CONNECTIONS = 4000
DESCRIPTORS_FOR_FILES = 200
BACKLOG = 1024
IDLE_TIMEOUT_S = 60
"""The time for which the engine keeps a silent connection (rest-api.md#connections)."""
LONGEST_ANSWER_IN_MEMORY = 1 << 30
"""The size in bytes below which waitress keeps answers in memory; so large that it never writes temporary files."""
LOOP_WAIT_S = 30
PATIENCE_S = 0.005
"""The time that the loop gives to another thread that answers many requests, enough for some fifty of them."""
LAST_PORT = 65535
STOP_TIMEOUT_S = 5


class HttpServer:
    """Serves WSGI applications, each on its own port, in threads of this process.

    A thread that answers many requests holds `answering`, so that the loop doesn't take the interpreter from it each time that one of
    these clients goes away.
    """

    def __init__(self, host: str, answering: Lock | None = None) -> None:
        self.host = host
        self._answering = answering or Lock()
        self._thread = Thread(target=self._run, name="ome-mock http", daemon=True)
        self._dispatcher = Dispatcher(self._thread)
        self._sockets: dict[int, wasyncore.dispatcher] = {}
        self._servers: list[_Server] = []
        self._is_stopping = False

    def listen(
        self,
        application: Application,
        port: int,
        *,
        option: str = "--port",
        never_waits: NeverWaits = lambda *_: False,
        notices_clients_leaving: bool = False,
    ) -> int:
        """Bind a port, 0 for a free one; returns it. `option` is the name of the port in errors.

        An application that parks connections needs `notices_clients_leaving`, with which the server reads while a request is held.
        """
        listener = listen(self.host, port, option)
        settings = Adjustments(
            sockets=[listener],
            ident=None,
            clear_untrusted_proxy_headers=False,
            connection_limit=most_connections(),
            channel_timeout=IDLE_TIMEOUT_S,
            channel_request_lookahead=int(notices_clients_leaving),
            cleanup_interval=LOOP_WAIT_S,
            log_socket_errors=False,
            max_request_body_size=LONGEST_BODY + 1,  # the shortest that is too long
            outbuf_overflow=LONGEST_ANSWER_IN_MEMORY,
        )
        server = _Server(
            dropping_what_is_parked(application),
            never_waits,
            map=self._sockets,
            _sock=listener,
            dispatcher=self._dispatcher,
            adj=settings,
            sockinfo=(listener.family, listener.type, None, listener.getsockname()),
            bind_socket=False,
        )
        self._servers.append(server)
        bound: int = listener.getsockname()[1]
        return bound

    def url(self, port: int) -> str:
        return f"http://[{self.host}]:{port}" if ":" in self.host else f"http://{self.host}:{port}"

    def start(self) -> None:
        self._dispatcher.set_thread_count(FIRST_THREADS)
        self._thread.start()

    def stop(self) -> None:
        """Finish the current answers, close every connection and end the threads; release ports that were never served."""
        if self._thread.ident is not None:
            self._dispatcher.shutdown()
            self._is_stopping = True
            self._servers[0].pull_trigger()
            self._thread.join()
        wasyncore.close_all(self._sockets, ignore_all=True)

    def _run(self) -> None:
        while not self._is_stopping:
            if self._answering.acquire(timeout=PATIENCE_S):
                self._answering.release()
            wasyncore.loop(timeout=LOOP_WAIT_S, use_poll=True, map=self._sockets, count=1)
            self._dispatcher.answer_at_once()


def most_connections() -> int:
    """The largest number of connections, which leaves descriptors for the files of dumps."""
    soft_limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if soft_limit == resource.RLIM_INFINITY else max(16, min(MOST_CONNECTIONS, soft_limit - DESCRIPTORS_FOR_FILES))


def listen(host: str, port: int, option: str) -> socket.socket:
    """Bind a port, 0 for a free one. Raises AddressInUse, or ConfigurationError for an address that can't be bound."""
    if not 0 <= port <= LAST_PORT:
        raise ConfigurationError(f"port {port} is not between 0 and {LAST_PORT}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, TypeError, UnicodeError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise AddressInUse(f"port {port} on {host} is taken; {option} 0 takes a free one") from None
        reason = error.strerror or error if isinstance(error, OSError) else error
        raise ConfigurationError(f"can't listen on {printable(host)}, port {port}: {reason}") from None


class Dispatcher(ThreadedTaskDispatcher):
    """Chooses the thread that answers a request.

    Requests that never wait are answered by the loop, the thread that reads and writes all connections, because passing them to another
    thread and back takes longer than most answers. Others get a thread, a new one if every thread is busy, so that a request waiting for
    a disk or a clock delays no other.
    """

    logger = logging.getLogger("ome_mock.waitress")
    most_threads = MOST_THREADS

    def __init__(self, loop: Thread) -> None:
        super().__init__()
        self._loop = loop
        self._at_once: deque[Channel] = deque()

    def add_task(self, task: Channel) -> None:
        if task.never_waits and current_thread() is self._loop:
            self._at_once.append(task)  # the loop holds the channel's lock here
            return
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()
            threads = len(self.threads) - self.stop_count
            if len(self.queue) > threads - self.active_count and threads < self.most_threads:
                number = next(number for number in count() if number not in self.threads)
                self.start_new_thread(self.handler_thread, number)  # it waits for this lock; a thread that can't start doesn't count
                self.threads.add(number)
                self.active_count += 1

    def answer_at_once(self) -> None:
        """Answer the received requests that never wait; after an answer, the next request of its connection may follow."""
        while self._at_once:
            self._at_once.popleft().answer_at_once()

    def shutdown(self, cancel_pending: bool = True, timeout: float = STOP_TIMEOUT_S) -> bool:
        """Finish the current answers, and cancel further requests."""
        with self.lock:
            self.most_threads = 0
        return bool(super().shutdown(cancel_pending, timeout))


class _Server(TcpWSGIServer):
    """Wakes its loop when there is work for it, but not for each of many answers sent at once."""

    channel_class = Channel

    def __init__(self, application: Application, never_waits: NeverWaits, **settings: Any) -> None:
        self.never_waits = never_waits
        self._this_thread = local()
        super().__init__(application, **settings)

    @contextmanager
    def answering_at_once(self) -> Iterator[None]:
        """Keep this thread, in the block, from waiting and from waking the loop, which checks every connection when it wakes."""
        self._this_thread.answers_at_once = True
        try:
            yield
        finally:
            self._this_thread.answers_at_once = False

    @property
    def is_answering_at_once(self) -> bool:
        """True in a thread within `answering_at_once`."""
        return getattr(self._this_thread, "answers_at_once", False)

    def pull_trigger(self) -> None:
        if not self.is_answering_at_once:
            super().pull_trigger()
