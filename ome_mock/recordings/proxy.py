"""A proxy that passes on every byte as it comes, and writes down what both sides said."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import ssl
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from ..errors import AddressInUse, ConfigurationError, reason_of
from ..text import printable
from .case import Case, Exchange, Step, World
from .conversation import Conversation
from .dump_looks import DumpLooks
from .jsonl import render_case, render_world
from .redaction import redacted, without_access_token

log = logging.getLogger("ome_mock.recordings")

AT_ONCE = 65536


class RecordingFile:
    """Appends cases to a file, each with one write, so that whatever stops the program leaves whole lines.

    What the file held is kept until it is begun. Raises ConfigurationError where it can't be.
    """

    def __init__(self, path: Path, world: World) -> None:
        self._path = path
        self._world = world
        self._file: int | None = None
        self._count = 0

    def begin(self) -> None:
        try:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
        except OSError as error:
            raise ConfigurationError(f"--out {printable(str(self._path))}: {error.strerror}") from None
        self._append(render_world(self._world))

    def write(self, steps: tuple[Step, ...], at_s: float, connection: int) -> None:
        self._count += 1
        self._append(render_case(Case(str(self._count), steps, at_s=round(at_s, 3), connection=connection)))

    def _append(self, line: str) -> None:
        if self._file is not None:
            os.write(self._file, line.encode())

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)


class RecordingProxy:
    """Listens on `host:port`, connects each client to the server at `url`, and records to `file`.

    `looks` gives the files of dumps after each request about them. What breaks a connection on one side breaks it on the other.
    """

    def __init__(self, url: str, file: RecordingFile, *, redacts: bool, looks: DumpLooks | None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError(f"--to {url!r} is not the URL of a server, such as http://127.0.0.1:8081")
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._address = parts.hostname, parts.port or (443 if self._tls else 80)
        self._file = file
        self._redacts = redacts
        self._looks = looks
        self._looking = asyncio.Lock()
        """Held while files are looked at: no request is passed on meanwhile, for what it does belongs to its own look."""
        self._began = time.monotonic()
        self._connections = 0
        self._passing: set[asyncio.Task[None]] = set()

    async def serve(self, host: str, port: int, on_ready: Callable[[int], None], until: asyncio.Event) -> None:
        """Serve until the event is set; the file is begun, then `on_ready` is given the port. Raises ConfigurationError."""
        try:
            server = await asyncio.start_server(self._accept, host, port, limit=AT_ONCE)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise AddressInUse(f"port {port} on {host} is taken; --port 0 takes a free one") from None
            raise ConfigurationError(f"can't listen on {printable(host)}, port {port}: {reason_of(error)}") from None
        async with server:
            self._file.begin()
            on_ready(server.sockets[0].getsockname()[1])
            await until.wait()
        for each in self._passing:
            each.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._pass_on(reader, writer))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        number, at_s = self._connections, time.monotonic() - self._began
        try:
            from_server, to_server = await asyncio.open_connection(*self._address, ssl=self._tls, limit=AT_ONCE)
        except OSError as error:
            log.warning("hung up on a client: %s:%s can't be reached: %s", *self._address, reason_of(error))
            writer.transport.abort()
            return
        conversation = Conversation()

        async def client_sent(data: bytes) -> None:
            nonlocal at_s
            async with self._looking:
                pass
            at_s = time.monotonic() - self._began if conversation.is_idle else at_s
            conversation.client_sent(data)

        async def server_sent(data: bytes) -> None:
            for exchange in conversation.server_sent(data):
                await self._record(exchange, at_s, number)

        try:
            await asyncio.gather(_pump(reader, to_server, before=client_sent), _pump(from_server, writer, after=server_sent))
        finally:
            for exchange in conversation.closed():
                await self._record(exchange, at_s, number)
            writer.close()
            to_server.close()

    async def _record(self, exchange: Exchange, at_s: float, connection: int) -> None:
        steps: tuple[Step, ...] = (self._kept(exchange),)
        try:
            if self._looks is not None and self._looks.follows(exchange):
                async with self._looking:
                    steps = (*steps, await asyncio.to_thread(self._looks.look))
        finally:  # the end of the recorder doesn't wait for a look
            self._file.write(steps, at_s, connection)

    def _kept(self, exchange: Exchange) -> Exchange:
        kept = without_access_token(exchange)
        return redacted(kept) if self._redacts else kept


async def _pump(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    before: Callable[[bytes], Awaitable[None]] | None = None,
    after: Callable[[bytes], Awaitable[None]] | None = None,
) -> None:
    """Pass bytes on until a side ends or breaks, which the other side then sees. `before` and `after` are given what passes."""
    try:
        while data := await reader.read(AT_ONCE):
            if before is not None:
                await before(data)
            writer.write(data)
            await writer.drain()
            if after is not None:
                await after(data)
        if writer.can_write_eof():
            writer.write_eof()
        else:
            writer.close()
    except OSError:
        writer.transport.abort()
