"""The first seconds of a stream as they were recorded: what was asked every 50 ms, put into the documented format.

Each stretch of equal answers is asked at its ends, a moment inside them. A request that was held is to be held until its answer was due.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from contract.polled import Timed, replayed
from contract.recordings import RECORDINGS, post_step

from ome_mock.emulator import Emulator
from ome_mock.recordings.case import LLHLS, Answer, Look, Request
from ome_mock.recordings.comparing import Comparison, Difference
from ome_mock.recordings.dump_looks import DumpLooks
from ome_mock.recordings.wording import text_of
from ome_mock.replaying import surroundings_of

EVERY_S = 0.05
MARGIN_S = 0.2
"""How far from a change a question is asked that must be answered as recorded."""
START_MARGIN_S = 0.05
"""The same of the start of a dump, which may be accepted some moments before the stream is ready."""
MEDIA_MARGIN_S = 0.45
"""The same where media decides, which recorded encoders send ahead by a third of a second, and transcoders and disks delay."""
_KEY = re.compile(r"_[A-Za-z0-9]{8}_llhls")
HELD = 503
"""The answer of the Flask application where a socket's request is held."""


class FirstSeconds:
    """Puts one case to an emulator of its own."""

    def __init__(
        self, case: dict[str, Any], root: Path, dialect: str = "engine-0.21", config: Path = RECORDINGS / "stories" / "Server.xml"
    ) -> None:
        self._case = case
        _, self._app, kinds, number = f"_ {case['case']}".split()
        self._stream = f"f{number}"
        self._out = root
        self._emulator = Emulator(dialect=dialect, config=config, allow_paths=[root], streams=[])
        self._kinds: dict[str, Any] = {"video": "v" in kinds and {"width": 320, "height": 180}, "audio": "a" in kinds}
        self._path = f"/v1/vhosts/default/apps/{self._app}/streams"

    def differences(self) -> Iterator[str]:
        stream = f"default/{self._app}/{self._stream}"
        came = {"do": "connect", "stream": stream, **self._kinds}
        encoder = [(self._came_s(), came), (self._gone_s(), {"do": "disconnect", "stream": stream})]
        around = surroundings_of(self._emulator, DumpLooks(self._out, named=["/"]))
        timed = sorted([*encoder, *self._questions()], key=lambda each: each[0])
        return replayed(timed, self._emulator, self._emulator.clock.now_ns(), FirstAnswers(self._out), around)

    def _came_s(self) -> float:
        """When the encoder came, told from when its stream was listed; how long its process took to begin is not compared."""
        listed_s = next(row["first"] for row in self._case["asked"]["GET streams"] if self._stream in row["body"])
        after_s = 0.41 if all(self._kinds.values()) else 8.1 if self._kinds["video"] else 5.1
        return float(listed_s) - EVERY_S / 2 - after_s

    def _gone_s(self) -> float:
        """When the encoder had gone: it takes some time after it was told to stop."""
        rows = self._case["asked"]["GET streams"]
        return float(max(row["last"] for row in rows if self._stream in row["body"])) + EVERY_S / 2

    def _questions(self) -> Iterator[Timed]:
        for what, rows in self._case["asked"].items():
            for row in rows:
                margin_s = MEDIA_MARGIN_S if what in {"files", "llhls.m3u8"} else MARGIN_S
                if what == "llhls.m3u8" and row["answered"] - row["first"] > 2 * margin_s:
                    yield row["first"] + margin_s, self._step(what, {"status": HELD})
                    yield row["answered"] - margin_s, self._step(what, {"status": HELD})
                if what.startswith("startHlsDump") and row["status"] == 200:
                    yield row["first"] + START_MARGIN_S, self._step(what, row)
                elif isinstance(row["status"], int) or row["status"] == "files":
                    yield from self._at_ends(what, row, margin_s)

    def _at_ends(self, what: str, row: dict[str, Any], margin_s: float) -> Iterator[Timed]:
        """Two moments of a stretch; what was asked less often than that was held in between, which it doesn't tell apart."""
        is_held = row["times"] * EVERY_S < (row["last"] - row["first"]) / 2
        if row["last"] - row["answered"] >= 2 * margin_s and not is_held:
            yield row["answered"] + margin_s, self._step(what, row)
            yield row["last"] - margin_s, self._step(what, row)

    def _step(self, what: str, row: dict[str, Any]) -> dict[str, Any]:
        """A question of the recording, with its answer, in the documented format."""
        stream = f"{self._path}/{self._stream}"
        if what == "files":
            return {"files": {name.removeprefix("{OUT}"): {"size": 0} for name in json.loads(row["body"])}}
        if what == "hlsDumps":
            return post_step(f"{stream}:hlsDumps", {"outputStreamName": self._stream}, row)
        if what.startswith("startHlsDump"):
            paths = {"outputPath": f"{self._out}/d1", "playlist": ["llhls.m3u8"], "infoFile": f"{self._out}/d1.info"}
            return post_step(f"{stream}:startHlsDump", {"outputStreamName": self._stream, "id": "d1", **paths}, row)
        request = {"method": "GET", "path": self._path if what == "GET streams" else stream}
        if what == "llhls.m3u8":
            request = {"method": "GET", "path": f"/{self._app}/{self._stream}/llhls.m3u8", "port": LLHLS}
        return {"request": request, "response": {"status": row["status"], "body": row.get("body", "")}}


class FirstAnswers(Comparison):
    """Compares what the API answered, of the document of a stream the names of its outputs, of playlists the status, and names of files."""

    def __init__(self, out: Path) -> None:
        super().__init__()
        self._out = str(out)

    def answers(self, request: Request, recorded: Answer, seen: Answer, names: Mapping[str, str]) -> Iterator[Difference]:
        del names
        wanted, got = (each.status if request.port == LLHLS else self._shape(request, each) for each in (recorded, seen))
        if wanted != got:
            yield Difference("body", str(wanted), str(got))

    def _shape(self, request: Request, answered: Answer) -> Any:
        answer = json.loads(text_of(answered.body).replace(self._out, "{OUT}"))
        if request.method == "GET" and not request.path.endswith("/streams") and answered.status == HTTPStatus.OK:
            return answered.status, [output["name"] for output in answer["response"]["outputs"]]
        return answered.status, answer

    def looks(self, recorded: Look, seen: Look) -> Iterator[Difference]:
        wanted, got = (sorted(_KEY.sub("_K_llhls", name) for name in look.files) for look in (recorded, seen))
        if wanted != got:
            yield Difference("names", str(wanted), str(got))
