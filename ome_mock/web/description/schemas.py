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
SELECTION = open_({"name": TEXT, "trackIds": array(INTEGER), "variantNames": array(TEXT)}, "trackIds", "variantNames")
"""An output stream, and which of its tracks."""

_WHAT_A_RECORD_HAS_LATER = {
    **dict.fromkeys(("metadata", "filePath", "infoPath", "schedule", "outputFilePath", "outputInfoPath"), TEXT),
    **dict.fromkeys(("interval", "recordBytes", "recordTime", "totalRecordBytes", "totalRecordTime", "sequence"), COUNT),
    **dict.fromkeys(("startTime", "finishTime"), INSTANT),
}

_ITEM = open_({"url": NAME, "start": COUNT, "duration": INTEGER, "forwardData": FLAG}, "start", "duration", "forwardData")
PROGRAM = open_({"name": TEXT, "scheduled": TEXT, "repeat": FLAG, "items": array(_ITEM)}, "name", "repeat", "items")
SCHEDULE = {"fallbackProgram": open_({"items": array(_ITEM)}, "items"), "programs": array(PROGRAM)}
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
_SHOWN_PROGRAM = open_(
    {"name": TEXT, "scheduled": TEXT, "repeat": FLAG, "items": {"type": ["array", "null"], "items": _ITEM}}, "name", "scheduled", "repeat"
)

_MAPPED_TRACK = open_({"sourceTrackName": TEXT, "newTrackName": TEXT})
MULTIPLEX_STRUCTURE: Schema = {
    "outputStream": open_({"name": TEXT, "bypassTranscoder": FLAG}, "bypassTranscoder"),
    "sourceStreams": array(open_({"name": TEXT, "url": TEXT, "trackMap": array(_MAPPED_TRACK)})),
    "playlists": array(open_({"name": TEXT, "fileName": TEXT})),
}

NAMED: dict[str, Schema] = {
    "HlsDumpStart": open_(
        {"outputStreamName": NAME, "id": NAME, "outputPath": NAME, "playlist": array(TEXT), "infoFile": TEXT, "userData": TEXT},
        *("playlist", "infoFile", "userData"),
    ),
    "HlsDumpAddress": open_({"outputStreamName": NAME, "id": TEXT}, "id"),
    "Stream": closed(
        {
            "name": TEXT,
            "input": open_({"createdTime": INSTANT, "sourceType": TEXT, "sourceUrl": TEXT, "tracks": array(TRACK)}, "sourceUrl"),
            "outputs": array(open_({"name": TEXT, "tracks": array(TRACK), "playlists": array(PLAYLIST)})),
        }
    ),
    "NewStream": open_({"name": TEXT, "urls": array(TEXT, minItems=1), "properties": {"type": "object"}}, "properties"),
    "Record": closed(
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
    ),
    "RecordStart": open_(
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
    ),
    "Push": closed(
        {
            **dict.fromkeys(("id", "vhost", "app", "protocol", "url", "streamKey"), TEXT),
            **dict.fromkeys(("sentBytes", "sentTime", "totalsentBytes", "totalsentTime", "sequence"), COUNT),
            **dict.fromkeys(("startTime", "finishTime", "createdTime"), INSTANT),
            "stream": SELECTION,
            "state": choice("ready", "connecting", "pushing", "stopping", "stopped", "error"),
            "isConfig": FLAG,
        },
        "streamKey",
    ),
    "PushStart": open_({"id": NAME, "stream": SELECTION, "protocol": NAME, "url": NAME, "streamKey": TEXT}, "streamKey"),
    "Identified": open_({"id": TEXT}, "id"),
    "Event": open_(
        {
            "eventFormat": TEXT,
            "eventType": choice("video", "audio", "event"),
            "events": array(open_({"frameType": TEXT, "info": TEXT, "data": TEXT}, "info", "data"), minItems=1),
        },
        "eventType",
    ),
    "Subtitles": open_(
        {
            "format": choice("webvtt"),
            "data": array(open_({"label": TEXT, "subtitles": array(open_({"text": TEXT}), minItems=1)}), minItems=1),
        }
    ),
    "SttStatus": open_({"enabled": FLAG, "renditions": array(ANYTHING)}),
    "ScheduledChannel": open_(
        {
            "stream": SCHEDULED_STREAM,
            "currentProgram": open_({"state": choice("onair", "offair")}),
            "fallbackProgram": _SHOWN_PROGRAM,
            "programs": array(_SHOWN_PROGRAM),
        },
        *("currentProgram", "fallbackProgram", "programs"),
    ),
    "NewScheduledChannel": open_({**SCHEDULE, "stream": SCHEDULED_STREAM}, *SCHEDULE),
    "Schedule": open_(SCHEDULE, *SCHEDULE),
    "MultiplexChannel": open_(
        {**MULTIPLEX_STRUCTURE, "state": choice("Created", "Pulling", "Playing", "Stopped"), "pullingMessage": TEXT},
        *("playlists", "pullingMessage"),
    ),
    "NewMultiplexChannel": open_(MULTIPLEX_STRUCTURE, "playlists"),
    "Statistics": open_(
        {
            **dict.fromkeys(("createdTime", "lastUpdatedTime", "lastRecvTime", "lastSentTime", "maxTotalConnectionTime"), INSTANT),
            **dict.fromkeys(("totalBytesIn", "totalBytesOut", "totalConnections", "maxTotalConnections"), COUNT),
            **{f"{which}Throughput{way}": COUNT for which in ("avg", "max", "last") for way in ("In", "Out")},
            "connections": {"type": "object", "additionalProperties": COUNT},
        }
    ),
    "Queue": open_({"id": COUNT, "urn": TEXT, "type": TEXT, "size": COUNT, "peak": COUNT, "threshold": COUNT}),
    "Configuration": open_({"name": {}}),
    "Refusal": closed({"message": TEXT, "statusCode": INTEGER}),
}
"""The schemas that others refer to, by their names.

`Configuration` is a virtual host, an application or an output profile as its configuration has it: members are those of a Server.xml, in
camel case. They stay of the type in which they were sent, the name too.
"""


def schemas() -> dict[str, Schema]:
    """Those that have a name, `HlsDump` from the schema of its own that the package has."""
    of_dumps: dict[str, Schema] = json.loads(files("ome_mock").joinpath("schemas/hls-dumps.schema.json").read_bytes())["$defs"]
    return of_dumps | NAMED
