"""README, CONTRIBUTING and docs/: every block of code is run, every option, route and file that they name is there."""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from clients.curl import main as curl
from documents import DOCUMENTS, REPOSITORY, Block, blocks, headings, prose
from web.control_routes import control_routes

from ome_mock import OmeMock
from ome_mock.cli.command_line import cli
from ome_mock.pytest_plugin import TARGET_OPTIONS
from ome_mock.web.rest.api_routes import API_ROUTES

BLOCKS = [block for document in DOCUMENTS for block in blocks(document) if block.language != "text"]
RUN_BY_THE_CHECKS = {"Start it", "Run the tests"}
"""Headings whose first command `.ci/run` runs: it makes an environment."""
CLOSELY = doctest.ELLIPSIS | doctest.REPORT_NDIFF
TIMEOUT_S = 300


class Place:
    """A directory to run examples in, with an emulator at the address that the documents name."""

    def __init__(self, directory: Path, ome: OmeMock) -> None:
        self.directory = directory
        self._names = {
            "127.0.0.1:8081": f"127.0.0.1:{ome.port}",
            "8443": str(free_port()),
            "--rtmp-port 1935": "--rtmp-port 0",
            "/tmp/": f"{directory}/",
            "docs/": f"{REPOSITORY}/docs/",
        }
        self._background: list[subprocess.Popen[bytes]] = []
        tools = directory / ".bin"
        tools.mkdir()
        (tools / "curl").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{REPOSITORY}/tests/clients/curl.py" "$@"\n')
        (tools / "curl").chmod(0o755)
        shutil.copy(REPOSITORY / "docs" / "containers" / "Server.xml", directory)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("OME_MOCK_", "PYTEST_", "COV_"))}
        self._stand_ins = str(tools)
        paths = [str(Path(sys.executable).parent), os.environ["PATH"], self._stand_ins]
        self.environment = kept | {"PATH": os.pathsep.join(paths), "no_proxy": "127.0.0.1,localhost"}

    def prefer_stand_ins(self) -> None:
        """Run the stand-in for curl, where there is a curl too."""
        self.environment["PATH"] = os.pathsep.join([self._stand_ins, self.environment["PATH"]])

    def here(self, text: str) -> str:
        """An example with this emulator's address, and with this directory where it names one for temporary files."""
        for written, here in self._names.items():
            text = text.replace(written, here)
        return text

    def run(self, *command: str) -> str:
        """Run a command to its end; fails unless it succeeds. Returns what it printed, as the document would show it."""
        done = subprocess.run(
            command, cwd=self.directory, env=self.environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
        assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"
        return done.stdout.replace(f"{self.directory}/", "/tmp/")

    def run_beside(self, command: str) -> None:
        """Run a command until this place is left."""
        words = shlex.split(self.here(command))
        self._background.append(subprocess.Popen(words, cwd=self.directory, env=self.environment, stderr=subprocess.DEVNULL))

    def leave(self) -> None:
        for process in self._background:
            process.kill()
            process.wait()

    def serve(self, command: str) -> None:
        """Run a command that serves until it is told to end; fails unless it answers meanwhile."""
        ports = self.directory / "ports.json"
        free = {"OME_MOCK_PORT": "0", "OME_MOCK_LLHLS_PORT": "0", "OME_MOCK_RTMP_PORT": "0", "OME_MOCK_PORT_FILE": str(ports)}
        words = shlex.split(self.here(command))
        log = self.directory / "serve.log"
        with (
            log.open("w") as output,
            subprocess.Popen(words, cwd=self.directory, env=self.environment | free, stdout=output, stderr=output) as process,
        ):
            try:
                deadline = time.monotonic() + TIMEOUT_S
                while not ports.exists():
                    assert process.poll() is None, log.read_text()
                    assert time.monotonic() < deadline, f"{command} waited in vain"
                    Event().wait(0.01)
                connection = HTTPConnection("127.0.0.1", json.loads(ports.read_text())["port"], timeout=10)
                connection.request("GET", "/_mock/health")
                assert connection.getresponse().status == 200
                connection.close()
                process.send_signal(signal.SIGTERM)
                assert process.wait(TIMEOUT_S) == 0, log.read_text()
            finally:
                process.kill()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with OmeMock(allow_paths=[tmp_path]) as ome:
        place = Place(tmp_path, ome)
        yield place
        place.leave()


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def run_python(place: Place, block: Block) -> None:
    """A module with tests is run by pytest, another as a program."""
    name = "test_example.py" if re.search(r"^def test_", block.text, re.MULTILINE) else "example.py"
    (place.directory / name).write_text(place.here(block.text))
    if name == "example.py":
        place.run("python", name)
    else:
        expected = len(re.findall(r"^def test_", block.text, re.MULTILINE))
        place.environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # the others take their time
        plugins = ["ome_mock.pytest_plugin", *(["pytest_flask.plugin"] if "FlaskClient" in block.text else []), "no:cacheprovider"]
        options = ("-q", *(word for plugin in plugins for word in ("-p", plugin)), "-W", "error")
        passed = re.search(r"(\d+) passed", place.run("python", "-m", "pytest", *options, name))
        assert passed is not None
        assert int(passed[1]) >= expected  # a test may run once for each of several dialects


def run_shell(place: Place, block: Block) -> None:
    """Commands, each of which must succeed. What serves is ended; what a test can't run is checked for what it names."""
    if block.heading in RUN_BY_THE_CHECKS and "pip --python" in block.text:
        assert f'readme_command "## {block.heading}"' in (REPOSITORY / ".ci" / "run").read_text()
        return
    for command in block.commands:
        words = shlex.split(command)
        if words[0] == "docker":
            check_compose(words)
        elif words[0].startswith(".ci/"):
            assert os.access(REPOSITORY / words[0], os.X_OK)
        elif words[:2] == ["ome-mock", "serve"]:
            place.serve(command)
        elif words[-1] == "&":
            place.run_beside(command.removesuffix("&"))
        else:
            place.run("sh", "-ec", place.here(command))


def run_console(place: Place, block: Block) -> None:
    """Commands after `$`, and below each what it prints; `...` is anything."""
    for part in re.split(r"^\$ ", block.text.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        printed = place.run("sh", "-ec", place.here(command))
        assert doctest.OutputChecker().check_output(expected.rstrip() + "\n", printed.rstrip() + "\n", CLOSELY), printed


def check_compose(words: list[str]) -> None:
    services = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
    profiles = {profile for service in services.values() for profile in service.get("profiles", [])}
    assert words[1] in {"compose", "build", "run"}
    if words[1] == "compose":
        assert {word for before, word in pairwise(words) if before == "--profile"} <= profiles
        assert words[-1].startswith("-") or words[-1] in services


LANGUAGES: dict[str, Callable[[Place, Block], Any]] = {
    "python": run_python,
    "sh": run_shell,
    "console": run_console,
    "json": lambda _, block: json.loads(block.text),
    "xml": lambda _, block: ElementTree.fromstring(block.text),
    "yaml": lambda _, block: yaml.safe_load(block.text),
}


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_example_works(block: Block, place: Place) -> None:
    LANGUAGES[block.language](place, block)


@pytest.mark.parametrize("block", [block for block in BLOCKS if "curl " in block.text], ids=str)
def test_example_works_without_curl(block: Block, place: Place) -> None:
    place.prefer_stand_ins()
    LANGUAGES[block.language](place, block)


@pytest.mark.parametrize("language", ["python", "sh", "console"])
def test_broken_example_is_noticed(language: str, place: Place) -> None:
    texts = {
        "python": "def test_wrong(ome):\n    assert ome.url == 'nowhere'\n",
        "sh": "curl -sf http://127.0.0.1:8081/_mock/nowhere\n",
        "console": "$ echo what is printed\nwhat is not printed\n",
    }
    with pytest.raises(AssertionError):
        LANGUAGES[language](place, Block(Path("README.md"), "", 1, language, texts[language]))


def test_stand_in_for_curl_does_what_the_examples_need(ome: OmeMock, capsys: pytest.CaptureFixture[str]) -> None:
    assert curl(["-s", "-H", f"Authorization: {ome.authorization}", f"{ome.url}/v1/vhosts"]) == 0
    assert capsys.readouterr().out == '{"message":"OK","response":["default"],"statusCode":200}'
    assert curl(["-i", "-X", "POST", "-d", "{}", f"{ome.url}/v1/vhosts"]) == 0
    assert capsys.readouterr().out.startswith("HTTP/1.1 401 Unauthorized\r\n")
    assert curl(["-sf", f"{ome.url}/v1/nowhere"]) == 22


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_options_that_are_named_exist(document: Path) -> None:
    known = {name for command in cli.commands.values() for parameter in command.params for name in parameter.opts} | {"--help", "--version"}
    known |= {"--ome-strict", "--ome-dialects"} | {f"--ome-{name}" for name in TARGET_OPTIONS}
    named = {word for span in re.findall(r"`(--[^`]+)`", prose(document)) for word in re.findall(r"--[a-z-]+", span)}
    assert named - known == set()


def told_routes() -> Iterator[tuple[str, str]]:
    """Method and pattern of each route in its table: spans of `METHODS path`; without methods, those of the span before."""
    table = (REPOSITORY / "docs" / "what-is-emulated.md").read_text()
    for cell in re.findall(r"^\| ((?:`[^`]*`[^|]*)) \|", table, re.MULTILINE):
        methods: list[str] = []
        for span in re.findall(r"`([^`]*)`", cell):
            *said, path = span.split(" ")
            methods = said or methods
            pattern = re.escape(("..." if path.startswith(":") else "") + path).replace(re.escape("..."), ".*")
            yield from ((method, pattern) for method in methods)


def test_every_route_is_told_and_none_that_is_not_there() -> None:
    routes = [*((route.method, route.path) for route in API_ROUTES), *control_routes()]
    told = list(told_routes())
    assert [route for route in routes if not any(route[0] == method and re.fullmatch(path, route[1]) for method, path in told)] == []
    assert [row for row in told if not any(row[0] == method and re.fullmatch(row[1], path) for method, path in routes)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_files_that_are_named_exist(document: Path) -> None:
    named = re.findall(r"`((?:ome_mock|tests|fixtures|docs|benchmarks|\.ci|\.github)/[^`\s*]*)`", prose(document))
    assert [path for path in named if not (REPOSITORY / path).exists()] == []


def test_readme_says_things_in_the_order_in_which_a_user_asks() -> None:
    assert headings(Path("README.md")) == [
        "Start it",
        "I want to ...",
        "Why not something else?",
        "How we know that it is true",
        "Run the tests",
        "Tell us",
    ]
