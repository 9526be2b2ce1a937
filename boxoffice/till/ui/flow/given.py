"""A payment that a word is enough for, such as a complimentary ticket: which one where there are several, and why."""

from typing import ClassVar

from boxoffice.core.comp_budget import CompsGiven
from boxoffice.core.limits import Extent
from boxoffice.core.money import Money
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.rights import Right
from boxoffice.core.tenders import LONGEST_REASON, TENDERS, Need, Tender, TenderKind
from boxoffice.till.ui.actions import Action, Destination, Do
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.comps import comps_words
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import PaymentPage
from boxoffice.till.ui.flow.pay_buttons import GIVEN
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.summary import back_to_sale, summary
from boxoffice.till.ui.flow.tenders import paid, placed_order, step_back, with_order
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.order_actions import GiveReason
from boxoffice.till.ui.sale_actions import TakeAs
from boxoffice.till.ui.speech import count, later, say
from boxoffice.till.ui.views.parts import AdviceView, ButtonView
from boxoffice.till.ui.views.pay import GivenView
from boxoffice.till.ui.words import TENDER_ICONS, money, tender_name
from boxoffice.till.usecases.gateway.orders import Order

_MOST_NAMED = 2
_FIRST_PLACE = TILE_LETTERS.index("A")


class GivenPage(PaymentPage):
    """Asks why it is given; nothing is placed or taken before that is said."""

    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK}
    help_lines = (
        ("A S D F Z", later("why it is given")),
        ("/", later("type another reason")),
        ("Enter", later("take it, once there is a reason")),
        ("Esc", later("back")),
    )

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.kind = GIVEN[0]
        self.reason = ""
        self.given: CompsGiven | None = None
        if session.sale.catalogue.comps.is_set:
            session.call(session.till.comps_given, self._counted, lane=Lane.LOOK)

    def _counted(self, given: CompsGiven) -> None:
        self.given = given

    @property
    def row(self) -> Tender:
        return TENDERS[self.kind]

    @property
    def amount(self) -> Money:
        return self.bill.amount

    @property
    def is_ready(self) -> bool:
        return bool(self.reason.strip()) or not self.row.reasons

    def view(self) -> GivenView:
        row, amount, reason = self.row, money(self.amount), self.reason.strip()
        verb = later("Take {amount}") if row.is_money else later("Give {amount}")
        return GivenView(
            summary=summary(self.session, self.bill, back=back_to_sale()),
            title=tender_name(self.kind),
            ways=tuple(map(self._way, GIVEN)) if len(GIVEN) > 1 else (),
            question=say("Why is it free?") if row.reasons and not row.is_money else say("Why?") if row.reasons else "",
            reasons=tuple(self._reason(i, why) for i, why in enumerate(row.reasons)),
            typed="" if reason in row.reasons else self.reason,
            amount_label=say("They pay with it") if row.is_money else say("You give away"),
            amount=amount,
            what=self._what(),
            advice=self._advice(),
            finish=ButtonView(
                say(verb, amount=amount) if self.is_ready else say("Choose a reason"),
                Do.FINISH,
                "primary",
                "check" if self.is_ready else "",
                "Enter" if self.is_ready else "",
                is_on=self.is_ready,
            ),
        )

    def _way(self, kind: TenderKind) -> ButtonView:
        is_chosen = kind is self.kind
        return ButtonView(tender_name(kind), TakeAs(kind), "strong" if is_chosen else "plain", TENDER_ICONS[kind])

    def _reason(self, index: int, why: str) -> ButtonView:
        at = _FIRST_PLACE + index
        key = TILE_LETTERS[at] if at < len(TILE_LETTERS) else ""
        return ButtonView(say(why), GiveReason(why), key=key, icon="check" if why == self.reason else "")

    def _what(self) -> str:
        items = self.bill.order.lines if self.bill.order is not None else ()
        number = sum(line.count for line in items)
        if self.bill.quote is not None:
            number = sum(line.quantity for line in self.bill.quote.lines)
        of = "" if self.amount == self.bill.total else say(" of {total}", total=money(self.bill.total))
        return f"{count(number, 'item')}{of}"

    def _advice(self) -> tuple[AdviceView, ...]:
        if self.row.is_money:
            return (AdviceView("safe", say("It is saved with the sale, and needs no network.")),)
        words = comps_words(self.given, self.session.sale.catalogue.comps)
        return (
            *([AdviceView("tag", words)] if words else []),
            AdviceView("ticket", say("**It takes a place** like any other sale.")),
            AdviceView("receipt", say("The reason stays in the books. Write no names in it.")),
            AdviceView("safe", say("No money moves, and none can be refunded.")),
        )

    def typed(self, key: Key) -> Next:
        at = -1 if key.tile is None else key.tile - _FIRST_PLACE
        if 0 <= at < len(self.row.reasons):
            self.reason = self.row.reasons[at]
        return None

    def act(self, action: Action) -> Next:
        match action:
            case TakeAs(kind) if kind in GIVEN:
                self.kind, self.reason = kind, ""
            case GiveReason(why):
                self.reason = why[:LONGEST_REASON]
            case Do.FINISH if self.is_ready:
                return with_order(self.session, self._take)
            case Do.BACK:
                return step_back(self.session, self.bill)
            case _:
                pass
        return None

    def _take(self) -> None:
        session, kind, amount, reason = self.session, self.kind, self.amount, self.reason.strip()
        order_id = placed_order(session).id

        def take() -> Order:
            return session.till.take(order_id, kind, amount, reason)

        if Need.SUPERVISOR in self.row.needs:
            notes = (
                ("tag", reason),
                ("receipt", say("{what} · order {number}", what=self._what(), number=placed_order(session).number)),
            )
            order = placed_order(session)
            captured = (each for each in order.tenders if each.status is PaymentStatus.CAPTURED)
            before = sum(each.amount.minor for each in captured if each.kind is kind)
            act = Act(
                Right.COMP, say("to give away"), self._names(), amount, notes, Extent(minor=amount.minor + before)
            )
            allowed(session, act, take, self._taken)
        else:
            session.call(take, self._taken, keys_wait=True)

    def _names(self) -> str:
        """Returns the things of the sale, the first few by their names."""
        lines = placed_order(self.session).lines
        named = [f"{line.count} × {line.name}" for line in lines[:_MOST_NAMED]]
        more = len(lines) - len(named)
        return ", ".join(named) + (say(" and {more} more", more=more) if more else "")

    def _taken(self, order: Order) -> Next:
        return paid(self.session, order)
