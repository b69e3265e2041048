"""Alerts: a server of the client's hears what becomes of streams, and what is wrong with what encoders send."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Iterable, Mapping
from random import Random
from threading import Lock
from typing import Any, Protocol

from ..agenda import Agenda
from ..clock import Clock
from ..dialect import Dialect
from ..engine.engine import Engine
from ..engine.follower import Follower
from ..engine.input_stream import MEASURED_AFTER_NS, InputStream
from ..engine.stream import OutputStream
from ..settings import AlertRules, Alerts
from ..timestamps import NS_PER_MS, NS_PER_SECOND
from .alert_codes import message
from .alert_queue import AlertQueue
from .alert_rules import findings, is_measured, key_frame_interval_s, settles
from .outbox import Callback, Outbox
from .webhooks import render

LOOK_NS = 500 * NS_PER_MS
"""The interval of checking the rules about encoders (recorded)."""
LOOK_FROM_LISTING_NS = NS_PER_SECOND
"""The interval of engines that check them first when a stream is listed (recorded)."""
EGRESS_PREPARED_AFTER_NS = 50 * NS_PER_MS
HELD_BACK_PREPARED_AFTER_NS = 2 * NS_PER_MS
"""The same of a stream whose media has come already (recorded: alert/audio only)."""
ENCODER_FAILED_AFTER_NS = 20 * NS_PER_MS
SETTLED_AFTER_NS = 3 * NS_PER_SECOND
"""The time after a change of an encoder in which its measured values may still change."""
LOOPBACK = "127.0.0.1"
INGRESS, EGRESS = "INGRESS", "EGRESS"

Info = Mapping[str, Any]


class StreamInfo(Protocol):
    """Says of streams what the REST API would."""

    def of_input(self, stream: InputStream) -> Info: ...

    def of_output(self, stream: InputStream, output: OutputStream, *, is_new: bool) -> Info: ...

    def failed_encoder(self, stream: InputStream, output: OutputStream) -> Info | None:
        """The profile and the track of an encoder that can't be made, if there is one."""

    def hls_ready_ns(self, output: OutputStream) -> int | None:
        """The instant at which HLS with MPEG-TS has its third segment, None where the application doesn't publish it."""


