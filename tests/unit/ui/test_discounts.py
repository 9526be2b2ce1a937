"""Discounts, comps and codes by keys alone: few presses, within one's limit or approved, and out again in one."""

from dataclasses import replace

import pytest

from boxoffice.core.catalogue import Promo
from boxoffice.core.facts import Fact
from boxoffice.core.ids import PoolId
from boxoffice.core.limits import Limits
from boxoffice.core.money import Money
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.staff import StaffRole
from boxoffice.till.store.facts import of_order
from boxoffice.till.ui.keys import Named, Scan
from boxoffice.till.ui.order_actions import KeepNote
from boxoffice.till.ui.views.form import FormView
from boxoffice.till.ui.views.sell import SellView
from boxoffice.till.usecases.gateway.standing import CatalogueChanged
from boxoffice.till.usecases.gateway.stock import PoolStock
from tests.gui.fake_till import FakeTill
from tests.unit.core.builders import usd
from tests.unit.ui.flows import Keyboard


@pytest.fixture
def keys() -> Keyboard:
    return Keyboard(FakeTill())


@pytest.fixture
def staffed() -> Keyboard:
    till = FakeTill()
    till.hire("Ana", StaffRole.SUPERVISOR, pin="4071")
    till.hire("Luis", StaffRole.SELLER, pin="90210", discount_limit=20)
    keys = Keyboard(till)
    keys.press("W", "90210")
    return keys


def shown(keys: Keyboard) -> SellView:
    view = keys.flow.page.view()
    assert isinstance(view, SellView)
    return view


def rows(keys: Keyboard) -> list[tuple[str, str, str]]:
    return [(each.title.replace("\N{NO-BREAK SPACE}", " "), each.detail, each.amount) for each in shown(keys).reduced]


def total(keys: Keyboard) -> Money:
    return keys.flow.session.sale.total


def placed(keys: Keyboard) -> tuple[Fact, OrderPlaced]:
    order = list(keys.till.orders.values())[-1]
    with keys.till.context.store.reading() as connection:
        fact = of_order(connection, order.id)[0]
    return fact, OrderPlaced.model_validate(fact.payload)


def test_a_member_has_fifteen_percent_off_in_five_keys_and_pays_in_two_more(keys: Keyboard) -> None:
    keys.press("Q", "P15A", Named.ENTER)

    assert rows(keys) == [("Discount 15 %: Member", "1 × Full Festival Pass", "−$22.50")]
    assert total(keys) == usd(12_750)
    keys.press(Named.F5, Named.ENTER)
    assert keys.page == "CompletePage"
    _, order = placed(keys)
    assert [(each.kind, each.value, each.reason, each.amount) for each in order.lines[0].reductions] == [
        ("percent", 15, "Member", 2_250)
    ]


def test_a_plain_cash_sale_is_three_keys_as_before(keys: Keyboard) -> None:
    keys.press("Q", Named.F5, Named.ENTER)

    assert keys.page == "CompletePage"


@pytest.mark.parametrize(
    ("presses", "left"), [("W10A", 14_000), ("E99S", 9_900), ("R", None), ("K20Z", 12_000), ("KW5.5F", 14_450)]
)
def test_amounts_new_prices_and_the_whole_sale_have_a_key_each(keys: Keyboard, presses: str, left: int | None) -> None:
    keys.press("Q", "P", presses, Named.ENTER)

    if left is None:
        assert keys.page == "DiscountPage", "a comp has no reason yet"
        keys.press("S", Named.ENTER)
    assert total(keys) == usd(left or 0)


def test_one_key_takes_a_discount_out_again_and_the_toast_puts_it_back(keys: Keyboard) -> None:
    keys.press("Q", "P15A", Named.ENTER, "PK10A", Named.ENTER)
    assert [each.drop.key for each in shown(keys).reduced] == ["K", ""]

    keys.press("K")
    assert [each[0] for each in rows(keys)] == ["Discount 10 %: Member"]
    keys.press("K")

    assert (rows(keys), total(keys)) == ([], usd(15_000))


def test_a_number_before_gives_it_for_so_many_of_the_line(keys: Keyboard) -> None:
    keys.press("3Q", "1P", "RS", Named.ENTER)

    assert [(line.count, line.amount) for line in shown(keys).lines] == [(2, "$300.00"), (1, "$150.00")]
    assert rows(keys) == [("Comp: Artist", "1 × Full Festival Pass", "−$150.00")]
    assert total(keys) == usd(30_000)


def test_more_of_the_same_are_sold_at_the_full_price(keys: Keyboard) -> None:
    keys.press("Q", "PRS", Named.ENTER, "Q")

    assert total(keys) == usd(15_000)


def test_what_is_given_away_whole_is_finished_with_one_key(keys: Keyboard) -> None:
    keys.press("Q", "PKRS", Named.ENTER)
    assert shown(keys).pay[0].label == "Finish, nothing to pay"

    keys.press(Named.F5)

    assert keys.page == "CompletePage"
    assert placed(keys)[1].total == 0


def test_a_gift_has_nothing_off_and_the_whole_sale_leaves_it_out(keys: Keyboard) -> None:
    keys.press("Q", "X", "20", Named.ENTER, "P", "L", "50A", Named.ENTER)

    assert rows(keys) == [("Discount 50 %: Member", "off the whole sale", "−$75.00")]
    assert total(keys) == usd(9_500)


def test_within_their_limit_a_seller_asks_nobody(staffed: Keyboard) -> None:
    staffed.press("Q", "P20A", Named.ENTER)

    assert staffed.page == "SellPage"
    assert total(staffed) == usd(12_000)


