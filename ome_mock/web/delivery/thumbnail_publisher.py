"""The thumbnail publisher, which answers requests for `/<app>/<stream>/thumb.<extension>` (live-llhls.md#thumbnails)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from wsgiref.types import WSGIEnvironment

from ...clock import Clock
from ...engine.engine import Engine
from ...player_refusals import NotServed, ThumbnailStreamNotFound
from ...settings import THUMBNAIL, VirtualHostSettings, asked_about
from ...thumbnails.thumbnail import CODECS, find_thumbnail
from ..wire.answer import Answer
from ..wire.request_line import method_of, path_of
from .addressed_host import addressed_host
from .player_answers import PlayerAnswers, PlayerRequest

if TYPE_CHECKING:
    from ...callbacks.players import Players

METHODS = "GET"
PICTURE = re.compile(rf".*\.({'|'.join(CODECS)})", re.IGNORECASE | re.DOTALL)
"""The names that the publisher takes; it has no others than `thumb`, in lower case."""
THUMBNAIL_FILE = re.compile(rf"thumb\.({'|'.join(CODECS)})")


def is_for_thumbnails(environ: WSGIEnvironment) -> bool:
    """Says if the publisher takes a request, whatever it then answers."""
    return _picture_asked_for(environ) is not None


def _picture_asked_for(environ: WSGIEnvironment) -> tuple[str, str, str] | None:
    """The application, stream and file that a request of the publisher's names; None if it is another's."""
    parts = (path_of(environ.get("HTTP_HOST", ""), environ["REQUEST_URI"]) or "").split("/")
    is_taken = len(parts) == 4 and method_of(environ["REQUEST_METHOD"]) == METHODS and PICTURE.fullmatch(parts[3])
    return (parts[1], parts[2], parts[3]) if is_taken else None


class Thumbnails:
    """Answers requests for thumbnails, at once."""

    def __init__(self, engine: Engine, clock: Clock, find_players: Callable[[], Players]) -> None:
        self._engine = engine
        self._clock = clock
        self._find_players = find_players
        self._answers = PlayerAnswers(clock, engine.dialect)

    def answer(self, environ: WSGIEnvironment) -> Answer:
        asked_for = _picture_asked_for(environ)
        if asked_for is None or not self._engine.world.binds(THUMBNAIL):
            return self._answers.not_taken()
        app, stream, name = asked_for
        file = THUMBNAIL_FILE.fullmatch(name)
        if file is None:
            return self._answers.without_origins(404)
        vhost = addressed_host(self._engine.virtual_hosts(), environ.get("HTTP_HOST", ""))
        vhost_name = vhost.name if vhost else ""
        webhooks = asked_about(vhost, THUMBNAIL)
        if webhooks is not None:
            from .admissions import ask_about  # noqa: PLC0415 (lazy: most emulators ask no control server)

            verdict = ask_about(environ, self._find_players(), webhooks, f"{vhost_name}/{app}/{stream}", THUMBNAIL).verdict
            if not verdict.allowed:
                return Answer.hang_up() if verdict.is_fatal else self._answers.without_origins(401, b"Unauthorized")
        return self._answer_for(environ, vhost, app, stream, file[1])

    def _answer_for(self, environ: WSGIEnvironment, vhost: VirtualHostSettings | None, app: str, name: str, extension: str) -> Answer:
        vhost_name = vhost.name if vhost else ""
        application = self._engine.find_application(vhost_name, app)
        publisher = None if application is None else application.thumbnail
        asked = PlayerRequest.read(environ, publisher, self._engine.world, vhost, self._engine.dialect, METHODS)
        try:
            stream = next(iter(self._engine.output_streams(vhost_name, app, name)), None) if publisher else None
            if stream is None:
                raise ThumbnailStreamNotFound
            picture = find_thumbnail(stream, extension, self._clock.now_ns())
        except NotServed as error:
            return self._answers.refusal(asked, error)
        return self._answers.plain(asked, picture, f"image/{CODECS[extension]}")
