"""Discounts and codes between real tills, the web and the hub: limits hold, and what nobody approved is doubted."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import pytest
from argon2 import PasswordHasher

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.ids import ProductId, StaffId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.limits import Extent
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine, PricedOrder, price
from boxoffice.core.reductions import Off, Reduction
from boxoffice.core.rights import NeedsApproval, Right
from boxoffice.core.staff import StaffRole
from boxoffice.till.usecases.gateway.after_sale import RefundWish
from boxoffice.till.usecases.verify import verify as verify_till
from sync.inventory.events import load_event
from sync.ledger.verify import verify
from sync.store.chain import utc_now
from sync.tills import staff
from sync.tills.staff import About
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.shopper import CAMILA, Shopper
from tests.integration.sync.test_handing_over import Found

pytestmark = pytest.mark.enable_socket

LIMIT = 20
PROMOS = [{"code": "RUEDA", "percent": 20, "limit": LIMIT}, {"code": "SOLO", "percent": 50, "limit": 1}]
FULL = Money(100_000, Currency("USD"))
USED = """
    SELECT count(DISTINCT o.id) FROM orders o JOIN facts f ON f.payload ->> 'order_id' = o.id,
    jsonb_array_elements(f.payload -> 'lines') AS line, jsonb_array_elements(line -> 'reductions') AS part
    WHERE f.kind = 'order_placed' AND f.is_applied AND o.status <> 'failed'
      AND part ->> 'kind' = 'code' AND part ->> 'reason' = %s
