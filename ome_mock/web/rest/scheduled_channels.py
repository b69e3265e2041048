"""`/v1/vhosts/{vhost}/apps/{app}/scheduledChannels` (reference: REST API, section 3.11)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from ...engine.scheduled_channel import (
    SHORTEST_ITEM_MS,
    UNTIL_THE_END_MS,
    AudioMapItem,
    CurrentProgram,
    Program,
    ProgramItem,
    Schedule,
    ScheduledChannel,
)
from ...refusals import NotAScheduledChannel, ProviderNotEnabled, RequestInvalid
from ...settings import ApplicationSettings
from ...timestamps import NS_PER_MS, NS_PER_SECOND, iso_time
from ..envelope import NOTHING, Created
from ..routing import Route
from . import APP, Api
from .fields import Fields

CHANNELS = f"{APP}/scheduledChannels"
CHANNEL = f"{CHANNELS}/{{channel}}"
PROVIDER = "schedule"
FALLBACK = {"name": "fallback", "scheduled": "1970-01-01T00:00:00Z", "repeat": True}
YEARS = range(1900, 9999)
"""Those in which every instant can be written in every zone."""
_INSTANT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})T(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?(?:(Z)|([+-])(\d{2}):?(\d{2})?)?", re.ASCII
)
"""ISO 8601, with numbers of one digit too, as in the documentation's examples."""


def list_channels(api: Api, vhost: str, app: str) -> object:
    api.engine.application(vhost, app)
    return api.channels.names(vhost, app, ScheduledChannel)


def create_channel(api: Api, vhost: str, app: str, body: Any) -> object:
    application = api.engine.application(vhost, app)
    _require_object(body)
    _require_provider(application)
    api.channels.add(vhost, app, read_channel(Fields(body), api.clock.zone), api.clock.now_ns())
    return Created()


def get_channel(api: Api, vhost: str, app: str, channel: str) -> object:
    found = api.channels.scheduled(api.engine.input_stream(vhost, app, channel))
    return describe(found, api.clock.now_ns(), api.clock.zone)


def patch_channel(api: Api, vhost: str, app: str, channel: str, body: Any) -> object:
    stream = api.engine.input_stream(vhost, app, channel)
    _require_object(body)
    _require_provider(api.engine.application(vhost, app))
    try:
        current = api.channels.scheduled(stream).schedule
        fields = Fields(body)
        if "stream" in fields:
            raise RequestInvalid("Stream object could not be patched")
        patched = read_schedule(fields, api.clock.zone)
        fallback = patched.fallback if "fallbackProgram" in fields else current.fallback
        programs = patched.programs if "programs" in fields else current.programs
        api.channels.reschedule(stream, Schedule(fallback, programs))
    except NotAScheduledChannel:
        raise RequestInvalid("Stream is not a scheduled stream") from None
    return Created()


def delete_channel(api: Api, vhost: str, app: str, channel: str) -> object:
    stream = api.engine.input_stream(vhost, app, channel)
    _require_provider(api.engine.application(vhost, app))
    try:
        api.channels.scheduled(stream)
    except NotAScheduledChannel:
        raise RequestInvalid("Stream is not a scheduled stream") from None
    api.channels.remove(stream.path, api.clock.now_ns())
    return NOTHING


def _require_object(body: Any) -> None:
    """An empty body is none either; it is looked at before the provider (recorded: channels/create array)."""
    if not isinstance(body, dict):
        raise RequestInvalid("Invalid request body")


def _require_provider(application: ApplicationSettings) -> None:
    if PROVIDER not in application.providers:
        raise ProviderNotEnabled


# Bodies


def read_channel(fields: Fields, zone: tzinfo | None) -> ScheduledChannel:
    """Raises RequestInvalid."""
    if fields.get("stream") is None:
        raise RequestInvalid("Failed to find Stream object")
    stream = fields.fields("stream")
    name = stream.get("name")
    if not isinstance(name, str):
        raise RequestInvalid("Failed to find Stream.Name object")
    audio_map = _array(stream, "audioMap", "audioMap must be an array")
    tolerance_ms = stream.integer("errorToleranceDurationMs")
    return ScheduledChannel(
        name=name,
        bypass_transcoder=stream.flag("bypassTranscoder", default=False),
        video_track=stream.flag("videoTrack", default=True),
        audio_track=stream.flag("audioTrack", default=True),
        audio_map=tuple(map(_read_audio, audio_map)),
        error_tolerance_ms=500 if tolerance_ms is None else tolerance_ms,
        schedule=read_schedule(fields, zone),
    )


def read_schedule(fields: Fields, zone: tzinfo | None) -> Schedule:
    fallback = fields.get("fallbackProgram")
    if fallback is not None and not isinstance(fallback, dict):
        raise RequestInvalid("FallbackProgram must be an object")
    programs = _array(fields, "programs", "programs must be an array")
    return Schedule(
        None if fallback is None else _read_items(Fields(fallback)),
        tuple(_read_program(Fields(program), position, zone) for position, program in enumerate(programs, start=1)),
    )


