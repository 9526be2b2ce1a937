"""Seals private keys before they lie in Postgres (AES-256-GCM with HUB_MASTER_KEY)."""

from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from boxoffice.core.errors import BadInput, OperationFailed, Problem


class Sealer:
    """Opens what it sealed for the same purpose, and nothing else.

    Raises:
        BadInput: if the master key is not 64 hex digits.
    """

    def __init__(self, master_key: str) -> None:
        try:
            key = bytes.fromhex(master_key)
        except ValueError:
            key = b""
        if len(key) != 32:
            raise BadInput([Problem("HUB_MASTER_KEY", "must be 64 hex digits (such as `openssl rand -hex 32` prints)")])
        self._cipher = AESGCM(key)

    def seal(self, key: Ed25519PrivateKey, purpose: str) -> bytes:
        nonce = token_bytes(12)
        return nonce + self._cipher.encrypt(nonce, key.private_bytes_raw(), purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> Ed25519PrivateKey:
        """Returns the key.

        Raises:
            OperationFailed: if it was sealed with another master key.
        """
        try:
            raw = self._cipher.decrypt(sealed[:12], sealed[12:], purpose.encode())
        except InvalidTag as error:
            raise OperationFailed(
                "HUB_MASTER_KEY does not open this database's keys.",
                "Nothing was changed.",
                "Start the hub with the master key that the database was set up with.",
            ) from error
        return Ed25519PrivateKey.from_private_bytes(raw)
