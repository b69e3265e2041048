#!/usr/bin/env python3
"""The npm package ovenmediaengine-ts-sdk, unchanged, on ome-mock; not part of the default test run.

    tests/clients/ts_sdk/run.py

Installs the package into a temporary directory, starts `ome-mock serve` with a manual clock on free ports, and calls every method of the
package, once well and once badly, in both dialects. Prints what came back; exit code 1 if a good call failed, a bad one didn't, or an
answer was of another shape than the reference says. Needs npm and node.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ACCESS_TOKEN = "a:token of one's own"
DIALECTS = ("docs", "engine-0.21")
CLIENT = ("package.json", "client.mjs", "shapes.mjs")
INSTALLS_WITHIN_S = 180
STARTS_WITHIN_S = 10
ANSWERS_WITHIN_S = 120


def main() -> None:
    if shutil.which("npm") is None or shutil.which("node") is None:
        sys.exit("npm and node are needed")
    with tempfile.TemporaryDirectory() as scratch:
        client = Path(scratch)
        for name in CLIENT:
            shutil.copy(HERE / name, client)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=client, check=True, timeout=INSTALLS_WITHIN_S)
        failed = [dialect for dialect in DIALECTS if not call_every_method(client, dialect)]
    sys.exit(bool(failed))


def call_every_method(client: Path, dialect: str) -> bool:
    """Print what came back; returns whether it was as it should be."""
    print(f"== dialect {dialect}", flush=True)
    with tempfile.TemporaryDirectory() as root, served(Path(root), dialect) as url:
        command = ["node", "client.mjs", url, ACCESS_TOKEN, dialect]
        return subprocess.run(command, cwd=client, check=False, timeout=ANSWERS_WITHIN_S).returncode == 0


@contextmanager
def served(root: Path, dialect: str) -> Iterator[str]:
    """The URL of an emulator whose writes land in a directory of its own."""
    ports = root / "ports.json"
    world = ["--config", str(HERE / "Server.xml"), "--root", str(root), "--clock", "manual", "--dialect", dialect]
    where = ["--port", "0", "--llhls-port", "0", "--port-file", str(ports)]
    with subprocess.Popen([sys.executable, "-m", "ome_mock", "serve", *world, *where], stdout=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + STARTS_WITHIN_S
            while not ports.exists():
                if server.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit("ome-mock did not start")
                time.sleep(0.02)
            yield f"http://127.0.0.1:{json.loads(ports.read_text())['port']}"
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
