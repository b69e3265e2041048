"""Admission webhooks: what a control server is asked about an encoder or a player, and what its answer means."""

from __future__ import annotations

import json
import logging
from datetime import UTC
from enum import Enum
from typing import Any, NamedTuple

from ..dialect import Dialect
from ..json_reader import read_json
from ..refusals import RequestRefused
from ..settings import AdmissionWebhooks
from ..text import printable
from ..timestamps import iso_time
from .courier import Outcome, Reply
from .outbox import Callback, Outbox
from .stream_url import parse_stream_url

log = logging.getLogger("ome_mock.callbacks")


class Direction(Enum):
    """The direction of the media."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class Client(NamedTuple):
    """Who connects: address, port, the address that proxies name, and the user agent, None where it named none."""

    address: str
    port: int
    real_ip: str
    user_agent: str | None = None


class Admission(NamedTuple):
    """One encoder or player at a control server; `stream` is `vhost/app/stream`, `protocol` in lower case."""

    settings: AdmissionWebhooks
    stream: str
    client: Client
    direction: Direction
    protocol: str
    url: str


class Verdict(NamedTuple):
    """The meaning of a control server's answer.

    `lifetime_ms` is 0 where there is no end, `is_fatal` where the answer kills the engine, `is_late` where there was none in time.
    """

    allowed: bool
    reason: str = ""
    new_url: str | None = None
    lifetime_ms: int = 0
    is_fatal: bool = False
    is_late: bool = False


class Webhooks:
    """Asks control servers."""

    def __init__(self, outbox: Outbox, dialect: Dialect) -> None:
        self._outbox = outbox
        self._dialect = dialect

    def timeout_ms(self, settings: AdmissionWebhooks) -> int:
        """The time for which a control server is waited for."""
        return settings.timeout_ms * self._dialect.timeouts_waited

    def ask_opening(self, admission: Admission, now_ns: int) -> Verdict:
        """Ask whether somebody is let in, and wait for the answer."""
        return read_verdict(self._outbox.ask(self._callback(admission, "opening", None, now_ns), now_ns))

    def tell_closing(self, admission: Admission, new_url: str | None, now_ns: int, times: int = 1, *, waits: bool = False) -> None:
        """Tell that somebody has gone, in another thread unless one waits; nothing of the answer counts, unless it kills the engine."""
        callback = self._callback(admission, "closing", new_url, now_ns)
        if waits:
            read_verdict(self._outbox.ask(callback, now_ns))
            return

        def tell() -> None:
            for _ in range(times):
                read_verdict(self._outbox.send(callback, now_ns))

        self._outbox.post(tell)

    def _callback(self, admission: Admission, status: str, new_url: str | None, now_ns: int) -> Callback:
        settings, client = admission.settings, admission.client
        who: dict[str, object] = {"address": client.address, "port": client.port}
        if self._dialect.callbacks_have_real_ip:
            who["real_ip"] = client.real_ip
        if client.user_agent is not None:
            who[self._dialect.user_agent_key] = client.user_agent
        asked = {
            "direction": admission.direction.value,
            "protocol": self._dialect.webhook_protocols[admission.protocol],
            "status": status,
            "time": iso_time(now_ns, UTC).removesuffix("+00:00") + self._dialect.webhook_utc,
            "url": admission.url,
        }
        is_told = new_url or self._dialect.closing_always_has_new_url
        if status == "closing" and admission.protocol != "webrtc" and is_told:
            asked["new_url"] = new_url or admission.url
        return Callback(
            status,
            admission.stream,
            settings.url,
            settings.secret_key,
            self.timeout_ms(settings),
            render({"client": who, "request": asked}),
        )


def render(value: Any) -> bytes:
    """Compact JSON with its keys sorted, as every recorded callback has it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogateescape")


def read_verdict(reply: Reply) -> Verdict:
    """The meaning of an answer: only 200 with an object whose `allowed` is true admits (recorded)."""
    if reply.status is None:
        return Verdict(allowed=False, reason=reply.reason, is_late=reply.outcome is Outcome.TIMED_OUT)
    if reply.status != 200:
        return Verdict(allowed=False, reason=f"it answered {reply.status}")
    try:
        answer = read_json(reply.body)
    except RequestRefused as error:
        return Verdict(allowed=False, reason=f"its answer is no JSON: {error}")
    if answer is not None and not isinstance(answer, dict):
        log.warning("a control server answered %s, which is no object: the engine would have died of it", printable(repr(answer)[:100]))
        return Verdict(allowed=False, reason="the engine would have died of the answer", is_fatal=True)
    return _verdict(answer or {})


def _verdict(answer: dict[str, Any]) -> Verdict:
    said, new_url, lifetime = answer.get("reason"), answer.get("new_url"), answer.get("lifetime")
    reason = said if isinstance(said, str) else ""
    if answer.get("allowed") is not True:
        return Verdict(allowed=False, reason=reason or ("" if answer.get("allowed") is False else "it did not say that it allows"))
    return Verdict(
        allowed=True,
        reason=reason,
        new_url=new_url if isinstance(new_url, str) and parse_stream_url(new_url) else None,
        lifetime_ms=lifetime if isinstance(lifetime, int) and not isinstance(lifetime, bool) and lifetime > 0 else 0,
    )
