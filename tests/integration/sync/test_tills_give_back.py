"""Places never stay with a till that does not need them: a real till with its file, against a real hub."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pydantic import SecretStr

from boxoffice.core.errors import OperationFailed
from boxoffice.core.ids import EventId, OrderId, ProductId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.sale_times import NotOnSale, SaleState
from boxoffice.core.wire.leases import LeaseAnswer, LeaseRequest
from boxoffice.till.usecases.ports import Unreachable
from boxoffice.till.usecases.returns import IDLE_S
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.verify import verify as verify_till
from sync.config import Settings
from sync.inventory.events import load_event
from sync.inventory.recalls import ask_tills
from sync.inventory.reclaiming import reclaim
from sync.ledger.verify import verify
from sync.store import feed
from sync.tills.pairing import revoke
from tests.examples import examples
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.seller import EVENT, Seller

OTHER = "pop-up"
LEASED = "SELECT coalesce(sum(leased), 0) FROM pools"
HELD_BY_ONE = "SELECT coalesce(max(granted - sold - returned), 0) FROM device_leases WHERE pool_id = 'rumba-workshop'"
_numbers = count(1)


@pytest.fixture(scope="module", name="settings")
def _settings(database_url: str) -> Settings:
    """As a hub is that nobody has told how much a till may hold."""
    return Settings(
        postgres_url=SecretStr(database_url),
        hub_master_key=SecretStr("ab" * 32),
        database_connections=10,
        requests_per_second=10_000,
    )


def cart(product: str = "friday-pass", quantity: int = 1) -> Cart:
    return Cart((CartLine(ProductId(product), quantity),))


MUCH = Money(100_000_000, Currency("USD"))


@pytest.fixture(autouse=True)
def everything_is_back(hub: Stand) -> None:
    """Before each test, no till holds anything, and none but its own is active."""
    for (device,) in hub.sql("SELECT id FROM devices WHERE kind = 'till'"):
        reclaim(hub.hub, device, "test")
    hub.sql("UPDATE devices SET last_seen_at = now() - interval '1 day' WHERE kind = 'till'")
    hub.hub.asked_tills.clear()


@pytest.fixture
def seller(hub: Stand, tmp_path: Path) -> Iterator[Seller]:
    made = Seller(hub, tmp_path).open()
    made.services.sync.everything()
    assert hub.one(LEASED) > 0
    yield made
    made.close()


# One after the other


def test_closing_gives_everything_back(hub: Stand, seller: Seller) -> None:
    seller.services.selling.sell_for_cash(cart(quantity=2), MUCH)

    seller.services.sync.hand_back()

    assert hub.one(LEASED) == 0
    assert verify(hub.database).problem is None


def test_a_sale_under_way_keeps_its_places_when_the_rest_goes(hub: Stand, seller: Seller) -> None:
    order = seller.services.selling.place(cart(quantity=3))

    seller.services.sync.hand_back()

    left = "SELECT granted - sold - returned FROM device_leases WHERE device_id = %s AND pool_id = 'friday'"
    assert hub.one(left, seller.services.context.device.id) == 3
    seller.services.selling.take_cash(order, seller.services.orders.order(order).due, MUCH)
    seller.services.sync.everything()
    assert hub.sql("SELECT kind FROM exceptions WHERE order_id = %s", order) == []


def test_an_idle_till_keeps_a_few_by_a_clock_that_only_goes_forward(seller: Seller) -> None:
    seller.clock.jumped_s = 86_400
    seller.services.sync.everything()
    before = seller.left()

    seller.clock.passed_s = IDLE_S
    seller.services.sync.everything()
    seller.services.sync.everything()

    assert (before, seller.left()) == (40, 10)


def test_a_till_that_is_used_again_takes_its_share_again(seller: Seller) -> None:
    seller.clock.passed_s = IDLE_S
    seller.services.sync.everything()
    idle = seller.left()

    seller.services.sync.returns.note_use()
    seller.services.sync.everything()

    assert (idle, seller.left()) == (10, 40)


def test_a_recall_brings_back_what_no_sale_holds_and_it_is_not_taken_again(hub: Stand, seller: Seller) -> None:
    seller.services.selling.place(cart(quantity=2))
    hub.sql("UPDATE device_leases SET last_sold_at = NULL")

    ask_tills(hub.hub, EVENT, ["friday"])
    for _ in range(3):
        seller.services.sync.everything()

    assert (seller.left(), seller.left("sunday")) == (0, 40)
    status = seller.services.status.now()
    friday = next(pool for pool in status.stock if pool.pool_id == "friday")
    elsewhere = hub.one("SELECT available + leased - 2 FROM pools WHERE event_id = %s AND id = 'friday'", EVENT)
    assert (friday.here, friday.elsewhere) == (0, elsewhere)


def test_what_the_hub_took_back_is_gone_here_too_but_not_what_was_sold_or_is_held(hub: Stand, seller: Seller) -> None:
    seller.services.selling.sell_for_cash(cart(quantity=4), MUCH)
    order = seller.services.selling.place(cart(quantity=3))
    device = seller.services.context.device.id

    reclaim(hub.hub, device, "test")
    seller.services.sync.pull()

    assert seller.left() == 0
    assert verify_till(seller.store, seller.services.context.journal.key.public_key()).problem is None
    with pytest.raises(NotEnoughLeft):
        seller.services.selling.sell_for_cash(cart(), MUCH)
    seller.services.selling.take_cash(order, seller.services.orders.order(order).due, MUCH)
    seller.services.sync.push()
    assert hub.one("SELECT sold FROM pools WHERE event_id = %s AND id = 'friday'", EVENT) >= 7
    assert verify(hub.database).problem is None


# The whole till, as it is closed, started and switched


@pytest.fixture
def till(hub: Stand, tmp_path: Path) -> Iterator[Till]:
    load_event(hub.hub, {**fest(), "event": {**fest()["event"], "id": OTHER, "name": "Pop-up"}})
    hub.sql("DELETE FROM attempts")
    made = Till(Seller(hub, tmp_path).environment)
    made.open()
    made.pair(hub.base_url, hub.code())
    made.choose_event(EventId(EVENT))
    yield made
    made.close()


def leased_of(hub: Stand, event: str) -> int:
    return int(hub.one("SELECT sum(leased) FROM pools WHERE event_id = %s", event))


def test_closing_the_program_leaves_nothing_with_it(hub: Stand, till: Till) -> None:
    before = leased_of(hub, EVENT)

    till.close()

    assert (before > 0, leased_of(hub, EVENT)) == (True, 0)
    assert verify(hub.database).problem is None


def test_switching_the_event_gives_the_other_ones_places_back(hub: Stand, till: Till) -> None:
    till.choose_event(EventId(OTHER))

    assert leased_of(hub, EVENT) == 0
    assert leased_of(hub, OTHER) > 0


def test_a_till_that_closes_without_the_hub_keeps_its_places_to_sell_from(
    hub: Stand, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = leased_of(hub, EVENT)

    def no_answer(*_: Any) -> Any:
        raise Unreachable("The hub can't be reached.", "", "")

    monkeypatch.setattr(till.services.link._hub, "push", no_answer)
    monkeypatch.setattr(till.services.link._hub, "feed", no_answer)
    with pytest.raises(Unreachable):
        till.services.sync.pull()
    till.close()

    assert leased_of(hub, EVENT) == held


def test_a_sale_that_lacks_places_gets_them_from_a_till_that_is_idle(hub: Stand, till: Till, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Till(Seller(hub, tmp_path / "other").environment)
    other.open()
    hub.sql("DELETE FROM attempts")
    other.pair(hub.base_url, hub.code())
    other.choose_event(EventId(EVENT))
    left = hub.one("SELECT available FROM pools WHERE event_id = %s AND id = 'friday'", EVENT)
    hub.sql("UPDATE pools SET sold = sold + available, available = 0 WHERE event_id = %s AND id = 'friday'", EVENT)
    hub.sql("UPDATE device_leases SET last_sold_at = NULL")
    here = next(pool.here for pool in till.services.status.now().stock if pool.pool_id == "friday")

    try:
        order = till.sell_for_cash(cart(quantity=here + 5), MUCH)
    finally:
        other.close()

    assert order.is_paid
    hub.sql(
        "UPDATE pools SET sold = sold - %s, available = available + %s WHERE event_id = %s AND id = 'friday'",
        left,
        left,
        EVENT,
    )


@contextmanager
def only_left(hub: Stand, units: int) -> Iterator[None]:
    """Lets so few Sundays be free to all for a while, beside those on lease."""
    move = "UPDATE pools SET sold = sold + %s, available = available - %s WHERE event_id = %s AND id = 'sunday'"
    sold = hub.one("SELECT available FROM pools WHERE event_id = %s AND id = 'sunday'", EVENT) - units
    hub.sql(move, sold, sold, EVENT)
    with hub.database.transaction() as connection:
        feed.add(connection, "pools", EVENT)
    try:
        yield
    finally:
        hub.sql(move, -sold, -sold, EVENT)


def sell_to_group(seller: Seller, quantity: int) -> OrderId:
    """Sells at the first press, as the till does."""
    selling = seller.services.selling
    quote = selling.quoted(cart("sunday-pass", quantity))
    return seller.services.refilling.with_enough(quote, lambda: selling.sell_for_cash(quote, MUCH))


def test_the_last_places_go_to_a_group_while_its_till_gives_back_what_is_above_its_share(
    hub: Stand, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, sync = seller.left("sunday"), seller.services.sync
    with only_left(hub, 19):
        ask = seller.services.link._hub.lease

        def meanwhile(request: LeaseRequest) -> LeaseAnswer:
            """Between the till's first look and the hub's answer it goes on with what it does by itself."""
            sync.everything()
            return ask(request)

        monkeypatch.setattr(seller.services.link._hub, "lease", meanwhile)

        order = sell_to_group(seller, here + 19)

        monkeypatch.undo()
        assert seller.services.orders.order(order).is_paid
        sync.everything()
        assert seller.left("sunday") == 0


def test_the_last_places_go_to_a_group_after_its_till_has_given_some_back_and_not_yet_said_so(
    hub: Stand, seller: Seller
) -> None:
    here, sync = seller.left("sunday"), seller.services.sync
    with only_left(hub, 19):
        sync.pull()  # so little is left that its share is small by now
        assert sync.returns.trim()
        assert seller.left("sunday") < here

        order = sell_to_group(seller, here + 19)

        assert seller.services.orders.order(order).is_paid


def test_the_last_places_go_to_a_group_while_its_till_takes_more_by_itself(
    hub: Stand, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, sync = seller.left("sunday"), seller.services.sync
    with only_left(hub, 19):
        ask, wanted = seller.services.link._hub.lease, iter((True,))

        def meanwhile(request: LeaseRequest) -> LeaseAnswer:
            if next(wanted, False):
                sync.ask_lease({"sunday": 5}, whole=True)
            return ask(request)

        monkeypatch.setattr(seller.services.link._hub, "lease", meanwhile)

        assert seller.services.orders.order(sell_to_group(seller, here + 19)).is_paid


def test_nothing_a_till_does_by_itself_at_the_same_time_takes_the_last_places_from_a_group(
    hub: Stand, seller: Seller
) -> None:
    is_over, here = Event(), seller.left("sunday")

    def by_itself() -> None:
        while not is_over.is_set():
            seller.services.sync.everything()

    with only_left(hub, 29):
        beside = Thread(target=by_itself)
        beside.start()
        try:
            for quantity in (here + 29 - 2 * 23, 23, 23):
                sell_to_group(seller, quantity)
        finally:
            is_over.set()
            beside.join()
        seller.services.sync.push()

        assert hub.one("SELECT available + leased FROM pools WHERE event_id = %s AND id = 'sunday'", EVENT) == 0


def test_a_group_that_is_too_large_for_one_till_hears_what_to_do(hub: Stand, till: Till) -> None:
    with pytest.raises(OperationFailed, match="in parts"):
        till.sell_for_cash(cart(quantity=300), MUCH)

    assert hub.one("SELECT count(*) FROM orders WHERE placed_by = %s", till.services.context.device.id) == 0


# After its day


def over(hub: Stand, product: str) -> None:
    file = fest()
    products = [{**p, "sale_ends": "2020-01-01"} if p["id"] == product else p for p in file["products"]]
    load_event(hub.hub, {**file, "products": products})


def test_a_till_sells_nothing_after_its_day_by_the_hubs_time_whatever_its_own_clock_says(
    hub: Stand, seller: Seller
) -> None:
    over(hub, "friday-pass")
    seller.clock.jumped_s = -20 * 365 * 86_400
    seller.services.sync.everything()

    with pytest.raises(NotOnSale) as refused:
        seller.services.selling.sell_for_cash(cart(), MUCH)

    assert refused.value.state(ProductId("friday-pass")) is SaleState.ENDED
    (off,) = seller.services.status.now().off_sale
    assert (off.product_id, off.state, off.is_sure) == ("friday-pass", SaleState.ENDED, True)
    assert seller.services.selling.sell_for_cash(cart("saturday-pass"), MUCH)
    load_event(hub.hub, fest())


def test_a_till_whose_clock_alone_says_that_it_is_over_warns_and_sells(hub: Stand, seller: Seller) -> None:
    with seller.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM settings WHERE name = 'hub_time'")
    seller.close()
    seller.clock.jumped_s = 100 * 365 * 86_400
    seller.open()

    off = {each.product_id: each.is_sure for each in seller.services.status.now().off_sale}

    assert off[ProductId("friday-pass")] is False
    assert seller.services.selling.sell_for_cash(cart(), MUCH)


def test_a_start_without_the_hub_knows_how_late_it_is_at_least(hub: Stand, seller: Seller) -> None:
    over(hub, "friday-pass")
    seller.services.sync.everything()
    seller.close()
    seller.clock.jumped_s = -20 * 365 * 86_400
    seller.open()

    with pytest.raises(NotOnSale):
        seller.services.selling.sell_for_cash(cart(), MUCH)

    load_event(hub.hub, fest())


# Whatever happens, in any order


class Evening(RuleBasedStateMachine):
    """Three tills that sell, close, rest, vanish and are reclaimed; in the end every place can be sold again."""

    hub: Stand
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.sellers: list[Seller] = []
        self.lost: set[int] = set()
        self.orders: dict[int, list[OrderId]] = {}

    @initialize()
    def open(self) -> None:
        for (device,) in self.hub.sql("SELECT id FROM devices WHERE kind = 'till' AND status = 'active'"):
            reclaim(self.hub.hub, device, "test")
        self.hub.sql("UPDATE devices SET last_seen_at = now() - interval '1 day' WHERE kind = 'till'")
        for _ in range(3):
            folder = self.folder / f"till-{next(_numbers)}"
            folder.mkdir()
            self.sellers.append(Seller(self.hub, folder).open())

    @rule(who=st.integers(0, 2), quantity=st.integers(1, 9))
    def sell(self, who: int, quantity: int) -> None:
        try:
            self.sellers[who].services.selling.sell_for_cash(cart("rumba-workshop", quantity), MUCH)
        except NotEnoughLeft:
            return

    @rule(who=st.integers(0, 2), quantity=st.integers(1, 4))
    def place(self, who: int, quantity: int) -> None:
        try:
            order = self.sellers[who].services.selling.place(cart("rumba-workshop", quantity))
        except NotEnoughLeft:
            return
        self.orders.setdefault(who, []).append(order)

    @precondition(lambda self: any(self.orders.values()))
    @rule(is_paid=st.booleans())
    def end_an_order(self, is_paid: bool) -> None:
        who = next(each for each, orders in self.orders.items() if orders)
        order, services = self.orders[who].pop(), self.sellers[who].services
        if is_paid:
            services.selling.take_cash(order, services.orders.order(order).due, MUCH)
        else:
            services.selling.abandon(order, "test")

    @rule(who=st.integers(0, 2))
    def sync(self, who: int) -> None:
        if who not in self.lost:
            self.sellers[who].services.sync.everything()

    @rule(who=st.integers(0, 2))
    def close_and_start_again(self, who: int) -> None:
        seller = self.sellers[who]
        if who not in self.lost:
            seller.services.sync.hand_back()
            seller.close()
            seller.open()

    @rule(who=st.integers(0, 2))
    def rest(self, who: int) -> None:
        self.sellers[who].clock.passed_s += IDLE_S

    @rule()
    def run_short(self) -> None:
        self.hub.hub.asked_tills.clear()
        ask_tills(self.hub.hub, EVENT, ["rumba-workshop"])

    @rule(who=st.integers(0, 2))
    def reclaim(self, who: int) -> None:
        reclaim(self.hub.hub, self.sellers[who].services.context.device.id, "test")

    @precondition(lambda self: not self.lost)
    @rule(who=st.integers(0, 2))
    def lose(self, who: int) -> None:
        self.lost.add(who)
        with self.hub.database.transaction() as connection:
            revoke(connection, self.sellers[who].services.context.device.id)

    @invariant()
    def no_pool_is_out_of_balance_and_no_till_holds_the_house(self) -> None:
        if not self.sellers:
            return
        sums = self.hub.sql("SELECT capacity, available + leased + held + sold FROM pools")
        assert all(capacity == parts for capacity, parts in sums)
        assert self.hub.one(HELD_BY_ONE) <= 36

    def teardown(self) -> None:
        try:
            for who, seller in enumerate(self.sellers):
                for order in self.orders.get(who, ()):
                    seller.services.selling.abandon(order, "the evening is over")
                if who in self.lost:
                    reclaim(self.hub.hub, seller.services.context.device.id, "test")
                else:
                    seller.services.sync.hand_back()
            if self.sellers:
                assert self.hub.one(LEASED) == 0
                assert verify(self.hub.database).problem is None
        finally:
            for seller in self.sellers:
                key = seller.services.context.journal.key.public_key()
                problem = verify_till(seller.store, key).problem
                seller.close()
                shutil.rmtree(seller.folder)
                assert problem is None


def test_after_any_evening_every_place_can_be_sold_again(hub: Stand, tmp_path: Path) -> None:
    Evening.hub, Evening.folder = hub, tmp_path
    run_state_machine_as_test(
        Evening,
        settings=settings(
            max_examples=examples(6), stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
