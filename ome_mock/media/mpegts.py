"""An MPEG transport stream of several tracks (ISO/IEC 13818-1): H.264 and H.265 as byte streams, AAC as ADTS.

The engine has FFmpeg write its recordings; no recorded file is at hand, so their identifiers and intervals are this module's own. Of the
segments of live lists identifiers and tables are the recorded ones (playlists.md#ts-lists).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from heapq import merge
from itertools import accumulate, count
from typing import NamedTuple

from .demuxer import CHANNELS, SAMPLE_RATES
from .loop_track import LoopTrack, MediaKind
from .nal_units import START_CODE, SYNTAXES, byte_stream
from .run import MediaTrack, Run, TimedSample

PACKET_SIZE = 188
PAYLOAD_SIZE = PACKET_SIZE - 4
PES_HEADER_SIZE = 14
PAT_PID, PMT_PID, FIRST_PID = 0x0000, 0x1000, 0x0100
SEGMENT_PMT_PID, SEGMENT_FIRST_PID = 0x0100, 0x0101
PROGRAM = 1
AAC_STREAM_TYPE = 0x0F
METADATA_STREAM_TYPE = 0x15
PRIVATE_STREAM = 0xBD
ID3_FORMAT = b"\xff\xffID3 \xffID3 \xff"
"""The two formats that descriptors of metadata name, both ID3 (section 2.6.58)."""
ID3_POINTER = b"\x25\x0f" + ID3_FORMAT + b"\x1f" + struct.pack(">H", PROGRAM)
ID3_DESCRIPTOR = b"\x26\x0d" + ID3_FORMAT + b"\x0f"
STREAM_IDS = {MediaKind.VIDEO: 0xE0, MediaKind.AUDIO: 0xC0}
TICKS_PER_MS = 90
DELAY_MS = 700
"""The delay of decoding a sample after its clock reference, in milliseconds."""
TABLES_EVERY_MS = 500
ADTS_HEADER_SIZE = 7


class TransportStream:
    """The bytes of a file in the order in which they are written; `start_ms` is the stream time at which its clock begins."""

    head = b""
    """The bytes that are written first: none."""

    def __init__(self, tracks: Sequence[MediaTrack], start_ms: int) -> None:
        self._start_ms = start_ms
        self._packetizers = [
            _Packetizer(FIRST_PID + index, track, has_clock=index == 0, delay_ms=DELAY_MS) for index, (track, _) in enumerate(tracks)
        ]
        self._tables = _Tables(self._packetizers, PMT_PID)
        self._tables_due_ms = 0

    @staticmethod
    def payload_size(run: Run) -> int:
        """The bytes of samples as the engine counts them: with their ADTS headers, and parameter sets before key frames."""
        if run.track.kind is MediaKind.AUDIO:
            return run.byte_count + (run.end - run.first) * ADTS_HEADER_SIZE
        return run.byte_count + run.key_count * len(_parameter_sets(run.track))

    def add(self, samples: Iterable[TimedSample]) -> Iterator[bytes]:
        """The packets of further samples, and tables every half second."""
        for time_ms, index, number in samples:
            clock_ms = time_ms - self._start_ms
            if clock_ms >= self._tables_due_ms:
                yield self._tables.packets()
                self._tables_due_ms = clock_ms + TABLES_EVERY_MS
            packetizer = self._packetizers[index]
            yield packetizer.packets(packetizer.track.sample(number), clock_ms, is_key=packetizer.track.is_key_sample(number))

    def tail(self) -> bytes:
        """The bytes that are written last: none."""
        return b""

    def patch(self) -> None:
        """Nothing in the file is changed once it is written."""


class Tags(NamedTuple):
    """The ID3 tags of a segment, each with its stream time in milliseconds, and the lengths of all tags before it."""

    timed: Sequence[tuple[int, bytes]]
    lengths_before: Sequence[int]


def mpegts_segment(runs: Sequence[Run], number: int, tags: Tags) -> bytes:
    """The bytes of a segment: its clock is the stream's, and its counters continue those of the `number` segments before it.

    A data track is declared and carries the `tags` (playlists.md#ts-lists).
    """
    packetizers = [
        _Packetizer(SEGMENT_FIRST_PID + index, run.track, has_clock=index == 0, before=_packets_before(run, has_clock=index == 0))
        for index, run in enumerate(runs)
    ]
    data = _TagPacketizer(SEGMENT_FIRST_PID + len(runs), tags.lengths_before)
    packets = [_Tables(packetizers, SEGMENT_PMT_PID, number, data).packets()]
    timed = [TimedSample(time_ms, len(runs), place) for place, (time_ms, _) in enumerate(tags.timed)]
    for time_ms, index, sample in merge(timed, *(_timed(run, index) for index, run in enumerate(runs))):
        if index == len(runs):
            packets.append(data.packets(*tags.timed[sample]))
            continue
        track = runs[index].track
        packets.append(packetizers[index].packets(track.sample(sample), time_ms, is_key=track.is_key_sample(sample)))
    return b"".join(packets)


def _timed(run: Run, index: int) -> Iterator[TimedSample]:
    for number in range(run.first, run.end):
        yield TimedSample(run.times.dts_ms(number), index, number)


def _packets_before(run: Run, *, has_clock: bool) -> int:
    """The number of packets of all samples before a run."""
    counts = _packets_of_turn(run.track, has_clock=has_clock)
    turns, rest = divmod(run.first, len(counts) - 1)
    return turns * counts[-1] + counts[rest]


@lru_cache(maxsize=32)
def _packets_of_turn(track: LoopTrack, *, has_clock: bool) -> tuple[int, ...]:
    """The number of packets before each sample until keys repeat, and of all."""
    packetizer = _Packetizer(0, track, has_clock=has_clock)
    counts = (packetizer.packet_count(track.sample(number), is_key=is_key) for number, is_key in enumerate(track.is_key))
    return tuple(accumulate(counts, initial=0))


class _Splitter:
    """Splits PES packets into packets of one identifier, after others that came `before`."""

    def __init__(self, pid: int, before: int) -> None:
        self.pid = pid
        self._counter = count(before)
        """Its last four bits are the continuity counter."""

    def split(self, pes: bytes, adaptation: bytes = b"") -> bytes:
        packets: list[bytes] = []
        position = 0
        while position < len(pes):
            chunk = pes[position : position + _room(adaptation)]
            position += len(chunk)
            header = struct.pack(">BH", 0x47, (0 if packets else 0x4000) | self.pid)
            packets.append(header + self._rest(chunk, adaptation))
            adaptation = b""
        return b"".join(packets)

    def _rest(self, chunk: bytes, adaptation: bytes) -> bytes:
        """The bytes after the first three of a packet; a short chunk is filled up with an adaptation field."""
        missing = PAYLOAD_SIZE - len(chunk)
        if not missing:
            return bytes([0x10 | next(self._counter) & 0xF]) + chunk
        field = (adaptation or (b"\0" if missing > 1 else b"")).ljust(missing - 1, b"\xff")
        return bytes([0x30 | next(self._counter) & 0xF, len(field)]) + field + chunk


class _TagPacketizer(_Splitter):
    """Makes the packets of ID3 tags, each a PES packet; the lengths of those before it tell how many packets they took."""

    def __init__(self, pid: int, lengths_before: Iterable[int]) -> None:
        super().__init__(pid, sum(-(-(PES_HEADER_SIZE + length) // PAYLOAD_SIZE) for length in lengths_before))

    def packets(self, time_ms: int, tag: bytes) -> bytes:
        return self.split(_pes(PRIVATE_STREAM, PES_HEADER_SIZE - 6 + len(tag), time_ms * TICKS_PER_MS, tag))


class _Packetizer(_Splitter):
    """Makes the packets of one track, after others that came `before`; the first track carries the clock."""

    def __init__(self, pid: int, track: LoopTrack, *, has_clock: bool, delay_ms: int = 0, before: int = 0) -> None:
        super().__init__(pid, before)
        self.track = track
        self._has_clock = has_clock
        self._delay_ms = delay_ms
        self._before_picture = self._before_key = b""
        self.stream_type = AAC_STREAM_TYPE
        if track.kind is MediaKind.VIDEO:
            syntax = SYNTAXES[track.coding]
            self.stream_type = syntax.stream_type
            self._before_picture = START_CODE + syntax.access_unit_delimiter
            self._before_key = _parameter_sets(track)

    def packets(self, sample: bytes, clock_ms: int, *, is_key: bool) -> bytes:
        """The packets of one sample, which is a PES packet; pictures are shown in decoding order."""
        payload = self._payload(sample, is_key=is_key)
        length = PES_HEADER_SIZE - 6 + len(payload) if self.track.kind is MediaKind.AUDIO else 0
        pes = _pes(STREAM_IDS[self.track.kind], length, (clock_ms + self._delay_ms) * TICKS_PER_MS, payload)
        return self.split(pes, _adaptation(clock_ms if self._has_clock else None, is_key=is_key))

    def packet_count(self, sample: bytes, *, is_key: bool) -> int:
        """The number of packets of one sample."""
        adaptation = _adaptation(0 if self._has_clock else None, is_key=is_key)
        beyond_first = PES_HEADER_SIZE + len(self._payload(sample, is_key=is_key)) - _room(adaptation)
        return 1 + max(0, -(-beyond_first // PAYLOAD_SIZE))

    def _payload(self, sample: bytes, *, is_key: bool) -> bytes:
        if self.track.kind is MediaKind.VIDEO:
            return self._before_picture + (self._before_key if is_key else b"") + byte_stream(sample)
        return _adts_header(self.track, len(sample)) + sample


def _pes(stream_id: int, length: int, ticks: int, payload: bytes) -> bytes:
    """A PES packet with a presentation time; a length of 0 is told by nothing but its end."""
    return b"\0\0\1" + struct.pack(">BHBBB", stream_id, length & 0xFFFF, 0x84, 0x80, 5) + _timestamp(ticks) + payload


def _parameter_sets(track: LoopTrack) -> bytes:
    """The parameter sets of a video, as they stand before a key frame."""
    return b"".join(START_CODE + unit for _, unit in SYNTAXES[track.coding].parameter_sets(track.decoder_config))


class _Tables:
    """The program association and map tables, which list the tracks."""

    def __init__(self, packetizers: Sequence[_Packetizer], pmt_pid: int, before: int = 0, data: _TagPacketizer | None = None) -> None:
        streams = b"".join(struct.pack(">BHH", each.stream_type, 0xE000 | each.pid, 0xF000) for each in packetizers)
        program = struct.pack(">HH", 0xE000 | packetizers[0].pid, 0xF000)
        if data is not None:
            program = struct.pack(">HH", 0xE000 | packetizers[0].pid, 0xF000 | len(ID3_POINTER)) + ID3_POINTER
            streams += struct.pack(">BHH", METADATA_STREAM_TYPE, 0xE000 | data.pid, 0xF000 | len(ID3_DESCRIPTOR)) + ID3_DESCRIPTOR
        self._sections = (
            (PAT_PID, count(before), _section(0x00, 1, struct.pack(">HH", PROGRAM, 0xE000 | pmt_pid))),
            (pmt_pid, count(before), _section(0x02, PROGRAM, program + streams)),
        )

    def packets(self) -> bytes:
        return b"".join(
            (struct.pack(">BHBB", 0x47, 0x4000 | pid, 0x10 | next(counter) & 0xF, 0) + section).ljust(PACKET_SIZE, b"\xff")
            for pid, counter, section in self._sections
        )


def _room(adaptation: bytes) -> int:
    """The bytes that fit into a packet beside an adaptation field."""
    return PAYLOAD_SIZE - (1 + len(adaptation) if adaptation else 0)


def _section(table_id: int, number: int, payload: bytes) -> bytes:
    body = struct.pack(">BHHBBB", table_id, 0xB000 | (5 + len(payload) + 4), number, 0xC1, 0, 0) + payload
    return body + struct.pack(">I", _crc32(body))


def _crc32(data: bytes) -> int:
    """The CRC of tables (annex A): the most significant bit first, not inverted."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


def _adaptation(clock_ms: int | None, *, is_key: bool) -> bytes:
    """The adaptation field of the first packet of a sample: the random access flag, and the clock."""
    flags = 0x40 if is_key else 0
    if clock_ms is None:
        return bytes([flags]) if flags else b""
    base = clock_ms * TICKS_PER_MS & 0x1FFFFFFFF
    return bytes([flags | 0x10]) + struct.pack(">IH", base >> 1, (base & 1) << 15 | 0x7E00)


def _timestamp(ticks: int) -> bytes:
    """A presentation time of 33 bits, with the marker bits between its three parts (section 2.4.3.7)."""
    ticks &= 0x1FFFFFFFF
    return struct.pack(">BHH", 0x21 | ticks >> 29 & 0x0E, ticks >> 14 & 0xFFFE | 1, (ticks << 1 & 0xFFFE) | 1)


def _adts_header(track: LoopTrack, length: int) -> bytes:
    """The ADTS header of a sample of `length` bytes: seven bytes, without a checksum (ISO/IEC 14496-3, section 1.A.2.2)."""
    profile, rate, channels = (track.decoder_config[0] >> 3) - 1, SAMPLE_RATES.index(track.sample_rate), CHANNELS.index(track.channels)
    bits = 0xFFF1 << 40 | profile << 38 | rate << 34 | channels << 30 | (length + ADTS_HEADER_SIZE) << 13 | 0x7FF << 2
    return bits.to_bytes(ADTS_HEADER_SIZE, "big")
