"""The dumps of every output stream: which ids and info files are taken, which dumps run, what became of those of streams that are gone."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from datetime import tzinfo
from threading import Lock

from ..dialect import Dialect
from ..engine.stream import OutputStream
from ..errors import EngineCrashed, StartFailure, WriteFailed
from ..refusals import DumpNotStarted, LlhlsStreamNotFound
from .configured import configured_requests
from .dump import Dump, DumpRequest, DumpWriter

log = logging.getLogger("ome_mock.dumps")

ENDED_DUMPS_KEPT = 100
"""How many dumps of streams that are gone can still be looked at (by tests; OME forgets them)."""

DumpWriterFactory = Callable[[DumpRequest, OutputStream], DumpWriter]


class DumpRegister:
    """Dumps by output stream and id, in byte order of ids. Its lock guards the register, and is never held while files are written.

    `wake` is called when a dump has begun: it may be what falls due next.
    """

    def __init__(self, dialect: Dialect, make_writer: DumpWriterFactory, zone: tzinfo | None, wake: Callable[[], None]) -> None:
        self._dialect = dialect
        self._make_writer = make_writer
        self._zone = zone
        self._wake = wake
        self._lock = Lock()
        self._dumps: dict[OutputStream, dict[str, Dump]] = {}
        self._ended: deque[Dump] = deque(maxlen=ENDED_DUMPS_KEPT)

    # Streams come and go

    def open(self, output: OutputStream) -> None:
        """Take dumps of a stream from now on, and begin those that are configured."""
        configured = {}
        for request in configured_requests(output, self._zone):
            dump = self._make(request, output)
            dump.start(output.published_ns)
            dump.is_listed = True
            configured[request.id] = dump
        with self._lock:
            self._dumps[output] = _in_order_of_ids(configured)
        self._wake()

    def close(self, output: OutputStream) -> list[Dump]:
        """Take no more dumps of a stream; returns those it had, which are still to be ended and then kept."""
        with self._lock:
            return list(self._dumps.pop(output, {}).values())

    def keep(self, dumps: Iterable[Dump]) -> None:
        """Remember dumps that have ended with their stream."""
        with self._lock:
            self._ended += [dump for dump in dumps if dump.is_listed]

    # Dumps

    def all(self) -> list[Dump]:
        """Every dump that was started: those of streams that are gone, then those of connected streams."""
        with self._lock:
            living = [dump for dumps in self._dumps.values() for dump in dumps.values() if dump.is_listed]
            return [*self._ended, *living]

    def of(self, output: OutputStream) -> list[Dump]:
        """The dumps of a stream, running or not, in byte order of their ids."""
        with self._lock:
            return [dump for dump in self._dumps.get(output, {}).values() if dump.is_listed]

    def running(self) -> list[Dump]:
        with self._lock:
            return [dump for dumps in self._dumps.values() for dump in dumps.values() if dump.enabled and dump.is_listed]

    def start(self, output: OutputStream, request: DumpRequest, now_ns: int) -> None:
        """Start a dump; its first files are on disk when this returns. Raises DumpNotStarted."""
        dump = self._make(request, output)
        with dump.lock:
            self._reserve(output, dump)
            try:
                dump.start(now_ns)
                dump.is_listed = True
                self._wake()
            except WriteFailed as error:
                log.warning("%s not started: %s", dump, error)
                raise _not_started(output, error.failure) from error
            finally:
                if not dump.is_listed:
                    self._release(output, dump)

    def advance(self, now_ns: int) -> list[Exception]:
        """Write what every running dump should have written by now; returns defects, each of which has ended its dump."""
        defects: list[Exception] = []
        for dump in self.running():
            if dump.due_ns <= now_ns:
                try:
                    dump.advance(now_ns)
                except EngineCrashed:
                    raise
                except Exception as error:  # noqa: BLE001
                    dump.fail()
                    defects.append(error)
        return defects

    def reconsider(self, output: OutputStream, now_ns: int) -> None:
        """Ask the dumps of a stream anew what falls due when: its media goes on sooner than it seemed."""
        for dump in self.of(output):
            dump.reconsider(now_ns)
        self._wake()

    def next_due_ns(self) -> int | None:
        """When a running dump will have something to write, or None while none is running."""
        return min((dump.due_ns for dump in self.running()), default=None)

    def _make(self, request: DumpRequest, output: OutputStream) -> Dump:
        return Dump(request, output, self._make_writer(request, output), self._dialect)

    def _reserve(self, output: OutputStream, dump: Dump) -> None:
        """Take the id and the info file. Starts that want the same ones wait for each other: the second sees what became of the first."""
        while True:
            with self._lock:
                dumps = self._dumps.get(output)
                if dumps is None:
                    raise LlhlsStreamNotFound(output.vhost, output.app, output.name)
                conflict, failure = _conflict(dumps, dump.request)
                if conflict is None:
                    self._dumps[output] = _in_order_of_ids({**dumps, dump.id: dump})
                    return
                if conflict.is_listed:
                    raise _not_started(output, failure)
            with conflict.lock:
                pass

    def _release(self, output: OutputStream, dump: Dump) -> None:
        with self._lock:
            self._dumps.get(output, {}).pop(dump.id, None)


def _conflict(dumps: dict[str, Dump], request: DumpRequest) -> tuple[Dump | None, StartFailure]:
    """The first dump, in byte order of ids, that has the id or else the info file (reference: REST API, section 4.2)."""
    for dump_id, dump in dumps.items():
        if dump_id == request.id:
            return dump, StartFailure.DUPLICATE_ID
        if request.info_file and dump.request.info_file == request.info_file:
            return dump, StartFailure.DUPLICATE_INFO_FILE
    return None, StartFailure.DUPLICATE_ID


def _in_order_of_ids(dumps: dict[str, Dump]) -> dict[str, Dump]:
    """Byte order: the engine lists dumps so, and the last one has the last word where several share a directory."""
    return dict(sorted(dumps.items(), key=lambda item: item[0].encode("utf-8", "surrogatepass")))


def _not_started(output: OutputStream, failure: StartFailure) -> DumpNotStarted:
    return DumpNotStarted(output.vhost, output.app, output.name, failure)
