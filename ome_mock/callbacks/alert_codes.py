"""What alerts say: their codes and descriptions, as recorded."""

from __future__ import annotations

from ..dialect import Dialect

DESCRIPTIONS = {
    "OK": "The current status is good",
    "INGRESS_STREAM_CREATED": "A new ingress stream has been created",
    "INGRESS_STREAM_PREPARED": "A ingress stream has been prepared",
    "INGRESS_STREAM_DELETED": "A ingress stream has been deleted",
    "INGRESS_STREAM_CREATION_FAILED_DUPLICATE_NAME": "Failed to create stream because the specified stream name is already in use",
    "EGRESS_STREAM_CREATED": "A new egress stream has been created",
    "EGRESS_STREAM_PREPARED": "A egress stream has been prepared",
    "EGRESS_STREAM_DELETED": "A egress stream has been deleted",
    "EGRESS_STREAM_CREATION_FAILED_ENCODER": "Failed to create stream because the encoder could not be created",
    "EGRESS_LLHLS_READY": "LLHLS stream is ready to play - initial segment(s) have been generated",
    "EGRESS_HLS_READY": "HLS stream is ready to play - initial segment(s) have been generated",
    "INGRESS_HAS_BFRAME": "There are B-Frames in the ingress stream",
    "INGRESS_FRAMERATE_LOW": "The ingress stream's current framerate ({0:.2f} fps) is lower than the configured framerate ({1:.2f} fps)",
    "INGRESS_FRAMERATE_HIGH": "The ingress stream's current framerate ({0:f} fps) is higher than the configured framerate ({1:f} fps)",
    "INGRESS_LONG_KEY_FRAME_INTERVAL": "The ingress stream's current keyframe interval ({0:.1f} seconds) is too long. "
    "Please use a keyframe interval of 4.0 seconds or less",
    "INGRESS_WIDTH_SMALL": "The ingress stream's width ({0}) is smaller than the configured width ({1})",
    "INGRESS_WIDTH_LARGE": "The ingress stream's width ({0}) is larger than the configured width ({1})",
    "INGRESS_HEIGHT_SMALL": "The ingress stream's height ({0}) is smaller than the configured height ({1})",
    "INGRESS_HEIGHT_LARGE": "The ingress stream's height ({0}) is larger than the configured height ({1})",
    "INGRESS_SAMPLERATE_LOW": "The ingress stream's current samplerate ({0}) is lower than the configured samplerate ({1})",
    "INGRESS_SAMPLERATE_HIGH": "The ingress stream's current samplerate ({0}) is higher than the configured samplerate ({2})",
    "INGRESS_BITRATE_LOW": "The ingress stream's current bitrate ({0} bps) is lower than the configured bitrate ({1} bps)",
    "INGRESS_BITRATE_HIGH": "The ingress stream's current bitrate ({0} bps) is higher than the configured bitrate ({1} bps)",
}
"""By code; {0} is what was measured, {1} what is configured, {2} the configured minimum, which the engine names in place of the
maximum of a sample rate (recorded: alert/above every)."""


def message(dialect: Dialect, code: str, *values: float) -> dict[str, str]:
    description = dialect.alert_descriptions.get(code) or DESCRIPTIONS[code]
    return {"code": code, "description": description.format(*values)}
