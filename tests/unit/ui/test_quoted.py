"""From the first payment page on the price is the quoted one, whatever is pressed and whatever changes meanwhile."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from boxoffice.core.catalogue import Catalogue, ProductKind
from boxoffice.core.ids import TaxRateId
from boxoffice.core.money import Money, total_of
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.taxes import TaxRate
from boxoffice.till.ui.actions import UseToast
from boxoffice.till.ui.flow.cash import CashPage
from boxoffice.till.ui.flow.sell import SellPage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.keys import Named
from boxoffice.till.ui.views.parts import SummaryView
from boxoffice.till.ui.views.pay import CashView
from boxoffice.till.ui.views.sell import SellView
from boxoffice.till.usecases.gateway.standing import CatalogueChanged
from tests.examples import examples
from tests.gui.fake_till import FakeTill
from tests.gui.festival import USD, boulder_fest, usd
from tests.unit.ui.flows import Keyboard, ScriptedTill

N = Named
_PAYING = [N.F5, N.F6, N.F7, N.F8, N.ENTER, N.ESC, N.F2, N.F3, N.F10, N.DELETE]


def _share(amount: Money, percent: int) -> Money:
    return Money(amount.minor * percent // 100, amount.currency)


_RATE = TaxRate(TaxRateId("city"), "City tax", 41_000, is_included=False)
_OPTIONS = [("S", "M"), ("Black, size L",), ()]


def _revised(
    revision: int, percent: int, gone: int, *, options: tuple[str, ...] | None = None, is_taxed: bool = False
) -> Catalogue:
    """Returns the catalogue with other prices, one product fewer, and, if asked for, other options and a tax."""
    catalogue = boulder_fest()
    products = tuple(
        replace(
            each,
            price=None if each.price is None else _share(each.price, percent),
            options=each.options if options is None or not each.options else options,
            taxes=(_RATE.id,) if is_taxed and each.price is not None else (),
        )
        for i, each in enumerate(catalogue.products)
        if i != gone
    )
    return replace(catalogue, revision=revision, products=products, taxes=(_RATE,) if is_taxed else ())


class Paying(RuleBasedStateMachine):
    """A person who presses anything, an organizer who changes prices at any time, and answers of any kind."""

    def __init__(self) -> None:
        super().__init__()
        self.till = ScriptedTill("paid", "refused", "cancelled", "paid")
        self.keyboard = Keyboard(self.till)

    @property
    def session(self) -> Session:
        return self.keyboard.flow.session

    @rule(keys=st.lists(st.sampled_from([*"qsefzx125.-+", *_PAYING]), max_size=4))
    def press(self, keys: list[Named | str]) -> None:
        for key in keys:
            quote = self.session.bill.quote if self.session.bill else None
            self.keyboard.press(key)
            bill = self.session.bill
            if quote is not None and bill is not None and bill.order is not None and bill.quote is quote:
                assert bill.order.total == quote.total

    @rule(
        percent=st.integers(50, 200),
        gone=st.integers(0, 10),
        options=st.none() | st.sampled_from(_OPTIONS),
        is_taxed=st.booleans(),
    )
    def revise(self, percent: int, gone: int, options: tuple[str, ...] | None, is_taxed: bool) -> None:
        before = self.session.bill
        revision = self.till.catalogue.revision + 1
        self.till.catalogue = _revised(revision, percent, gone, options=options, is_taxed=is_taxed)

        self.till.say(CatalogueChanged(self.till.catalogue))

        assert self.session.bill == before

    @precondition(lambda self: self.session.toasts)
    @rule(data=st.data())
    def use_a_toast(self, data: st.DataObject) -> None:
        toast = data.draw(st.sampled_from(self.session.toasts))
        before = self.session.bill

        self.keyboard.flow.on_action(UseToast(toast.id))
        self.keyboard.release()

        assert before is None or self.session.bill == before

    @invariant()
    def total_is_what_is_paid_and_what_is_due(self) -> None:
        bill = self.session.bill
        if bill is not None:
            assert bill.total == bill.paid + bill.due
            assert bill.amount <= bill.due

    @invariant()
    def what_is_written_adds_up(self) -> None:
        for order in self.till.orders.values():
            assert total_of((amount for _, amount in order.sums), USD) == order.total
            captured = [each.amount for each in order.tenders if each.status is PaymentStatus.CAPTURED]
            taken = total_of(captured, USD)
            if order.state is OrderState.COMPLETED:
                assert taken == order.total
            else:
                assert taken <= order.total


Paying.TestCase.settings = settings(max_examples=examples(30), stateful_step_count=25, deadline=None)
test_nothing_changes_what_a_customer_was_quoted = Paying.TestCase


def _dearer(till: FakeTill) -> None:
    till.catalogue = _revised(2, 120, -1)
    till.say(CatalogueChanged(till.catalogue))


def _cash(keyboard: Keyboard) -> CashView:
    view = keyboard.flow.page.view()
    assert isinstance(view, CashView)
    return view


def test_a_revision_on_the_cash_page_changes_nothing_that_is_paid_and_is_told_beside_it() -> None:
    till = FakeTill()
    keyboard = Keyboard(till)
    keyboard.press("ww", N.F5)

    _dearer(till)

    view = _cash(keyboard)
    assert (view.due, view.summary.total) == ("$190.00", "$190.00")
    note = view.summary.note
    assert note is not None
    assert note.text == "Friday Day Pass is $114.00 now. This sale keeps $95.00. The next one pays $114.00."
    keyboard.press(N.ENTER)
    (order,) = till.orders.values()
    assert order.total == order.paid == usd("190")


def test_back_at_the_tiles_the_sale_keeps_its_prices_and_takes_the_new_ones_with_one_press() -> None:
    till = FakeTill()
    keyboard = Keyboard(till)
    keyboard.press("q", N.F5)
    _dearer(till)

    keyboard.press(N.ESC)

    assert isinstance(keyboard.flow.page, SellPage)
    session = keyboard.flow.session
    assert session.sale.total == usd("150")
    (toast,) = session.toasts
    assert (toast.text, toast.detail, toast.button) == (
        "Full Festival Pass is $180.00 now. This sale keeps $150.00.",
        "The total stays $150.00.",
        "Use new prices",
    )
    keyboard.flow.on_action(UseToast(toast.id))
    assert session.sale.total == usd("180")
    assert session.toasts == ()


def test_more_of_what_is_kept_costs_what_was_shown_and_the_next_sale_costs_what_it_costs_now() -> None:
    till = FakeTill()
    keyboard = Keyboard(till)
    keyboard.press("q")
    _dearer(till)

    keyboard.press("q", "w", N.F5, N.ENTER)

    (order,) = till.orders.values()
    assert order.total == usd("150") + usd("150") + usd("114")
    keyboard.press(N.ENTER, "q")
    assert keyboard.flow.session.sale.total == usd("180")


def test_no_undo_is_offered_beside_a_payment() -> None:
    keyboard = Keyboard(FakeTill())
    keyboard.press("q", "s", N.DELETE)
    assert [toast.button for toast in keyboard.flow.session.toasts] == ["Undo"]

    keyboard.press(N.F5)

    assert isinstance(keyboard.flow.page, CashPage)
    assert keyboard.toasts == []


def test_leaving_the_payment_by_the_rail_ends_the_bill_and_keeps_the_prices() -> None:
    till = FakeTill()
    keyboard = Keyboard(till)
    keyboard.press("q", N.F5, N.F3)
    _dearer(till)

    keyboard.press(N.F2)

    view = keyboard.flow.page.view()
    assert isinstance(view, SellView)
    assert view.total == "$150.00"
    assert view.lines[0].detail == "Fri, Sat, Sun · quoted $150.00"
    assert isinstance(_summary(keyboard), SummaryView)


def _summary(keyboard: Keyboard) -> SummaryView:
    keyboard.press(N.F5)
    return _cash(keyboard).summary


def _place(kind: ProductKind) -> int:
    """Returns where the product of a kind stands that asks a question."""
    products = boulder_fest().products
    return next(i for i, each in enumerate(products) if each.kind is kind and (each.options or each.price is None))


@pytest.mark.parametrize(
    ("key", "page", "revision"),
    [
        ("z", "OptionPage", _revised(2, 100, _place(ProductKind.MERCHANDISE))),
        ("z", "OptionPage", _revised(2, 100, -1, options=())),
        ("x", "DonationPage", _revised(2, 100, _place(ProductKind.DONATION))),
    ],
)
def test_a_question_about_what_is_no_longer_sold_so_is_taken_back(key: str, page: str, revision: Catalogue) -> None:
    till = FakeTill()
    keyboard = Keyboard(till)
    keyboard.press("s", key)
    assert keyboard.page == page

    till.say(CatalogueChanged(revision))
    keyboard.press("3", N.ENTER)

    assert keyboard.page == "SellPage"
    assert keyboard.flow.session.sale.total == usd("75")  # Social Dance alone, three by the number
    assert len(keyboard.toasts) == 1


def test_a_size_is_asked_for_among_those_that_there_are_now() -> None:
    till = FakeTill()
    keyboard = Keyboard(till)
    keyboard.press("z")

    till.say(CatalogueChanged(_revised(2, 100, -1, options=("S", "M"))))
    keyboard.press("3")
    assert keyboard.page == "OptionPage"
    keyboard.press("2")

    assert [line.option for line in keyboard.flow.session.sale.lines] == ["M"]


def test_a_tax_that_changes_is_told_like_a_price() -> None:
    till = FakeTill()
    keyboard = Keyboard(till)
    keyboard.press("q", N.F5)

    till.say(CatalogueChanged(_revised(2, 100, -1, is_taxed=True)))

    note = _cash(keyboard).summary.note
    assert note is not None
    assert note.text == "The tax on Full Festival Pass is another now. This sale keeps what was quoted."
    keyboard.press(N.ESC)
    (toast,) = keyboard.flow.session.toasts
    assert (toast.text, toast.detail) == ("The tax on Full Festival Pass is another now.", "The total is $156.15 now.")
