"""The sockets of RTMP publishers: an asyncio protocol for each, in the loop of the HTTP server.

    socket --bytes--> RtmpConnection --events--> _Connection --> Guest (in a thread that may wait)
    socket <--bytes-- answers                    _Connection <-- Decision

A connection is never closed for silence. Those that publish nothing are bounded in number instead: the oldest gives way.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import Enum
from functools import partial
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from ...errors import log_internal_error
from ...ingest.connection import MOST_UNSENT, RtmpConnection
from ...ingest.events import Ended, Event, PublishRequested, TracksChanged, TracksKnown
from ...text import printable
from .server import BACKLOG, bind

log = logging.getLogger("ome_mock.rtmp")

T = TypeVar("T")
GuestDeed = Literal["complete", "change", "pause", "go_on", "leave"]

MOST_IDLE = 128
"""So many connections may publish nothing, unfinished handshakes among them."""
MOST_PUBLISHERS = 500
MOST_THREADS = 32
"""So many publishers may wait for control servers and disks at once; further ones wait for them."""
LOOK_S = 0.25
SILENT_AFTER_S = 1.0
"""A publisher whose frames have not come for so long has stalled."""
FLUSH_S = 5.0
"""The time in which a client has to read the last answers."""


class Decision(Enum):
    """The answers to a request to publish."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    IGNORE = "ignore"


class Guest(Protocol):
    """One publisher, as the emulator sees it.

    Its methods may wait, and each is called when the one before it has returned. What it can't have it answers by `throw_out`.
    """

    def request(self, asked: PublishRequested) -> Decision:
        """Decide about a publisher that wants to begin."""

    def hear(self) -> None:
        """Its first frame has come; called by the loop, so that it must not wait."""

    def begin(self) -> None:
        """Its tracks are known."""

    def complete(self) -> None:
        """Enough is known of its tracks to make outputs of them."""

    def change(self) -> None:
        """Its tracks have changed."""

    def pause(self) -> None:
        """Its frames have stopped coming."""

    def go_on(self) -> None:
        """They come again."""

    def leave(self) -> None:
        """Its connection has ended."""


class Client(NamedTuple):
    """The other end of a connection; `socket_number` is that of this end, among the process's."""

    address: str
    port: int
    socket_number: int


class House(Protocol):
    """Makes connections and their guests."""

    def connection(self, client: Client) -> RtmpConnection: ...

    def guest(self, connection: RtmpConnection, client: Client, throw_out: Callable[[], None]) -> Guest:
        """A guest; `throw_out` closes its connection and may be called in any thread."""


