"""`ome-mock record`: a proxy that records."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path

import click

from ..errors import ConfigurationError
from ..recordings.case import World
from ..recordings.dump_looks import DumpLooks
from ..recordings.proxy import RecordingFile, RecordingProxy


def run_record(
    url: str,
    out: Path,
    *,
    host: str,
    port: int,
    redacts: bool,
    files: Path | None,
    config: Path | None,
    dialect: str | None,
    streams: tuple[str, ...],
) -> None:
    """Record until SIGTERM or Ctrl-C. Raises ConfigurationError for a URL that is none, a taken port, or files that can't be opened."""
    try:
        server_xml = None if config is None else config.read_text()
    except OSError as error:
        raise ConfigurationError(f"--config {config}: {error.strerror}") from None
    file = RecordingFile(out, World(server_xml, dialect, streams, datetime.now(UTC).isoformat(timespec="milliseconds")))
    proxy = RecordingProxy(url, file, redacts=redacts, looks=None if files is None else DumpLooks(files))

    async def record() -> None:
        stopped = asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(each, stopped.set)
        await proxy.serve(
            host, port, lambda bound: click.echo(f"recording what http://{host}:{bound} passes on to {url} in {out}"), stopped
        )

    try:
        asyncio.run(record())
    finally:
        file.close()
