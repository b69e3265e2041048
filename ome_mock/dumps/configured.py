"""Dumps that the configuration asks for: they begin with every output stream whose name fits (dump-output.md#configured-dumps)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import tzinfo

from ..disk.dump_target import expand_macros, name_fits
from ..engine.stream import OutputStream
from ..timestamps import local_time
from .dump import DumpRequest

log = logging.getLogger("ome_mock.dumps")


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
        path = expand_macros(settings.output_path, stream.vhost, stream.app, stream.name, local_time(stream.published_ns, zone))
        yield DumpRequest("", settings.id, path, settings.playlists)
