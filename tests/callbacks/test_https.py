"""Control servers over HTTPS."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from callbacks.control_server import ControlServer

from ome_mock import AdmissionWebhooks, PublisherRefused
from ome_mock.emulator import Emulator

STREAM = "default/app/camera1"

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="without openssl there is no certificate")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1, with its key in the same file."""
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    command = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(["openssl", *command.split(), "-keyout", path.with_suffix(".key"), "-out", path], check=True, capture_output=True)
    return path


@pytest.fixture
def control(certificate: Path) -> Iterator[ControlServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with ControlServer(tls=context) as server:
        yield server


def test_control_server_is_trusted_by_its_certificate(control: ControlServer, certificate: Path, tmp_path: Path) -> None:
    emulator = Emulator(admission_webhooks=AdmissionWebhooks(control.url), webhook_ca=certificate, root=tmp_path, streams=[])
    assert emulator.connect(STREAM) == STREAM
    emulator.disconnect(STREAM)
    assert [asked.request["status"] for asked in control.asked] == ["opening", "closing"]
    emulator.close()


def test_control_server_that_nobody_vouches_for_is_none(control: ControlServer, tmp_path: Path) -> None:
    emulator = Emulator(admission_webhooks=AdmissionWebhooks(control.url), root=tmp_path, streams=[])
    with pytest.raises(PublisherRefused, match="certificate"):
        emulator.connect(STREAM)
    assert control.asked == []
    emulator.close()
