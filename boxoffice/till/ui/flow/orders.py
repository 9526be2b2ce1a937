"""The orders of this till, newest first: find one, and print, save or send its receipt and tickets again."""

from collections.abc import Mapping
from typing import ClassVar, Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.orders import HELD, Channel, OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import TENDERS
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow import sieves
from boxoffice.till.ui.flow.destinations import Next, Note, Orders, Refund, Swap, Transfer
from boxoffice.till.ui.flow.open_payments import open_tag
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.paper import Papers
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.order_actions import (
    OpenOrder,
    PrintPaper,
    SavePaper,
    SawThat,
    SearchFor,
    SendEmail,
    Sift,
    SubmitSearch,
)
from boxoffice.till.ui.speech import count, later, say, told
from boxoffice.till.ui.views.pages import OrdersView, OrderView
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, RowView, TagView
from boxoffice.till.ui.words import TENDER_ICONS, clock, day, explain, money, said, tender_name
from boxoffice.till.usecases.gateway.after_sale import Seen
from boxoffice.till.usecases.gateway.orders import Found, Order, Paperwork, Tender, Which

_NOT_PAID: Final = TagView(later("Not paid yet"), "warn", "clock")
_TO_COLLECT: Final = TagView(later("To collect"), "info", "clock")
_PART_PAID: Final = TagView(later("Part paid"), "info", "clock")
_TAGS: Final = {
    OrderState.COMPLETED: TagView(later("Paid"), "ok", "check"),
    OrderState.PENDING: _NOT_PAID,
    OrderState.PROCESSING: _NOT_PAID,
    OrderState.FAILED: TagView(later("Ended, not paid"), "plain", "cross"),
    OrderState.REFUNDED: TagView(later("Refunded"), "plain", "back"),
    OrderState.PARTIALLY_REFUNDED: TagView(later("Part refunded"), "warn", "back"),
}
_AT_ONCE: Final = 20
_HAVE_PAPERS: Final = frozenset({OrderState.COMPLETED, OrderState.REFUNDED, OrderState.PARTIALLY_REFUNDED})
_TENDER_TAGS: Final = {
    PaymentStatus.CAPTURED: None,
    PaymentStatus.STARTED: TagView(later("Under way"), "info", "clock"),
    PaymentStatus.FAILED: TagView(later("Not charged"), "plain", "cross"),
    PaymentStatus.UNKNOWN: TagView(later("Unknown"), "unknown", "unknown"),
}


_LOOKS: Final = {
    Seen.PHOTO_ID: later("Photo ID"),
    Seen.CODE: later("Their code"),
    Seen.CARD: later("Their card"),
    Seen.SOMEONE_ELSE: later("Someone else"),
}
_LOOK_KEYS: Final = TILE_LETTERS[: len(_LOOKS)]
_LETTERS: Final[Mapping[str, Action]] = {
    "U": Do.REFUND,
    "I": Do.SWAP,
    "N": Do.NOTE,
    "M": Do.NAME,
    "T": Do.TRANSFER,
    sieves.TURN: Do.TURN_CHIPS,
    **{key: Sift(where) for key, where in sieves.SIEVES.items()},
}


