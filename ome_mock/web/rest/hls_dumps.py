"""`:startHlsDump`, `:stopHlsDump` and `:hlsDumps` (rest-api.md#dump-actions)."""

from __future__ import annotations

from typing import Any

from ...dumps.dump import Dump, DumpRequest
from ...refusals import BodyNotAnObject, FieldsMissing, JsonLibraryError, RequiredFields
from ..envelope import NOTHING
from ..routing import Route
from . import STREAM, Api


def start_hls_dump(api: Api, vhost: str, app: str, stream: str, body: Any) -> object:
    input_stream = api.engine.input_stream(vhost, app, stream)
    names = api.dumps.start(input_stream, read_start(body), api.clock.now_ns())
    return names if api.dialect.names_output_streams else NOTHING


def stop_hls_dump(api: Api, vhost: str, app: str, stream: str, body: Any) -> object:
    input_stream = api.engine.input_stream(vhost, app, stream)
    names = api.dumps.stop(input_stream, *read_address(body), api.clock.now_ns())
    return names if api.dialect.names_output_streams else NOTHING


def list_hls_dumps(api: Api, vhost: str, app: str, stream: str, body: Any) -> object:
    input_stream = api.engine.input_stream(vhost, app, stream)
    return [describe(dump) for dump in api.dumps.find(input_stream, *read_address(body))]


def read_start(body: Any) -> DumpRequest:
    """The fields of a start; raises FieldsMissing where one of the three that are needed is."""
    fields = _Fields(body, RequiredFields.TO_START)
    request = DumpRequest(
        output_stream_name=fields.text("outputStreamName"),
        id=fields.text("id"),
        output_path=fields.text("outputPath"),
        playlists=fields.playlists,
        info_file=fields.text("infoFile"),
        user_data=fields.text("userData"),
    )
    if not (request.id and request.output_stream_name and request.output_path):
        raise FieldsMissing(RequiredFields.TO_START)
    return request


def read_address(body: Any) -> tuple[str, str]:
    """The output stream and the id, which may be empty, of a stop or a list; raises FieldsMissing."""
    fields = _Fields(body, RequiredFields.TO_ADDRESS)
    output_stream_name = fields.text("outputStreamName")
    if not output_stream_name:
        raise FieldsMissing(RequiredFields.TO_ADDRESS)
    return output_stream_name, fields.text("id")


def describe(dump: Dump) -> dict[str, object]:
    """One element of a list; what was not given is left out (rest-api.md#list-of-dumps)."""
    request = dump.request
    described: dict[str, object] = {
        "id": request.id,
        "infoFile": request.info_file,
        "outputPath": request.output_path,
        "outputStreamName": request.output_stream_name,
        "playlist": list(request.playlists),
        "userData": request.user_data,
    }
    return {"enabled": dump.enabled} | {key: value for key, value in described.items() if value}


class _Fields:
    """A body read as the engine reads it: a field of a wrong type is absent, an unknown one is ignored; `web/diagnosis` tells."""

    def __init__(self, body: Any, required: RequiredFields) -> None:
        if body is not None and not isinstance(body, dict):
            raise BodyNotAnObject(required)
        self._body: dict[str, Any] = body or {}
        self.playlists = self._playlists()

    def text(self, name: str) -> str:
        """A string up to its first NUL, or the empty string (recorded: group fields)."""
        value = self._body.get(name)
        return value.partition("\0")[0] if isinstance(value, str) else ""

    def _playlists(self) -> tuple[str, ...]:
        """The strings of an array; other values are ignored.

        An object with members is an error in all three actions (recorded: dump/playlist object).
        """
        value = self._body.get("playlist")
        if isinstance(value, dict) and value:
            raise JsonLibraryError("in Json::Value::operator[](ArrayIndex): requires arrayValue")
        items = value if isinstance(value, list) else []
        return tuple(item.partition("\0")[0] for item in items if isinstance(item, str))


ROUTES = (
    Route("POST", f"{STREAM}:startHlsDump", start_hls_dump),
    Route("POST", f"{STREAM}:stopHlsDump", stop_hls_dump),
    Route("POST", f"{STREAM}:hlsDumps", list_hls_dumps),
)