def test_above_it_a_supervisor_approves_this_one_and_the_fact_names_both(staffed: Keyboard) -> None:
    staffed.press("Q", "P21A", Named.ENTER)
    assert staffed.page == "ApprovePage"
    staffed.press("4071", Named.ENTER)
    assert staffed.page == "SellPage"

    staffed.press(Named.F5, Named.ENTER)

    fact, order = placed(staffed)
    assert (staffed.page, fact.staff_id) == ("CompletePage", "luis")
    assert order.lines[0].reductions[0].approved_by == "ana"


def test_limits_hold_for_all_that_is_taken_off_together(staffed: Keyboard) -> None:
    staffed.press("Q", "P20A", Named.ENTER, "PK5A", Named.ENTER)

    assert staffed.page == "ApprovePage"


def test_an_approval_that_is_not_given_takes_nothing_off(staffed: Keyboard) -> None:
    staffed.press("Q", "P50A", Named.ENTER, Named.ESC, Named.ESC)

    assert staffed.page == "SellPage"
    assert total(staffed) == usd(15_000)


def test_a_comp_always_needs_a_supervisor(staffed: Keyboard) -> None:
    staffed.press("Q", "PRS", Named.ENTER)

    assert staffed.page == "ApprovePage"


def test_an_amount_that_has_become_more_than_their_limit_is_approved_before_anything_is_paid(
    staffed: Keyboard,
) -> None:
    staffed.press("2Q", "PW60A", Named.ENTER)
    assert staffed.page == "SellPage"

    staffed.press("-", Named.F5)
    assert staffed.page == "ApprovePage"
    staffed.press("4071", Named.ENTER)

    assert staffed.page == "CashPage"
    staffed.press(Named.ENTER)
    assert placed(staffed)[1].lines[0].reductions[0].approved_by == "ana"


# Codes


@pytest.fixture
def coded(keys: Keyboard) -> Keyboard:
    catalogue = keys.flow.session.sale.catalogue
    keys.till.say(CatalogueChanged(replace(catalogue, revision=2, promos=(Promo("SALSA20", 20, None),))))
    keys.release()
    return keys


def typed(keys: Keyboard, code: str) -> None:
    """Types a code into the field of its page, as the window hands it on."""
    keys.press("O")
    keys.flow.on_action(KeepNote(code))
    keys.release()


def test_a_code_is_typed_shown_and_taken_out_again(coded: Keyboard) -> None:
    coded.press("Q")
    typed(coded, " salsa20 ")

    assert rows(coded) == [("Code SALSA20", "", "−$30.00")]
    coded.press("K")
    assert rows(coded) == []


def test_a_code_that_is_scanned_is_in_the_sale_at_once(coded: Keyboard) -> None:
    coded.press("Q")
    coded.flow.on_key(Scan("SALSA20"))
    coded.release()

    assert total(coded) == usd(12_000)


def test_a_code_that_is_none_says_so_and_changes_nothing(coded: Keyboard) -> None:
    coded.press("Q")
    typed(coded, "RUMBA")

    assert coded.page == "CodePage"
    assert total(coded) == usd(15_000)


def test_a_code_of_which_no_use_can_be_had_falls_out_of_the_sale_which_goes_on(coded: Keyboard) -> None:
    once = Promo("ONCE", None, usd(5_000), limit=1)
    catalogue = coded.flow.session.sale.catalogue
    coded.till.say(CatalogueChanged(replace(catalogue, revision=3, promos=(once,))))
    elsewhere = PoolStock(PoolId("code:ONCE"), "ONCE", capacity=1, here=0, share=0, overall=1)
    coded.till.say(replace(coded.till.status, stock=(*coded.till.status.stock, elsewhere)))
    coded.press("Q")
    typed(coded, "ONCE")
    assert total(coded) == usd(10_000)
    coded.till.hub.is_down = True

    coded.press(Named.F5, Named.ENTER)

    assert (coded.page, total(coded)) == ("SellPage", usd(15_000))
    assert coded.toasts[-1].startswith("Code ONCE is out of the sale")
    coded.press(Named.F5, Named.ENTER)
    assert coded.page == "CompletePage"


# Limits in money


@pytest.fixture
def limited(staffed: Keyboard) -> Keyboard:
    """The event lets a seller take $20 off a sale, and give $150 of it away."""
    catalogue = replace(staffed.flow.session.sale.catalogue, revision=2, limits=Limits(2_000, 15_000))
    context = staffed.till.context
    context.sell_for(replace(context.event, catalogue=catalogue))
    staffed.till.say(CatalogueChanged(catalogue))
    staffed.release()
    return staffed


def test_a_limit_in_money_holds_beside_the_one_in_percent(limited: Keyboard) -> None:
    limited.press("Q", "PW20A", Named.ENTER)
    assert (limited.page, total(limited)) == ("SellPage", usd(13_000))

    limited.press("Q", "PW25A", Named.ENTER)

    assert limited.page == "ApprovePage"


def test_within_the_events_limit_a_seller_gives_away_alone_and_beyond_it_asks(limited: Keyboard) -> None:
    limited.press("Q", "PRS", Named.ENTER)
    assert (limited.page, total(limited)) == ("SellPage", usd(0))

    limited.press("W", "PRS", Named.ENTER)

    assert limited.page == "ApprovePage"


def test_the_discount_page_says_how_much_of_the_limit_it_takes(limited: Keyboard) -> None:
    limited.press("Q", "PW5A")
    view = limited.flow.page.view()

    assert isinstance(view, FormView)
    assert view.side is not None
    assert view.side.foot == (
        "4 % of your limit of 20 %. $5.00 of your limit of $20.00. Above it, a supervisor approves it here."
    )
