"""Rules for starts and stops that don't fit the existing dumps, playlists or writable paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...dumps.dump import Dump
from ...text import nearest, up_to_nul
from ..rest import Api
from .diagnosed_request import DiagnosedRequest
from .wording import listed, quoted
from .wrong_fields import info_file_without_directory


def unknown_playlist(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    """Name a playlist that doesn't exist; a queued start with it is accepted, and fails or leaves it out later."""
    names = asked.fields.get("playlist")
    if not _is_start(asked) or not isinstance(names, list):
        return
    output = asked.input_stream(api).find_output(asked.text("outputStreamName"))
    for name in (each for each in names if output and isinstance(each, str)):
        if output and not output.find_dumped_playlist(up_to_nul(name), api.dialect):
            instead = listed([f"{each}.m3u8" for each in output.playlists], "or") if output.playlists else "none"
            yield f"The output stream {quoted(output.name)} has no playlist {quoted(name)}: send {instead}."
            return


def taken(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    """Name the dump that has the id, or else the info file, in the engine's order (rest-api.md#dump-checks)."""
    if not _is_start(asked):
        return
    wanted_id, info_file = asked.text("id"), asked.text("infoFile")
    for dump in _dumps(asked, api):
        if dump.id == wanted_id:
            yield _taken_id(dump)
            return
        if info_file and dump.request.info_file == info_file:
            yield f'"infoFile" {quoted(info_file)} is that of dump {quoted(dump.id)} of this output stream: send another path.'
            return


def _taken_id(dump: Dump) -> str:
    if dump.enabled:
        return f'"id" {quoted(dump.id)} is that of a dump of this output stream that is running: send another one.'
    return f'"id" {quoted(dump.id)} is that of a dump that has ended, which keeps it until its stream ends: send one that was never used.'


def unknown_id(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    wanted = asked.text("id")
    ids = [dump.id for dump in _dumps(asked, api)] if asked.dump_action == "stopHlsDump" else [wanted]
    if not wanted or wanted in ids:
        return
    stream, name = asked.input_stream(api), quoted(asked.text("outputStreamName"))
    others = [each.name for each in stream.outputs if each.is_packaged and api.dumps.find(stream, each.name, wanted)]
    near = nearest(wanted, ids)
    if others:
        yield f"Dump {quoted(wanted)} is one of output stream {quoted(others[0])}, not of {name}: send that as outputStreamName."
    elif near:
        yield f"No dump of {name} has the id {quoted(wanted)}: send {quoted(near)}, the nearest."
    elif ids:
        yield f"No dump of {name} has the id {quoted(wanted)}: send {listed(ids, 'or')}."
    else:
        yield f"No dump of {name} was started since the stream was connected: start {quoted(wanted)} before stopping it."


def not_allowed(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    if _is_start(asked) and asked.reason:
        yield f"The dump was not written: {asked.reason}."


def not_written(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    """Give the log's reason for a refusal without another explanation."""
    if _is_start(asked) and isinstance(asked.json, dict):
        path = quoted(asked.text("outputPath"))
        yield f'The server could not write to "outputPath" {path} or to "infoFile": send others; its log says which option allows these.'


def _is_start(asked: DiagnosedRequest) -> bool:
    """Says if the request is a valid start of a dump."""
    return asked.dump_action == "startHlsDump" and not isinstance(asked.fields.get("playlist"), dict)


def _dumps(asked: DiagnosedRequest, api: Api) -> Sequence[Dump]:
    return api.dumps.find(asked.input_stream(api), asked.text("outputStreamName"), None)


CONFLICTS = (taken, unknown_id, unknown_playlist, info_file_without_directory, not_allowed)
