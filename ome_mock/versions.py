"""The versions of ome-mock and of the emulated OvenMediaEngine."""

VERSION = "0.1.0"
ENGINE_VERSION = "0.21.0"
ENGINE_GIT_VERSION = "v0.21.0-37b3fc381"
"""The version of the recorded engine in its own words (recorded: routing/get /v1/version)."""
