"""`:startPush`, `:stopPush` and `:pushes` (records-and-pushes.md#push-actions)."""

from __future__ import annotations

from typing import Any

from ...pushes.push import PushRequest, PushStatus
from ...timestamps import iso_time
from ..envelope import NOTHING
from ..routing import Route
from . import APP, Api
from .body_fields import BodyFields
from .records_and_pushes import alone, describe_chosen, read_chosen


def start_push(api: Api, vhost: str, app: str, body: Any) -> object:
    application = api.engine.application(vhost, app)
    request = read_start(body)
    return alone(api, describe(api, vhost, app, request, api.pushes.start(vhost, application, request, api.clock.now_ns())))


def stop_push(api: Api, vhost: str, app: str, body: Any) -> object:
    api.pushes.stop(vhost, api.engine.application(vhost, app), BodyFields(body).text("id"), api.clock.now_ns())
    return NOTHING


def list_pushes(api: Api, vhost: str, app: str, body: Any = None) -> object:
    application = api.engine.application(vhost, app)
    found = api.pushes.find(vhost, application, BodyFields(body).text("id"), api.clock.now_ns())
    return [describe(api, vhost, app, request, status) for request, status in found]


def read_start(body: Any) -> PushRequest:
    fields = BodyFields(body)
    return PushRequest(
        id=fields.text("id"),
        chosen=read_chosen(fields.fields_if_any("stream")),
        protocol=fields.text("protocol").strip().lower(),
        url=fields.text("url").strip().removesuffix("/"),
        stream_key=fields.text("streamKey"),
    )


def describe(api: Api, vhost: str, app: str, request: PushRequest, status: PushStatus) -> dict[str, object]:
    """One push; the time of an event that has not happened is the epoch."""
    zone = api.clock.zone
    stream_key = {"streamKey": request.stream_key} if request.stream_key else {}
    return stream_key | {
        "id": request.id,
        "vhost": vhost,
        "app": app,
        "stream": describe_chosen(request.chosen),
        "state": status.state.value,
        "protocol": request.protocol,
        "url": request.url,
        "sentBytes": status.sent_bytes,
        "sentTime": status.sent_ms,
        "totalsentBytes": status.total_bytes,
        "totalsentTime": status.total_ms,
        "sequence": status.sequence,
        "startTime": iso_time(status.start_ns, zone),
        "finishTime": iso_time(0, zone),  # as long as it is listed
        "createdTime": iso_time(status.created_ns, zone),
        "isConfig": False,
    }


ROUTES = (
    Route("GET", f"{APP}:pushes", list_pushes),
    Route("POST", f"{APP}:pushes", list_pushes),
    Route("POST", f"{APP}:startPush", start_push),
    Route("POST", f"{APP}:stopPush", stop_push),
)
