"""What versions of the engine differ in, besides everything that all of them share.

Each rule's value here is that of the newest engine, and its docstring names what older ones do; `history` says which ones.
All are recorded (versions.md#recorded-versions), unless they say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..versions import ENGINE_GIT_VERSION, ENGINE_VERSION
from .told import Subject, lack, rule

ANSWERS, STREAMS, ACTIONS, CONFIGURATION = Subject.ANSWERS, Subject.STREAMS, Subject.ACTIONS, Subject.CONFIGURATION
DUMPS, PLAYLISTS = Subject.DUMPS, Subject.PLAYLISTS
NEWEST_HEADERS = (
    "Date",
    "WWW-Authenticate",
    "Vary",
    "Cache-Control",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Credentials",
    "Content-Length",
    "Access-Control-Allow-Private-Network",
    "Access-Control-Allow-Origin",
    "Content-Encoding",
    "Access-Control-Allow-Methods",
    "",
    "Content-Type",
    "Server",
)
NUMBERS_OR_TEXT = {False: "numbers: `2042832`", True: 'text: `"2042832"`'}


@dataclass(frozen=True, kw_only=True)
class VersionRules:
    """The rules of one version of the engine."""

    version: str = ENGINE_VERSION
    git_version: str = ENGINE_GIT_VERSION
    """The version in the engine's own words (recorded: routing/get /v1/version)."""

    # Configuration

    unknown_elements: frozenset[str] = lack(CONFIGURATION, "elements of `Server.xml`, others stop the engine")
    """The names of elements, each after its parent's, that the grammar of this version doesn't have yet."""

    default_segment_duration_ms: int = rule(10_000, CONFIGURATION, "`<SegmentDuration>` of LL-HLS without one", {10_000: "10", 6_000: "6"})

    # Answers of the REST API

    answers_are_dated: bool = rule(True, ANSWERS, "`Date`", {True: "in every answer", False: "in none"})
    api_methods: str = rule("OPTIONS, HEAD, GET, POST, PUT, PATCH, DELETE", ANSWERS, "`Access-Control-Allow-Methods`")
    cors_needs_an_origin: bool = rule(
        False, ANSWERS, "`Vary` and the methods for an origin that isn't allowed", {False: "there", True: "absent"}
    )
    allows_all_headers: bool = rule(
        False, ANSWERS, "`Access-Control-Allow-Headers`", {False: "what a preflight asked for", True: "`*`, in every answer"}
    )
    header_order: tuple[str, ...] = rule(NEWEST_HEADERS, ANSWERS, "the order of headers", {NEWEST_HEADERS: "`Date` first"})
    """The names of headers in their order; the empty name stands for all others."""
    preflight_has_length: bool = rule(False, ANSWERS, "`Content-Length` of a 204", {False: "none", True: "`0`"})
    head_is_get: bool = rule(True, ANSWERS, "HEAD", {True: "as GET, without the body", False: "404"})
    names_hold_colons: bool = rule(
        True, ANSWERS, "an action of a stream whose name has a colon", {True: "possible", False: "404 `Controller not found`"}
    )
    empty_action_shows_application: bool = rule(
        False, ANSWERS, "`GET .../streams/<stream>:`", {False: "an unknown stream", True: "the application's configuration"}
    )
    """Read in the sources."""
    configuration_is_typed: bool = rule(
        False, ANSWERS, "values of a configuration", {False: 'text, as in the file: `"true"`', True: "JSON's own: `true`, `2`, `0.5`"}
    )
    cross_domains_are_a_list: bool = rule(False, ANSWERS, "`crossDomains` in a configuration", {False: '`{"urls":["*"]}`', True: '`["*"]`'})
    unshown_statistics: frozenset[str] = lack(ANSWERS, "fields of statistics")
    connection_counters: tuple[str, ...] = rule(
        ("file", "hlsv3", "llhls", "ovt", "push", "srt", "thumbnail", "webrtc"), ANSWERS, "`connections` in statistics"
    )

    # Documents of streams

    unshown: frozenset[str] = lack(STREAMS, "fields of tracks")
    shows_data: bool = rule(True, STREAMS, "`data` of a data track", {True: 'an object: `{"codec":"None"}`', False: "absent"})
    bypassed_tracks_are_bare: bool = rule(
        False, STREAMS, "output tracks that bypass the encoder", {False: "as their input's", True: "no field but `bypass`"}
    )
    bypassed_tracks_have_declared_rates: bool = rule(
        False, STREAMS, "`framerateConf` of an output track that bypasses the encoder", {False: "`0.0`", True: "its encoder's"}
    )
    bit_rates_are_text: bool = rule(False, STREAMS, "bit rates", NUMBERS_OR_TEXT)
    intervals_are_whole: bool = rule(False, STREAMS, "`keyFrameInterval`", {False: "`30.0`", True: "`30`"})
    shows_playlists: bool = rule(True, STREAMS, "`playlists` of an output stream", {True: "listed", False: "absent"})
    every_publisher_has_default_playlist: bool = rule(
        True, STREAMS, "default playlists among them", {True: "of HLS with MPEG-TS and WebRTC too", False: "of LL-HLS alone"}
    )
    source_url_names_transport: bool = rule(
        True, STREAMS, "`sourceUrl` of an encoder", {True: "`TCP://127.0.0.1:53370/tcp`", False: "`TCP://127.0.0.1:53370`"}
    )

    # Actions of the REST API

    unknown_routes: frozenset[str] = lack(ACTIONS, "routes, others are a 404 `Controller not found`")
    """The last words of the paths that this version has no route for."""
    event_formats: frozenset[str] = rule(frozenset({"id3v2"}), ACTIONS, "formats of `sendEvent`")
    takes_private_frames: bool = rule(True, ACTIONS, "`frameType` `PRIV` of `sendEvent`", {True: "accepted", False: "400"})
    names_missing_events: bool = rule(
        True,
        ACTIONS,
        "`sendEvent` with an empty array",
        {True: "`eventFormat(string) and events(array) are required`", False: "`events is empty`"},
    )
    reloads_certificates_without_tls: bool = rule(True, ACTIONS, "`reloadCertificate` without TLS", {True: "200", False: "500"})
    stopped_record_names_files: bool = rule(
        True, ACTIONS, "`outputFilePath`, `outputInfoPath` in the answer of `stopRecord`", {True: "there", False: "absent"}
    )
    stopped_record_counts_time_as_bytes: bool = rule(
        False,
        ACTIONS,
        "`totalRecordBytes` in the answer of `stopRecord`",
        {False: "bytes", True: "bytes and milliseconds, added"},
    )
    record_origin: str = rule("isConfig", ACTIONS, "the field that says who has begun a record", {"": "none"})
    records_are_listed_alone: bool = rule(
        False, ACTIONS, "`response` of `startRecord`, `stopRecord`, `startPush`", {False: "an object", True: "an array of one"}
    )

    # Dumps

    dumped_playlist_extension: str = rule(
        "", DUMPS, "names of `playlist` in `startHlsDump`", {"": "with any extension, or none", ".m3u8": "with `.m3u8` alone"}
    )

    # Playlists and live streams

    live_methods: str = rule("OPTIONS, GET, HEAD", PLAYLISTS, "`Access-Control-Allow-Methods` of live streams")
    live_preflight_methods: str = rule("OPTIONS, GET, HEAD", PLAYLISTS, "`Access-Control-Allow-Methods` of a preflight for live streams")
    live_preflight_is_compressed: bool = rule(
        False, PLAYLISTS, "`Content-Encoding` of a preflight for live streams", {False: "none", True: "`gzip`"}
    )
    live_refusals_have_cors: bool = rule(
        True, PLAYLISTS, "cross-origin headers of a 401 and of an unknown stream's 404", {True: "there", False: "absent"}
    )
