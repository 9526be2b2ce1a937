"""Sales and payments of the till that screens are tested on."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from boxoffice.core.comp_budget import CompsGiven
from boxoffice.core.ids import OrderId, TenderId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.limits import Extent
from boxoffice.core.money import Money
from boxoffice.core.payments import plain_words
from boxoffice.core.pricing import Cart, PricedOrder
from boxoffice.core.reductions import Reduction
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.comps import Comps
from boxoffice.till.usecases.gateway.gift_cards import CardAtHand, CashedOut
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.paying import OnProgress, Progress, Stage, TenderOutcome, UnknownPayment
from boxoffice.till.usecases.gateway.problems import HubProblems
from boxoffice.till.usecases.offering import LASTS_S
from boxoffice.till.usecases.reducing import Reducing
from tests.gui.stage import Running
from tests.gui.staged_till import LINK, StagedTill

T = TypeVar("T")


class PayingFake(StagedTill):
    """Sells and takes money as the real till does, with whom a test plays at the reader and on the phone."""

    def in_cash(self, amount: Money) -> Money:
        return self._selling.in_cash(amount)

    def sell_for_cash(self, quote: Cart | PricedOrder, tendered: Money) -> Order:
        self._enter("sell_for_cash")
        self._handing_over.must_sell()
        wanted = self._selling.quoted(quote)
        return self._sold(self._with_enough(wanted, lambda: self._selling.sell_for_cash(wanted, tendered)))

    def place(self, quote: Cart | PricedOrder) -> Order:
        self._enter("place")
        self._handing_over.must_sell()
        wanted = self._selling.quoted(quote)
        return self._sold(self._with_enough(wanted, lambda: self._selling.place(wanted)))

    def _with_enough(self, quote: PricedOrder, sell: Callable[[], T]) -> T:
        try:
            return self._refilling.with_enough(quote, sell)
        except NotEnoughLeft:
            self.say(self.status)
            raise

    def allow(self, reduction: Reduction, extent: Extent, tickets: int = 0) -> Reduction:
        self._enter("allow")
        return Reducing(self.context).allow(reduction, extent, tickets)

    def comps_given(self) -> CompsGiven:
        self._enter("comps_given")
        return Comps(self.context).given()

    def take_cash(self, order_id: OrderId, amount: Money, tendered: Money) -> Order:
        self._enter("take_cash")
        self._must_begin(order_id)
        self._selling.take_cash(order_id, amount, tendered)
        return self._sold(order_id)

    def _must_begin(self, order_id: OrderId) -> None:
        if not self.known.order(order_id).paid.minor:
            self._handing_over.must_sell()

    def _sold(self, order_id: OrderId) -> Order:
        self._changed()
        return self.known.order(order_id)

    def take(self, order_id: OrderId, kind: TenderKind, amount: Money, reason: str) -> Order:
        self._enter("take")
        self._must_begin(order_id)
        self._selling.take(order_id, kind, amount, reason)
        return self._sold(order_id)

    def look_at_card(self, code: str) -> CardAtHand:
        self._enter("look_at_card")
        return self._gift_cards.look(code)

    def pay_by_card(self, order_id: OrderId, code: str, amount: Money) -> Order:
        self._enter("pay_by_card")
        self._must_begin(order_id)
        self._gift_cards.pay(order_id, code, amount)
        return self._sold(order_id)

    def cash_out_card(self, code: str, why: str) -> CashedOut:
        self._enter("cash_out_card")
        return self._gift_cards.cash_out(code, why)

    def pay_by_reader(self, order_id: OrderId, amount: Money, on_progress: OnProgress) -> TenderOutcome:
        self._enter("pay_by_reader")
        self._must_begin(order_id)
        tender = self._tenders.begin(order_id, TenderKind.TERMINAL, amount)
        on_progress(Progress(Stage.SENT, self.now()))
        return self._run(Running(tender, on_progress))

    def pay_by_phone(self, order_id: OrderId, amount: Money, on_progress: OnProgress) -> TenderOutcome:
        self._enter("pay_by_phone")
        self._must_begin(order_id)
        tender = self._tenders.begin(order_id, TenderKind.CHECKOUT, amount)
        if self.hub.is_down and self.status.can_offer:
            tender = self._tenders.offered(tender)
            on_progress(Progress(Stage.SENT, self.now(), self._offering.address_of(tender), LASTS_S, is_offer=True))
            return self._run(Running(tender, on_progress))
        if self.hub.is_down:
            return self._end(Running(tender, on_progress, outcome="refused", words=plain_words("network")))
        on_progress(Progress(Stage.SENT, self.now(), LINK, 300))
        return self._run(Running(tender, on_progress))

    def take_paid_code(self, order_id: OrderId, readings: Sequence[str]) -> bool:
        self._enter("take_paid_code")
        if self._offering.take_code(readings, order_id) is None:
            return False
        self.end_payment("paid")
        return True

    def take_typed_code(self, order_id: OrderId, typed: str) -> None:
        self._enter("take_typed_code")
        self._offering.take_typed(typed, order_id)
        self.end_payment("paid")

    def wait_again(self, payment_id: TenderId, on_progress: OnProgress) -> TenderOutcome:
        self._enter("wait_again")
        tender = self._tenders.wait_again(payment_id)
        on_progress(Progress(Stage.SENT, self.now(), LINK, 200))
        return self._run(Running(tender, on_progress))

    def _run(self, running: Running) -> TenderOutcome:
        self._running = running
        self.started.set()
        if not running.ended.wait(150):
            raise AssertionError("the test never ended the payment")
        self.started.clear()
        self._running = None
        return self._end(running)

    def cancel_payment(self, order_id: OrderId) -> None:
        self._enter("cancel_payment")
        if self.confirms_cancel:
            self.end_payment("cancelled")

    def extend_payment(self, order_id: OrderId) -> float:
        self._enter("extend_payment")
        return 600

    def abandon(self, order_id: OrderId) -> None:
        self._enter("abandon")
        self._selling.abandon(order_id, "given up at the till")
        self._changed()

    def unknown_payments(self) -> tuple[UnknownPayment, ...]:
        self._enter("unknown_payments")
        return self._unknown.pending()

    def hub_problems(self) -> HubProblems:
        self._enter("hub_problems")
        return self._sync.problems.now()

    def decide(self, problem_id: str, remedy: str) -> HubProblems:
        self._enter("decide")
        left = self._sync.problems.decide(problem_id, remedy)
        self._changed()
        return left

    def check_again(self, payment_id: TenderId) -> TenderOutcome:
        self._enter("check_again")
        outcome = self._unknown.check(payment_id, None)
        self._changed()
        return outcome
