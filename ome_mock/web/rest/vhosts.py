"""`/v1/vhosts`: list, read, make and delete virtual hosts (rest-api.md#virtual-hosts)."""

from __future__ import annotations

from typing import Any

from ...configuration.json_form import read_virtual_host
from ...configuration.server_grammar import VIRTUAL_HOST
from ...configuration.shown_form import shown
from ..envelope import NOTHING, MultiStatus
from ..routing import Route
from . import VHOST, VHOSTS, Api
from .bodies import array


def list_virtual_hosts(api: Api) -> object:
    return [vhost.name for vhost in api.engine.virtual_hosts()]


def create_virtual_hosts(api: Api, body: Any) -> object:
    return MultiStatus.of(array(body), lambda item: _create(api, item))


def _create(api: Api, item: Any) -> object:
    settings = read_virtual_host(item, api.dialect)
    api.engine.configure(lambda hosts: hosts.add(settings), api.clock.now_ns())
    return settings.document


def get_virtual_host(api: Api, vhost: str) -> object:
    return shown(VIRTUAL_HOST, api.engine.virtual_host(vhost).document, api.dialect)


def delete_virtual_host(api: Api, vhost: str) -> object:
    api.engine.configure(lambda hosts: hosts.remove(vhost), api.clock.now_ns())
    return NOTHING


ROUTES = (
    Route("GET", VHOSTS, list_virtual_hosts),
    Route("POST", VHOSTS, create_virtual_hosts),
    Route("GET", VHOST, get_virtual_host),
    Route("DELETE", VHOST, delete_virtual_host),
)
