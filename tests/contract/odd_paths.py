"""Recorded starts of dumps with odd paths, names and types, and how answers and the disk differ from what was recorded.

Names of files are compared without the stream's key and the numbers of segments, which depend on the moment; open segments are left aside,
as the engine wrote them or not depending on that too. Of info files the head and the path of their first item are compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contract.recordings import CONNECTED, RECORDINGS

from ome_mock.emulator import Emulator

_KEY = re.compile(r"_[A-Za-z0-9]{8}_llhls")
_NUMBER = re.compile(r"seg_(\d)_\d+_")
_TIME = re.compile(r"<Time>.*?</Time>")
_LEFT_OUT = re.compile(r'"\((\d+) characters.*?\)"')
"""What the recorder wrote in place of a long text."""
LONGEST_SHOWN = 300


class OddStart:
    """Plays one case below a directory, which is the working directory too."""

    def __init__(self, case: dict[str, Any], root: Path) -> None:
        self._steps = case["steps"]
        self._out = root / "out"
        self._out.mkdir()
        streams = sorted({*CONNECTED, *(f"default/app/{stream}" for step in self._steps for stream in _streams_of(step))})
        self._emulator = Emulator(dialect="engine-0.21", config=RECORDINGS / "Server.xml", allow_paths=[root], streams=streams)
        self._client = self._emulator.app.test_client()
        if case["case"].startswith("id "):
            self._emulator.start_dump("another", output_path=str(root / "another"))  # there were some
        self._at_s = 0.0

    def differences(self) -> Iterator[str]:
        for step in self._steps:
            self._emulator.clock.advance(max(0.0, step["t"] - self._at_s))
            self._at_s = max(self._at_s, step["t"])
            if "post" in step:
                yield from self._post(step)
            elif step["do"] == "before":
                self._prepare(step["files"])
            elif "files" in step:
                yield from self._compare(step)

    def _post(self, step: dict[str, Any]) -> Iterator[str]:
        body = _LEFT_OUT.sub(lambda left_out: _long(int(left_out[1])), json.dumps(step["body"])).replace("{OUT}", str(self._out))
        answer = self._client.post(step["post"], data=body, headers={"Authorization": self._emulator.authorization})
        recorded = step["response"]["status"], step["response"]["body"]
        seen = answer.status_code, recorded[1] if _LEFT_OUT.match(f'"{recorded[1]}"') else answer.text.replace(str(self._out), "{OUT}")
        if seen != recorded:
            yield f"{step['post']}: {str(seen)[:LONGEST_SHOWN]} instead of {str(recorded)[:LONGEST_SHOWN]}"

    def _prepare(self, files: dict[str, Any]) -> None:
        """Make what was there before; of two directories `dump` and `real` the first was a link to the second."""
        for name, each in files.items():
            path = Path(name.replace("{OUT}", str(self._out)))
            if name == "{OUT}/dump/" and "{OUT}/real/" in files:
                path.symlink_to(self._out / "real")
            elif isinstance(each, str) and each.startswith("symlink to "):
                path.symlink_to(each.removeprefix("symlink to "))
            elif name.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("x" * each["size"])

    def _compare(self, step: dict[str, Any]) -> Iterator[str]:
        recorded = {_plain(name): each for name, each in step["files"].items()}
        seen = {_plain(name): path for name, path in self._there()}
        if seen.keys() != recorded.keys():
            missing, more = sorted(recorded.keys() - seen.keys()), sorted(seen.keys() - recorded.keys())
            yield f"{step['do']}: without {str(missing)[:LONGEST_SHOWN]}, with {str(more)[:LONGEST_SHOWN]}"
        for name, each in recorded.items():
            if name in seen and "text" in each:
                mine, theirs = _head(seen[name].read_text().replace(str(self._out), "{OUT}")), _head(each["text"])
                if mine != theirs:
                    yield f"{step['do']}: {name}: {mine[-LONGEST_SHOWN:]} instead of {theirs[-LONGEST_SHOWN:]}"

    def _there(self) -> Iterator[tuple[str, Path]]:
        for path in self._out.rglob("*"):
            name = f"{{OUT}}/{path.relative_to(self._out)}"
            yield f"{name}/" if path.is_dir() else name, path


def _streams_of(step: dict[str, Any]) -> list[str]:
    return re.findall(r"/streams/(\w+):", step.get("post", ""))


def _long(length: int) -> str:
    """A text of so many characters, which is a path with names of a usual length."""
    return json.dumps(("{OUT}" + "/" + "n" * 200) * (length // 200))


def _plain(name: str) -> str:
    return _NUMBER.sub(r"seg_\1_N_", _KEY.sub("_K_llhls", name))


def _head(text: str) -> str:
    """The head of an info file, its first path and its end."""
    shortened = re.sub(r"(<Items>\n.*?</Item>\n).*(\t</Items>)", r"\1\2", text, flags=re.DOTALL)
    return _TIME.sub("<Time/>", _plain(shortened))