class OrdersPage(BasePage):
    section = Do.ORDERS
    keys: ClassVar = {Named.ESC: Do.BACK, Named.PAGE_DOWN: Do.MORE, Named.ENTER: Do.HAND_OVER_ORDER}
    help_lines = (
        ("/", later("search by number, e-mail or product")),
        ("↑ ↓", later("choose an order")),
        ("PgDn", later("show more")),
        ("F9", later("print its receipt")),
        ("F10", later("print its tickets")),
        ("U I N M", later("give money back of it, swap something of it, note something, change its name")),
        ("T", later("give it to another person: its codes end, and new ones take their place")),
        ("A X S D", later("all of them, those to collect, or those that were sold there")),
        ("F C V B Z", later("this till’s, today’s, one’s own, those refunded, those not sent; G turns the row")),
        ("Q W E R", later("what shows that it is theirs; then Enter hands it over")),
        ("Tab", later("to the e-mail address")),
        ("Esc", later("clear the search, then back to the sale")),
    )

    def __init__(self, session: Session, to: Orders) -> None:
        super().__init__(session, to)
        self.query = to.query
        self.most = _AT_ONCE
        self.where, self.chip_row = Which.ANYWHERE, 0
        self.seen: Seen | None = None
        self.orders: tuple[Order, ...] = ()
        self.total = 0
        self.papers: Papers | None = None
        self.is_loading, self.problem = True, ""
        self._asked = 0
        self._look()

    def _look(self) -> None:
        self._asked += 1
        asked, query, most, where = self._asked, self.query.strip(), self.most, self.where
        self.is_loading = True

        def found(orders: Found) -> None:
            if asked == self._asked:
                self._found(orders)

        def failed(error: BoxofficeError) -> None:
            self.is_loading = False
            self.problem = " ".join(explain(error))

        till = self.session.till
        self.session.call(lambda: till.find_orders(query, most, where), found, failed=failed, lane=Lane.LOOK)

    def _found(self, found: Found) -> None:
        orders = found.orders
        self.orders, self.total, self.is_loading, self.problem = orders, found.total, False, ""
        if self.papers is None or self.papers.order.id not in {order.id for order in orders}:
            self.papers = Papers(self.session, orders[0]) if orders else None

    # Words

    def view(self) -> OrdersView:
        status = self.session.status
        offline = say(" on this till") if status is not None and not status.is_online else ""
        return OrdersView(
            search=self.query,
            found=f"{self._count()}{offline}",
            rows=tuple(self._row(order) for order in self.orders),
            empty_title=say("No order matches") if self.query.strip() else say("No orders yet"),
            empty_text=self.problem or say("Try the order number, or scan a ticket or receipt.")
            if self.query.strip()
            else self.problem or say("Each sale of this till shows up here at once."),
            is_loading=self.is_loading and not self.orders,
            more=self._more(),
            chips=sieves.chips(self.chip_row, self.where),
            order=self._order(self.papers) if self.papers else None,
        )

    def _count(self) -> str:
        if not self.query.strip():
            return count(self.total, "order")
        return count(self.total, "order matches", "orders match")

    def _more(self) -> ButtonView | None:
        rest = self.total - len(self.orders)
        return (
            ButtonView(say("Show {orders} more", orders=min(rest, _AT_ONCE)), Do.MORE, key="PgDn") if rest > 0 else None
        )

    def _row(self, order: Order) -> RowView:
        items = count(sum(line.count for line in order.lines), "item")
        paid = [each for each in order.tenders if each.status is PaymentStatus.CAPTURED]
        ways = " + ".join(dict.fromkeys(tender_name(each.kind) for each in paid))
        placed, today = order.placed_at, self.session.till.now().date()
        when = clock(placed) if placed.date() == today else f"{day(placed.date())}, {clock(placed)}"
        where = order.device_name if order.is_elsewhere else ""
        detail = " · ".join(part for part in (items, ways, where, when) if part)
        return RowView(
            order.name or say("Order {number}", number=order.number),
            f"{order.number} · {detail}" if order.name else _noted(order, detail),
            "calendar" if order.channel is Channel.WEB else "",
            amount=money(order.total),
            tag=_tag(order),
            action=OpenOrder(order.id),
            is_chosen=self.papers is not None and self.papers.order.id == order.id,
        )

    def _order(self, papers: Papers) -> OrderView:
        order = papers.order
        has_papers = _has_papers(order)
        placed = f"{day(order.placed_at.date())}, {clock(order.placed_at)}"
        return OrderView(
            title=order.name or say("Order {number}", number=order.number),
            detail=" · ".join(part for part in (_number_of(order), placed, order.device_name) if part),
            amount=money(order.total),
            tag=_tag(order),
            lines=tuple(
                RowView(f"{line.count} × {line.name}", line.detail, amount=money(line.total)) for line in order.lines
            ),
            tenders=tuple(
                RowView(
                    tender_name(each.kind),
                    _detail_of(each),
                    TENDER_ICONS[each.kind],
                    amount=money(each.amount),
                    tag=_tender_tag(each),
                )
                for each in order.tenders
            ),
            facts=_facts(order),
            papers=papers.rows() if has_papers else (),
            buttons=papers.save_buttons() if has_papers else (),
            acts=_acts(order),
            looks=self._looks(order),
            hand_over=self._hand_over(order),
            email=order.email,
            email_problem=papers.email_problem,
            email_note=papers.email_note,
            is_sending=papers.is_sending,
            can_email=order.state in _HAVE_PAPERS and not order.is_elsewhere,
        )

    # Doing

    def typed(self, key: Key) -> Next:
        if key.name in (Named.UP, Named.DOWN) and self.orders:
            return self._step(1 if key.name is Named.DOWN else -1)
        if key.tile is not None and key.tile < len(_LOOKS) and self.papers is not None:
            return self.act(SawThat(tuple(_LOOKS)[key.tile]))
        if key.text.upper() in _LETTERS:
            return self.act(_LETTERS[key.text.upper()])
        if self.papers is not None and _has_papers(self.papers.order):
            if key.name is Named.F9:
                return self.act(self.papers.main(Paperwork.RECEIPT))
            if key.name is Named.F10 and Paperwork.TICKETS in self.papers.kinds:
                return self.act(self.papers.main(Paperwork.TICKETS))
        return None

    def _looks(self, order: Order) -> tuple[ButtonView, ...]:
        if not order.waits_for_collection:
            return ()
        return tuple(
            ButtonView(say(words), SawThat(seen), icon="check" if seen is self.seen else "", key=_LOOK_KEYS[i])
            for i, (seen, words) in enumerate(_LOOKS.items())
        )

    def _hand_over(self, order: Order) -> ButtonView | None:
        if not order.waits_for_collection:
            return None
        if self.seen is None:
            return ButtonView(say("Look who collects"), Do.HAND_OVER_ORDER, "primary", is_on=False)
        what = count(order.ticket_count, "ticket")
        return ButtonView(say("Hand over {tickets}", tickets=what), Do.HAND_OVER_ORDER, "primary", "ticket", "Enter")

    def _collect(self, order: Order) -> None:
        seen, session, order_id = self.seen, self.session, order.id
        if seen is None or not order.waits_for_collection or session.is_busy:
            return

        def collected(order: Order) -> None:
            self.seen = None
            self.papers = Papers(session, order)
            session.say(say("Order {number} was handed over.", number=order.number), icon="ticket")
            self._look()

        session.call(lambda: session.till.collect(order_id, seen), collected, keys_wait=True)

    def _act_on(self, order: Order, what: Do) -> Next:
        back = Orders(self.query or order.number)
        match what:
            case Do.NOTE if not order.is_elsewhere:
                return Note(order, back)
            case Do.NAME:
                return Note(order, Orders(order.number), is_name=True)
            case Do.REFUND if order.state in HELD:
                return Refund(order.id, back)
            case Do.SWAP if order.state in HELD:
                return Swap(order.id, back)
            case Do.TRANSFER if order.state in HELD and order.ticket_count:
                return Transfer(order, Orders(order.number))
            case _:
                return None

    def _step(self, by: int) -> Next:
        ids = [order.id for order in self.orders]
        at = ids.index(self.papers.order.id) if self.papers and self.papers.order.id in ids else 0
        return self.act(OpenOrder(ids[min(max(at + by, 0), len(ids) - 1)]))

    def act(self, action: Action) -> Next:
        match action:
            case SearchFor() | SubmitSearch() | Sift() | Do.MORE:
                self._search(action)
            case Do.TURN_CHIPS:
                self.chip_row = sieves.turned(self.chip_row)
            case OpenOrder(order_id):
                order = next((each for each in self.orders if each.id == order_id), None)
                if order is not None and (self.papers is None or self.papers.order.id != order_id):
                    self.papers, self.seen = Papers(self.session, order), None
            case PrintPaper() | SavePaper() | SendEmail() if self.papers is not None:
                self.papers.act(action)
            case SawThat(seen):
                self.seen = seen
            case Do.HAND_OVER_ORDER if self.papers is not None:
                self._collect(self.papers.order)
            case Do.REFUND | Do.SWAP | Do.NOTE | Do.NAME | Do.TRANSFER if self.papers is not None:
                return self._act_on(self.papers.order, action)
            case Do.BACK:
                return self._back()
            case _:
                pass
        return None

    def _search(self, action: Action) -> None:
        match action:
            case SearchFor(text) | SubmitSearch(text):
                self.query, self.most = text, _AT_ONCE
            case Sift(where):
                self.where, self.most, self.chip_row = where, _AT_ONCE, sieves.row_of(where)
            case _ if self.total > len(self.orders):
                self.most += _AT_ONCE
            case _:
                return
        self._look()

    def _back(self) -> Next:
        if not self.query:
            return to_sale(self.session)
        self.query, self.most = "", _AT_ONCE
        self._look()
        return None


