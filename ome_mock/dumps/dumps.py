"""The dumps of all output streams: the running ones, their ids and info files, and the last ones of streams that are gone."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import tzinfo
from itertools import chain
from threading import Lock

from ..agenda import Agenda
from ..dialect import Dialect
from ..engine.follower import Follower
from ..engine.input_stream import InputStream
from ..engine.stream import OutputStream
from ..errors import EngineCrashed, StartFailure, WriteFailed
from ..refusals import DumpNotStarted, DumpNotStopped, LlhlsStreamNotFound, OutputStreamNotFound
from .configured import configured_requests
from .dump import Dump, DumpRequest, DumpWriter

log = logging.getLogger("ome_mock.dumps")

ENDED_DUMPS_KEPT = 2_000
"""The number of dumps kept, for tests, after their streams are gone; OME forgets them."""

DumpWriterFactory = Callable[[DumpRequest, OutputStream], DumpWriter]


class Dumps(Follower):
    """The dumps of an engine's streams, which it follows: by output stream and id, in byte order of ids.

    Its lock guards the register, and is never held while files are written: a slow disk stalls dumps, which are written in turn, but
    not the API. `on_change` is called when dumps were stopped.
    """

    def __init__(
        self, agenda: Agenda, dialect: Dialect, make_writer: DumpWriterFactory, zone: tzinfo | None, on_change: Callable[[], None]
    ) -> None:
        self._dialect = dialect
        self._make_writer = make_writer
        self._zone = zone
        self._on_change = on_change
        self._alarm = agenda.alarm(self._write_what_is_due)
        self._setting = Lock()
        self._lock = Lock()
        self._dumps: dict[OutputStream, dict[str, Dump]] = {}
        self._ended: deque[Dump] = deque(maxlen=ENDED_DUMPS_KEPT)

    # Commands

    def start(self, stream: InputStream, request: DumpRequest, now_ns: int) -> Sequence[str]:
        """Start a dump; returns the names of the input stream's outputs. The first files are on disk when this returns.

        Raises OutputStreamNotFound, LlhlsStreamNotFound and DumpNotStarted.
        """
        self._start(llhls_output(stream, request.output_stream_name), request, now_ns)
        return [output.name for output in stream.outputs]

    def stop(self, stream: InputStream, output_stream: str, dump_id: str | None, now_ns: int) -> Sequence[str]:
        """Stop a dump, or every dump of the output stream; returns the names of the input stream's outputs.

        Raises OutputStreamNotFound, LlhlsStreamNotFound and DumpNotStopped.
        """
        dumps = self.find(stream, output_stream, dump_id)
        if dump_id and not dumps:
            raise DumpNotStopped(stream.path.vhost, stream.path.app, output_stream, dump_id)
        for dump in dumps:
            dump.stop(now_ns)
        self._on_change()
        return [output.name for output in stream.outputs]

    def find(self, stream: InputStream, output_stream: str, dump_id: str | None = None) -> Sequence[Dump]:
        """The dumps of an output stream in byte order of their ids, or the one of an id, running or not.

        Raises OutputStreamNotFound and LlhlsStreamNotFound.
        """
        return [dump for dump in self._of(llhls_output(stream, output_stream)) if not dump_id or dump.id == dump_id]

    def all(self) -> Sequence[Dump]:
        """Every dump that was started: those of streams that are gone, then those of connected streams."""
        with self._lock:
            living = [dump for dumps in self._dumps.values() for dump in dumps.values() if dump.is_listed]
            return [*self._ended, *living]

    def find_last(self, stream: str, dump_id: str) -> Dump | None:
        """The last dump with an id that was started of an output stream, written `vhost/app/stream`."""
        with self._lock:
            living = (dumps[dump_id] for output, dumps in self._dumps.items() if dump_id in dumps and str(output) == stream)
            ended = (dump for dump in reversed(self._ended) if dump.id == dump_id and str(dump.stream) == stream)
            return next((dump for dump in chain(living, ended) if dump.is_listed), None)

    def first_dumped(self, output: OutputStream) -> int | None:
        """The number of the first segment that a running dump of the stream holds."""
        return min((dump.first_msn for dump in self._of(output) if dump.enabled), default=None)

    # Streams come and go

    def stream_came(self, stream: InputStream, now_ns: int) -> None:  # noqa: ARG002
        """Take dumps of a stream from now on, and begin those that are configured."""
        for output in stream.outputs:
            requests = configured_requests(output, self._zone) if output.concluded_ns is None else ()
            configured = {request.id: self._queue(request, output) for request in requests}
            with self._lock:
                if output.ended_ns is None:  # it may be gone already
                    self._dumps[output] = _in_order_of_ids(configured)
        self._set_alarm()

    def stream_changed(self, stream: InputStream, now_ns: int) -> None:
        """Ask the dumps of a stream again for their due times."""
        for output in stream.outputs:
            for dump in self._of(output):
                dump.reconsider(now_ns)
        self._set_alarm()

    def stream_concluded(self, stream: InputStream, outputs: Sequence[OutputStream], now_ns: int) -> None:  # noqa: ARG002
        """Write the remaining segments of the dumps."""
        for output in outputs:
            for dump in self._of(output):
                dump.conclude(now_ns)

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        """Complete the dumps of a stream, whose ids are free (dump-output.md#stopping-and-ending)."""
        dumps = self._close(stream)
        try:
            for dump in dumps:
                dump.stop(now_ns)
        except EngineCrashed:
            for dump in dumps:
                dump.kill()
            raise

    def stream_lost(self, stream: InputStream, now_ns: int) -> None:  # noqa: ARG002
        """Leave the dumps as they are."""
        for dump in self._close(stream):
            dump.kill()

    def _queue(self, request: DumpRequest, output: OutputStream) -> Dump:
        """Begin a configured dump, which waits until the stream is ready."""
        dump = self._make(request, output)
        dump.start(output.published_ns)
        dump.is_listed = True
        return dump

    def _close(self, stream: InputStream) -> Sequence[Dump]:
        """Accept no more dumps of a stream; returns its dumps, which are still kept."""
        with self._lock:
            dumps = [dump for output in stream.outputs for dump in self._dumps.pop(output, {}).values()]
            self._ended += [dump for dump in dumps if dump.is_listed]
            return dumps

    # Dumps

    def _of(self, output: OutputStream) -> Sequence[Dump]:
        """The dumps of a stream, running or not, in byte order of their ids."""
        with self._lock:
            return [dump for dump in self._dumps.get(output, {}).values() if dump.is_listed]

    def _running(self) -> Sequence[Dump]:
        with self._lock:
            return [dump for dumps in self._dumps.values() for dump in dumps.values() if dump.enabled and dump.is_listed]

    def _start(self, output: OutputStream, request: DumpRequest, now_ns: int) -> None:
        """Start a dump; its first files are on disk when this returns. Raises DumpNotStarted."""
        dump = self._make(request, output)
        with dump.lock:
            self._reserve(output, dump)
            try:
                dump.start(now_ns, [other for other in self._of(output) if other.enabled])
                dump.is_listed = True
                self._set_alarm()
            except WriteFailed as error:
                log.warning("%s not started: %s", dump, error)
                raise _not_started(output, error.failure) from error
            finally:
                if not dump.is_listed:
                    self._release(output, dump)

    def _write_what_is_due(self, now_ns: int) -> None:
        """Do the due writes of every running dump. An unexpected exception ends its dump, and is raised after the others are done."""
        defects: list[Exception] = []
        for dump in self._running():
            if dump.due_ns <= now_ns:
                try:
                    dump.advance(now_ns)
                except EngineCrashed:
                    raise
                except Exception as error:  # noqa: BLE001
                    dump.fail()
                    defects.append(error)
        self._set_alarm()
        if defects:
            raise defects[0]

    def _set_alarm(self) -> None:
        with self._setting:
            self._alarm.set(min((dump.due_ns for dump in self._running()), default=None))

    def _make(self, request: DumpRequest, output: OutputStream) -> Dump:
        return Dump(request, output, self._make_writer(request, output), self._dialect, self._zone)

    def _reserve(self, output: OutputStream, dump: Dump) -> None:
        """Take the id and the info file. A start that needs the same ones waits until the first has succeeded or failed."""
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


def llhls_output(stream: InputStream, name: str) -> OutputStream:
    """The output stream of a name, if it can be dumped. Raises OutputStreamNotFound or LlhlsStreamNotFound."""
    output = stream.find_output(name)
    if output is None:
        raise OutputStreamNotFound(stream.path.vhost, stream.path.app, name)
    if not output.is_packaged:
        raise LlhlsStreamNotFound(stream.path.vhost, stream.path.app, name)
    return output


def _conflict(dumps: dict[str, Dump], request: DumpRequest) -> tuple[Dump | None, StartFailure]:
    """The first dump, in byte order of ids, that has the id or else the info file (rest-api.md#dump-checks)."""
    for dump_id, dump in dumps.items():
        if dump_id == request.id:
            return dump, StartFailure.DUPLICATE_ID
        if request.info_file and dump.request.info_file == request.info_file:
            return dump, StartFailure.DUPLICATE_INFO_FILE
    return None, StartFailure.DUPLICATE_ID


def _in_order_of_ids(dumps: dict[str, Dump]) -> dict[str, Dump]:
    """The dumps in byte order of their ids, as the engine lists them; in a shared directory the last one overwrites the others."""
    return dict(sorted(dumps.items(), key=lambda item: item[0].encode("utf-8", "surrogatepass")))


def _not_started(output: OutputStream, failure: StartFailure) -> DumpNotStarted:
    return DumpNotStarted(output.vhost, output.app, output.name, failure)
