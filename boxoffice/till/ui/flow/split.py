"""A sale paid in several ways: what is paid, what is due, and how much the next tender takes."""

from typing import ClassVar

from boxoffice.core.money import Money
from boxoffice.core.payments import PaymentStatus
from boxoffice.till.ui.actions import Action, Destination, Do, TypeDigits
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.page import PaymentPage
from boxoffice.till.ui.flow.pay_buttons import gift_card_button, other_ways, pay_buttons, why_not_so_much
from boxoffice.till.ui.flow.payment_places import GiveBack
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import summary
from boxoffice.till.ui.flow.tenders import leave_order, park, start_tender
from boxoffice.till.ui.flow.typing import as_digits, edit_amount
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.sale_actions import Give
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.views.parts import ButtonView, RowView
from boxoffice.till.ui.views.pay import SplitView
from boxoffice.till.ui.words import TENDER_ICONS, amount_typed, money, short_money, tender_name
from boxoffice.till.usecases.gateway.orders import Tender


def _detail(tender: Tender) -> str:
    if tender.tendered is None or tender.tendered == tender.amount:
        return tender.words
    return say(
        "{tendered} given, {amount} change",
        tendered=money(tender.tendered),
        amount=money(tender.tendered - tender.amount),
    )


class SplitPage(PaymentPage):
    section = Do.SELL
    keys: ClassVar = {
        Named.F5: Do.CASH,
        Named.F6: Do.CARD,
        Named.F7: Do.PHONE,
        Named.F10: Do.PARK,
        Named.ESC: Do.BACK,
        Named.BACKSPACE: Do.DELETE_DIGIT,
        Named.DELETE: Do.DELETE_DIGIT,
    }
    help_lines = (
        ("5 0", later("the next tender takes $50")),
        (".", later("cents")),
        ("F5 F6 F7", later("take that amount by cash, card, phone")),
        ("P", later("another way to pay that amount")),
        ("G", later("a gift card")),
        ("F10", later("park a sale of which a part is paid")),
        ("Esc", later("back to the sale; when a part is paid: give it back, or park the sale")),
    )

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.digits = ""
        self.bill = session.bill = self.bill.taking(None)

    @property
    def wanted(self) -> Money:
        """What the next tender is to take: what was typed, or all that is due."""
        due = self.bill.due
        return amount_typed(self.digits, due.currency) if self.digits else due

    @property
    def problem(self) -> str:
        due = self.bill.due
        if self.wanted > due:
            return say("Only {due} is still due.", due=money(due))
        return say("Type how much the next tender takes.") if self.wanted.minor <= 0 else ""

    @property
    def cash_note(self) -> str:
        """What to know of this part and of the rest before it is taken: no card pays too little."""
        rest = self.bill.due - self.wanted
        if why_not_so_much(self.wanted):
            return say("{why}. Take it in cash.", why=why_not_so_much(self.wanted))
        return (
            say("Leaves {rest}, which no card pays: the rest must then be cash.", rest=money(rest))
            if why_not_so_much(rest)
            else ""
        )

    def view(self) -> SplitView:
        bill = self.bill
        order = bill.order
        captured = [each for each in order.tenders if each.status is PaymentStatus.CAPTURED] if order else []
        problem = self.problem
        return SplitView(
            summary=summary(self.session, self.bill),
            title=say("Split"),
            paid=tuple(
                RowView(
                    tender_name(each.kind),
                    _detail(each),
                    TENDER_ICONS[each.kind],
                    amount=money(each.amount),
                )
                for each in captured
            ),
            paid_total=money(bill.paid),
            due=money(bill.due),
            typed=money(self.wanted),
            quick=self._quick(),
            problem=(problem or self.cash_note) if self.digits else "",
            pay=pay_buttons(self.session, is_on=not problem),
            back=ButtonView(
                say("The rest cannot be paid") if captured else say("Back to sale"), Do.BACK, "quiet", "back", "Esc"
            ),
            other=other_ways(is_on=not problem),
            gift_card=gift_card_button(self.session, is_on=not problem),
            park=ButtonView(say("Park this sale"), Do.PARK, "quiet", "pause", "F10") if captured else None,
        )

    @property
    def _is_part_paid(self) -> bool:
        return bool(self.bill.paid.minor)

    def _quick(self) -> tuple[ButtonView, ...]:
        due = self.bill.due
        parts = ((1, say("all")), (2, say("half")), (3, say("third")), (4, say("quarter")))
        amounts = [(Money(-(-due.minor // by), due.currency), word) for by, word in parts]
        return tuple(
            ButtonView(short_money(amount), Give(amount.minor), sub=word, name=f"{money(amount)}, {word}")
            for amount, word in amounts
        )

    def typed(self, key: Key) -> Next:
        if key.text and (key.text.isdigit() or key.text in ".,"):
            return self.act(TypeDigits(key.text.replace(",", ".")))
        if key.text.upper() == "P":
            return self.act(Do.GIVEN)
        if key.text.upper() == "G":
            return self.act(Do.GIFT_CARD)
        return None

    def act(self, action: Action) -> Next:
        due = self.bill.due
        match action:
            case TypeDigits() | Do.DELETE_DIGIT:
                self.digits = edit_amount(self.digits, action, due.currency)
            case Give(minor):
                self.digits = as_digits(Money(minor, due.currency))
            case Do.CASH | Do.CARD | Do.PHONE | Do.GIVEN | Do.GIFT_CARD if not self.problem:
                self.session.bill = self.bill.taking(self.wanted)
                return start_tender(self.session, action)
            case Do.PARK if self._is_part_paid:
                return park(self.session)
            case Do.BACK:
                return GiveBack() if self._is_part_paid else leave_order(self.session)
            case _:
                pass
        return None
