"""The rest of a sale can't be paid: give back what was taken, with the reason, or park the sale and go on."""

from typing import ClassVar, Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.money import Money, total_of
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.rights import Right
from boxoffice.core.tenders import TENDERS, Back
from boxoffice.till.ui.actions import Action, Destination, Do, GiveReason
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import GivenBack, Next
from boxoffice.till.ui.flow.page import BasePage, PaymentPage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import order_summary, summary
from boxoffice.till.ui.flow.tenders import park, placed_order, to_sale
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView, RowView, TagView
from boxoffice.till.ui.views.pay import AnswerView, GiveBackView
from boxoffice.till.ui.words import TENDER_WORDS, count, money
from boxoffice.till.usecases.gateway.orders import Order, Tender

REASONS: Final = {"A": "Card failed", "S": "Changed mind", "D": "Too dear", "N": "Other"}
"""Each with its key: A, S and D by their place on the keyboard, N by its letter."""
_BACK_WORDS: Final = {
    Back.DRAWER: "out of this drawer",
    Back.PROVIDER: "back through the hub, in some days",
    Back.NEVER: "no money: it falls with the sale",
}
_PLACES: Final = {4: "A", 5: "S", 6: "D"}


class GiveBackPage(PaymentPage):
    """Asks for one of three: take the rest after all, park, or give back."""

    section = Do.SELL
    keys: ClassVar = {Named.ESC: Do.BACK, Named.F10: Do.PARK, Named.ENTER: Do.GIVE_BACK}
    help_lines = (
        ("A S D N", "why it is given back"),
        ("Enter", "give it back, once a reason is chosen"),
        ("F10", "park the sale; what is paid stays paid"),
        ("Esc", "take the rest after all"),
    )

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.order = placed_order(session)
        self.reason = ""

    def view(self) -> GiveBackView:
        bill, paid, back = self.bill, money(self.order.paid), _sum(self.order, Back.DRAWER, Back.PROVIDER)
        failed = [each for each in self.order.tenders if each.status is PaymentStatus.FAILED]
        return GiveBackView(
            summary=summary(self.session, self.bill),
            title="The rest cannot be paid",
            back=ButtonView(f"Take {money(bill.due)} after all", Do.BACK, "quiet", "back", "Esc"),
            paid=paid,
            due=money(bill.due),
            tags=(
                *(
                    TagView(f"{money(each.received)} {TENDER_WORDS[each.kind].lower()}", "ok", "check")
                    for each in _captured(self.order)
                ),
                *(TagView(f"{TENDER_WORDS[each.kind]} failed", "danger", "cross") for each in failed[-1:]),
            ),
            park_lines=(
                AdviceView("ticket", f"{_things(self.order)} kept for them on this till."),
                AdviceView("safe", f"**{paid} stays paid**, also when the till is restarted."),
                AdviceView("clock", "Find it under **Parked** when they come back."),
            ),
            park=ButtonView(f"Park, keep {paid}", Do.PARK, "strong", "pause", "F10"),
            ways=tuple(_way(each) for each in _captured(self.order)),
            reasons=tuple(
                ButtonView(why, GiveReason(why), key=key, icon="check" if why == self.reason else "")
                for key, why in REASONS.items()
            ),
            reason=self.reason,
            give_back=ButtonView(
                _end_words(back) if self.reason else "Choose a reason",
                Do.GIVE_BACK,
                "primary",
                "back" if self.reason else "",
                "Enter" if self.reason else "",
                is_on=bool(self.reason),
            ),
            foot="Places go back on sale only after the money is back. Nobody books money that is not there.",
        )

    def typed(self, key: Key) -> Next:
        letter = _PLACES.get(key.tile, "") if key.tile is not None else key.text.upper()
        if letter in REASONS:
            self.reason = REASONS[letter]
        return None

    def act(self, action: Action) -> Next:
        session = self.session
        match action:
            case GiveReason(why) if why in REASONS.values():
                self.reason = why
            case Do.GIVE_BACK if self.reason:
                order_id, why = self.order.id, self.reason
                session.allowed(
                    self._act(), lambda: session.till.give_back(order_id, why), self._given, failed=self._failed
                )
            case Do.PARK:
                return park(session)
            case Do.BACK:
                return to_sale(session)
            case _:
                pass
        return None

    def _act(self) -> Act:
        order = self.order
        ways = [("next", f"{money(each.amount)} {_BACK_WORDS[TENDERS[each.kind].back]}") for each in _captured(order)]
        what = f"Order {order.number}, which can't be paid in full"
        return Act(Right.REFUND, "to give back", what, order.paid, (("tag", f"**{self.reason}**"), *ways))

    def _given(self, order: Order) -> Next:
        self.session.new_sale()
        return GivenBack(order)

    def _failed(self, error: BoxofficeError) -> None:
        """What stands in the way may be a payment that came in meanwhile: the order is looked at anew."""
        session, order_id = self.session, self.order.id
        session.say_failed(error)

        def found(order: Order) -> Next:
            session.note_order(order)
            return to_sale(session)

        session.call(lambda: session.till.order(order_id), found)


