"""A client of the dump API, and a reader of what dumps leave on disk."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import xmltodict

from ome_mock.emulator import Emulator

KEY = "9BfpuA3z"
"""The stream key of output stream `stream` with seed 0."""

STREAM = "/v1/vhosts/default/apps/app/streams"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any


def not_started(reason: str, output_stream: str = "stream") -> Answer:
    """The answer to a start that fails."""
    return Answer(500, {"message": f"Could not start dump: [default/app/{output_stream}] ({reason}) (500)", "statusCode": 500})


NO_INIT = not_started("Could not dump init segment")
NO_SEGMENT = not_started("Could not dump segment")
NO_MASTER = not_started("Could not dump master playlist")
DUPLICATE_ID = not_started("Duplicate ID")
DUPLICATE_INFO_FILE = not_started("Duplicate info file")


class DumpApi:
    """The three actions, asked without sockets."""

    def __init__(self, emulator: Emulator) -> None:
        self._client = emulator.app.test_client()
        self._authorization = emulator.authorization

    def start(self, dump_id: str = "d1", *, stream: str = "stream", output: str | None = None, **fields: object) -> Answer:
        fields = {"outputStreamName": output or stream, "id": dump_id, "outputPath": "/out"} | fields
        return self._post(stream, "startHlsDump", fields)

    def stop(self, dump_id: str | None = "d1", *, stream: str = "stream", output: str | None = None) -> Answer:
        fields = {"outputStreamName": output or stream} | ({"id": dump_id} if dump_id else {})
        return self._post(stream, "stopHlsDump", fields)

    def dumps(self, *, stream: str = "stream", output: str | None = None) -> list[dict[str, Any]]:
        dumps: list[dict[str, Any]] = self._post(stream, "hlsDumps", {"outputStreamName": output or stream}).body["response"]
        return dumps

    def _post(self, stream: str, action: str, body: dict[str, Any]) -> Answer:
        """Ask; a surrogate such as `\\udcff` stands for a byte that is no UTF-8, here 0xff."""
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogateescape")
        response = self._client.post(f"{STREAM}/{stream}:{action}", data=data, headers={"Authorization": self._authorization})
        return Answer(response.status_code, json.loads(response.data))


def started(answer: Answer) -> bool:
    return answer == Answer(200, {"message": "OK", "response": ["stream", "stream2"], "statusCode": 200})


@dataclass(frozen=True)
class Info:
    """An info file as a parser gives it: `items` are (Seq, Time, File)."""

    user_data: str | None
    stream: str
    status: str
    items: list[tuple[str, str, str]]


def parse_info(text: str | bytes, root: str = "HLSDumpInfo") -> Info:
    document = xmltodict.parse(text, strip_whitespace=False, force_list=("Item",))
    element = document[root]
    items = element["Items"]["Item"] if isinstance(element["Items"], dict) else []
    return Info(element["UserData"], element["Stream"], element["Status"], [(item["Seq"], item["Time"], item["File"]) for item in items])


def read_info(path: Path) -> Info:
    return parse_info(path.read_bytes())


def listed(chunklist: str) -> list[str]:
    """The segments that a chunklist names."""
    return [line for line in chunklist.splitlines() if line and not line.startswith("#")]


def named(chunklist: str) -> list[str]:
    """Everything that a chunklist names: the init section and the segments."""
    return [*re.findall('#EXT-X-MAP:URI="([^"]+)"', chunklist), *listed(chunklist)]


def names(directory: Path) -> set[str]:
    """What is in a directory, hidden files included."""
    return set(os.listdir(directory))


def tree(directory: Path) -> dict[str, tuple[object, ...]]:
    """Everything below a directory: two trees are equal where nothing was made, changed, replaced or removed."""
    found: dict[str, tuple[object, ...]] = {}
    for parent, directories, files in os.walk(directory):
        for name in [*directories, *files]:
            path = os.path.join(parent, name)
            status = os.lstat(path)
            held: object = os.readlink(path) if os.path.islink(path) else None
            if held is None and os.path.isfile(path):
                held = sha256(Path(path).read_bytes()).hexdigest()
            found[os.path.relpath(path, directory)] = (status.st_mode, status.st_ino, status.st_mtime_ns, held)
    return found
