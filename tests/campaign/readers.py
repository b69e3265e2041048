"""The readers of what others wrote: spoilt examples of a corpus, drawn and made small by Hypothesis.

A reader takes what it is given or refuses it with its own error, and soon. What was found lies in `corpus`, from which later runs begin.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from ingest.hostile_clients import MOST_HELD, held

from ome_mock.dialect import DIALECTS
from ome_mock.errors import ConfigurationError, OmeMockError
from ome_mock.hls.reading import parse_media_playlist, parse_multivariant_playlist
from ome_mock.ingest import amf0
from ome_mock.ingest.connection import RtmpConnection
from ome_mock.json_reader import read_json
from ome_mock.media.clip import read_clip
from ome_mock.recordings.jsonl import read_recording
from ome_mock.web.wire.request import BodyTooLong, Malformed, RequestReader
from ome_mock.worlds.server_xml import read_configuration

from .setting import Outcome, Setting

CORPUS = Path(__file__).parent / "corpus"
FIXTURES = Path(__file__).parents[2] / "fixtures"
LONGEST_S = 5.0
"""The processor time in which anything is read or refused."""
BATCH = 200
LARGEST_EXAMPLE = 300_000


class TooSlow(Exception):
    """An input that takes too long to read."""


class Reader(NamedTuple):
    """One reader, the errors with which it refuses, and where examples lie."""

    name: str
    read: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...]
    examples: str = ""


def attack(setting: Setting) -> Outcome:
    outcome = Outcome()
    for index, reader in enumerate(READERS):
        deadline = time.monotonic() + setting.seconds / len(READERS)
        tried = 0
        while tried < setting.count // len(READERS) and time.monotonic() < deadline:
            problem = _batch(reader, setting.seed * 1_000_003 + setting.first + tried)
            tried += BATCH
            if problem is not None:
                outcome.defects.append(f"{reader.name} (readers {index}): {problem}")
                break
        outcome.figures[reader.name] = tried
    return outcome


def _batch(reader: Reader, number: int) -> str | None:
    """Read some spoilt examples; returns what went wrong, with the smallest input for it, which the corpus keeps."""
    smallest: list[bytes] = []

    @seed(number)
    @settings(
        max_examples=BATCH, database=None, deadline=None, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck)
    )
    @given(_spoilt(_examples(reader)))
    def read(data: bytes) -> None:
        began = time.process_time()
        try:
            reader.read(data)
        except reader.refusals:
            pass
        except BaseException:
            smallest[:] = [data]
            raise
        if time.process_time() - began > LONGEST_S:
            smallest[:] = [data]
            raise TooSlow(f"{time.process_time() - began:.1f} s")

    try:
        read()
    except Exception as error:  # noqa: BLE001
        kept = CORPUS / reader.name / sha256(smallest[0]).hexdigest()[:12]
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(smallest[0])
        return f"{type(error).__name__}: {error}: {smallest[0][:100]!r}, kept as {kept.name}"
    return None


def _examples(reader: Reader) -> list[bytes]:
    paths = [*sorted((CORPUS / reader.name).glob("*")), *(sorted(FIXTURES.glob(reader.examples))[:40] if reader.examples else [])]
    return [data for data in map(Path.read_bytes, paths) if len(data) < LARGEST_EXAMPLE] or [b""]


def _spoilt(examples: Iterable[bytes]) -> SearchStrategy[bytes]:
    """Examples with a few edits: each replaces a stretch by other bytes, by a stretch of the example, or by nothing."""
    pieces = st.one_of(
        st.binary(max_size=8),
        st.sampled_from(
            [
                b"",
                b"\0",
                b"\xff" * 4,
                b"\x7f\xff\xff\xff",
                b"\x80",
                b"-1",
                b"99999999999999999999",
                b"1e999",
                b'"',
                b"<",
                b">",
                b"&",
                b"\n",
                b"]]>",
                b"%",
            ]
        ),
        st.integers(1, 3000).map(lambda count: b"[" * count),
    )
    edit = st.tuples(st.floats(0, 1), st.sampled_from([0, 0, 1, 1, 4, 20, 1000]), pieces, st.booleans())

    def apply(example: bytes, edits: list[tuple[float, int, bytes, bool]]) -> bytes:
        for where, length, piece, is_copied in edits:
            at = int(where * len(example))
            stretch = example[at : at + length]
            example = example[:at] + (stretch * 3 if is_copied else piece) + example[at + length :]
        return example

    return st.builds(apply, st.sampled_from(list(examples)), st.lists(edit, max_size=6))


# Readers


def _read_recording(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(data)
        file.flush()
        read_recording(Path(file.name))


def _read_requests(data: bytes) -> None:
    for name in ("docs", "engine-0.21"):
        reader = RequestReader(DIALECTS[name], lambda: None)
        reader.feed(data)
        try:
            while reader.next() is not None:
                pass
        except (Malformed, BodyTooLong):
            continue


def _converse(data: bytes) -> None:
    connection = RtmpConnection(ertmp=len(data) % 2 == 0)
    for begin in range(0, len(data), 4096):
        events = connection.receive(data[begin : begin + 4096])
        while events and connection.is_waiting:
            events = connection.accept()
    assert held(connection) < MOST_HELD
    connection.end("gone")


def _read_playlists(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    parse_media_playlist(text)
    parse_multivariant_playlist(text)


READERS = (
    Reader("json", read_json, (OmeMockError,)),
    Reader("server-xml", read_configuration, (ConfigurationError,), "worlds/*.xml"),
    Reader("recordings", _read_recording, (ConfigurationError,), "recordings/*.jsonl"),
    Reader("clips", read_clip, (ConfigurationError, ValueError), "clips/silent.mp4"),
    Reader("rtmp", _converse, ()),
    Reader("amf0", amf0.decode, (OmeMockError,)),
    Reader("playlists", _read_playlists, ()),
    Reader("http", _read_requests, ()),
)
