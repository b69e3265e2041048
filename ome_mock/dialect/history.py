"""The engine's versions, from the newest to the oldest: each is the next newer one with a few rules changed (versions.md).

What a version changes stands at the version before it, as the value that this one still has.
"""

from __future__ import annotations

from dataclasses import replace

from .dialect import ENGINE_0_21, ENGINE_QUIRKS
from .version_rules import Readiness, UnreadyMaster

OLDER_HEADERS = (
    "WWW-Authenticate",
    "Access-Control-Allow-Headers",
    "Content-Encoding",
    "Access-Control-Allow-Methods",
    "Cache-Control",
    "Access-Control-Allow-Credentials",
    "Vary",
    "Content-Length",
    "Access-Control-Allow-Private-Network",
    "Access-Control-Allow-Origin",
    "",
    "Content-Type",
    "Server",
)

ENGINE_0_20_5 = replace(
    ENGINE_0_21,
    name="engine-0.20.5",
    version="0.20.5",
    event_formats=frozenset({"id3v2", "cue", "scte35"}),
    unshown=frozenset({"codecModule", "codecStatus", "configChangeCount", "timebase"}),
    shows_data=False,
    unknown_routes=frozenset({"enableStt", "disableStt", "sttStatus"}),
    bypassed_tracks_have_declared_rates=True,
    source_url_names_transport=False,
    audio_names_have_track_ids=True,
    part_reloads_alone_are_held=False,
    marks_changes=False,
    alerts_name_the_server=False,
    measured_alerts_repeat=True,
)

ENGINE_0_20_0 = replace(
    ENGINE_0_20_5,
    name="engine-0.20.0",
    version="0.20.0",
    unshown=ENGINE_0_20_5.unshown | {"maxFramerate", "maxHeight", "maxWidth"},
    stopped_record_names_files=False,
    stopped_record_counts_time_as_bytes=True,
    audio_is_default=False,
    refused_encoders_await_closing=False,
    segments_await_the_next_part=True,
    measured_alerts_repeat=False,
    reports_cover_other_kinds=False,
)

ENGINE_0_19_0 = replace(
    ENGINE_0_20_0,
    name="engine-0.19.0",
    version="0.19.0",
    dump_quirks=ENGINE_QUIRKS,
    cues_take_ms=910,
    unknown_elements=frozenset({"Server.Defaults"}),
    virtual_hosts_allow_origins=True,
    answers_are_dated=False,
    api_methods="OPTIONS, GET, POST, PUT, PATCH, DELETE",
    cors_needs_an_origin=True,
    allows_all_headers=True,
    header_order=OLDER_HEADERS,
    audio_names_have_track_ids=False,
    audio_is_default=True,
    live_refusals_have_cors=False,
    refused_encoders_await_closing=True,
    timeouts_waited=2,
    bypassed_tracks_are_bare=True,
    unknown_routes=ENGINE_0_20_0.unknown_routes | {"sendSubtitles", "managers"},
)

ENGINE_0_18_0 = replace(
    ENGINE_0_19_0,
    name="engine-0.18.0",
    version="0.18.0",
    unknown_elements=ENGINE_0_19_0.unknown_elements | {"Ingress.StreamStatus", "Rules.Egress"},
    alerts_tell_of_streams=False,
    measures_are_looked_at_from_listing=True,
    segments_begin_with_a_part=True,
    ready_with=Readiness.PART_AFTER_SEGMENT,
    outputs_after_ms=1300,
    pictures_alone_pass_after_ms=1035,
    unready_master=UnreadyMaster.HELD_AND_REFUSED,
    names_hold_colons=False,
    empty_action_shows_application=True,
    bit_rates_are_text=True,
    intervals_are_whole=True,
    event_formats=ENGINE_0_19_0.event_formats - {"scte35"},
    cues_take_ms=0,
    cues_begin_segments_anew=True,
    first_cue_counts=True,
)

ENGINE_0_17_3 = replace(
    ENGINE_0_18_0,
    name="engine-0.17.3",
    version="0.17.3",
    preflight_has_length=True,
    connection_counters=("file", "llhls", "ovt", "push", "thumbnail", "webrtc"),
    every_publisher_has_default_playlist=False,
    unknown_routes=ENGINE_0_18_0.unknown_routes | {"sendEvents"},
    event_formats=ENGINE_0_18_0.event_formats - {"cue"},
    names_missing_events=False,
)

