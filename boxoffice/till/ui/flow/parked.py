"""Sales that wait: carts, sales with a part paid, and those left to a payment that is not known yet."""

from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import OrderId
from boxoffice.till.ui.actions import Action, Destination, Do
from boxoffice.till.ui.flow.destinations import Next, Sell
from boxoffice.till.ui.flow.open_payments import has_code, is_open, open_tag
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import take_up, to_sale
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.order_actions import TakeUp
from boxoffice.till.ui.sale_actions import TakeUpCart
from boxoffice.till.ui.speech import count, later, number, say
from boxoffice.till.ui.views.parts import ButtonView, RowView, TagView
from boxoffice.till.ui.views.pay import ParkedView
from boxoffice.till.ui.words import clock, explain, money
from boxoffice.till.usecases.gateway.orders import Order
from boxoffice.till.usecases.gateway.parked import ParkedSale, TakenUp
from boxoffice.till.usecases.gateway.standing import PaymentResolved, TillEvent, TillStatus


class ParkedPage(BasePage):
    section = Do.SELL
    comes_to_its_end = True
    keys: ClassVar = {Named.ESC: Do.BACK}
    help_lines = ((later("1 to 9"), later("take up that sale")), ("Esc", later("back to the tiles")))

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.orders: tuple[Order, ...] = ()
        self.carts: tuple[ParkedSale, ...] = ()
        self.is_loading, self.problem = True, ""
        session.drop_words_of_waiting()
        self._look()

    def _look(self) -> None:
        till = self.session.till
        look = lambda: (till.parked(), till.parked_carts())  # noqa: E731  # one question for both
        self.session.call(look, self._found, failed=self._failed, lane=Lane.LOOK)

    def _found(self, found: tuple[tuple[Order, ...], tuple[ParkedSale, ...]]) -> None:
        self.orders, self.carts = found
        self.is_loading, self.problem = False, ""

    def _failed(self, error: BoxofficeError) -> None:
        self.is_loading, self.problem = False, " ".join(explain(error))

    def view(self) -> ParkedView:
        numbered = tuple(enumerate(self._in_order(), 1))
        carts = tuple(self._cart(i, cart) for i, cart in enumerate(self.carts, len(numbered) + 1))
        return ParkedView(
            title=say("Parked and waiting"),
            hint=self._hint(),
            waiting=tuple(self._row(i, order) for i, order in numbered if is_open(order)),
            parked=(*(self._row(i, order) for i, order in numbered if not is_open(order)), *carts),
            empty_title="" if self.is_loading else say("Nothing is parked"),
            empty_text=self.problem or say("F10 parks the sale at hand. It waits here until somebody takes it up."),
            back=ButtonView(say("Back to tiles"), Do.BACK, "quiet", "back", "Esc"),
        )

    def _hint(self) -> str:
        """Returns where they wait; offline, that those of other tills are not among them."""
        here = len(self.orders) + sum(not cart.till for cart in self.carts)
        words = [say("{sales} on this till", sales=count(here, "sale"))] if here else []
        if elsewhere := len(self.carts) + len(self.orders) - here:
            words.append(say("{number} at other tills", number=number(elsewhere)))
        status = self.session.status
        if status is not None and not status.is_online:
            words.append(say("those of other tills need the network"))
        return " · ".join(words)

    def _cart(self, place: int, cart: ParkedSale) -> RowView:
        names = ", ".join(cart.lines)
        about = [say("since {time}", time=clock(cart.parked_at)), *([cart.by] if cart.by else [])]
        return RowView(
            cart.name or names,
            " · ".join([*([names] if cart.name else []), *about, *([cart.till] if cart.till else [])]),
            "pause",
            "plain",
            amount=money(cart.total),
            tag=TagView(say("Not paid yet"), "plain", "clock"),
            button=ButtonView(
                say("Take up"),
                TakeUpCart(cart.id),
                "strong",
                key=str(place) if place < 10 else "",
                name=say("Take up {name}", name=cart.name or names),
            ),
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
        takes: list[Action] = [
            *(TakeUp(order.id) for order in self._in_order()),
            *(TakeUpCart(cart.id) for cart in self.carts),
        ]
        if key.text.isascii() and key.text.isdigit() and 1 <= int(key.text) <= len(takes):
            return self.act(takes[int(key.text) - 1])
        return None

    def act(self, action: Action) -> Next:
        match action:
            case TakeUp(order_id):
                self._take_up(order_id)
            case TakeUpCart(cart_id):
                self._take_up_cart(cart_id)
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

    def _take_up_cart(self, cart_id: str) -> None:
        session = self.session
        if not session.is_idle:
            session.say(say("Finish the sale at hand first. This one is kept."), state="warn", icon="info")
            return

        def taken(up: TakenUp) -> Next:
            session.resume(up)
            if not up.is_sure:
                session.say(
                    say("With no network, another till may have taken it up as well. Ask the customer."),
                    state="warn",
                    icon="warning",
                    of_sale=True,
                )
            return Sell()

        def failed(error: BoxofficeError) -> None:
            session.say_failed(error)
            self._look()

        session.call(lambda: session.till.take_parked(cart_id), taken, failed=failed, keys_wait=True)

    def heard(self, told: TillEvent) -> Next:
        match told:
            case PaymentResolved():
                self._look()
            case TillStatus(parked=parked) if parked != len(self.orders) + len(self.carts) and not self.is_loading:
                self._look()
            case _:
                pass
        return None
