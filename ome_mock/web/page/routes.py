"""The routes of the page, behind its checks of host and token.

Names in the paths of dumps and streams are percent-encoded, slashes in them too, which is why the targets are read as they were sent.
"""

from __future__ import annotations

from urllib.parse import unquote

from flask import Response, request

from ...refusals import Unauthorized
from ...url import host_name
from ..auth import check_authorization
from ..control import Control
from ..control.routes import CONTROL
from .dumped import answer_dump
from .events import answer_events
from .files import send_file
from .hosts import is_own_host
from .live import answer_live
from .responses import refuse


def answer(control: Control, access_token: str) -> Response:
    """Answer Flask's current request; static files need no token."""
    if not is_own_host(request.environ, control.page_hosts):
        name = host_name(request.environ.get("HTTP_HOST", ""))
        return refuse(403, f"the page is not shown to the host {name!r}; --allow-host allows one")
    path = request.environ["REQUEST_URI"].partition("?")[0]
    kind, *names = map(unquote, path.partition(CONTROL)[2].split("/"))
    if kind in {"", "page"}:
        return send_file("/".join(names) if kind else "index.html")
    try:
        check_authorization(request.environ.get("HTTP_AUTHORIZATION", ""), access_token)
    except Unauthorized as error:
        return refuse(401, str(error))
    return _answer_guarded(control, kind, names)


def _answer_guarded(control: Control, kind: str, names: list[str]) -> Response:
    match kind, names:
        case "events", []:
            return answer_events(control)
        case "dumps", [vhost, app, stream, dump_id, *rest]:
            return answer_dump(control, f"{vhost}/{app}/{stream}", dump_id, rest)
        case "live", [vhost, app, stream, file]:
            return answer_live(control, (vhost, app, stream), file)
    return refuse(404, "the page has no such address")
