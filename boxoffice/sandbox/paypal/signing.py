"""How PayPal signs a webhook: RSA and SHA-256 over ids, time and the body's CRC32, with a certificate to check by."""

import base64
import zlib
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

ALGORITHM: Final = "SHA256withRSA"
CERTIFICATE_PATH: Final = "/v1/notifications/certs/CERT-sandbox-boxoffice"
_NAME: Final = "messageverificationcerts.sandbox.paypal.com"
_LIFE: Final = timedelta(days=365)


def message(transmission_id: str, time: str, webhook_id: str, body: bytes) -> bytes:
    """Returns what is signed."""
    return f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()


class Signer:
    """The key and its self-made certificate; both are made when they are first needed, as a key takes its time."""

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def certificate(self) -> bytes:
        """The certificate, in PEM."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + _LIFE)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(_NAME)]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)

    def sign(self, signed: bytes) -> str:
        """Returns the signature in base64."""
        return base64.b64encode(self._key.sign(signed, padding.PKCS1v15(), hashes.SHA256())).decode()

    def is_signed(self, signed: bytes, signature: str) -> bool:
        try:
            self._key.public_key().verify(base64.b64decode(signature), signed, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True
