"""Which ome-mock this is, and which OvenMediaEngine it emulates."""

VERSION = "0.1.0"
ENGINE_VERSION = "0.21.0"
ENGINE_GIT_VERSION = "v0.21.0-37b3fc381"
"""What the recorded engine calls itself (recorded: routing/get /v1/version)."""
