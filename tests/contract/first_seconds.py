"""The first seconds of a stream as they were recorded: what was asked every 50 ms, played on a manual clock.

Each stretch of equal answers is asked at its ends, a moment inside them. A request that was held is to be held until its answer was due.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contract.recordings import RECORDINGS

from ome_mock.emulator import Emulator, VideoInput
from ome_mock.timestamps import NS_PER_MS

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
Question = tuple[float, str, Any]


class FirstSeconds:
    """Plays one case."""

    def __init__(
        self, case: dict[str, Any], root: Path, dialect: str = "engine-0.21", config: Path = RECORDINGS / "stories" / "Server.xml"
    ) -> None:
        self._case = case
        _, self._app, kinds, self._number = f"_ {case['case']}".split()
        self._stream = f"f{self._number}"
        self._out = root
        self._emulator = Emulator(dialect=dialect, config=config, allow_paths=[root], streams=[])
        self._start_ns = self._emulator.clock.now_ns()
        self._kinds: dict[str, Any] = {"video": VideoInput(320, 180) if "v" in kinds else False, "audio": "a" in kinds}
        self._clients = {"api": self._emulator.app.test_client(), "live": self._emulator.llhls_app.test_client()}
        self._path = f"/v1/vhosts/default/apps/{self._app}/streams"
        self._is_dumped = False

    def differences(self) -> Iterator[str]:
        encoder: list[Question] = [(self._came_s(), "come", None), (self._gone_s(), "go", None)]
        for at_s, what, wanted in sorted([*encoder, *self._questions()], key=lambda each: each[0]):
            self._emulator.clock.advance_to(max(self._start_ns + round(at_s * 1000) * NS_PER_MS, self._emulator.clock.now_ns()))
            if what == "come":
                self._emulator.connect(f"default/{self._app}/{self._stream}", **self._kinds)
            elif what == "go":
                self._emulator.disconnect(f"default/{self._app}/{self._stream}")
            elif (seen := self._ask(what)) != wanted:
                yield f"{at_s:.2f} s: {what}: {seen} instead of {wanted}"

    def _came_s(self) -> float:
        """When the encoder came, told from when its stream was listed; how long its process took to begin is not compared."""
        listed_s = next(row["first"] for row in self._case["asked"]["GET streams"] if self._stream in row["body"])
        after_s = 0.41 if all(self._kinds.values()) else 8.1 if self._kinds["video"] else 5.1
        return float(listed_s) - EVERY_S / 2 - after_s

    def _gone_s(self) -> float:
        """When the encoder had gone: it takes some time after it was told to stop."""
        rows = self._case["asked"]["GET streams"]
        return float(max(row["last"] for row in rows if self._stream in row["body"])) + EVERY_S / 2

    def _questions(self) -> Iterator[Question]:
        for what, rows in self._case["asked"].items():
            for row in rows:
                margin_s = MEDIA_MARGIN_S if what in {"files", "llhls.m3u8"} else MARGIN_S
                if what == "llhls.m3u8" and row["answered"] - row["first"] > 2 * margin_s:
                    yield row["first"] + margin_s, what, HELD
                    yield row["answered"] - margin_s, what, HELD
                if what.startswith("startHlsDump") and row["status"] == 200:
                    yield row["first"] + START_MARGIN_S, what, self._recorded(what, row)
                elif isinstance(row["status"], int) or row["status"] == "files":
                    yield from self._at_ends(what, row, margin_s)

    def _at_ends(self, what: str, row: dict[str, Any], margin_s: float) -> Iterator[Question]:
        """Two moments of a stretch; what was asked less often than that was held in between, which it doesn't tell apart."""
        is_held = row["times"] * EVERY_S < (row["last"] - row["first"]) / 2
        if row["last"] - row["answered"] >= 2 * margin_s and not is_held:
            yield row["answered"] + margin_s, what, self._recorded(what, row)
            yield row["last"] - margin_s, what, self._recorded(what, row)

    def _ask(self, what: str) -> Any:
        if what == "files":
            names = (path.relative_to(self._out) for path in self._out.rglob("*") if path.is_file())
            return sorted(_KEY.sub("_K_llhls", f"{{OUT}}/{name}") for name in names)
        if what == "llhls.m3u8":
            return self._clients["live"].get(f"/{self._app}/{self._stream}/llhls.m3u8").status_code
        if what.startswith("startHlsDump"):
            return self._post(
                "startHlsDump", id="d1", outputPath=f"{self._out}/d1", playlist=["llhls.m3u8"], infoFile=f"{self._out}/d1.info"
            )
        if what == "hlsDumps":
            return self._post("hlsDumps")
        answer = self._clients["api"].get(
            self._path if what == "GET streams" else f"{self._path}/{self._stream}", headers={"Authorization": self._emulator.authorization}
        )
        return self._shape(what, answer.status_code, answer.text)

    def _post(self, action: str, **fields: Any) -> Any:
        body = {"outputStreamName": self._stream, **fields}
        headers = {"Authorization": self._emulator.authorization}
        answer = self._clients["api"].post(f"{self._path}/{self._stream}:{action}", data=json.dumps(body), headers=headers)
        return self._shape(action, answer.status_code, answer.text.replace(str(self._out), "{OUT}"))

    def _recorded(self, what: str, row: dict[str, Any]) -> Any:
        if what == "files":
            return sorted(_KEY.sub("_K_llhls", name) for name in json.loads(row["body"]))
        return row["status"] if what == "llhls.m3u8" else self._shape(what, row["status"], row["body"])

    def _shape(self, what: str, status: int, text: str) -> Any:
        """Of the document of a stream the names of its outputs, of all else everything."""
        answer = json.loads(text)
        if what == "GET stream" and status == 200:
            return status, [output["name"] for output in answer["response"]["outputs"]]
        return status, answer
