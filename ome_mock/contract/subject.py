"""The server that is verified: what it says of its stream, by which the emulator is made that is like it."""

from __future__ import annotations

import base64
import json
from typing import Any, NamedTuple

from ..errors import ConfigurationError
from ..recordings.case import Answer, Request
from ..recordings.targets import Target

Json = dict[str, Any]
OK, UNAUTHORIZED, NOT_FOUND = 200, 401, 404

USUAL_SEGMENT_S = 6.0


class Subject(NamedTuple):
    """A virtual host, application and stream of a server, as it describes them.

    `shows_origins`: its answers have the headers of CORS. `application` is None where the server doesn't tell.
    """

    vhost: str
    app: str
    stream: str
    token: str
    document: Json
    application: Json | None
    shows_origins: bool

    @property
    def output(self) -> Json:
        """The first output stream, the one that dumps are made of."""
        outputs = self.document.get("outputs") or [{"name": self.stream}]
        return dict(outputs[0])

    @property
    def playlist(self) -> str:
        """The file name of a master playlist of that output stream."""
        names = [each.get("fileName") for each in self.output.get("playlists", ())]
        return f"{names[0] if names and names[0] else 'llhls'}.m3u8"

    def words(self, address: str, run: str, out: str) -> dict[str, str]:
        """The words that stand for the placeholders of a case."""
        token64 = base64.b64encode(self.token.encode()).decode()
        names = {"vhost": self.vhost, "app": self.app, "stream": self.stream, "output": str(self.output["name"])}
        own = {"playlist": self.playlist, "token": self.token, "token64": token64, "host": address, "RUN": run, "OUT": out}
        return {f"{{{name}}}": word for name, word in (names | own).items()}


def describe(target: Target, path: str, token: str) -> Subject:
    """Ask a server for its stream `vhost/app/stream`. Raises ConfigurationError where it has none, or refuses the token."""
    vhost, app, stream = [*path.split("/"), "", ""][:3]
    if not (vhost and app and stream) or path.count("/") != 2:
        raise ConfigurationError(f"--stream {path!r} is not vhost/app/stream")
    base = f"/v1/vhosts/{vhost}/apps/{app}"
    answer = _get(target, f"{base}/streams/{stream}")
    document = _object_of(answer)
    if document is None:
        raise ConfigurationError(f"{target.address} doesn't show {path}: {_advice(answer)}")
    application = _object_of(_get(target, base))
    has_cors = any(name.lower() == "access-control-allow-origin" for name, _ in answer.headers)
    return Subject(vhost, app, stream, token, document, application, has_cors)


def segment_s(subject: Subject) -> float:
    """The length of the application's segments in seconds."""
    publishers = (subject.application or {}).get("publishers") or {}
    try:
        return float((publishers.get("llhls") or {}).get("segmentDuration") or USUAL_SEGMENT_S)
    except (TypeError, ValueError):
        return USUAL_SEGMENT_S


def _get(target: Target, path: str) -> Answer:
    headers = (("Host", target.address), ("Origin", "http://player.example"), ("Authorization", target.authorization))
    return target.send(Request("GET", path, headers, is_authorized=False))


def _advice(answer: Answer) -> str:
    if answer.status == UNAUTHORIZED:
        return "it refuses the access token (--access-token)"
    if answer.status == NOT_FOUND and answer.body[:1] == b"{":
        return "it has no such stream (--stream)"
    return f"it answers {answer.status or 'nothing'}, as no API of OME's does: is that its port?"


def _object_of(answer: Answer) -> Json | None:
    """The object that a successful answer holds."""
    if answer.status != OK:
        return None
    try:
        value = json.loads(answer.body)["response"]
    except (ValueError, KeyError, TypeError):
        return None
    return value if isinstance(value, dict) else None
