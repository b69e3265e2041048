"""The options of an emulator, and what they mean."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

from . import faults
from .arguments import require_types
from .clips import Clip
from .clock import Clock
from .dialect import Dialect, WriteMode
from .errors import ConfigurationError
from .lazy import Lazy
from .settings import DEFAULT_ACCESS_TOKEN, DEFAULT_STREAMS, UNKNOWN_ELEMENTS, AdmissionWebhooks, Alerts, World
from .text import nearest, printable
from .url import host_name

log = logging.getLogger("ome_mock.configuration")

_HOST = re.compile(r"[0-9A-Za-z_](?:[0-9A-Za-z_.-]*[0-9A-Za-z_.])?|\[?(?:[0-9A-Fa-f]*:){2,7}[0-9A-Fa-f.]*\]?")
"""The name of a host, or an address; one of IPv6 has two colons or more."""


class Options(TypedDict, total=False):
    """The options of an emulator.

    `dialect`: whose behaviour, `docs` by default. `config`: a Server.xml to serve instead of the default world: its path,
    that of a directory that holds one, or its bytes. `unknown_elements`: `refuse` them in it or `warn`; by default as the dialect does.
    `streams`: the input streams connected from the start, each `vhost/app/stream`; with the default world `default/app/stream`.
    `access_token`: what clients present, by default the Server.xml's or `ome-access-token`.
    `root`, `allow_paths`, `allow_any_path`: where dumps may be written; by default the temporary directories and the working
    directory. `writes`: `replace` or `in-place`. `clock`: a manual one by default. `seed`: the same seed gives the same bytes.
    `faults`: the faults armed from the start, each a Fault or its JSON. `populate`: the number of additional virtual hosts with streams.
    `real_sizes`: tracks weigh what their bit rates say. `media`: the path of an MP4 file whose clip streams show.
    `admission_webhooks`, `alerts`: a control server to ask where the world names none, and one to tell, each a URL or its settings;
    `webhook_ca`: certificates that are trusted beside the machine's. `allow_hosts`: the names, beside those of loopback, under which the
    page is shown.
    """

    dialect: str
    config: str | Path | bytes | None
    unknown_elements: str | None
    streams: Iterable[str] | None
    access_token: str | None
    root: str | Path | None
    allow_paths: Iterable[str | Path]
    allow_any_path: bool
    writes: str | None
    clock: Clock
    seed: int
    faults: Iterable[faults.Fault | dict[str, Any]]
    populate: int
    real_sizes: bool
    media: Clip
    admission_webhooks: str | AdmissionWebhooks | None
    alerts: str | Alerts | None
    webhook_ca: str | Path | None
    allow_hosts: Iterable[str]


def check_options(caller: str, options: Options) -> None:
    """Raise TypeError for an option that there is not, or that is of a wrong type, in Python's words."""
    for name in options.keys() - Options.__annotations__.keys():
        meant = nearest(name, Options.__annotations__) or ""
        raise TypeError(f"{caller}() got an unexpected keyword argument {name!r}{meant and f' (did you mean {meant!r}?)'}")
    require_types(Options, dict(options))


def refuses_unknown(given: str | None, dialect: Dialect) -> bool:
    if given is not None and given not in UNKNOWN_ELEMENTS:
        raise ConfigurationError(f"unknown_elements {given!r} is not one of {', '.join(UNKNOWN_ELEMENTS)}")
    return dialect.refuses_unknown_elements if given is None else given == UNKNOWN_ELEMENTS[0]


def access_token(given: str | None, world: World, dialect: Dialect) -> str:
    """The given token, the world's, or the default one, because the REST API needs one."""
    token = world.access_token if given is None else given
    if given is None and not token:
        if world.binds_api and dialect.refuses_api_without_token:
            raise ConfigurationError(
                "Managers / API: AccessToken is missing, and the engine does not start; access_token gives one", "access_token"
            )
        token = DEFAULT_ACCESS_TOKEN
    if not token or (given is not None and not token.isprintable()):
        raise ConfigurationError(f"access_token {token!r} is not a text that can be presented", "access_token")
    if not (world.binds_api and (given or world.access_token)):
        what = "has no access token for the API" if world.binds_api else "binds no API"
        log.warning("the configuration %s: the emulator serves one all the same, with the access token %s", what, printable(token))
    return token


def page_hosts(names: Iterable[str]) -> frozenset[str]:
    """The names of hosts in lower case. Raises ConfigurationError for what is not a name or an address alone."""
    names = tuple(names)
    for name in names:
        if not _HOST.fullmatch(name):
            raise ConfigurationError(f"allow_hosts {name!r} is not the name or the address of a host, without a port", "allow_hosts")
    return frozenset(map(host_name, names))


def write_mode(name: str | None) -> WriteMode | None:
    modes = [mode.value for mode in WriteMode]
    if name is not None and name not in modes:
        raise ConfigurationError(f"writes {name!r} is not one of {', '.join(modes)}")
    return None if name is None else WriteMode(name)


def initial_streams(options: Options) -> tuple[str, ...]:
    """The initial streams; with a Server.xml none by default, because it doesn't say which applications have encoders."""
    streams = options.get("streams")
    if streams is None:
        return () if options.get("config") is not None else DEFAULT_STREAMS
    return tuple(streams)


def own_directory() -> Callable[[], str]:
    """Returns a function that gives a new temporary directory for the records of the default world, made at the first call and kept."""
    return Lazy(partial(tempfile.mkdtemp, prefix="ome-mock-records-"))
