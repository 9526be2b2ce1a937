"""A till that is an older copy of itself: found when it first hears of the hub, or before, by its witness.

Each is a real till on a real file, with the real hub over HTTP.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from boxoffice.core.ids import ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.leases import LeaseReturned
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.till.store import people
from boxoffice.till.store.database import ChainIsShort
from boxoffice.till.store.orders import head_of
from boxoffice.till.store.printed import NAME as PRINTED
from boxoffice.till.store.witness import NAME
from boxoffice.till.usecases.gateway.orders import Paperwork
from boxoffice.till.usecases.mending import SPARE_ORDERS, HubNotAsked, Mending, TwoCopies
from boxoffice.till.usecases.ports import Unreachable
from boxoffice.till.usecases.verify import verify as verify_till
from sync.inventory.reclaiming import reclaim
from sync.ledger.verify import verify as verify_hub
from sync.store.lives import note_healed
from tests.integration.sync.conftest import Stand
from tests.integration.sync.seller import Seller

CART = Cart((CartLine(ProductId("friday-pass"), 1),))
PAID = Money(10_000, Currency("USD"))
STOPPED = (ChainIsShort, TwoCopies)
NUMBERS = "SELECT order_number FROM orders WHERE placed_by = %s"


def sell(seller: Seller, times: int = 1) -> None:
    for _ in range(times):
        seller.services.mending.check()
        seller.services.selling.sell_for_cash(CART, PAID)


def sold(seller: Seller) -> int:
    return int(one(seller, "SELECT count(*) FROM orders WHERE status = 'completed'"))


def one(seller: Seller, query: str) -> int:
    with seller.store.reading() as connection:
        return int(connection.exec_driver_sql(query).scalar_one() or 0)


@pytest.fixture
def seller(hub: Stand, tmp_path: Path) -> Iterator[Seller]:
    seller = Seller(hub, tmp_path / "till").open()
    seller.services.sync.everything()
    yield seller
    reclaim(hub.hub, device(seller), "test")  # what is frozen, so that the next test has it
    seller.close()


def numbers_of(seller: Seller) -> set[str]:
    return {order.number for order in seller.services.orders.find("", 100).orders}


def device(seller: Seller) -> str:
    return str(seller.services.context.device.id)


def image_of(seller: Seller, folder: Path) -> Path:
    """Copies the till's whole folder, witness and all, as an image of its disk has it."""
    seller.close()
    shutil.copytree(seller.folder, folder)
    seller.open(kept=True)
    return folder


def put_back(seller: Seller, image: Path, *, witness: bool = True) -> None:
    """Puts an image in place of the till's folder: with its own old witness, or the one that is there."""
    seller.close()
    kept = (seller.folder / NAME).read_bytes()
    shutil.rmtree(seller.folder)
    shutil.copytree(image, seller.folder)
    if not witness:
        (seller.folder / NAME).write_bytes(kept)
    seller.open(kept=True)


def all_agree(seller: Seller) -> None:
    verdict = verify_till(seller.store, seller.services.context.journal.key.public_key())
    assert verdict.problem is None
    assert verify_hub(seller.hub.database).problem is None


def test_an_old_disk_image_is_found_at_the_first_contact_and_has_all_its_sales_again(
    seller: Seller, tmp_path: Path
) -> None:
    sell(seller, 2)
    seller.services.sync.everything()  # so that the image has nothing to send
    image = image_of(seller, tmp_path / "image")
    sell(seller, 4)
    seller.services.sync.everything()
    put_back(seller, image)
    assert seller.store.gap is None  # its own witness is as old as it is

    with pytest.raises(ChainIsShort):
        seller.services.sync.everything()
    with pytest.raises(ChainIsShort):
        sell(seller)
    seller.services.mending.take_back()

    assert not seller.services.mending.is_needed
    assert sold(seller) == 6
    seller.services.sync.everything()
    sell(seller, 2)
    seller.services.sync.everything()
    numbers = seller.hub.sql(NUMBERS, device(seller))
    assert len(numbers) == len(set(numbers)) == 8
    assert seller.hub.one("SELECT max(epoch) FROM facts WHERE device_id = %s", device(seller)) == 2
    assert seller.hub.sql(
        "SELECT kind FROM exceptions WHERE device_id = %s", device(seller)
    ) == [("till_lost_facts",)]  # fmt: skip
    all_agree(seller)


