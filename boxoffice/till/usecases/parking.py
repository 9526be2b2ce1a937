"""Parks carts whose customer is not ready, and takes them up again, here or from another till of the event.

A cart holds no places and is no fact. It is with exactly one till, as the hub says as soon as it knows of it: a till
that answers lets go of it in one transaction, and of one that does not the hub gives it to whoever wants it.
"""

from typing import Final

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput, FieldError, OperationFailed
from boxoffice.core.facts import instant_text
from boxoffice.core.money import Money
from boxoffice.core.notes import read_note_of_order
from boxoffice.core.pricing import Cart, price
from boxoffice.core.rights import Right
from boxoffice.core.wire.parked import (
    AT_ONCE,
    MOST_LINES,
    ParkedAnswer,
    ParkedCart,
    ParkedElsewhere,
    ParkedRequest,
    moment,
)
from boxoffice.till.store import parked
from boxoffice.till.store.parked import WAITING, ParkedState
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.gateway.parked import ParkedSale, TakenUp
from boxoffice.till.usecases.link import Link
from boxoffice.till.usecases.ports import HubRefused, Unreachable

_ROUNDS: Final = 3
"""What somebody asks for while this till lets go of another is let go of at once, too; the rest can wait a second."""


class Parking:
    """One per till. What others have parked is known while the till is open, and told anew when it changes."""

    def __init__(self, context: TillContext, link: Link) -> None:
        self._context = context
        self._link = link
        self._others: tuple[ParkedElsewhere, ...] = ()
        self._tag = ""

    def park(self, cart: Cart, name: str, by: str, code: str = "") -> None:
        """Keeps a cart with the prices that it was shown at, what is taken off, and the promo code that was typed.

        Raises:
            BadInput: for an empty cart, one of too many lines, or a name that is too long or has a card's number in it.
        """
        self._context.operator.must(Right.SELL)
        now, catalogue = self._context.clock.now(), self._context.event.catalogue
        if len(cart.lines) > MOST_LINES:
            raise BadInput([FieldError("cart", f"must have {MOST_LINES} lines at most to be parked")])
        promo = catalogue.promo(code) if code else None
        priced = price(catalogue, cart, promo, at=now)
        kept = ParkedCart.of(
            cart,
            priced,
            catalogue,
            id=self._context.new_id(),
            name=read_note_of_order(name),
            by=by,
            parked_at=instant_text(now),
            code="" if promo is None else promo.code,
        )
        with self._context.store.transaction() as connection:
            parked.put(connection, kept, ParkedState.NEW)

    def waiting(self) -> tuple[ParkedSale, ...]:
        """Returns the carts that wait: this till's, and those of others as far as it knows while it is online."""
        own = (self._sale(cart, "") for cart in self._own())
        others = self._others if self._link.is_online else ()
        return (*own, *(self._sale(each.cart, each.till) for each in others))

    def count(self) -> int:
        return len(self._own()) + (len(self._others) if self._link.is_online else 0)

    def take_up(self, cart_id: str) -> TakenUp:
        """Returns a cart, which waits no more: nobody else gets it.

        The hub says who gets a cart that it knows. With no network this till takes up its own all the same: whoever
        stands there is served, and is told that another till may have been given it.

        Raises:
            OperationFailed: if it is not here (any more).
            Unreachable: if it is another till's, and the hub does not answer.
            HubRefused: if another has it.
        """
        self._context.operator.must(Right.SELL)
        catalogue = self._context.event.catalogue
        own = next((cart for cart in self._own() if cart.id == cart_id), None)
        if own is None and any(each.cart.id == cart_id for each in self._others):
            found = self._link.call(lambda hub: hub.take_parked(str(catalogue.id), cart_id))
            with self._context.store.transaction() as connection:
                parked.put(connection, found, ParkedState.GONE)
            return _taken_up(found, catalogue)
        is_sure = own is None or self._is_surely_ours(cart_id)
        with self._context.store.transaction() as connection:
            if own is None or not parked.let_go(connection, cart_id, ParkedState.GONE):
                raise OperationFailed("This sale is not parked here any more.", "Nothing was changed.", "")
        return _taken_up(own, catalogue, is_sure=is_sure)

    def _is_surely_ours(self, cart_id: str) -> bool:
        """Asks the hub for a cart of our own that it knows of; returns whether it was there to say so.

        Raises:
            HubRefused: if another till was given it meanwhile.
        """
        if all(cart.id != cart_id for cart in self._read(ParkedState.KEPT)):
            return True  # nobody else has ever heard of it
        try:
            self._link.call(lambda hub: hub.take_parked(str(self._context.event.catalogue.id), cart_id))
        except Unreachable:
            return False
        except HubRefused:
            with self._context.store.transaction() as connection:
                parked.forget(connection, (cart_id,), ParkedState.KEPT)
            raise
        return True

    def compare(self, tag: str | None) -> None:
        """Exchanges with the hub what is news on either side; one of an older version tells no tag, and knows of none.

        Raises:
            Unreachable: if the hub does not answer; it is told the next time.
        """
        if tag is None or not self._context.has_event:
            return
        if tag != self._tag or any(self._read(state) for state in ParkedState if state is not ParkedState.KEPT):
            self.exchange()

    def exchange(self) -> None:
        """Tells the hub what it does not know, and lets go at once of what somebody else wants."""
        for _ in range(_ROUNDS):
            if not self._exchange(self._request()):
                break

    def _exchange(self, request: ParkedRequest) -> bool:
        return self._take(request, self._link.call(lambda hub: hub.tell_parked(request)))

    def _request(self) -> ParkedRequest:
        new, gone, handed = (self._read(s) for s in (ParkedState.NEW, ParkedState.GONE, ParkedState.HANDED))
        return ParkedRequest(
            event_id=self._context.event.catalogue.id,
            have=tuple(cart.id for cart in self._own()),
            new=new[:AT_ONCE],
            gone=tuple(cart.id for cart in gone),
            handed=tuple(cart.id for cart in handed),
        )

    def _take(self, told: ParkedRequest, answer: ParkedAnswer) -> bool:
        """Takes an answer; returns whether the hub must hear more: somebody wants a cart, and is let have it."""
        with self._context.store.transaction() as connection:
            parked.note_known(connection, (cart.id for cart in told.new))
            parked.forget(connection, told.gone, ParkedState.GONE)
            parked.forget(connection, told.handed, ParkedState.HANDED)
            parked.forget(connection, answer.taken, ParkedState.KEPT)
            for cart in answer.yours:
                parked.add(connection, cart)
            handed = [parked.let_go(connection, cart_id, ParkedState.HANDED) for cart_id in answer.wanted]
        self._others, self._tag = answer.others, answer.tag
        return any(handed)

    def _own(self) -> tuple[ParkedCart, ...]:
        if not self._context.has_event:
            return ()
        with self._context.store.reading() as connection:
            return parked.read(connection, self._context.event.catalogue.id, WAITING)

    def _read(self, state: ParkedState) -> tuple[ParkedCart, ...]:
        with self._context.store.reading() as connection:
            return parked.read(connection, self._context.event.catalogue.id, (state,))

    def _sale(self, cart: ParkedCart, till: str) -> ParkedSale:
        lines = tuple(f"{line.quantity} × {line.name}" for line in cart.lines)
        total = Money(cart.total, self._context.event.catalogue.currency)
        return ParkedSale(cart.id, cart.name, lines, total, self._context.local(moment(cart)), cart.by, till)


def _taken_up(kept: ParkedCart, catalogue: Catalogue, *, is_sure: bool = True) -> TakenUp:
    return TakenUp(kept.cart(catalogue), kept.code, is_sure=is_sure)
