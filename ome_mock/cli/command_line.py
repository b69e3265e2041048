"""The command line: `ome-mock serve`, `dump`, `check`, `openapi`, `demo`, `loop` and `--version`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from ..clock import FASTEST_RATE, Clock, ManualClock, RealClock
from ..dialect import DOCS, WriteMode, find_dialect
from ..errors import AddressInUse, ConfigurationError, reason_of
from ..logs import FORMATS, log_to_stderr
from ..settings import (
    DEFAULT_ACCESS_TOKEN,
    DEFAULT_IDLE_TIMEOUT_S,
    DEFAULT_LLHLS_PORT,
    DEFAULT_PORT,
    DEFAULT_STREAMS,
    UNKNOWN_ELEMENTS,
)
from ..versions import ENGINE_VERSION, VERSION
from .dialect_name import DialectName, VersionName
from .named_path import NamedPath
from .port_file import port_file
from .serving import (
    VARIABLE_PREFIX,
    banner,
    block_signals,
    control_servers,
    no_garbage_sought,
    open_page,
    ports_of,
    read_faults_file,
    wait_for_the_end,
    warn_of,
    warn_of_idle_faults,
    warn_of_variables,
)

EXIT_WRONG_OPTION = 2
EXIT_PORT_TAKEN = 4

PATH = NamedPath(path_type=Path)
FILE = NamedPath(dir_okay=False, path_type=Path)
EXISTING_FILE = NamedPath(exists=True, dir_okay=False, path_type=Path)
EXISTING_DIRECTORY = NamedPath(exists=True, file_okay=False, path_type=Path)

F = TypeVar("F", bound=Callable[..., Any])


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """Declare an option that an environment variable sets too: OME_MOCK_PORT for `--port`."""
    variable = VARIABLE_PREFIX + names[0].removeprefix("--").replace("-", "_").upper()
    return click.option(*names, envvar=variable, show_envvar=True, **settings)


def port_option(name: str, what: str, default: object = "none") -> Callable[[F], F]:
    """Declare the option of a port of `serve`; `default` is that of a server whose Server.xml names none."""
    text = f"Port {what}; 0 takes a free one.  [default: the Server.xml's, or {default}]"
    return option(name, type=click.IntRange(0, 65535), help=text)


def read_clock(context: click.Context, parameter: click.Parameter, value: str) -> Clock:
    """Read `real`, `manual`, or a rate such as `20x` for a faster real clock."""
    if value == "manual":
        return ManualClock()
    try:
        return RealClock() if value == "real" else RealClock(float(value.removesuffix("x")))
    except (ValueError, ConfigurationError):
        raise click.BadParameter(
            f"{value!r} is not real, manual or a rate such as 20x, {FASTEST_RATE}x at most.", context, parameter
        ) from None


def read_size(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """A width and a height such as `640x360`, both even."""
    if value is None:
        return None
    width, _, height = value.partition("x")
    if not (width.isdecimal() and height.isdecimal()) or not all(int(side) > 0 and int(side) % 2 == 0 for side in (width, height)):
        raise click.BadParameter(f"{value!r} is not two even numbers such as 640x360.", context, parameter)
    return int(width), int(height)


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.version_option(VERSION, message=f"ome-mock {VERSION}, emulating OvenMediaEngine {ENGINE_VERSION}")
@click.pass_context
def cli(context: click.Context) -> None:
    """An emulator of OvenMediaEngine for the teams who write its clients."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@cli.command(short_help="Serve the REST API and live streams.")
