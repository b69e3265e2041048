"""`/v1/vhosts/{vhost}/apps/{app}/scheduledChannels` (rtmp-and-channels.md#scheduled-channels)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from ...channels.playback import Playback
from ...channels.scheduled_channel import (
    END_OF_TIME_NS,
    SHORTEST_ITEM_MS,
    UNTIL_THE_END_MS,
    AudioMapItem,
    Program,
    ProgramItem,
    Schedule,
    ScheduledChannel,
)
from ...engine.input_stream import InputStream
from ...refusals import NotAScheduledChannel, ProviderNotEnabled, RequestInvalid
from ...settings import ApplicationSettings
from ...timestamps import NS_PER_MS, NS_PER_SECOND, iso_time
from ..envelope import NOTHING, Created
from ..routing import Route
from . import APP, Api
from .body_fields import BodyFields, flag, integer, text

CHANNELS = f"{APP}/scheduledChannels"
CHANNEL = f"{CHANNELS}/{{channel}}"
PROVIDER = "schedule"
NOT_SCHEDULED = "Stream is not a scheduled stream"
FALLBACK = {"name": "fallback", "scheduled": "1970-01-01T00:00:00Z", "repeat": True}
YEARS = range(1900, 9999)
"""The years in which every instant can be written in every zone."""
_INSTANT = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?(?:(Z)|([+-])(\d{2}):?(\d{2})?)?)?", re.ASCII
)
"""An instant in ISO 8601, also with numbers of one digit as in the documentation; a date alone is its midnight (recorded)."""


def list_channels(api: Api, vhost: str, app: str) -> object:
    api.engine.application(vhost, app)
    return api.channels.scheduled_names(vhost, app)


def create_channel(api: Api, vhost: str, app: str, body: Any) -> object:
    application = api.engine.application(vhost, app)
    _require_object(body)
    _require_provider(application)
    api.channels.save(vhost, app, read_channel(BodyFields(body), api.clock.zone), api.clock.now_ns())
    return Created()


def get_channel(api: Api, vhost: str, app: str, channel: str) -> object:
    now_ns = api.clock.now_ns()
    return describe(*api.channels.scheduled(api.engine.input_stream(vhost, app, channel), now_ns), now_ns, api.clock.zone)


def patch_channel(api: Api, vhost: str, app: str, channel: str, body: Any) -> object:
    stream, now_ns = api.engine.input_stream(vhost, app, channel), api.clock.now_ns()
    _require_object(body)
    current, fields = _scheduled(api, stream, now_ns).schedule, BodyFields(body)
    _require_provider(api.engine.application(vhost, app))
    if "stream" in fields:
        raise RequestInvalid("Stream object could not be patched")
    try:
        patched = read_schedule(fields, api.clock.zone)
    except RequestInvalid:
        raise RequestInvalid("Could not patch the schedule") from None
    fallback = patched.fallback if "fallbackProgram" in fields else current.fallback
    programs = patched.programs if "programs" in fields else current.programs
    api.channels.reschedule(stream, Schedule(fallback, programs), now_ns)
    return Created()


def delete_channel(api: Api, vhost: str, app: str, channel: str) -> object:
    stream, now_ns = api.engine.input_stream(vhost, app, channel), api.clock.now_ns()
    _require_provider(api.engine.application(vhost, app))
    _scheduled(api, stream, now_ns)
    if not channel:  # recorded: name empty
        raise RequestInvalid(NOT_SCHEDULED)
    api.channels.remove(stream.path, ScheduledChannel, now_ns)
    return NOTHING


def _scheduled(api: Api, stream: InputStream, now_ns: int) -> ScheduledChannel:
    try:
        return api.channels.scheduled(stream, now_ns)[0]
    except NotAScheduledChannel:
        raise RequestInvalid(NOT_SCHEDULED) from None


def _require_object(body: Any) -> None:
    """Refuse a body that isn't an object, or is empty, before the provider is checked (recorded: channels/create array)."""
    if not isinstance(body, dict):
        raise RequestInvalid("Invalid request body")


def _require_provider(application: ApplicationSettings) -> None:
    if PROVIDER not in application.providers:
        raise ProviderNotEnabled


# Bodies


def read_channel(fields: BodyFields, zone: tzinfo | None) -> ScheduledChannel:
    """Read a channel. Raises RequestInvalid."""
    if not isinstance(fields.get("stream"), dict):
        raise RequestInvalid("Failed to find Stream object")
    stream = fields.fields("stream")
    name = stream.get("name")
    if not isinstance(name, str):
        raise RequestInvalid("Failed to find Stream.Name object")
    audio_map = _array(stream, "audioMap")
    return ScheduledChannel(
        name=name,
        bypass_transcoder=flag(stream, "bypassTranscoder", default=False),
        video_track=flag(stream, "videoTrack", default=True),
        audio_track=flag(stream, "audioTrack", default=True),
        audio_map=tuple(map(_read_audio, audio_map)),
        error_tolerance_ms=integer(stream, "errorToleranceDurationMs", default=500),
        schedule=read_schedule(fields, zone),
    )