def _read_audio(item: Any) -> AudioMapItem:
    fields = Fields(item)
    return AudioMapItem(fields.text("name"), fields.text("language"), fields.text("characteristics"))


def _read_program(fields: Fields, position: int, zone: tzinfo | None) -> Program:
    """A program without a name gets its position as one; the engine draws one at random."""
    scheduled = fields.get("scheduled")
    if not isinstance(scheduled, str):
        raise RequestInvalid("Failed to find scheduled object, scheduled is required")
    scheduled_ns = parse_instant(scheduled, zone)
    if scheduled_ns is None:
        raise RequestInvalid("Failed to parse scheduled attribute: Invalid ISO 8601 string")
    name = fields.text("name") or str(position)
    return Program(name, scheduled, scheduled_ns, fields.flag("repeat", default=False), _read_items(fields))


def _read_items(fields: Fields) -> tuple[ProgramItem, ...]:
    return tuple(_read_item(Fields(item)) for item in _array(fields, "items", "items must be an array"))


def _read_item(fields: Fields) -> ProgramItem:
    url = fields.get("url")
    if not isinstance(url, str):
        raise RequestInvalid("Failed to find url object, url is required")
    if not url.startswith(("file://", "stream://")):
        raise RequestInvalid("Failed to parse url attribute, url must be file:// or stream://")
    duration_ms = fields.integer("duration")
    if duration_ms is None or duration_ms < 0:
        duration_ms = UNTIL_THE_END_MS
    elif duration_ms < SHORTEST_ITEM_MS:
        duration_ms = SHORTEST_ITEM_MS
    return ProgramItem(url, max(0, fields.integer("start") or 0), duration_ms, fields.flag("forwardData", default=False))


def _array(fields: Fields, name: str, problem: str) -> list[Any]:
    value = fields.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise RequestInvalid(problem)
    return value


def parse_instant(text: str, zone: tzinfo | None) -> int | None:
    """Nanoseconds since the epoch; local time where no offset is given; None for what is no instant."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    *numbers, fraction, utc, sign, hours, minutes = match.groups()
    if int(numbers[0]) not in YEARS:
        return None
    offset = UTC if utc else zone
    try:
        if sign:
            offset = timezone(timedelta(hours=int(sign + hours), minutes=int(sign + (minutes or "0"))))
        year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
        moment = datetime(year, month, day, hour, minute, second, tzinfo=offset)
        seconds = int(moment.timestamp())
    except (ValueError, OverflowError):
        return None
    return seconds * NS_PER_SECOND + int((fraction or "0").ljust(9, "0"))


# Documents


def describe(channel: ScheduledChannel, now_ns: int, zone: tzinfo | None) -> dict[str, object]:
    schedule = channel.schedule
    described: dict[str, object] = {
        "stream": {
            "name": channel.name,
            "bypassTranscoder": channel.bypass_transcoder,
            "videoTrack": channel.video_track,
            "audioTrack": channel.audio_track,
            "audioMap": [vars(item) for item in channel.audio_map] or None,
            "errorToleranceDurationMs": channel.error_tolerance_ms,
        },
        "currentProgram": _describe_current(schedule.current(now_ns), zone),
    }
    if schedule.fallback is not None:
        described["fallbackProgram"] = FALLBACK | {"items": _describe_items(schedule.fallback)}
    if schedule.programs:
        described["programs"] = [
            {"name": each.name, "scheduled": each.scheduled, "repeat": each.repeat, "items": _describe_items(each.items)}
            for each in schedule.programs
        ]
    return described


def _describe_items(items: tuple[ProgramItem, ...]) -> object:
    return [
        {"url": item.url, "start": item.start_ms, "duration": item.duration_ms, "forwardData": item.forward_data} for item in items
    ] or None


def _describe_current(current: CurrentProgram | None, zone: tzinfo | None) -> dict[str, object]:
    if current is None:
        return {"state": "offair"}
    program, item = current.program, current.item
    return {
        "state": "onair",
        "name": program.name,
        "scheduled": iso_time(program.scheduled_ns // NS_PER_MS * NS_PER_MS, zone),
        "end": iso_time(current.end_ns, zone),
        "duration": current.duration_ms,
        "repeat": program.repeat,
        "currentItem": {
            "url": item.url,
            "duration": item.duration_ms,
            "start": item.start_ms,
            "currentPosition": current.position_ms,
        },
    }


ROUTES = (
    Route("GET", CHANNELS, list_channels),
    Route("POST", CHANNELS, create_channel),
    Route("GET", CHANNEL, get_channel),
    Route("PATCH", CHANNEL, patch_channel),
    Route("DELETE", CHANNEL, delete_channel),
)