@option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@port_option("--port", "of the REST API", DEFAULT_PORT)
@port_option("--llhls-port", "of the LL-HLS publisher", DEFAULT_LLHLS_PORT)
@port_option("--tls-port", "of the REST API over TLS")
@port_option("--llhls-tls-port", "of the LL-HLS publisher over TLS")
@option("--tls-cert", type=PATH, help="Certificate of both, PEM.  [default: the Server.xml's, or one of its own]")
@option("--tls-key", type=PATH, help="Private key of --tls-cert, PEM.")
@port_option("--thumbnail-port", "of the thumbnail publisher")
@port_option("--rtmp-port", "that encoders publish to by RTMP")
@option("--access-token", help=f"Token that clients present.  [default: the Server.xml's, or {DEFAULT_ACCESS_TOKEN}]")
@option("--dialect", type=DialectName(), default=DOCS.name, show_default=True, help="Whose behaviour to show.")
@option("--config", metavar="SERVER.XML", type=PATH, help="Serve this configuration of OME.")
@option("--unknown-elements", type=click.Choice(UNKNOWN_ELEMENTS), help="What to do where it has some.  [default: the dialect's]")
@option(
    "--stream",
    "streams",
    multiple=True,
    metavar="VHOST/APP/STREAM",
    help=f"A connected stream.  [default: {DEFAULT_STREAMS[0]}, or none of a --config]",
)
@option("--root", type=PATH, help="Map every path that clients name below this directory.")
@option("--allow-path", "allow_paths", type=PATH, multiple=True, help="Allow writing below this directory too.")
@option("--allow-any-path", is_flag=True, help="Allow writing everywhere.")
@option("--writes", type=click.Choice([mode.value for mode in WriteMode]), help="How files are rewritten.  [default: the dialect's]")
@option("--populate", type=int, default=0, metavar="N", help="Add N plausible virtual hosts with applications and streams (needs Faker).")
@option("--media", type=PATH, metavar="LOOP.MP4", help="Have streams show this clip (`ome-mock loop` makes one).")
@option("--real-sizes", is_flag=True, help="Have tracks weigh what their bit rates say: 2 Mb/s and 128 kb/s of an encoder that doesn't.")
@option("--faults", "faults_file", type=FILE, help="A JSON file with an array of faults to arm.")
@option("--admission-url", metavar="URL", help="Ask this control server about encoders and players, where the Server.xml names none.")
@option("--admission-secret", metavar="KEY", help="The key that its requests are signed with.")
@option("--alert-url", metavar="URL", help="Tell this server what becomes of streams, where the Server.xml names none.")
@option("--alert-secret", metavar="KEY", help="The key that alerts are signed with.")
@option("--webhook-ca", type=EXISTING_FILE, help="Trust these certificates of control servers.")
@option("--allow-host", "allow_hosts", multiple=True, metavar="NAME", help="Show the page under this name too, beside those of loopback.")
@option("--open", "opens_page", is_flag=True, help="Open the page in the browser once all is up.")
@option(
    "--idle-timeout",
    type=click.FloatRange(0, min_open=True),
    default=DEFAULT_IDLE_TIMEOUT_S,
    show_default=True,
    metavar="SECONDS",
    help="Close connections that are silent for so long, in real time.",
)
@option("--clock", callback=read_clock, default="real", show_default=True, help="real, manual (POST /_mock/clock/advance), or 20x.")
@option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same stream keys.")
@option("--port-file", "told_in", type=FILE, help="Write ports and pid here once all is up; removed in the end.")
@option("--log-format", type=click.Choice(FORMATS), default="text", show_default=True, help="Log lines on stderr.")
def serve(
    *,
    host: str,
    thumbnail_port: int | None,
    rtmp_port: int | None,
    clock: Clock,
    told_in: Path | None,
    log_format: str,
    streams: tuple[str, ...],
    faults_file: Path | None,
    opens_page: bool,
    **options: Any,
) -> None:
    """Serve the REST API and live streams until SIGTERM, SIGQUIT or Ctrl-C."""
    block_signals()
    log_to_stderr(log_format)
    warn_of_variables(str(parameter.envvar) for parameter in click.get_current_context().command.params)
    with no_garbage_sought():
        from ..served_emulator import OmeMock  # noqa: PLC0415 (lazy: most of the time of a start is spent here)

        ome = OmeMock(
            host=host,
            thumbnail_port=thumbnail_port,
            rtmp_port="configured" if rtmp_port is None else rtmp_port,
            clock=clock,
            streams=streams or None,
            faults=[] if faults_file is None else read_faults_file(faults_file),
            **control_servers(options),
            **options,
        )
    with ExitStack() as ending:
        ending.callback(warn_of_idle_faults, ome)
        ending.enter_context(ome)
        if told_in is not None:
            ending.enter_context(port_file(told_in, ports_of(ome)))
        click.echo(banner(ome))
        warn_of(ome, host, thumbnail_port)
        if opens_page:
            open_page(ome)
        wait_for_the_end()


