"""TLS: a certificate made here is kept and made anew when it must be; one that is given is used or refused plainly."""

from __future__ import annotations

import http.client
import ssl
import stat
from pathlib import Path

import pytest
import trustme

from eventmon.core.errors import UserError
from eventmon.engine.host import LocalEngine
from eventmon.engine.options import EngineOptions
from eventmon.engine.paths import Paths
from eventmon.engine.requests import ReadServer
from eventmon.engine.serving import ServerAddress
from eventmon.web import certificate
from eventmon.web.certificate import tls_of
from eventmon.web.listener import start_listener

NAMES = ("127.0.0.1", "localhost", "::1")


def made(paths: Paths, *names: str) -> str:
    context, fingerprint = tls_of(ServerAddress(self_made=True), names or NAMES, paths)
    assert context is not None
    return fingerprint


def test_without_tls_there_is_none(paths: Paths) -> None:
    assert tls_of(ServerAddress(), NAMES, paths) == (None, "")


def test_a_certificate_made_here_is_kept_privately(paths: Paths) -> None:
    first = made(paths)
    assert made(paths) == first
    assert len(first.split(":")) == 32
    assert stat.S_IMODE(paths.certificate_file.stat().st_mode) == 0o600


def test_another_name_needs_another_certificate(paths: Paths) -> None:
    first = made(paths)
    second = made(paths, *NAMES, "wall.example")
    assert second != first
    assert made(paths) == second  # it has those names too


def test_one_that_ends_soon_or_is_garbled_is_made_anew(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as short:
        short.setattr(certificate, "VALID_DAYS", 20)
        first = made(paths)
    second = made(paths)
    assert second != first
    paths.certificate_file.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    assert made(paths) not in (first, second)


def test_names_beyond_ascii_can_be_in_it(paths: Paths) -> None:
    first = made(paths, "bücher.example")
    assert made(paths, "bücher.example") == first


def test_a_given_certificate_that_cannot_be_used_is_refused(paths: Paths, tmp_path: Path) -> None:
    missing = str(tmp_path / "none.pem")
    with pytest.raises(UserError, match="cannot be used"):
        tls_of(ServerAddress(certificate=missing, key=missing), NAMES, paths)
    odd = tmp_path / "odd.pem"
    odd.write_text("not a certificate")
    with pytest.raises(UserError, match="cannot be used"):
        tls_of(ServerAddress(certificate=str(odd), key=str(odd)), NAMES, paths)
    one, other = (trustme.CA().issue_cert("localhost") for _ in range(2))
    one.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    other.private_key_pem.write_to_path(tmp_path / "key.pem")
    address = ServerAddress(certificate=str(tmp_path / "cert.pem"), key=str(tmp_path / "key.pem"))
    with pytest.raises(UserError, match="cannot be used"):
        tls_of(address, NAMES, paths)


def test_a_client_that_trusts_the_given_certificate_is_answered_over_tls(paths: Paths, tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    address = ServerAddress(
        host="localhost", port=0, certificate=str(tmp_path / "cert.pem"), key=str(tmp_path / "key.pem")
    )
    engine = LocalEngine(EngineOptions(listen=address, load_listener=lambda: start_listener), paths)
    engine.start().result(30)
    try:
        status = engine.call(ReadServer()).result(30)
        assert status.url.startswith("https://localhost:")
        assert len(status.fingerprint.split(":")) == 32
        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)
        port = int(status.url.rpartition(":")[2])
        connection = http.client.HTTPSConnection("localhost", port, timeout=30, context=trusting)
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')
        connection.close()
        plain = http.client.HTTPConnection("localhost", port, timeout=30)
        plain.request("GET", "/healthz")
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            plain.getresponse()
        plain.close()
    finally:
        engine.close()
