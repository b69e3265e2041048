"""The record of a dialect, the documentation's dialect and that of the newest engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from .version_rules import VersionRules


class WriteMode(Enum):
    """The way in which a changed file is written again."""

    REPLACE = "replace"
    """A new file takes its name, so that readers see the old text or the new one."""
    IN_PLACE = "in-place"
    """The file is truncated and written, as by the engine: readers may see an empty or half-written file."""


ENGINE_PROTOCOLS = {"rtmp": "RTMP", "srt": "SRT", "webrtc": "WebRTC", "llhls": "LLHLS", "thumbnail": "Thumbnail"}

ENGINE_QUIRKS = frozenset({"target-duration-exceeded", "info-not-xml"})
"""The rules that dumps of every engine break, from 0.15 to 0.21."""


@dataclass(frozen=True, kw_only=True)
class Dialect(VersionRules):
    """The behaviour that one witness describes.

    Each field's docstring names what the documentation and the engine do; its value here is the newest engine's.
    """

    name: str
    """The value of `--dialect`."""

    names_output_streams: bool = False
    """True if 200 of start and stop lists the output streams. Documentation: yes. Engine: no (recorded: dump/start full)."""

    content_type: str = "application/json;charset=UTF-8"
    """The content type. Documentation: `application/json`. Engine: `application/json;charset=UTF-8` (every recorded answer with a body)."""

    error_prefix: str = "[HTTP] "
    """The beginning of the message of a refusal, except 401. Documentation: nothing. Engine: `[HTTP] `."""

    stream_name: str = "{vhost}/#{vhost}#{app}/{stream}"
    """The text for an unknown stream. Documentation: `[default/app/nope]`. Engine: with an internal name (recorded: not-found/stream)."""

    refuses_body_without_object: bool = False
    """True if a JSON body that is no object is a 400. Documentation: yes. Engine: a 500 with its JSON library's text
    (recorded: group body)."""

    refuses_existing_info_file: bool = False
    """True if an `infoFile` that is already on disk fails the start. Documentation: yes. Engine: overwritten (story info-file-exists)."""

    info_file_needs_slash: bool = True
    """True if an `infoFile` without a slash can't be written. Documentation: its example may be read as a bare file name, which lies in
    the working directory. Engine: it crashes (recorded: dump/info file relative); the emulator refuses the start instead."""

    info_file_root: str = "DumpInfo"
    """The root element of the info file. Documentation: `HLSDumpInfo`. Engine: `DumpInfo`."""

    info_file_indent: str = "\t"
    """The indentation of the info file. Documentation: two spaces. Engine: a tab."""

    info_file_stream: str = "{output_stream}"
    """The text of `<Stream>`. Documentation: `/vhost/app/output stream`. Engine: the output stream's name."""

    info_file_is_escaped: bool = False
    """True if text in the info file is escaped. Documentation: it is XML. Engine: text is inserted as it is (story user-data-markup)."""

    failed_write_status: str = "Running"
    """`<Status>` after a write failed. Documentation: `Error`. Engine: stays `Running` (story directory-replaced-by-a-file)."""

    failure_is_final: bool = False
    """True if a stop leaves the status of a failed dump. Documentation: `Error` would say nothing otherwise.
    Engine: a stop writes `Completed` (story directory-replaced-by-a-file)."""

    notices_short_writes: bool = False
    """True if a write that doesn't fit on the disk has failed. Documentation: it has an `Error` for it.
    Engine: only a file that can't be opened is noticed; what is cut short is listed all the same (dump-output.md#disk-writes)."""

    disables_dump_without_master: bool = False
    """True if a queued start that names an unknown playlist ends when that is found out. Documentation: silent; it has an `Error` for it.
    Engine: the dump goes on without it (story queued-with-an-unknown-playlist)."""

    target_covers_segments: bool = False
    """True if EXT-X-TARGETDURATION is at least every EXTINF rounded. RFC 8216bis, section 4.4.3.1: it must be.
    Engine: the configured duration rounded, whatever the segments last (playlists.md#chunklist)."""

    part_target_covers_parts: bool = False
    """True if PART-TARGET is at least every part's duration. RFC 8216bis, section 4.4.3.7: it must be.
    Engine: whole samples rounded to milliseconds, so some parts last one more (playlists.md#chunklist)."""

    window_holds_three_targets: bool = False
    """True if a live list keeps segments of three target durations. RFC 8216bis, section 6.2.2: it must.
    Engine: as many segments as are configured (playlists.md#chunklist)."""

    rewind_no_is_empty_between_parts: bool = True
    """True if `_HLS_rewind=NO` gives an empty body between a segment and the next one's first part. RFC 8216bis, section 4: no playlist
    is empty. Engine: yes, a known defect (live-llhls.md#requests)."""

    refuses_distant_reload: bool = False
    """True if a reload that would be held for long is a 400. RFC 8216bis, section 6.2.5.2: more than two segments, or three
    seconds of parts, ahead. Engine: held without limit (recorded: live-delivery, `_HLS_msn=102`)."""

    refuses_part_without_msn: bool = False
    """True if `_HLS_part` without `_HLS_msn` is a 400. RFC 8216bis, section 6.2.5.2: yes.
    Engine: ignored (recorded: live-delivery, `_HLS_part=1`)."""

    reload_waits_for_whole_segment: bool = False
    """True if `_HLS_msn` without `_HLS_part` is held until that segment is complete. RFC 8216bis, section 6.2.5.2: yes.
    Engine: until its first part is (recorded: live-delivery, `_HLS_msn=3`)."""

    answers_held_at_end: bool = False
    """True if requests that are held when a stream is concluded or ends are answered. RFC 8216bis, section 6.2.5.2: a held request
    is answered or fails. Engine: left without an answer (live-llhls.md#held-requests)."""

    concluded_list_is_a_dump_list: bool = True
    """True if a concluded list counts from 0, and names what only dumps still have. RFC 8216bis, section 6.2.2: the sequence number never
    decreases, and what is listed can be fetched. Engine: as a dump's list (playlists.md#chunklist)."""

    webhook_protocols: Mapping[str, str] = field(default_factory=lambda: ENGINE_PROTOCOLS)
    """The form of the protocol's name in webhooks. Documentation: in lower case. Engine: each in its own way (recorded)."""

    webhook_utc: str = "+00:00"
    """The end of an instant in a webhook. Documentation: its example has `Z`. Engine: `+00:00` (recorded)."""

    lifetime_ends_players: bool = True
    """True if the `lifetime` of an answer ends an LL-HLS session. Documentation: it does not apply. Engine: yes (recorded)."""

    ertmp_answers_oddly: bool = True
    """True if `<Modules><ERTMP>` changes the answers to publishers. Documentation: it is for further codecs, and silent about them.
    Engine: clients have numbers, pings come back reversed, and more (rtmp-and-channels.md#rtmp-connections)."""

    alerts_name_addresses: bool = False
    """True if `serverInfo` has `ipAddresses`. Documentation: yes. Engine: not on a machine that has loopback alone (recorded)."""

    alert_descriptions: Mapping[str, str] = field(default_factory=dict)
    """Descriptions of alerts that are the dialect's own; the others are in `callbacks/alert_codes.py`."""
    refuses_unknown_elements: bool = True
    """True if a Server.xml with an element that the engine doesn't know is refused. Documentation: shows elements of many versions; the
    file is loaded without it. Engine: refuses to start (recorded: configuration/unknown element under Server)."""

    refuses_api_without_token: bool = True
    """True if a Server.xml that binds the API without a token is refused. Documentation: its examples all have the default one.
    Engine: exits with 11 (recorded: configuration/no AccessToken)."""

    reads_http_strictly: bool = False
    """True if a request must have the form of RFC 9112, with an empty line before it ignored. Documentation: silent; HTTP says so.
    Engine: takes other versions, spaces in targets and odd lengths, and no empty line (recorded: transport/leading empty line)."""

    reads_chunked_bodies: bool = False
    """True if a chunked body is read. RFC 9112, section 6.1: it must be.
    Engine: taken for empty, and its chunks for the next request (recorded: transport/chunked)."""

    answers_expectations: bool = False
    """True if a client that expects it gets `100 Continue`. RFC 9110, section 10.1.1: it must.
    Engine: waits for the body (rest-api.md#connections)."""

    obeys_connection_options: bool = False
    """True if the options of a Connection header count in any case and among others. RFC 9112, section 9.3: yes.
    Engine: only the value `Close` closes, and a connection of HTTP/1.0 always ends (recorded: transport/connection close)."""

    serves_tls_without_certificate: bool = False
    """True if a configured TLS port whose certificate can't be read is served with one of the emulator's own. Documentation: silent.
    Engine: accepts connections and never answers (configuration-reader.md#reader)."""

    dump_quirks: frozenset[str] = ENGINE_QUIRKS | {"ts-list-not-finished"}
    """The rules of `ome_mock.check` that its dumps break of themselves. Documentation: none.
    Engine: EXT-X-TARGETDURATION is never raised, user data is pasted into the info file, and lists of MPEG-TS have no end
    (playlists.md#chunklist, dump-output.md#info-file, dump-output.md#ts-dumps)."""

    write_mode: WriteMode = WriteMode.IN_PLACE
    """The way of rewriting files. Documentation: silent; replacing suits readers best. Engine: in place (users-pains.md#torn-reads)."""


