"""The till's file: opened with its key or not at all, and full disks stop selling before a sale is half recorded."""

from pathlib import Path

import pytest

from boxoffice.core.errors import TillStopped
from boxoffice.till.store import database
from boxoffice.till.store.database import open_store
from boxoffice.till.store.drift import check
from tests.integration.till.kit import KEY_HEX, TillOnDisk, cart, usd


def test_tables_and_migrations_are_in_step() -> None:
    assert check() == []


def test_another_key_opens_nothing_and_changes_nothing(till: TillOnDisk) -> None:
    till.close()
    before = till.path.read_bytes()

    with pytest.raises(TillStopped, match="key"):
        open_store(till.path, "ff" * 32)

    assert till.path.read_bytes() == before
    till.open()


def test_the_file_alone_shows_nothing(till: TillOnDisk) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("150"))
    till.close()

    raw = till.path.read_bytes()

    assert b"SQLite format 3" not in raw
    assert b"order_placed" not in raw
    till.open()


def test_a_damaged_file_says_the_way_back(tmp_path: Path) -> None:
    (tmp_path / "till.db").write_bytes(b"\0" * 100_000)

    with pytest.raises(TillStopped) as stopped:
        open_store(tmp_path / "till.db", KEY_HEX)

    assert "backup" in stopped.value.what_to_do


def test_an_sqlite_that_can_lose_data_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SAFE_SQLITE", (99, 0, 0))

    with pytest.raises(TillStopped, match="SQLite"):
        open_store(tmp_path / "till.db", KEY_HEX)

    assert not (tmp_path / "till.db").exists()


def test_a_full_disk_stops_selling_before_a_sale_is_half_recorded(till: TillOnDisk) -> None:
    till.selling.sell_for_cash(cart("full-pass"), usd("150"))
    with till.store.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    sold = [1]

    with pytest.raises(TillStopped, match="disk is full"):
        sell_until_refused(till, pages + 2, sold)

    till.reopen()
    assert till.one("SELECT count(*) FROM orders WHERE status = 'completed'") == sold[0]
    assert till.verify().problem is None


def sell_until_refused(till: TillOnDisk, most_pages: int, sold: list[int]) -> None:
    while True:
        with till.store.transaction() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {most_pages}")
        till.grant("friday", 1)
        till.selling.sell_for_cash(cart("friday-pass"), usd("65"))
        sold[0] += 1
