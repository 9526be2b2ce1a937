"""Swaps one thing of an order for another: what they give back, what they get, and how the difference is paid."""

from typing import ClassVar, Final

from boxoffice.core.catalogue import FREE_AMOUNTS, Product
from boxoffice.core.errors import BoxofficeError
from boxoffice.core.ids import ProductId
from boxoffice.core.money import Money
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.rights import Right
from boxoffice.till.ui.actions import Action, Do
from boxoffice.till.ui.flow.acts import Act
from boxoffice.till.ui.flow.destinations import Next, Swap
from boxoffice.till.ui.flow.leave import allowed
from boxoffice.till.ui.flow.page import BasePage
from boxoffice.till.ui.flow.pay_buttons import pay_buttons
from boxoffice.till.ui.flow.payment_places import SaleComplete
from boxoffice.till.ui.flow.sale import stock_of
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.tenders import start_tender
from boxoffice.till.ui.keys import TILE_LETTERS, Key, Named
from boxoffice.till.ui.order_actions import TickThing
from boxoffice.till.ui.sale_actions import AddProduct
from boxoffice.till.ui.speech import later, number, say
from boxoffice.till.ui.views.after_sale import SwapView
from boxoffice.till.ui.views.parts import ButtonView, NoticeView, RowView
from boxoffice.till.ui.words import explain, money
from boxoffice.till.usecases.gateway.after_sale import RefundChoice, Thing
from boxoffice.till.usecases.gateway.orders import Order

_DIGIT_ROWS: Final = 9


