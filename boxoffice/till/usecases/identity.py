"""Who this till is: made at pairing, kept in the vault (secrets) and in the till's file (the rest)."""

from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.errors import BadInput, FieldError, OperationFailed, TillStopped
from boxoffice.core.ids import DeviceId
from boxoffice.core.reading import read_code
from boxoffice.core.wire.pairing import PairAnswer, PairRequest
from boxoffice.till.store import settings
from boxoffice.till.store.database import Store
from boxoffice.till.usecases.context import Device
from boxoffice.till.usecases.ports import Connections, HubRefused, Vault

FILE: Final = "till.db"
_LOST: Final = (
    "Nothing was changed; the file with this till's sales is still there.",
    "Unlock the keyring of the account that paired this till. If it is lost, pair the till anew in a new folder.",
)


@dataclass(frozen=True, slots=True)
class Identity:
    """A paired till. `stripe_key` is the restricted one, or None where the hub gave none."""

    device: Device
    key: Ed25519PrivateKey
    hub_url: str
    token: str
    stripe_base: str
    stripe_key: str | None


def file_key(vault: Vault, folder: Path) -> str:
    """Returns the key of the till's file, made now if there is no file yet.

    Raises:
        TillStopped: if there is a file, but its key is not in the vault.
        VaultFailed: if the vault can't be used.
    """
    found = vault.get("file_key")
    if found is None:
        if (folder / FILE).exists():
            raise TillStopped("The key of this till's file is not in the keyring.", *_LOST)
        found = token_hex(32)
        vault.put("file_key", found)
    return found


def load(store: Store, vault: Vault) -> Identity | None:
    """Returns who this till is; None before it is paired.

    Raises:
        TillStopped: if it is paired, but its secrets are not in the vault.
    """
    with store.reading() as connection:
        known = settings.get_all(connection)
    if "device_id" not in known:
        return None
    key, token = vault.get("device_key"), vault.get("token")
    if key is None or token is None:
        raise TillStopped("This till's secrets are not in the keyring.", *_LOST)
    return Identity(
        device=Device(DeviceId(known["device_id"]), known["device_code"], known["device_name"]),
        key=Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)),
        hub_url=known["hub_url"],
        token=token,
        stripe_base=known["stripe_base"],
        stripe_key=vault.get("stripe_key") or None,
    )


def pair(store: Store, vault: Vault, connections: Connections, hub_url: str, code: str) -> Identity:
    """Pairs this till with a hub.

    Raises:
        BadInput: if the till is paired already, or the address or the code is missing.
        OperationFailed: if the hub does not take the code; `Unreachable` if no hub answers there.
    """
    url = _address(hub_url)
    typed = read_code(code)
    if not typed:
        raise BadInput([FieldError("code", "is missing")])
    if load(store, vault) is not None:
        raise BadInput([FieldError("till", "this till is paired already")])
    key = Ed25519PrivateKey.generate()
    request = PairRequest(code=typed, public_key=key.public_key().public_bytes_raw().hex())
    try:
        answer = connections.pair(url, request)
    except HubRefused as error:
        raise _refused(error) from error
    _keep_secrets(vault, key, answer)
    with store.transaction() as connection:
        for name, value in (
            ("device_id", answer.device_id),
            ("device_code", answer.device_code),
            ("device_name", answer.name),
            ("hub_url", url),
            ("stripe_base", answer.stripe_base),
        ):
            settings.put(connection, name, value)
    identity = load(store, vault)
    if identity is None:
        raise RuntimeError("what was just paired is not there")
    return identity


def _keep_secrets(vault: Vault, key: Ed25519PrivateKey, answer: PairAnswer) -> None:
    vault.put("device_key", key.private_bytes_raw().hex())
    vault.put("token", answer.token)
    vault.put("stripe_key", answer.stripe_key or "")  # none, and no longer that of who this till was before


def _address(hub_url: str) -> str:
    bare = hub_url.strip().rstrip("/")
    if not bare:
        raise BadInput([FieldError("hub", "the hub's address is missing")])
    return bare if "://" in bare else f"https://{bare}"


def _refused(error: HubRefused) -> OperationFailed:
    if error.status == 403:
        return OperationFailed(
            "That pairing code does not work.", "Nothing was changed.", "Ask the organizer for a new one."
        )
    return OperationFailed(
        "What answers at that address is no hub that takes this code.",
        f"Nothing was changed. It says: {error.what_happened}",
        "Check the hub's address; it stands beside the code on the organizer's page.",
    )
