"""A dump for the page: what it has written, on the time of its media, its files and its info file."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from flask import Response, request

from ...disk.reading import read_confined
from ...dumps.dump import Dump
from ...engine.stream import TrackOnAir
from ...errors import PathRefused, reason_of
from ...hls.file_names import ChunklistFile, InitFile, SegmentFile, parse_file_name
from ...live.live_streams import ContentType
from ...timestamps import NS_PER_MS, iso_time
from ..control import Control
from .responses import refuse, respond, respond_json

MOST_ITEMS = 5_000
"""The number of writes in one answer."""
CONTENT_TYPES = {".m3u8": ContentType.PLAYLIST.value, ".m4s": ContentType.VIDEO.value}


def answer_dump(control: Control, stream: str, dump_id: str, rest: list[str]) -> Response:
    """Answer with a dump as JSON, or with one of its `files` or its `info-file`."""
    dump = control.api.dumps.find_last(stream, dump_id)
    if dump is None:
        return refuse(404, f"there is no dump {dump_id} of {stream}")
    match rest:
        case []:
            first = request.args.get("from", 0, int)
            return respond_json(describe_dump(dump, control, max(0, first)))
        case ["files", *names] if (name := "/".join(names)) in dump.written:
            return _send(control, dump.locate(name), CONTENT_TYPES.get(Path(name).suffix, "application/octet-stream"))
        case ["info-file"] if dump.info_file is not None:
            return _send(control, dump.info_file, "text/plain; charset=utf-8")
    return refuse(404, f"dump {dump_id} of {stream} has no {'/'.join(rest)}")


def describe_dump(dump: Dump, control: Control, first: int) -> dict[str, Any]:
    """A dump with its writes from a number on; `next` is that of the next one, from which to go on."""
    zone = control.clock.zone
    rows = list(islice(dump.written.since(first), MOST_ITEMS))
    return {
        "stream": str(dump.stream),
        "id": dump.id,
        "status": dump.status,
        "enabled": dump.enabled,
        "outputPath": dump.request.output_path,
        "infoFile": dump.request.info_file,
        "userData": dump.request.user_data,
        "tracks": [{"id": track.id, "kind": track.kind.value} for track in dump.stream.tracks],
        "mediaMs": dump.stream.pace.media_ns(control.clock.now_ns()) / NS_PER_MS,
        "items": [
            {"seq": first + index, "at": iso_time(due_ns, zone), "file": name, **_describe_item(dump, due_ns, name)}
            for index, (due_ns, name) in enumerate(rows)
        ],
        "next": first + len(rows),
        "count": len(dump.written),
    }


def _describe_item(dump: Dump, due_ns: int, name: str) -> dict[str, Any]:
    """A written file: its kind, its size on disk, and where it lies on the time of the media, in milliseconds."""
    file, on_media = parse_file_name(name), {"atMs": dump.stream.pace.media_ns(due_ns) / NS_PER_MS}
    match file:
        case SegmentFile(track_id=track_id, msn=number):
            segment = _describe_segment(dump, track_id, number, due_ns)
            return {"kind": "segment", "track": track_id, "number": number, "size": _size(dump.locate(name)), **segment, **on_media}
        case InitFile(track_id=track_id):
            return {"kind": "init", "track": track_id, "size": _size(dump.locate(name)), **on_media}
        case ChunklistFile(track_id=track_id):
            return {"kind": "chunklist", "track": track_id, **on_media}
    return {"kind": "playlist", **on_media}


def _describe_segment(dump: Dump, track_id: int, number: int, due_ns: int) -> dict[str, Any]:
    track = next((track for track in dump.stream.tracks if track.id == track_id), None)
    segment = None if track is None else TrackOnAir(dump.stream, track).segment(number - track.first_number)
    if segment is None:
        return {}
    is_complete = dump.stream.pace.instant_ns(segment.complete_ns) <= due_ns
    return {"beginsMs": segment.dts_ms, "lastsMs": segment.duration_ms, "isComplete": is_complete}


def _size(path: Path) -> int | None:
    try:
        return path.lstat().st_size
    except OSError:
        return None


def _send(control: Control, path: Path, content_type: str) -> Response:
    """Answer with a file, or with its `last` bytes, as the query says."""
    try:
        return respond(read_confined(control.confinement, path, request.args.get("last", None, int)), content_type)
    except (OSError, PathRefused) as error:
        return refuse(404, f"{path.name} can't be read: {reason_of(error)}")
