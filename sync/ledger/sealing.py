"""Seals private keys before they lie in Postgres (AES-256-GCM with HUB_MASTER_KEY)."""

import hmac
from base64 import urlsafe_b64encode
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from boxoffice.core.errors import BadInput, FieldError, OperationFailed


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
            raise BadInput(
                [FieldError("HUB_MASTER_KEY", "must be 64 hex digits (such as `openssl rand -hex 32` prints)")]
            )
        self._cipher = AESGCM(key)
        self._chains = hmac.digest(key, b"boxoffice chains", "sha256")
        self._signing = hmac.digest(key, b"boxoffice links", "sha256")

    def chain_key(self, device_id: str) -> Ed25519PrivateKey:
        """Returns the key of a chain of this hub's own: it can be told again whose facts are, whatever was lost."""
        return Ed25519PrivateKey.from_private_bytes(hmac.digest(self._chains, device_id.encode(), "sha256"))

    @property
    def card_key(self) -> Ed25519PrivateKey:
        """Returns the key that the codes of gift cards are made of which the web sells: the same in every process."""
        return Ed25519PrivateKey.from_private_bytes(hmac.digest(self._chains, b"gift cards", "sha256"))

    def seal(self, key: Ed25519PrivateKey, purpose: str) -> bytes:
        nonce = token_bytes(12)
        return nonce + self._cipher.encrypt(nonce, key.private_bytes_raw(), purpose.encode())

    def seal_text(self, text: str, purpose: str) -> bytes:
        """Returns a secret text so that it can lie in Postgres."""
        nonce = token_bytes(12)
        return nonce + self._cipher.encrypt(nonce, text.encode(), purpose.encode())

    def sign(self, purpose: str, text: str) -> str:
        """Returns what proves that this hub wrote `text` for this purpose: 22 letters that fit into an address."""
        return _letters(hmac.digest(self._signing, f"{purpose} {text}".encode(), "sha256"))

    def is_signed(self, purpose: str, text: str, signature: str) -> bool:
        return hmac.compare_digest(self.sign(purpose, text).encode(), signature.encode())

    def open(self, sealed: bytes, purpose: str) -> Ed25519PrivateKey:
        """Returns the key.

        Raises:
            OperationFailed: if it was sealed with another master key.
        """
        return Ed25519PrivateKey.from_private_bytes(self._opened(sealed, purpose))

    def open_text(self, sealed: bytes, purpose: str) -> str:
        """Returns what `seal_text` sealed.

        Raises:
            OperationFailed: if it was sealed with another master key.
        """
        return self._opened(sealed, purpose).decode()

    def _opened(self, sealed: bytes, purpose: str) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:12], sealed[12:], purpose.encode())
        except InvalidTag as error:
            raise OperationFailed(
                "HUB_MASTER_KEY does not open this database's keys.",
                "Nothing was changed.",
                "Start the hub with the master key that the database was set up with.",
            ) from error


def _letters(digest: bytes) -> str:
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")
