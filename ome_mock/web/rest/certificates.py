"""`:reloadCertificate` and `:reloadAllCertificates`.

For virtual hosts the engine reports success even without TLS (rest-api.md#virtual-hosts).
"""

from __future__ import annotations

from typing import Any

from ...refusals import CertificateNotReloaded, RequestInvalid, VirtualHostNotNamed
from ..envelope import NOTHING
from ..routing import Route
from . import VHOST, VHOSTS, Api


def reload_all_certificates(api: Api, body: Any, plain_vhost: str = "") -> object:  # noqa: ARG001 (neither is read)
    if api.certificates is not None:
        api.certificates.reload_for_players()
    elif not api.dialect.reloads_certificates_without_tls:
        raise CertificateNotReloaded
    return NOTHING


def reload_certificate(api: Api, vhost: str, body: Any) -> object:
    api.engine.virtual_host(vhost)
    return reload_all_certificates(api, body)


def refuse_unnamed(api: Api, body: Any = None) -> object:  # noqa: ARG001
    """Refuse an action without a virtual host's name, for which the engine has a route."""
    raise VirtualHostNotNamed


def reload_api_certificate(api: Api, body: Any) -> object:  # noqa: ARG001
    if api.certificates is None:
        raise RequestInvalid("TLS is not enabled for the API Server")
    api.certificates.reload_for_api()
    return NOTHING


ROUTES = (
    Route("POST", f"{VHOSTS}:reloadAllCertificates", reload_all_certificates),
    Route("POST", f"{VHOSTS}/{{plain_vhost}}:reloadAllCertificates", reload_all_certificates),
    Route("POST", f"{VHOSTS}:reloadCertificate", refuse_unnamed),
    Route("GET", f"{VHOSTS}:", refuse_unnamed),
    Route("POST", f"{VHOST}:reloadCertificate", reload_certificate),
    Route("POST", "/v1/managers/api:reloadCertificate", reload_api_certificate),
)
