"""The rest of a sale can't be paid: give back what was taken, with the reason, or park the sale and go on."""

from typing import ClassVar, Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.limits import Extent
from boxoffice.core.money import Money, total_of
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.rights import Right
from boxoffice.core.tenders import TENDERS, Back
from boxoffice.till.ui.actions import Action, Destination, Do
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage, PaymentPage
from boxoffice.till.ui.flow.payment_places import GivenBack
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import order_summary, summary
from boxoffice.till.ui.flow.tenders import park, placed_order, to_sale
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.order_actions import GiveReason
from boxoffice.till.ui.speech import count, later, plural, say, told
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, NoticeView, RowView, TagView
from boxoffice.till.ui.views.pay import AnswerView, GiveBackView
from boxoffice.till.ui.words import money, tender_name
from boxoffice.till.usecases.gateway.orders import Order, Tender

_STAY: Final = (plural("place stays", "places stay"), plural("item stays", "items stay"))
_CAN_BE_SOLD: Final = (
    plural("place can be sold", "places can be sold"),
    plural("item can be sold", "items can be sold"),
)
REASONS: Final = {"A": later("Card failed"), "S": later("Changed mind"), "D": later("Too dear"), "N": later("Other")}
"""Each with its key: A, S and D by their place on the keyboard, N by its letter."""
_BACK_WORDS: Final = {
    Back.DRAWER: later("out of this drawer"),
    Back.CARD: later("onto the gift card"),
    Back.PROVIDER: later("back through the hub, in some days"),
    Back.NEVER: later("no money: it falls with the sale"),
}
_PLACES: Final = {4: "A", 5: "S", 6: "D"}


class GiveBackPage(PaymentPage):
    """Asks for one of three: take the rest after all, park, or give back."""

    section = Do.SELL
    keys: ClassVar = {Named.ESC: Do.BACK, Named.F10: Do.PARK, Named.ENTER: Do.GIVE_BACK}
    help_lines = (
        ("A S D N", later("why it is given back")),
        ("Enter", later("give it back, once a reason is chosen")),
        ("F10", later("park the sale; what is paid stays paid")),
        ("Esc", later("take the rest after all")),
    )

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.order = placed_order(session)
        self.reason = ""

    def view(self) -> GiveBackView:
        bill, paid, back = self.bill, money(self.order.paid), _sum(self.order, Back.DRAWER, Back.CARD, Back.PROVIDER)
        failed = [each for each in self.order.tenders if each.status is PaymentStatus.FAILED]
        return GiveBackView(
            summary=summary(self.session, self.bill),
            title=say("The rest cannot be paid"),
            back=ButtonView(say("Take {due} after all", due=money(bill.due)), Do.BACK, "quiet", "back", "Esc"),
            paid=paid,
            due=money(bill.due),
            tags=(
                *(
                    TagView(f"{money(each.received)} {tender_name(each.kind).lower()}", "ok", "check")
                    for each in _captured(self.order)
                ),
                *(
                    TagView(say("{tender} failed", tender=tender_name(each.kind)), "danger", "cross")
                    for each in failed[-1:]
                ),
            ),
            park_lines=(
                AdviceView(
                    "ticket",
                    say(
                        "{things} kept for them on this till.",
                        things=_things(self.order, *_STAY),
                    ),
                ),
                AdviceView("safe", say("**{paid} stays paid**, also when the till is restarted.", paid=paid)),
                AdviceView("clock", say("Find it under **Parked** when they come back.")),
            ),
            park=ButtonView(say("Park, keep {paid}", paid=paid), Do.PARK, "strong", "pause", "F10"),
            ways=tuple(_way(each) for each in _captured(self.order)),
            reasons=tuple(
                ButtonView(say(why), GiveReason(why), key=key, icon="check" if why == self.reason else "")
                for key, why in REASONS.items()
            ),
            reason=say(self.reason),
            give_back=ButtonView(
                _end_words(back) if self.reason else say("Choose a reason"),
                Do.GIVE_BACK,
                "primary",
                "back" if self.reason else "",
                "Enter" if self.reason else "",
                is_on=bool(self.reason),
            ),
            foot=say("Places go back on sale only after the money is back. Nobody books money that is not there."),
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
                allowed(
                    session,
                    self._act(),
                    lambda: session.till.give_back(order_id, why),
                    self._given,
                    failed=self._failed,
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
        what = say("Order {number}, which can't be paid in full", number=order.number)
        return Act(
            Right.REFUND,
            say("to give back"),
            what,
            order.paid,
            (("tag", f"**{self.reason}**"), *ways),
            Extent(minor=order.paid.minor),
        )

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
    help_lines = (("Enter", later("next customer")),)

    def __init__(self, session: Session, to: GivenBack) -> None:
        super().__init__(session, to)
        self.order = to.order

    def view(self) -> AnswerView:
        order = self.order
        cash, card, rest = (_sum(order, each) for each in (Back.DRAWER, Back.CARD, Back.PROVIDER))
        title = (
            say("Give back {cash} in cash", cash=money(cash))
            if cash.minor
            else say("{rest} goes back", rest=money(rest))
        )
        if not cash.minor and not rest.minor:
            on_card = say("{amount} is back on the gift card", amount=money(card))
            title = on_card if card.minor else say("Ended. Nothing goes back")
        asked = (
            say("{rest} goes back to the card that paid it. The hub sees to it.", rest=money(rest))
            if rest.minor
            else ""
        )
        advice = [AdviceView("safe", say("**Safe:** order {number} is ended, and that is saved.", number=order.number))]
        if card.minor:
            words = say("on the gift card again, for any till to spend.")
            advice.append(AdviceView("gift", f"**{money(card)}:** {words}"))
        if rest.minor:
            words = say("asked for as soon as the hub can be reached. Orders shows it; a bank takes some days.")
            advice.append(AdviceView("card", f"**{money(rest)}:** {words}"))
        if order.ticket_count:
            advice.append(
                AdviceView(
                    "ticket",
                    say(
                        "{things} again.",
                        things=_things(order, *_CAN_BE_SOLD),
                    ),
                )
            )
        return AnswerView(
            summary=order_summary(order),
            notice=NoticeView(title, asked or _out_of(cash), "ok", "cash" if cash.minor else "back"),
            steps=(),
            advice=tuple(advice),
            left=None,
            right=(ButtonView(say("Next customer"), Do.NEXT, "primary", key="Enter"),),
        )

    def act(self, action: Action) -> Next:
        return to_sale(self.session) if action is Do.NEXT else None


def _captured(order: Order) -> list[Tender]:
    return [each for each in order.tenders if each.status is PaymentStatus.CAPTURED and each.amount.minor]


def _sum(order: Order, *ways: Back) -> Money:
    amounts = (each.received for each in _captured(order) if TENDERS[each.kind].back in ways)
    return total_of(amounts, order.total.currency)


def _end_words(back: Money) -> str:
    return say("Give back {back}", back=money(back)) if back.minor else say("End the sale")


def _out_of(cash: Money) -> str:
    return say("Out of this till's drawer.") if cash.minor else say("It was no money.")


def _way(tender: Tender) -> RowView:
    row, name = TENDERS[tender.kind], tender_name(tender.kind)
    title = told(tender.words) or name if row.is_card else name
    return RowView(title, say(_BACK_WORDS[row.back]), row.icon, amount=money(tender.received))


def _things(order: Order, places: tuple[str, str], items: tuple[str, str]) -> str:
    n = sum(line.count for line in order.lines)
    return count(n, *(places if order.ticket_count == n else items))
