"""The engine without `<Modules><ERTMP>` and with it: two providers of one protocol, which differ in more than E-RTMP.

Every difference is a field of one frozen record, so code asks what to do, never which of the two this is. All of it is recorded
(`fixtures/recordings/rtmp.jsonl`; names that begin with `ertmp module/` are of the second).
"""

from __future__ import annotations

from typing import NamedTuple


class Behaviour(NamedTuple):
    """One provider's answers; the defaults are those without the module. Each field says what the engine has without it and with it."""

    version_is_judged_at_once: bool = False
    """Without: another version than 3 closes once C1 is complete, so that shorter requests hang. With: at the first byte."""

    counts_clients: bool = False
    """Without: `clientid` is 12345. With: the connection's number at connect, its socket's afterwards."""

    bandwidth_message_stream: int = 0
    """The message stream of the first two answers to connect (types 5 and 6). Without: 0. With: 1."""

    reverses_pings: bool = False
    """Without: a ping comes back as it was. With: its four bytes in reverse order."""

    misreads_long_chunk_stream_ids: bool = False
    """With: an id of two bytes is counted in eight bits, one of three bytes lacks 64; answers go where that leads (319: 63, 320: 256)."""

    closes_at_senseless_tc_url: bool = False
    """A tcUrl that is no URL. Without: connect is answered, publishing is not. With: connect closes."""

    tc_url_answers_fc_publish: bool = True
    """A tcUrl that names a stream. Without: FCPublish is answered all the same. With: it says nothing and publish names the stream."""

    track_ids: tuple[int, int, int] = (0, 1, 2)
    """The ids of video, audio and data."""

    messages_of_one_track: int = 250
    """So many messages of one track are waited through before the stream goes on without the other."""

    fourccs: tuple[str, ...] = ()
    """The codecs of E-RTMP that are taken. Without: none."""

    judges_while_waiting: bool = False
    """Media that can't be read before the stream is there. Without: it counts as sent, and is forgotten. With: it closes."""

    sizes_from_metadata: bool = True
    """A track without a sequence header. Without: has what the metadata say. With: is left out."""

    framerate_of_silent_metadata: float = 30.0
    """The frame rate where metadata came and don't say one. Without: 30. With: none."""

    metadata_name_tracks: bool = False
    """With: only the tracks whose codecs the metadata name are waited for, metadata that name none are worth nothing, and an audio codec
    that is not AAC loses the audio. Without: both are waited for, whatever the metadata say."""

    takes_bare_metadata: bool = True
    """`onMetaData` without `@setDataFrame` before it. Without: taken. With: not."""


PLAIN = Behaviour()

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

PLAINLY_ANSWERED_ERTMP = ERTMP._replace(
    **{name: getattr(PLAIN, name) for name in Behaviour._fields[: Behaviour._fields.index("track_ids")]},
)
"""The module as its documentation has it: other codecs and other ids of tracks; handshake, commands and answers are as without it."""
