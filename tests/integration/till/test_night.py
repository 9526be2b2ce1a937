"""Any night at a till: whatever is sold, declined, given up or cut off, the books are proved after every step."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from boxoffice.core.ids import OrderId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.payments import Approved, Declined
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.tenders import OpenTender
from tests.examples import examples
from tests.integration.till.kit import TillOnDisk, cart, usd

PRODUCTS = ("full-pass", "friday-pass", "social", "casino-workshop", "t-shirt")


class Night(RuleBasedStateMachine):
    """One till with few units, and everything that can happen at it."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.till = TillOnDisk(Path(self._folder.name))
        self.till.grant_all(4)
        self.waiting: list[OrderId] = []
        self.paying: list[OpenTender] = []

    def teardown(self) -> None:
        self.till.close()
        self._folder.cleanup()

    @rule(product=st.sampled_from(PRODUCTS), quantity=st.integers(1, 3))
    def sell_for_cash(self, product: str, quantity: int) -> None:
        try:
            self.till.selling.sell_for_cash(cart((product, quantity)), usd("1000"))
        except NotEnoughLeft:
            return

    @rule(product=st.sampled_from(PRODUCTS), quantity=st.integers(1, 3))
    def place(self, product: str, quantity: int) -> None:
        try:
            self.waiting.append(self.till.selling.place(cart((product, quantity))))
        except NotEnoughLeft:
            return

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), is_whole=st.booleans())
    def begin_to_pay(self, data: st.DataObject, is_whole: bool) -> None:
        order_id = self.waiting.pop(data.draw(st.integers(0, len(self.waiting) - 1)))
        due = self.till.orders.order(order_id).due
        amount = due if is_whole or due.minor < 2 else usd(str(due.minor // 200))
        self.paying.append(self.till.tenders.begin(order_id, TenderKind.TERMINAL, amount))

    @precondition(lambda self: self.paying)
    @rule(is_paid=st.booleans(), is_lost_first=st.booleans())
    def end_to_pay(self, is_paid: bool, is_lost_first: bool) -> None:
        tender = self.paying.pop()
        if is_lost_first:
            self.till.tenders.mark_unknown(tender, "no answer")
        outcome = Approved(f"pi_{tender.id}", tender.amount) if is_paid else Declined("card_declined", "No.")
        self.till.tenders.end(tender, outcome)
        self.till.tenders.leave(tender)
        if not self.till.orders.order(tender.order_id).is_paid:
            self.waiting.append(tender.order_id)

    @precondition(lambda self: self.waiting)
    @rule()
    def pay_the_rest_in_cash(self) -> None:
        order_id = self.waiting.pop()
        due = self.till.orders.order(order_id).due
        self.till.selling.take_cash(order_id, due, due)

    @precondition(lambda self: self.waiting)
    @rule()
    def give_up(self) -> None:
        order_id = self.waiting[-1]
        if not self.till.orders.order(order_id).paid.minor:
            self.till.selling.abandon(self.waiting.pop(), "gone")

    @rule()
    def restart(self) -> None:
        self.till.reopen()

    @invariant()
    def the_books_are_proved(self) -> None:
        assert self.till.verify().problem is None

    @invariant()
    def no_unit_is_sold_twice(self) -> None:
        query = "SELECT count(*) FROM leases WHERE granted < sold + held + returned OR granted <> 4"
        assert self.till.one(query) == 0


TestNight = Night.TestCase
TestNight.settings = settings(
    max_examples=examples(8), stateful_step_count=18, deadline=None, suppress_health_check=list(HealthCheck)
)
