"""The contract's outside, around the fake till."""

from dataclasses import replace
from datetime import timedelta

from boxoffice.core.facts import instant_text
from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.sale_times import SaleTimes
from boxoffice.core.wire.problems import ProblemMessage, ProblemRemedy
from boxoffice.till.usecases.gateway.orders import Order
from tests.contract.gateway.outside import Outside
from tests.gui.fake_till import FakeTill
from tests.gui.festival import festival_status

_ENDS = {"present": "paid", "decline": "refused", "lose": "unknown", "drop": "unknown"}


class FakeOutside(Outside):
    def __init__(self) -> None:
        self.fake = FakeTill()
        self.fake.open()
        super().__init__(self.fake, self.fake.catalogue, self.fake.status)
        self.printer = self.fake.printer
        self._answer = ""

    def worry(self) -> None:
        seen = ProblemRemedy(name="seen", label="Nothing to do", effect="Takes this from the list.", at_till=True)
        at = instant_text(self.fake.clock.now())
        self.fake.tell_problems(
            ProblemMessage(
                id="x", kind="lease_does_not_fit", title="A till gave back", detail="", raised_at=at, remedies=(seen,)
            )
        )

    def at_reader(self, what: str) -> None:
        self._answer = {"lose": "paid", "drop": "refused"}.get(what, "")
        if what == "cancel":
            self.fake.end_payment("refused", "The customer cancelled on the reader.")
        else:
            self.fake.end_payment(_ENDS[what])

    def at_phone(self, what: str, order_id: OrderId, link: str) -> None:
        match what:
            case "cancel":
                self.till.cancel_payment(order_id)
            case "leave":
                self._answer = "paid"
                self.till.stop_waiting(order_id)
            case _:
                self.fake.end_payment({"pay": "paid", "expire": "expired"}[what])

    def answers_come(self) -> None:
        self.fake.check_answer = self._answer

    def cut(self) -> None:
        cut = festival_status(is_online=False, offline_since=self.fake.now(), stock=self.fake.status.stock)
        self.fake.say(replace(cut, can_offer=True))

    def mend(self) -> None:
        self.fake.say(festival_status(stock=self.fake.status.stock))

    def leave_elsewhere(self, product: str, left: int) -> None:
        for pool in self.catalogue.products_by_id[ProductId(product)].uses:
            self.fake.hub.elsewhere[pool] = left

    def end_sale(self, product: str) -> None:
        now = self.fake.clock.now()
        self.fake.stop_sale(ProductId(product), SaleTimes(None, now - timedelta(hours=1)))

    def refund(self, order: Order) -> None:
        self.fake.refund_at_hub(order.id)

    def revoke(self) -> None:
        self.fake.revoke()

    def lose_power(self) -> None:
        self.fake.lose_power()

    def hear(self) -> None:
        self.fake.sync_now()
        for payment_id in self.fake.unknown:
            self.fake.answer_unknown(payment_id, self.fake.check_answer)