class AlertSender(Follower):
    """Tells what becomes of the streams of an engine; follows them."""

    def __init__(
        self,
        settings: Alerts,
        engine: Engine,
        clock: Clock,
        agenda: Agenda,
        outbox: Outbox,
        dialect: Dialect,
        info: StreamInfo,
        seed: int,
    ) -> None:
        self._settings = settings if dialect.alerts_tell_of_streams else _of_measures_alone(settings)
        self._engine = engine
        self._agenda = agenda
        self._dialect = dialect
        self._info = info
        self._queue = AlertQueue(outbox, agenda)
        self._begin_ns = clock.now_ns()
        self._lock = Lock()
        self._streams: dict[InputStream, tuple[str, ...]] = {}
        self._is_looking = False
        self._server = _server(engine.world.name, dialect, seed)

    # Streams

    def stream_listed(self, stream: InputStream, now_ns: int) -> None:
        self._tell_ingress("INGRESS_STREAM_CREATED", stream, now_ns)
        with self._lock:
            self._streams[stream] = ()
        self.look_again(now_ns)

    def name_taken(self, stream: InputStream, now_ns: int) -> None:
        self._tell_ingress("INGRESS_STREAM_CREATION_FAILED_DUPLICATE_NAME", stream, now_ns)

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        with self._lock:
            self._streams.setdefault(stream, ())
        if stream.prepared_ns is not None and stream.prepared_ns < self._begin_ns:  # it was there before the emulator was
            self.look_again(self._begin_ns)
            return
        self._tell_ingress("INGRESS_STREAM_PREPARED", stream, now_ns)
        for output in stream.outputs:
            self._output_came(stream, output, now_ns)

    def stream_lost(self, stream: InputStream, now_ns: int) -> None:  # noqa: ARG002
        """An engine that died tells nobody."""
        with self._lock:
            self._streams.pop(stream, None)

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        self.stream_lost(stream, now_ns)
        self._tell_ingress("INGRESS_STREAM_DELETED", stream, now_ns)
        for output in stream.outputs:
            self._tell_egress("EGRESS_STREAM_DELETED", stream, output, now_ns, self._rules.egress_stream_status)

    @property
    def _rules(self) -> AlertRules:
        return self._settings.rules

    @property
    def _repeats(self) -> bool:
        """True if what is measured is told again and again."""
        return self._dialect.measured_alerts_repeat and self._rules.ingress_stream_status

    def _output_came(self, stream: InputStream, output: OutputStream, now_ns: int) -> None:
        rules = self._rules
        self._tell_egress("EGRESS_STREAM_CREATED", stream, output, now_ns, rules.egress_stream_status, is_new=True)
        if self._info.failed_encoder(stream, output) is not None:
            self._later(stream, now_ns + ENCODER_FAILED_AFTER_NS, lambda due_ns: self._tell_failed_encoder(stream, output, due_ns))
            return
        prepared_ns = now_ns + (HELD_BACK_PREPARED_AFTER_NS if stream.was_held_back else EGRESS_PREPARED_AFTER_NS)
        measured_ns = max(prepared_ns, now_ns + MEASURED_AFTER_NS)
        self._later(
            stream,
            prepared_ns,
            lambda due_ns: self._tell_egress("EGRESS_STREAM_PREPARED", stream, output, due_ns, rules.egress_stream_status),
        )
        if output.is_packaged and rules.llhls_ready:
            self._when_ready("EGRESS_LLHLS_READY", stream, output, lambda: output.ready_ns, measured_ns)
        if rules.hls_ready:
            self._when_ready("EGRESS_HLS_READY", stream, output, lambda: self._info.hls_ready_ns(output), measured_ns)

    def _when_ready(
        self, code: str, stream: InputStream, output: OutputStream, find_ready_ns: Callable[[], int | None], not_before_ns: int
    ) -> None:
        """Tell when media is there, which an encoder that stalls puts off; it may be there before the output is prepared."""
        ready_ns = find_ready_ns()
        if ready_ns is None:
            return

        def tell(due_ns: int) -> None:
            if (find_ready_ns() or due_ns) > due_ns:
                self._when_ready(code, stream, output, find_ready_ns, due_ns)
            else:
                self._tell_egress(code, stream, output, due_ns, holds=True)

        self._later(stream, max(ready_ns, not_before_ns), tell)

    def _later(self, stream: InputStream, due_ns: int, deed: Callable[[int], None]) -> None:
        def do_if_there(due_ns: int) -> None:
            with self._lock:
                is_there = stream in self._streams
            if is_there:
                deed(due_ns)

        self._agenda.at(due_ns, do_if_there)

    # What encoders send

    def look_again(self, now_ns: int) -> None:
        """Look at the rules from now on, until nothing can change any more."""
        with self._lock:
            is_idle, self._is_looking = not self._is_looking, True
        if is_idle and self._dialect.measures_are_looked_at_from_listing:
            self._agenda.at(now_ns, self._look)
        elif is_idle:
            self._look_next(now_ns)

    def _look_next(self, now_ns: int) -> None:
        if self._dialect.measures_are_looked_at_from_listing:
            self._agenda.at(now_ns + LOOK_FROM_LISTING_NS, self._look)
        else:
            self._agenda.at(self._begin_ns + ((now_ns - self._begin_ns) // LOOK_NS + 1) * LOOK_NS, self._look)

    def _look(self, now_ns: int) -> None:
        with self._lock:
            streams = list(self._streams.items())
        for stream, codes in streams:
            self._check(stream, codes, now_ns)
        with self._lock:
            self._is_looking = goes_on = any(self._goes_on(stream, now_ns) for stream in self._streams)
        if goes_on:
            self._look_next(now_ns)

    def _goes_on(self, stream: InputStream, now_ns: int) -> bool:
        """True if what is measured of a stream may change yet, or is told again and again."""
        if not settles(stream) or now_ns < _settled_ns(stream):
            return True
        return self._repeats and bool(findings(self._rules, stream, now_ns))

    def _check(self, stream: InputStream, before: tuple[str, ...], now_ns: int) -> None:
        """A notification goes out when the set of codes changes, and carries all that hold (recorded)."""
        tracks = stream.input_tracks
        if (tracks.video is None or tracks.audio is None) and not is_measured(stream, now_ns):
            return
        found = findings(self._rules, stream, now_ns)
        codes = tuple(code for code, _ in found)
        if codes == before and not (codes and self._repeats):
            return
        if codes == before:
            found, codes = [], ()
        with self._lock:
            if stream not in self._streams:
                return
            self._streams[stream] = codes
        messages = [message(self._dialect, code, *values) for code, values in found] or [message(self._dialect, "OK")]
        self._tell(INGRESS, messages, stream, str(stream.path.stream), self._info.of_input(stream), now_ns)

    # Telling

    def _tell_ingress(self, code: str, stream: InputStream, now_ns: int) -> None:
        if self._rules.ingress_stream_status:
            info = self._info.of_input(stream)
            self._tell(INGRESS, [message(self._dialect, code)], stream, stream.path.stream, info, now_ns)

    def _tell_egress(self, code: str, stream: InputStream, output: OutputStream, now_ns: int, holds: bool, *, is_new: bool = False) -> None:
        if holds:
            info = self._of_output(stream, output, is_new=is_new)
            self._tell(EGRESS, [message(self._dialect, code)], stream, output.name, info, now_ns)

    def _tell_failed_encoder(self, stream: InputStream, output: OutputStream, now_ns: int) -> None:
        failed = self._info.failed_encoder(stream, output)
        if failed is not None and self._rules.transcode_status:
            more = {
                "extraInfo": failed,
                "parentSourceInfo": self._info.of_input(stream),
                "parentSourceUri": _uri(stream, stream.path.stream),
            }
            messages = [message(self._dialect, "EGRESS_STREAM_CREATION_FAILED_ENCODER")]
            self._tell(EGRESS, messages, stream, output.name, self._of_output(stream, output), now_ns, more)

    def _of_output(self, stream: InputStream, output: OutputStream, *, is_new: bool = False) -> Info:
        source_url = f"{self._server['serverID']}/{_uri(stream, stream.path.stream)}/i"
        return {**self._info.of_output(stream, output, is_new=is_new), "sourceType": "Transcoder", "sourceUrl": source_url}

    def _tell(
        self,
        kind: str,
        messages: Iterable[dict[str, str]],
        stream: InputStream,
        name: str,
        info: Info,
        now_ns: int,
        more: Info | None = None,
    ) -> None:
        told = list(messages)
        document = {
            "messages": told,
            **({"serverInfo": self._server} if self._dialect.alerts_name_the_server else {}),
            "sourceInfo": info,
            "sourceUri": _uri(stream, name),
            "type": kind,
            **(more or {}),
        }
        codes = " ".join(each["code"] for each in told)
        settings = self._settings
        self._queue.push(
            Callback(codes, str(stream.path), settings.url, settings.secret_key, settings.timeout_ms, render(document)), now_ns
        )


def _of_measures_alone(settings: Alerts) -> Alerts:
    rules = settings.rules._replace(
        ingress_stream_status=False, egress_stream_status=False, llhls_ready=False, hls_ready=False, transcode_status=False
    )
    return settings._replace(rules=rules)


def _uri(stream: InputStream, name: str) -> str:
    return f"#{stream.path.vhost}#{stream.path.app}/{name}"


def _settled_ns(stream: InputStream) -> int:
    """The instant from which measured values of a stream change no more by themselves."""
    changed_ns = max(stream.created_ns, stream.rates.changed_ns)
    return changed_ns + SETTLED_AFTER_NS + round(key_frame_interval_s(stream) * NS_PER_SECOND)


def _server(name: str, dialect: Dialect, seed: int) -> dict[str, Any]:
    server_id = uuid.UUID(int=Random(f"{seed}/server").getrandbits(128), version=4)  # noqa: S311
    server: dict[str, Any] = {"hostname": socket.gethostname(), "serverID": str(server_id), "serverName": name}
    return server | ({"ipAddresses": [LOOPBACK]} if dialect.alerts_name_addresses else {})
