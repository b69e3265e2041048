"""The grammar of a whole Server.xml (rest-api.md#server-configuration), and of a virtual host (appendix B.1)."""

from __future__ import annotations

import ipaddress

from .application_grammar import APPLICATION
from .bind_grammar import BIND, MODULES
from .common_grammar import CROSS_DOMAINS, HOST
from .grammar import Values, flags, flat, group, many, not_emulated, numbers, one, texts, without_effect
from .scalars import BITRATE, NUMBER, PRESENCE, one_of


def _redis_host_rule(values: Values) -> str | None:
    host = values.get("host", "")
    return None if host.count(":") == 1 else f"Invalid host format {host} > it must be host:port"


def _bitrates_rule(values: Values) -> str | None:
    for name in ("minBitrate", "maxBitrate"):
        if values.get(name, 1) <= 0:
            return f"{name[0].upper()}{name[1:]} must be greater than 0"
    return None


def _addresses_rule(values: Values) -> str | None:
    """Refuse an address that is neither `*` nor literal, with which the engine exits (recorded: configuration/IP nonsense)."""
    for address in values.get("ip", ()):
        try:
            if address != "*":
                ipaddress.ip_address(address)
        except ValueError:
            return f"IP {address!r} is not an address"
    return None


ENABLES = group(*texts("Providers", "Publishers"))
ORIGIN = group(
    one("Location", required=True),
    one(
        "Pass",
        group(one("Scheme", required=True), one("Urls", group(many("Url")), required=True), *flags("ForwardQueryParams")),
        required=True,
    ),
    *flags("Persistent", "Failback", "StrictLocation", "Relay"),
    *(each._replace(json="ignoreRtcpSrTimestamp") for each in flags("IgnoreRtcpSRTimestamp")),
)
ORIGINS = group(
    many("Origin", ORIGIN),
    one("Properties", group(*numbers("NoInputFailoverTimeout", "UnusedStreamDeletionTimeout", "StreamFailbackTimeout", "RetryCount"))),
)
SIGNED_POLICY = group(
    *texts("PolicyQueryKeyName", "SignatureQueryKeyName", "SecretKey", required=True), one("Enables", ENABLES, required=True)
)
ADMISSION_WEBHOOKS = group(
    *texts("ControlServerUrl", "SecretKey", required=True),
    *numbers("Timeout", required=True),
    one("Enables", ENABLES, required=True),
)
ORIGIN_MAP_STORE = group(
    one("RedisServer", group(one("Host", required=True), one("Auth"), rules=(_redis_host_rule,)), required=True), one("OriginHostName")
)

VIRTUAL_HOST = group(
    one("Name", required=True),
    one("Distribution"),
    one("Host", HOST),
    one("AdmissionWebhooks", ADMISSION_WEBHOOKS),
    *not_emulated(
        one("SignedPolicy", SIGNED_POLICY),
        one("Origins", ORIGINS),
        one("OriginMapStore", ORIGIN_MAP_STORE),
    ),
    one("CrossDomains", CROSS_DOMAINS),
    flat("Applications", "Application", APPLICATION, unique=True),
)

INGRESS_RULES = group(
    one("StreamStatus", PRESENCE),
    *numbers("MinBitrate", "MaxBitrate", content=BITRATE),
    *numbers("MinFramerate", "MaxFramerate", content=NUMBER),
    *numbers("MinWidth", "MaxWidth", "MinHeight", "MaxHeight", "MinSamplerate", "MaxSamplerate"),
    *numbers("LongKeyFrameInterval", "HasBFrames", content=PRESENCE),
    rules=(_bitrates_rule,),
)
EGRESS_RULES = group(*numbers("StreamStatus", "LLHLSReady", "HLSReady", "TranscodeStatus", content=PRESENCE))
ALERT_RULES = group(one("Ingress", INGRESS_RULES), one("Egress", EGRESS_RULES), *not_emulated(one("InternalQueueCongestion", PRESENCE)))
ALERT = group(
    *texts("Url", "SecretKey", required=True),
    *numbers("Timeout", required=True),
    one("RulesFile"),
    one("Rules", ALERT_RULES),
)
API = group(
    one("AccessToken", required=True),
    one("CrossDomains", CROSS_DOMAINS),
    *without_effect(one("Storage", group(*flags("Enabled"), one("Path")))),
)

SERVER_GRAMMAR = group(
    one("Name"),
    one("Type", one_of("origin", "edge", refusal="Unknown type: {}", any_case=False), required=True),
    many("IP", json="ip")._replace(required=True),
    *without_effect(one("StunServer")),
    *not_emulated(*flags("PrivacyProtection"), usual=False),
    one("Bind", BIND, required=True),
    one("Modules", MODULES),
    one("Managers", group(one("Host", HOST, required=True), one("API", API, json="api"))),
    *without_effect(one("Analytics", group(one("UserKey"), one("Forwarding", group(*flags("Enable"), one("Collector")))))),
    one("Alert", ALERT),
    one("Defaults", group(one("CrossDomains", CROSS_DOMAINS))),
    flat("VirtualHosts", "VirtualHost", VIRTUAL_HOST, unique=True),
    rules=(_addresses_rule,),
    gone={"P2P": "older engines knew it; it is <Modules><P2P> now"},
)