def test_what_only_its_printed_papers_prove_is_taken_back_from_the_hub(seller: Seller, tmp_path: Path) -> None:
    sell(seller)
    image = image_of(seller, tmp_path / "image")
    order = seller.services.selling.sell_for_cash(CART, PAID)
    seller.services.papers.save_pdf(order, Paperwork.TICKETS)
    number = seller.services.orders.order(order).number
    seller.services.sync.push()
    printed = (seller.folder / PRINTED).read_bytes()
    put_back(seller, image)  # its own witness is as old as it is
    seller.close()
    (seller.folder / PRINTED).write_bytes(printed)

    seller.open(kept=True)

    assert seller.services.mending.now().printed == (number,)
    with pytest.raises(ChainIsShort):
        sell(seller)
    seller.services.mending.take_back()
    assert seller.services.mending.now().is_done
    assert numbers_of(seller) >= {number}
    sell(seller)
    seller.services.sync.everything()
    all_agree(seller)


def test_who_bought_since_the_backup_is_known_again_and_what_was_not_sent_yet_stays(
    seller: Seller, tmp_path: Path
) -> None:
    old = seller.services.selling.sell_for_cash(CART, PAID)
    seller.services.papers.send_email(old, "before@example.org")
    image = image_of(seller, tmp_path / "image")
    new = seller.services.selling.sell_for_cash(CART, PAID)
    for order, address in ((old, "after@example.org"), (new, "bruno@example.org")):
        seller.services.papers.send_email(order, address)
    put_back(seller, image)
    with seller.store.transaction(mends=True) as connection:
        people.add_wish(connection, "wish", "mail", old, "newest@example.org")
    with pytest.raises(ChainIsShort):
        seller.services.sync.everything()

    seller.services.mending.take_back()

    with seller.store.reading() as connection:
        assert head_of(connection, new).customer_email == "bruno@example.org"
        assert head_of(connection, old).customer_email == "newest@example.org"
    seller.services.sync.everything()
    assert seller.hub.one("SELECT customer_email FROM orders WHERE id = %s", old) == "newest@example.org"


def test_what_an_old_image_may_have_sold_unseen_is_not_sold_again(seller: Seller, tmp_path: Path) -> None:
    sell(seller)
    image = image_of(seller, tmp_path / "image")
    sell(seller)
    seller.services.sync.everything()
    had = seller.left()
    sell(seller, 3)  # nobody will ever hear of these
    put_back(seller, image)
    with pytest.raises(ChainIsShort):
        seller.services.sync.everything()

    seller.services.mending.take_back()

    assert seller.left() == 0
    assert one(seller, "SELECT frozen FROM leases WHERE pool_id = 'friday'") == had
    assert one(seller, "SELECT value FROM settings WHERE name = 'orders_placed'") >= 2 + SPARE_ORDERS
    seller.services.sync.everything()
    sell(seller, min(1, seller.left()))
    seller.services.sync.hand_back()
    assert one(seller, "SELECT frozen FROM leases WHERE pool_id = 'friday'") == had  # given back neither
    all_agree(seller)
    reclaim(seller.hub.hub, device(seller), "test")  # until an organizer takes it
    seller.services.sync.everything()
    sell(seller)
    seller.services.sync.everything()
    all_agree(seller)


