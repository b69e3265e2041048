"""Errors between a listener, the protocol and a client.

OmeMockError
└── IngestError
    ├── ProtocolViolation     the client sent what closes its connection; never leaves the package
    └── WrongMoment           the listener called what its connection's state has no place for
"""

from __future__ import annotations

from ..errors import OmeMockError


class IngestError(OmeMockError):
    """The root of the tree."""


class ProtocolViolation(IngestError):
    """The client sent what closes its connection; the message says what, for the log."""


class WrongMoment(IngestError):
    """The listener called what the connection's state has no place for."""
