"""The elements that several parts of the configuration share."""

from __future__ import annotations

from .grammar import flags, flat, group, many, one, texts

OLD = "engines until 0.13 knew it"
OLDER = "older engines knew it"
CROSS_DOMAINS = group(many("Url", json="urls"), many("Header", group(*texts("Key", "Value", required=True)), json="headers"))
TLS = group(*texts("CertPath", "KeyPath", required=True), one("ChainCertPath"))
HOST = group(flat("Names", "Name", required=True), one("TLS", TLS, json="tls"))
STREAM_MAP_FILE = group(*flags("Enable"), *texts("Path", "RecordInfo"))
"""The file that names the streams which a publisher takes up by itself."""
