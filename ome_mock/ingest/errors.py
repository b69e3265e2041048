"""The errors of the RTMP protocol and its listener.

OmeMockError
└── IngestError
    ├── ProtocolViolation     the client must be disconnected; caught within the package
    └── WrongMoment           the listener called a method that the connection's state doesn't allow
"""

from __future__ import annotations

from ..errors import OmeMockError


class IngestError(OmeMockError):
    """The root of the tree."""


class ProtocolViolation(IngestError):
    """The client has sent something for which its connection is closed; the message is for the log."""


class WrongMoment(IngestError):
    """The listener called a method that the connection's state doesn't allow."""
