"""The records of every application (records-and-pushes.md#record-actions)."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from datetime import tzinfo
from threading import Lock
from typing import NamedTuple

from ..agenda import Agenda
from ..engine.follower import Follower
from ..engine.input_stream import InputStream
from ..engine.stream import OutputStream
from ..engine.virtual_hosts import Scope
from ..errors import EngineCrashed
from ..refusals import RecordNotFound, RequestInvalid, require_parameters, require_publisher
from ..settings import ApplicationSettings
from .record import Record, RecordRequest, RecordStatus, RecordWriter
from .record_path import record_paths
from .split_schedule import parse_schedule

TRANSACTION_ID_ALPHABET = string.ascii_letters + string.digits
TRANSACTION_ID_LENGTH = 16
PUBLISHER = "file"


class RecordOrigin(NamedTuple):
    """The origin of a record, for its information file."""

    transaction_id: str
    vhost: str
    app: str
    request: RecordRequest


RecordWriterFactory = Callable[[RecordOrigin], RecordWriter]
RecordKey = tuple[str, str, str]
"""A virtual host, an application, and the id of a record or the name of an output stream."""


class Records(Follower):
    """The records by id. They follow streams, because a record begins when the output stream that it names exists.

    The lock guards the register of records, and is never held while files are written.
    """

    def __init__(
        self,
        make_writer: RecordWriterFactory,
        zone: tzinfo | None,
        *,
        seed: int = 0,
        default_root: Callable[[], str] = str,
        agenda: Agenda | None = None,
    ) -> None:
        self._make_writer = make_writer
        self._zone = zone
        self._seed = seed
        self._default_root = default_root
        self._alarm = (agenda or Agenda()).alarm(self.advance)
        self._lock = Lock()
        self._count = 0
        self._recordings: dict[RecordKey, Record] = {}
        self._outputs: dict[RecordKey, tuple[str, OutputStream]] = {}

    def find(self, vhost: str, application: ApplicationSettings, record_id: str, now_ns: int) -> list[tuple[RecordRequest, RecordStatus]]:
        """The records of an application in byte order of their ids, or the one of an id."""
        require_publisher(vhost, application, PUBLISHER)
        with self._lock:
            found = [each for key, each in self._recordings.items() if key[:2] == (vhost, application.name)]
        found.sort(key=lambda each: each.request.id.encode("utf-8", "surrogatepass"))
        return [(each.request, each.status(now_ns)) for each in found if record_id in {"", each.request.id}]

    def start(self, vhost: str, application: ApplicationSettings, request: RecordRequest, now_ns: int) -> RecordStatus:
        """Begin a record, now or when its output stream exists. Raises RequestInvalid."""
        require_publisher(vhost, application, PUBLISHER)
        require_parameters({"id": request.id, "stream.name": request.chosen.stream_name})
        if request.interval_ms and request.schedule:
            raise RequestInvalid("[Interval] and [Schedule] cannot be used at the same time")
        schedule = parse_schedule(request.schedule) if request.schedule else None
        if request.schedule and schedule is None:
            raise RequestInvalid("Invalid [schedule] parameter")
        app = application.name
        with self._lock:
            if (vhost, app, request.id) in self._recordings:
                raise RequestInvalid("Duplicate ID already exists")
            self._count += 1
            transaction_id = _transaction_id(f"{self._seed}/{self._count}")
            source, output = self._outputs.get((vhost, app, request.chosen.stream_name), ("", None))
            names = {
                "TransactionId": transaction_id,
                "Id": request.id,
                "VirtualHost": vhost,
                "Application": app,
                "SourceStream": source,
                "Stream": request.chosen.stream_name,
            }
            writer = self._make_writer(RecordOrigin(transaction_id, vhost, app, request))
            paths = record_paths(application, request.file_path, request.info_path, self._default_root)
            recording = Record(request, schedule, paths, names, writer, now_ns, self._zone)
            self._recordings[vhost, app, request.id] = recording
        if output is not None:
            recording.start(output, now_ns)
            if not self._is_there(output):  # it ended before the record was registered
                recording.interrupt(now_ns)
        self._set_alarm()
        return recording.status(now_ns)

    def stop(self, vhost: str, application: ApplicationSettings, record_id: str, now_ns: int) -> tuple[RecordRequest, RecordStatus]:
        """End a record; its file is on disk when this returns, and its id is free. Raises RequestInvalid and RecordNotFound."""
        require_publisher(vhost, application, PUBLISHER)
        require_parameters({"id": record_id})
        with self._lock:
            recording = self._recordings.pop((vhost, application.name, record_id), None)
        if recording is None:
            raise RecordNotFound(record_id)
        status = recording.stop(now_ns)
        self._set_alarm()
        return recording.request, status

    # Streams and time

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        path = stream.path
        with self._lock:
            self._outputs.update({(path.vhost, path.app, output.name): (path.stream, output) for output in stream.outputs})
            begun = [(recording, output) for output in stream.outputs for recording in self._waiting_for(output)]
        for recording, output in begun:
            recording.start(output, now_ns)
        self._set_alarm()

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        with self._lock:
            ended = [recording for output in stream.outputs for recording in self._waiting_for(output)]
            for output in stream.outputs:
                self._outputs.pop((output.vhost, output.app, output.name), None)
        for recording in ended:
            recording.interrupt(now_ns)
        self._set_alarm()

    def stream_lost(self, stream: InputStream, now_ns: int) -> None:  # noqa: ARG002
        """Leave the files as they are; the records are gone with their applications (`configured`)."""
        with self._lock:
            for output in stream.outputs:
                self._outputs.pop((output.vhost, output.app, output.name), None)

    def configured(self, gone: AbstractSet[Scope], came: AbstractSet[Scope], now_ns: int) -> None:  # noqa: ARG002
        """Forget the records of these applications; their streams have ended, or the engine has crashed and leaves what they wrote."""
        with self._lock:
            keys = [key for key in self._recordings if key[:2] in gone]
            ended = [self._recordings.pop(key) for key in keys]
        for recording in ended:
            recording.cut()
        self._set_alarm()

    def advance(self, now_ns: int) -> None:
        """Let the open files grow, and end those that are due.

        An unexpected exception ends its record, and is raised after the others are done. Raises EngineCrashed at once.
        """
        defects: list[Exception] = []
        for recording in self._all():
            try:
                recording.advance(now_ns)
            except EngineCrashed:
                raise
            except Exception as error:  # noqa: BLE001
                recording.fail()
                defects.append(error)
        self._set_alarm()
        if defects:
            raise defects[0]

    def _set_alarm(self) -> None:
        self._alarm.set(min((recording.due_ns for recording in self._all() if recording.due_ns is not None), default=None))

    def _is_there(self, output: OutputStream) -> bool:
        with self._lock:
            return self._outputs.get((output.vhost, output.app, output.name), ("", None))[1] is output

    def _all(self) -> list[Record]:
        with self._lock:
            return list(self._recordings.values())

    def _waiting_for(self, output: OutputStream) -> list[Record]:
        """The records that wait for an output stream; the caller holds the lock."""
        return [
            recording
            for (vhost, app, _), recording in self._recordings.items()
            if (vhost, app, recording.request.chosen.stream_name) == (output.vhost, output.app, output.name)
        ]


def _transaction_id(seed: str) -> str:
    return "".join(random.Random(seed).choices(TRANSACTION_ID_ALPHABET, k=TRANSACTION_ID_LENGTH))  # noqa: S311
