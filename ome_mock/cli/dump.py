"""A finished dump without a server, for tests of uploaders and post-processors."""

from __future__ import annotations

from pathlib import Path

from ..dumps.dump_view import DumpView
from ..emulator import Emulator
from ..engine.input_tracks import InputTracks
from ..engine.stream import StreamPath
from ..errors import ConfigurationError

LONGEST_S = 30 * 86_400


def make_dump(out: Path, seconds: float, **options: object) -> DumpView:
    """Dump the first `seconds` of a stream into `out`, with the info file `dump.info` beside the segments.

    `options` are those of an emulator, whose first stream is dumped with all its playlists. Raises ConfigurationError.
    """
    if not 0 < seconds <= LONGEST_S:
        raise ConfigurationError(f"--seconds {seconds} is not between 0 and {LONGEST_S}")
    out.mkdir(parents=True, exist_ok=True)
    emulator = Emulator(root=out, **options)  # type: ignore[arg-type]
    stream = emulator.streams[0]
    path = StreamPath.parse(stream)
    emulator.engine.disconnect(path, emulator.clock.now_ns())
    output = emulator.engine.connect(path, InputTracks(), emulator.clock.now_ns()).outputs[0]
    playlists = [f"{file_name}.m3u8" for file_name in output.playlists]
    dump = emulator.start_dump(
        "dump", stream=stream, output_stream_name=output.name, output_path="/", playlist=playlists, info_file="/dump.info"
    )
    emulator.clock.advance(seconds)
    emulator.close()
    return dump
