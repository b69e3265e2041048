"""The certificates of an emulator's TLS ports: those of its options, else of the Server.xml, else one of its own."""

from __future__ import annotations

import logging
import re
import ssl
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from ...dialect import Dialect
from ...errors import ConfigurationError
from ...refusals import CertificateNotMade, RequestInvalid
from ...settings import CertificateFiles, VirtualHostSettings, World
from ...text import printable

log = logging.getLogger("ome_mock.server")

NAMES = ("localhost", "127.0.0.1", "::1")
"""The names of this machine for which an own certificate is good."""
_DNS_NAME = re.compile(r"(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


class Certificate:
    """A certificate and its key in PEM files; `context` is what new connections are offered. Raises OSError for wrong files."""

    def __init__(self, files: CertificateFiles) -> None:
        self.files = files
        self.reload()

    def reload(self) -> None:
        """Read the files again; where they are wrong, the certificate stays as it was. Raises OSError."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        with tempfile.NamedTemporaryFile(prefix="ome-mock-chain-") as chain:
            paths = [path for path in (self.files.certificate, self.files.chain) if path]
            chain.write(b"\n".join(Path(path).read_bytes() for path in paths))
            chain.flush()
            context.load_cert_chain(chain.name, self.files.key)
        self.context = context


class Certificates:
    """The certificates of the API's TLS port and of that for players, whose virtual hosts may each have one."""

    def __init__(self, world: World, dialect: Dialect, host: str, given: CertificateFiles | None) -> None:
        self._dialect = dialect
        self._names = [host, *(name for vhost in world.virtual_hosts for name in vhost.host_names)]
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._given = None if given is None else _read_given(given)
        self._of_api = None if world.api_certificate is None else _read(world.api_certificate)
        self._of_hosts = [(vhost, each) for vhost in world.virtual_hosts if vhost.certificate and (each := _read(vhost.certificate))]
        self._shown_by_api: Certificate | None = None
        self.authority: Path | None = None
        """The PEM file that clients trust; None while no certificate is shown."""

    def for_api(self, *, is_asked_for: bool) -> Certificate | None:
        """The certificate of the API, or None where an engine accepts connections and never answers (recorded)."""
        self._shown_by_api = self._show(self._of_api, is_asked_for=is_asked_for)
        return self._shown_by_api

    def for_players(self, find_host: Callable[[str], VirtualHostSettings | None], *, is_asked_for: bool) -> Certificate | None:
        """The certificate of the first virtual host that has one; by a client's server name, that of another is shown."""
        shown = self._show(self._of_hosts[0][1] if self._of_hosts else None, is_asked_for=is_asked_for)
        if shown is not None and len(self._of_hosts) > 1 and self._given is None:
            by_host = {vhost.name: certificate for vhost, certificate in self._of_hosts}

            def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
                vhost = find_host(name or "")
                if vhost is not None and vhost.name in by_host:
                    connection.context = by_host[vhost.name].context

            shown.context.sni_callback = choose
        return shown

    def reload_for_api(self) -> None:
        """Read the API's certificate again. Raises RequestInvalid without TLS, CertificateNotMade for wrong files."""
        if self._shown_by_api is None:
            raise RequestInvalid("TLS is not enabled for the API Server")
        if not _reload(self._shown_by_api):
            raise CertificateNotMade

    def reload_for_players(self) -> None:
        """Read the certificates of virtual hosts again; the log names those that can't be read."""
        for certificate in [self._given, *(each for _, each in self._of_hosts)]:
            if certificate is not None:
                _reload(certificate)

    def close(self) -> None:
        """Remove the files of an own certificate."""
        if self._directory is not None:
            self._directory.cleanup()

    def _show(self, configured: Certificate | None, *, is_asked_for: bool) -> Certificate | None:
        shown = self._given or configured
        if shown is None and (is_asked_for or self._dialect.serves_tls_without_certificate):
            shown = self._given = self._make_own() if is_asked_for or find_spec("trustme") else None
        elif shown is not None and self.authority is None:
            self.authority = Path(shown.files.certificate)
        return shown

    def _make_own(self) -> Certificate:
        """A certificate of an authority that nobody else knows. Raises ConfigurationError without trustme."""
        try:
            import trustme  # noqa: PLC0415 (an extra)
        except ImportError:
            raise ConfigurationError("a TLS port needs --tls-cert and --tls-key, or the extra tls: pip install 'ome-mock[tls]'") from None
        self._directory = tempfile.TemporaryDirectory(prefix="ome-mock-tls-")
        self.authority, pair = Path(self._directory.name, "authority.pem"), Path(self._directory.name, "server.pem")
        authority = trustme.CA()
        names = dict.fromkeys([*NAMES, *(name for name in self._names if _DNS_NAME.fullmatch(name))])
        authority.issue_cert(*names).private_key_and_cert_chain_pem.write_to_path(str(pair))
        authority.cert_pem.write_to_path(str(self.authority))
        return Certificate(CertificateFiles(str(pair), str(pair)))


def _read_given(files: CertificateFiles) -> Certificate:
    try:
        return Certificate(files)
    except OSError as error:
        raise ConfigurationError(f"--tls-cert {printable(files.certificate)}, --tls-key {printable(files.key)}: {_reason(error)}") from None


def _read(files: CertificateFiles) -> Certificate | None:
    """A configured certificate, or None with a line in the log where it can't be read, as the engine does."""
    try:
        return Certificate(files)
    except OSError as error:
        log.warning("the certificate %s with the key %s: %s", *map(printable, (files.certificate, files.key, _reason(error))))
        return None


def _reload(certificate: Certificate) -> bool:
    try:
        certificate.reload()
    except OSError as error:
        log.warning("the certificate %s stays as it was: %s", printable(certificate.files.certificate), _reason(error))
        return False
    return True


def _reason(error: OSError) -> str:
    """The reason in a few words; OpenSSL gives none where a file is not in PEM."""
    if isinstance(error, ssl.SSLError):
        return error.reason or "one of them is not in PEM"
    return error.strerror or str(error)