def test_a_restored_backup_with_its_witness_is_found_offline_and_lacks_nothing_afterwards(
    seller: Seller, tmp_path: Path
) -> None:
    sell(seller, 2)
    backups = seller.services.mending.backups
    made = backups.make(seller.store.path, datetime.now(UTC))
    sell(seller, 3)
    seller.services.sync.everything()
    left = seller.left()
    seller.close()
    backups.put_in_place(made, seller.folder / "till.db")

    seller.open(kept=True)  # nobody has asked the hub yet

    assert seller.services.mending.now().count == 15
    with pytest.raises(ChainIsShort):
        sell(seller)
    seller.services.mending.take_back()
    assert (sold(seller), seller.left()) == (5, left)
    seller.services.sync.everything()
    sell(seller)
    seller.services.sync.everything()
    numbers = seller.hub.sql(NUMBERS, device(seller))
    assert len(numbers) == len(set(numbers)) == 6
    all_agree(seller)


def test_what_the_hub_lacks_is_taken_from_a_backup(seller: Seller, tmp_path: Path) -> None:
    sell(seller)
    image = image_of(seller, tmp_path / "image")
    sell(seller, 3)
    backups = seller.services.mending.backups
    backups.make(seller.store.path, datetime.now(UTC))  # which is all that has them: the hub was never told
    saved = tmp_path / "saved"
    shutil.copytree(backups.folder, saved)
    put_back(seller, image, witness=False)
    shutil.copytree(saved, seller.services.mending.backups.folder, dirs_exist_ok=True)

    seller.services.mending.take_back()

    assert not seller.services.mending.is_needed
    assert sold(seller) == 4
    seller.services.sync.everything()
    assert seller.hub.one("SELECT count(*) FROM orders WHERE placed_by = %s", device(seller)) == 4
    all_agree(seller)


def test_what_nobody_has_is_named_and_only_a_person_goes_on_without_it(seller: Seller, tmp_path: Path) -> None:
    sell(seller)
    seller.services.sync.everything()
    image = image_of(seller, tmp_path / "image")
    kept = numbers_of(seller)
    sell(seller, 2)
    lost = numbers_of(seller) - kept
    put_back(seller, image, witness=False)

    for _ in range(2):
        seller.services.mending.take_back()
        state = seller.services.mending.now()
        assert state.count == 10
        assert state.missing.startswith(f"{seller.services.context.device.code} ")
        with pytest.raises(ChainIsShort):
            sell(seller)
    seller.services.mending.go_on_without()
    seller.services.sync.everything()
    for _ in range(min(2, seller.left())):
        sell(seller)

    seller.close()
    seller.open(kept=True)
    assert not seller.services.mending.is_needed
    assert len(lost) == 2
    assert not numbers_of(seller) & lost
    seller.services.sync.everything()
    all_agree(seller)


