"""Sales that wait: parked with a part paid, or left to a payment that is not known yet. Any of them can be taken up."""

from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import OrderId
from boxoffice.till.ui.actions import Action, Destination, Do, TakeUp
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.open_payments import has_code, is_open, open_tag
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import take_up, to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import count, later, say
from boxoffice.till.ui.views.parts import ButtonView, RowView, TagView
from boxoffice.till.ui.views.pay import ParkedView
from boxoffice.till.ui.words import clock, explain, money
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.standing import PaymentResolved, TillEvent


class ParkedPage(BasePage):
    section = Do.SELL
    comes_to_its_end = True
    keys: ClassVar = {Named.ESC: Do.BACK}
    help_lines = ((later("1 to 9"), later("take up that sale")), ("Esc", later("back to the tiles")))

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.orders: tuple[Order, ...] = ()
        self.is_loading, self.problem = True, ""
        session.drop_words_of_waiting()
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
            title=say("Parked and waiting"),
            hint=say("{sales} on this till", sales=count(len(self.orders), "sale")) if self.orders else "",
            waiting=tuple(self._row(i, order) for i, order in numbered if is_open(order)),
            parked=tuple(self._row(i, order) for i, order in numbered if not is_open(order)),
            empty_title="" if self.is_loading else say("Nothing is parked"),
            empty_text=self.problem or say("A sale of which a part is paid can be parked with F10."),
            back=ButtonView(say("Back to tiles"), Do.BACK, "quiet", "back", "Esc"),
        )

    def _in_order(self) -> tuple[Order, ...]:
        return (*filter(is_open, self.orders), *(each for each in self.orders if not is_open(each)))

    def _row(self, number: int, order: Order) -> RowView:
        names = ", ".join(f"{line.count} × {line.name}" for line in order.lines)
        paid = say("{paid} paid", paid=money(order.paid)) if order.paid.minor else say("Not paid yet")
        tag = open_tag(order)
        icon = "pause" if tag is None else "phone" if has_code(order) else "unknown"
        return RowView(
            say("Order {number}", number=order.number),
            say("{names} · since {time}", names=names, time=clock(order.placed_at)),
            icon,
            "plain" if tag is None else tag.state,
            amount=money(order.total),
            tag=tag or TagView(paid, "warn", "clock"),
            button=ButtonView(
                say("Take up") if tag is None else say("See"),
                TakeUp(order.id),
                "strong" if tag is None else "plain",
                key=str(number) if number < 10 else "",
                name=say("Take up order {number}", number=order.number),
            ),
        )

    def typed(self, key: Key) -> Next:
        orders = self._in_order()
        if key.text.isascii() and key.text.isdigit() and 1 <= int(key.text) <= len(orders):
            self._take_up(orders[int(key.text) - 1].id)
        return None

    def act(self, action: Action) -> Next:
        match action:
            case TakeUp(order_id):
                self._take_up(order_id)
            case Do.BACK:
                return to_sale(self.session)
            case _:
                pass
        return None

    def _take_up(self, order_id: OrderId) -> None:
        session = self.session
        if not session.is_idle:
            session.say(say("Finish the sale at hand first. This one is kept."), state="warn", icon="info")
        else:
            take_up(session, order_id)

    def heard(self, told: TillEvent) -> Next:
        if isinstance(told, PaymentResolved):
            self._look()
        return None