class RtmpListener:
    """Listens for publishers, whose connections share a loop with others'.

    The constructor binds the port, 0 for a free one; raises AddressInUse or ConfigurationError.
    """

    def __init__(self, host: str, port: int, house: House, loop: asyncio.AbstractEventLoop) -> None:
        self._house = house
        self._loop = loop
        self._socket = bind(host, port, "--rtmp-port")
        self.port: int = self._socket.getsockname()[1]
        self._server: asyncio.Server | None = None
        self._threads = ThreadPoolExecutor(MOST_THREADS, "ome-mock publisher")
        self._listing = asyncio.Lock()
        self._idle: dict[_Connection, None] = {}
        self._publishing: set[_Connection] = set()
        self._working: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin, once the loop runs."""
        asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result()

    def stop(self) -> None:
        """Close every connection and the port, and do nothing more for any publisher; work that has begun may go on."""
        if self._server is None:
            self._socket.close()
        else:
            asyncio.run_coroutine_threadsafe(self._close(self._server), self._loop).result()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def join(self) -> None:
        """Wait for the work that had begun."""
        self._threads.shutdown()

    async def _serve(self) -> None:
        self._server = await self._loop.create_server(lambda: _Connection(self), sock=self._socket, backlog=BACKLOG)

    async def _close(self, server: asyncio.Server) -> None:
        server.close()
        for connection in [*self._idle, *self._publishing]:
            connection.abort()
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    # For connections

    def welcome(self, connection: _Connection) -> House:
        """Take in a connection; the one that has published nothing for the longest time gives way where there are too many."""
        self._idle[connection] = None
        if len(self._idle) > MOST_IDLE:
            next(iter(self._idle)).end(f"{MOST_IDLE} connections publish nothing, and this is the oldest")
        return self._house

    def publishes(self, connection: _Connection) -> bool:
        """A connection begins to publish; returns False where too many do."""
        self._idle.pop(connection, None)
        if len(self._publishing) >= MOST_PUBLISHERS:
            return False
        self._publishing.add(connection)
        return True

    def forget(self, connection: _Connection) -> None:
        self._idle.pop(connection, None)
        self._publishing.discard(connection)

    def work(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin work for a connection."""
        task = self._loop.create_task(work)
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return task

    async def list_in_turn(self, begin: Callable[[], None]) -> None:
        """List a stream behind those whose first media came before its own."""
        async with self._listing:
            await self.in_thread(begin)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do what may wait for a disk, a lock or a control server."""
        return await self._loop.run_in_executor(self._threads, work)


class _Connection(asyncio.Protocol):
    """One socket: bytes go to the protocol, events become deeds, which are done one after the other."""

    def __init__(self, listener: RtmpListener) -> None:
        self._listener = listener
        self._loop = asyncio.get_running_loop()
        self._deeds: deque[Callable[[], Awaitable[None]]] = deque()
        self._working: asyncio.Task[None] | None = None
        self._guest: Guest | None = None
        self._is_heard = self._is_complete = self._is_silent = False
        self._frames = 0
        self._heard_s = 0.0
        self._look: asyncio.TimerHandle | None = None
        self._flush: asyncio.TimerHandle | None = None

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 (TCP has no other)
        self._transport = transport
        address, port, *_ = transport.get_extra_info("peername") or ("", 0)
        self._client = Client(address, port, transport.get_extra_info("socket").fileno())
        self._house = self._listener.welcome(self)
        self._rtmp = self._house.connection(self._client)

    def data_received(self, data: bytes) -> None:
        self._act(self._rtmp.receive(data))

    def connection_lost(self, error: Exception | None) -> None:
        if self._flush is not None:
            self._flush.cancel()
        self._act(self._rtmp.end(f"the client reset it: {error}" if error else "the client closed it"))

    # What the listener calls

    def end(self, reason: str) -> None:
        self._act(self._rtmp.end(reason))

    def abort(self) -> None:
        """Close at once and tell nobody."""
        self._rtmp.end("the emulator stops")
        self._deeds.clear()
        self._stop_looking()
        self._transport.abort()

    def _throw_out(self) -> None:
        """Close it, from any thread."""
        with suppress(RuntimeError):  # the loop has ended, and all connections with it
            self._loop.call_soon_threadsafe(self.end, "the emulator ended its stream")

    # Events

    def _act(self, events: list[Event]) -> None:
        self._answer()
        if not self._is_heard and self._guest is not None and self._rtmp.frames:
            self._is_heard = True
            self._guest.hear()
        for event in events:
            match event:
                case PublishRequested():
                    self._ask(event)
                case TracksKnown():
                    self._begin()
                case TracksChanged():
                    self._have_guest("change")
                case Ended(reason=reason):
                    self._close(reason)
        if self._look is not None:
            self._notice_progress()

    def _answer(self) -> None:
        answer = self._rtmp.bytes_to_send()
        if answer:
            self._transport.write(answer)
            if self._transport.get_write_buffer_size() > MOST_UNSENT:
                self._transport.abort()

    def _ask(self, asked: PublishRequested) -> None:
        self._transport.pause_reading()
        guest = self._guest = self._guest or self._house.guest(self._rtmp, self._client, self._throw_out)
        self._do(lambda: self._decide(guest, asked))

    async def _decide(self, guest: Guest, asked: PublishRequested) -> None:
        decision = await self._listener.in_thread(lambda: guest.request(asked))
        if self._rtmp.closed:
            return
        decide = {Decision.ACCEPT: self._rtmp.accept, Decision.REFUSE: self._rtmp.refuse, Decision.IGNORE: self._rtmp.pass_over}
        self._transport.resume_reading()
        self._act(decide[decision]())

    def _begin(self) -> None:
        if self._guest is None or not self._listener.publishes(self):
            self.end(f"{MOST_PUBLISHERS} others publish")
            return
        self._do(partial(self._listener.list_in_turn, self._guest.begin))
        self._heard_s = self._loop.time()
        self._look_later()

    def _close(self, reason: str) -> None:
        level = logging.DEBUG if self._guest is None else logging.INFO
        log.log(level, "the connection of %s:%d ends: %s", self._client.address, self._client.port, printable(reason))
        self._stop_looking()
        self._listener.forget(self)
        self._have_guest("leave")
        if self._transport.get_write_buffer_size():
            self._flush = self._loop.call_later(FLUSH_S, self._transport.abort)
        self._transport.close()

    # Progress and silence

    def _look_later(self) -> None:
        self._look = self._loop.call_later(LOOK_S, self._look_now)

    def _stop_looking(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _look_now(self) -> None:
        frames, now_s = self._rtmp.frames, self._loop.time()
        if frames != self._frames:
            self._frames, self._heard_s = frames, now_s
        elif now_s - self._heard_s >= SILENT_AFTER_S and not self._is_silent:
            self._is_silent = True
            self._have_guest("pause")
        self._look_later()

    def _notice_progress(self) -> None:
        """See at once what can't wait: that outputs can be made, and the end of a silence."""
        if not self._is_complete and self._rtmp.is_complete:
            self._is_complete = True
            self._have_guest("complete")
        if self._is_silent and self._rtmp.frames != self._frames:
            self._is_silent = False
            self._have_guest("go_on")

    # Deeds

    def _have_guest(self, deed: GuestDeed) -> None:
        """Have the guest, if there is one, do something when it has done all before."""
        if self._guest is not None:
            self._do(partial(self._listener.in_thread, getattr(self._guest, deed)))

    def _do(self, deed: Callable[[], Awaitable[None]]) -> None:
        self._deeds.append(deed)
        if self._working is None or self._working.done():
            self._working = self._listener.work(self._work())

    async def _work(self) -> None:
        while self._deeds:
            deed = self._deeds.popleft()
            try:
                await deed()
            except Exception as error:  # noqa: BLE001
                log_internal_error(log, error)
                self.end("an internal error")
