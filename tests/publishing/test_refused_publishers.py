"""When an encoder is thrown out that a control server refuses: before or after its closing request is answered."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from callbacks.control_server import Asked, ControlServer, answered
from publishing.encoder import BareEncoder

from ome_mock import OmeMock

PATIENCE_S = 10
REFUSED = answered({"allowed": False})


def have_an_encoder_refused(dialect: str, control: ControlServer, root: Path, when_gone: Event) -> None:
    """Have an encoder come, and wait until it is thrown out."""
    with OmeMock(dialect=dialect, root=root, streams=[], rtmp_port=0, admission_webhooks=control.url) as ome, BareEncoder(ome) as encoder:
        encoder.request_publishing()
        assert encoder.is_closed()
        when_gone.set()


def test_engine_0_20_0_throws_a_refused_encoder_out_at_once(tmp_path: Path) -> None:
    has_gone = Event()

    def answer(asked: Asked) -> bytes:
        assert asked.request["status"] == "opening" or has_gone.wait(PATIENCE_S)
        return REFUSED

    with ControlServer(answer) as control:
        have_an_encoder_refused("engine-0.20.0", control, tmp_path, has_gone)


def test_other_engines_wait_for_the_answer_to_its_closing_request(tmp_path: Path) -> None:
    with ControlServer(REFUSED) as control:
        have_an_encoder_refused("engine-0.21", control, tmp_path, Event())
        assert [each.request["status"] for each in control.asked] == ["opening", "closing"]