def _number_of(order: Order) -> str:
    return say("Order {number}", number=order.number) if order.name else ""


def _noted(order: Order, detail: str) -> str:
    return f"{detail} · “{order.note}”" if order.note else detail


def _facts(order: Order) -> tuple[AdviceView, ...]:
    """Returns what is known of an order beside its money."""
    saved = say("Saved here and at the hub") if order.is_synced else say("Saved here, not sent yet")
    who = ", ".join(part for part in (order.email, order.phone) if part) if order.is_elsewhere else ""
    return (
        AdviceView("safe", say("Sold elsewhere, as the hub told it last") if order.is_elsewhere else saved),
        *((AdviceView("person", who),) if who else ()),
        *((AdviceView("info", f"“{order.note}”"),) if order.note else ()),
        *((AdviceView("plus", say("Added to order {number}", number=order.adds_to)),) if order.adds_to else ()),
        *(AdviceView("clock", told(words)) for words in order.waits),
    )


def _acts(order: Order) -> tuple[ButtonView, ...]:
    name = ButtonView(say("Name"), Do.NAME, icon="person", key="M")
    note = (name,) if order.is_elsewhere else (ButtonView(say("Note"), Do.NOTE, icon="info", key="N"), name)
    if order.state not in HELD:
        return note
    return (
        ButtonView(say("Void") if _is_for_nothing(order) else say("Refund"), Do.REFUND, "danger", "back", "U"),
        ButtonView(say("Swap"), Do.SWAP, icon="sync", key="I"),
        *((ButtonView(say("Transfer"), Do.TRANSFER, icon="person", key="T"),) if order.ticket_count else ()),
        *note,
    )


