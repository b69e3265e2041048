"""Clients that people use, over TLS with an own certificate: requests, httpx, curl, Node and a browser, on both ports."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ome_mock import OmeMock

VHOSTS = '{"message":"OK","response":["default"],"statusCode":200}'
TIMEOUT_S = 60


@pytest.fixture(scope="module")
def ome() -> Iterator[OmeMock]:
    with OmeMock(tls_port=0, llhls_tls_port=0) as ome:
        yield ome


def urls(ome: OmeMock) -> tuple[str, str]:
    return f"{ome.tls_url}/v1/vhosts", f"{ome.llhls_tls_url}/app/stream/llhls.m3u8"


def ran(*command: str, **environment: str) -> str:
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]} here")
    done = subprocess.run(command, env=environment or None, capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    return done.stdout


def test_requests(ome: OmeMock) -> None:
    with requests.Session() as session:
        answers = [session.get(url, headers={"Authorization": ome.authorization}, verify=str(ome.certificate)).text for url in urls(ome)]
    assert (answers[0], answers[1][:7]) == (VHOSTS, "#EXTM3U")


def test_httpx(ome: OmeMock) -> None:
    with httpx.Client(verify=ssl.create_default_context(cafile=ome.certificate)) as client:
        answers = [client.get(url, headers={"Authorization": ome.authorization}).text for url in urls(ome)]
    assert (answers[0], answers[1][:7]) == (VHOSTS, "#EXTM3U")


def test_curl(ome: OmeMock) -> None:
    answers = [ran("curl", "-sf", "--cacert", str(ome.certificate), "-H", f"Authorization: {ome.authorization}", url) for url in urls(ome)]
    assert (answers[0], answers[1][:7]) == (VHOSTS, "#EXTM3U")


def test_fetch_of_node(ome: OmeMock) -> None:
    script = (
        "fetch(process.argv[1], {headers: {Authorization: process.argv[2]}}).then((it) => it.text()).then((it) => process.stdout.write(it))"
    )
    path = str(Path(shutil.which("node") or "/").parent)
    answers = [ran("node", "-e", script, url, ome.authorization, NODE_EXTRA_CA_CERTS=str(ome.certificate), PATH=path) for url in urls(ome)]
    assert (answers[0], answers[1][:7]) == (VHOSTS, "#EXTM3U")


def test_browser(ome: OmeMock, tmp_path: Path) -> None:
    """A page of the API's port, so that no other origin is asked; it shows the health, which needs no token."""
    trusted = f"--ignore-certificate-errors-spki-list={_key_hash(ome.tls_port or 0)}"
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", trusted, "--dump-dom"]
    page = ran("chromium", *options, f"{ome.tls_url}/_mock/health")
    assert re.search(r'"status": ?"ok"|OK', page)


def _key_hash(port: int) -> str:
    """The hash of the key that a port shows, as Chromium names it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port))) as connection:
        shown = x509.load_der_x509_certificate(connection.getpeercert(binary_form=True) or b"")
    key = shown.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()
