"""The messages by which tills of one event share carts that wait for their customer.

A cart is with exactly one till, which alone lets go of it: who wants another's asks the hub, which asks that till.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.event_file_shape import MAX_MINOR, PriceEntry
from boxoffice.core.facts import instant, instant_text
from boxoffice.core.ids import PriceKindId, ProductId, StaffId
from boxoffice.core.money import Currency, Money
from boxoffice.core.notes import MOST
from boxoffice.core.prices_in_file import rule_entry, rule_of
from boxoffice.core.pricing import MAX_QUANTITY, Cart, CartLine, PricedOrder
from boxoffice.core.reductions import Off, Reduction
from boxoffice.core.tariffs import Quoted, Tariff
from boxoffice.core.tenders import LONGEST_REASON
from boxoffice.core.wire.message import Message

Id = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$")]
Words = Annotated[str, StringConstraints(max_length=MOST, pattern=r"^[^\x00]*$")]


def _checked(text: str) -> str:
    try:
        at = instant(text)
        if at.tzinfo is None:
            raise ValueError("has no offset")
        return instant_text(at)
    except OverflowError as error:
        raise ValueError("is no moment") from error


Moment = Annotated[str, StringConstraints(max_length=40), AfterValidator(_checked)]
Minor = Annotated[int, Field(ge=0, le=MAX_MINOR)]
MOST_LINES: Final = 50
AT_ONCE: Final = 10
"""So many new carts are told in one request; the next one tells the rest."""


class QuotedMessage(Message):
    """Prices of a product as they were shown, at what moment: see `Quoted`."""

    at: Moment
    price_minor: Minor
    prices: Annotated[tuple[dict[str, Any], ...], Field(max_length=40)] = ()

    @classmethod
    def of(cls, quoted: Quoted) -> Self:
        rules = tuple(rule_entry(rule) for rule in quoted.tariff.rules)
        return cls(at=instant_text(quoted.at), price_minor=quoted.tariff.price.minor, prices=rules)

    def quoted(self, currency: Currency, zone: ZoneInfo) -> Quoted | None:
        """Returns the prices, or None for some that a later version has: the cart costs what it costs now."""
        try:
            rules = tuple(rule_of(PriceEntry.model_validate(rule), currency, zone) for rule in self.prices)
        except ValidationError:
            return None
        return Quoted(Tariff(Money(self.price_minor, currency), rules), instant(self.at))


class ReductionMessage(Message):
    """Something off the price, as `Reduction`."""

    off: Annotated[str, StringConstraints(max_length=20)]
    reason: Annotated[str, StringConstraints(max_length=LONGEST_REASON, pattern=r"^[^\x00]*$")]
    value: Minor = 0
    approved_by: Id | None = None

    @classmethod
    def of(cls, reduction: Reduction | None) -> Self | None:
        if reduction is None:
            return None
        off, by = reduction.off.value, reduction.approved_by
        return cls(off=off, reason=reduction.reason, value=reduction.value, approved_by=by)

    def reduction(self) -> Reduction | None:
        """Returns it, or None for one that a later version has."""
        if self.off not in {each.value for each in Off}:
            return None
        by = None if self.approved_by is None else StaffId(self.approved_by)
        return Reduction(Off(self.off), self.reason, self.value, by)


class ParkedLine(Message):
    product_id: Id
    name: Words
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
    amount: Minor | None = None
    option: Words | None = None
    price_kind: Id | None = None
    quoted: QuotedMessage | None = None
    reduction: ReductionMessage | None = None


class ParkedCart(Message):
    """`name` is what the customer is known by, `by` who parked it; `total` is what it came to then, in minor units.

    `reduction` is off all of it, `code` the promo code that was typed, and `adds_to` the order that it adds to, by id.
    """

    id: Id
    event_id: Id
    name: Words
    by: Words
    parked_at: Moment
    total: Minor
    lines: Annotated[tuple[ParkedLine, ...], Field(max_length=MOST_LINES)]
    reduction: ReductionMessage | None = None
    code: Words = ""
    adds_to: Id = ""
    is_party: bool = False

    @classmethod
    def of(cls, cart: Cart, priced: PricedOrder, catalogue: Catalogue, **about: str) -> Self:
        """Returns a cart as it waits, with all that it was shown at."""
        return cls(
            event_id=catalogue.id,
            total=priced.total.minor,
            lines=tuple(
                ParkedLine(
                    product_id=line.product_id,
                    name=catalogue.products_by_id[line.product_id].name,
                    quantity=line.quantity,
                    amount=None if line.amount is None else line.amount.minor,
                    option=line.option,
                    price_kind=line.price_kind,
                    quoted=None if line.quoted is None else QuotedMessage.of(line.quoted),
                    reduction=ReductionMessage.of(line.reduction),
                )
                for line in cart.lines
            ),
            reduction=ReductionMessage.of(cart.reduction),
            adds_to=cart.adds_to,
            is_party=cart.is_party,
            **about,
        )

    def cart(self, catalogue: Catalogue) -> Cart:
        whole = None if self.reduction is None else self.reduction.reduction()
        return Cart(tuple(_line(line, catalogue) for line in self.lines), whole, self.adds_to, self.is_party)


def _line(line: ParkedLine, catalogue: Catalogue) -> CartLine:
    return CartLine(
        ProductId(line.product_id),
        line.quantity,
        None if line.amount is None else Money(line.amount, catalogue.currency),
        line.option,
        None if line.price_kind is None else PriceKindId(line.price_kind),
        None if line.quoted is None else line.quoted.quoted(catalogue.currency, catalogue.zone),
        None if line.reduction is None else line.reduction.reduction(),
    )


class ParkedElsewhere(Message):
    """A cart of another till, by the name of that till."""

    till: str
    cart: ParkedCart


class ParkedRequest(Message):
    """`POST /api/till/parked`: what this till holds (`have`), of which the hub does not know `new` yet.

    Those that are `gone` were taken up; those `handed` it has let go of, for whoever wants them.
    """

    event_id: Id
    have: Annotated[tuple[Id, ...], Field(max_length=500)] = ()
    new: Annotated[tuple[ParkedCart, ...], Field(max_length=AT_ONCE)] = ()
    gone: Annotated[tuple[Id, ...], Field(max_length=500)] = ()
    handed: Annotated[tuple[Id, ...], Field(max_length=500)] = ()


class ParkedAnswer(Message):
    """Others' carts; those of its own that somebody `wants`; those that are this till's by now, and that it lacks.

    Those `taken` it does not have any more: it did not answer, and somebody else was given them.

    `tag` is another one whenever any of it is: the feed tells it.
    """

    others: tuple[ParkedElsewhere, ...] = ()
    wanted: tuple[str, ...] = ()
    yours: tuple[ParkedCart, ...] = ()
    taken: tuple[str, ...] = ()
    tag: str = ""


def moment(cart: ParkedCart) -> datetime:
    return instant(cart.parked_at)
