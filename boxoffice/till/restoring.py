"""`boxoffice restore`: brings a till's file back that is damaged, gone or too short, and says what nobody has."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from boxoffice.core.errors import OperationFailed, TillStopped
from boxoffice.till.app import build_till, vault_of
from boxoffice.till.config import Settings
from boxoffice.till.store.backups import Backup, Backups, Found
from boxoffice.till.store.one_writer import OneWriter
from boxoffice.till.usecases import identity
from boxoffice.till.usecases.gateway.standing import Incomplete, TillState
from boxoffice.till.usecases.till import Till


@dataclass(frozen=True, slots=True)
class _Place:
    """This computer's till: its file, its backups, and the public half of its key, if it was ever paired."""

    settings: Settings
    backups: Backups
    key: Ed25519PublicKey | None

    @property
    def file(self) -> Path:
        return self.settings.data_dir / identity.FILE


def list_backups() -> int:
    """Prints the backups, the newest first; returns 1 if none of them is good."""
    place, good = _place(), 0
    for backup in place.backups.all():
        try:
            print(_words(place.backups.look_into(backup, place.key)))
            good += 1
        except OperationFailed as error:
            print(error.what_happened)
    if not good:
        print(f"There is no good backup in {place.backups.folder}", file=sys.stderr)
    return 0 if good else 1


def restore_till(file: Path | None, *, is_sure: bool, goes_on: bool) -> int:
    """Brings the till's file back; returns 1 while records are missing that nobody has.

    A file that can be read only takes back what it lacks. One that can't is replaced by the newest good backup, or by
    `file`, and is kept beside it.

    Raises:
        OperationFailed: if there is no good backup, or a person did not want it.
    """
    settings = Settings.from_environment()
    with OneWriter(settings.data_dir):
        place = _place()
        if file is None and (ended := _as_it_is(place, goes_on=goes_on)) is not None:
            return ended
        found = _newest_good(place, file)
        print(_words(found))
        if not is_sure and input("Put it in the place of this till's file? That one is kept. [y/N] ").lower() != "y":
            raise OperationFailed("The backup was not put in place.", "Nothing was changed.", "")
        kept = place.backups.put_in_place(found.backup, place.file)
        if kept is not None:
            print(f"The file that was here is kept as {kept}")
        return _finish(build_till(settings), goes_on=goes_on)


def _place() -> _Place:
    settings = Settings.from_environment()
    vault = vault_of(settings)
    key_hex, device_key = vault.get("file_key"), vault.get("device_key")
    if key_hex is None:
        raise TillStopped(
            "The key of this till's file is not in the keyring.",
            "Nothing was changed.",
            "Unlock the keyring of the account that paired this till: backups open with the same key.",
        )
    public = (
        None if device_key is None else Ed25519PrivateKey.from_private_bytes(bytes.fromhex(device_key)).public_key()
    )
    folder = settings.backup_dir or settings.data_dir / "backups"
    return _Place(settings, Backups(folder, key_hex, settings.backups_kept), public)


def _as_it_is(place: _Place, *, goes_on: bool) -> int | None:
    """Lets the file that is there take back what it lacks; returns None if it can't be used."""
    if not place.file.exists():
        return None
    try:
        return _finish(build_till(place.settings), goes_on=goes_on)
    except TillStopped as error:
        print(error.what_happened)
        return None


def _finish(till: Till, *, goes_on: bool) -> int:
    """Opens a till, takes back what it lacks, and says where it stands."""
    try:
        lacking = _lacking(till.open())
        if lacking is not None:
            print(f"Missing here: {lacking.missing}")
            lacking = _lacking(till.take_back())
        if lacking is not None and goes_on:
            lacking = _lacking(till.go_on_without())
            print("It goes on without them: their order numbers and places are not sold again.")
        if lacking is not None:
            print(
                f"Still missing: {lacking.missing}. {lacking.problem}\n"
                f"{_printed(lacking)}"
                "Nothing is sold until they are back. Run this again where the hub can be reached; if nobody has them, "
                "count the drawer, keep the papers, and run it with --without-missing.",
                file=sys.stderr,
            )
            return 1
        print("This till's file is whole. It can sell.")
        return 0
    finally:
        till.close()


def _lacking(state: TillState) -> Incomplete | None:
    return state if isinstance(state, Incomplete) else None


def _printed(state: Incomplete) -> str:
    """Returns which sales are surely among what is missing, as a line of its own, or nothing."""
    return f"Papers went out for orders that are not here: {', '.join(state.printed)}.\n" if state.printed else ""


def _newest_good(place: _Place, file: Path | None) -> Found:
    if file is not None:
        return place.backups.look_into(_named(file), place.key)
    for backup in place.backups.all():
        try:
            return place.backups.look_into(backup, place.key)
        except OperationFailed as error:
            print(error.what_happened)
    raise OperationFailed(
        f"There is no good backup in “{place.backups.folder}”.",
        "Nothing was changed; what the hub has is safe there.",
        "Name a backup, set BOXOFFICE_BACKUP_DIR, or pair this till anew in a new folder and keep the old one.",
    )


def _named(file: Path) -> Backup:
    if not file.is_file():
        raise OperationFailed(f"There is no file “{file}”.", "Nothing was changed.", "")
    return Backup(file, datetime.fromtimestamp(file.stat().st_mtime, UTC))


def _words(found: Found) -> str:
    made = found.backup.made_at.astimezone()
    sales = "1 sale" if found.sales == 1 else f"{found.sales:,} sales"
    return f"{found.backup.path}: made {made:%Y-%m-%d %H:%M}, {sales}, records up to number {found.head.seq}"
