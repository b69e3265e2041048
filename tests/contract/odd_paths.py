"""Recorded starts of dumps with odd paths, names and types, and how answers and the disk differ from what was recorded.

Names of files are compared without the stream's key and the numbers of segments, which depend on the moment; open segments are left aside,
as the engine wrote them or not depending on that too. Of info files the head and the path of their first item are compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app_target import AppTarget
from contract.recordings import CONNECTED, RECORDINGS, Exact, pause_until, post_step

from ome_mock.emulator import Emulator
from ome_mock.recordings.case import API, Answer, Look, RecordedFile, Request
from ome_mock.recordings.comparing import Difference
from ome_mock.recordings.dump_looks import DumpLooks
from ome_mock.recordings.jsonl import parse_case
from ome_mock.recordings.replay import Replay, Surroundings
from ome_mock.recordings.wording import text_of

_KEY = re.compile(r"_[A-Za-z0-9]{8}_llhls")
_NUMBER = re.compile(r"seg_(\d)_\d+_")
_TIME = re.compile(r"<Time>.*?</Time>")
_LEFT_OUT = re.compile(r'"\((\d+) characters.*?\)"')
"""What the recorder wrote in place of a long text."""
LONGEST_SHOWN = 300


class OddStart:
    """Plays one case below a directory, which is the working directory too."""

    def __init__(self, case: dict[str, Any], root: Path) -> None:
        self._case = case
        self._out = root / "out"
        self._out.mkdir()
        streams = sorted({*CONNECTED, *(f"default/app/{stream}" for step in case["steps"] for stream in _streams_of(step))})
        emulator = Emulator(dialect="engine-0.21", config=RECORDINGS / "Server.xml", allow_paths=[root], streams=streams)
        target, around = AppTarget(emulator.app, emulator.authorization), Surroundings(emulator.clock.advance, Trees(self._out))
        self._replay = Replay({API: target}, root, around, OddPaths(self._out))
        if case["case"].startswith("id "):
            emulator.start_dump("another", output_path=str(root / "another"))  # there were some

    def differences(self) -> Iterator[str]:
        before = (step["files"] for step in self._case["steps"] if step.get("do") == "before")
        _prepare(next(before, {}), self._out)
        yield from map(str, self._replay.differences(parse_case({"case": self._case["case"], "steps": list(self._steps())})))

    def _steps(self) -> Iterator[dict[str, Any]]:
        now = 0.0
        for step in self._case["steps"]:
            yield from pause_until(step["t"], now)
            now = max(now, step["t"])
            if "post" in step:
                body = _LEFT_OUT.sub(lambda left_out: _long(int(left_out[1])), json.dumps(step["body"]))
                yield post_step(step["post"], body.replace("{OUT}", str(self._out)), step["response"])
            elif "files" in step and step["do"] != "before":
                yield {"files": {name: {"size": 0} | (each if isinstance(each, dict) else {}) for name, each in step["files"].items()}}


class Trees(DumpLooks):
    """Looks at everything in one directory, also at other directories, whose names end in a slash."""

    def __init__(self, out: Path) -> None:
        super().__init__(out)
        self._out = out

    def look(self, within: tuple[str, ...] = ()) -> Look:
        del within
        return Look({self._name(path): _seen(path, self._out) for path in self._out.rglob("*")})

    def _name(self, path: Path) -> str:
        name = f"{{OUT}}/{path.relative_to(self._out)}"
        return f"{name}/" if path.is_dir() else name


class OddPaths(Exact):
    """Compares answers but for texts that were left out, names of files without keys and numbers, and the heads of info files."""

    def __init__(self, out: Path) -> None:
        super().__init__()
        self._out = str(out)

    def answers(self, request: Request, recorded: Answer, seen: Answer, names: Mapping[str, str]) -> Iterator[Difference]:
        is_left_out = _LEFT_OUT.match(f'"{text_of(recorded.body)}"')
        compared = recorded._replace(body=seen.body) if is_left_out else recorded
        yield from super().answers(request, compared, seen, {**names, self._out: "{OUT}"} if not is_left_out else {})

    def looks(self, recorded: Look, seen: Look) -> Iterator[Difference]:
        wanted, got = ({_plain(name): file for name, file in look.files.items()} for look in (recorded, seen))
        if got.keys() != wanted.keys():
            missing, more = sorted(wanted.keys() - got.keys()), sorted(got.keys() - wanted.keys())
            yield Difference("names", f"with {str(missing)[:LONGEST_SHOWN]}", f"with {str(more)[:LONGEST_SHOWN]}")
        for name, file in wanted.items():
            if name in got and file.text is not None:
                mine, theirs = _head(got[name].text or ""), _head(file.text)
                if mine != theirs:
                    yield Difference(name, theirs[-LONGEST_SHOWN:], mine[-LONGEST_SHOWN:])


def _seen(path: Path, out: Path) -> RecordedFile:
    """A file, with its text if it is one; directories have neither."""
    try:
        return RecordedFile(0, path.read_text().replace(str(out), "{OUT}") if path.is_file() else None)
    except UnicodeDecodeError:
        return RecordedFile(0)


def _prepare(files: dict[str, Any], out: Path) -> None:
    """Make what was there before; of two directories `dump` and `real` the first was a link to the second."""
    for name, each in files.items():
        path = Path(name.replace("{OUT}", str(out)))
        if name == "{OUT}/dump/" and "{OUT}/real/" in files:
            path.symlink_to(out / "real")
        elif isinstance(each, str) and each.startswith("symlink to "):
            path.symlink_to(each.removeprefix("symlink to "))
        elif name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x" * each["size"])


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