@cli.command(short_help="Write a finished dump without a server.")
@click.option("--out", type=NamedPath(file_okay=False, path_type=Path), required=True, help="Where the files go.")
@click.option("--seconds", type=float, default=60.0, show_default=True, help="How much of the stream.")
@click.option("--dialect", type=DialectName(), default=DOCS.name, show_default=True, help="Whose behaviour to show.")
@click.option("--config", metavar="SERVER.XML", type=PATH, help="Take the application from this configuration.")
@click.option("--stream", default=DEFAULT_STREAMS[0], show_default=True, metavar="VHOST/APP/STREAM", help="The input stream to dump.")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same bytes.")
def dump(*, out: Path, seconds: float, stream: str, **options: Any) -> None:
    """Write a finished dump, its info file `dump.info` included, without a server.

    The exit code is 1 where a file could not be written.
    """
    from .dump import make_dump  # noqa: PLC0415 (lazy: no other command needs it)

    made = make_dump(out, seconds, streams=[stream], **options)
    click.echo(f"{out}: {len(made.files)} files and dump.info, {made.status}")
    if made.status == "Error":
        sys.exit(1)


@cli.command(short_help="Say what is wrong with dumps.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=NamedPath())
@click.option("--dialect", help="List apart what every dump of this dialect or engine has, such as engine-0.21 or 0.16.4.")
@click.option("--json", "as_json", is_flag=True, help="An array of findings.")
def check(*, paths: tuple[str, ...], dialect: str | None, as_json: bool) -> None:
    """Check dumps, this program's or a real engine's: directories, info files, playlists, or whatever holds some.

    The exit code is 0 where nothing is wrong, 1 where something is, 2 where there is no dump.
    """
    from .check import run_check  # noqa: PLC0415 (lazy: no other command needs it)

    sys.exit(run_check(paths, dialect, as_json=as_json))


@cli.command(short_help="Print a description of the emulated API.")
@click.option("--dialect", type=DialectName(), default=DOCS.name, show_default=True, help="Whose behaviour to describe.")
def openapi(*, dialect: str) -> None:
    """Print a description of the emulated API (OpenAPI 3.1, JSON), to validate by or to generate clients from."""
    from ..web.description.document import describe_api  # noqa: PLC0415 (lazy: no other command needs it)

    click.echo(json.dumps(describe_api(find_dialect(dialect)), indent=2))


@cli.command(short_help="Tell what changes between versions of OME.")
@click.argument("before", type=VersionName(), required=False)
@click.argument("after", type=VersionName(), required=False)
def versions(*, before: str | None, after: str | None) -> None:
    """Tell what changes for a client from version BEFORE to AFTER, or from BEFORE to the newest; of all versions without either."""
    from ..dialect.upgrade import page, release_notes  # noqa: PLC0415 (lazy: no other command needs it)

    if before is None:
        click.echo(page(), nl=False)
    else:
        click.echo("\n".join(release_notes(find_dialect(before), find_dialect(after or "engine"))))


@cli.command(short_help="Record what clients and a server say.")
@click.option("--to", "url", metavar="URL", required=True, help="The server that answers, such as http://127.0.0.1:8081.")
@click.option("--out", type=FILE, required=True, help="The recording, one JSON object a line.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port to listen on.  [default: a free one]")
@click.option("--redact", "redacts", is_flag=True, help="Mask credentials, cookies, signatures and secret fields.")
@click.option("--files", type=EXISTING_DIRECTORY, help="Where the server's / is seen: record its dumps.")
@click.option("--config", metavar="SERVER.XML", type=EXISTING_FILE, help="Keep the server's configuration.")
@click.option("--dialect", type=DialectName(), help="Note the server's dialect; without it a replay finds the closest.")
@click.option("--stream", "streams", multiple=True, metavar="VHOST/APP/STREAM", help="Note a stream that is connected.")
def record(*, url: str, out: Path, **options: Any) -> None:
    """Pass on what clients send to a server, and record both sides until SIGTERM or Ctrl-C."""
    from .record import run_record  # noqa: PLC0415 (lazy: no other command needs it)

    run_record(url, out, **options)


@cli.command(short_help="Put a recording to an emulator, and compare.")
@click.argument("path", metavar="FILE", type=EXISTING_FILE)
@click.option("--to", metavar="URL", help="Put it to this server instead of an emulator, in real time.")
@click.option("--access-token", default=DEFAULT_ACCESS_TOKEN, show_default=True, help="The token that this server accepts.")
@click.option("--dialect", type=DialectName(), help="Whose behaviour to show.  [default: the recording's, or the closest]")
@click.option("--config", metavar="SERVER.XML", type=PATH, help="Serve this configuration.  [default: the recording's]")
@click.option("--stream", "streams", multiple=True, metavar="VHOST/APP/STREAM", help="A connected stream.  [default: the recording's]")
@click.option("--junit", type=FILE, help="Write a report in JUnit's XML.")
@click.option("--json", "json_file", type=FILE, help="Write a report in JSON.")
def replay(*, path: Path, **options: Any) -> None:
    """Put a recording to an emulator made for it, and print every difference.

    The exit code is 0 where nothing differs, 1 where something does.
    """
    from .replay import run_replay  # noqa: PLC0415 (lazy: no other command needs it)

    sys.exit(run_replay(path, **options))


@cli.command(short_help="Compare a server with the emulator.")
@click.argument("url")
@click.option("--stream", default=DEFAULT_STREAMS[0], show_default=True, metavar="VHOST/APP/STREAM", help="A running stream to ask about.")
@click.option("--access-token", default=DEFAULT_ACCESS_TOKEN, show_default=True, help="The token that the server accepts.")
@click.option("--dialect", type=DialectName(), help="Whose behaviour is wanted.  [default: the closest one's]")
@click.option("--config", metavar="SERVER.XML", type=NamedPath(exists=True, path_type=Path), help="The server's own, if it is known.")
@click.option("--out", default="/tmp", show_default=True, metavar="DIR", help="Where on the server to dump.")  # noqa: S108 (the server's)
@click.option("--files", type=EXISTING_DIRECTORY, help="Where the server's / is seen: compare a dump.")
@click.option("--dangerous", is_flag=True, help="Run what stops others' dumps, and what is known to kill engines.")
@click.option("--junit", type=FILE, help="Write a report in JUnit's XML.")
@click.option("--json", "json_file", type=FILE, help="Write a report in JSON.")
def verify(*, url: str, **options: Any) -> None:
    """Ask a server, an engine or an emulator, what its clients ask, and print where it answers unlike the emulator.

    It starts dumps of its own, stops them, and touches nothing else. The exit code is 0 where nothing differs, 1 where something does.
    """
    from .verify import run_verify  # noqa: PLC0415 (lazy: no other command needs it)

    sys.exit(run_verify(url, **options))


@cli.command(short_help="Play one story on a fast clock.")
@click.option("--serve", "goes_on", is_flag=True, help="Play it in real time, and go on with the page until SIGTERM or Ctrl-C.")
def demo(*, goes_on: bool) -> None:
    """Play one story from start to finish on a fast clock, and print it."""
    from .demo import run_demo, serve_demo  # noqa: PLC0415 (lazy: no other command needs it)

    if goes_on:
        block_signals()
        serve_demo(click.echo, wait_for_the_end)
    else:
        run_demo(click.echo)


@cli.command(short_help="Make of a clip a loop for `serve --media`.")
@click.option("--from", "clip", type=EXISTING_FILE, required=True, help="The clip.")
@click.option("--out", type=FILE, required=True, help="The loop, an MP4 file.")
@click.option("--seconds", type=click.FloatRange(1, 600), default=8.0, show_default=True, help="About how long it is to be.")
@click.option("--size", callback=read_size, metavar="WIDTHxHEIGHT", help="The size of its picture.  [default: the clip's]")
@click.option("--codec", type=click.Choice(["h264", "h265"]), default="h264", show_default=True, help="How its picture is coded.")
def loop(*, clip: Path, out: Path, **options: Any) -> None:
    """Make of a clip a loop that closes, for `serve --media` (needs PyAV)."""
    from .loop import make_loop  # noqa: PLC0415 (lazy: no other command needs it)

    with click.progressbar(length=1, label=str(out), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def show(done: int, whole: int) -> None:
            bar.length = whole
            bar.update(done - bar.pos)

        made = make_loop(clip, out, on_progress=show, **options)
    click.echo(f"{out}: {made}")


OPTIONS = {str(parameter.name): parameter.opts[0] for command in cli.commands.values() for parameter in command.params} | {
    "admission_webhooks": "--admission-url",
    "alerts": "--alert-url",
}
"""The options by the names of the arguments that they become."""


def main() -> NoReturn:
    """Run the command line; a mistake of the user is one line on stderr."""
    try:
        cli.main(prog_name="ome-mock", standalone_mode=False)
    except click.ClickException as error:
        fail(" ".join(error.format_message().split()), error.exit_code)
    except AddressInUse as error:
        fail(str(error), EXIT_PORT_TAKEN)
    except ConfigurationError as error:
        fail(error.told_as(OPTIONS), EXIT_WRONG_OPTION)
    except click.Abort:
        fail("interrupted", 130)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        fail(f"can't go on: {where}{reason_of(error)}", 1)
    sys.exit(0)


def fail(message: str, status: int) -> NoReturn:
    click.echo(f"ome-mock: {message}", err=True)
    sys.exit(status)
