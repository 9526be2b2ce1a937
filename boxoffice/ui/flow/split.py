"""A sale paid in several ways: what is paid, what is due, and how much the next tender takes."""

from typing import ClassVar

from boxoffice.core.money import Money
from boxoffice.core.payments import PaymentStatus
from boxoffice.services.gateway import Tender
from boxoffice.ui.actions import Action, Do, Give, TypeDigits
from boxoffice.ui.flow.page import BasePage
from boxoffice.ui.flow.sell_view import pay_buttons, why_not_so_much
from boxoffice.ui.flow.session import Session
from boxoffice.ui.flow.tenders import leave_order, start_tender, summary
from boxoffice.ui.flow.typing import as_digits, edit_amount
from boxoffice.ui.keys import Key, Named
from boxoffice.ui.views.parts import ButtonView, RowView
from boxoffice.ui.views.pay import SplitView
from boxoffice.ui.words import TENDER_WORDS, amount_typed, money, short_money

_ICONS = {"cash": "cash", "terminal": "card", "checkout": "phone", "paypal": "phone"}


def _detail(tender: Tender) -> str:
    if tender.tendered is None or tender.tendered == tender.amount:
        return tender.words
    return f"{money(tender.tendered)} given, {money(tender.tendered - tender.amount)} change"


class SplitPage(BasePage):
    section = Do.SELL
    keys: ClassVar = {
        Named.F5: Do.CASH,
        Named.F6: Do.CARD,
        Named.F7: Do.PHONE,
        Named.ESC: Do.BACK,
        Named.BACKSPACE: Do.DELETE_DIGIT,
        Named.DELETE: Do.DELETE_DIGIT,
    }
    help_lines = (
        ("5 0", "the next tender takes $50"),
        (".", "cents"),
        ("F5 F6 F7", "take that amount by cash, card, phone"),
        ("Esc", "back to the sale, while nothing is paid"),
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.digits = ""
        session.sale.next_amount = None

    @property
    def wanted(self) -> Money:
        """What the next tender is to take: what was typed, or all that is due."""
        due = self.session.sale.due
        return amount_typed(self.digits, due.currency) if self.digits else due

    @property
    def problem(self) -> str:
        due = self.session.sale.due
        if self.wanted > due:
            return f"Only {money(due)} is still due."
        return "Type how much the next tender takes." if self.wanted.minor <= 0 else ""

    @property
    def cash_note(self) -> str:
        """What to know of this part and of the rest before it is taken: no card pays too little."""
        rest = self.session.sale.due - self.wanted
        if why_not_so_much(self.wanted):
            return f"{why_not_so_much(self.wanted)}. Take it in cash."
        return f"Leaves {money(rest)}, which no card pays: the rest must then be cash." if why_not_so_much(rest) else ""

    def view(self) -> SplitView:
        sale = self.session.sale
        order = sale.order
        captured = [each for each in order.tenders if each.status is PaymentStatus.CAPTURED] if order else []
        problem = self.problem
        return SplitView(
            summary=summary(self.session),
            title="Split",
            paid=tuple(
                RowView(
                    TENDER_WORDS[each.kind],
                    _detail(each),
                    _ICONS.get(each.kind.value, "cash"),
                    amount=money(each.amount),
                )
                for each in captured
            ),
            paid_total=money(sale.total - sale.due),
            due=money(sale.due),
            typed=money(self.wanted),
            quick=self._quick(),
            problem=(problem or self.cash_note) if self.digits else "",
            pay=pay_buttons(self.session, is_on=not problem),
            back=ButtonView(
                "Back to sale" if not captured else "Part is paid. Take the rest",
                Do.BACK,
                "quiet",
                "back",
                "Esc" if not captured else "",
                is_on=not captured,
            ),
        )

    def _quick(self) -> tuple[ButtonView, ...]:
        due = self.session.sale.due
        parts = ((1, "all"), (2, "half"), (3, "third"), (4, "quarter"))
        amounts = [(Money(-(-due.minor // by), due.currency), word) for by, word in parts]
        return tuple(
            ButtonView(short_money(amount), Give(amount.minor), sub=word, name=f"{money(amount)}, {word}")
            for amount, word in amounts
        )

    def typed(self, key: Key) -> None:
        if key.text and (key.text.isdigit() or key.text in ".,"):
            self.act(TypeDigits(key.text.replace(",", ".")))

    def act(self, action: Action) -> None:
        sale = self.session.sale
        match action:
            case TypeDigits() | Do.DELETE_DIGIT:
                self.digits = edit_amount(self.digits, action, sale.due.currency)
            case Give(minor):
                self.digits = as_digits(Money(minor, sale.due.currency))
            case Do.CASH | Do.CARD | Do.PHONE if not self.problem:
                sale.next_amount = self.wanted
                start_tender(self.session, action)
            case Do.BACK if sale.order is None or not sale.order.paid.minor:
                leave_order(self.session)
            case _:
                pass
