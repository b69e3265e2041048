"""Makes settings of `<AdmissionWebhooks>` and `<Alert>`."""

from __future__ import annotations

from ..settings import CALLBACK_TIMEOUT_MS, AdmissionWebhooks, AlertRules, Alerts
from .grammar import Node


def admission_webhooks(node: Node | None) -> AdmissionWebhooks | None:
    """The settings of an `<AdmissionWebhooks>`; without `<Enables>` nothing is asked (recorded: incoming-rtmp/vhost without Enables)."""
    if node is None:
        return None
    enables = node.node("enables")
    return AdmissionWebhooks(
        url=node.get("controlServerUrl", ""),
        secret_key=node.get("secretKey", ""),
        timeout_ms=node.get("timeout", CALLBACK_TIMEOUT_MS),
        providers=_names(enables.get("providers", "")),
        publishers=_names(enables.get("publishers", "")),
    )


def alerts(node: Node | None, rules: Node | None) -> Alerts | None:
    """The settings of an `<Alert>`; `rules` is the content of its `<RulesFile>`, which replaces its `<Rules>`."""
    if node is None:
        return None
    held = _rules(node.node("rules") if rules is None else rules)
    return Alerts(node.get("url", ""), node.get("secretKey", ""), node.get("timeout", CALLBACK_TIMEOUT_MS), held)


def _rules(node: Node) -> AlertRules:
    """The rules of a `<Rules>`; one that is a flag holds where its element is."""
    ingress, egress = node.node("ingress"), node.node("egress")
    return AlertRules(
        ingress_stream_status="streamStatus" in ingress.values,
        egress_stream_status="streamStatus" in egress.values,
        llhls_ready="lLHLSReady" in egress.values,
        hls_ready="hLSReady" in egress.values,
        transcode_status="transcodeStatus" in egress.values,
        min_framerate=_number(ingress, "minFramerate"),
        max_framerate=_number(ingress, "maxFramerate"),
        **ingress.given("min_bitrate", "max_bitrate", "min_width", "min_height", "max_width", "max_height"),
        **ingress.given("min_samplerate", "max_samplerate"),
        long_key_frame_interval="longKeyFrameInterval" in ingress.values,
        has_b_frames="hasBFrames" in ingress.values,
    )


def _names(listed: str) -> frozenset[str]:
    return frozenset(filter(None, (name.strip().lower() for name in listed.split(","))))


def _number(node: Node, name: str) -> float | None:
    found = node.get(name)
    return None if found is None else float(found)
