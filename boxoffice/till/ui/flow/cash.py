"""Cash: what the customer gave, and the change, at each digit. Enter with nothing typed takes the exact sum."""

from dataclasses import replace
from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.money import Money
from boxoffice.till.ui.actions import Action, Destination, Do, Sound, TypeDigits
from boxoffice.till.ui.flow.bills import give_back, likely_sums
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.moments import Moment, MomentKind
from boxoffice.till.ui.flow.page import PaymentPage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import back_to_sale, summary
from boxoffice.till.ui.flow.tenders import not_placed, paid, placed_order, start_tender, step_back, with_order
from boxoffice.till.ui.flow.typing import as_digits, edit_amount
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.sale_actions import Give
from boxoffice.till.ui.speech import count, later, say
from boxoffice.till.ui.views.parts import ButtonView, SummaryView
from boxoffice.till.ui.views.pay import CashView
from boxoffice.till.ui.words import amount_typed, money, short_money
from boxoffice.till.usecases.gateway.orders import Order


class CashPage(PaymentPage):
    section = Do.SELL
    keys: ClassVar = {
        Named.ENTER: Do.FINISH,
        Named.ESC: Do.BACK,
        Named.F8: Do.SPLIT,
        Named.F4: Do.LET_IN,
        Named.BACKSPACE: Do.DELETE_DIGIT,
        Named.DELETE: Do.DELETE_DIGIT,
    }
    help_lines = (
        ("Enter", later("take the exact sum and finish")),
        ("6 0 Enter", later("the customer gave $60")),
        (".", later("cents")),
        ("F8", later("part in cash, the rest another way")),
        ("F4", later("take it and let them in, where people are let in at this till")),
        ("Esc", later("back to the sale")),
    )

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.digits = ""
        self.amount = self.bill.amount
        self.in_cash = session.till.in_cash(self.amount)

    @property
    def given(self) -> Money:
        """What the customer gave: what was typed, or the exact sum as cash pays it."""
        return amount_typed(self.digits, self.amount.currency) if self.digits else self.in_cash

    @property
    def is_enough(self) -> bool:
        return self.in_cash <= self.given

    @property
    def rounding(self) -> Money:
        return self.in_cash - self.amount

    @property
    def moment(self) -> Moment:
        return Moment(MomentKind.CASH, self.in_cash)

    def view(self) -> CashView:
        amount, given = self.in_cash, self.given
        difference = given - amount if self.is_enough else amount - given
        is_part = self.amount != self.bill.due
        label = say("Take {amount} in cash", amount=money(amount)) if is_part else say("Take cash and finish")
        if not self.is_enough:
            label = say("Still {difference} to pay", difference=money(difference))
        return CashView(
            summary=self._summary(),
            title=say("Cash"),
            hint=say("Type what the customer gives"),
            due=money(amount),
            given=money(given),
            quick=(
                ButtonView(
                    short_money(amount),
                    Give(amount.minor, finishes=True),
                    sub=say("exact"),
                    name=say("{amount}, exact, finishes the sale", amount=money(amount)),
                ),
                *(ButtonView(short_money(each), Give(each.minor)) for each in likely_sums(amount)),
            ),
            change_label=say("Change due") if self.is_enough else say("Still to pay"),
            change=money(difference),
            is_enough=self.is_enough,
            give_back=_pieces(difference) if self.is_enough else (),
            finish=ButtonView(
                label, Do.FINISH, "primary", "check" if self.is_enough else "", "Enter", is_on=self.is_enough
            ),
            split=None if is_part else ButtonView(say("Split with another tender"), Do.SPLIT, key="F8"),
            let_in=ButtonView(say("Take cash, let them in"), Do.LET_IN, "strong", "door", "F4", is_on=self.is_enough)
            if self.lets_in
            else None,
            due_note=f"{money(self.amount)}, {self._rounded().lower()}" if self.rounding.minor else "",
        )

    def _summary(self) -> SummaryView:
        """Returns the sale; where cash is rounded, what cash pays stands for the total, and why."""
        shown = summary(self.session, self.bill, back=back_to_sale())
        if not self.rounding.minor or self.amount != self.bill.due:
            return shown
        rows = ((say("By card or phone"), money(self.amount)), (self._rounded(), money(self.rounding)))
        return replace(shown, sums=(*shown.sums, *rows), total_label=say("In cash"), total=money(self.in_cash))

    def _rounded(self) -> str:
        rules = None if self.session.catalogue is None else self.session.catalogue.cash
        step = Money(rules.step if rules else 1, self.amount.currency)
        whole = 10**step.currency.exponent
        return (
            say("Rounded to {cents} cents", cents=step.minor)
            if step.minor < whole == 100
            else say("Rounded to {step}", step=short_money(step))
        )

    @property
    def lets_in(self) -> bool:
        """Whether what is sold can be let in by the same press: a whole sale, at a till that is a gate as well."""
        return self.session.has_gate and self.amount == self.bill.due and self.bill.order is None

    def has_own(self, key: Named) -> bool:
        return key is Named.F4 and self.lets_in

    def typed(self, key: Key) -> Next:
        if key.text and (key.text.isdigit() or key.text in ".,"):
            return self.act(TypeDigits(key.text.replace(",", ".")))
        return None

    def act(self, action: Action) -> Next:
        match action:
            case TypeDigits() | Do.DELETE_DIGIT:
                self.digits = edit_amount(self.digits, action, self.amount.currency)
            case Give(minor, finishes):
                self.digits = as_digits(Money(minor, self.amount.currency))
                return self._take() if finishes else None
            case Do.FINISH if self.is_enough:
                return self._take()
            case Do.LET_IN if self.is_enough and self.lets_in:
                return self._take_and_let_in()
            case Do.SPLIT if self.amount == self.bill.due:
                return start_tender(self.session, Do.SPLIT)
            case Do.BACK:
                return step_back(self.session, self.bill)
            case _:
                pass
        return None

    def _take(self) -> Next:
        """Takes a whole sale in one transaction; a part goes onto an order that is placed first."""
        session, quote, given = self.session, self.bill.quote, self.given
        if self.bill.order is not None or quote is None or self.amount != quote.total:
            return with_order(session, self._take_part)
        session.call(lambda: session.till.sell_for_cash(quote, given), self._taken, failed=self._failed, keys_wait=True)
        return None

    def _take_and_let_in(self) -> Next:
        session, quote, given = self.session, self.bill.quote, self.given
        if quote is None:
            return None
        sell = session.till.sell_and_let_in
        session.call(lambda: sell(quote, given), self._taken_and_in, failed=self._failed, keys_wait=True)
        return None

    def _taken_and_in(self, sold: tuple[Order, int]) -> Next:
        order, came = sold
        next_ = self._taken(order)
        self.session.let_in_last = order.id
        self.session.play(Sound.GOOD if came else Sound.STOP)
        words = say("{people} let in", people=count(came, "person", "people")) if came else say("Nobody was let in.")
        detail = "" if came else say("What was sold does not open this gate today.")
        self.session.say(words, state="ok" if came else "warn", icon="door", detail=detail)
        return next_

    def _take_part(self) -> None:
        session, amount, given = self.session, self.amount, self.given
        order_id = placed_order(session).id
        session.call(lambda: session.till.take_cash(order_id, amount, given), self._taken, keys_wait=True)

    def _taken(self, order: Order) -> Next:
        return paid(self.session, order)

    def _failed(self, error: BoxofficeError) -> Next:
        return not_placed(self.session, error)


def _pieces(change: Money) -> tuple[tuple[str, str], ...]:
    return tuple((f"{times} × {short_money(piece)}", money(piece * times)) for times, piece in give_back(change))