DOCS = Dialect(
    name="docs",
    names_output_streams=True,
    content_type="application/json",
    error_prefix="",
    stream_name="{vhost}/{app}/{stream}",
    refuses_body_without_object=True,
    refuses_existing_info_file=True,
    info_file_needs_slash=False,
    info_file_root="HLSDumpInfo",
    info_file_indent="  ",
    info_file_stream="/{vhost}/{app}/{output_stream}",
    info_file_is_escaped=True,
    failed_write_status="Error",
    failure_is_final=True,
    notices_short_writes=True,
    disables_dump_without_master=True,
    target_covers_segments=True,
    part_target_covers_parts=True,
    window_holds_three_targets=True,
    rewind_no_is_empty_between_parts=False,
    refuses_distant_reload=True,
    refuses_part_without_msn=True,
    reload_waits_for_whole_segment=True,
    answers_held_at_end=True,
    concluded_list_is_a_dump_list=False,
    callback_headers=("Content-Length", "Host", "Content-Type", "Accept", "X-OME-Signature", "User-Agent"),
    webhook_protocols={name: name for name in ("rtmp", "srt", "webrtc", "llhls", "thumbnail")},
    webhook_utc="Z",
    closing_always_has_new_url=False,
    lifetime_ends_players=False,
    ertmp_answers_oddly=False,
    alerts_name_addresses=True,
    alert_descriptions={
        "INGRESS_FRAMERATE_HIGH": "The ingress stream's current framerate ({0:.2f} fps) is higher than the configured framerate "
        "({1:.2f} fps)",
        "INGRESS_SAMPLERATE_HIGH": "The ingress stream's current samplerate ({0}) is higher than the configured samplerate ({1})",
        "INGRESS_LONG_KEY_FRAME_INTERVAL": "The ingress stream's current keyframe interval ({0:.1f} seconds) is too long. "
        "Please use a keyframe interval of 4 seconds or less",
    },
    reads_http_strictly=True,
    reads_chunked_bodies=True,
    answers_expectations=True,
    obeys_connection_options=True,
    serves_tls_without_certificate=True,
    dump_quirks=frozenset(),
    refuses_unknown_elements=False,
    refuses_api_without_token=False,
    write_mode=WriteMode.REPLACE,
)

ENGINE_0_21 = Dialect(name="engine-0.21")
