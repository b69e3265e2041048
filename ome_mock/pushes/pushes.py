"""The pushes of every application (records-and-pushes.md#push-actions)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from threading import Lock

from ..agenda import Agenda
from ..engine.follower import Follower
from ..engine.input_stream import InputStream
from ..engine.stream import OutputStream
from ..engine.virtual_hosts import Scope
from ..refusals import PushNotFound, RequestInvalid, require_parameters, require_publisher
from ..settings import ApplicationSettings
from ..url import Url, parse_url
from .push import Push, PushRequest, PushStatus
from .push_thread import PushThread
from .target import Target, TargetFaults

SCHEMES = {"rtmp": {"rtmp", "rtmps"}, "srt": {"srt"}, "mpegts": {"udp", "tcp"}}
"""The URL schemes of each protocol."""
PUBLISHER = "push"
Application = tuple[str, str]
"""A virtual host and an application."""


class Pushes(Follower):
    """The pushes by id. They follow streams, because a push begins when the output stream that it names exists.

    `began_ns` is the beginning of the engine: each application looks at its pushes whole seconds after it.
    """

    def __init__(self, agenda: Agenda, began_ns: int, faults: TargetFaults) -> None:
        self._began_ns = began_ns
        self._faults = faults
        self._alarm = agenda.alarm(self.advance)
        self._lock = Lock()
        self._threads: dict[Application, PushThread] = {}
        self._outputs: dict[tuple[str, str, str], OutputStream] = {}

    def find(self, vhost: str, application: ApplicationSettings, push_id: str, now_ns: int) -> list[tuple[PushRequest, PushStatus]]:
        """The pushes of an application in the order of their ids, or the one of an id; none without a push publisher."""
        with self._lock:
            pushes = self._pushes_of((vhost, application.name), now_ns)
            found = sorted(pushes.values(), key=lambda push: push.request.id.encode("utf-8", "surrogatepass"))
            return [(push.request, push.status(now_ns)) for push in found if push_id in {"", push.request.id}]

    def start(self, vhost: str, application: ApplicationSettings, request: PushRequest, now_ns: int) -> PushStatus:
        """Begin a push, which the next look begins to connect. Raises RequestInvalid and PublisherNotEnabled."""
        app = application.name
        if request.protocol not in SCHEMES:
            raise RequestInvalid(f"Could not find protocol '{request.protocol}': [{vhost}/{app}]")
        require_publisher(vhost, application, PUBLISHER)
        url = _checked(request)
        target = Target(request.id, f"{vhost}/{app}/{request.chosen.stream_name}", self._faults, is_reachable=url.is_reachable)
        push = Push(request, now_ns, target)
        with self._lock:
            if request.id in self._pushes_of((vhost, app), now_ns):
                raise RequestInvalid("Duplicate ID")
            self._thread((vhost, app)).add(push, now_ns)
            self._set_alarm()
            return push.status(now_ns)

    def stop(self, vhost: str, application: ApplicationSettings, push_id: str, now_ns: int) -> None:
        """End a push; it is listed, and its id taken, until the next look. Raises RequestInvalid and PushNotFound."""
        if PUBLISHER not in application.publishers:
            raise PushNotFound(vhost, application.name, push_id)
        require_parameters({"id": push_id})
        with self._lock:
            push = self._pushes_of((vhost, application.name), now_ns).get(push_id)
            if push is None:
                raise PushNotFound(vhost, application.name, push_id)
            push.is_removed = True

    # Streams and time

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        with self._lock:
            self._advance(now_ns)
            self._outputs.update({(output.vhost, output.app, output.name): output for output in stream.outputs})

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        with self._lock:
            self._advance(now_ns)
            for output in stream.outputs:
                self._outputs.pop((output.vhost, output.app, output.name), None)
                for push in self._thread((output.vhost, output.app)).pushes.values():
                    push.lose_stream(output, now_ns)

    def configured(self, gone: AbstractSet[Scope], came: AbstractSet[Scope], now_ns: int) -> None:  # noqa: ARG002
        with self._lock:
            self._threads = {application: thread for application, thread in self._threads.items() if application not in gone}
            self._set_alarm()

    def advance(self, now_ns: int) -> None:
        """Look at the pushes as often as their time has come."""
        with self._lock:
            self._advance(now_ns)

    def _advance(self, now_ns: int) -> None:
        for thread in self._threads.values():
            thread.advance(now_ns)
        self._set_alarm()

    def _set_alarm(self) -> None:
        self._alarm.set(min((thread.due_ns for thread in self._threads.values() if thread.due_ns is not None), default=None))

    def _pushes_of(self, application: Application, now_ns: int) -> dict[str, Push]:
        """The pushes of an application as they are at an instant; the caller holds the lock."""
        thread = self._thread(application)
        thread.advance(now_ns)
        return thread.pushes

    def _thread(self, application: Application) -> PushThread:
        if application not in self._threads:
            self._threads[application] = PushThread(lambda name: self._outputs.get((*application, name)), self._began_ns)
        return self._threads[application]


def _checked(request: PushRequest) -> Url:
    """The destination of a valid push. Raises RequestInvalid for the first problem in the engine's order."""
    needed = {"id": request.id, "stream.name": request.chosen.stream_name, "url": request.url, "protocol": request.protocol}
    require_parameters(needed)
    url = parse_url(request.url)
    if url is None:
        raise RequestInvalid("Could not parse url")
    if url.scheme not in SCHEMES[request.protocol]:
        raise RequestInvalid("Unsupported protocol")
    if url.scheme == "srt" and url.query.get("mode", "caller") != "caller":
        raise RequestInvalid("Unsupported connection mode")
    if url.scheme == "tcp" and request.url.endswith("listen"):
        raise RequestInvalid("Unsupported tcp listen")
    return url
