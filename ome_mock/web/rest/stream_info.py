"""The descriptions of streams in alerts: the documents of the REST API in the shape that alerts have them (recorded: group alert)."""

from __future__ import annotations

from typing import Any

from ...clock import Clock
from ...engine.engine import Engine
from ...engine.input_stream import InputStream
from ...engine.stream import OutputStream
from ...settings import ApplicationSettings, AudioEncode, Encode, VideoEncode
from ...timestamps import NS_PER_MS, iso_time
from .encoders import needs_missing_hardware
from .stream_document import describe_input, describe_output_tracks, unmeasured
from .track_form import shown_track
from .track_json import JsonObject

HLS_SEGMENTS_AT_FIRST = 3
"""The number of segments for which HLS with MPEG-TS waits (recorded: alert/a stream comes and)."""


class StreamInfos:
    """Describes streams; an application that is gone is described as one without settings."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def of_input(self, stream: InputStream) -> JsonObject:
        return {"name": stream.path.stream, **describe_input(stream, self._clock, self._engine.dialect)}

    def of_output(self, stream: InputStream, output: OutputStream, *, is_new: bool) -> JsonObject:
        application = self._application(stream)
        described = describe_output_tracks(application, output, self._clock)
        tracks = [
            shown_track(self._as_now(application, stream, track, encode, is_new=is_new), self._engine.dialect)
            for track, encode in zip(described, [each.encode for each in output.all_tracks] or [None], strict=True)
        ]
        created_ns = stream.prepared_ns or stream.created_ns
        return {"name": output.name, "createdTime": iso_time(created_ns, self._clock.zone), "tracks": tracks}

    def _as_now(
        self, application: ApplicationSettings, stream: InputStream, track: JsonObject, encode: Encode | None, *, is_new: bool
    ) -> JsonObject:
        """A track whose encoder is not made yet, or can't be; pictures alone were measured before, sound alone later (recorded: alert).

        Where bypassed tracks have their encoder's rates, they have them at once.
        """
        if encode is None:
            return track
        is_unmade = is_new or needs_missing_hardware(application, encode)
        if is_unmade and not encode.bypass:
            return unmeasured(_unmade(track, encode, is_new=is_new))
        is_zero = is_new and stream.input_tracks.audio is not None and not self._engine.dialect.bypassed_tracks_have_declared_rates
        return track if stream.is_measured(self._clock.now_ns()) and not is_zero else unmeasured(track)

    def failed_encoder(self, stream: InputStream, output: OutputStream) -> JsonObject | None:
        """The tracks that can't be encoded without the hardware that the profile names."""
        application, ids = self._application(stream), stream.input_tracks.ids
        for track in output.all_tracks:
            encode = track.encode
            if encode is not None and needs_missing_hardware(application, encode):
                profiles = (each for each in application.output_profiles if each.output_name(stream.path.stream) == output.name)
                return {
                    "outputProfile": next((each.document for each in profiles), {}),
                    "parentSourceTrackId": ids.audio if isinstance(encode, AudioEncode) else ids.video,
                    "sourceTrackId": track.id,
                }
        return None

    def hls_ready_ns(self, output: OutputStream) -> int | None:
        """The instant at which HLS over MPEG-TS is said to be ready; None where it isn't published."""
        if not output.tracks or output.hls is None:
            return None
        return output.pace.instant_ns(output.hls.segment_duration_ms * HLS_SEGMENTS_AT_FIRST * NS_PER_MS)

    def _application(self, stream: InputStream) -> ApplicationSettings:
        found = self._engine.find_application(stream.path.vhost, stream.path.app)
        return ApplicationSettings(stream.path.app) if found is None else found


def _unmade(track: JsonObject, encode: Encode, *, is_new: bool) -> JsonObject:
    """A track whose encoder is not made; before that is tried it has the size that was asked for (recorded)."""
    kind = str(track["type"]).lower()
    rates: Any = track[kind]
    changed: JsonObject = {"codecModule": "none"}
    if is_new and isinstance(encode, VideoEncode) and encode.height:
        changed |= {"width": encode.width, "maxWidth": encode.width, "height": encode.height, "maxHeight": encode.height}
    return track | {kind: {name: value for name, value in rates.items() if name != "codecStatus"} | changed}
