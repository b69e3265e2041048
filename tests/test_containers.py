"""The container's files: what the image is built from and how it is run, and the example client that watches a dump."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from clients.watch_a_dump import main as run_client

from ome_mock.cli.command_line import serve
from ome_mock.served_emulator import OmeMock
from ome_mock.worlds.server_xml import read_configuration

REPOSITORY = Path(__file__).parent.parent
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
SERVER_XML = "docs/containers/Server.xml"


def instructions(name: str) -> list[str]:
    """The arguments of a Dockerfile's instruction, continued lines joined."""
    return re.findall(rf"^{name} (.*)$", DOCKERFILE.replace("\\\n", " "), re.MULTILINE)


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in instructions("ENV") for pair in line.split())


def is_ignored(path: str) -> bool:
    """Whether the last line of .dockerignore that fits a path leaves it out."""
    ignored = False
    for line in (REPOSITORY / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!").removeprefix("**/")
            ignored = not line.startswith("!") if fnmatch(path, pattern) else ignored
    return ignored


def options_of(service: str) -> dict[str, Any]:
    """The environment of a service of docker-compose.yml, with the default of its variables."""
    return {name: re.sub(r"\$\{\w+:-(.*)\}", r"\1", value) for name, value in SERVICES[service]["environment"].items()}


def test_image_is_built_from_files_that_docker_gets() -> None:
    copied = [path for line in instructions("COPY") if not line.startswith("--from") for path in line.split()[:-1]]
    assert copied == ["setup.cfg", "pyproject.toml", "README.md", "LICENSE", "ome_mock"]
    assert [path for path in copied if is_ignored(path) or not (REPOSITORY / path).exists()] == []


@pytest.mark.parametrize("path", ["tests", ".git", ".venv", "dumps", "fixtures", "__pycache__"])
def test_docker_gets_nothing_else(path: str) -> None:
    assert is_ignored(path)


def test_settings_of_the_image_are_options_of_serve() -> None:
    settings = {name for name in environment() if name.startswith("OME_MOCK_")}
    known = {parameter.envvar for parameter in serve.params}
    assert settings == {"OME_MOCK_HOST", "OME_MOCK_PORT_FILE", "OME_MOCK_ALLOW_ANY_PATH"}
    assert settings <= known


def test_image_exposes_what_the_engines_does_and_the_api() -> None:
    (exposed,) = instructions("EXPOSE")
    assert set(exposed.split()) == {
        *("80/tcp", "8080/tcp", "8090/tcp", "1935/tcp", "3333/tcp", "3334/tcp", "4000-4005/udp", "10000-10010/udp", "9000/tcp"),
        "8081/tcp",
    }


@pytest.mark.parametrize(
    ("mounted", "named", "served"),
    [(True, "", "mounted"), (True, "/etc/other.xml", "/etc/other.xml"), (False, "", "none"), (False, "/etc/other.xml", "/etc/other.xml")],
)
def test_image_serves_the_server_xml_that_is_mounted_where_the_engines_has_it(
    tmp_path: Path, mounted: bool, named: str, served: str
) -> None:
    """The entry point is run, with a program in the place of ome-mock that shows what it was given."""
    (entry_point,) = instructions("ENTRYPOINT")
    program = tmp_path / "ome-mock"
    program.write_text('#!/bin/sh\necho "$* ${OME_MOCK_CONFIG:-none}"\n')
    program.chmod(0o755)
    server_xml = tmp_path / "Server.xml"
    if mounted:
        server_xml.touch()
    settings = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "OME_SERVER_XML": str(server_xml), "OME_MOCK_CONFIG": named}
    done = subprocess.run([*json.loads(entry_point), "serve", "--seed", "1 2"], env=settings, capture_output=True, text=True, check=True)
    assert done.stdout == f"serve --seed 1 2 {served.replace('mounted', str(server_xml))}\n"
    assert environment()["OME_SERVER_XML"] == "/opt/ovenmediaengine/bin/origin_conf/Server.xml"


def test_image_runs_as_a_user_that_is_not_root() -> None:
    assert instructions("USER") == ["10001:10001"]


@pytest.mark.parametrize(("port", "status"), [("its own", 0), ("a wrong one", 1)])
def test_health_check_tells_a_server_that_answers(ome: OmeMock, tmp_path: Path, port: str, status: int) -> None:
    (check,) = instructions("HEALTHCHECK")
    command = json.loads(check.partition(" CMD ")[2])
    port_file = tmp_path / "ports.json"
    port_file.write_text(json.dumps({"port": ome.port if port == "its own" else 1}))
    known = {**os.environ, "OME_MOCK_PORT_FILE": str(port_file), "http_proxy": "http://127.0.0.1:1"}
    assert command[0] == "python"
    checked = subprocess.run([sys.executable, *command[1:]], check=False, env=known, stderr=subprocess.DEVNULL, timeout=60)
    assert checked.returncode == status


