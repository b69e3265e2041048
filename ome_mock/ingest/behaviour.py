"""The engine's behaviour without `<Modules><ERTMP>` and with it: two providers of one protocol, which differ in more than E-RTMP.

Every difference is a field of one frozen record, so code asks for the field, never for the provider. All of it is recorded
(`fixtures/recordings/rtmp.jsonl`; names that begin with `ertmp module/` are of the second).
"""

from __future__ import annotations

from typing import NamedTuple


class Behaviour(NamedTuple):
    """The behaviour of one provider. Each field's docstring names that without the module and with it."""

    version_is_judged_at_once: bool
    """Without: a version other than 3 closes once C1 is complete, so that shorter requests hang. With: at the first byte."""

    counts_clients: bool
    """Without: `clientid` is 12345. With: the connection's number at connect, its socket's afterwards."""

    bandwidth_message_stream: int
    """The message stream of the first two answers to connect (types 5 and 6). Without: 0. With: 1."""

    reverses_pings: bool
    """Without: a ping comes back as it was. With: its four bytes in reverse order."""

    misreads_long_chunk_stream_ids: bool
    """With: ids of two bytes are cut to eight bits, those of three bytes lack 64; answers use the wrong id too (319: 63, 320: 256)."""

    closes_at_senseless_tc_url: bool
    """A tcUrl that is no URL. Without: connect is answered, publishing is not. With: connect closes."""

    tc_url_answers_fc_publish: bool
    """A tcUrl that names a stream. Without: FCPublish is answered as usual. With: it gets no answer, and publish names the stream."""

    track_ids: tuple[int, int, int]
    """The ids of video, audio and data."""

    messages_of_one_track: int
    """The number of messages of one track after which the stream begins without the other."""

    fourccs: tuple[str, ...]
    """The supported codecs of E-RTMP. Without: none."""

    judges_while_waiting: bool
    """Unreadable media before the stream exists. Without: they are counted and ignored. With: they close the connection."""

    sizes_from_metadata: bool
    """A track without a sequence header. Without: it has the metadata's values. With: it is left out."""

    framerate_of_silent_metadata: float
    """The frame rate if the metadata lack it. Without: 30. With: none."""

    metadata_name_tracks: bool
    """With: the engine waits only for tracks whose codecs the metadata name, ignores metadata that name none, and drops an audio that is
    not AAC. Without: it always waits for both."""

    takes_bare_metadata: bool
    """`onMetaData` without `@setDataFrame` before it. Without: accepted. With: ignored."""


PLAIN = Behaviour(
    version_is_judged_at_once=False,
    counts_clients=False,
    bandwidth_message_stream=0,
    reverses_pings=False,
    misreads_long_chunk_stream_ids=False,
    closes_at_senseless_tc_url=False,
    tc_url_answers_fc_publish=True,
    track_ids=(0, 1, 2),
    messages_of_one_track=250,
    fourccs=(),
    judges_while_waiting=False,
    sizes_from_metadata=True,
    framerate_of_silent_metadata=30.0,
    metadata_name_tracks=False,
    takes_bare_metadata=True,
)

ERTMP = Behaviour(
    version_is_judged_at_once=True,
    counts_clients=True,
    bandwidth_message_stream=1,
    reverses_pings=True,
    misreads_long_chunk_stream_ids=True,
    closes_at_senseless_tc_url=True,
    tc_url_answers_fc_publish=False,
    track_ids=(100, 200, 300),
    messages_of_one_track=500,
    fourccs=("avc1", "hvc1"),
    judges_while_waiting=True,
    sizes_from_metadata=False,
    framerate_of_silent_metadata=0.0,
    metadata_name_tracks=True,
    takes_bare_metadata=False,
)
