"""`/v1/vhosts/{vhost}/apps`: list, read, make, change and delete applications (rest-api.md#applications)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...configuration.application_grammar import APPLICATION
from ...configuration.json_form import merged, read_application, with_defaults
from ...configuration.shown_form import shown
from ...refusals import ConfigurationRefused, JsonLibraryError, RequestInvalid
from ...settings import ApplicationSettings
from ..envelope import NOTHING, MultiStatus
from ..routing import Route
from . import APP, APPS, Api
from .bodies import array, members, members_of_item

FIXED = ("name", "dynamic", "outputProfiles")
"""The fields of an application that can't be changed, in the order in which the engine checks them."""


def list_applications(api: Api, vhost: str) -> object:
    return [app.name for app in api.engine.virtual_host(vhost).applications]


def create_applications(api: Api, vhost: str, body: Any) -> object:
    """Make applications; a wrong configuration ends the request, and the applications before it stay (rest-api.md#applications)."""
    api.engine.require_writable(vhost)
    return MultiStatus.of(array(body), lambda item: _create(api, vhost, item), ended_by=(JsonLibraryError, ConfigurationRefused))


def _create(api: Api, vhost: str, item: Any) -> object:
    settings = read_application(with_defaults(members_of_item(item)), vhost, api.dialect)
    api.engine.configure(lambda hosts: hosts.add_application(vhost, settings), api.clock.now_ns())
    return describe(api, settings)


def get_application(api: Api, vhost: str, app: str) -> object:
    return describe(api, api.engine.application(vhost, app))


def get_raw_application(api: Api, vhost: str, app: str) -> object:
    """The engine's answer to an action without a name: the configuration alone."""
    return shown(APPLICATION, api.engine.application(vhost, app).document, api.dialect)


def change_application(api: Api, vhost: str, app: str, body: Any) -> object:
    api.engine.require_writable(vhost, app)
    changes = read_changes(body)

    def anew(now: ApplicationSettings) -> ApplicationSettings:
        return read_application(merged(now.document, changes), vhost, api.dialect)

    return describe(api, api.engine.configure(lambda hosts: hosts.replace_application(vhost, app, anew), api.clock.now_ns()))


def delete_application(api: Api, vhost: str, app: str) -> object:
    api.engine.configure(lambda hosts: hosts.remove_application(vhost, app), api.clock.now_ns())
    return NOTHING


def read_changes(body: Any) -> dict[str, Any]:
    """The changes in a body for an application. Raises RequestInvalid."""
    changes = members(body)
    for key in FIXED:
        if key in changes:
            raise RequestInvalid(f"Cannot change [{key}] using this API")
    return changes


def describe(api: Api, settings: ApplicationSettings) -> dict[str, object]:
    """The document of an application, with `dynamic` and its reserved MPEG-TS ports added."""
    described = {**shown(APPLICATION, settings.document, api.dialect), "dynamic": settings.dynamic}
    streams = list(_reserved_streams(settings, *api.engine.world.mpegts_ports))
    if streams:
        providers = described["providers"]
        described["providers"] = {**providers, "mpegts": {**providers["mpegts"], "streams": streams}}
    return described


def _reserved_streams(settings: ApplicationSettings, bound: tuple[int, ...], socket_type: str) -> Iterator[dict[str, str]]:
    """The streams of `<StreamMap>`, one for each bound port (recorded: configurations, `0d71403b.api`)."""
    for name, ports in settings.mpegts_streams:
        for port in ports:
            if port in bound:
                yield {"name": name.replace("${Port}", str(port)), "port": f"{port}/{socket_type}"}


ROUTES = (
    Route("GET", APPS, list_applications),
    Route("POST", APPS, create_applications),
    Route("GET", APP, get_application),
    Route("PATCH", APP, change_application),
    Route("DELETE", APP, delete_application),
    Route("GET", f"{APP}:", get_raw_application),
)
