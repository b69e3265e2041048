"""Every example runs, in its own language; one whose runtime or packages are not here is named, with what it lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from example_clients import EXAMPLES, FOLDER, Example
from server_xml import server_xml

INSTALLS_WITHIN_S = 300
RUNS_WITHIN_S = 300


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the examples, so that what they build and install is gone afterwards."""
    return Path(shutil.copytree(FOLDER, tmp_path / "examples", ignore=shutil.ignore_patterns("node_modules", "__pycache__")))


def run(command: str, directory: Path, within_s: float) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OME_", "PYTEST_", "COV_"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = kept | {"PATH": path, "no_proxy": "127.0.0.1,localhost", "CHROMIUM": shutil.which("chromium") or ""}
    return subprocess.run(
        ["sh", "-ec", command], cwd=directory, env=environment, capture_output=True, text=True, timeout=within_s, check=False
    )


def install_packages(directory: Path) -> None:
    """Install what a package.json names; skips the test where the registry of npm is out of reach."""
    try:
        installed = run("npm install --silent --no-audit --no-fund --fetch-retries 0", directory, INSTALLS_WITHIN_S)
    except subprocess.TimeoutExpired:
        pytest.skip("not run: npm took too long to install what package.json names")
    if installed.returncode != 0:
        pytest.skip("not run: npm could not install what package.json names")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_example_runs(example: Example, folder: Path) -> None:
    if missing := example.missing():
        pytest.skip(f"example {example.name} not run: there is no {' and no '.join(missing)}")
    if "npm" in example.needs:
        install_packages(folder / example.name)
    done = run(example.command, folder / example.name, RUNS_WITHIN_S)
    assert done.returncode == 0, done.stdout + done.stderr


def test_failing_example_is_noticed(folder: Path) -> None:
    assert run("../with-ome-mock false", folder / "shell", RUNS_WITHIN_S).returncode == 1


def test_emulator_that_does_not_start_is_noticed(folder: Path) -> None:
    done = run("OME_MOCK_DIALECT=nothing ../with-ome-mock true", folder / "shell", RUNS_WITHIN_S)
    assert done.returncode == 2
    assert done.stderr.startswith("ome-mock: Invalid value for '--dialect'")
    assert done.stderr.count("\n") == 1


def test_no_command_is_no_success(folder: Path) -> None:
    done = run("../with-ome-mock", folder / "shell", RUNS_WITHIN_S)
    assert (done.returncode, done.stderr) == (2, "usage: ../with-ome-mock COMMAND [ARGUMENT...]\n")


def test_token_that_the_command_is_told_is_the_emulators(folder: Path, tmp_path: Path) -> None:
    """Also where a Server.xml has another."""
    (tmp_path / "Server.xml").write_text(
        server_xml("<VirtualHosts><VirtualHost><Name>default</Name></VirtualHost></VirtualHosts>", token="of-the-file")
    )
    ask = 'curl -sf -H "Authorization: Basic $(printf %s "$OME_ACCESS_TOKEN" | base64)" "$OME_URL/v1/vhosts"'
    done = run(f"OME_MOCK_CONFIG={tmp_path}/Server.xml ../with-ome-mock sh -c '{ask}'", folder / "shell", RUNS_WITHIN_S)
    assert done.stdout == '{"message":"OK","response":["default"],"statusCode":200}'
