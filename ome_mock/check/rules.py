"""The rules of a dump: their source, and the harm of breaking them."""

from __future__ import annotations

from typing import NamedTuple

RFC = "RFC 8216bis, section"
OME = "OME"


class Rule(NamedTuple):
    """A rule by its `name`; `source` says whose it is, `effect` what players and uploaders do where it is broken."""

    name: str
    source: str
    effect: str


_RULES = (
    # Playlists
    Rule("playlist-unreadable", f"{RFC} 4.1", "players refuse the playlist"),
    Rule("playlist-cut", f"{RFC} 4.1", "players stop at the cut, or refuse the playlist"),
    Rule("playlist-syntax", f"{RFC} 4", "strict players refuse the playlist, others pass over the line"),
    Rule("playlist-missing", f"{RFC} 4.4.6", "players get a 404, and drop the rendition or give up"),
    Rule("uri-leads-elsewhere", f"{OME}: a dump's playlists hold names alone", "players look for the file outside the dump"),
    Rule("master-empty", f"{RFC} 4.4.6.2", "players find nothing to play"),
    Rule("codecs-differ", f"{RFC} 4.4.6.2, CODECS", "players set up the wrong decoder, or leave the variant out"),
    Rule("mixed-streams", f"{OME}: a dump is one stream's, with one key", "players find one of the streams, uploaders take both for one"),
    Rule("odd-name", f"{OME}: names of files", "what goes by names (uploaders, recorders) passes over the file"),
    # Chunklists
    Rule("endlist-missing", f"{OME}: a dump's list is finished", "players take it for live: they wait at the end, and ask again for ever"),
    Rule(
        "ts-list-not-finished",
        f"{OME}: lists of MPEG-TS are only ever appended to",
        "players take it for live: they wait at the end, and ask again for ever",
    ),
    Rule(
        "media-sequence-not-zero",
        f"{OME}: a dump's list counts from 0",
        "players believe that the beginning is gone, and renditions drift apart",
    ),
    Rule("target-duration-missing", f"{RFC} 4.4.3.1", "players refuse the playlist"),
    Rule("target-duration-exceeded", f"{RFC} 4.4.3.1", "strict players refuse the playlist, others stall"),
    Rule("map-missing", f"{RFC} 4.4.4.5", "players can't decode any segment"),
    Rule("low-latency-tags", f"{OME}: a dump's list has none", "players ask for parts that were never dumped"),
    Rule("version-too-low", f"{RFC} 8", "old players try to play what they don't understand"),
    Rule("date-jumps", f"{RFC} 4.4.4.6", "seeking by date, clips and ad breaks land at the wrong place"),
    Rule("wrong-track", f"{OME}: names of files", "players mix tracks: they stall, or show noise"),
    Rule("segment-listed-twice", f"{RFC} 3", "players show it twice, or stall at the step back in time"),
    Rule("segment-order", f"{RFC} 3", "players jump back in time, and stall"),
    Rule("segment-skipped", f"{OME}: a dump has every segment", "players stall or jump at the hole"),
    Rule("segment-unlisted", f"{OME}: a dump's list has every segment", "players never show it"),
    Rule(
        "beginnings-differ", f"{OME}: every track begins with the same segment", "players start with sound alone, or with a still picture"
    ),
    Rule("endings-differ", f"{OME}: no track ends long before the others", "players stall where the shorter track ends"),
    Rule("list-missing", f"{OME}: every track has its list", "players never find the track"),
    # Media
    Rule("segment-missing", f"{RFC} 3", "players get a 404 there: they stall, skip, or give up"),
    Rule("listed-before-dump", f"{RFC} 3", "players begin with a 404: they stall, skip, or give up"),
    Rule("segment-empty", f"{RFC} 3.1", "players stall or skip there"),
    Rule("segment-damaged", "ISO/IEC 14496-12", "players stop with a decoding error, or skip there"),
    Rule("init-missing", f"{RFC} 4.4.4.5", "players can't decode any segment of the track"),
    Rule("init-damaged", "ISO/IEC 14496-12", "players can't decode any segment of the track"),
    Rule("duration-differs", f"{RFC} 4.4.4.1", "players seek to the wrong place, and drift from the timeline"),
    Rule("decode-time-jumps", f"{RFC} 4.4.4.3", "players stall at the hole, or drop what overlaps"),
    Rule(
        "sequence-number-jumps", "ISO/IEC 14496-12, section 8.8.5", "a fragment is lost, repeated or out of order: pictures freeze or break"
    ),
    Rule("no-key-frame", f"{RFC} 4.4.2.1", "players show broken pictures, or nothing until the next key frame"),
    # Info files
    Rule("info-empty", f"{OME}: the info file", "uploaders see no file of the dump"),
    Rule("info-not-xml", f"{OME}: the info file is XML", "XML parsers refuse it: uploaders see no file of the dump"),
    Rule("info-status", f"{OME}: Status is Running, Completed or Error", "uploaders wait for an end that they don't recognise"),
    Rule("info-stale", f"{OME}: Running is a dump that is written", "uploaders wait for ever"),
    Rule("dump-failed", f"{OME}: Status Error", "what was recorded ends early"),
    Rule("info-sequence", f"{OME}: Seq counts from 0", "uploaders that go by numbers miss files, or take them twice"),
    Rule("info-time", f"{OME}: Time is when a file had been written", "uploaders that go by time take files twice, or none"),
    Rule("info-names-missing", f"{OME}: the info file lists what was written", "uploaders fail at a file that is not there"),
    Rule("info-lacks-file", f"{OME}: the info file lists what was written", "uploaders never take the file"),
)

RULES = {rule.name: rule for rule in _RULES}
"""Every rule, by its name."""