class GivenBackPage(BasePage):
    """What to hand out of the drawer, and what the hub sees to. It is saved before this is shown."""

    section = Do.SELL
    comes_to_its_end = True
    keys: ClassVar = {Named.ENTER: Do.NEXT, Named.ESC: Do.NEXT}
    help_lines = (("Enter", "next customer"),)

    def __init__(self, session: Session, to: GivenBack) -> None:
        super().__init__(session, to)
        self.order = to.order

    def view(self) -> AnswerView:
        order = self.order
        cash, rest = _sum(order, Back.DRAWER), _sum(order, Back.PROVIDER)
        title = f"Give back {money(cash)} in cash" if cash.minor else f"{money(rest)} goes back"
        if not cash.minor and not rest.minor:
            title = "Ended. Nothing goes back"
        asked = f"{money(rest)} goes back to the card that paid it. The hub sees to it." if rest.minor else ""
        advice = [AdviceView("safe", f"**Safe:** order {order.number} is ended, and that is saved.")]
        if rest.minor:
            words = "asked for as soon as the hub can be reached. Orders shows it; a bank takes some days."
            advice.append(AdviceView("card", f"**{money(rest)}:** {words}"))
        if order.ticket_count:
            advice.append(AdviceView("ticket", f"{_things(order, 'can be sold')} again."))
        return AnswerView(
            summary=order_summary(order),
            notice=NoticeView(title, asked or _out_of(cash), "ok", "cash" if cash.minor else "back"),
            steps=(),
            advice=tuple(advice),
            left=None,
            right=(ButtonView("Next customer", Do.NEXT, "primary", key="Enter"),),
        )

    def act(self, action: Action) -> Next:
        return to_sale(self.session) if action is Do.NEXT else None


def _captured(order: Order) -> list[Tender]:
    return [each for each in order.tenders if each.status is PaymentStatus.CAPTURED and each.amount.minor]


def _sum(order: Order, *ways: Back) -> Money:
    amounts = (each.received for each in _captured(order) if TENDERS[each.kind].back in ways)
    return total_of(amounts, order.total.currency)


def _end_words(back: Money) -> str:
    return f"Give back {money(back)}" if back.minor else "End the sale"


def _out_of(cash: Money) -> str:
    return "Out of this till's drawer." if cash.minor else "It was no money."


def _way(tender: Tender) -> RowView:
    row, name = TENDERS[tender.kind], TENDER_WORDS[tender.kind]
    title = tender.words or name if row.is_card else name
    return RowView(title, _BACK_WORDS[row.back], row.icon, amount=money(tender.received))


def _things(order: Order, what: str = "stay") -> str:
    n = sum(line.count for line in order.lines)
    noun = "place" if order.ticket_count == n else "item"
    is_one = n == 1 and what == "stay"
    return f"{count(n, noun)} {'stays' if is_one else what}"
