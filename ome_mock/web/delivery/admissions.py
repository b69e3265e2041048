"""Players that a control server is asked about before anything is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING
from wsgiref.types import WSGIEnvironment

from ...callbacks.players import Admitted, Players
from ...callbacks.stream_url import parse_stream_url
from ...callbacks.webhooks import Client
from ...engine.stream import OutputStream
from ...engine.virtual_hosts import find_virtual_host
from ...hls.file_names import LiveFile, MasterPlaylistFile
from ...settings import LLHLS, AdmissionWebhooks, VirtualHostSettings
from ..wire.answer import Answer
from ..wire.parking import Connection
from ..wire.request_headers import url_of

if TYPE_CHECKING:
    from .publisher import Delivery, Target


class AdmittedSessions:
    """The sessions of one request's player, as its control server has let it in."""

    def __init__(self, players: Players, admitted: Admitted | None) -> None:
        self._players = players
        self._admitted = admitted

    def begin(self, stream: OutputStream, connection: Connection | None) -> str:
        if self._admitted is None:
            raise ValueError("a session begins with the master playlist")
        return self._players.begin(stream, connection, self._admitted)

    def resume(self, stream: OutputStream, name: str | None, connection: Connection | None) -> str:
        return self._players.resume(stream, name, connection)


def answer_admitted(
    environ: WSGIEnvironment,
    delivery: Delivery,
    players: Players,
    settings: AdmissionWebhooks,
    target: Target,
    file: LiveFile,
    virtual_hosts: list[VirtualHostSettings],
) -> Answer:
    """Answer a player; its control server is asked at each master playlist (recorded)."""
    if not isinstance(file, MasterPlaylistFile):
        return delivery.answer_for(environ, target, file, AdmittedSessions(players, None))
    admitted = ask_about(
        environ, players, settings, "/".join((target.vhost.name if target.vhost else "", target.app, target.stream)), LLHLS
    )
    if admitted.verdict.is_fatal:
        return Answer.hang_up()
    if not admitted.verdict.allowed:
        return delivery.refused()
    return delivery.answer_for(environ, _moved(target, admitted.verdict.new_url, virtual_hosts), file, AdmittedSessions(players, admitted))


def ask_about(environ: WSGIEnvironment, players: Players, settings: AdmissionWebhooks, stream: str, protocol: str) -> Admitted:
    """Ask a control server about the player of a request; `stream` is `vhost/app/stream`."""
    return players.ask(settings, stream, _client(environ), url_of(environ), protocol)


def _client(environ: WSGIEnvironment) -> Client:
    address = environ.get("REMOTE_ADDR", "")
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "").partition(",")[0].strip()
    real_ip = environ.get("HTTP_X_REAL_IP") or forwarded or address
    return Client(address, int(environ.get("REMOTE_PORT") or 0), real_ip, environ.get("HTTP_USER_AGENT"))


def _moved(target: Target, new_url: str | None, virtual_hosts: list[VirtualHostSettings]) -> Target:
    """The stream to which a control server sends a player; the file stays (recorded: outgoing/new url to another file)."""
    moved = None if new_url is None else parse_stream_url(new_url)
    if moved is None:
        return target
    return target._replace(vhost=find_virtual_host(virtual_hosts, moved.host), app=moved.app, stream=moved.stream)
