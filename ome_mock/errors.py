"""The errors of the emulator in words of the domain, without HTTP.

OmeMockError
├── ConfigurationError             a setting is wrong; the message names the setting and the value
│   └── AddressInUse               the port is taken
├── PublisherRefused               a control server does not let an encoder in
├── RequestRefused                 the emulated server refuses a request: `refusals.py`
├── EngineCrashed                  a fault crashed the emulated engine
└── WriteFailed                    a file of a dump could not be written
    ├── FileExists                 it must be new, and is not
    └── PathRefused                it lies outside the allowed directories
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from enum import Enum


def log_internal_error(log: logging.Logger, error: Exception) -> None:
    """Tell of an exception that nothing should have raised, and at DEBUG where it was raised."""
    log.error("internal error, please report it: %s: %s", type(error).__name__, error)
    log.debug("where it happened:", exc_info=error)


class OmeMockError(Exception):
    """The root of the tree."""


class ConfigurationError(OmeMockError):
    """A setting is wrong; the message is one line that names it.

    `arguments` are the names of arguments in it, for those who call them otherwise.
    """

    def __init__(self, message: str, *arguments: str) -> None:
        super().__init__(message)
        self.arguments = arguments

    def told_as(self, names: Mapping[str, str]) -> str:
        """The message with other names of arguments, such as `--root` of `root`."""
        text = str(self)
        for name in self.arguments:
            text = re.sub(rf"\b{name}\b", names.get(name, name), text, count=1)
        return text


class AddressInUse(ConfigurationError):
    """The port is taken."""


class PublisherRefused(OmeMockError):
    """An encoder was not let in; `reason` is what the control server said, or why it counts as a refusal."""

    def __init__(self, stream: str, reason: str) -> None:
        super().__init__(f"the control server refused the encoder of {stream}{f': {reason}' if reason else ''}")
        self.stream = stream
        self.reason = reason


class StartFailure(Enum):
    """The reason why a dump could not be started, in the engine's words (rest-api.md#dump-checks)."""

    DUPLICATE_ID = "Duplicate ID"
    DUPLICATE_INFO_FILE = "Duplicate info file"
    INIT_SEGMENT = "Could not dump init segment"
    SEGMENT = "Could not dump segment"
    MASTER_PLAYLIST = "Could not dump master playlist"


class EngineCrashed(OmeMockError):
    """A fault crashed the emulated engine in the middle of an action."""


class WriteFailed(OmeMockError):
    """A file of a dump could not be written; the message names it and the reason, `failure` is the reason that a start gives."""

    failure: StartFailure = StartFailure.SEGMENT

    def means(self, failure: StartFailure) -> None:
        """Set the reason that a start gives."""
        self.failure = failure


class FileExists(WriteFailed):
    """A file that must be new exists already."""

    failure = StartFailure.DUPLICATE_INFO_FILE

    def means(self, failure: StartFailure) -> None:
        """Keep the reason, which is the same for every start."""


class PathRefused(WriteFailed):
    """A path lies outside the directories where writing is allowed."""


def reason_of(error: Exception) -> str:
    """The reason of an error in a few words; that of the system leaves out its number and the file."""
    return str(error.strerror or error) if isinstance(error, OSError) else str(error)
