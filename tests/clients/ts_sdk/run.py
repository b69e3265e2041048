#!/usr/bin/env python3
"""The npm package ovenmediaengine-ts-sdk, unchanged, on ome-mock; not part of the default test run.

    tests/clients/ts_sdk/run.py

Installs the package into a temporary directory, starts `ome-mock serve` with a manual clock on free ports, and calls every method of the
package, once well and once badly. Prints what came back; exit code 1 if a good call failed, a bad one didn't, or an answer was of another
shape than the reference says. Needs npm and node.
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
CLIENT = ("package.json", "client.mjs", "shapes.mjs")
INSTALLS_WITHIN_S = 180
STARTS_WITHIN_S = 10
ANSWERS_WITHIN_S = 120


def main() -> None:
    if shutil.which("npm") is None or shutil.which("node") is None:
        sys.exit("npm and node are needed")
    with tempfile.TemporaryDirectory() as scratch:
        client = Path(scratch, "client")
        client.mkdir()
        for name in CLIENT:
            shutil.copy(HERE / name, client)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=client, check=True, timeout=INSTALLS_WITHIN_S)
        with served(Path(scratch)) as url:
            done = subprocess.run(["node", "client.mjs", url, ACCESS_TOKEN], cwd=client, check=False, timeout=ANSWERS_WITHIN_S)
    sys.exit(done.returncode)


@contextmanager
def served(scratch: Path) -> Iterator[str]:
    """The URL of an emulator whose writes land in a directory of its own."""
    ports = scratch / "ports.json"
    world = ["--config", str(HERE / "Server.xml"), "--root", str(scratch), "--clock", "manual"]
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
