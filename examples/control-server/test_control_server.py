"""The control server, called by the emulator as an engine calls it."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Thread

import pytest
from control_server import create_app
from flask import Flask
from werkzeug.serving import make_server

from ome_mock import AdmissionWebhooks, OmeMock, PublisherRefused, faults
from ome_mock.pytest_plugin import MakeOme

URL = "rtmp://media.example:1935/app/camera1?key="


@pytest.fixture
def app() -> Flask:
    return create_app("1234", {"camera1": "xyz"})


@pytest.fixture
def ome(app: Flask, make_ome: MakeOme) -> Iterator[OmeMock]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield make_ome(streams=[], admission_webhooks=AdmissionWebhooks(f"http://127.0.0.1:{server.port}/admission", "1234"))
    server.shutdown()
    thread.join()
    server.server_close()


def test_encoder_with_the_key_is_live_until_it_goes(ome: OmeMock, app: Flask) -> None:
    ome.connect("default/app/camera1", url=f"{URL}xyz", ready=True)
    assert app.extensions["live"] == {"camera1"}
    ome.disconnect("default/app/camera1")
    ome.journal.assert_notified("closing", times=1)
    assert app.extensions["live"] == set()


def test_encoder_with_another_key_is_refused(ome: OmeMock, app: Flask) -> None:
    with pytest.raises(PublisherRefused, match="wrong key"):
        ome.connect("default/app/camera1", url=f"{URL}guessed")
    assert app.extensions["live"] == set()


def test_request_that_somebody_else_signed_is_refused(ome: OmeMock, app: Flask) -> None:
    ome.faults.arm(faults.WrongSignature(callback="opening"))
    with pytest.raises(PublisherRefused):
        ome.connect("default/app/camera1", url=f"{URL}xyz")
    assert app.extensions["live"] == set()
