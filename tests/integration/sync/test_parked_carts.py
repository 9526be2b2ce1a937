"""Carts that are parked and taken up by another till: by one of all, and whatever is cut off meanwhile."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import StaffId
from boxoffice.core.money import Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.reductions import Off, Reduction
from boxoffice.till.usecases.gateway.parked import TakenUp
from boxoffice.till.usecases.ports import HubRefused, Unreachable
from sync.inventory.events import load_event
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT
from tests.integration.sync.priced import FRIDAY, PRICED
from tests.integration.sync.seller import Seller
from tests.integration.sync.selling_out import tills_at


@pytest.fixture(autouse=True, scope="module")
def event(hub: Stand) -> None:
    load_event(hub.hub, PRICED)


def cart_of(count: int = 1) -> Cart:
    return Cart((CartLine(FRIDAY, count),))


def test_a_parked_cart_is_taken_up_by_exactly_one_of_all_who_want_it(hub: Stand, tmp_path: Path) -> None:
    with tills_at(hub, tmp_path, EVENT, 3) as tills:
        for round_ in range(3):
            tills[0].park(cart_of(round_ + 1), "Camila")
            wait_until(lambda: all(len(till.parked_carts()) == 1 for till in tills))
            waiting = tills[0].parked_carts()[0].id
            at_once = threading.Barrier(3)

            def take(till: Any, waiting: str = waiting, at_once: threading.Barrier = at_once) -> Cart | None:
                at_once.wait()
                try:
                    return till.take_parked(waiting).cart  # type: ignore[no-any-return]
                except BoxofficeError:
                    return None

            with ThreadPoolExecutor(3) as threads:
                got = [cart for cart in threads.map(take, tills) if cart is not None]

            assert got == [cart_of(round_ + 1)]
            wait_until(lambda: not any(till.parked_carts() for till in tills))
        assert hub.one("SELECT count(*) FROM parked_carts WHERE gone_at IS NULL") == 0


def wait_until(is_so: Any) -> None:
    for _ in range(200):
        if is_so():
            return
        threading.Event().wait(0.1)
    raise AssertionError("it did not come to that in 20 s")


class Cut:
    """A line to a hub that nothing gets through."""

    def __getattr__(self, name: str) -> Any:
        def ask(*_: object) -> None:
            raise Unreachable("The hub can't be reached.", name, "")

        return ask


@pytest.fixture
def two(hub: Stand, tmp_path: Path) -> Iterator[tuple[Seller, Seller]]:
    sellers = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        sellers.append(Seller(hub, tmp_path / name).open())
        sellers[-1].services.sync.everything()
    yield sellers[0], sellers[1]
    for each in sellers:
        each.close()


def test_of_a_till_that_is_closed_or_cut_off_the_hub_gives_a_parked_cart_to_one_who_asks_and_to_no_other(
    two: tuple[Seller, Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.tills.parked.PATIENCE_S", 0.3)
    here, there = (each.services.sync for each in two)
    there.parking.park(cart_of(), "Red hat", "Luis")
    there.parking.park(cart_of(2), "Camila", "Luis")
    there.everything()
    here.everything()
    red_hat, camila = (each.id for each in sorted(here.parking.waiting(), key=lambda cart: cart.name, reverse=True))

    taken = here.parking.take_up(red_hat)

    assert taken == TakenUp(cart_of())
    with pytest.raises(HubRefused, match="taken up elsewhere"):
        there.parking.take_up(red_hat)  # online again: the hub says whose it is
    assert there.parking.take_up(camila).cart == cart_of(2)
    with pytest.raises(HubRefused, match="taken up elsewhere"):
        here.parking.take_up(camila)
    there.everything()
    here.everything()
    assert here.parking.waiting() == there.parking.waiting() == ()


def test_a_till_that_comes_back_no_longer_has_what_was_given_to_another(hub: Stand, two: tuple[Seller, Seller]) -> None:
    here, there = (each.services.sync for each in two)
    there.parking.park(cart_of(), "Red hat", "Luis")
    there.everything()
    here.everything()
    hub.sql("UPDATE devices SET last_seen_at = now() - interval '5 minutes' WHERE id = %s", there.context.device.id)
    here.parking.take_up(here.parking.waiting()[0].id)
    here.everything()

    there.everything()

    assert there.parking.waiting() == ()


def test_a_parked_cart_keeps_what_was_taken_off_its_code_and_what_it_adds_to(two: tuple[Seller, Seller]) -> None:
    here, there = (each.services.sync for each in two)
    line = CartLine(FRIDAY, 2, reduction=Reduction(Off.PERCENT, "Member", 20, approved_by=StaffId("ana")))
    cart = Cart((line,), Reduction(Off.AMOUNT, "Late start", 500), "order-1")
    code = here.context.event.catalogue.promos[0].code

    there.parking.park(cart, "Red hat", "Luis", code.lower())
    (own,) = there.parking.waiting()
    there.everything()
    here.everything()
    (seen,) = here.parking.waiting()

    assert own.total == seen.total < Money(2 * 5_200, own.total.currency)
    assert here.parking.take_up(seen.id) == TakenUp(cart, code)
    here.everything()


def test_a_till_without_a_network_takes_up_its_own_and_says_so_later(
    hub: Stand, two: tuple[Seller, Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = (each.services.sync for each in two)
    there.parking.park(cart_of(), "theirs", "")
    there.everything()
    here.parking.park(cart_of(2), "own", "")
    here.everything()

    with monkeypatch.context() as cut:
        cut.setattr(here.link, "_hub", Cut())
        with pytest.raises(Unreachable):
            here.pull()
        names = [each.name for each in here.parking.waiting()]
        taken = here.parking.take_up(here.parking.waiting()[0].id)
    here.everything()
    there.everything()

    assert (names, taken.cart, taken.is_sure) == (["own"], cart_of(2), False)
    assert [each.name for each in there.parking.waiting()] == ["theirs"]
    assert hub.one("SELECT count(*) FROM parked_carts WHERE gone_at IS NULL") == 1
    there.parking.take_up(there.parking.waiting()[0].id)
    there.everything()


def test_what_was_handed_over_to_a_till_that_went_away_meanwhile_waits_there(
    hub: Stand, two: tuple[Seller, Seller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's answer is lost on its way: the cart is that till's, which hears of it when it asks again."""
    here, there = (each.services.sync for each in two)
    there.parking.park(cart_of(), "Camila", "")
    there.everything()
    here.everything()
    (seen,) = here.parking.waiting()
    device = str(here.context.device.id)
    hub.sql("UPDATE parked_carts SET wanted_by = %s, wanted_at = now() WHERE id = %s", device, seen.id)

    there.everything()
    left = [len(each.parking.waiting()) for each in (there, here)]
    here.everything()

    assert hub.one("SELECT device_id FROM parked_carts WHERE id = %s", seen.id) == device
    assert left[0] == 0  # whoever was given it has taken it up, as far as others know
    assert [each.till for each in here.parking.waiting()] == [""]
    assert here.parking.take_up(seen.id).cart == cart_of()
    here.everything()


def test_parked_carts_are_there_after_a_restart(hub: Stand, two: tuple[Seller, Seller]) -> None:
    here = two[0]
    here.services.sync.parking.park(cart_of(3), "Camila", "Maya")
    here.close()

    again = here.open(kept=True).services.sync.parking

    assert [(each.name, each.by, each.lines) for each in again.waiting()] == [
        ("Camila", "Maya", ("3 × Friday Day Pass",))
    ]
    assert again.take_up(again.waiting()[0].id).cart == cart_of(3)