ENGINE_0_16_8 = replace(
    ENGINE_0_17_3,
    name="engine-0.16.8",
    version="0.16.8",
    unknown_elements=ENGINE_0_17_3.unknown_elements | {"HLS.CreateDefaultPlaylist"},
    dump_quirks=ENGINE_QUIRKS | {"segment-unlisted"},
    default_segment_duration_ms=6_000,
    player_sessions_end=False,
    ready_with=Readiness.THREE_PARTS,
    unready_master=UnreadyMaster.NOT_STARTED,
    head_is_get=False,
    chunklist_version=10,
    master_playlist_version=7,
    lists_have_hold_back=True,
    legacy_lists_have_reports=True,
    part_target_is_configured=True,
    audio_parts_end_with_segments=False,
    encoders_lag_ms=100,
    live_methods="GET",
    live_preflight_methods="OPTIONS, GET",
    cross_domains_are_a_list=True,
    reloads_certificates_without_tls=False,
)

ENGINE_0_16_5 = replace(
    ENGINE_0_16_8,
    name="engine-0.16.5",
    version="0.16.5",
    unknown_elements=ENGINE_0_16_8.unknown_elements | {"Options.EnableTsPackaging"},
    unshown=ENGINE_0_16_8.unshown
    | {f"{rate}{kind}" for rate in ("bitrate", "framerate", "keyFrameInterval") for kind in ("Avg", "Conf", "Latest")}
    | {"deltaFramesSinceLastKeyFrame"},
    connection_counters=("dash", "file", "hls", "lldash", "llhls", "mpegtspush", "ovt", "rtmppush", "thumbnail", "webrtc"),
    shows_playlists=False,
    dumped_playlist_extension=".m3u8",
    player_sessions_end=True,
    callbacks_have_real_ip=False,
    closing_always_has_new_url=False,
    outputs_after_ms=410,
    sound_alone_passes_after_ms=1010,
    record_origin="automated",
    unknown_routes=ENGINE_0_16_8.unknown_routes | {"concludeHlsLive"},
)

ENGINE_0_16_4 = replace(
    ENGINE_0_16_5,
    name="engine-0.16.4",
    version="0.16.4",
    dump_quirks=ENGINE_0_16_5.dump_quirks | {"listed-before-dump", "endlist-missing", "media-sequence-not-zero"},
    dumped_lists_are_live=True,
    encoded_sides_are_multiples_of=1,
    takes_private_frames=False,
    record_origin="",
    unknown_routes=ENGINE_0_16_5.unknown_routes | {"version", "multiplexChannels"},
)

ENGINE_0_15_10 = replace(
    ENGINE_0_16_4,
    name="engine-0.15.10",
    version="0.15.10",
    unknown_elements=ENGINE_0_16_4.unknown_elements | {"Video.Modules", "Audio.Modules", "Server.Alert"},
    dump_quirks=ENGINE_QUIRKS | {"info-stale"},
    callback_headers=("Content-Length", "Host", "Accept", "Content-Type", "X-OME-Signature", "User-Agent"),
    user_agent_key="user-agent",
    dumped_lists_are_live=False,
    sound_alone_passes_after_ms=0,
    info_files_are_finished=False,
    next_part_completes_segment=True,
    ready_with=Readiness.SEGMENT_OF_ANY_TRACK,
    unready_master=UnreadyMaster.HELD,
    configuration_is_typed=True,
    chunklist_version=6,
    lines_before_variants=1,
    lists_have_hold_back=False,
    legacy_lists_date_the_open_segment=True,
    reports_cover_other_kinds=True,
    part_target_is_configured=False,
    audio_parts_are_independent=False,
    live_preflight_methods="GET",
    live_preflight_is_compressed=True,
    unshown_statistics=frozenset({"lastThroughputIn", "lastThroughputOut"}),
    records_are_listed_alone=True,
    unknown_routes=ENGINE_0_16_4.unknown_routes | {"scheduledChannels", "internals"},
)

ENGINES = (
    ENGINE_0_21,
    ENGINE_0_20_5,
    ENGINE_0_20_0,
    ENGINE_0_19_0,
    ENGINE_0_18_0,
    ENGINE_0_17_3,
    ENGINE_0_16_8,
    ENGINE_0_16_5,
    ENGINE_0_16_4,
    ENGINE_0_15_10,
)
"""From the newest to the oldest."""
