"""The grammar of `<Bind>`, which names the server's ports, and of `<Modules>`."""

from __future__ import annotations

from .common_grammar import OLD, OLDER
from .grammar import NOWHERE, Field, Group, Rule, Values, flags, flat, group, many, not_emulated, numbers, one, texts, without_effect
from .scalars import PORT, PORT_RANGE

WORKERS = without_effect(*numbers("WorkerCount"))
INPUT_THREADS = without_effect(*flags("ThreadPerSocket"))
"""A thread for each encoder (configuration-reader.md#threads-of-inputs)."""


def _workers_rule(values: Values) -> str | None:
    """Refuse an HTTP server without workers, with which the engine exits (recorded: configuration/WorkerCount 0)."""
    return "WorkerCount is 0, or no number" if values.get("workerCount") == 0 else None


def _ports_rule(values: Values) -> str | None:
    """Refuse a port that is plain for one HTTP server and TLS for another."""
    publishers, providers = values.get("publishers", NOWHERE), values.get("providers", NOWHERE)
    listeners = [
        values.get("managers", NOWHERE).node("api"),
        *(publishers.node(name) for name in ("llhls", "hls", "thumbnail")),
        *(bound.node("webrtc", "signalling") for bound in (publishers, providers)),
    ]
    plain, tls = ({each.get(name) for each in listeners} - {None} for name in ("port", "tlsPort"))
    return f"port {min(plain & tls)} is plain for one server and for TLS for another" if plain & tls else None


def _listener(*rules: Rule, serves_tls: bool = False, extra: tuple[Field, ...] = ()) -> Group:
    """A server with one port, and one more for TLS."""
    tls = one("TLSPort", PORT, json="tlsPort")
    return group(one("Port", PORT), *((tls,) if serves_tls else not_emulated(tls)), *WORKERS, *extra, rules=rules)


def _range_listener(*extra: Field) -> Group:
    """A server with several ports."""
    return group(one("Port", PORT_RANGE), one("TLSPort", PORT_RANGE, json="tlsPort"), *WORKERS, *extra)


HTTP_LISTENER = _listener(_workers_rule)
HTTPS_LISTENER = _listener(_workers_rule, serves_tls=True)
ICE_SERVER = group(one("Urls", group(many("Url")), required=True), *texts("UserName", "Credential"))
WEBRTC = group(
    one("Signalling", HTTP_LISTENER),
    one(
        "IceCandidates",
        group(
            many("IceCandidate"),
            many("TcpRelay"),
            *flags("EnableLinkLocalAddress", "TcpRelayForce"),
            *texts("DefaultTransport"),
            *numbers("TcpRelayWorkerCount", "TcpIceWorkerCount", "IceWorkerCount"),
            *flags("TcpForce"),
            gone={"Candidate": OLDER},
        ),
    ),
    one("IceServers", group(many("IceServer", ICE_SERVER))),
)
SRT = (
    flat("Options", "Option", group(*texts("Key", "Value", required=True))),
    flat("StreamMap", "Stream", group(*numbers("Port", required=True), one("StreamPath", required=True))),
)

PROVIDERS = group(
    one("RTMP", _listener(extra=INPUT_THREADS), json="rtmp"),
    *without_effect(
        one("OVT", _listener(), json="ovt"),
        one("RTSP", _listener(), json="rtsp"),
        one("RTSPC", _listener(), json="rtspc"),
        one("SRT", _range_listener(*SRT, *INPUT_THREADS), json="srt"),
    ),
    one("MPEGTS", _range_listener(), json="mpegts"),
    *without_effect(one("WebRTC", WEBRTC, json="webrtc")),
)
PUBLISHERS = group(
    *without_effect(one("OVT", _listener(), json="ovt")),
    one("LLHLS", HTTPS_LISTENER, json="llhls"),
    one("HLS", HTTP_LISTENER, json="hls"),
    one("Thumbnail", HTTP_LISTENER),
    *without_effect(
        one("SRT", _range_listener(*SRT), json="srt"),
        one("WebRTC", WEBRTC, json="webrtc"),
    ),
    gone={"DASH": OLD, "LLDASH": OLD, "LLDash": OLD, "RTMP": OLDER},
)
BIND = group(
    one("Managers", group(one("API", HTTPS_LISTENER, json="api"))),
    one("Providers", PROVIDERS),
    one("Publishers", PUBLISHERS),
    rules=(_ports_rule,),
)

SWITCH = group(*flags("Enable"))
MODULES = group(
    one("ERTMP", SWITCH, json="ertmp"),
    *without_effect(
        one("HTTP2", SWITCH, json="http2"),
        one("LLHLS", SWITCH, json="llhls"),
        one("P2P", group(*flags("Enable"), *numbers("MaxClientPeersPerHostPeer")), json="p2p"),
        one("Recovery", group(*flags("Enable"), *numbers("DeleteLazyStreamTimeout"))),
        one("DynamicAppRemoval", SWITCH),
        one("ETag", SWITCH, json="eTag"),
        one("Whisper", group(many("PreloadModel", group(one("Path", required=True), one("Devices"))))),
        one("Jemalloc", group(*flags("BackgroundPurge"))),
        one("TaskPool", group(*numbers("ThreadCount", "MaxTasks"))),
    ),
)
