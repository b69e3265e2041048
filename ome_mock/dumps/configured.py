"""Dumps that the configuration asks for: they begin with every output stream whose name fits (dump-output.md#configured-dumps)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import tzinfo

from ..engine.stream import OutputStream
from ..timestamps import local_time
from .dump import DumpRequest

log = logging.getLogger("ome_mock.dumps")

_MACRO = re.compile(r"\$\{(\w+)\}")


def configured_requests(stream: OutputStream, zone: tzinfo | None) -> Iterator[DumpRequest]:
    """The requests for the configured dumps of one output stream; of several with one id, the first.

    They name no output stream and have no info file.
    """
    ids = set()
    for settings in stream.publisher.dumps if stream.publisher and stream.is_packaged else ():
        if not name_fits(settings.target_stream_name, stream.name):
            continue
        if settings.id in ids:
            log.warning("a configured dump of %s is left out, as OME does: its id %r is taken", stream, settings.id)
            continue
        ids.add(settings.id)
        yield DumpRequest("", settings.id, expand_macros(settings.output_path, stream, zone), settings.playlists)


def name_fits(pattern: str, name: str) -> bool:
    """Says if a name fits: `*` is anything, `?` one character or none; parentheses group, anything else is itself."""
    symbols = {"*": ".*", "?": ".?", "(": "(", ")": ")"}
    try:
        return re.fullmatch("".join(symbols.get(each, re.escape(each)) for each in pattern), name, re.DOTALL) is not None
    except re.error:
        return False


def expand_macros(path: str, stream: OutputStream, zone: tzinfo | None) -> str:
    """Replace macros by names and the local time of the stream's start; unknown ones stay, like `${S}` of OME's documentation."""
    start = local_time(stream.published_ns, zone)
    values = {
        "VHostName": stream.vhost,
        "AppName": stream.app,
        "StreamName": stream.name,
        "YYYY": f"{start:%Y}",
        "MM": f"{start:%m}",
        "DD": f"{start:%d}",
        "hh": f"{start:%H}",
        "mm": f"{start:%M}",
        "ss": f"{start:%S}",
        "z": f"{start:%z}",
        "ISO8601": f"{start:%Y-%m-%dT%H:%M:%S%z}",
    }
    return _MACRO.sub(lambda match: values.get(match[1], match[0]), path)
