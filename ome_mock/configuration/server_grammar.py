"""The grammar of a virtual host (reference: REST API, appendix B.1) and of a whole Server.xml (section 1.1)."""

from __future__ import annotations

from .application_grammar import APPLICATION, CROSS_DOMAINS
from .grammar import ANYTHING, Use, flat, group, many, one, tuning
from .scalars import FLAG, PORT, WHOLE

NOT_EMULATED = Use.NOT_EMULATED
WITHOUT_EFFECT = Use.WITHOUT_EFFECT

TLS = group(one("CertPath", required=True), one("KeyPath", required=True), one("ChainCertPath"))
HOST = group(flat("Names", "Name", required=True), one("TLS", TLS, json="tls", use=WITHOUT_EFFECT))
ENABLES = group(one("Providers"), one("Publishers"))

ORIGIN = group(
    one("Location", required=True),
    one(
        "Pass",
        group(one("Scheme", required=True), one("Urls", group(many("Url", required=True)), required=True), one("ForwardQueryParams", FLAG)),
        required=True,
    ),
    one("Persistent", FLAG),
    one("Failback", FLAG),
    one("StrictLocation", FLAG),
    one("Relay", FLAG),
    one("IgnoreRtcpSrTimestamp", FLAG),
)

VIRTUAL_HOST = group(
    one("Name", required=True),
    one("Distribution"),
    one("Host", HOST),
    one(
        "SignedPolicy",
        group(
            one("PolicyQueryKeyName", required=True),
            one("SignatureQueryKeyName", required=True),
            one("SecretKey", required=True),
            one("Enables", ENABLES, required=True),
        ),
        use=NOT_EMULATED,
    ),
    one(
        "AdmissionWebhooks",
        group(
            one("ControlServerUrl", required=True),
            one("SecretKey", required=True),
            one("Timeout", WHOLE, required=True),
            one("Enables", ENABLES, required=True),
        ),
        use=NOT_EMULATED,
    ),
    one(
        "Origins",
        group(
            many("Origin", ORIGIN),
            one(
                "Properties",
                group(
                    one("NoInputFailoverTimeout", WHOLE),
                    one("UnusedStreamDeletionTimeout", WHOLE),
                    one("StreamFailbackTimeout", WHOLE),
                    one("RetryCount", WHOLE),
                ),
            ),
        ),
        use=NOT_EMULATED,
    ),
    one(
        "OriginMapStore",
        group(one("RedisServer", group(one("Host", required=True), one("Auth")), required=True), one("OriginHostName")),
        use=NOT_EMULATED,
    ),
    one("CrossDomains", CROSS_DOMAINS, use=NOT_EMULATED),
    flat("Applications", "Application", APPLICATION, unique=True),
)


BOUND = group(one("Port", PORT), one("TLSPort", ANYTHING, json="tlsPort", use=NOT_EMULATED), *tuning("WorkerCount"))
"""What a module listens on: the emulator takes the plain port."""

BIND = group(
    one("Managers", group(one("API", BOUND, json="api"))),
    one("Providers", ANYTHING, use=WITHOUT_EFFECT),
    one("Publishers", group(one("LLHLS", BOUND, json="llhls"), *tuning("HLS", "WebRTC", "OVT", "SRT", "Thumbnail", "DASH"))),
)

API = group(one("AccessToken", required=True), one("CrossDomains", CROSS_DOMAINS), *tuning("Storage"))

SERVER = group(
    one("Name"),
    one("Type"),
    *tuning("IP", "PrivacyProtection", "StunServer", "P2P", "Analytics", "URLRewrite"),
    one("Bind", BIND),
    one("Managers", group(one("Host", HOST), one("API", API, json="api", required=True)), required=True),
    one("Defaults", group(one("CrossDomains", CROSS_DOMAINS))),
    *tuning("Modules"),
    flat("VirtualHosts", "VirtualHost", VIRTUAL_HOST, unique=True),
    attributes=frozenset({"version"}),
)