def test_a_till_that_dies_before_it_goes_on_still_knows_that_it_may_lack_more(
    seller: Seller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(seller)
    seller.services.sync.everything()
    image = image_of(seller, tmp_path / "image")
    sell(seller, 2)
    seller.services.sync.everything()
    put_back(seller, image)

    with monkeypatch.context() as dying:
        dying.setattr(Mending, "_go_on", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(ChainIsShort):
            seller.services.sync.everything()
        with pytest.raises(KeyboardInterrupt):
            seller.services.mending.take_back()
    seller.close()
    seller.open(kept=True)

    assert sold(seller) == 3  # all is back
    with pytest.raises(ChainIsShort):
        sell(seller)
    seller.services.mending.take_back()
    assert not seller.services.mending.is_needed
    assert seller.left() == 0
    all_agree(seller)


@pytest.mark.parametrize("more", [1, 2])
def test_two_copies_that_have_both_sold_are_stopped_and_named(
    hub: Stand, seller: Seller, tmp_path: Path, more: int
) -> None:
    sell(seller)
    seller.services.sync.everything()
    image = image_of(seller, tmp_path / "image")
    copy = Seller(hub, image, vault=seller.vault).open(kept=True)
    sell(seller, more)
    sell(copy)
    seller.services.sync.everything()

    with pytest.raises(STOPPED):
        copy.services.sync.everything()
    with pytest.raises(STOPPED):
        sell(copy)
    with pytest.raises(TwoCopies):
        copy.services.mending.take_back()
    assert hub.one("SELECT status FROM devices WHERE id = %s", device(seller)) == "suspect"  # it sends nothing itself
    with pytest.raises(TwoCopies):
        copy.services.mending.go_on_without()
    with pytest.raises(STOPPED):
        copy.services.sync.push()

    assert hub.one("SELECT status FROM devices WHERE id = %s", device(seller)) == "suspect"
    assert hub.one(
        "SELECT count(*) FROM exceptions WHERE kind = 'cloned_device' AND device_id = %s", device(seller)
    ) == 1  # fmt: skip
    copy.close()
    copy.open(kept=True)
    assert copy.services.mending.is_needed  # a restart changes nothing about it
    copy.close()


def test_a_copy_that_goes_on_stops_the_other_one(hub: Stand, seller: Seller, tmp_path: Path) -> None:
    sell(seller)
    seller.services.sync.everything()
    image = image_of(seller, tmp_path / "image")
    sell(seller)
    seller.services.sync.everything()
    copy = Seller(hub, image, vault=seller.vault).open(kept=True)
    with pytest.raises(ChainIsShort):
        copy.services.sync.everything()
    copy.services.mending.take_back()
    copy.services.sync.returns.everything()  # the first facts of its new epoch, whatever they are
    with copy.store.transaction() as connection:
        copy.services.context.write(connection, [LeaseReturned(pool_id="friday", units=0)])
    copy.services.sync.everything()
    sell(seller)

    seller.services.link.breaks += 1
    with pytest.raises(STOPPED):
        seller.services.sync.everything()
    with pytest.raises(STOPPED):
        sell(seller)
    with pytest.raises(TwoCopies):
        seller.services.mending.take_back()
    with pytest.raises(STOPPED):
        seller.services.sync.push()
    with pytest.raises(TwoCopies):  # also now that the hub has all that it sold
        seller.services.mending.take_back()

    assert hub.one("SELECT status FROM devices WHERE id = %s", device(seller)) == "suspect"
    assert hub.one("SELECT count(*) FROM orders WHERE placed_by = %s", device(seller)) == 3  # no sale is refused
    copy.close()


@pytest.fixture
def set_back(hub: Stand) -> Iterator[None]:
    """Ends what a hub does that believes it was set back: it would give no places to the tills of the next tests."""
    yield
    with hub.database.transaction() as connection:
        note_healed(connection, "test")


@pytest.mark.usefixtures("set_back")
def test_a_hub_that_was_set_back_is_told_again_without_a_new_sale(seller: Seller) -> None:
    sell(seller, 2)
    seller.services.sync.everything()
    with seller.store.transaction() as connection:  # as if the hub had acknowledged more than it has now
        sell_only = connection.exec_driver_sql("SELECT max(position) FROM facts").scalar_one()
    seller.services.selling.sell_for_cash(CART, PAID)
    with seller.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE settings SET value = ? WHERE name = 'acked_position'", (sell_only + 5,))
    assert seller.services.sync.unsent_count() == 0

    seller.services.link.breaks += 1
    seller.services.sync.everything()

    assert seller.hub.one("SELECT count(*) FROM orders WHERE placed_by = %s", device(seller)) == 3


def test_nobody_goes_on_without_what_the_hub_may_have(
    seller: Seller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(seller)
    seller.services.sync.everything()
    image = image_of(seller, tmp_path / "image")
    sell(seller, 2)
    seller.services.sync.everything()
    put_back(seller, image, witness=False)
    mending = seller.services.mending

    with monkeypatch.context() as cut:
        cut.setattr(seller.services.link, "call", lambda _: (_ for _ in ()).throw(Unreachable("Cut.", "", "")))
        with pytest.raises(HubNotAsked):
            mending.go_on_without()
    was_needed = mending.is_needed
    mending.go_on_without()

    assert (was_needed, mending.is_needed) == (True, False)
    assert sold(seller) == 3
