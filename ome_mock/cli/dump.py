"""A finished dump without a server, for tests of uploaders and post-processors."""

from __future__ import annotations

from pathlib import Path

from ..dumps.dump_view import DumpView
from ..emulator import Emulator
from ..engine.input_tracks import InputTracks
from ..engine.stream import StreamPath
from ..errors import ConfigurationError, reason_of
from ..refusals import RequestRefused
from ..text import printable

LONGEST_S = 30 * 86_400
INFO_FILE = "dump.info"


def make_dump(out: Path, seconds: float, **options: object) -> DumpView:
    """Dump the first `seconds` of a stream into `out`, with the info file `dump.info` beside the segments.

    `options` are those of an emulator, whose first stream is dumped with all its playlists. Raises ConfigurationError.
    """
    if not 0 < seconds <= LONGEST_S:
        raise ConfigurationError(f"--seconds {seconds} is not between 0 and {LONGEST_S}")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"--out {printable(str(out))}: {reason_of(error)}") from None
    if (out / INFO_FILE).exists():
        raise ConfigurationError(f"--out {printable(str(out))}: it holds a dump already, {INFO_FILE}")
    emulator = Emulator(root=out, **options)  # type: ignore[arg-type]
    stream = emulator.streams[0]
    path = StreamPath.parse(stream)
    emulator.engine.disconnect(path, emulator.clock.now_ns())
    output = emulator.engine.connect(path, InputTracks(), emulator.clock.now_ns()).outputs[0]
    playlists = [f"{file_name}.m3u8" for file_name in output.playlists]
    try:
        dump = emulator.start_dump(
            "dump", stream=stream, output_stream_name=output.name, output_path="/", playlist=playlists, info_file=f"/{INFO_FILE}"
        )
        emulator.clock.advance(seconds)
    except RequestRefused as error:
        raise ConfigurationError(f"--out {printable(str(out))}: {error.__cause__ or error}") from None
    finally:
        emulator.close()
    return dump
