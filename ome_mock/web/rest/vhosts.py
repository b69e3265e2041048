"""`/v1/vhosts`: names, and the configuration of one virtual host."""

from __future__ import annotations

from ..routing import Route
from . import VHOST, VHOSTS, Api


def list_virtual_hosts(api: Api) -> object:
    return [vhost.name for vhost in api.engine.virtual_hosts()]


def get_virtual_host(api: Api, vhost: str) -> object:
    return api.engine.virtual_host(vhost).written


ROUTES = (Route("GET", VHOSTS, list_virtual_hosts), Route("GET", VHOST, get_virtual_host))
