from __future__ import annotations

import gc
import json
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from served import Outcome, Run

from ome_mock.versions import VERSION

VARIABLES = {
    "--host": "OME_MOCK_HOST",
    "--port": "OME_MOCK_PORT",
    "--llhls-port": "OME_MOCK_LLHLS_PORT",
    "--access-token": "OME_MOCK_ACCESS_TOKEN",
    "--dialect": "OME_MOCK_DIALECT",
    "--config": "OME_MOCK_CONFIG",
    "--unknown-elements": "OME_MOCK_UNKNOWN_ELEMENTS",
    "--stream": "OME_MOCK_STREAM",
    "--root": "OME_MOCK_ROOT",
    "--allow-path": "OME_MOCK_ALLOW_PATH",
    "--allow-any-path": "OME_MOCK_ALLOW_ANY_PATH",
    "--writes": "OME_MOCK_WRITES",
    "--clock": "OME_MOCK_CLOCK",
    "--seed": "OME_MOCK_SEED",
    "--port-file": "OME_MOCK_PORT_FILE",
    "--log-format": "OME_MOCK_LOG_FORMAT",
    "--populate": "OME_MOCK_POPULATE",
    "--faults": "OME_MOCK_FAULTS",
    "--real-sizes": "OME_MOCK_REAL_SIZES",
    "--media": "OME_MOCK_MEDIA",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


def banner_of(outcome: Outcome) -> dict[str, str]:
    """The banner's lines by their first words."""
    return {line[2:17].strip(): line[17:] for line in outcome.out.splitlines()[1:]}


# Help and version


def test_version(run: Run) -> None:
    outcome = run("--version")
    assert (outcome.status, outcome.out, outcome.err) == (0, f"ome-mock {VERSION}, emulating OvenMediaEngine 0.21.0\n", "")


def test_version_of_the_module() -> None:
    done = subprocess.run([sys.executable, "-m", "ome_mock", "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (f"ome-mock {VERSION}, emulating OvenMediaEngine 0.21.0\n", "")


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"]], ids=["nothing", "-h", "--help"])
def test_help_names_the_commands(run: Run, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith("Usage: ome-mock [OPTIONS] ")
    assert "An emulator of OvenMediaEngine for the teams who write its clients." in outcome.out
    assert [line.split()[0] for line in outcome.out.partition("Commands:\n")[2].splitlines()] == [
        "check",
        "demo",
        "dump",
        "loop",
        "openapi",
        "record",
        "replay",
        "serve",
        "verify",
        "versions",
    ]


def test_help_tells_each_command_in_whole_sentences(run: Run) -> None:
    assert "..." not in run("--help").out.partition("Commands:\n")[2]


def test_help_of_serve_names_every_option_and_its_variable(run: Run) -> None:
    outcome = run("serve", "-h")
    assert outcome.status == 0
    text = " ".join(outcome.out.split())
    for option, variable in VARIABLES.items():
        assert option in text
        assert f"[env var: {variable}" in text
    assert "or 8081]" in text
    assert "default: 127.0.0.1" in text


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--port", "65536"], "--port"),
        (["--port", "-1"], "--port"),
        (["--port", "http"], "--port"),
        (["--dialect", "nope"], "--dialect"),
        (["--writes", "nope"], "--writes"),
        (["--clock", "nope"], "--clock"),
        (["--seed", "nope"], "--seed"),
        (["--log-format", "nope"], "--log-format"),
        (["--bogus"], "--bogus"),
        (["--access-token"], "--access-token"),
        (["more"], "more"),
        (["--port-file", "/tmp"], "--port-file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_option_is_one_line_that_names_it(run: Run, arguments: list[str], named: str) -> None:
    outcome = run("serve", "--port", "0", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("ome-mock: ")
    assert outcome.err.count("\n") == 1
    assert named in outcome.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stream", "stream"], "stream 'stream' is not VHOST/APP/STREAM"),
        (["--stream", "default/nope/stream"], "stream default/nope/stream: there is no application default/nope"),
        (["--stream", "default/app/a", "--stream", "default/app/a"], "stream default/app/a is connected already"),
        (["--allow-path", "/non/existent"], "--allow-path /non/existent: there is no such directory"),
        (["--root", "/tmp", "--allow-path", "/tmp"], "--root, --allow-path and --allow-any-path exclude each other"),
        (["--root", "/tmp", "--allow-any-path"], "--root, --allow-path and --allow-any-path exclude each other"),
        (["--port-file", "/non/existent/file"], "--port-file /non/existent/file: No such file or directory"),
        (["--faults", "/non/existent/file"], "--faults /non/existent/file: No such file or directory"),
        (["--populate", "-1"], "--populate -1 is not between 0 and 10000"),
        (["--admission-url", "localhost:3000"], "--admission-url localhost:3000 is not an HTTP URL, such as http://127.0.0.1:3000"),
        (["--alert-url", "localhost:3000"], "--alert-url localhost:3000 is not an HTTP URL, such as http://127.0.0.1:3000"),
        (["--admission-secret", "key"], "--admission-secret needs --admission-url"),
        (["--alert-secret", "key"], "--alert-secret needs --alert-url"),
        (["--config", "/non/existent"], "--config /non/existent: No such file or directory"),
        (["--media", "/non/existent"], "--media /non/existent: No such file or directory"),
        (["--access-token", ""], "--access-token '' is not a text that can be presented"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_setting_that_can_not_be_is_one_line(run: Run, arguments: list[str], message: str) -> None:
    outcome = run("serve", "--port", "0", *arguments)
    assert (outcome.status, outcome.out, outcome.err) == (2, "", f"ome-mock: {message}\n")


@pytest.mark.parametrize("text", ["{", "[" * 3000, '[{"fault": "nope"}]'], ids=["half of it", "nested too deeply", "no fault"])
def test_file_of_faults_that_can_not_be_read_is_one_line(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "faults.json").write_text(text)
    outcome = run("serve", "--port", "0", "--faults", tmp_path / "faults.json")
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert outcome.err.startswith(f"ome-mock: --faults {tmp_path}/faults.json: ")


@pytest.mark.parametrize(
    "option", ["--root", "--allow-path", "--config", "--media", "--faults", "--port-file", "--webhook-ca", "--tls-cert"]
)
def test_empty_path_is_not_the_working_directory(run: Run, option: str) -> None:
    outcome = run("serve", "--port", "0", option, "")
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert option in outcome.err
    assert outcome.err.endswith(": it is empty.\n")


def test_directory_without_a_server_xml_is_told(run: Run, tmp_path: Path) -> None:
    outcome = run("serve", "--port", "0", "--config", tmp_path)
    assert (outcome.status, outcome.err) == (2, f"ome-mock: --config {tmp_path}/Server.xml: No such file or directory\n")


def test_files_that_hold_something_else_are_told_in_words(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("no clip, no certificate")
    outcome = run("serve", "--port", "0", "--media", path)
    assert (outcome.status, outcome.err) == (2, f"ome-mock: --media {path}: is not an MP4 file, or a part of one\n")
    outcome = run("serve", "--port", "0", "--tls-port", "0", "--tls-cert", path, "--tls-key", path)
    assert (outcome.status, outcome.err) == (2, f"ome-mock: --tls-cert {path}, --tls-key {path}: one of them is not in PEM\n")


@pytest.mark.parametrize("option", ["--llhls-port", "--thumbnail-port", "--rtmp-port", "--tls-port"])
def test_port_of_two_options_is_told(run: Run, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = run("serve", "--port", port, option, port)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == f"ome-mock: port {port} is that of --port and of {option}: 0 takes a free one\n"


@pytest.mark.parametrize("option", ["--root", "--allow-path"])
def test_file_is_no_directory(run: Run, tmp_path: Path, option: str) -> None:
    (tmp_path / "file").write_text("")
    outcome = run("serve", "--port", "0", option, tmp_path / "file" / "x")
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert outcome.err.startswith(f"ome-mock: {option} {tmp_path}/file/x: ")


def test_address_that_is_not_of_this_machine_is_one_line(run: Run) -> None:
    outcome = run("serve", "--port", "0", "--host", "192.0.2.1")
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert outcome.err.startswith("ome-mock: can't listen on 192.0.2.1, port 0: ")


def test_port_that_is_taken_has_a_status_of_its_own(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = run("serve", "--port", port)
    message = f"ome-mock: port {port} on 127.0.0.1 is taken; --port 0 takes a free one\n"
    assert (outcome.status, outcome.out, outcome.err) == (4, "", message)


def test_llhls_port_that_is_taken_has_the_same_status(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = run("serve", "--port", "0", "--llhls-port", port)
    message = f"ome-mock: port {port} on 127.0.0.1 is taken; --llhls-port 0 takes a free one\n"
    assert (outcome.status, outcome.out, outcome.err) == (4, "", message)


def test_llhls_port_of_the_environment(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = run("serve", "--port", "0", LLHLS_PORT=port)
    assert banner_of(outcome)["LL-HLS"] == f"http://127.0.0.1:{port}/<app>/<stream>/llhls.m3u8"


@pytest.mark.parametrize("arguments", [["nope"], ["--nope"], ["demo", "more"]], ids=" ".join)
def test_wrong_command_is_one_line(run: Run, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert outcome.err.startswith("ome-mock: ")


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PORT": "http"}, "OME_MOCK_PORT"),
        ({"DIALECT": "nope"}, "OME_MOCK_DIALECT"),
        ({"SEED": "nope"}, "OME_MOCK_SEED"),
        ({"ALLOW_ANY_PATH": "perhaps"}, "OME_MOCK_ALLOW_ANY_PATH"),
    ],
)
def test_wrong_value_in_the_environment_names_the_variable(run: Run, environment: dict[str, Any], named: str) -> None:
    outcome = run("serve", **environment)
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert named in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--access-token", "\udcff"],
        pytest.param(["--access-token", ""], id="empty token"),
    ],
    ids=repr,
)
def test_token_that_can_not_be_is_one_line(run: Run, arguments: list[str], root: Path) -> None:
    try:
        outcome = run("serve", "--port", "0", "--root", root, *arguments)
    except UnicodeEncodeError as error:
        pytest.fail(str(error))
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)


# Options and the environment


def test_variable_that_is_nearly_an_option_is_named(run: Run, root: Path) -> None:
    outcome = run("serve", "--port", "0", "--root", root, DIALEKT="engine", TEST_SERVER="somewhere")
    assert "the environment has OME_MOCK_DIALEKT, which is no option (did you mean OME_MOCK_DIALECT?)" in outcome.err
    assert "OME_MOCK_TEST_SERVER" not in outcome.err


def test_faults_that_never_fired_are_named_in_the_end(run: Run, root: Path, tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    path.write_text('[{"fault": "status", "route": ":startHlsDump"}, {"fault": "diskFull", "mustFire": false}]')
    outcome = run("serve", "--port", "0", "--root", root, "--faults", path)
    assert outcome.status == 0
    assert [line for line in outcome.err.splitlines() if "never fired" in line and ":startHlsDump" in line]
    assert outcome.err.count("never fired") == 1


def test_banner_tells_what_a_client_needs(run: Run, root: Path) -> None:
    outcome = run("serve", "--port", "0", "--root", root)
    port = banner_of(outcome)["REST API"].removeprefix("http://127.0.0.1:").removesuffix("/v1")
    llhls_port = banner_of(outcome)["LL-HLS"].removeprefix("http://127.0.0.1:").removesuffix("/<app>/<stream>/llhls.m3u8")
    assert outcome.status == 0
    assert outcome.out == (
        f"ome-mock {VERSION} (OvenMediaEngine 0.21.0), dialect docs\n"
        f"  REST API       http://127.0.0.1:{int(port)}/v1\n"
        f"  LL-HLS         http://127.0.0.1:{int(llhls_port)}/<app>/<stream>/llhls.m3u8\n"
        f"  page           http://127.0.0.1:{int(port)}/_mock/#token=ome-access-token\n"
        "  access token   ome-access-token\n"
        "  authorization  Basic b21lLWFjY2Vzcy10b2tlbg==\n"
        "  streams        default/app/stream\n"
        f"  writes         below {root}\n"
    )


@pytest.mark.parametrize(
    ("flags", "environment"),
    [
        pytest.param(["--access-token", "secret"], {}, id="flag"),
        pytest.param([], {"ACCESS_TOKEN": "secret"}, id="environment"),
        pytest.param(["--access-token", "secret"], {"ACCESS_TOKEN": "other"}, id="flag beats environment"),
    ],
)
def test_access_token(run: Run, root: Path, flags: list[str], environment: dict[str, Any]) -> None:
    banner = banner_of(run("serve", "--port", "0", "--root", root, *flags, **environment))
    assert (banner["access token"], banner["authorization"]) == ("secret", "Basic c2VjcmV0")


@pytest.mark.parametrize(
    ("flags", "environment", "streams"),
    [
        pytest.param([], {}, "default/app/stream", id="default"),
        pytest.param(["--stream", "default/app/b", "--stream", "default/app/a"], {}, "default/app/b, default/app/a", id="flags"),
        pytest.param([], {"STREAM": "default/app/b default/app/a"}, "default/app/b, default/app/a", id="environment"),
        pytest.param(["--stream", "default/app/a"], {"STREAM": "default/app/b"}, "default/app/a", id="flag beats environment"),
    ],
)
def test_streams(run: Run, root: Path, flags: list[str], environment: dict[str, Any], streams: str) -> None:
    assert banner_of(run("serve", "--port", "0", "--root", root, *flags, **environment))["streams"] == streams


@pytest.mark.parametrize(
    ("flags", "environment"),
    [
        pytest.param(["--allow-any-path"], {}, id="flag"),
        pytest.param([], {"ALLOW_ANY_PATH": "1"}, id="environment"),
        pytest.param([], {"ALLOW_ANY_PATH": "true"}, id="environment in words"),
    ],
)
def test_allow_any_path(run: Run, flags: list[str], environment: dict[str, Any]) -> None:
    assert banner_of(run("serve", "--port", "0", *flags, **environment))["writes"] == "/"


def test_root_of_the_environment(run: Run, root: Path) -> None:
    assert banner_of(run("serve", "--port", "0", ROOT=root))["writes"] == f"below {root}"


def test_flag_for_the_root_beats_the_environment(run: Run, root: Path, tmp_path: Path) -> None:
    assert banner_of(run("serve", "--port", "0", "--root", root, ROOT=tmp_path / "other"))["writes"] == f"below {root}"
    assert not (tmp_path / "other").exists()


def test_default_is_to_write_in_temporary_directories_and_in_the_working_directory(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "temporary").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    writes = banner_of(run("serve", "--port", "0"))["writes"].split(", ")
    assert {str(tmp_path / "work"), str(tmp_path / "temporary")} < set(writes)
    assert "/" not in writes


@pytest.mark.parametrize("by_environment", [False, True], ids=["flags", "environment"])
def test_allowed_paths_are_added(run: Run, tmp_path: Path, by_environment: bool) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    if by_environment:
        outcome = run("serve", "--port", "0", ALLOW_PATH=f"{tmp_path}/a:{tmp_path}/b")
    else:
        outcome = run("serve", "--port", "0", "--allow-path", tmp_path / "a", "--allow-path", tmp_path / "b")
    assert banner_of(outcome)["writes"].split(", ")[-2:] == [f"{tmp_path}/a", f"{tmp_path}/b"]


@pytest.mark.parametrize("by_environment", [False, True], ids=["flag", "environment"])
def test_port(run: Run, root: Path, by_environment: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = run("serve", "--root", root, PORT=port) if by_environment else run("serve", "--root", root, "--port", port, PORT=1)
    assert banner_of(outcome)["REST API"] == f"http://127.0.0.1:{port}/v1"


def test_host_of_the_environment(run: Run, root: Path) -> None:
    outcome = run("serve", "--port", "0", "--root", root, HOST="localhost")
    assert banner_of(outcome)["REST API"].startswith("http://localhost:")


@pytest.mark.parametrize(
    ("clock", "said"),
    [("real", None), ("20x", "20 times as fast as the machine's"), ("manual", "stands still until POST /_mock/clock/advance")],
)
def test_banner_tells_of_a_clock_that_is_not_the_machine_s(run: Run, root: Path, clock: str, said: str | None) -> None:
    assert banner_of(run("serve", "--port", "0", "--root", root, "--clock", clock)).get("clock") == said


def test_clock_and_seed_and_writes_of_the_environment(run: Run, root: Path, tmp_path: Path) -> None:
    port_file = tmp_path / "ports.json"
    keys: list[str] = []

    def look_around() -> None:
        port = json.loads(port_file.read_text())["port"]
        connection = HTTPConnection("127.0.0.1", port)
        headers = {"Authorization": "Basic b21lLWFjY2Vzcy10b2tlbg=="}
        connection.request("POST", "/_mock/clock/advance", '{"seconds": 60}', headers)
        assert json.loads(connection.getresponse().read()) == {"now": "2026-01-01T00:01:00.000+00:00"}
        body = json.dumps({"outputStreamName": "stream", "id": "d1", "outputPath": f"/{len(keys)}"})
        connection.request("POST", "/v1/vhosts/default/apps/app/streams/stream:startHlsDump", body, headers)
        assert connection.getresponse().read().startswith(b'{"message":"OK"')
        connection.close()
        keys.append(next(path.name for path in (root / str(len(keys))).iterdir() if path.name.startswith("init_0")))

    for seed in (7, 7, 8):
        outcome = run(
            "serve", look_around=look_around, PORT=0, ROOT=root, CLOCK="manual", SEED=seed, PORT_FILE=port_file, WRITES="in-place"
        )
        assert outcome.status == 0
    assert keys[0] == keys[1] != keys[2]


def test_garbage_is_collected_while_it_serves(run: Run, root: Path) -> None:
    seen = []
    run("serve", "--port", "0", "--root", root, look_around=lambda: seen.append(gc.isenabled()))
    assert seen == [True]


# Warnings


@pytest.mark.parametrize("host", ["0.0.0.0", ""])
def test_default_token_beyond_loopback_is_warned_of(run: Run, root: Path, host: str) -> None:
    outcome = run("serve", "--port", "0", "--root", root, "--host", host)
    assert outcome.status == 0
    assert outcome.err[9:].rstrip() == (
        f"WARNING: listening on {host} with the default access token: anybody who reaches this machine can write files"
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost"])
def test_loopback_is_not_warned_of(run: Run, root: Path, host: str) -> None:
    try:
        socket.create_server((host, 0)).close()
    except OSError:
        pytest.skip(f"no {host} here")
    assert run("serve", "--port", "0", "--root", root, "--host", host).err == ""


def test_token_of_ones_own_is_not_warned_of(run: Run, root: Path) -> None:
    assert run("serve", "--port", "0", "--root", root, "--host", "0.0.0.0", "--access-token", "secret").err == ""
