"""Routes of the emulated API, with their bodies and answers."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..rest import APP, APPS, STREAM, STREAMS, VHOST, VHOSTS
from .schemas import TEXT, Schema, array, closed, reference

NO_EXAMPLE = object()


class Operation(NamedTuple):
    """One route: an id for generated clients, what it does, the schemas of its body and of its answer's `response`, an example of each.

    `refusals` are statuses beyond those that every route of its shape has; of `is_multi` the answer is an array, an outcome for each
    item of the body.
    """

    id: str
    summary: str
    body: Schema | None = None
    answer: Schema | None = None
    body_example: Any = NO_EXAMPLE
    answer_example: Any = NO_EXAMPLE
    refusals: tuple[int, ...] = ()
    success: int = 200
    is_multi: bool = False
    names_output_streams: bool = False
    """True if the answer's `response` is the names of the output streams, in a dialect where it is anything."""


NAMES = array(TEXT)
CONFIGURATION = reference("Configuration")
CONFIGURATIONS = array(CONFIGURATION)
ANY_OBJECT: Schema = {"type": "object"}
DUMP = {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps/d1"}
RECORDED = {"id": "r1", "stream": {"name": "stream"}}
RECORD_EXAMPLE = {
    "state": "ready",
    "isConfig": False,
    "id": "r1",
    "vhost": "default",
    "app": "app",
    "stream": {"name": "stream", "trackIds": [], "variantNames": []},
    "segmentationRule": "discontinuity",
    "createdTime": "2026-01-01T00:00:00.000+00:00",
}
PUSHED = {"id": "p1", "stream": {"name": "stream"}, "protocol": "rtmp", "url": "rtmp://cdn.example/app", "streamKey": "key"}
PUSH_EXAMPLE = {
    **PUSHED,
    "vhost": "default",
    "app": "app",
    "stream": {"name": "stream", "trackIds": [], "variantNames": []},
    "state": "ready",
    **dict.fromkeys(("sentBytes", "sentTime", "totalsentBytes", "totalsentTime", "sequence"), 0),
    **dict.fromkeys(("startTime", "finishTime"), "1970-01-01T00:00:00.000+00:00"),
    "createdTime": "2026-01-01T00:00:00.000+00:00",
    "isConfig": False,
}
EVENT_EXAMPLE = {"eventFormat": "id3v2", "events": [{"frameType": "TXXX", "info": "a", "data": "b"}]}
PROGRAMS = [
    {"name": "one", "scheduled": "2026-01-01T00:00:00.000+00:00", "repeat": True, "items": [{"url": "file://clip.mp4", "duration": 60000}]}
]
MULTIPLEX_EXAMPLE = {
    "outputStream": {"name": "mux", "bypassTranscoder": True},
    "sourceStreams": [
        {
            "name": "camera",
            "url": "stream://default/app/stream",
            "trackMap": [{"sourceTrackName": "bypass_video", "newTrackName": "camera_video"}],
        }
    ],
}
APPLICATION = {"name": "app", "type": "live"}
OUTPUT_PROFILE = {
    "name": "one",
    "outputStreamName": "${OriginStreamName}_one",
    "encodes": {"videos": [{"name": "video", "bypass": True}], "audios": [{"name": "audio", "bypass": True}]},
}
OUTPUT_PROFILES = f"{APP}/outputProfiles"
SCHEDULED = f"{APP}/scheduledChannels"
MULTIPLEX = f"{APP}/multiplexChannels"
CURRENT = "/v1/stats/current"
STATISTICS = reference("Statistics")

OPERATIONS: dict[tuple[str, str], Operation] = {
    # Dumps
    ("POST", f"{STREAM}:startHlsDump"): Operation(
        "startHlsDump",
        "Start a dump of an output stream",
        reference("HlsDumpStart"),
        body_example={**DUMP, "playlist": ["llhls.m3u8"], "infoFile": "/dumps/d1.info"},
        names_output_streams=True,
    ),
    ("POST", f"{STREAM}:stopHlsDump"): Operation(
        "stopHlsDump",
        "Stop a dump, or without an id all of an output stream",
        reference("HlsDumpAddress"),
        body_example={"outputStreamName": "stream", "id": "d1"},
        names_output_streams=True,
    ),
    ("POST", f"{STREAM}:hlsDumps"): Operation(
        "listHlsDumps",
        "Dumps of an output stream, ended ones too",
        reference("HlsDumpAddress"),
        array(reference("HlsDump")),
        {"outputStreamName": "stream"},
        [{"enabled": True, **DUMP}],
    ),
    # The server
    ("GET", "/v1/version"): Operation(
        "getVersion",
        "The engine's version",
        answer=closed({"gitVersion": TEXT, "version": TEXT}, "gitVersion"),
        answer_example={"gitVersion": "v0.21.0-37b3fc381", "version": "0.21.0"},
    ),
    ("POST", f"{VHOSTS}:reloadAllCertificates"): Operation("reloadAllCertificates", "Read the certificates of every virtual host again"),
    ("POST", f"{VHOSTS}/{{plain_vhost}}:reloadAllCertificates"): Operation(
        "reloadCertificatesOf", "The same; the name makes no difference"
    ),
    ("POST", f"{VHOSTS}:reloadCertificate"): Operation("reloadCertificateOfNone", "Refused: it names no virtual host"),
    ("GET", f"{VHOSTS}:"): Operation("getUnnamedAction", "Refused: it names no virtual host", refusals=(500,)),
    ("POST", f"{VHOST}:reloadCertificate"): Operation("reloadCertificate", "Read the certificate of a virtual host again"),
    ("POST", "/v1/managers/api:reloadCertificate"): Operation("reloadApiCertificate", "Read the API's certificate again"),
    # Configurations
    ("GET", VHOSTS): Operation("listVirtualHosts", "Names of the virtual hosts", answer=NAMES, answer_example=["default"]),
    ("POST", VHOSTS): Operation(
        "createVirtualHosts", "Make virtual hosts", CONFIGURATIONS, CONFIGURATION, [{"name": "new"}], {"name": "new"}, (409,), is_multi=True
    ),
    ("GET", VHOST): Operation("getVirtualHost", "A virtual host's configuration", answer=CONFIGURATION, answer_example={"name": "default"}),
    ("DELETE", VHOST): Operation("deleteVirtualHost", "Remove a virtual host", refusals=(403,)),
    ("GET", APPS): Operation("listApplications", "Names of the applications", answer=NAMES, answer_example=["app"]),
    ("POST", APPS): Operation(
        "createApplications", "Make applications", CONFIGURATIONS, CONFIGURATION, [APPLICATION], APPLICATION, (403, 409), is_multi=True
    ),
    ("GET", APP): Operation(
        "getApplication", "An application's configuration", answer=CONFIGURATION, answer_example={**APPLICATION, "dynamic": False}
    ),
    ("PATCH", APP): Operation(
        "changeApplication", "Change an application", ANY_OBJECT, CONFIGURATION, {"type": "live"}, {**APPLICATION, "dynamic": False}, (403,)
    ),
    ("DELETE", APP): Operation("deleteApplication", "Remove an application", refusals=(403,)),
    ("GET", f"{APP}:"): Operation(
        "getRawApplication", "An application's configuration and nothing else", answer=CONFIGURATION, answer_example=APPLICATION
    ),
    ("GET", OUTPUT_PROFILES): Operation("listOutputProfiles", "Names of the output profiles", answer=NAMES, answer_example=["one"]),
    ("POST", OUTPUT_PROFILES): Operation(
        "createOutputProfiles",
        "Make output profiles",
        CONFIGURATIONS,
        CONFIGURATION,
        [OUTPUT_PROFILE],
        OUTPUT_PROFILE,
        (403, 409),
        is_multi=True,
    ),
    ("GET", f"{OUTPUT_PROFILES}/{{output_profile}}"): Operation(
        "getOutputProfile", "An output profile's configuration", answer=CONFIGURATION, answer_example=OUTPUT_PROFILE
    ),
    ("PATCH", f"{OUTPUT_PROFILES}/{{output_profile}}"): Operation(
        "replaceOutputProfile",
        "Replace an output profile, but for its name",
        ANY_OBJECT,
        CONFIGURATION,
        {name: value for name, value in OUTPUT_PROFILE.items() if name != "name"},
        OUTPUT_PROFILE,
        (403,),
    ),
    ("DELETE", f"{OUTPUT_PROFILES}/{{output_profile}}"): Operation("deleteOutputProfile", "Remove an output profile", refusals=(400, 403)),
    # Streams
    ("GET", STREAMS): Operation("listStreams", "Names of the input streams", answer=NAMES, answer_example=["stream"]),
    ("POST", STREAMS): Operation(
        "pullStream",
        "Fetch a stream from another server",
        reference("NewStream"),
        body_example={"name": "camera", "urls": ["rtsp://camera.example/1"]},
        refusals=(409, 502),
        success=201,
    ),
    ("GET", STREAM): Operation(
        "getStream",
        "An input stream, its tracks, and the tracks and playlists of its outputs",
        answer=reference("Stream"),
        answer_example={
            "name": "stream",
            "input": {"createdTime": "2026-01-01T00:00:00.000+00:00", "sourceType": "Rtmp", "tracks": []},
            "outputs": [{"name": "stream", "tracks": [], "playlists": []}],
        },
    ),
    ("DELETE", STREAM): Operation("deleteStream", "End an input stream"),
    ("POST", f"{STREAM}:concludeHlsLive"): Operation("concludeHlsLive", "End a stream's live lists", ANY_OBJECT, body_example={}),
    ("POST", f"{STREAM}:sendEvent"): Operation("sendEvent", "Put an event into a stream", reference("Event"), body_example=EVENT_EXAMPLE),
    ("POST", f"{STREAM}:sendEvents"): Operation(
        "sendEvents", "Put events into a stream", array(reference("Event"), minItems=1), body_example=[EVENT_EXAMPLE], is_multi=True
    ),
    ("POST", f"{STREAM}:sendSubtitles"): Operation(
        "sendSubtitles",
        "Put cues into a subtitle track",
        reference("Subtitles"),
        body_example={"format": "webvtt", "data": [{"label": "English", "subtitles": [{"text": "Hello"}]}]},
    ),
    ("POST", f"{STREAM}:enableStt"): Operation("enableStt", "Switch speech-to-text on", ANY_OBJECT, body_example={}),
    ("POST", f"{STREAM}:disableStt"): Operation("disableStt", "Switch speech-to-text off", ANY_OBJECT, body_example={}),
    ("POST", f"{STREAM}:sttStatus"): Operation(
        "sttStatus", "Speech-to-text encoders", ANY_OBJECT, reference("SttStatus"), {}, {"enabled": False, "renditions": []}
    ),
    # Records and pushes
    ("GET", f"{APP}:records"): Operation("listAllRecords", "Records", answer=array(reference("Record")), answer_example=[RECORD_EXAMPLE]),
    ("POST", f"{APP}:records"): Operation(
        "listRecords", "Records, of an id or all", reference("Identified"), array(reference("Record")), {"id": "r1"}, [RECORD_EXAMPLE]
    ),
    ("POST", f"{APP}:startRecord"): Operation(
        "startRecord", "Start a record", reference("RecordStart"), reference("Record"), RECORDED, RECORD_EXAMPLE
    ),
    ("POST", f"{APP}:stopRecord"): Operation(
        "stopRecord", "Stop a record", reference("Identified"), reference("Record"), {"id": "r1"}, RECORD_EXAMPLE
    ),
    ("GET", f"{APP}:pushes"): Operation("listAllPushes", "Pushes", answer=array(reference("Push")), answer_example=[PUSH_EXAMPLE]),
    ("POST", f"{APP}:pushes"): Operation(
        "listPushes", "Pushes, of an id or all", reference("Identified"), array(reference("Push")), {"id": "p1"}, [PUSH_EXAMPLE]
    ),
    ("POST", f"{APP}:startPush"): Operation("startPush", "Start a push", reference("PushStart"), reference("Push"), PUSHED, PUSH_EXAMPLE),
    ("POST", f"{APP}:stopPush"): Operation("stopPush", "Stop a push", reference("Identified"), body_example={"id": "p1"}),
    # Channels
    ("GET", SCHEDULED): Operation("listScheduledChannels", "Names of the scheduled channels", answer=NAMES, answer_example=["tv"]),
    ("POST", SCHEDULED): Operation(
        "createScheduledChannel",
        "Make a scheduled channel",
        reference("NewScheduledChannel"),
        body_example={"stream": {"name": "tv"}, "programs": PROGRAMS},
        refusals=(403, 409),
        success=201,
    ),
    ("GET", f"{SCHEDULED}/{{channel}}"): Operation(
        "getScheduledChannel",
        "A scheduled channel, and what is on",
        answer=reference("ScheduledChannel"),
        answer_example={"stream": {"name": "tv"}, "currentProgram": {"state": "offair"}, "programs": PROGRAMS},
        refusals=(500,),
    ),
    ("PATCH", f"{SCHEDULED}/{{channel}}"): Operation(
        "changeScheduledChannel",
        "Change the programs of a scheduled channel",
        reference("Schedule"),
        body_example={"programs": PROGRAMS},
        refusals=(403,),
        success=201,
    ),
    ("DELETE", f"{SCHEDULED}/{{channel}}"): Operation("deleteScheduledChannel", "Remove a scheduled channel", refusals=(400, 403, 500)),
    ("GET", MULTIPLEX): Operation("listMultiplexChannels", "Names of the multiplex channels", answer=NAMES, answer_example=["mux"]),
    ("POST", MULTIPLEX): Operation(
        "createMultiplexChannel",
        "Make a multiplex channel",
        reference("NewMultiplexChannel"),
        body_example=MULTIPLEX_EXAMPLE,
        refusals=(403, 409),
        success=201,
    ),
    ("GET", f"{MULTIPLEX}/{{channel}}"): Operation(
        "getMultiplexChannel",
        "A multiplex channel",
        answer=reference("MultiplexChannel"),
        answer_example={**MULTIPLEX_EXAMPLE, "state": "Playing"},
        refusals=(400,),
    ),
    ("DELETE", f"{MULTIPLEX}/{{channel}}"): Operation("deleteMultiplexChannel", "Remove a multiplex channel", refusals=(400, 500)),
    # Statistics
    ("GET", CURRENT): Operation("getStatistics", "Traffic of the server", answer=STATISTICS),
    ("GET", f"{CURRENT}/vhosts/{{vhost}}"): Operation("getStatisticsOfVirtualHost", "Traffic of a virtual host", answer=STATISTICS),
    ("GET", f"{CURRENT}/vhosts/{{vhost}}/apps/{{any_app}}"): Operation(
        "getStatisticsOfApplication", "Traffic of an application", answer=STATISTICS
    ),
    ("GET", f"{CURRENT}/vhosts/{{vhost}}/apps/{{app}}/streams/{{stream}}"): Operation(
        "getStatisticsOfStream", "Traffic of a stream", answer=STATISTICS
    ),
    ("GET", f"{CURRENT}/internals"): Operation(
        "listInternals", "Paths of statistics of the engine itself", answer=NAMES, answer_example=[f"{CURRENT}/internals/queues"]
    ),
    ("GET", f"{CURRENT}/internals/queues"): Operation("listQueues", "The engine's queues", answer=array(reference("Queue"))),
}
"""Every route of the emulated API, by method and path."""
