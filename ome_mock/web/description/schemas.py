"""Bodies of requests and answers, as JSON schemas. Objects are open where OME's configuration may add to them."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NAME: Schema = {"type": "string", "minLength": 1}
NUMBER: Schema = {"type": "number"}
INTEGER: Schema = {"type": "integer"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
INSTANT: Schema = {"type": "string", "format": "date-time", "examples": ["2026-01-01T00:00:00.000+00:00"]}
ANYTHING: Schema = {}


def reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def closed(properties: Schema, *optional: str) -> Schema:
    """An object with these members and no others, all of which are there but for the optional ones."""
    return {**open_(properties, *optional), "additionalProperties": False}


def open_(properties: Schema, *optional: str) -> Schema:
    """An object that may have more members than these."""
    required = sorted(properties.keys() - set(optional))
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def choice(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


TIMEBASE = closed({"num": INTEGER, "den": INTEGER})
_MEASURED = dict.fromkeys(("bitrate", "bitrateConf", "bitrateAvg", "bitrateLatest"), NUMBER)
_OF_EVERY_TRACK = {
    "bypass": FLAG,
    "codec": TEXT,
    "codecModule": TEXT,
    "codecStatus": TEXT,
    "configChangeCount": COUNT,
    "timebase": TIMEBASE,
}
_VIDEO = (
    dict.fromkeys(("width", "height", "maxWidth", "maxHeight", "deltaFramesSinceLastKeyFrame"), COUNT)
    | {f"{value}{which}": NUMBER for value in ("framerate", "keyFrameInterval") for which in ("", "Conf", "Avg", "Latest")}
    | {"maxFramerate": NUMBER, "hasBframes": FLAG}
)
_AUDIO = {"samplerate": COUNT, "channel": COUNT}
VIDEO = open_(_OF_EVERY_TRACK | _MEASURED | _VIDEO, *(_OF_EVERY_TRACK | _MEASURED | _VIDEO).keys() - {"bypass"})
AUDIO = open_(_OF_EVERY_TRACK | _MEASURED | _AUDIO, *(_OF_EVERY_TRACK | _MEASURED | _AUDIO).keys() - {"bypass"})
TRACK = open_(
    {
        "id": COUNT,
        "name": TEXT,
        "type": choice("Video", "Audio", "Data", "Subtitle"),
        "video": VIDEO,
        "audio": AUDIO,
        "data": open_({"codec": TEXT}, "codec"),
    },
    "video",
    "audio",
    "data",
)
RENDITION = open_({"name": TEXT, "videoVariantName": TEXT, "audioVariantName": TEXT}, "name", "videoVariantName", "audioVariantName")
PLAYLIST = open_(
    {
        "name": TEXT,
        "fileName": TEXT,
        "options": open_({"webrtcAutoAbr": FLAG, "hlsChunklistPathDepth": INTEGER, "enableTsPackaging": FLAG}),
        "renditions": array(RENDITION),
    }
)
STREAM = closed(
    {
        "name": TEXT,
        "input": open_({"createdTime": INSTANT, "sourceType": TEXT, "sourceUrl": TEXT, "tracks": array(TRACK)}, "sourceUrl"),
        "outputs": array(open_({"name": TEXT, "tracks": array(TRACK), "playlists": array(PLAYLIST)})),
    }
)

NEW_STREAM = open_({"name": TEXT, "urls": array(TEXT, minItems=1), "properties": {"type": "object"}}, "properties")
SELECTION = open_({"name": TEXT, "trackIds": array(INTEGER), "variantNames": array(TEXT)}, "trackIds", "variantNames")
"""An output stream, and which of its tracks."""

HLS_DUMP_START = open_(
    {"outputStreamName": NAME, "id": NAME, "outputPath": NAME, "playlist": array(TEXT), "infoFile": TEXT, "userData": TEXT},
    "playlist",
    "infoFile",
    "userData",
)
HLS_DUMP_ADDRESS = open_({"outputStreamName": NAME, "id": TEXT}, "id")

RECORD_START = open_(
    {
        "id": NAME,
        "stream": SELECTION,
        "filePath": TEXT,
        "infoPath": TEXT,
        "interval": COUNT,
        "schedule": TEXT,
        "segmentationRule": choice("continuity", "discontinuity"),
        "metadata": TEXT,
    },
    *("filePath", "infoPath", "interval", "schedule", "segmentationRule", "metadata"),
)
_WHAT_A_RECORD_HAS_LATER = {
    **dict.fromkeys(("metadata", "filePath", "infoPath", "schedule", "outputFilePath", "outputInfoPath"), TEXT),
    **dict.fromkeys(("interval", "recordBytes", "recordTime", "totalRecordBytes", "totalRecordTime", "sequence"), COUNT),
    **dict.fromkeys(("startTime", "finishTime"), INSTANT),
}
RECORD = closed(
    {
        "state": choice("ready", "recording", "stopping", "stopped", "error"),
        "isConfig": FLAG,
        "id": TEXT,
        "vhost": TEXT,
        "app": TEXT,
        "stream": SELECTION,
        "segmentationRule": TEXT,
        "createdTime": INSTANT,
        **_WHAT_A_RECORD_HAS_LATER,
    },
    *_WHAT_A_RECORD_HAS_LATER,
)
IDENTIFIED = open_({"id": TEXT}, "id")

PUSH_START = open_({"id": NAME, "stream": SELECTION, "protocol": NAME, "url": NAME, "streamKey": TEXT}, "streamKey")
PUSH = closed(
    {
        **dict.fromkeys(("id", "vhost", "app", "protocol", "url", "streamKey"), TEXT),
        **dict.fromkeys(("sentBytes", "sentTime", "totalsentBytes", "totalsentTime", "sequence"), COUNT),
        **dict.fromkeys(("startTime", "finishTime", "createdTime"), INSTANT),
        "stream": SELECTION,
        "state": choice("ready", "connecting", "pushing", "stopping", "stopped", "error"),
        "isConfig": FLAG,
    },
    "streamKey",
)

EVENT = open_(
    {
        "eventFormat": TEXT,
        "eventType": choice("video", "audio", "event"),
        "events": array(open_({"frameType": TEXT, "info": TEXT, "data": TEXT}, "info", "data"), minItems=1),
    },
    "eventType",
)
SUBTITLES = open_(
    {
        "format": choice("webvtt"),
        "data": array(open_({"label": TEXT, "subtitles": array(open_({"text": TEXT}), minItems=1)}), minItems=1),
    }
)
STT_STATUS = open_({"enabled": FLAG, "renditions": array(ANYTHING)})

_ITEM = open_({"url": NAME, "start": COUNT, "duration": INTEGER, "forwardData": FLAG}, "start", "duration", "forwardData")
PROGRAM = open_({"name": TEXT, "scheduled": TEXT, "repeat": FLAG, "items": array(_ITEM)}, "name", "repeat", "items")
SCHEDULE = open_({"fallbackProgram": open_({"items": array(_ITEM)}, "items"), "programs": array(PROGRAM)}, "fallbackProgram", "programs")
SCHEDULED_STREAM = open_(
    {
        "name": TEXT,
        "bypassTranscoder": FLAG,
        "videoTrack": FLAG,
        "audioTrack": FLAG,
        "audioMap": {"type": ["array", "null"], "items": {"type": "object"}},
        "errorToleranceDurationMs": INTEGER,
    },
    *("bypassTranscoder", "videoTrack", "audioTrack", "audioMap", "errorToleranceDurationMs"),
)
NEW_SCHEDULED_CHANNEL = open_({**SCHEDULE["properties"], "stream": SCHEDULED_STREAM}, "fallbackProgram", "programs")
_SHOWN_PROGRAM = open_(
    {"name": TEXT, "scheduled": TEXT, "repeat": FLAG, "items": {"type": ["array", "null"], "items": _ITEM}}, "name", "scheduled", "repeat"
)
SCHEDULED_CHANNEL = open_(
    {
        "stream": SCHEDULED_STREAM,
        "currentProgram": open_({"state": choice("onair", "offair")}),
        "fallbackProgram": _SHOWN_PROGRAM,
        "programs": array(_SHOWN_PROGRAM),
    },
    *("currentProgram", "fallbackProgram", "programs"),
)

_MAPPED_TRACK = open_({"sourceTrackName": TEXT, "newTrackName": TEXT})
MULTIPLEX_STRUCTURE: Schema = {
    "outputStream": open_({"name": TEXT, "bypassTranscoder": FLAG}, "bypassTranscoder"),
    "sourceStreams": array(open_({"name": TEXT, "url": TEXT, "trackMap": array(_MAPPED_TRACK)})),
    "playlists": array(open_({"name": TEXT, "fileName": TEXT})),
}
NEW_MULTIPLEX_CHANNEL = open_(MULTIPLEX_STRUCTURE, "playlists")
MULTIPLEX_CHANNEL = open_(
    {**MULTIPLEX_STRUCTURE, "state": choice("Created", "Pulling", "Playing", "Stopped"), "pullingMessage": TEXT},
    "playlists",
    "pullingMessage",
)

STATISTICS = open_(
    {
        **dict.fromkeys(("createdTime", "lastUpdatedTime", "lastRecvTime", "lastSentTime", "maxTotalConnectionTime"), INSTANT),
        **dict.fromkeys(("totalBytesIn", "totalBytesOut", "totalConnections", "maxTotalConnections"), COUNT),
        **{f"{which}Throughput{way}": COUNT for which in ("avg", "max", "last") for way in ("In", "Out")},
        "connections": {"type": "object", "additionalProperties": COUNT},
    }
)
QUEUE = open_({"id": COUNT, "urn": TEXT, "type": TEXT, "size": COUNT, "peak": COUNT, "threshold": COUNT})

CONFIGURATION = open_({"name": {}})
"""A virtual host, an application or an output profile as its configuration has it: members are those of a Server.xml, in camel case.

