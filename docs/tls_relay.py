#!/usr/bin/env python3
"""Ends TLS before a server that speaks plain HTTP: whatever comes in is passed on, whatever comes back is passed back.

docs/tls_relay.py CERT KEY PORT HOST:PORT
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from asyncio import StreamReader, StreamWriter
from contextlib import suppress


async def pump(source: StreamReader, sink: StreamWriter) -> None:
    """Copy until one side ends."""
    with suppress(ConnectionError, ssl.SSLError):
        while received := await source.read(65_536):
            sink.write(received)
            await sink.drain()
    sink.close()


async def serve(cert: str, key: str, port: int, server: str) -> None:
    """Relay until cancelled."""
    host, _, server_port = server.rpartition(":")

    async def relay(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection(host, int(server_port))
        except OSError:
            writer.close()
            return
        await asyncio.gather(pump(reader, to_server), pump(from_server, writer))

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    async with await asyncio.start_server(relay, "127.0.0.1", port, ssl=context) as listening:
        await listening.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
