"""`/v1/stats/current` and the paths below it (rest-api.md#statistics)."""

from __future__ import annotations

from zlib import crc32

from ...engine.input_stream import InputStream
from ...engine.statistics import Traffic
from ...engine.virtual_hosts import SERVER_SCOPE
from ...timestamps import iso_time
from ..routing import Route
from . import Api, of_stream

CURRENT = "/v1/stats/current"
VHOST = f"{CURRENT}/vhosts/{{vhost}}"
APP = f"{VHOST}/apps/{{any_app}}"
STREAM = f"{VHOST}/apps/{{app}}/streams/{{stream}}"
INTERNALS = f"{CURRENT}/internals"
QUEUES = f"{INTERNALS}/queues"
QUEUE_THRESHOLD = 500
DWELL = ("Min", "Avg", "P50", "P90", "P99", "Max")


def server_statistics(api: Api) -> object:
    return describe(api, api.statistics.of(SERVER_SCOPE, api.clock.now_ns()))


def virtual_host_statistics(api: Api, vhost: str) -> object:
    api.engine.virtual_host(vhost)
    return describe(api, api.statistics.of((vhost,), api.clock.now_ns()))


def application_statistics(api: Api, vhost: str, any_app: str) -> object:
    api.engine.application(vhost, any_app)
    return describe(api, api.statistics.of((vhost, any_app), api.clock.now_ns()))


@of_stream
def stream_statistics(api: Api, stream: InputStream) -> object:
    return describe(api, api.statistics.of_stream(stream, api.clock.now_ns()))


def list_internals(_: Api) -> object:
    return [QUEUES]


def list_queues(api: Api) -> object:
    """One queue for each input stream, which is always short because the emulator passes samples on at once."""
    return [_describe_queue(stream) for stream in api.statistics.streams()]


def describe(api: Api, traffic: Traffic) -> dict[str, object]:
    """The statistics with all their keys; connections and sent bytes are always 0."""
    unshown = api.dialect.unshown_statistics
    created, updated = iso_time(traffic.created_ns, api.clock.zone), iso_time(traffic.updated_ns, api.clock.zone)
    described = {
        "createdTime": created,
        "lastUpdatedTime": updated,
        "lastRecvTime": updated,
        "lastSentTime": created,
        "maxTotalConnectionTime": created,
        "totalBytesIn": traffic.total_bytes_in,
        "totalBytesOut": 0,
        "avgThroughputIn": traffic.avg_bits_in,
        "avgThroughputOut": 0,
        "maxThroughputIn": traffic.max_bits_in,
        "maxThroughputOut": 0,
        "lastThroughputIn": traffic.latest_bytes_in,
        "lastThroughputOut": 0,
        "totalConnections": 0,
        "maxTotalConnections": 0,
        "connections": dict.fromkeys(api.dialect.connection_counters, 0),
    }
    return {name: value for name, value in described.items() if name not in unshown}


def _describe_queue(stream: InputStream) -> dict[str, object]:
    path = stream.path
    urn = f"mngq:v=#{path.vhost}#{path.app}:s={path.stream}:p=imr"
    dwell = {f"dwell{period}{what}Us": 0 for period in ("", "Latest") for what in DWELL}
    return dwell | {
        "id": crc32(urn.encode("utf-8", "surrogatepass")),
        "urn": urn,
        "type": "MediaPacket",
        "size": 0,
        "peak": 1,
        "threshold": QUEUE_THRESHOLD,
        "avgWaitingTime": 0,
        "inputPerSecond": 0,
        "outputPerSecond": 0,
        "drop": 0,
    }


ROUTES = (
    Route("GET", CURRENT, server_statistics),
    Route("GET", VHOST, virtual_host_statistics),
    Route("GET", APP, application_statistics),
    Route("GET", STREAM, stream_statistics),
    Route("GET", INTERNALS, list_internals),
    Route("GET", QUEUES, list_queues),
)
