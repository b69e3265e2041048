"""The reasons to give a player no answer with a body.

RequestRefused
└── NotServed
    ├── SessionMissing
    ├── StreamNotStarted
    ├── ReloadRefused
    ├── LiveFileNotFound
    └── ThumbnailRefused           its words are the answer
        └── ThumbnailStreamNotFound, ThumbnailNotStarted, ThumbnailNotEncoded
"""

from __future__ import annotations

from .refusals import RequestRefused


class NotServed(RequestRefused):
    """A player gets no answer with a body (live-llhls.md#requests)."""


class SessionMissing(NotServed, words="The query has no valid session"):
    """The query has no valid session."""


class StreamNotStarted(NotServed, words="The stream is being created, and no sample of it has arrived"):
    """The stream is being created; no sample of it has arrived."""


class ReloadRefused(NotServed, words="The reload asks for media too far ahead, or for a part without a segment"):
    """A reload asks for media too far ahead, or for a part without a segment (RFC 8216bis, section 6.2.5.2)."""


class LiveFileNotFound(NotServed, words="The stream, track or file does not exist, or no longer does"):
    """The stream, track or file does not exist, or no longer."""


class ThumbnailRefused(NotServed):
    """A player gets no picture, but these words (live-llhls.md#thumbnails)."""


class ThumbnailStreamNotFound(ThumbnailRefused, words="There is no stream or cannot pull a stream"):
    """No stream of this name has a publisher of thumbnails."""


class ThumbnailNotStarted(ThumbnailRefused, words="The stream has not started"):
    """The stream is being created; there is no picture of it yet."""


class ThumbnailNotEncoded(ThumbnailRefused, words="There is no thumbnail image"):
    """The output profile encodes no pictures of this format."""
