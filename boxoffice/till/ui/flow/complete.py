"""The end of a sale: the change, receipt and tickets, and the next customer. The sale is saved before this is shown."""

from typing import ClassVar

from boxoffice.core.money import Money, total_of
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import TENDERS
from boxoffice.till.ui.actions import Action, Do, Sound
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.moments import Moment, MomentKind
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.paper import Papers
from boxoffice.till.ui.flow.payment_places import SaleComplete
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.order_actions import PrintPaper, SavePaper, SendEmail
from boxoffice.till.ui.speech import count, later, say, told
from boxoffice.till.ui.views.parts import ButtonView
from boxoffice.till.ui.views.pay import CompleteView
from boxoffice.till.ui.words import clock_s, money
from boxoffice.till.usecases.gateway.gate import Verdict
from boxoffice.till.usecases.gateway.orders import Order, Paperwork, Tender


class CompletePage(BasePage):
    section = Do.SELL
    comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.NEXT, Named.F4: Do.LET_IN}
    help_lines = (
        ("Enter", later("next customer")),
        ("F9", later("print the receipt")),
        ("F10", later("print the tickets")),
        ("F4", later("let them in, where people are let in at this till")),
        ("Tab", later("to the e-mail address")),
    )

    def __init__(self, session: Session, to: SaleComplete) -> None:
        super().__init__(session, to)
        self.papers = Papers(session, to.order)
        self.saved_at = clock_s(session.till.now())
        self._say_where_the_drawer_is()

    def _say_where_the_drawer_is(self) -> None:
        status = self.session.status
        is_cash = any(TENDERS[each.kind].is_cash for each in self.order.tenders)
        if status is not None and status.drawer_at and is_cash:
            self.session.say(say("The drawer for this cash is at {till}.", till=status.drawer_at), icon="drawer")

    @property
    def order(self) -> Order:
        return self.papers.order

    @property
    def moment(self) -> Moment:
        tenders = [each for each in self.order.tenders if each.status is PaymentStatus.CAPTURED]
        last = tenders[-1] if tenders else None
        return Moment(
            MomentKind.PAID,
            _paid(self.order, tenders),
            given=None if last is None else last.tendered,
            change=None if last is None else _change(last),
            tickets=self.order.ticket_count,
        )

    def view(self) -> CompleteView:
        order, papers = self.order, self.papers
        tenders = [each for each in order.tenders if each.status is PaymentStatus.CAPTURED]
        kinds = {each.kind for each in tenders}
        change = _change(tenders[-1]) if tenders else None
        return CompleteView(
            title=say(TENDERS[kinds.pop()].words.title) if len(kinds) == 1 else say("Paid in full"),
            big_label=say("Give change") if change else say("Total paid") if _is_money(tenders) else say("Given free"),
            big=money(change or _paid(order, tenders)),
            given=_given(tenders, change),
            saved=say("Order **{number}** saved at {saved_at}", number=order.number, saved_at=self.saved_at),
            papers=papers.rows(),
            email=order.email,
            email_problem=papers.email_problem,
            email_note=papers.email_note,
            is_sending=papers.is_sending,
            buttons=(*papers.save_buttons(), *self._let_in_button()),
            next=ButtonView(say("Next customer"), Do.NEXT, "primary", key="Enter"),
        )

    @property
    def can_let_in(self) -> bool:
        """Whether what was sold may be let in here, and was not."""
        return self.session.has_gate and bool(self.order.ticket_count) and self.session.let_in_last != self.order.id

    def has_own(self, key: Named) -> bool:
        return key is Named.F4 and self.can_let_in

    def _let_in_button(self) -> tuple[ButtonView, ...]:
        return (ButtonView(say("Let them in"), Do.LET_IN, "strong", "door", "F4"),) if self.can_let_in else ()

    def _let_in(self) -> None:
        session, order_id = self.session, self.order.id

        def came(verdict: Verdict) -> None:
            session.let_in_last = order_id
            session.play(Sound.GOOD)
            session.say(
                say("{people} let in", people=count(verdict.count, "person", "people")), icon="door", state="ok"
            )

        session.call(lambda: session.till.gate.let_order_in(order_id), came, lane=Lane.GATE, keys_wait=True)

    def typed(self, key: Key) -> Next:
        if key.name is Named.F9:
            return self.act(self.papers.main(Paperwork.RECEIPT))
        if key.name is Named.F10 and Paperwork.TICKETS in self.papers.kinds:
            return self.act(self.papers.main(Paperwork.TICKETS))
        return None

    def act(self, action: Action) -> Next:
        match action:
            case PrintPaper() | SavePaper() | SendEmail():
                self.papers.act(action)
            case Do.LET_IN if self.can_let_in:
                self._let_in()
            case Do.NEXT:
                return to_sale(self.session)
            case _:
                pass
        return None


def _paid(order: Order, tenders: list[Tender]) -> Money:
    """Returns what the customer has paid: the total, as cash was rounded."""
    rounded = (each.rounding for each in tenders if each.rounding is not None)
    return order.total + total_of(rounded, order.total.currency)


def _change(tender: Tender) -> Money | None:
    if tender.tendered is None or tender.tendered == tender.received:
        return None
    return tender.tendered - tender.received


def _given(tenders: list[Tender], change: Money | None) -> str:
    if not tenders:
        return ""
    last = tenders[-1]
    if change is not None and last.tendered is not None:
        return say("{tendered} given, {received} due", tendered=money(last.tendered), received=money(last.received))
    if len(tenders) > 1:
        return say("{payments}, the last {amount}", payments=count(len(tenders), "payment"), amount=money(last.amount))
    return say("Exact sum given, no change") if TENDERS[last.kind].is_cash else told(last.words)


def _is_money(tenders: list[Tender]) -> bool:
    return any(TENDERS[each.kind].is_money for each in tenders) or not tenders