def read_schedule(fields: BodyFields, zone: tzinfo | None) -> Schedule:
    fallback = fields.get("fallbackProgram")
    if fallback is not None and not isinstance(fallback, dict):
        raise RequestInvalid("FallbackProgram must be an object")
    programs = _array(fields, "programs")
    return Schedule(
        None if fallback is None else _read_items(BodyFields(fallback)),
        tuple(_read_program(BodyFields(program), zone) for program in programs),
    )


def _read_audio(item: Any) -> AudioMapItem:
    fields = BodyFields(item)
    return AudioMapItem(fields.text("name"), fields.text("language"), fields.text("characteristics"))


def _read_program(fields: BodyFields, zone: tzinfo | None) -> Program:
    scheduled = fields.get("scheduled")
    if not isinstance(scheduled, str):
        raise RequestInvalid("Failed to find scheduled object, scheduled is required")
    scheduled_ns = parse_instant(scheduled, zone)
    if scheduled_ns is None:
        raise RequestInvalid("Failed to parse scheduled attribute: Invalid ISO 8601 string")
    return Program(text(fields, "name"), scheduled, scheduled_ns, flag(fields, "repeat", default=False), _read_items(fields))


def _read_items(fields: BodyFields) -> tuple[ProgramItem, ...]:
    return tuple(_read_item(BodyFields(item)) for item in _array(fields, "items"))


def _read_item(fields: BodyFields) -> ProgramItem:
    url = fields.get("url")
    if not isinstance(url, str):
        raise RequestInvalid("Failed to find url object, url is required")
    if not url.startswith(("file://", "stream://")):
        raise RequestInvalid("Failed to parse url attribute, url must be file:// or stream://")
    asked_ms = integer(fields, "duration", default=UNTIL_THE_END_MS)
    duration_ms = UNTIL_THE_END_MS if asked_ms < 0 else max(asked_ms, SHORTEST_ITEM_MS)
    return ProgramItem(url, max(0, integer(fields, "start")), duration_ms, flag(fields, "forwardData", default=False))


def _array(fields: BodyFields, name: str) -> list[Any]:
    value = [] if fields.get(name) is None else fields.get(name)
    if not isinstance(value, list):
        raise RequestInvalid(f"{name} must be an array")
    return value


def parse_instant(text: str, zone: tzinfo | None) -> int | None:
    """Read an instant as nanoseconds since the epoch; local time without an offset. None if the text is no instant."""
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


def describe(channel: ScheduledChannel, playback: Playback, now_ns: int, zone: tzinfo | None) -> dict[str, object]:
    schedule = channel.schedule
    described: dict[str, object] = {
        "stream": {
            "name": channel.name,
            "bypassTranscoder": channel.bypass_transcoder,
            "videoTrack": channel.video_track,
            "audioTrack": channel.audio_track,
            "audioMap": [item._asdict() for item in channel.audio_map] or None,
            "errorToleranceDurationMs": channel.error_tolerance_ms,
        },
        "currentProgram": _describe_current(playback, now_ns, zone),
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


def _describe_current(playback: Playback, now_ns: int, zone: tzinfo | None) -> dict[str, object]:
    """The current program; one without items is named, but off air."""
    program, item, end_ns = playback.program, playback.item, playback.program_end_ns
    if program is None:
        return {"state": "offair"}
    described = {
        "name": program.name,
        "scheduled": iso_time(program.scheduled_ns // NS_PER_MS * NS_PER_MS, zone),
        "end": iso_time(end_ns, zone),
        "duration": UNTIL_THE_END_MS if end_ns == END_OF_TIME_NS else (end_ns - program.scheduled_ns) // NS_PER_MS,
        "repeat": program.repeat,
    }
    if item is None:
        return described | {"state": "offair"}
    current = {
        "url": item.url,
        "duration": item.duration_ms,
        "start": item.start_ms,
        "currentPosition": playback.position_ms(now_ns),
    }
    return described | {"state": "onair", "currentItem": current}


ROUTES = (
    Route("GET", CHANNELS, list_channels),
    Route("POST", CHANNELS, create_channel),
    Route("GET", CHANNEL, get_channel),
    Route("PATCH", CHANNEL, patch_channel),
    Route("DELETE", CHANNEL, delete_channel),
)
