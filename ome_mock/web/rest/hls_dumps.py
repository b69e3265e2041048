"""`:startHlsDump`, `:stopHlsDump` and `:hlsDumps` (rest-api.md#dump-actions)."""

from __future__ import annotations

from typing import Any

from ...dumps.dump import Dump, DumpRequest
from ...engine.input_stream import InputStream
from ...refusals import BodyNotAnObject, FieldsMissing, JsonLibraryError, RequiredFields
from ...text import up_to_nul
from ..envelope import NOTHING, without_empty
from ..routing import Route
from . import STREAM, Api, of_stream


@of_stream
def start_hls_dump(api: Api, stream: InputStream, body: Any) -> object:
    names = api.dumps.start(stream, read_start(body), api.clock.now_ns())
    return names if api.dialect.names_output_streams else NOTHING


@of_stream
def stop_hls_dump(api: Api, stream: InputStream, body: Any) -> object:
    names = api.dumps.stop(stream, *read_address(body), api.clock.now_ns())
    return names if api.dialect.names_output_streams else NOTHING


@of_stream
def list_hls_dumps(api: Api, stream: InputStream, body: Any) -> object:
    return [describe(dump) for dump in api.dumps.find(stream, *read_address(body))]


def read_start(body: Any) -> DumpRequest:
    """The fields of a start. Raises FieldsMissing if one of the three required ones is missing."""
    fields, playlists = _read(body, RequiredFields.TO_START)
    request = DumpRequest(
        output_stream_name=up_to_nul(fields.get("outputStreamName")),
        id=up_to_nul(fields.get("id")),
        output_path=up_to_nul(fields.get("outputPath")),
        playlists=playlists,
        info_file=up_to_nul(fields.get("infoFile")),
        user_data=up_to_nul(fields.get("userData")),
    )
    if not (request.id and request.output_stream_name and request.output_path):
        raise FieldsMissing(RequiredFields.TO_START)
    return request


def read_address(body: Any) -> tuple[str, str]:
    """The output stream and the id, which may be empty, of a stop or a list. Raises FieldsMissing."""
    fields, _ = _read(body, RequiredFields.TO_ADDRESS)
    output_stream_name = up_to_nul(fields.get("outputStreamName"))
    if not output_stream_name:
        raise FieldsMissing(RequiredFields.TO_ADDRESS)
    return output_stream_name, up_to_nul(fields.get("id"))


def describe(dump: Dump) -> dict[str, object]:
    """One element of a list, without the fields that the start left out (rest-api.md#list-of-dumps)."""
    request = dump.request
    described: dict[str, object] = {
        "id": request.id,
        "infoFile": request.info_file,
        "outputPath": request.output_path,
        "outputStreamName": request.output_stream_name,
        "playlist": list(request.playlists),
        "userData": request.user_data,
    }
    return {"enabled": dump.enabled} | without_empty(described)


def _read(body: Any, required: RequiredFields) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The members of a body and the playlists among them. A value of a wrong type is absent: no string, or no element of the playlists.

    Raises JsonLibraryError, in all three actions, where `playlist` is an object with members (recorded: dump/playlist object).
    """
    if body is not None and not isinstance(body, dict):
        raise BodyNotAnObject(required)
    fields: dict[str, Any] = body or {}
    names = fields.get("playlist")
    if isinstance(names, dict) and names:
        raise JsonLibraryError("in Json::Value::operator[](ArrayIndex): requires arrayValue")
    return fields, tuple(up_to_nul(name) for name in names if isinstance(name, str)) if isinstance(names, list) else ()


ROUTES = (
    Route("POST", f"{STREAM}:startHlsDump", start_hls_dump),
    Route("POST", f"{STREAM}:stopHlsDump", stop_hls_dump),
    Route("POST", f"{STREAM}:hlsDumps", list_hls_dumps),
)
