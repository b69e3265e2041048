"""Alerts about what publishers send: the rates that are measured, and their changes."""

from __future__ import annotations

from typing import Any

from callbacks.control_server import ControlServer
from publishing.encoder import BareEncoder
from served import WaitUntil

from ome_mock import OmeMock
from ome_mock.settings import AlertRules, Alerts


def test_rates_that_fall_and_rise_are_told_of(tmp_path: Any, wait_until: WaitUntil) -> None:
    """25 frames a second at first, then 5: below 20, and back."""
    with ControlServer() as control:
        alerts = Alerts(control.url, rules=AlertRules(min_framerate=20.0))
        with OmeMock(root=tmp_path, streams=[], rtmp_port=0, alerts=alerts) as ome, BareEncoder(ome) as encoder:
            encoder.publish()
            encoder.send_media(2000)
            wait_until(lambda: ome.engine.input_streams("default", "app"))
            (stream,) = ome.engine.input_streams("default", "app")
            sent = stream.input_tracks.sent
            assert sent
            for milliseconds, framerate in ((0, 25.0), (200, 5.0), (40, 25.0)):
                if milliseconds:
                    encoder.send_frames(3000, every_ms=milliseconds)
                wait_until(lambda framerate=framerate: abs(sent.counters.video.framerate - framerate) < 1)  # type: ignore[misc]
                ome.clock.advance(1)
            codes = [[each["code"] for each in asked.json["messages"]] for asked in control.wait_for(2)]
            assert codes == [["INGRESS_FRAMERATE_LOW"], ["OK"]]
