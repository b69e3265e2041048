"""The rules in which versions of the engine differ.

Each rule's value here is that of the newest engine, and its docstring names what older ones do; `history` says which ones.
All are recorded (versions.md#recorded-versions), unless they say otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..versions import ENGINE_GIT_VERSION, ENGINE_VERSION
from .version_rule import Subject, lack, rule

ANSWERS, STREAMS, ACTIONS, CONFIGURATION = Subject.ANSWERS, Subject.STREAMS, Subject.ACTIONS, Subject.CONFIGURATION
DUMPS, PLAYLISTS, BEGINNINGS, CALLBACKS = Subject.DUMPS, Subject.PLAYLISTS, Subject.BEGINNINGS, Subject.CALLBACKS
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


class Readiness(Enum):
    """The state in which a stream is ready to play: its master playlists are served, and what dumps had to wait for is written."""

    SEGMENT_OF_EVERY_TRACK = "a segment of every track"
    PART_AFTER_SEGMENT = "the first part after a segment of every track"
    THREE_PARTS = "three parts of every track"
    SEGMENT_OF_ANY_TRACK = "a segment of any track"


class UnreadyMaster(Enum):
    """The answer to a request for a master playlist before the stream is ready."""

    HELD = "held, then 200"
    HELD_AND_REFUSED = "held, then 404"
    NOT_STARTED = "201 at once"


NUMBERS_OR_TEXT = {False: "numbers: `2042832`", True: 'text: `"2042832"`'}


@dataclass(frozen=True, kw_only=True)
class VersionRules:
    """The rules of one version of the engine."""

    version: str = ENGINE_VERSION

    # Configuration

    unknown_elements: frozenset[str] = lack(CONFIGURATION, "elements of `Server.xml`, others stop the engine")
    """The names of elements, each after its parent's, that the grammar of this version doesn't have yet."""

    default_segment_duration_ms: int = rule(10_000, CONFIGURATION, "`<SegmentDuration>` of LL-HLS without one", {10_000: "10", 6_000: "6"})

    virtual_hosts_allow_origins: bool = rule(
        False, CONFIGURATION, "`<CrossDomains>` of a virtual host", {False: "not heeded", True: "holds for publishers without their own"}
    )
    """From OME's documentation (configuration-reader.md#cross-domains)."""

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
    cues_take_ms: int = rule(
        1_000, ACTIONS, "a cue ends a segment", {1_000: "1 s after the request", 910: "0.91 s after the request", 0: "at once"}
    )
    """The time from a request with a cue to its effect; that of 0.19.0 is measured (versions.md#rest-api)."""
    cues_begin_segments_anew: bool = rule(
        False,
        ACTIONS,
        "a segment that a cue ends",
        {
            False: "ends with any frame, and the next one ends where it would have ended",
            True: "ends with the next key frame, and the next one is as long as usual",
        },
    )
    first_cue_counts: bool = rule(False, ACTIONS, "of several cues in one event", {False: "the last counts", True: "the first counts"})
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

    info_files_are_finished: bool = rule(
        True, DUMPS, "`<Status>` after a stop, and after the stream's end", {True: "`Completed`", False: "`Running`, for good"}
    )
    segments_begin_with_a_part: bool = rule(
        False, DUMPS, "the segment that has just begun", {False: "there, empty: a dump begins with it", True: "there with its first part"}
    )
    next_part_completes_segment: bool = rule(
        False, DUMPS, "a segment is complete, and dumped,", {False: "with its last part", True: "with the first part of the next one"}
    )
    dumped_lists_are_live: bool = rule(
        False,
        DUMPS,
        "dumped lists",
        {
            False: "list what is in the folder",
            True: "begin with the live window: segments that are not in the folder, or no longer those that are",
        },
    )

    # First seconds

    ready_with: Readiness = rule(  # noqa: RUF009 (it makes a field)
        Readiness.SEGMENT_OF_EVERY_TRACK,
        BEGINNINGS,
        "a stream can be played after",
        {readiness: readiness.value for readiness in Readiness},
    )

    outputs_after_ms: int = rule(
        890,
        BEGINNINGS,
        "output streams are there",
        {890: "0.9 s after the encoder", 1300: "1.3 s after the encoder", 410: "with the input"},
    )
    sound_alone_passes_after_ms: int = rule(
        0,
        BEGINNINGS,
        "sound without pictures, by RTMP, reaches dumps and players",
        {0: "with the listing of its stream", 1010: "1 s after that"},
    )
    pictures_alone_pass_after_ms: int = rule(
        0,
        BEGINNINGS,
        "pictures without sound, by RTMP, reach dumps and players",
        {0: "with the listing of their stream", 1035: "1 s after that"},
    )
    unready_master: UnreadyMaster = rule(  # noqa: RUF009 (it makes a field)
        UnreadyMaster.HELD, BEGINNINGS, "a master playlist before that is", {each: each.value for each in UnreadyMaster}
    )

    # Playlists

    chunklist_version: int = rule(6, PLAYLISTS, "`EXT-X-VERSION` of a chunklist")
    master_playlist_version: int = rule(6, PLAYLISTS, "`EXT-X-VERSION` of a master playlist")
    lines_before_variants: int = rule(2, PLAYLISTS, "empty lines before the first variant")
    audio_names_have_track_ids: bool = rule(
        False, PLAYLISTS, "`NAME` of an audio rendition", {False: "`Audio_1`", True: "with the track's id: `Audio_1_2`"}
    )
    audio_is_default: bool = rule(
        True, PLAYLISTS, "the first audio rendition", {True: "`DEFAULT=YES,AUTOSELECT=YES`", False: "`DEFAULT=NO,AUTOSELECT=NO,FORCED=NO`"}
    )
    lists_have_hold_back: bool = rule(
        False, PLAYLISTS, "`HOLD-BACK` in dumped and legacy lists", {False: "absent", True: "three target durations"}
    )
    encoders_lag_ms: int = rule(
        333, PLAYLISTS, "encoded renditions come", {333: "0.3 s after what they are made of", 100: "0.1 s after that"}
    )
    encoded_sides_are_multiples_of: int = rule(
        4, PLAYLISTS, "width and height of encoded video", {4: "rounded up to multiples of 4", 1: "as asked for"}
    )
    legacy_lists_have_reports: bool = rule(
        False, PLAYLISTS, "`EXT-X-RENDITION-REPORT` in legacy lists", {False: "absent", True: "there, with `LAST-MSN` alone"}
    )
    legacy_lists_date_the_open_segment: bool = rule(
        False, PLAYLISTS, "the segment in progress in legacy lists", {False: "absent", True: "its `EXT-X-PROGRAM-DATE-TIME` alone"}
    )
    reports_cover_other_kinds: bool = rule(
        True, PLAYLISTS, "`EXT-X-RENDITION-REPORT`", {True: "for every other track", False: "for the other tracks of the same kind"}
    )
    part_target_is_configured: bool = rule(
        False, PLAYLISTS, "`PART-TARGET`", {False: "the longest part of this track", True: "`<ChunkDuration>`"}
    )
    audio_parts_are_independent: bool = rule(True, PLAYLISTS, "`INDEPENDENT=YES` of audio parts", {True: "there", False: "absent"})
    audio_parts_end_with_segments: bool = rule(
        True,
        PLAYLISTS,
        "audio segments of 2 seconds",
        {
            True: "2.005 s, 2.005 s, 2.006 s, 1.984 s: a segment ends within a part",
            False: "2.453 s, then 1.963 s: segments are whole parts",
        },
    )

    # Live streams

    segments_await_the_next_part: bool = rule(
        False, PLAYLISTS, "`EXTINF` of the segment just complete in live lists", {False: "there", True: "there with the next part"}
    )
    """Recorded of 0.16.4 to 0.16.8, whose lists have all its parts and no EXTINF; of the others read in the sources."""
    part_reloads_alone_are_held: bool = rule(
        True, PLAYLISTS, "`_HLS_msn` without `_HLS_part`", {True: "held until that segment has begun", False: "answered at once"}
    )

    marks_changes: bool = rule(
        True,
        PLAYLISTS,
        "a change of the encoding",
        {
            True: "ends the open segments; `EXT-X-DISCONTINUITY` and another init section follow",
            False: "leaves no trace in lists and dumps",
        },
    )
    """Read in the sources (dump-output.md#discontinuities); recorded of 0.21.0 alone."""

    live_methods: str = rule("OPTIONS, GET, HEAD", PLAYLISTS, "`Access-Control-Allow-Methods` of live streams")
    live_preflight_methods: str = rule("OPTIONS, GET, HEAD", PLAYLISTS, "`Access-Control-Allow-Methods` of a preflight for live streams")
    live_preflight_is_compressed: bool = rule(
        False, PLAYLISTS, "`Content-Encoding` of a preflight for live streams", {False: "none", True: "`gzip`"}
    )
    live_refusals_have_cors: bool = rule(
        True, PLAYLISTS, "cross-origin headers of a 401 and of an unknown stream's 404", {True: "there", False: "absent"}
    )

    # Webhooks and alerts

    callback_headers: tuple[str, ...] = rule(
        ("Content-Length", "Host", "Content-Type", "X-OME-Signature", "Accept", "User-Agent"), CALLBACKS, "the headers in their order"
    )
    """The documentation has the order of its example, in which two are left out."""
    callbacks_have_real_ip: bool = rule(
        True, CALLBACKS, "`real_ip` of `client`", {True: "the address, or that of `X-Real-IP` or `X-Forwarded-For`", False: "absent"}
    )
    user_agent_key: str = rule("user_agent", CALLBACKS, "the field of `client` that has a player's user agent")
    closing_always_has_new_url: bool = rule(
        True,
        CALLBACKS,
        "`new_url` of a closing request",
        {
            True: "there, the URL itself where the control server gave no other; but for WebRTC",
            False: "there where the control server gave one",
        },
    )
    player_sessions_end: bool = rule(
        True,
        CALLBACKS,
        "players of LL-HLS",
        {True: "a closing request when they leave, or after `lifetime`", False: "no closing request, and no effect of `lifetime`"},
    )
    refused_encoders_await_closing: bool = rule(
        True,
        CALLBACKS,
        "an RTMP encoder whose control server said nothing in time is thrown out",
        {True: "when its closing request is answered, or timed out too", False: "at once"},
    )
    timeouts_waited: int = rule(
        1, CALLBACKS, "a control server that says nothing", {1: "is waited for `Timeout`", 2: "is waited for twice `Timeout`"}
    )
    measures_are_looked_at_from_listing: bool = rule(
        False,
        CALLBACKS,
        "what is measured is looked at",
        {False: "each half second of the engine", True: "with the listing of a stream, then each second"},
    )
    alerts_name_the_server: bool = rule(True, CALLBACKS, "`serverInfo` of alerts", {True: "there", False: "absent"})
    alerts_tell_of_streams: bool = rule(
        True, CALLBACKS, "alerts of what becomes of streams", {True: "sent", False: "none: what is measured alone"}
    )
    measured_alerts_repeat: bool = rule(
        False,
        CALLBACKS,
        "alerts of what is measured, beside those of streams",
        {False: "once for each change", True: "in turn with `OK` every half second, as long as the stream lives"},
    )

    @property
    def git_version(self) -> str:
        """The version in the engine's own words (recorded: routing/get /v1/version)."""
        return ENGINE_GIT_VERSION if self.version == ENGINE_VERSION else f"v{self.version}"