def test_compose_starts_the_emulator_alone_unless_a_profile_is_named() -> None:
    assert {name: service.get("profiles", []) for name, service in SERVICES.items()} == {
        "ome-mock": [],
        "client": ["client"],
        "engine": ["real"],
        "encoder": ["real"],
        "client-of-the-engine": ["real"],
        "media-server": ["stack"],
        "publisher": ["stack"],
        "recorder": ["stack"],
        "balancer": ["fleet"],
        **{f"ome-mock-{number}": ["fleet"] for number in range(4)},
    }


@pytest.mark.parametrize(("client", "server"), [("client", "ome-mock"), ("client-of-the-engine", "engine"), ("recorder", "media-server")])
def test_client_and_server_see_the_dumps_at_the_same_path(client: str, server: str) -> None:
    mounts = [dict(volume.split(":")[:2] for volume in SERVICES[service]["volumes"]) for service in (client, server)]
    (shared,) = set(mounts[0]) & set(mounts[1])
    assert mounts[0][shared] == mounts[1][shared] == options_of(client)["OME_DUMPS"]
    assert shared in COMPOSE["volumes"]
    assert options_of(client)["OME_URL"] == f"http://{server}:8081"


def test_clients_differ_in_the_server_that_they_ask_and_in_nothing_else() -> None:
    one, other = SERVICES["client"], SERVICES["client-of-the-engine"]
    assert (one["image"], one["command"]) == (other["image"], other["command"])
    assert one["environment"] | {"OME_URL": "http://engine:8081"} == other["environment"]


@pytest.mark.parametrize("service", ["ome-mock", "engine"])
def test_emulator_and_engine_serve_the_same_configuration(service: str) -> None:
    (source,) = [volume.split(":")[0] for volume in SERVICES[service]["volumes"] if volume.split(":")[1].endswith("/Server.xml")]
    assert source == f"./{SERVER_XML}"


def test_stack_runs_with_either_image_and_the_same_server_xml() -> None:
    server = SERVICES["media-server"]
    assert server["image"] == "${OME_IMAGE:-ome-mock}"
    (mounted,) = [volume for volume in server["volumes"] if "Server.xml" in volume]
    assert mounted == "./docs/containers/stack.Server.xml:/opt/ovenmediaengine/bin/origin_conf/Server.xml:ro"
    world = read_configuration(REPOSITORY / "docs/containers/stack.Server.xml")
    (vhost,) = world.virtual_hosts
    assert vhost.admission_webhooks
    (alias,) = SERVICES["recorder"]["networks"]["default"]["aliases"]
    assert vhost.admission_webhooks.url == f"http://{alias}:{options_of('recorder')['OME_WEBHOOK_PORT']}/admission"
    assert f"rtmp://media-server:{world.rtmp_port}/app/" in SERVICES["publisher"]["command"]


def test_every_setting_of_the_emulator_is_an_option_of_serve() -> None:
    assert set(options_of("ome-mock")) <= {parameter.envvar for parameter in serve.params}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[OmeMock]:
    """The emulator as docker-compose.yml starts it, but for the port, the directory and the clock."""
    options = options_of("ome-mock")
    with OmeMock(
        config=REPOSITORY / SERVER_XML,
        streams=options["OME_MOCK_STREAM"].split(),
        access_token=options["OME_MOCK_ACCESS_TOKEN"],
        allow_paths=[tmp_path],
    ) as ome:
        yield ome


def ask(ome: OmeMock, directory: Path, **changed: str) -> int:
    return run_client(options_of("client") | {"OME_URL": ome.url, "OME_DUMPS": str(directory)} | changed, ome.clock.advance)


def test_example_client_prints_what_it_saw(served: OmeMock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(served, tmp_path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "start: 200 {'message': 'OK', 'response': ['stream'], 'statusCode': 200}"
    assert [line.split()[0] for line in lines if line.startswith("  chunklist")] == [
        "chunklist_0_video_9BfpuA3z_llhls.m3u8",
        "chunklist_1_audio_9BfpuA3z_llhls.m3u8",
    ]
    assert lines[-2:] == ["info file: Completed", "10 segments are listed, 0 of them missing"]


def test_example_client_waits_for_the_stream(served: OmeMock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    served.disconnect("default/app/stream")
    waited = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 8:
            served.connect("default/app/stream")
        served.clock.advance(seconds)

    settings = options_of("client") | {"OME_URL": served.url, "OME_DUMPS": str(tmp_path)}
    assert run_client(settings, sleep) == 0
    assert capsys.readouterr().out.startswith("start: 200")


def test_example_client_fails_where_no_segment_was_listed(served: OmeMock, tmp_path: Path) -> None:
    assert ask(served, tmp_path, OME_SECONDS="0") == 1


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("OME_ACCESS_TOKEN", "wrong", "the dump was refused"),
        ("OME_DUMPS", "/proc", "the dump was refused"),
        ("OME_STREAM", "default/app/nope", "no such stream within 90 s"),
        ("OME_URL", "http://127.0.0.1:1", "no such stream within 90 s"),
    ],
)
def test_example_client_says_why_it_gives_up(served: OmeMock, tmp_path: Path, setting: str, value: str, sentence: str) -> None:
    with pytest.raises(SystemExit, match=sentence):
        ask(served, tmp_path, **{setting: value})