Members stay of the type in which they were sent, the name too.
"""
CHANGES: Schema = {"type": "object"}


def schemas() -> dict[str, Schema]:
    """Those that have a name, `HlsDump` from the schema of its own that the package has."""
    answer = json.loads(files("ome_mock").joinpath("schemas/hls-dumps.schema.json").read_bytes())
    return {
        **answer["$defs"],
        "HlsDumpStart": HLS_DUMP_START,
        "HlsDumpAddress": HLS_DUMP_ADDRESS,
        "Stream": STREAM,
        "NewStream": NEW_STREAM,
        "Record": RECORD,
        "RecordStart": RECORD_START,
        "Push": PUSH,
        "PushStart": PUSH_START,
        "Identified": IDENTIFIED,
        "Event": EVENT,
        "Subtitles": SUBTITLES,
        "SttStatus": STT_STATUS,
        "ScheduledChannel": SCHEDULED_CHANNEL,
        "NewScheduledChannel": NEW_SCHEDULED_CHANNEL,
        "Schedule": SCHEDULE,
        "MultiplexChannel": MULTIPLEX_CHANNEL,
        "NewMultiplexChannel": NEW_MULTIPLEX_CHANNEL,
        "Statistics": STATISTICS,
        "Queue": QUEUE,
        "Configuration": CONFIGURATION,
        "Refusal": closed({"message": TEXT, "statusCode": INTEGER}),
    }
