"""The orders of this till, newest first: find one, and print, save or send its receipt and tickets again."""

from typing import ClassVar, Final

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.orders import HELD, Channel, OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.till.ui.actions import (
    Action,
    Do,
    OpenOrder,
    PrintPaper,
    SavePaper,
    SawThat,
    SearchFor,
    SendEmail,
    SubmitSearch,
)
from boxoffice.till.ui.flow.destinations import Next, Note, Orders, Refund, Swap
from boxoffice.till.ui.flow.open_payments import open_tag
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.paper import Papers
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.views.pages import OrdersView, OrderView
from boxoffice.till.ui.views.parts import AdviceView, ButtonView, RowView, TagView
from boxoffice.till.ui.words import TENDER_ICONS, TENDER_WORDS, clock, count, day, explain, money
from boxoffice.till.usecases.gateway.after_sale import Seen
from boxoffice.till.usecases.gateway.orders import Found, Order, Paperwork, Tender

_NOT_PAID: Final = TagView("Not paid yet", "warn", "clock")
_TO_COLLECT: Final = TagView("To collect", "info", "clock")
_PART_PAID: Final = TagView("Part paid", "info", "clock")
_TAGS: Final = {
    OrderState.COMPLETED: TagView("Paid", "ok", "check"),
    OrderState.PENDING: _NOT_PAID,
    OrderState.PROCESSING: _NOT_PAID,
    OrderState.FAILED: TagView("Ended, not paid", "plain", "cross"),
    OrderState.REFUNDED: TagView("Refunded", "plain", "back"),
    OrderState.PARTIALLY_REFUNDED: TagView("Part refunded", "warn", "back"),
}
_AT_ONCE: Final = 20
_HAVE_PAPERS: Final = frozenset({OrderState.COMPLETED, OrderState.REFUNDED, OrderState.PARTIALLY_REFUNDED})
_TENDER_TAGS: Final = {
    PaymentStatus.CAPTURED: None,
    PaymentStatus.STARTED: TagView("Under way", "info", "clock"),
    PaymentStatus.FAILED: TagView("Not charged", "plain", "cross"),
    PaymentStatus.UNKNOWN: TagView("Unknown", "unknown", "unknown"),
}


_LETTERS: Final = {"U": Do.REFUND, "I": Do.SWAP, "N": Do.NOTE, "M": Do.NAME}
_LOOKS: Final = {
    Seen.PHOTO_ID: "Photo ID",
    Seen.CODE: "Their code",
    Seen.CARD: "Their card",
    Seen.SOMEONE_ELSE: "Someone else",
}
_LOOK_KEYS: Final = TILE_LETTERS[: len(_LOOKS)]