class SwapPage(BasePage):
    section = Do.ORDERS
    keys: ClassVar = {
        Named.ENTER: Do.FINISH,
        Named.ESC: Do.BACK,
        Named.F5: Do.CASH,
        Named.F6: Do.CARD,
        Named.F7: Do.PHONE,
    }
    help_lines = (
        (later("1 to 9"), later("what they give back")),
        ("Q W E R", later("what they get; A S D F and Z X C V for the rows below")),
        ("F5 F6 F7", later("pay the difference in cash, by card, by phone")),
        ("Enter", later("swap, where nothing is to be paid")),
        ("Esc", later("leave the order as it is")),
    )

    def __init__(self, session: Session, to: Swap) -> None:
        super().__init__(session, to)
        self.to = to
        self.choice: RefundChoice | None = None
        self.thing: Thing | None = None
        self.product: Product | None = None
        self.problem: NoticeView | None = None
        self.is_loading = True
        self._look()

    def _look(self) -> None:
        session, order_id = self.session, self.to.order_id

        def found(choice: RefundChoice) -> None:
            self.choice, self.is_loading = choice, False
            there = [thing for thing in choice.things if thing.is_there]
            self.thing = there[0] if len(there) == 1 else None
            if not choice.is_own:
                words = say("Refund the ticket through the hub, and sell the other one.")
                self.problem = NoticeView(say("This order was sold elsewhere"), words, "warn", "info")

        session.call(lambda: session.till.refund_choice(order_id), found, failed=self._failed, keys_wait=True)

    def _failed(self, error: BoxofficeError) -> None:
        title, text = explain(error, self.session.catalogue)
        self.problem, self.is_loading = NoticeView(title, text, "danger", "warning"), False

    # What it comes to

    @property
    def products(self) -> tuple[Product, ...]:
        """What can be had for it: all that has a price and nothing to choose about it."""
        sold = self.session.sale.catalogue.products
        fit = (each for each in sold if each.kind not in FREE_AMOUNTS and not each.options)
        return tuple(fit)[: len(TILE_LETTERS)]

    @property
    def worth(self) -> Money | None:
        return None if self.choice is None or self.thing is None else self.choice.worth((self.thing.key,))

    @property
    def cost(self) -> Money | None:
        if self.product is None:
            return None
        catalogue = self.session.sale.catalogue
        return price(catalogue, _cart(self.product), at=self.session.till.now()).total

    @property
    def to_pay(self) -> Money | None:
        """What is to be paid (negative: what goes back); None while something is not chosen yet."""
        cost, worth = self.cost, self.worth
        is_own = self.choice is not None and self.choice.is_own
        return cost - worth if cost is not None and worth is not None and is_own else None

    # Words

    def view(self) -> SwapView:
        choice, to_pay = self.choice, self.to_pay
        return SwapView(
            title=say("Swap of order {number}", number=choice.number) if choice is not None else say("Swap"),
            close=ButtonView("", Do.BACK, "quiet", "cross", "Esc", name=say("Close")),
            rows=() if choice is None else tuple(self._row(i, each) for i, each in enumerate(choice.things)),
            is_loading=self.is_loading,
            problem=self.problem,
            gives=self._gives(),
            gets=self._gets(),
            products=tuple(self._button(i, each) for i, each in enumerate(self.products)),
            note=self._note(),
            detail=say("If payment fails, nothing changes.") if to_pay is not None and to_pay.minor > 0 else "",
            amount_label=say("To pay") if to_pay is None or to_pay.minor >= 0 else say("Give back"),
            amount="" if to_pay is None else money(to_pay if to_pay.minor > 0 else -to_pay),
            ways=self._ways(to_pay),
        )

    def _row(self, index: int, thing: Thing) -> RowView:
        is_chosen = thing == self.thing
        return RowView(
            thing.name,
            thing.detail if thing.is_there else say("Given back before, or void"),
            amount=money(thing.worth),
            action=TickThing(index) if thing.is_there else None,
            is_chosen=is_chosen,
            tick=is_chosen,
            key=str(index + 1) if thing.is_there and index < _DIGIT_ROWS else "",
        )

    def _gives(self) -> RowView:
        if self.thing is None:
            return RowView(say("Choose what they give back"))
        worth = self.worth
        return RowView(self.thing.name, self.thing.detail, amount=money(worth) if worth is not None else "")

    def _gets(self) -> RowView:
        product, cost = self.product, self.cost
        if product is None or cost is None:
            return RowView(say("Choose what they get"))
        stock = stock_of(product, self.session.status)
        left = say("{left} left", left=number(stock.here + stock.elsewhere)) if stock is not None else ""
        return RowView(product.name, left, amount=money(cost))

    def _button(self, index: int, product: Product) -> ButtonView:
        is_chosen = product == self.product
        letter = self.session.letters.get(index, TILE_LETTERS[index])
        return ButtonView(product.name, AddProduct(product.id), "strong" if is_chosen else "plain", key=letter)

    def _note(self) -> str:
        to_pay = self.to_pay
        if to_pay is None:
            return ""
        if to_pay.minor > 0:
            return say("The old ticket stops when the new one is paid.")
        if to_pay.minor < 0:
            return say("The difference leaves this drawer. The old ticket stops at once.")
        return say("The old ticket stops at once.")

    def _ways(self, to_pay: Money | None) -> tuple[ButtonView, ...]:
        if to_pay is None:
            return (ButtonView(say("Choose both"), Do.FINISH, "primary", is_on=False),)
        if to_pay.minor > 0:
            return pay_buttons(self.session, is_on=True)
        label = (
            say("Swap and give back {amount}", amount=money(-to_pay)) if to_pay.minor else say("Swap, nothing to pay")
        )
        return (ButtonView(label, Do.FINISH, "primary", "sync", "Enter"),)

    # Doing

    def typed(self, key: Key) -> Next:
        if key.tile is not None and key.tile < len(self.products):
            return self.act(AddProduct(self.products[key.tile].id))
        if key.text.isdigit() and key.text != "0":
            return self.act(TickThing(int(key.text) - 1))
        return None

    def act(self, action: Action) -> Next:
        if action is Do.BACK:
            return self.to.back
        to_pay = self.to_pay
        match action:
            case TickThing(index) if self.choice is not None and 0 <= index < len(self.choice.things):
                thing = self.choice.things[index]
                self.thing = thing if thing.is_there else self.thing
            case AddProduct(product_id):
                self._choose(product_id)
            case Do.CASH | Do.CARD | Do.PHONE if to_pay is not None and to_pay.minor > 0:
                self._swap(action)
            case Do.FINISH if to_pay is not None and to_pay.minor <= 0:
                self._swap(None)
            case _:
                pass
        return None

    def _choose(self, product_id: ProductId) -> None:
        self.product = next((each for each in self.products if each.id == product_id), self.product)

    def _swap(self, how: Do | None) -> None:
        session, order_id = self.session, self.to.order_id
        thing, product, to_pay = self.thing, self.product, self.to_pay
        if thing is None or product is None or session.is_busy:
            return
        self.problem = None

        def placed(order: Order) -> Next:
            session.new_sale()
            session.note_order(order)
            if not order.is_paid and how is not None:
                return start_tender(session, how)
            session.new_sale()
            if to_pay is not None and to_pay.minor < 0:
                session.say(
                    say("Give back {amount} in cash.", amount=money(-to_pay)), state="ok", icon="cash", stays=True
                )
            return SaleComplete(order)

        act = Act(Right.REFUND, say("to swap"), say("{old} for {new}", old=thing.name, new=product.name), to_pay)
        things, cart = (thing.key,), _cart(product)
        allowed(session, act, lambda: session.till.swap(order_id, things, cart), placed, failed=self._failed)


def _cart(product: Product) -> Cart:
    return Cart((CartLine(product.id, 1),))
