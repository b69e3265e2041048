"""A server that runs elsewhere, an engine or an emulator, with the surface that tests know from `OmeMock`."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.parse import quote, urlsplit

from ..errors import OmeMockError
from ..recordings.case import Request
from ..recordings.targets import ServerTarget
from ..refusals import RequestRefused
from ..text import basic_authorization, unescaped_xml
from .ffmpeg import Ffmpeg, NoFfmpeg
from .subject import OK, describe, segment_s

DEFAULT_STREAM = "default/app/stream"
LLHLS_PORT = 3333
STREAM_COMES_WITHIN_S = 15.0
MARGIN_S = 1.0
"""What a segment may come later than its length says, in seconds."""

STATUS = re.compile(r"<Status>(\w*)</Status>\s*<Items>")
ITEM = re.compile(r"<Time>([^<]*)</Time>\s*<File>(.*?)</File>\s*</Item>", re.DOTALL)
PREFIX, SUFFIX = re.compile(r"^\[HTTP\] "), re.compile(r" \(\d{3}\)$")


class NotOnServer(OmeMockError):
    """A test asks for what a server elsewhere can't have; the message says what and why."""


class RefusedByServer(RequestRefused, words="{0.text}"):
    """The server refused a request: its status, and its text without prefix and suffix."""

    status: int
    text: str


class RealTime:
    """Time as it goes by."""

    def advance(self, seconds: float) -> None:
        """Wait so long."""
        time.sleep(seconds)

    def __getattr__(self, name: str) -> NoReturn:
        raise NotOnServer(f"clock.{name}: a server's clock can't be turned")


class ServerDump(NamedTuple):
    """A dump as `hlsDumps` and the mounted files show it now."""

    server: OmeServer
    stream: str
    id: str
    output_path: str
    info_path: str
    input_stream: str

    @property
    def enabled(self) -> bool:
        return self.server.is_enabled(self.input_stream, self.stream.rpartition("/")[2], self.id)

    @property
    def status(self) -> str:
        """The status in the info file; without one, `Running` until it is stopped."""
        if self.info_path and self.server.files is not None:
            found = STATUS.search(self._info_text())
            return found[1] if found else ""
        return "Running" if self.enabled else "Completed"

    @property
    def files(self) -> tuple[Path, ...]:
        """The files in the dump's directory, in the order of their last write; the info file is not among them."""
        directory, info_file = self.server.on_disk(self.output_path), self.info_file
        found = [path for path in directory.rglob("*") if path.is_file() and path != info_file and not path.name.startswith(".")]
        return tuple(sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name)))

    @property
    def items(self) -> list[tuple[str, str]]:
        """The items of the info file, time and path. Engines' info files may be no XML, since text is inserted as it is."""
        return [(at, unescaped_xml(path)) for at, path in ITEM.findall(self._info_text())]

    @property
    def info_file(self) -> Path | None:
        return self.server.on_disk(self.info_path) if self.info_path else None

    def _info_text(self) -> str:
        if not self.info_path:
            raise NotOnServer(f"dump {self.id} has no info file, which alone tells its items on a server")
        return self.server.on_disk(self.info_path).read_text()