def _is_for_nothing(order: Order) -> bool:
    paid = [each for each in order.tenders if each.status is PaymentStatus.CAPTURED]
    return bool(paid) and not any(TENDERS[each.kind].is_money for each in paid)


def _tag(order: Order) -> TagView:
    tag = open_tag(order)
    if tag is not None:
        return tag
    if order.waits_for_collection and order.ticket_count:
        return said(_TO_COLLECT)
    if order.state is OrderState.PROCESSING and order.paid.minor:
        return said(_PART_PAID)
    if order.state is OrderState.FAILED and any(each.given_back is not None for each in order.tenders):
        return TagView(say("Ended, given back"), "plain", "back")
    return said(_TAGS[order.state])


def _has_papers(order: Order) -> bool:
    """A sale whose money went back has a receipt of that."""
    if order.is_elsewhere:
        return False
    return order.state in _HAVE_PAPERS or any(each.given_back is not None for each in order.tenders)


def _detail_of(tender: Tender) -> str:
    if tender.words or tender.tendered is None:
        return told(tender.words)
    return say("{tendered} given", tendered=money(tender.tendered))


def _tender_tag(tender: Tender) -> TagView | None:
    if tender.given_back is None:
        tag = _TENDER_TAGS[tender.status]
        return None if tag is None else said(tag)
    back = (
        say("Given back")
        if tender.given_back == tender.amount
        else say("{given_back} given back", given_back=money(tender.given_back))
    )
    return TagView(back, "plain", "back") if tender.is_back else TagView(say("Going back"), "info", "clock")