class OrdersPage(BasePage):
    section = Do.ORDERS
    keys: ClassVar = {Named.ESC: Do.BACK, Named.PAGE_DOWN: Do.MORE, Named.ENTER: Do.HAND_OVER_ORDER}
    help_lines = (
        ("/", "search by number, e-mail or product"),
        ("↑ ↓", "choose an order"),
        ("PgDn", "show more"),
        ("F9", "print its receipt"),
        ("F10", "print its tickets"),
        ("U I N M", "give money back of it, swap something of it, note something, change its name"),
        ("Q W E R", "what shows that it is theirs; then Enter hands it over"),
        ("Tab", "to the e-mail address"),
        ("Esc", "clear the search, then back to the sale"),
    )

    def __init__(self, session: Session, to: Orders) -> None:
        super().__init__(session, to)
        self.query = to.query
        self.most = _AT_ONCE
        self.seen: Seen | None = None
        self.orders: tuple[Order, ...] = ()
        self.total = 0
        self.papers: Papers | None = None
        self.is_loading, self.problem = True, ""
        self._asked = 0
        self._look()

    def _look(self) -> None:
        self._asked += 1
        asked, query, most = self._asked, self.query.strip(), self.most
        self.is_loading = True

        def found(orders: Found) -> None:
            if asked == self._asked:
                self._found(orders)

        def failed(error: BoxofficeError) -> None:
            self.is_loading = False
            self.problem = " ".join(explain(error))

        self.session.call(lambda: self.session.till.find_orders(query, most), found, failed=failed, lane=Lane.LOOK)

    def _found(self, found: Found) -> None:
        orders = found.orders
        self.orders, self.total, self.is_loading, self.problem = orders, found.total, False, ""
        if self.papers is None or self.papers.order.id not in {order.id for order in orders}:
            self.papers = Papers(self.session, orders[0]) if orders else None

    # Words

    def view(self) -> OrdersView:
        status = self.session.status
        offline = " on this till" if status is not None and not status.is_online else ""
        return OrdersView(
            search=self.query,
            found=f"{count(self.total, 'order')}{self._matching()}{offline}",
            rows=tuple(self._row(order) for order in self.orders),
            empty_title="No order matches" if self.query.strip() else "No orders yet",
            empty_text=self.problem or "Try the order number, or scan a ticket or receipt."
            if self.query.strip()
            else self.problem or "Each sale of this till shows up here at once.",
            is_loading=self.is_loading and not self.orders,
            more=self._more(),
            order=self._order(self.papers) if self.papers else None,
        )

    def _matching(self) -> str:
        if not self.query.strip():
            return ""
        return " matches" if self.total == 1 else " match"

    def _more(self) -> ButtonView | None:
        rest = self.total - len(self.orders)
        return ButtonView(f"Show {min(rest, _AT_ONCE)} more", Do.MORE, key="PgDn") if rest > 0 else None

    def _row(self, order: Order) -> RowView:
        items = count(sum(line.count for line in order.lines), "item")
        paid = [each for each in order.tenders if each.status is PaymentStatus.CAPTURED]
        ways = " + ".join(dict.fromkeys(TENDER_WORDS[each.kind] for each in paid))
        placed, today = order.placed_at, self.session.till.now().date()
        when = clock(placed) if placed.date() == today else f"{day(placed.date())}, {clock(placed)}"
        where = order.device_name if order.is_elsewhere else ""
        detail = " · ".join(part for part in (items, ways, where, when) if part)
        return RowView(
            order.name or f"Order {order.number}",
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
            title=order.name or f"Order {order.number}",
            detail=" · ".join(part for part in (_number_of(order), placed, order.device_name) if part),
            amount=money(order.total),
            tag=_tag(order),
            lines=tuple(
                RowView(f"{line.count} × {line.name}", line.detail, amount=money(line.total)) for line in order.lines
            ),
            tenders=tuple(
                RowView(
                    TENDER_WORDS[each.kind],
                    each.words or (f"{money(each.tendered)} given" if each.tendered else ""),
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
            ButtonView(words, SawThat(seen), icon="check" if seen is self.seen else "", key=_LOOK_KEYS[i])
            for i, (seen, words) in enumerate(_LOOKS.items())
        )

    def _hand_over(self, order: Order) -> ButtonView | None:
        if not order.waits_for_collection:
            return None
        if self.seen is None:
            return ButtonView("Look who collects", Do.HAND_OVER_ORDER, "primary", is_on=False)
        what = count(order.ticket_count, "ticket")
        return ButtonView(f"Hand over {what}", Do.HAND_OVER_ORDER, "primary", "ticket", "Enter")

    def _collect(self, order: Order) -> None:
        seen, session, order_id = self.seen, self.session, order.id
        if seen is None or not order.waits_for_collection or session.is_busy:
            return

        def collected(order: Order) -> None:
            self.seen = None
            self.papers = Papers(session, order)
            session.say(f"Order {order.number} was handed over.", icon="ticket")
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
            case _:
                return None

    def _step(self, by: int) -> Next:
        ids = [order.id for order in self.orders]
        at = ids.index(self.papers.order.id) if self.papers and self.papers.order.id in ids else 0
        return self.act(OpenOrder(ids[min(max(at + by, 0), len(ids) - 1)]))

    def act(self, action: Action) -> Next:
        match action:
            case SearchFor(text) | SubmitSearch(text):
                self.query, self.most = text, _AT_ONCE
                self._look()
            case Do.MORE if self.total > len(self.orders):
                self.most += _AT_ONCE
                self._look()
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
            case Do.REFUND | Do.SWAP | Do.NOTE | Do.NAME if self.papers is not None:
                return self._act_on(self.papers.order, action)
            case Do.BACK:
                return self._back()
            case _:
                pass
        return None

    def _back(self) -> Next:
        if not self.query:
            return to_sale(self.session)
        self.query, self.most = "", _AT_ONCE
        self._look()
        return None


def _number_of(order: Order) -> str:
    return f"Order {order.number}" if order.name else ""


def _noted(order: Order, detail: str) -> str:
    return f"{detail} · “{order.note}”" if order.note else detail


def _facts(order: Order) -> tuple[AdviceView, ...]:
    """Returns what is known of an order beside its money."""
    saved = "Saved here and at the hub" if order.is_synced else "Saved here, not sent yet"
    who = ", ".join(part for part in (order.email, order.phone) if part) if order.is_elsewhere else ""
    return (
        AdviceView("safe", "Sold elsewhere, as the hub told it last" if order.is_elsewhere else saved),
        *((AdviceView("person", who),) if who else ()),
        *((AdviceView("info", f"“{order.note}”"),) if order.note else ()),
        *(AdviceView("clock", words) for words in order.waits),
    )


def _acts(order: Order) -> tuple[ButtonView, ...]:
    name = ButtonView("Name", Do.NAME, icon="person", key="M")
    note = (name,) if order.is_elsewhere else (ButtonView("Note", Do.NOTE, icon="info", key="N"), name)
    if order.state not in HELD:
        return note
    return (
        ButtonView("Refund", Do.REFUND, "danger", "back", "U"),
        ButtonView("Swap", Do.SWAP, icon="sync", key="I"),
        *note,
    )


def _tag(order: Order) -> TagView:
    tag = open_tag(order)
    if tag is not None:
        return tag
    if order.waits_for_collection and order.ticket_count:
        return _TO_COLLECT
    if order.state is OrderState.PROCESSING and order.paid.minor:
        return _PART_PAID
    if order.state is OrderState.FAILED and any(each.given_back is not None for each in order.tenders):
        return TagView("Ended, given back", "plain", "back")
    return _TAGS[order.state]


def _has_papers(order: Order) -> bool:
    """A sale whose money went back has a receipt of that."""
    if order.is_elsewhere:
        return False
    return order.state in _HAVE_PAPERS or any(each.given_back is not None for each in order.tenders)


def _tender_tag(tender: Tender) -> TagView | None:
    if tender.given_back is None:
        return _TENDER_TAGS[tender.status]
    back = "Given back" if tender.given_back == tender.amount else f"{money(tender.given_back)} given back"
    return TagView(back, "plain", "back") if tender.is_back else TagView("Going back", "info", "clock")