"""


@pytest.fixture(scope="module", autouse=True)
def promos(hub: Stand) -> Iterator[None]:
    load_event(hub.hub, {**fest(), "promos": PROMOS})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff, "_hasher", PasswordHasher(time_cost=1, memory_cost=512, parallelism=1))
        yield


@pytest.fixture(scope="module")
def doors(hub: Stand, tmp_path_factory: pytest.TempPathFactory, promos: None) -> Iterator[tuple[Found, Found]]:
    found = Found(hub, tmp_path_factory.mktemp("a")), Found(hub, tmp_path_factory.mktemp("b"))
    for each, name in zip(found, ("Door A", "Door B"), strict=True):
        each.pair(name)
    yield found
    for each in found:
        each.till.sync_now()
        assert verify_till(each.till.store, each.till.public_key).problem is None
        each.till.close()
    assert verify(hub.database).problem is None


def quote(found: Found, code: str | None = None, reduction: Reduction | None = None, count: int = 1) -> PricedOrder:
    catalogue: Catalogue = found.till.services.context.event.catalogue
    cart = Cart((CartLine(ProductId("social"), count, reduction=reduction),))
    return price(catalogue, cart, None if code is None else catalogue.promo(code), at=utc_now())


def uses(found: Found, code: str) -> tuple[int, int]:
    """Returns how many uses of a code this till shows as here, and elsewhere."""
    status = found.till.services.status.now()
    pool = next(each for each in status.stock if each.pool_id == f"code:{code}")
    return pool.here, pool.elsewhere


def web(shopper: Shopper, code: str) -> int:
    body = {"items": [{"id": "social", "quantity": 1}], "customerInfo": CAMILA, "promoCode": code}
    return shopper.post("payment/create-checkout-session", body).status_code


def test_two_tills_without_a_network_and_the_web_never_use_a_code_more_often_than_its_limit(
    hub: Stand, doors: tuple[Found, Found], shopper: Shopper
) -> None:
    for found in doors:
        found.till.sync_now()
        assert uses(found, "RUEDA") == (2, LIMIT - 2)
        found.connections.cable.is_cut = True
    start, sold, lacking = Barrier(3), dict[int, int](), set[str]()

    def sell(i: int) -> None:
        start.wait()
        for _ in range(LIMIT):
            try:
                doors[i].till.sell_for_cash(quote(doors[i], "RUEDA"), FULL)
            except NotEnoughLeft as short:
                lacking.update(short.shortages)
                return
            sold[i] = sold.get(i, 0) + 1

    threads = [Thread(target=sell, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    start.wait()
    with ThreadPoolExecutor(8) as crowd:
        bought = list(crowd.map(lambda _: web(shopper, "RUEDA"), range(LIMIT + 4)))
    for thread in threads:
        thread.join()
    for found in doors:
        found.till.sell_for_cash(quote(found), FULL)  # without the code it goes on
        found.connections.cable.is_cut = False
        found.till.sync_now()

    assert lacking == {"code:RUEDA"}
    assert (sold, bought.count(200)) == ({0: 2, 1: 2}, LIMIT - 4)
    assert hub.one(USED, "RUEDA") == LIMIT
    assert hub.one("SELECT available + leased FROM pools WHERE id = 'code:RUEDA'") == 0
    assert hub.one("SELECT count(*) FROM exceptions WHERE kind = 'over_capacity'") == 0


def test_a_use_that_lies_elsewhere_is_asked_for_at_once_and_comes_back_with_a_sale_that_fails(
    doors: tuple[Found, Found], shopper: Shopper
) -> None:
    first, second = doors
    assert uses(first, "SOLO") == (0, 1)
    order = first.till.place(quote(first, "SOLO"))
    refused = web(shopper, "SOLO")
    with pytest.raises(NotEnoughLeft):
        second.till.place(quote(second, "SOLO"))

    first.till.abandon(order.id)
    first.till.sync_now()
    again = second.till.sell_for_cash(quote(second, "SOLO"), FULL)

    assert refused == 422
    assert again.is_paid
    assert web(shopper, "SOLO") == 422


def test_what_is_taken_off_is_on_every_paper_and_page_and_goes_back_as_it_was_paid(
    hub: Stand, doors: tuple[Found, Found]
) -> None:
    found = doors[0]
    off = Reduction(Off.PERCENT, "Member", 10)
    order = found.till.sell_for_cash(quote(found, None, off, 2), FULL)
    found.till.sync_now()

    assert [(label, str(amount)) for label, amount in order.sums][1:2] == [
        ("Discount 10\N{NO-BREAK SPACE}%: Member", "−$5.00")
    ]
    assert (
        hub.one(
            "SELECT sum(amount) FROM ledger_postings p JOIN facts f ON f.id = p.fact_id WHERE account = 'discounts'"
            " AND f.payload ->> 'order_id' = %s",
            order.id,
        )
        == 500
    )
    things = found.till.refund_choice(order.id).things
    found.till.refund(order.id, RefundWish((things[0].key,), None, 2_250, 2_250, "changed their mind"))
    assert found.till.order(order.id).tenders[0].given_back == Money(2_250, FULL.currency)


def hire(hub: Stand, name: str, role: StaffRole, pin: str, limit: int = 0) -> StaffId:
    with hub.database.transaction() as connection:
        added = staff.add(hub.hub, connection, About(name, role, "en", limit), "7")
        staff.give_pin(hub.hub, connection, added, "7", pin)
    return StaffId(added)


def test_a_limit_is_held_at_the_till_and_a_till_that_ignores_it_is_doubted_and_its_money_taken(
    hub: Stand, doors: tuple[Found, Found]
) -> None:
    found = doors[0]
    luis, ana = hire(hub, "Luis", StaffRole.SELLER, "90210", 20), hire(hub, "Ana", StaffRole.SUPERVISOR, "4071")
    found.till.sync_now()
    found.till.lock()
    found.till.sign_in(luis, "90210")
    half = Reduction(Off.PERCENT, "Kindness", 50)

    found.till.sell_for_cash(quote(found, None, Reduction(Off.PERCENT, "Member", 20)), FULL)
    with pytest.raises(NeedsApproval):
        found.till.sell_for_cash(quote(found, None, half), FULL)
    approval = found.till.approve(Right.DISCOUNT, "4071")
    allowed = found.till.approved(approval, lambda: found.till.allow(half, Extent(50)))
    found.till.sell_for_cash(quote(found, None, allowed), FULL)
    found.till.sync_now()
    assert allowed.approved_by == ana
    assert hub.one("SELECT count(*) FROM exceptions WHERE kind = 'staff_in_doubt'") == 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("boxoffice.till.usecases.selling.Reducing.check", lambda *_: None)
        lied = found.till.sell_for_cash(quote(found, None, half), FULL)
    found.till.sync_now()

    with hub.database.transaction() as connection:
        for each in (luis, ana):
            staff.end(hub.hub, connection, each, "7")
    found.till.sync_now()
    assert hub.one("SELECT status FROM orders WHERE id = %s", lied.id) == "completed"
    assert hub.one("SELECT detail FROM exceptions WHERE kind = 'staff_in_doubt'").endswith("and nobody did.")


def test_limits_in_money_are_held_at_the_till_and_a_till_that_ignores_one_is_doubted(
    hub: Stand, doors: tuple[Found, Found]
) -> None:
    found, doubts = doors[0], "SELECT count(*) FROM exceptions WHERE kind = 'staff_in_doubt' AND order_id = %s"
    limits = {"seller": {"comp_minor": 2_500, "refund_minor": 2_500}}
    load_event(hub.hub, {**fest(), "promos": PROMOS, "limits": limits})
    nora = hire(hub, "Nora", StaffRole.SELLER, "71394")
    found.till.sync_now()
    found.till.lock()
    found.till.sign_in(nora, "71394")
    comp = Reduction(Off.COMP, "Artist")

    given = found.till.sell_for_cash(quote(found, None, comp), FULL)
    with pytest.raises(NeedsApproval):
        found.till.sell_for_cash(quote(found, None, comp, 2), FULL)
    sold = found.till.sell_for_cash(quote(found, count=2), FULL)
    first, second = found.till.refund_choice(sold.id).things
    found.till.refund(sold.id, RefundWish((first.key,), None, 2_500, 2_500))
    with pytest.raises(NeedsApproval):  # all of an order counts
        found.till.refund(sold.id, RefundWish((second.key,), None, 2_500, 2_500))
    found.till.sync_now()
    assert {hub.one(doubts, each.id) for each in (given, sold)} == {0}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("boxoffice.till.usecases.operator.must", lambda *_: None)
        lied = found.till.sell_for_cash(quote(found, count=2), FULL)
        keys = tuple(each.key for each in found.till.refund_choice(lied.id).things)
        found.till.refund(lied.id, RefundWish(keys, None, 5_000, 5_000))
    found.till.sync_now()

    with hub.database.transaction() as connection:
        staff.end(hub.hub, connection, nora, "7")
    load_event(hub.hub, {**fest(), "promos": PROMOS})
    found.till.sync_now()
    assert hub.one(doubts, lied.id) == 1
    assert hub.one("SELECT status FROM orders WHERE id = %s", lied.id) == "refunded"
