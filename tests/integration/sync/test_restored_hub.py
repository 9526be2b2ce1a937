"""A hub whose database was restored to an older state: what it has lost comes back from its tills and its provider.

The drill: two tills and the web sell, the database is copied, all sell on, the copy is put in place, and it is healed.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from boxoffice.core.errors import BadInput
from boxoffice.core.facts import Head, seal
from boxoffice.core.ids import DeviceId
from boxoffice.core.payloads.leases import LeaseGranted
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.wire.lost import TellAgainRequest
from boxoffice.core.wire.message import FactMessage
from boxoffice.sandbox.server import Sandbox
from boxoffice.till.usecases.gateway.after_sale import RefundWish
from boxoffice.till.usecases.ports import HubRefused
from boxoffice.till.usecases.verify import verify as verify_till
from sync.inventory.events import load_event
from sync.ledger.verify import verify as verify_hub
from sync.orders.personal import erase
from sync.payments.giving_back import NewOrderRefund
from sync.payments.order_marks import marked_order, order_marks
from sync.payments.refunds import Refunds
from sync.shop.rebuilding import Rebuilt
from sync.store.chain import draft_now, new_id
from sync.store.lives import NotHealed
from tests.fest import fest
from tests.integration.sync.beside_sandbox import settings_beside
from tests.integration.sync.conftest import Stand
from tests.integration.sync.seller import Seller
from tests.integration.sync.venue import NUMBERS, PLACES, SOLD, TICKETS, Venue, numbers_of, sell, small_fest
from tests.postgres import new_database


@pytest.fixture(scope="module")
def venue(postgres_url: str) -> Iterator[Venue]:
    with Sandbox.start() as sandbox:
        yield Venue(settings_beside(sandbox, new_database(postgres_url, "venue")), sandbox, postgres_url, "venue")


def give_one_back(seller: Seller) -> None:
    """Gives a sale back in cash: the hub moves its order, and the till hears of that."""
    services = seller.services
    order = services.orders.find("", 100).orders[0]
    choice = services.refunding.choice(order.id)
    keys = tuple(each.key for each in choice.things)
    worth = choice.worth(keys)
    assert worth is not None
    services.refunding.give_back(order.id, RefundWish(keys, None, worth.minor, why="rain", cash=worth.minor))
    services.sync.everything()
    services.sync.everything()


def test_a_restored_hub_has_everything_again_and_sells_nothing_twice(venue: Venue, tmp_path: Path) -> None:
    with venue.open() as stand:
        load_event(stand.hub, small_fest())
        sellers = [Seller(stand, tmp_path / name).open() for name in ("one", "two")]
        port = httpx.URL(stand.base_url).port or 0
        for seller in sellers:
            seller.services.sync.everything()
            sell(seller, 2)
            seller.services.sync.everything()
        web = [venue.pay(venue.buy())]
        begun = venue.buy()
        begun_id = begun.json()["orderId"]
    venue.copy(venue.database, f"{venue.database}-then")

    with venue.open(port):
        for seller in sellers:  # sold, sent and leased anew, all of which will be lost
            sell(seller, seller.left())
            seller.services.sync.everything()
        give_one_back(sellers[0])
        web += [venue.pay(venue.buy(2)), venue.pay(begun)]
        numbers, tickets = set(venue.column(NUMBERS)), set(venue.column(TICKETS))
        assert any(seller.left() for seller in sellers)
    venue.copy(f"{venue.database}-then", venue.database)

    with venue.open(port) as stand:
        assert venue.buy().status_code == 503  # what seems free is with the tills
        sellers[0].services.sync.everything()  # nothing new to send, and no break of the line that it noticed
        assert numbers_of(sellers[0]) <= set(venue.column(NUMBERS))
        with pytest.raises(HubRefused):
            sellers[0].services.sync.ask_lease({"friday": 1}, whole=True)
        with pytest.raises(BadInput, match="become less"):
            load_event(stand.hub, small_fest(PLACES - 1))
        paid = "SELECT order_id, id FROM payments WHERE tender = 'checkout' AND status = 'captured'"
        order, payment = stand.sql(paid)[0]
        wish = NewOrderRefund(new_id(), order, payment, 100)
        with pytest.raises(NotHealed):
            Refunds(stand.hub, {}).request(wish)
        assert venue.heal().waits_for == [sellers[1].services.context.device.name]
        assert venue.buy().status_code == 503
        sellers[1].services.sync.everything()
        again = venue.heal()

        assert not again.problems
        assert not again.waits_for
        assert (set(venue.column(NUMBERS)), set(venue.column(TICKETS))) == (numbers, tickets)
        assert stand.one("SELECT status FROM orders WHERE id = %s", begun_id) == "completed"
        assert stand.one("SELECT customer_email FROM orders WHERE order_number = %s", web[1]) == "camila@example.org"
        assert stand.one("SELECT leased FROM pools WHERE id = 'friday'") == sum(seller.left() for seller in sellers)
        assert stand.one("SELECT count(*) FROM exceptions") == 0

        with suppress(httpx.HTTPStatusError):  # everybody buys until there is nothing left
            while True:
                web.append(venue.pay(venue.buy()))
        for seller in sellers:
            sell(seller, seller.left())
            seller.services.sync.everything()
        all_numbers = venue.column(NUMBERS)
        assert len(all_numbers) == len(set(all_numbers))
        assert stand.one(SOLD) == PLACES
        assert venue.heal() == Rebuilt()
        for seller in sellers:
            assert verify_till(seller.store, seller.services.context.journal.key.public_key()).problem is None
            assert numbers_of(seller) <= set(all_numbers)
            seller.close()
        assert verify_hub(stand.database).problem is None


def test_a_till_can_not_make_the_hub_say_what_it_has_never_written(venue: Venue, tmp_path: Path) -> None:
    with venue.open() as stand:
        load_event(stand.hub, small_fest())
        seller = Seller(stand, tmp_path / "three").open()
        seller.services.sync.everything()
        context, http = seller.services.context, seller.services.link
        granted = LeaseGranted(lease_id=new_id(), pool_id="saturday", to_device=str(context.device.id), units=50)
        made_up = seal(draft_now(granted, "boulder-fest-2026"), Head(DeviceId(new_id())), context.journal.key)
        before = stand.one("SELECT leased FROM pools WHERE id = 'saturday'")

        told = TellAgainRequest(life=lives_id(stand), facts=(FactMessage.of(made_up),))
        http.call(lambda hub: hub.tell_again(told))

        assert stand.one("SELECT leased FROM pools WHERE id = 'saturday'") == before
        assert stand.one("SELECT count(*) FROM facts WHERE id = %s", made_up.id) == 0
        assert stand.one("SELECT count(*) FROM exceptions WHERE kind = 'broken_fact'") == 1
        seller.close()


def lives_id(stand: Stand) -> str:
    return str(stand.one("SELECT id FROM hub_lives ORDER BY number DESC LIMIT 1"))


def test_who_was_erased_is_erased_again_when_a_backup_is_put_back(venue: Venue, tmp_path: Path) -> None:
    known = "SELECT count(*) FROM orders WHERE customer_email IS NOT NULL"
    with venue.open() as stand:
        load_event(stand.hub, fest())
        seller = Seller(stand, tmp_path / "erased").open()
        port = httpx.URL(stand.base_url).port or 0
        venue.pay(venue.buy())
    venue.copy(venue.database, f"{venue.database}-then")
    with venue.open(port) as stand:
        with stand.database.transaction() as connection:
            erase(stand.hub, connection, venue.column("SELECT id FROM orders"), "1")
        erased = stand.one(known)
        seller.services.sync.everything()
    venue.copy(f"{venue.database}-then", venue.database)

    with venue.open(port) as stand:
        back = stand.one(known)
        seller.services.sync.everything()

        assert (erased, back > 0) == (0, True)
        assert stand.one(known) == 0
        assert verify_hub(stand.database).problem is None
    seller.close()


def test_what_lies_with_a_payment_makes_the_very_same_order_again() -> None:
    order = OrderPlaced(
        order_id="o",
        order_number="WB-1",
        channel="web",
        currency="USD",
        lines=(),
        subtotal=0,
        tax=0,
        total=0,
        units={f"pool-{i}": i for i in range(200)},
        source="pool",
    )

    marks = order_marks(order)

    assert len(marks) > 1
    assert max(map(len, marks.values())) <= 500
    assert marked_order(marks) == order
    assert marked_order(dict(list(marks.items())[:-1])) is None
    assert order_marks(order.model_copy(update={"units": {f"pool-{i}": i for i in range(3000)}})) == {}
