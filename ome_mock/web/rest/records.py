"""`:startRecord`, `:stopRecord` and `:records` (records-and-pushes.md#record-actions)."""

from __future__ import annotations

from typing import Any

from ...records.record import RecordRequest, RecordState, RecordStatus, SegmentationRule
from ...timestamps import iso_time
from ..envelope import without_empty
from ..routing import Route
from . import APP, Api
from .body_fields import BodyFields
from .records_and_pushes import alone, describe_chosen, read_chosen

Record = dict[str, object]
FILES = {"outputFilePath", "outputInfoPath"}


def start_record(api: Api, vhost: str, app: str, body: Any) -> object:
    application = api.engine.application(vhost, app)
    request = read_start(body)
    return alone(api, describe(api, vhost, app, request, api.records.start(vhost, application, request, api.clock.now_ns())))


def stop_record(api: Api, vhost: str, app: str, body: Any) -> object:
    application = api.engine.application(vhost, app)
    request, status = api.records.stop(vhost, application, BodyFields(body).text("id"), api.clock.now_ns())
    return alone(api, _describe_stopped(api, vhost, app, request, status))


def _describe_stopped(api: Api, vhost: str, app: str, request: RecordRequest, status: RecordStatus) -> Record:
    """A record that is being stopped, as the answer of the stop alone shows it."""
    described = describe(api, vhost, app, request, status)
    if not api.dialect.stopped_record_names_files:
        described = {name: value for name, value in described.items() if name not in FILES}
    if api.dialect.stopped_record_counts_time_as_bytes and status.file is not None:
        described["totalRecordBytes"] = status.total_bytes + status.duration_ms
    return described


def list_records(api: Api, vhost: str, app: str, body: Any = None) -> object:
    application = api.engine.application(vhost, app)
    found = api.records.find(vhost, application, BodyFields(body).text("id"), api.clock.now_ns())
    return [describe(api, vhost, app, request, status) for request, status in found]


def read_start(body: Any) -> RecordRequest:
    fields = BodyFields(body)
    continues = fields.text("segmentationRule") == SegmentationRule.CONTINUITY.value
    return RecordRequest(
        id=fields.text("id"),
        chosen=read_chosen(fields.fields("stream")),
        file_path=fields.text("filePath"),
        info_path=fields.text("infoPath"),
        interval_ms=max(0, fields.integer("interval") or 0),
        schedule=fields.text("schedule"),
        metadata=fields.text("metadata"),
        segmentation_rule=SegmentationRule.CONTINUITY if continues else SegmentationRule.DISCONTINUITY,
    )


def describe(api: Api, vhost: str, app: str, request: RecordRequest, status: RecordStatus) -> Record:
    """One record, without empty and zero values (recorded: records/start and stop)."""
    zone = api.clock.zone
    optional: dict[str, object] = {
        "metadata": request.metadata,
        "filePath": request.file_path,
        "infoPath": request.info_path,
        "interval": request.interval_ms,
        "schedule": request.schedule,
    }
    if status.file is not None:
        optional |= {"outputFilePath": status.file.path, "outputInfoPath": status.file.info_path}
    if status.file is not None and status.state is not RecordState.READY:
        optional |= {
            "recordBytes": status.byte_count,
            "recordTime": status.duration_ms,
            "totalRecordBytes": status.total_bytes,
            "totalRecordTime": status.total_ms,
            "sequence": status.sequence,
            "startTime": iso_time(status.file.start_ns, zone),
        }
    origin = {api.dialect.record_origin: False} if api.dialect.record_origin else {}
    return {
        "state": status.state.value,
        **origin,
        "id": request.id,
        "vhost": vhost,
        "app": app,
        "stream": describe_chosen(request.chosen),
        "segmentationRule": request.segmentation_rule.value,
        "createdTime": iso_time(status.created_ns, zone),
    } | without_empty(optional)


ROUTES = (
    Route("GET", f"{APP}:records", list_records),
    Route("POST", f"{APP}:records", list_records),
    Route("POST", f"{APP}:startRecord", start_record),
    Route("POST", f"{APP}:stopRecord", stop_record),
)
