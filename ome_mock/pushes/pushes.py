"""The pushes of every application (records-and-pushes.md#push-actions)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from threading import Lock

from ..engine.follower import Follower
from ..engine.stream import InputStream, OutputStream
from ..engine.virtual_hosts import Scope
from ..refusals import PushNotFound, RequestInvalid, require_parameters, require_publisher
from ..settings import ApplicationSettings
from ..url import Url, parse_url
from .push import Push, PushRequest, PushStatus

SCHEMES = {"rtmp": {"rtmp", "rtmps"}, "srt": {"srt"}, "mpegts": {"udp", "tcp"}}
"""The URL schemes of each protocol."""
PUBLISHER = "push"
PushKey = tuple[str, str, str]
"""A virtual host, an application, and the id of a push or the name of an output stream."""


class Pushes(Follower):
    """The pushes by id. They follow streams, because a push begins when the output stream that it names exists."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pushes: dict[PushKey, Push] = {}
        self._outputs: dict[PushKey, OutputStream] = {}

    def find(self, vhost: str, application: ApplicationSettings, push_id: str, now_ns: int) -> list[tuple[PushRequest, PushStatus]]:
        """The pushes of an application in the order of their ids, or the one of an id; none without a push publisher."""
        with self._lock:
            found = [push for key, push in self._pushes.items() if key[:2] == (vhost, application.name)]
        found.sort(key=lambda push: push.request.id.encode("utf-8", "surrogatepass"))
        return [(push.request, push.status(now_ns)) for push in found if push_id in {"", push.request.id}]

    def start(self, vhost: str, application: ApplicationSettings, request: PushRequest, now_ns: int) -> PushStatus:
        """Begin a push, now or when its output stream exists. Raises RequestInvalid and PublisherNotEnabled."""
        app = application.name
        if request.protocol not in SCHEMES:
            raise RequestInvalid(f"Could not find protocol '{request.protocol}': [{vhost}/{app}]")
        require_publisher(vhost, application, PUBLISHER)
        url = _checked(request)
        with self._lock:
            if (vhost, app, request.id) in self._pushes:
                raise RequestInvalid("Duplicate ID")
            push = self._pushes[vhost, app, request.id] = Push(request, now_ns, is_reachable=url.is_reachable)
            output = self._outputs.get((vhost, app, request.output_stream_name))
            if output is not None:
                push.start(output, now_ns)
        return push.status(now_ns)

    def stop(self, vhost: str, application: ApplicationSettings, push_id: str) -> None:
        """End and forget a push; its id is free again. Raises RequestInvalid and PushNotFound."""
        if PUBLISHER not in application.publishers:
            raise PushNotFound(vhost, application.name, push_id)
        require_parameters({"id": push_id})
        with self._lock:
            if self._pushes.pop((vhost, application.name, push_id), None) is None:
                raise PushNotFound(vhost, application.name, push_id)

    # Streams and time

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        with self._lock:
            for output in stream.outputs:
                self._outputs[output.vhost, output.app, output.name] = output
                for push in self._of(output):
                    push.start(output, now_ns)

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        with self._lock:
            for output in stream.outputs:
                self._outputs.pop((output.vhost, output.app, output.name), None)
                for push in self._of(output):
                    push.interrupt(now_ns)

    def configured(self, gone: AbstractSet[Scope], came: AbstractSet[Scope], now_ns: int) -> None:  # noqa: ARG002
        with self._lock:
            self._pushes = {key: push for key, push in self._pushes.items() if key[:2] not in gone}

    def _of(self, output: OutputStream) -> list[Push]:
        return [
            push
            for (vhost, app, _), push in self._pushes.items()
            if (vhost, app, push.request.output_stream_name) == (output.vhost, output.app, output.name)
        ]


def _checked(request: PushRequest) -> Url:
    """The destination of a valid push. Raises RequestInvalid for the first problem in the engine's order."""
    needed = {"id": request.id, "stream.name": request.output_stream_name, "url": request.url, "protocol": request.protocol}
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
