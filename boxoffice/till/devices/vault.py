"""Where this till's secrets lie: the computer's keyring, or an encrypted file for computers that have none."""

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from boxoffice.till.usecases.ports import VaultFailed

_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_SCRYPT_N: Final = 2**15
"""OWASP's choice for scrypt with r=8, p=3 (Password Storage Cheat Sheet)."""


def derived_key(salt: bytes, passphrase: str) -> bytes:
    """Returns the key that a passphrase stands for: a quarter of a second of work, and much memory, for who guesses."""
    return Scrypt(salt, 32, _SCRYPT_N, 8, 3).derive(passphrase.encode())


class KeyringVault:
    """The computer's own keyring. `service` keeps tills of one computer apart."""

    def __init__(self, service: str) -> None:
        self._service = service

    def get(self, name: str) -> str | None:
        import keyring  # noqa: PLC0415  # 39 ms that a till with a vault file saves
        from keyring.errors import KeyringError  # noqa: PLC0415  # 39 ms that a till with a vault file saves

        try:
            return keyring.get_password(self._service, name)
        except KeyringError as error:
            raise _no_keyring() from error

    def put(self, name: str, secret: str) -> None:
        import keyring  # noqa: PLC0415  # 39 ms that a till with a vault file saves
        from keyring.errors import KeyringError  # noqa: PLC0415  # 39 ms that a till with a vault file saves

        try:
            keyring.set_password(self._service, name, secret)
        except KeyringError as error:
            raise _no_keyring() from error


class FileVault:
    """A file that only the passphrase opens (scrypt, AES-256-GCM); written anew as a whole at each change."""

    def __init__(self, path: Path, passphrase: str) -> None:
        if not passphrase:
            raise VaultFailed(
                "The encrypted file for secrets has no passphrase.",
                "Nothing was written.",
                "Set BOXOFFICE_VAULT_PASSPHRASE, or use the keyring (BOXOFFICE_VAULT=keyring).",
            )
        self._path = path
        self._passphrase = passphrase
        self._cached: tuple[bytes, bytes] | None = None
        self._deriving = threading.Lock()

    def begin(self) -> None:
        """Begins to derive the key on a thread of its own, so that a start can load the rest meanwhile."""
        if self._path.exists():
            salt = self._path.read_bytes()[:_SALT_BYTES]
            threading.Thread(target=self._key, args=(salt,), name="till-vault", daemon=True).start()

    def get(self, name: str) -> str | None:
        found = self._read().get(name)
        return None if found is None else str(found)

    def put(self, name: str, secret: str) -> None:
        self._write({**self._read(), name: secret})

    def _read(self) -> Mapping[str, Any]:
        if not self._path.exists():
            return {}
        raw = self._path.read_bytes()
        salt, nonce = raw[:_SALT_BYTES], raw[_SALT_BYTES : _SALT_BYTES + _NONCE_BYTES]
        try:
            plain = AESGCM(self._key(salt)).decrypt(nonce, raw[_SALT_BYTES + _NONCE_BYTES :], None)
        except (InvalidTag, ValueError) as error:
            raise VaultFailed(
                f"{self._path.name} does not open.",
                "Nothing was changed.",
                "Set BOXOFFICE_VAULT_PASSPHRASE to the one that it was made with.",
            ) from error
        found: dict[str, Any] = json.loads(plain)
        return found

    def _write(self, secrets: Mapping[str, str]) -> None:
        salt = self._cached[0] if self._cached else os.urandom(_SALT_BYTES)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._key(salt)).encrypt(nonce, json.dumps(secrets).encode(), None)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(salt + nonce + sealed)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def _key(self, salt: bytes) -> bytes:
        with self._deriving:
            if self._cached is None or self._cached[0] != salt:
                self._cached = salt, derived_key(salt, self._passphrase)
            return self._cached[1]


def _no_keyring() -> VaultFailed:
    return VaultFailed(
        "This computer has no keyring that can be opened.",
        "Nothing was written: secrets never go into a plain file.",
        "Unlock or install one (GNOME Keyring, KWallet, Keychain, Credential Locker), or set BOXOFFICE_VAULT=file "
        "and BOXOFFICE_VAULT_PASSPHRASE for an encrypted file.",
    )
