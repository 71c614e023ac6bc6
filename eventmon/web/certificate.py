"""TLS for the server: a certificate that is given, or one that is made here and kept in the profile.

A self-made one is known to no browser, so it warns once; the fingerprint that Eventmon shows is what to compare. It
is kept, because a new one at every start would make people click the warning away without looking.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from eventmon.core.errors import UserError
from eventmon.engine.file_replacement import replace_file
from eventmon.engine.paths import Paths
from eventmon.engine.serving import ServerAddress

if TYPE_CHECKING:
    from cryptography import x509

VALID_DAYS: Final = 397
"""The longest that browsers take."""
RENEWED_DAYS: Final = 30
"""So long before its end a new one is made."""


def tls_of(address: ServerAddress, names: Sequence[str], paths: Paths) -> tuple[ssl.SSLContext | None, str]:
    """What the server needs for TLS, and the fingerprint of its certificate; (None, "") without TLS.

    Raises:
        UserError: the certificate or its key cannot be used, or none can be made here.
    """
    if address.certificate:
        certificate, key = Path(address.certificate), Path(address.key)
    elif address.self_made:
        certificate = key = _self_made(names, paths.certificate_file)
    else:
        return None, ""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
        return context, _fingerprint(certificate)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise UserError(
            f"The certificate {certificate} with the key {key} cannot be used ({error}). Check both files."
        ) from error


def _fingerprint(certificate: Path) -> str:
    import hashlib

    text = certificate.read_text(encoding="ascii", errors="replace")
    start = text.index(ssl.PEM_HEADER)
    end = text.index(ssl.PEM_FOOTER, start) + len(ssl.PEM_FOOTER)
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(text[start:end])).digest().hex(":").upper()


def _self_made(names: Sequence[str], path: Path) -> Path:
    """The file with the certificate made here and its key, made anew when it does not fit or ends soon."""
    try:
        from cryptography import x509
    except ImportError as error:
        raise UserError(
            "No certificate can be made without the package cryptography. Install it, or give --tls-cert and --tls-key."
        ) from error
    try:
        kept = x509.load_pem_x509_certificate(path.read_bytes())
        ends = kept.not_valid_after_utc
        wanted = {str(_general_name(name).value) for name in names}
        if _names_in(kept) >= wanted and ends - datetime.now(UTC) > timedelta(days=RENEWED_DAYS):
            return path
    except (OSError, ValueError, x509.ExtensionNotFound):
        pass  # there is none, or none that can be read: it is made
    try:
        replace_file(path, _fresh(names), private=True)
    except OSError as error:
        raise UserError(f"The certificate cannot be kept in {path} ({error}). Check the folder.") from error
    return path


def _names_in(certificate: x509.Certificate) -> set[str]:
    from cryptography import x509

    named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(named.get_values_for_type(x509.DNSName)) | {
        str(address) for address in named.get_values_for_type(x509.IPAddress)
    }


def _fresh(names: Sequence[str]) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Eventmon")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    written_key = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return (certificate.public_bytes(serialization.Encoding.PEM) + written_key).decode()


def _general_name(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode())
