"""`ome-mock demo`: starts and stops one dump on a fast clock, and prints each step; with `--serve` it goes on with the page."""

from __future__ import annotations

import json
import shlex
import tempfile
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from ..clock import RealClock
from ..served_emulator import OmeMock

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
ADDRESS = {"outputStreamName": "stream", "id": "demo"}
START = {
    **ADDRESS,
    "outputPath": "/dumps/demo",
    "playlist": ["llhls.m3u8", "abr.m3u8"],
    "infoFile": "/dumps/demo.info",
    "userData": "job=42",
}
MISSPELT = {"outputStream": "stream", "id": "demo"}
"""The address of a dump as beginners write it, which the engine refuses."""

Say = Callable[[str], object]


def run_demo(say: Say) -> None:
    """Start a dump, let 20 seconds pass, stop it; print requests, answers and files through `say`. The files stay."""
    directory = _directory()
    with OmeMock(root=directory) as ome:
        _post(say, ome, "startHlsDump", START)
        ome.clock.advance(20)
        say("# 20 seconds of stream later\n")
        _post(say, ome, "hlsDumps", ADDRESS)
        _post(say, ome, "stopHlsDump", ADDRESS)
        chunklist = next(path for path in ome.dumps["demo"].files if path.name.startswith("chunklist_0"))
    say(f"# what was written below {directory}\n")
    for path in sorted(directory.rglob("*")):
        indent = "  " * len(path.relative_to(directory).parts)
        say(f"{indent}{path.name}/" if path.is_dir() else f"{indent}{path.name}  {path.stat().st_size} bytes")
    _show(say, chunklist)
    _show(say, directory / "dumps" / "demo.info", lines=12)
    say("# go on with\n")
    say(f"ffplay {shlex.quote(str(directory / 'dumps' / 'demo' / 'llhls.m3u8'))}")
    say(f"ome-mock serve --root {shlex.quote(str(directory))}")


def serve_demo(say: Say, wait_for_the_end: Callable[[], None]) -> None:
    """Start a dump in real time, ask for it once wrongly, and leave both to the page until the end."""
    directory = _directory()
    with OmeMock(root=directory, clock=RealClock()) as ome:
        _post(say, ome, "startHlsDump", START)
        _post(say, ome, "stopHlsDump", MISSPELT)
        say(f"# it goes on, below {directory} and for players at {ome.llhls_url}/app/stream/llhls.m3u8\n")
        say(f"watch it at {ome.page_url}\n\nCtrl-C completes the dump and ends")
        wait_for_the_end()


def _directory() -> Path:
    return Path(tempfile.mkdtemp(prefix="ome-mock-demo-"))


def _post(say: Say, ome: OmeMock, action: str, body: dict[str, Any]) -> None:
    say(f"POST {STREAM}:{action}\nAuthorization: {ome.authorization}\n\n{json.dumps(body, indent=2)}\n")
    connection = HTTPConnection("127.0.0.1", ome.port)
    connection.request("POST", f"{STREAM}:{action}", json.dumps(body), {"Authorization": ome.authorization})
    answer = connection.getresponse()
    say(f"{answer.status} {answer.reason}\n{json.dumps(json.loads(answer.read()), indent=2)}\n")
    connection.close()


def _show(say: Say, path: Path, lines: int | None = None) -> None:
    text = path.read_text().splitlines()
    shown = text if lines is None else [*text[:lines], "  ...", *text[-3:]]
    say(f"\n# {path.name}\n\n" + "\n".join(shown) + "\n")