class OmeServer:
    """A server at `url`. `files` is where its `/` is seen; `rtmp_url` and `llhls_url` are its other addresses, such as rtmp://engine:1935.

    `out` is a directory of the server's for the dumps of tests. What a test left running is stopped by `close`.
    """

    def __init__(
        self,
        url: str,
        *,
        access_token: str,
        llhls_url: str | None = None,
        rtmp_url: str | None = None,
        files: Path | None = None,
        out: str = "/tmp",  # noqa: S108 (the server's)
    ) -> None:
        self.url = url.rstrip("/")
        self.access_token = access_token
        self.authorization = basic_authorization(access_token)
        self.llhls_url = (llhls_url or f"http://{urlsplit(url).hostname}:{LLHLS_PORT}").rstrip("/")
        self.files = files
        self.clock = RealTime()
        self._rtmp_url = rtmp_url
        self._target = ServerTarget(url, self.authorization)
        self._run = uuid.uuid4().hex[:8]
        self._out = f"{out.rstrip('/')}/ome-mock-{self._run}"
        self._encoders: dict[str, Ffmpeg] = {}

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)
        raise NotOnServer(f"{name}: a server elsewhere has nothing like it")

    def __repr__(self) -> str:
        return f"<OmeServer at {self.url}>"

    def name(self, text: str) -> str:
        """An id that only this test has."""
        return f"{text}-{self._run}"

    def path(self, text: str) -> str:
        """A path that only this test has, as the server sees it."""
        return f"{self._out}/{text.lstrip('/')}"

    def on_disk(self, path: str) -> Path:
        """The place where a path of the server's is seen. Raises NotOnServer where its files are not mounted."""
        if self.files is None:
            raise NotOnServer(f"{path} is on the server's disk, which is not seen: --ome-files names where it is mounted")
        return self.files / path.lstrip("/")

    @property
    def dumps(self) -> Mapping[str | tuple[str, str], ServerDump]:
        """The dumps of every stream, by `(output stream, id)`, and by the id alone."""
        found = list(self._dumps())
        return {(dump.stream, dump.id): dump for dump in found} | {dump.id: dump for dump in found}

    def start_dump(
        self,
        id: str = "d1",  # noqa: A002
        *,
        stream: str = DEFAULT_STREAM,
        output_stream_name: str | None = None,
        output_path: str | None = None,
        playlist: Iterable[str] = ("llhls.m3u8",),
        info_file: str = "",
        user_data: str = "",
    ) -> ServerDump:
        """Start a dump, by default of the output stream named like the input. Raises RefusedByServer."""
        output = output_stream_name or stream.rpartition("/")[2]
        path = output_path or self.path(id)
        fields = {"outputStreamName": output, "id": id, "outputPath": path, "playlist": list(playlist)}
        self._ask(stream, "startHlsDump", fields | {"infoFile": info_file, "userData": user_data})
        return ServerDump(self, f"{stream.rpartition('/')[0]}/{output}", id, path, info_file, stream)

    def stop_dump(self, id: str = "", *, stream: str = DEFAULT_STREAM, output_stream_name: str | None = None) -> None:  # noqa: A002
        """Stop a dump, or every dump of an output stream. Raises RefusedByServer."""
        named = {"outputStreamName": output_stream_name or stream.rpartition("/")[2]}
        self._ask(stream, "stopHlsDump", named | ({"id": id} if id else {}))

    def until_segment(self, stream: str = DEFAULT_STREAM, count: int = 1) -> None:
        """Wait until `count` more segments are complete, by the length of the application's segments."""
        self.clock.advance(count * segment_s(describe(self._target, stream, self.access_token)) + MARGIN_S)

    def connect(self, stream: str, *, ready: bool = False, **others: Any) -> str:
        """Have FFmpeg publish the emulator's loop, and wait until the server shows the stream; with `ready`, until it takes dumps."""
        if others:
            raise NotOnServer(f"connect: {', '.join(others)} of an encoder is FFmpeg's own here")
        if self._rtmp_url is None:
            raise NotOnServer("connect: no address for encoders is known (--ome-rtmp)")
        try:
            self._encoders[stream] = Ffmpeg(f"{self._rtmp_url.rstrip('/')}/{stream.partition('/')[2]}")
        except NoFfmpeg as error:
            raise NotOnServer(str(error)) from None
        self._wait_for(stream)
        if ready:
            self.until_segment(stream)
        return stream

    def disconnect(self, stream: str) -> None:
        """End the FFmpeg that publishes a stream. Raises NotOnServer where it is not this test's."""
        if stream not in self._encoders:
            raise NotOnServer(f"disconnect: the encoder of {stream} is not this test's")
        self._encoders.pop(stream).stop()

    def is_enabled(self, stream: str, output: str, dump_id: str) -> bool:
        return any(each["enabled"] for each in self._ask(stream, "hlsDumps", {"outputStreamName": output, "id": dump_id}))

    def close(self) -> None:
        """Stop the dumps and encoders that the test left running."""
        for dump in self._dumps():
            is_own = dump.id.endswith(f"-{self._run}") or dump.output_path.startswith(self._out)
            if is_own and dump.enabled:
                self.stop_dump(dump.id, stream=dump.input_stream, output_stream_name=dump.stream.rpartition("/")[2])
        for encoder in self._encoders.values():
            encoder.stop()
        self._target.close()

    def _dumps(self) -> Iterator[ServerDump]:
        for stream in self._streams:
            for output in self._get(stream).get("outputs", ()):
                for each in self._ask(stream, "hlsDumps", {"outputStreamName": output["name"]}):
                    place = f"{stream.rpartition('/')[0]}/{output['name']}"
                    yield ServerDump(self, place, each["id"], each["outputPath"], each.get("infoFile", ""), stream)

    @property
    def _streams(self) -> list[str]:
        """Every stream of the server, `vhost/app/stream`."""
        return [
            f"{vhost}/{app}/{stream}"
            for vhost in self._list("/v1/vhosts")
            for app in self._list(f"/v1/vhosts/{quote(vhost)}/apps")
            for stream in self._list(f"/v1/vhosts/{quote(vhost)}/apps/{quote(app)}/streams")
        ]

    def _list(self, path: str) -> list[str]:
        answer = self._send("GET", path)
        return [str(each) for each in answer["response"]] if answer["statusCode"] == OK else []

    def _get(self, stream: str) -> dict[str, Any]:
        answer = self._send("GET", _path(stream))
        return dict(answer["response"]) if answer["statusCode"] == OK else {}

    def _wait_for(self, stream: str) -> None:
        deadline = time.monotonic() + STREAM_COMES_WITHIN_S
        while not self._get(stream):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{stream} did not come within {STREAM_COMES_WITHIN_S} s: {self._encoders[stream].said()}")
            time.sleep(0.1)

    def _ask(self, stream: str, action: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self._send("POST", f"{_path(stream)}:{action}", body)
        if answer["statusCode"] != OK:
            raise RefusedByServer(answer["statusCode"], SUFFIX.sub("", PREFIX.sub("", str(answer.get("message")))))
        response = answer.get("response")
        return response if isinstance(response, list) else []

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = (("Host", self._target.address), ("Authorization", self.authorization))
        data = None if body is None else json.dumps(body).encode()
        answer = self._target.send(Request(method, path, headers, data, is_authorized=False))
        try:
            return dict(json.loads(answer.body))
        except ValueError:
            return {"statusCode": answer.status or 0, "message": answer.body.decode("utf-8", "replace")}


def _path(stream: str) -> str:
    vhost, app, name = (quote(part, safe="") for part in stream.split("/", 2))
    return f"/v1/vhosts/{vhost}/apps/{app}/streams/{name}"
