"""What can go wrong, in words of the domain; no module of errors knows HTTP.

OmeMockError
├── ConfigurationError             a setting is wrong; the message names the setting and the value
│   └── AddressInUse               the port is taken
├── PublisherRefused               a control server does not let an encoder in
├── RequestRefused                 the emulated server refuses a request: `refusals.py`
├── EngineCrashed                  a fault had the emulated engine die
└── WriteFailed                    a file of a dump could not be written
    ├── FileExists                 it must be new, and is not
    └── PathRefused                it lies outside the allowed directories
"""

from __future__ import annotations

from enum import Enum


class OmeMockError(Exception):
    """The root of the tree."""


class ConfigurationError(OmeMockError):
    """A setting is wrong; the message is one line that names it."""


class AddressInUse(ConfigurationError):
    """The port is taken."""


class PublisherRefused(OmeMockError):
    """An encoder was not let in; `reason` is what the control server said, or why it counts as a refusal."""

    def __init__(self, stream: str, reason: str) -> None:
        super().__init__(f"the control server refused the encoder of {stream}{f': {reason}' if reason else ''}")
        self.stream = stream
        self.reason = reason


class StartFailure(Enum):
    """Why a dump could not be started, in the engine's words (rest-api.md#dump-checks)."""

    DUPLICATE_ID = "Duplicate ID"
    DUPLICATE_INFO_FILE = "Duplicate info file"
    INIT_SEGMENT = "Could not dump init segment"
    SEGMENT = "Could not dump segment"
    MASTER_PLAYLIST = "Could not dump master playlist"


class EngineCrashed(OmeMockError):
    """A fault had the emulated engine die: what it was doing stays undone."""


class WriteFailed(OmeMockError):
    """A file of a dump could not be written; the message says which and why, `failure` what a start makes of it."""

    failure: StartFailure = StartFailure.SEGMENT

    def means(self, failure: StartFailure) -> None:
        """Say what a start makes of it."""
        self.failure = failure


class FileExists(WriteFailed):
    """A file that must be new is there already, whatever was to be written."""

    failure = StartFailure.DUPLICATE_INFO_FILE

    def means(self, failure: StartFailure) -> None:
        """It is the same to every start."""


class PathRefused(WriteFailed):
    """A path lies outside the directories where writing is allowed."""
