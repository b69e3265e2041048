"""`/_mock/state` and `/_mock/reset`: read, replace and reset the state."""

from __future__ import annotations

from typing import Any

from ...dumps.dump_view import DumpView
from ...engine.engine import Engine
from ...engine.input_stream import InputStream
from ...errors import ConfigurationError
from ...timestamps import iso_time
from . import Control
from .control_fields import ControlFields


def read_state(control: Control) -> dict[str, Any]:
    """Virtual hosts with applications, connected streams with outputs, and dumps, including those of streams that are gone."""
    engine, zone = control.engine, control.clock.zone
    hosts = engine.virtual_hosts()
    return {
        "dialect": control.dialect.name,
        "now": iso_time(control.clock.now_ns(), zone),
        "virtualHosts": [{"name": host.name, "applications": [app.name for app in host.applications]} for host in hosts],
        "streams": [
            {"stream": str(each.path), "since": iso_time(each.created_ns, zone), "outputs": [output.name for output in each.outputs]}
            for each in connected_streams(engine)
        ],
        "dumps": [_describe(dump) for dump in control.dumps.all],
    }


def connected_streams(engine: Engine) -> list[InputStream]:
    return [stream for host in engine.virtual_hosts() for app in host.applications for stream in engine.input_streams(host.name, app.name)]


def replace_state(control: Control, body: Any) -> dict[str, Any]:
    """Start again with another configuration, `{"serverXml": TEXT}`, other streams, `{"streams": [...]}`, or both."""
    fields = ControlFields(body, "serverXml", "streams")
    server_xml = fields.text("serverXml")
    try:
        control.reset(config=None if server_xml is None else server_xml.encode(), streams=fields.texts("streams"))
    except ConfigurationError as error:
        raise ConfigurationError(error.told_as({"config": "serverXml"})) from None
    return read_state(control)


def reset(control: Control, body: Any) -> dict[str, Any]:
    """Start again: dumps are completed, changes are lost, faults and journal are empty."""
    ControlFields(body)
    control.reset()
    return read_state(control)


def _describe(dump: DumpView) -> dict[str, Any]:
    return {
        "stream": dump.stream,
        "id": dump.id,
        "enabled": dump.enabled,
        "status": dump.status,
        "files": [str(path) for path in dump.files],
        "infoFile": None if dump.info_file is None else str(dump.info_file),
    }
