"""The till's own statements on a disk that loses power, at every write that they make, with the witness beside them.

SQLCipher and the library that takes a disk of ours can't be one, so the statements run on plain SQLite here; what is
proved is their order, and that of the witness. The encrypted file is killed and damaged in the tests beside this one.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import apsw
import pytest
from sqlalchemy import Engine, event

from boxoffice.core.facts import Head
from boxoffice.core.ids import DeviceId
from boxoffice.core.payments import Approved, Declined
from boxoffice.core.tenders import TenderKind
from boxoffice.core.witness import SIZE_BYTES, Mark, gap_between, newest_mark
from boxoffice.till.store.database import SAFE_SQLITE
from boxoffice.till.store.facts import _AT, _NEWEST
from boxoffice.till.store.witness import Witness
from tests.crash_disk import CrashDisk
from tests.integration.till.kit import DEVICE, TillOnDisk, cart, usd

CHECKPOINT_PAGES = 120
"""Small, so that cuts fall into checkpoints too."""


@dataclass
class Recording:
    """The transactions that a till has committed, as the statements that it sent."""

    committed: list[list[tuple[str, Any, bool]]] = field(default_factory=list)
    _open: list[tuple[str, Any, bool]] | None = None

    @contextmanager
    def of(self, engine: Engine) -> Iterator[None]:
        def sent(_c: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
            if statement == "BEGIN IMMEDIATE":
                self._open = []
            elif self._open is not None and not statement.lstrip().startswith("SELECT"):
                self._open.append((statement, values, many))

        def done(_c: Any) -> None:
            if self._open:
                self.committed.append(self._open)
            self._open = None

        def undone(_c: Any) -> None:
            self._open = None

        event.listen(engine, "before_cursor_execute", sent)
        event.listen(engine, "commit", done)
        event.listen(engine, "rollback", undone)
        yield
        event.remove(engine, "before_cursor_execute", sent)
        event.remove(engine, "commit", done)
        event.remove(engine, "rollback", undone)


TABLES = """
    SELECT sql FROM sqlite_master
    WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'order_words_*' ORDER BY rowid
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Recording]:
    """An evening at a till: every kind of thing that it writes. Returns its tables, and the statements."""
    till, recording = TillOnDisk(tmp_path_factory.mktemp("till")), Recording()
    with till.store.reading() as connection:
        tables = list(connection.exec_driver_sql(TABLES).scalars())
    with recording.of(till.store._engine):
        till.grant_all(60)
        for _ in range(6):
            till.selling.sell_for_cash(cart("full-pass", ("friday-pass", 2)), usd("500"))
            split = till.selling.place(cart("friday-pass"))
            till.selling.take_cash(split, usd("20"), usd("20"))
            due = till.one("SELECT total_amount FROM orders WHERE id = ?", split) - 2000
            tender = till.tenders.begin(split, TenderKind.TERMINAL, usd(f"{due // 100}.{due % 100:02d}"))
            till.tenders.mark_unknown(tender, "The reader lost its connection.")
            till.tenders.end(tender, Approved("pi_1", tender.amount))
            left = till.selling.place(cart("saturday-pass"))
            declined = till.tenders.begin(left, TenderKind.TERMINAL, usd("10"))
            till.tenders.end(declined, Declined("card_declined", "The bank declined this card."))
            till.selling.abandon(left, "given up at the till")
            till.grant("friday", 3)
    till.close()
    return tables, recording


def evening(recorded: tuple[list[str], Recording], *, sync: str = "FULL", witness_first: bool = False) -> CrashDisk:
    """Runs the statements on a crash disk, as the till does: commit, witness, and only then it tells anybody."""
    tables, recording = recorded
    disk = CrashDisk()
    witness = Witness(disk.block("till.witness", SIZE_BYTES))
    with disk.connect("till.db") as connection:
        for pragma in ("journal_mode = WAL", f"synchronous = {sync}", f"wal_autocheckpoint = {CHECKPOINT_PAGES}"):
            connection.execute(f"PRAGMA {pragma}")
        with connection:
            for statement in tables:
                connection.execute(statement)
        for transaction in recording.committed:
            connection.execute("BEGIN IMMEDIATE")
            for statement, values, many in transaction:
                if many:
                    connection.executemany(statement, values)
                else:
                    connection.execute(statement, values)
            mark = mark_of(connection.execute(_NEWEST).fetchone())
            if witness_first and mark is not None:
                witness.bear(mark)
            connection.execute("COMMIT")
            if mark is not None:
                witness.bear(mark)
                disk.tell(mark)
        written = len(disk.log)
    del disk.log[written:]  # the power is gone: what closing it would write is not written
    return disk


