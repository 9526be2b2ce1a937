"""Sales that wait: parked with a part paid, or left to a payment that is not known yet. Any of them can be taken up."""

from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import OrderId
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.tenders import TENDERS, Taken
from boxoffice.services.gateway import News, Order, PaymentResolved, UnknownPayment
from boxoffice.ui.actions import Action, Do, TakeUp
from boxoffice.ui.flow.page import BasePage
from boxoffice.ui.flow.session import Session
from boxoffice.ui.flow.tenders import sale_page
from boxoffice.ui.flow.work import Lane
from boxoffice.ui.keys import Key, Named
from boxoffice.ui.views.parts import ButtonView, RowView, TagView
from boxoffice.ui.views.pay import ParkedView
from boxoffice.ui.words import clock, count, explain, money


class ParkedPage(BasePage):
    section = Do.SELL
    comes_to_its_end = True
    keys: ClassVar = {Named.ESC: Do.BACK}
    help_lines = (("1 to 9", "take up that sale"), ("Esc", "back to the tiles"))

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.orders: tuple[Order, ...] = ()
        self.is_loading, self.problem = True, ""
        self._look()

    def _look(self) -> None:
        self.session.call(self.session.till.parked, self._found, failed=self._failed, lane=Lane.LOOK)

    def _found(self, orders: tuple[Order, ...]) -> None:
        self.orders, self.is_loading, self.problem = orders, False, ""

    def _failed(self, error: BoxofficeError) -> None:
        self.is_loading, self.problem = False, " ".join(explain(error))

    def view(self) -> ParkedView:
        numbered = tuple(enumerate(self._in_order(), 1))
        return ParkedView(
            title="Parked and waiting",
            hint=f"{count(len(self.orders), 'sale')} on this till" if self.orders else "",
            waiting=tuple(self._row(i, order) for i, order in numbered if _is_open(order)),
            parked=tuple(self._row(i, order) for i, order in numbered if not _is_open(order)),
            empty_title="" if self.is_loading else "Nothing is parked",
            empty_text=self.problem or "A sale of which a part is paid can be parked with F10.",
            back=ButtonView("Back to tiles", Do.BACK, "quiet", "back", "Esc"),
        )

    def _in_order(self) -> tuple[Order, ...]:
        return (*filter(_is_open, self.orders), *(each for each in self.orders if not _is_open(each)))

    def _row(self, number: int, order: Order) -> RowView:
        is_open = _is_open(order)
        names = ", ".join(f"{line.count} × {line.name}" for line in order.lines)
        paid = f"{money(order.paid)} paid" if order.paid.minor else "Not paid"
        is_phone = any(TENDERS[each.kind].taken is Taken.PAGE and _is_live(each.status) for each in order.tenders)
        icon = ("phone" if is_phone else "unknown") if is_open else "pause"
        return RowView(
            f"Order {order.number}",
            f"{names} · since {clock(order.placed_at)}",
            icon,
            "unknown" if is_open else "plain",
            amount=money(order.total),
            tag=TagView("Payment unknown", "unknown", "unknown") if is_open else TagView(paid, "warn", "clock"),
            button=ButtonView(
                "See" if is_open else "Take up",
                TakeUp(order.id),
                "plain" if is_open else "strong",
                key=str(number) if number < 10 else "",
                name=f"Take up order {order.number}",
            ),
        )

    def typed(self, key: Key) -> None:
        orders = self._in_order()
        if key.text.isascii() and key.text.isdigit() and 1 <= int(key.text) <= len(orders):
            self._take_up(orders[int(key.text) - 1].id)

    def act(self, action: Action) -> None:
        match action:
            case TakeUp(order_id):
                self._take_up(order_id)
            case Do.BACK:
                self.session.go(sale_page(self.session))
            case _:
                pass

    def _take_up(self, order_id: OrderId) -> None:
        session = self.session
        if not session.is_idle:
            session.say("Finish the sale at hand first. This one is kept.", state="warn", icon="info")
            return
        take_up_now(session, order_id)

    def news(self, news: News) -> None:
        if isinstance(news, PaymentResolved):
            self._look()


def take_up_now(session: Session, order_id: OrderId) -> None:
    """Goes on with an order that waited, as it is by now; one that was paid or ended meanwhile is only told of."""
    till = session.till

    def found(answer: tuple[Order, tuple[UnknownPayment, ...]]) -> None:
        order, session.unknown = answer
        _take_up(session, order)

    session.call(lambda: (till.order(order_id), till.unknown_payments()), found, keys_wait=True)


def _take_up(session: Session, order: Order) -> None:
    from boxoffice.ui.flow.orders import OrdersPage

    if order.state is not OrderState.PROCESSING:
        session.go(OrdersPage(session, order.number))
        return
    session.new_sale()
    session.note_order(order)
    session.go(sale_page(session))


def _is_live(status: PaymentStatus) -> bool:
    return status in (PaymentStatus.STARTED, PaymentStatus.UNKNOWN)


def _is_open(order: Order) -> bool:
    return any(_is_live(each.status) for each in order.tenders)
