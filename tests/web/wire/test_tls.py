"""The ports that speak TLS: with a certificate of one's own, of a Server.xml, or of the process."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPSConnection
from pathlib import Path

import pytest
import trustme
from raw_http import AUTHORIZATION, TIMEOUT_S, Connection, exchange, request

from ome_mock import OmeMock
from ome_mock.errors import ConfigurationError

VHOSTS = b'{"message":"OK","response":["default"],"statusCode":200}'
GET_VHOSTS = request("GET", "/v1/vhosts", AUTHORIZATION)
MASTER = "/app/stream/llhls.m3u8"
AUTHORITY = trustme.CA()


class Pair:
    """A certificate for a name and its key in PEM files, which may be written anew."""

    def __init__(self, directory: Path, name: str = "localhost") -> None:
        self.cert, self.key = directory / f"{name}.crt", directory / f"{name}.key"
        self.name = name
        self.write()

    def write(self) -> None:
        made = AUTHORITY.issue_cert(self.name, "127.0.0.1")
        self.key.write_bytes(made.private_key_pem.bytes())
        self.cert.write_bytes(b"".join(pem.bytes() for pem in made.cert_chain_pems))

    @property
    def xml(self) -> str:
        return f"<TLS><CertPath>{self.cert.name}</CertPath><KeyPath>{self.key.name}</KeyPath></TLS>"


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


@pytest.fixture
def secured() -> Iterator[OmeMock]:
    with OmeMock(tls_port=0, llhls_tls_port=0) as ome:
        yield ome


def trusting(authority: Path | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority)
    if authority is None:
        AUTHORITY.configure_trust(context)
    return context


def get(port: int | None, path: str, context: ssl.SSLContext) -> tuple[int, bytes]:
    assert port is not None
    connection = HTTPSConnection("127.0.0.1", port, timeout=TIMEOUT_S, context=context)
    try:
        connection.request("GET", path, headers={"Authorization": AUTHORIZATION.partition(": ")[2]})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def shown_certificate(port: int | None, name: str = "localhost") -> bytes:
    """The certificate that a client of this name is shown, in DER."""
    plain = socket.create_connection(("127.0.0.1", port or 0), timeout=TIMEOUT_S)
    with trusting().wrap_socket(plain, server_hostname=name) as secure:
        return secure.getpeercert(binary_form=True) or b""


def test_both_ports_are_served_with_a_certificate_of_the_process(secured: OmeMock) -> None:
    context = trusting(secured.certificate)
    assert (secured.tls_url, secured.llhls_tls_url) == (
        f"https://127.0.0.1:{secured.tls_port}",
        f"https://127.0.0.1:{secured.llhls_tls_port}",
    )
    assert get(secured.tls_port, "/v1/vhosts", context) == (200, VHOSTS)
    status, master = get(secured.llhls_tls_port, MASTER, context)
    assert (status, master[:7]) == (200, b"#EXTM3U")
    assert exchange(secured.port, GET_VHOSTS).body == VHOSTS


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_own_certificate_is_good_for_this_machine_and_for_those_who_trust_it(secured: OmeMock, name: str) -> None:
    plain = socket.create_connection(("127.0.0.1", secured.tls_port or 0), timeout=TIMEOUT_S)
    with trusting(secured.certificate).wrap_socket(plain, server_hostname=name) as secure:
        assert secure.version() in {"TLSv1.2", "TLSv1.3"}
    with pytest.raises(ssl.SSLCertVerificationError):
        get(secured.tls_port, "/v1/vhosts", trusting())


def test_own_certificate_is_gone_with_its_emulator() -> None:
    with OmeMock(tls_port=0) as ome:
        certificate = ome.certificate
        assert certificate is not None
        assert certificate.is_file()
    assert not certificate.exists()


def test_there_is_no_tls_where_nobody_asks_for_it(ome: OmeMock) -> None:
    assert (ome.tls_url, ome.llhls_tls_url, ome.certificate) == (None, None, None)


def test_connection_over_tls_is_kept_and_closed_as_any_other(secured: OmeMock) -> None:
    with Connection(secured.tls_port or 0, tls=trusting(secured.certificate)) as connection:
        connection.send(GET_VHOSTS, request("HEAD", "/v1/vhosts", AUTHORIZATION))
        assert connection.answer().body == VHOSTS
        assert connection.answer(has_body=False).status == 200
        connection.send(request("GET", "/v1/vhosts/" + "x" * 300_000, AUTHORIZATION, "Connection: close"))
        assert len(connection.answer().body) > 300_000
        assert connection.rest() == b""


def test_reload_is_held_over_tls(secured: OmeMock) -> None:
    context = trusting(secured.certificate)
    chunklist = next(
        line for line in get(secured.llhls_tls_port, MASTER, context)[1].decode().split("\n") if line.startswith("/app/stream/")
    )
    with Connection(secured.llhls_tls_port or 0, tls=context) as player:
        player.send(request("GET", f"{chunklist}&_HLS_msn=11"))
        secured.wait_for_held_requests(1)
        secured.clock.advance(12)
        assert player.answer().status == 200


def test_plain_http_on_a_tls_port_is_hung_up_on_and_harms_nobody(secured: OmeMock, caplog: pytest.LogCaptureFixture) -> None:
    with Connection(secured.tls_port or 0) as connection:
        connection.send(GET_VHOSTS)
        assert connection.ends_without_a_byte()
    assert get(secured.tls_port, "/v1/vhosts", trusting(secured.certificate)) == (200, VHOSTS)
    assert "hung up on a client that did not finish a TLS handshake: HTTP_REQUEST" in caplog.messages


# Certificates of one's own


def test_given_certificate_is_shown(pair: Pair) -> None:
    with OmeMock(tls_port=0, tls_cert=pair.cert, tls_key=pair.key) as ome:
        assert ome.certificate == pair.cert
        assert get(ome.tls_port, "/v1/vhosts", trusting()) == (200, VHOSTS)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        pytest.param({"tls_port": 0, "tls_cert": "{cert}"}, "--tls-cert and --tls-key need each other", id="no key"),
        pytest.param({"tls_cert": "{cert}", "tls_key": "{key}"}, "--tls-cert needs --tls-port or --llhls-tls-port", id="no port"),
        pytest.param({"tls_port": 0, "tls_cert": "{cert}", "tls_key": "{key}.not"}, r"--tls-key .*\.not: No such file", id="no such file"),
        pytest.param({"tls_port": 0, "tls_cert": "{key}", "tls_key": "{key}"}, "--tls-key .*: ", id="a key for a certificate"),
    ],
)
def test_wrong_certificate_is_refused(pair: Pair, options: dict[str, object], reason: str) -> None:
    filled = {name: value.format(cert=pair.cert, key=pair.key) if isinstance(value, str) else value for name, value in options.items()}
    with pytest.raises(ConfigurationError, match=reason):
        OmeMock(**filled)  # type: ignore[arg-type] # of each its kind


def test_certificate_is_read_again_when_it_is_told(pair: Pair) -> None:
    reload = request("POST", "/v1/managers/api:reloadCertificate", AUTHORIZATION, body=b"")
    with OmeMock(tls_port=0, tls_cert=pair.cert, tls_key=pair.key) as ome:
        first = shown_certificate(ome.tls_port)
        pair.write()
        assert shown_certificate(ome.tls_port) == first
        assert exchange(ome.port, reload).status == 200
        second = shown_certificate(ome.tls_port)
        assert second != first
        pair.cert.write_text("nothing")
        answer = exchange(ome.port, reload)
        assert (answer.status, json.loads(answer.body)["message"]) == (500, "Failed to create a certificate for the API Server (500)")
        assert shown_certificate(ome.tls_port) == second


# Of a Server.xml


def world(pair: Pair, directory: Path) -> Path:
    """A Server.xml whose two ports speak TLS, with the certificate of the file beside it."""
    bind = (
        "<Bind><Managers><API><Port>1</Port><TLSPort>2</TLSPort></API></Managers>"
        "<Publishers><LLHLS><Port>3</Port><TLSPort>4</TLSPort></LLHLS></Publishers></Bind>"
    )
    hosts = "".join(
        f"<VirtualHost><Name>{each.name}</Name><Host><Names><Name>{each.name}</Name></Names>{each.xml}</Host></VirtualHost>"
        for each in (pair, Pair(directory, "other.example"))
    )
    managers = (
        f"<Managers><Host><Names><Name>*</Name></Names>{pair.xml}</Host><API><AccessToken>ome-access-token</AccessToken></API></Managers>"
    )
    path = directory / "Server.xml"
    path.write_text(
        f'<Server version="8"><Name>x</Name><Type>origin</Type><IP>*</IP>{bind}{managers}<VirtualHosts>{hosts}</VirtualHosts></Server>'
    )
    return path


def test_ports_and_certificates_of_a_server_xml_are_served(pair: Pair, tmp_path: Path) -> None:
    with OmeMock(config=world(pair, tmp_path)) as ome:
        assert ome.tls_port not in {None, 2}  # the plain port is a free one too
        assert get(ome.tls_port, "/v1/version", trusting())[0] == 200
        assert get(ome.llhls_tls_port, MASTER, trusting())[0] == 404


def test_virtual_host_shows_its_own_certificate(pair: Pair, tmp_path: Path) -> None:
    with OmeMock(config=world(pair, tmp_path)) as ome:
        names = [ssl.DER_cert_to_PEM_cert(shown_certificate(ome.llhls_tls_port, name)) for name in ("localhost", "other.example")]
    files = [(tmp_path / f"{name}.crt").read_text() for name in ("localhost", "other.example")]
    assert [name in file for name, file in zip(names, files, strict=True)] == [True, True]


def test_certificates_of_virtual_hosts_are_read_again(pair: Pair, tmp_path: Path) -> None:
    with OmeMock(config=world(pair, tmp_path)) as ome:
        first = shown_certificate(ome.llhls_tls_port)
        pair.write()
        assert exchange(ome.port, request("POST", "/v1/vhosts/localhost:reloadCertificate", AUTHORIZATION, body=b"")).status == 200
        assert shown_certificate(ome.llhls_tls_port) != first


def test_certificate_that_is_missing_is_replaced_by_an_own_one(pair: Pair, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    config = world(pair, tmp_path)
    pair.cert.unlink()
    with OmeMock(config=config) as ome:
        assert get(ome.tls_port, "/v1/version", trusting(ome.certificate))[0] == 200
    assert any(message.endswith(": No such file or directory") for message in caplog.messages)


def test_engine_without_its_certificate_accepts_connections_and_never_answers(pair: Pair, tmp_path: Path) -> None:
    config = world(pair, tmp_path)
    pair.cert.unlink()
    with OmeMock(config=config, dialect="engine-0.21") as ome, Connection(ome.tls_port or 0) as connection:
        connection.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        for _ in range(3):
            exchange(ome.port, GET_VHOSTS)
        assert connection.is_silent()
