"""The parts of `ome-mock serve` around an emulator: its start, its banner, the ports it tells, the signals it waits for."""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import faults
from ..clock import Clock, RealClock
from ..errors import ConfigurationError, reason_of
from ..settings import DEFAULT_ACCESS_TOKEN, THUMBNAIL, AdmissionWebhooks, Alerts
from ..text import nearest, printable
from ..url import host_name, is_loopback
from ..versions import VERSION

if TYPE_CHECKING:
    from ..served_emulator import OmeMock

log = logging.getLogger("ome_mock.server")

STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}
HEARD_SIGNALS = STOP_SIGNALS | {signal.SIGHUP}
CONTROL_SERVERS = ("admission", "alert")
VARIABLE_PREFIX = "OME_MOCK_"
LIKE = 0.75
"""From when on two names are so alike that one was probably meant to be the other."""


def warn_of(ome: OmeMock, host: str, thumbnail_port: int | None) -> None:
    """Log what a user may not have meant."""
    if thumbnail_port is not None and not ome.engine.world.binds(THUMBNAIL):
        log.warning("--thumbnail-port %d: the configuration binds no <Thumbnail>, so every answer there is 404", ome.thumbnail_port)
    if ome.access_token == DEFAULT_ACCESS_TOKEN and not is_loopback(host_name(host)):
        log.warning("listening on %s with the default access token: anybody who reaches this machine can write files", host)


def warn_of_variables(known: Iterable[str]) -> None:
    """Log variables of the environment that are no option's, but nearly have the name of one."""
    options = {name.removeprefix(VARIABLE_PREFIX): name for name in known}
    for name in sorted(os.environ):
        if name.startswith(VARIABLE_PREFIX) and name not in options.values():
            meant = nearest(name.removeprefix(VARIABLE_PREFIX), options, LIKE)
            if meant is not None:
                log.warning("the environment has %s, which is no option (did you mean %s?)", printable(name), options[meant])


def warn_of_idle_faults(ome: OmeMock) -> None:
    """Log the faults that were to fire and have not: whoever armed them tested nothing."""
    for fault in ome.faults.never_fired:
        log.warning("fault %s never fired", fault)


def open_page(ome: OmeMock) -> None:
    """Open the page in the user's browser, or log that there is none."""
    import webbrowser  # noqa: PLC0415 (lazy: few servers open a browser)

    if not webbrowser.open(ome.page_url):
        log.warning("--open: no browser was found; the page is at %s", ome.page_url)


def block_signals() -> None:
    """Block the signals that `wait_for_the_end` waits for. Threads inherit the mask, so it comes before the first of them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD_SIGNALS)


def wait_for_the_end() -> None:
    """Wait for a signal that ends the process. SIGHUP is not one, so that a server in the background outlives its terminal."""
    while signal.sigwait(HEARD_SIGNALS) == signal.SIGHUP:
        log.info("SIGHUP changes nothing: there is nothing to read again")


@contextmanager
def no_garbage_sought() -> Iterator[None]:
    """Switch the garbage collector off during the start, and freeze the objects made by then.

    They all stay, and collecting among them takes a tenth of the start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def control_servers(options: dict[str, Any]) -> dict[str, Any]:
    """The settings of control servers, whose URLs and keys are taken from the options; a key without a URL is a ConfigurationError."""
    asked, told = ((options.pop(f"{name}_url"), options.pop(f"{name}_secret") or "") for name in CONTROL_SERVERS)
    for name, (url, secret) in zip(CONTROL_SERVERS, (asked, told), strict=True):
        if secret and url is None:
            raise ConfigurationError(f"--{name}-secret needs --{name}-url")
    return {
        "admission_webhooks": None if asked[0] is None else AdmissionWebhooks(*asked),
        "alerts": None if told[0] is None else Alerts(*told),
    }


def ports_of(ome: OmeMock) -> dict[str, int | None]:
    """The ports as the port file has them."""
    over_tls = {"tls_port": ome.tls_port, "llhls_tls_port": ome.llhls_tls_port}
    always = {"port": ome.port, "llhls_port": ome.llhls_port, "thumbnail_port": ome.thumbnail_port, "rtmp_port": ome.rtmp_port}
    return always | {name: port for name, port in over_tls.items() if port is not None}


def banner(ome: OmeMock) -> str:
    confinement = ome.confinement
    rows = (
        ("REST API", f"{ome.url}/v1"),
        ("LL-HLS", f"{ome.llhls_url}/<app>/<stream>/llhls.m3u8"),
        ("over TLS", ome.tls_port and f"{ome.tls_url}/v1"),
        ("", ome.llhls_tls_port and f"{ome.llhls_tls_url}/<app>/<stream>/llhls.m3u8"),
        ("certificate", ome.certificate),
        ("thumbnails", ome.thumbnail_port and f"{ome.thumbnail_url}/<app>/<stream>/thumb.jpg"),
        ("RTMP", ome.rtmp_port and f"{ome.rtmp_url}/<app>/<stream> (players and dumps get the loop)"),
        ("page", ome.page_url),
        ("access token", ome.access_token),
        ("authorization", ome.authorization),
        ("clock", _clock(ome.clock)),
        ("streams", ", ".join(ome.streams) or "none: --stream VHOST/APP/STREAM connects one"),
        ("writes", f"below {confinement.root}" if confinement.root else ", ".join(confinement.allowed)),
    )
    head = f"ome-mock {VERSION} (OvenMediaEngine {ome.dialect.version}), dialect {ome.dialect.name}"
    return "\n".join([head, *(f"  {name:<15}{value}" for name, value in rows if value)])


def _clock(clock: Clock) -> str:
    """The clock's way, in words; none where it goes as the machine's does."""
    if isinstance(clock, RealClock):
        return "" if clock.rate == 1 else f"{clock.rate} times as fast as the machine's"
    return "stands still until POST /_mock/clock/advance"


def read_faults_file(path: Path) -> list[faults.Fault]:
    """Read the faults of a JSON file. Raises ConfigurationError, which names the file."""
    try:
        return faults.read_faults(json.loads(path.read_text()))
    except (OSError, ValueError, RecursionError, ConfigurationError) as error:
        raise ConfigurationError(f"--faults {printable(str(path))}: {reason_of(error)}") from None