def mark_of(row: Any) -> Mark | None:
    """Returns the mark as `chain_mark` does."""
    device, epoch, seq, hash_, _, orders, _ = row
    return None if device is None else Mark(Head(DeviceId(device), epoch, seq, hash_), int(orders or 0))


@dataclass
class Found:
    """What was found after the cuts of a run."""

    cuts: int = 0
    lost: int = 0
    unnamed: int = 0
    false_alarms: int = 0
    forgotten: int = 0
    """What was told, and the witness does not know."""
    broken: int = 0
    longer: int = 0
    lengths: Counter[int] = field(default_factory=Counter)


def cut(disk: CrashDisk, *, each: int, seed: int, every: int = 1) -> Found:
    """Cuts the power at every `every`-th moment, and opens what is left."""
    found = Found()
    for number, (files, told) in enumerate(disk.cuts(Random(seed), each)):
        if number % every:
            continue
        found.cuts += 1
        seen = newest_mark(files.get("till.witness", b""))
        left = CrashDisk(files={name: bytearray(content) for name, content in files.items()})
        try:
            with left.connect("till.db") as connection:
                chain, is_told_there, gap = looked_into(connection, told, seen, checks=found.cuts % 50 == 0)
        except apsw.Error:
            found.broken += 1
            continue
        found.lengths[chain.head.seq if chain else 0] += 1
        is_lost = told is not None and not is_told_there
        found.lost += is_lost
        found.unnamed += is_lost and not gap
        found.forgotten += told is not None and (seen is None or seen.place < told.place)
        found.false_alarms += gap and not is_lost
        found.longer += chain is not None and seen is not None and chain.place > seen.place
    return found


def looked_into(
    connection: apsw.Connection, told: Mark | None, seen: Mark | None, *, checks: bool
) -> tuple[Mark | None, bool, bool]:
    """Returns how long the chain is, whether all that was told is in it, and whether the witness misses something."""
    if connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'settings'").get == 0:
        return None, told is None, seen is not None
    chain = mark_of(connection.execute(_NEWEST).fetchone())
    if checks and connection.execute("PRAGMA integrity_check").get != "ok":
        raise apsw.CorruptError("damaged")

    def hash_at(head: Head) -> str | None:
        found = connection.execute(_AT, (head.device_id, head.epoch, head.seq)).get
        return None if found is None else str(found)

    end = Head(DEVICE.id) if chain is None else chain.head
    is_told_there = told is None or hash_at(told.head) == told.head.hash
    return chain, is_told_there, seen is not None and gap_between(end, seen.head, hash_at(seen.head)) is not None


def test_no_sale_that_was_told_is_lost_at_any_cut(recorded: tuple[list[str], Recording]) -> None:
    disk = evening(recorded)

    found = cut(disk, each=2, seed=1)

    assert (found.lost, found.forgotten, found.broken, found.false_alarms) == (0, 0, 0, 0)
    assert found.cuts > 2000
    assert found.longer > 0  # cuts fell between commit and witness
    assert len(found.lengths) > 40  # and all through the evening


def test_a_disk_that_does_not_flush_loses_sales_and_the_witness_names_each_loss(
    recorded: tuple[list[str], Recording],
) -> None:
    """The fault itself: it proves that the test above could fail, and what the witness is for."""
    disk = evening(recorded, sync="NORMAL")

    found = cut(disk, each=1, seed=2, every=2)

    assert found.lost > 100
    assert found.unnamed == 0


def test_a_witness_before_the_commit_would_cry_wolf(recorded: tuple[list[str], Recording]) -> None:
    """Why the order is what it is: a sale that nobody was told of would be missed."""
    disk = evening(recorded, witness_first=True)

    found = cut(disk, each=1, seed=3, every=2)

    assert found.lost == 0
    assert found.false_alarms > 0


def test_the_crash_disk_runs_a_sqlite_as_safe_as_the_tills() -> None:
    assert tuple(int(part) for part in apsw.sqlite_lib_version().split(".")) >= SAFE_SQLITE
