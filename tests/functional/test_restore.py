"""A till's file that is damaged, gone, or an older copy: brought back by the program itself, or by its command."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from boxoffice.core.errors import TillStopped
from boxoffice.core.ids import ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.demo.command import drain
from boxoffice.demo.stack import Stack
from boxoffice.till.app import build_till
from boxoffice.till.config import Settings
from boxoffice.till.usecases.gateway.standing import Incomplete, Ready
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.verify import verify as verify_till
from sync.ledger.verify import verify as verify_hub
from tests.functional.test_rollback import until

pytestmark = [pytest.mark.enable_socket]

CART = Cart((CartLine(ProductId("friday-pass"), 1),))
PAID = Money(10_000, Currency("USD"))


class House:
    """A paired till's folder, with the disk that its backups lie on."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.settings = Settings(
            data_dir=folder / "till",
            documents_dir=folder / "docs",
            vault="file",
            vault_passphrase=SecretStr("correct horse"),
            backup_dir=folder / "other disk",
        )
        till = self.till()
        till.open()
        till.pair(stack.addresses.hub_url, stack.pairing_code())
        till.choose_event(till.events()[0].id)
        till.close()

    @property
    def file(self) -> Path:
        return self.settings.data_dir / "till.db"

    def till(self) -> Till:
        return build_till(self.settings)

    def sells(self, times: int) -> list[str]:
        """Opens the till, sells, and closes it as a person does; returns the numbers of what it sold."""
        till = self.till()
        try:
            assert isinstance(till.open(), Ready)
            numbers = [till.sell_for_cash(CART, PAID).number for _ in range(times)]
            drain([till])
            return numbers
        finally:
            till.close()

    def runs(self, *command: str, answer: str = "") -> "subprocess.CompletedProcess[str]":
        environment = {
            **os.environ,
            "BOXOFFICE_DATA_DIR": str(self.settings.data_dir),
            "BOXOFFICE_DOCUMENTS_DIR": str(self.settings.documents_dir),
            "BOXOFFICE_BACKUP_DIR": str(self.settings.backup_dir),
            "BOXOFFICE_VAULT": "file",
            "BOXOFFICE_VAULT_PASSPHRASE": "correct horse",
        }
        return subprocess.run(
            [sys.executable, "-m", "boxoffice", *command],
            env=environment,
            input=answer,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def has_all(self, numbers: list[str]) -> None:
        """Opens the till once more: every sale is there, it sells, no number is used twice, and all books agree."""
        till = self.till()
        try:
            assert isinstance(till.open(), Ready)
            assert all(till.find_orders(number, 20).orders[0].is_paid for number in numbers)
            new = till.sell_for_cash(CART, PAID).number
            assert new not in numbers
            drain([till])
            assert verify_till(till.store, till.public_key).problem is None
            assert verify_hub(self.stack.database).problem is None
        finally:
            till.close()


@pytest.fixture
def house(stack: Stack, tmp_path: Path) -> Iterator[House]:
    yield House(stack, tmp_path)

    assert verify_hub(stack.database).problem is None


def test_a_damaged_file_is_brought_back_with_every_sale_that_the_hub_has(house: House) -> None:
    first = house.sells(2)
    saved = max((house.settings.backup_dir or Path()).iterdir())  # of the start or the end of the day
    second = house.sells(3)
    for newer in (house.settings.backup_dir or Path()).iterdir():
        if newer.name > saved.name:
            newer.unlink()
    damaged = b"\7" * house.file.stat().st_size
    house.file.write_bytes(damaged)
    with pytest.raises(TillStopped):
        house.till().open()

    listed = house.runs("restore", "--list")
    kept = house.runs("restore", answer="n\n")
    still = house.file.read_bytes()
    done = house.runs("restore", answer="y\n")

    assert (listed.returncode, "2 sales" in listed.stdout) == (0, True), listed.stdout + listed.stderr
    assert (kept.returncode, still == damaged) == (1, True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "whole" in done.stdout
    assert (house.settings.data_dir / "till-damaged-1.db").read_bytes() == damaged
    house.has_all(first + second)


def test_the_newest_backup_that_is_good_is_taken(house: House) -> None:
    sold = house.sells(2)
    backups = sorted((house.settings.backup_dir or Path()).iterdir())
    newest = bytearray(backups[-1].read_bytes())
    newest[5000] ^= 1
    backups[-1].write_bytes(newest)
    house.file.unlink()

    done = house.runs("restore", "--yes")

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"“{backups[-1].name}” is damaged" in done.stdout
    house.has_all(sold)


def test_without_a_good_backup_nothing_is_changed_and_the_way_is_said(house: House) -> None:
    house.sells(1)
    shutil.rmtree(house.settings.backup_dir or "")
    damaged = b"\7" * house.file.stat().st_size
    house.file.write_bytes(damaged)

    done = house.runs("restore", "--yes")

    assert done.returncode == 1
    assert "BOXOFFICE_BACKUP_DIR" in done.stderr
    assert house.file.read_bytes() == damaged


def test_a_file_that_is_whole_is_left_alone(house: House) -> None:
    sold = house.sells(1)

    done = house.runs("restore")

    assert (done.returncode, "whole" in done.stdout) == (0, True), done.stdout + done.stderr
    house.has_all(sold)


def test_an_older_copy_put_in_place_by_hand_sells_nothing_and_comes_back_by_itself(house: House) -> None:
    first = house.sells(2)
    old = house.file.read_bytes()
    second = house.sells(3)
    house.file.write_bytes(old)
    told: list[object] = []

    till = house.till()
    try:
        till.subscribe(told.append)
        state = till.open()
        with pytest.raises(TillStopped, match="missing"):
            till.sell_for_cash(CART, PAID)
        until(lambda: any(isinstance(each, Incomplete) and each.is_done for each in told), True)
        ready = till.take_back()
    finally:
        till.close()

    assert isinstance(state, Incomplete)
    assert state.count >= 15
    assert isinstance(ready, Ready)
    house.has_all(first + second)


def test_an_old_image_of_the_whole_folder_is_found_before_its_first_sale(house: House, tmp_path: Path) -> None:
    first = house.sells(2)
    image = tmp_path / "image"
    shutil.copytree(house.settings.data_dir, image)
    second = house.sells(3)
    shutil.rmtree(house.settings.data_dir)
    shutil.copytree(image, house.settings.data_dir)

    till = house.till()
    try:
        state = till.open()  # nothing here says that it is old
        with pytest.raises(TillStopped, match="missing"):
            till.sell_for_cash(CART, PAID)  # it hears of the hub first
    finally:
        till.close()

    assert isinstance(state, Ready)
    until(lambda: house.runs("restore").returncode, 0)
    house.has_all(first + second)


def test_what_nobody_has_stays_named_until_a_person_goes_on_without_it(house: House) -> None:
    sold = house.sells(1)
    old = house.file.read_bytes()
    lost = sold_unheard(house)
    house.file.write_bytes(old)
    shutil.rmtree(house.settings.backup_dir or "")

    asked, again = house.runs("restore"), house.runs("restore")
    opened = house.till()
    state = opened.open()
    opened.close()
    went_on = house.runs("restore", "--without-missing")

    assert (asked.returncode, again.returncode) == (1, 1)
    assert "Still missing" in again.stderr
    assert isinstance(state, Incomplete)
    assert state.missing in again.stderr
    assert went_on.returncode == 0, went_on.stdout + went_on.stderr
    assert lost not in house.sells(1)
    house.has_all(sold)


def sold_unheard(house: House) -> str:
    """Sells where the hub can't hear it, and loses power; returns the number that was shown."""
    till = house.till()
    till.open()
    till.services.sync.everything()
    assert till._background is not None
    till._background.stop()
    number = till.sell_for_cash(CART, PAID).number
    till.services.close()
    till.store.close()
    return number


# Before doors open, with no window


def test_a_till_is_looked_at_by_command_and_the_hub_knows_what_it_came_to(house: House) -> None:
    looked = house.runs("preflight", "--json", "--door-list")

    told = json.loads(looked.stdout)
    outcomes = {each["check"]: each["outcome"] for each in told["checks"]}
    assert (looked.returncode, told["green"]) == (1, False)
    assert (outcomes["hub"], outcomes["clock"], outcomes["door_list"], outcomes["cash_till"]) == (
        "pass",
        "pass",
        "pass",
        "fail",
    )
    assert all(each["fix"] for each in told["checks"] if each["outcome"] in ("fail", "to_do"))
    with house.stack.database.reading() as connection:
        kept = connection.exec_driver_sql("SELECT payload FROM facts WHERE kind = 'preflight_done'").scalar_one()
    assert kept["outcomes"] == outcomes
