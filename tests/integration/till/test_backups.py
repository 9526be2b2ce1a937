"""Backups of the till's file: made while it sells, with its key, a few of the newest, and found to be copies."""

import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import DeviceId
from boxoffice.till.store.backups import Backup, Backups
from boxoffice.till.store.database import ChainIsShort, open_store
from boxoffice.till.store.witness import NAME
from tests.integration.till.kit import DEVICE, KEY_HEX, TillOnDisk, cart, usd

AT = datetime(2026, 5, 15, 21, 14, tzinfo=UTC)


@pytest.fixture
def backups(tmp_path: Path) -> Backups:
    return Backups(tmp_path / "elsewhere" / "backups", KEY_HEX)


def sell(till: TillOnDisk, times: int = 1) -> None:
    for _ in range(times):
        till.selling.sell_for_cash(cart("friday-pass"), usd("100"))


def restored(till: TillOnDisk, backups: Backups, backup: Backup) -> None:
    till.close()
    backups.put_in_place(backup, till.path)
    till.open()


def test_a_backup_has_every_sale_and_shows_nothing_without_the_key(till: TillOnDisk, backups: Backups) -> None:
    sell(till, 3)

    made = backups.make(till.path, AT)

    found = backups.look_into(made, till.key.public_key())
    assert (found.sales, found.head.seq) == (3, till.one("SELECT max(seq) FROM facts"))
    assert b"SQLite format 3" not in made.path.read_bytes()
    assert [path.name for path in made.path.parent.iterdir()] == ["till-20260515T211400Z.db"]
    with pytest.raises(OperationFailed):
        Backups(backups.folder, "ff" * 32).look_into(made, None)


def test_a_backup_is_made_while_the_till_sells(till: TillOnDisk, backups: Backups) -> None:
    till.grant("friday", 100)
    thread = threading.Thread(target=sell, args=(till, 40))
    thread.start()
    made = []
    while thread.is_alive():
        made.append(backups.make(till.path, AT))
    thread.join()

    for each in backups.all():
        assert backups.look_into(each, till.key.public_key()).sales <= 40
    assert len(made) >= 2
    assert till.verify().problem is None


def test_only_the_newest_few_are_kept(till: TillOnDisk, backups: Backups) -> None:
    sell(till)
    made = [backups.make(till.path, AT + timedelta(minutes=i)) for i in range(9)]

    kept = backups.all()

    assert [each.made_at for each in kept] == [each.made_at for each in reversed(made[3:])]
    assert len(list(backups.folder.iterdir())) == 6


def test_two_backups_of_one_second_are_two(till: TillOnDisk, backups: Backups) -> None:
    first, second = backups.make(till.path, AT), backups.make(till.path, AT)

    assert first.path != second.path
    assert backups.all() == [second, first]


@pytest.mark.parametrize("at", [3000, 9000, 20000])
def test_a_damaged_backup_is_found_before_it_is_used(till: TillOnDisk, backups: Backups, at: int) -> None:
    sell(till, 3)
    made = backups.make(till.path, AT)
    content = bytearray(made.path.read_bytes())
    content[at] ^= 4
    made.path.write_bytes(content)

    with pytest.raises(OperationFailed, match="damaged"):
        backups.look_into(made, till.key.public_key())


def test_a_restored_backup_that_lacks_sales_writes_nothing_new(till: TillOnDisk, backups: Backups) -> None:
    sell(till, 2)
    made = backups.make(till.path, AT)
    sell(till, 3)

    restored(till, backups, made)

    assert till.store.gap is not None
    assert till.store.gap.count == 15
    with pytest.raises(ChainIsShort):
        sell(till)
    assert (till.path.parent / "till-damaged-1.db").exists()


def test_a_restored_backup_after_which_nothing_was_written_is_the_file_itself(
    till: TillOnDisk, backups: Backups
) -> None:
    sell(till, 2)
    made = backups.make(till.path, AT)

    restored(till, backups, made)

    assert till.store.gap is None
    sell(till)
    till.reopen()
    assert till.store.gap is None


def test_a_backup_without_its_witness_may_lack_sales_and_says_so(
    till: TillOnDisk, backups: Backups, tmp_path: Path
) -> None:
    """However it was put there: it says itself that it is a copy."""
    sell(till, 2)
    made = backups.make(till.path, AT)
    sell(till)
    folder = tmp_path / "another computer"
    folder.mkdir()
    shutil.copyfile(made.path, folder / "till.db")

    for _ in range(2):
        store = open_store(folder / "till.db", KEY_HEX)
        assert store.gap is not None
        assert (store.gap.count, store.gap.words("7K2")) == (0, "7K2 from 11 on")
        store.close()


def test_a_full_disk_fails_the_backup_and_keeps_those_before(till: TillOnDisk, tmp_path: Path) -> None:
    sell(till)
    folder = tmp_path / "full"
    folder.write_text("no folder can be made here")

    with pytest.raises(OperationFailed, match="backup could not be made"):
        Backups(folder, KEY_HEX).make(till.path, AT)

    sell(till)
    assert till.verify().problem is None


def test_a_restore_that_fails_changes_nothing(till: TillOnDisk, backups: Backups) -> None:
    sell(till, 2)
    made = backups.make(till.path, AT)
    till.close()
    made.path.write_bytes(b"\0" * 8192)

    with pytest.raises(OperationFailed, match="could not be put in place"):
        backups.put_in_place(made, till.path)

    till.open()
    assert till.store.gap is None
    assert (till.path.parent / NAME).exists()
    sell(till)


def test_a_till_that_is_only_opened_and_closed_keeps_its_older_backups(till: TillOnDisk, backups: Backups) -> None:
    sell(till)
    first = backups.make_if_new(till.path, AT)
    again = backups.make_if_new(till.path, AT + timedelta(minutes=10))
    sell(till)
    second = backups.make_if_new(till.path, AT + timedelta(minutes=20))
    till.grant("friday", 1)
    third = backups.make_if_new(till.path, AT + timedelta(minutes=30))

    assert again is None
    assert backups.all() == [third, second, first]


def test_a_backup_of_another_till_gives_nothing(till: TillOnDisk, backups: Backups) -> None:
    """After a till was paired anew in its folder, the backups of who it was lie there too, under the same key."""
    sell(till)
    made = backups.make(till.path, AT)

    assert backups.facts_of(made, DeviceId("another")) == []
    assert len(backups.facts_of(made, DEVICE.id)) == till.one(
        "SELECT (SELECT count(*) FROM facts) + (SELECT count(*) FROM hub_facts)"
    )
