"""The pytest plugin: fixtures that give emulators, and the marker that configures them.

    @pytest.mark.ome(dialect="engine-0.21", faults=[faults.DiskFull(file="seg_*", nth=3)])
    def test_my_client(ome):
        start_recording(ome.url, ome.access_token)
        ome.clock.advance(60)
        assert ome.dumps["d1"].files

The markers of a test, its class and its module are merged; if several name an option, the nearest counts.

`ome` is a new emulator for each test, `ome_session` one for all tests, `make_ome` makes any number of them. Clocks are manual; dumps are
confined to the test's `tmp_path`. The report of a failed test shows the requests to its emulators, with hints at mistakes in them.
An armed fault that never fires fails a test that has not failed already, unless it has `must_fire=False`.
With `--ome-target URL` (or OME_TARGET) `ome` is a server that runs elsewhere. A test that needs what it can't have is skipped with the
reason; with `--ome-strict` it fails.
The ini options `ome_dialect` and `ome_config` are defaults of every emulator that the fixtures make; a path is relative to the ini file.

`--ome-dialects=engine-0.16,engine-0.21`, or a marker with a list, `dialect=["engine-0.16", "engine-0.21"]`, runs a test once for each of
them, whose name is in the test's id. A marker that names one dialect keeps it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from .settings import DEFAULT_ACCESS_TOKEN

if TYPE_CHECKING:
    from .contract.ome_server import OmeServer
    from .served_emulator import OmeMock

WHERE_TO_WRITE = {"root", "allow_paths", "allow_any_path"}
EMULATORS: pytest.StashKey[list[OmeMock]] = pytest.StashKey()
HAS_FAILED: pytest.StashKey[bool] = pytest.StashKey()
MOST_SHOWN = 20
"""The number of requests in the report of a failed test."""

MakeOme = Callable[..., "OmeMock"]


TARGET_OPTIONS = {
    "target": "URL of a server that fixture `ome` gives instead of an emulator, such as http://engine:8081",
    "access-token": "the access token that it accepts",
    "llhls": "URL of its live streams (default: port 3333 of the same host)",
    "rtmp": "URL that encoders publish to, such as rtmp://engine:1935",
    "files": "where its / is seen",
    "out": "a directory of its own for dumps (default: /tmp)",
}
SERVERS_TAKE = {"dialect", "streams"}
"""The options of marker `ome` that say nothing that a server elsewhere would have to do."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ome", "OvenMediaEngine")
    for name, text in TARGET_OPTIONS.items():
        variable = f"OME_{name.replace('-', '_').upper()}"
        group.addoption(f"--ome-{name}", default=os.environ.get(variable), help=f"{text}; {variable}")
    group.addoption("--ome-strict", action="store_true", help="fail tests that need what a server can't have, instead of skipping them")
    group.addoption(
        "--ome-dialects",
        metavar="NAMES",
        help="run tests of the fixture `ome` once for each of these dialects, such as engine-0.16,engine-0.21",
    )
    parser.addini("ome_dialect", "the dialect of emulators that don't name one, such as engine-0.21", default="")
    parser.addini("ome_config", "the Server.xml of emulators that don't name one", type="string", default="")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "ome(**options): options of the emulator that fixture `ome` gives, such as dialect, config, streams, faults, seed; "
        "those of test, class and module are merged, the nearest winning for each option",
    )
    for name in filter(None, (config.getoption("--ome-dialects") or "").split(",")):
        _dialect_name(name.strip(), pytest.UsageError)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each dialect that its marker lists or, without a dialect of its own, the command line; a server has its own."""
    if "ome_dialect" in metafunc.fixturenames and not metafunc.config.getoption("--ome-target"):
        marked = _marked(metafunc.definition).get("dialect")
        said = metafunc.config.getoption("--ome-dialects")
        listed = said.split(",") if marked is None and said else marked
        if isinstance(listed, list | tuple):
            names = [_dialect_name(str(name).strip(), pytest.Collector.CollectError) for name in listed]
            metafunc.parametrize("ome_dialect", names, indirect=True, ids=names)


def _dialect_name(name: str, refusal: type[Exception]) -> str:
    from .dialect import find_dialect  # noqa: PLC0415 (lazy, as below)
    from .errors import ConfigurationError  # noqa: PLC0415

    try:
        find_dialect(name)
    except ConfigurationError as error:
        raise refusal(str(error)) from None
    return name


def _marked(node: pytest.Item | pytest.Function) -> dict[str, Any]:
    """The options of the markers of a test, the nearest winning."""
    options: dict[str, Any] = {}
    for marker in node.iter_markers("ome"):  # the nearest first
        if marker.args:
            given = ", ".join(map(repr, marker.args))
            raise pytest.Collector.CollectError(f'{node.nodeid}: marker ome takes options by name, such as dialect="docs", not {given}')
        options = {**marker.kwargs, **options}
    return options


@pytest.fixture
def ome_dialect(request: pytest.FixtureRequest) -> str | None:
    """The dialect for which a test runs, where it runs once for each of several."""
    dialect: str | None = getattr(request, "param", None)
    return dialect


@pytest.fixture
def make_ome(request: pytest.FixtureRequest, tmp_path: Path, ome_dialect: str | None) -> Iterator[MakeOme]:
    """A function that makes running emulators, which write only below `tmp_path`; it takes the options of `OmeMock`."""
    from .served_emulator import OmeMock  # noqa: PLC0415 (lazy: pytest loads this plugin in every run, and Flask takes its time)

    emulators = request.node.stash.setdefault(EMULATORS, [])
    with ExitStack() as stack:

        def make(**options: Any) -> OmeMock:
            if ome_dialect is not None:
                options.setdefault("dialect", ome_dialect)
            if not options.keys() & WHERE_TO_WRITE:
                options["root"] = tmp_path
            emulator = stack.enter_context(OmeMock(**ini_options(request.config) | options))
            emulators.append(emulator)
            return emulator

        yield make
    never_fired = [str(fault) for emulator in emulators for fault in emulator.faults.never_fired]
    if never_fired and not request.node.stash.get(HAS_FAILED, False):
        pytest.fail(f"armed and never fired: {', '.join(never_fired)} (must_fire=False allows it)", pytrace=False)


@pytest.fixture
def ome(request: pytest.FixtureRequest, ome_dialect: str | None) -> Iterator[OmeMock | OmeServer]:
    """A running emulator on free ports, with a manual clock, writing below `tmp_path` only; with --ome-target, that server."""
    options = _marked(request.node)
    if ome_dialect is not None:
        options["dialect"] = ome_dialect
    if request.config.getoption("--ome-target"):
        yield from server_of(request, options)
    else:
        yield made_as_marked(request.getfixturevalue("make_ome"), options)


def made_as_marked(make_ome: MakeOme, options: dict[str, Any]) -> OmeMock:
    """An emulator with the options of the markers; a mistake in them is told without the way through this package."""
    from .errors import ConfigurationError  # noqa: PLC0415 (lazy, as above)

    try:
        return make_ome(**options)
    except ConfigurationError as error:
        raise pytest.fail.Exception(f"fixture ome: {error}", pytrace=False) from None


def server_of(request: pytest.FixtureRequest, options: dict[str, Any]) -> Iterator[OmeServer]:
    """The server that --ome-target names; what a test left running there is stopped in the end."""
    from .contract.ome_server import OmeServer  # noqa: PLC0415 (lazy, as the emulator is)

    given = {name: request.config.getoption(f"--ome-{name}") for name in TARGET_OPTIONS}
    if asked := options.keys() - SERVERS_TAKE:
        not_on_a_server(request.config, f"marker ome: {', '.join(sorted(asked))}")
    server = OmeServer(
        given["target"],
        access_token=given["access-token"] or DEFAULT_ACCESS_TOKEN,
        llhls_url=given["llhls"],
        rtmp_url=given["rtmp"],
        files=Path(given["files"]) if given["files"] else None,
        out=given["out"] or "/tmp",  # noqa: S108 (the server's)
    )
    try:
        yield server
    finally:
        server.close()


def not_on_a_server(config: pytest.Config, reason: str) -> NoReturn:
    """Skip a test for what a server elsewhere can't have, or fail it with --ome-strict."""
    if config.getoption("--ome-strict"):
        pytest.fail(f"not on a server: {reason}", pytrace=False)
    pytest.skip(f"not on a server: {reason}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Skip a test that asks a server for what it can't have."""
    if not item.config.getoption("--ome-target"):
        return (yield)
    from .contract.ome_server import NotOnServer  # noqa: PLC0415 (lazy, as the emulator is)

    try:
        return (yield)
    except NotOnServer as error:
        not_on_a_server(item.config, str(error))


@pytest.fixture(scope="session")
def ome_session(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OmeMock]:
    """One running emulator for all tests, which share its state; `ome_session.reset()` starts it again."""
    from .served_emulator import OmeMock  # noqa: PLC0415 (lazy, as above)

    with OmeMock(root=tmp_path_factory.mktemp("ome"), **ini_options(pytestconfig)) as emulator:
        yield emulator


def ini_options(config: pytest.Config) -> dict[str, Any]:
    """The options of emulators that the ini file has."""
    given = {name: config.getini(f"ome_{name}") for name in ("dialect", "config")}
    if given["config"]:
        given["config"] = (config.inipath.parent if config.inipath else config.rootpath) / given["config"]
    return {name: value for name, value in given.items() if value}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Add the requests to a failed test's emulators to its report."""
    report: Any = yield
    if report.when == "call" and report.failed:
        item.stash[HAS_FAILED] = True
        for emulator in item.stash.get(EMULATORS, []):
            shown = [str(exchange) for exchange in emulator.journal.exchanges[-MOST_SHOWN:]]
            shown += [str(callback) for callback in emulator.journal.callbacks[-MOST_SHOWN:]]
            shown += [f"fault {firing.fault}: {firing.event}" for firing in emulator.faults.firings]
            if shown:
                report.sections.append((f"ome-mock at {emulator.url}", "\n".join(shown)))
    return report
