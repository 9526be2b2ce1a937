"""Giving money back in two steps: a choice, then a look at exactly what it will do, with the button that does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal, assert_never

from fastapi import APIRouter, Form, HTTPException, Request
from pydantic import AfterValidator, BaseModel, Field, field_validator
from starlette.responses import RedirectResponse, Response

from boxoffice.core.amounts import Twofold, read_amount
from boxoffice.core.books import Books
from boxoffice.core.errors import BadInput, FieldError, TryAgainLater
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.reading import read_line
from boxoffice.core.refunds import Part, still_there
from boxoffice.core.rows import PaymentRow
from boxoffice.documents.languages import Language, language, later
from sync.http.access import TheHub
from sync.http.services import TheServices, services_of
from sync.http.web.order_view import part_name, part_value, part_views, ways_of
from sync.http.web.orders import show_order
from sync.http.web.pages import render
from sync.http.web.signed_in import Finance, must_be_ours
from sync.ledger.hub import Hub
from sync.orders.access import NoSuchOrder
from sync.orders.order_details import placed_in
from sync.organizers.organizers import Organizer
from sync.payments.giving_back import NewOrderRefund, parts_in, refundable
from sync.shop.onto_card import refund_onto_card, why_no_card
from sync.store.ledger import load_books
from sync.tills.left_payments import LeftPayments
from sync.tills.left_unfinished import OrderNotLeft, end_order

router: Final = APIRouter(include_in_schema=False)
_USED: Final = later(
    "The refund of that form was asked for already: it is in the list below. Choose again for another one."
)
_CHANGED: Final = later("The order has changed since you looked, and nothing went back.")
_NO_AMOUNT: Final = later("Please type an amount such as 20 or 12.50.")
_TWOFOLD: Final = later(
    "This amount can be read in two ways. Please type it without marks for thousands, such as 1234 or 12.50."
)
_NO_CARD: Final = later("It can't go onto a gift card:")
_NOT_ENDED: Final = later("The order was not ended.")
_NOTHING_VOIDED: Final = later("Nothing was voided.")
_NOT_VOIDED: Final[Mapping[str, str]] = {
    "tickets": later("Choose tickets that still work."),
    "order": later("All of this order was paid with money: refund it instead."),
    "why": later("Give a reason."),
}
"""Why tickets can't be voided, by what is wrong."""
_LOOK_AGAIN: Final = later("The order has changed since you looked, and nothing went back. Look again.")


class Wish(BaseModel):
    """What to give back. `refund_id` is the form's own, so that pressing twice is one refund; `amount` is as typed."""

    csrf: str = Field(max_length=100)
    refund_id: str = Field(min_length=1, max_length=64)
    payment: str = Field(max_length=64)
    what: Literal["all", "parts", "amount"]
    amount: str = Field(default="", max_length=20)
    why: Annotated[str, Field(max_length=200), AfterValidator(read_line)] = ""
    parts: list[str] = Field(default=[], max_length=1_000)
    onto: Literal["payment", "card"] = "payment"
    """Where it goes: back the way it was paid, or onto a new gift card."""


class Word(Wish):
    """A wish, and what the look at it showed: its `parts`, all in one field, and the amount in `minor` units."""

    @field_validator("parts", mode="after")
    @classmethod
    def _apart(cls, joined: list[str]) -> list[str]:
        return " ".join(joined).split()

    minor: int


class End(BaseModel):
    """Which tickets are to stop working, and why."""

    csrf: str = Field(max_length=100)
    tickets: list[str] = Field(default=[], max_length=1_000)
    why: Annotated[str, Field(max_length=200), AfterValidator(read_line)] = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a wish comes to as things are now: these of the parts that are there, and this amount of the payment.

    `placed` and `to` are in the organizer's words.
    """

    books: Books
    placed: OrderPlaced
    payment: PaymentRow
    to: str
    there: tuple[Part, ...]
    parts: tuple[Part, ...]
    minor: int

    @property
    def left(self) -> int:
        return refundable(self.books, self.payment)

    @property
    def values(self) -> list[str]:
        return [part_value(part.key) for part in self.parts]

    def money(self, minor: int) -> str:
        return str(Money(minor, Currency(self.payment.currency)))


@router.post("/orders/{order_id}/refund/review")
def review(hub: TheHub, organizer: Finance, order_id: str, wish: Annotated[Wish, Form()]) -> Response:
    """Shows exactly what a refund will do; nothing happens yet."""
    must_be_ours(organizer, wish.csrf)
    speaks = language(organizer.language)
    try:
        choice = _choice(hub, order_id, wish, speaks)
    except BadInput as error:
        return show_order(hub, organizer, order_id, _words(error), 422, wish)
    if choice is None:
        return show_order(hub, organizer, order_id, speaks.say(_USED), 409)
    if wish.onto == "card" and (why := _no_card(hub, order_id, choice)):
        return show_order(hub, organizer, order_id, f"{speaks.say(_NO_CARD)} {speaks.say(why)}", 422, wish)
    return _look(organizer, wish, choice)


@router.post("/orders/{order_id}/refund")
def refund(request: Request, hub: TheHub, organizer: Finance, order_id: str, word: Annotated[Word, Form()]) -> Response:
    """Gives back what the look showed; if the order has changed since, shows that instead."""
    must_be_ours(organizer, word.csrf)
    speaks = language(organizer.language)
    try:
        choice = _choice(hub, order_id, word, speaks)
        if choice is not None and (choice.minor, choice.values) != (word.minor, word.parts):
            return _look(organizer, word, choice, speaks.say(_LOOK_AGAIN), 409)
        if choice is not None:
            keys, by = [part.key for part in choice.parts], str(organizer.id)
            new = NewOrderRefund(word.refund_id, order_id, word.payment, choice.minor, keys, word.why, by)
            if word.onto == "card":
                refund_onto_card(hub, new)
            else:
                services_of(request).refunds.request(new)
    except BadInput as error:
        return show_order(hub, organizer, order_id, f"{speaks.say(_CHANGED)} {_words(error)}", 422, word)
    return RedirectResponse(f"/orders/{order_id}", 303)


@router.post("/orders/{order_id}/void")
def void(request: Request, hub: TheHub, organizer: Finance, order_id: str, end: Annotated[End, Form()]) -> Response:
    """Voids tickets for which no money was paid, and so none can go back."""
    must_be_ours(organizer, end.csrf)
    say = language(organizer.language).say
    try:
        services_of(request).refunds.void(order_id, end.tickets, end.why, str(organizer.id))
    except BadInput as error:
        why = " ".join(say(_NOT_VOIDED[problem.place]) for problem in error.problems)
        return show_order(hub, organizer, order_id, f"{say(_NOTHING_VOIDED)} {why}", 422)
    except NoSuchOrder:
        raise HTTPException(404, "There is no such order.") from None
    return RedirectResponse(f"/orders/{order_id}", 303)


@router.post("/orders/{order_id}/end")
def end(
    services: TheServices, hub: TheHub, organizer: Finance, order_id: str, csrf: Annotated[str, Form()]
) -> Response:
    """Ends an order that its till has left part paid, and gives back what was paid of it."""
    must_be_ours(organizer, csrf)
    try:
        LeftPayments(hub, services.checkouts.others).settle_for(order_id)
        end_order(hub, order_id, str(organizer.id))
    except (OrderNotLeft, TryAgainLater) as error:
        words = f"{language(organizer.language).say(_NOT_ENDED)} {error.what_happened}"
        return show_order(hub, organizer, order_id, words, 409)
    return RedirectResponse(f"/orders/{order_id}", 303)


def _no_card(hub: Hub, order_id: str, choice: Choice) -> str | None:
    with hub.database.reading() as connection:
        return why_no_card(hub, connection, choice.books, order_id, choice.minor)


def _choice(hub: Hub, order_id: str, wish: Wish, speaks: Language) -> Choice | None:
    """Returns what the wish comes to; None if its very refund was asked for before.

    Raises:
        BadInput: if it comes to nothing, or to more than is left.
    """
    with hub.database.transaction() as connection:
        books = load_books(connection, [order_id])
        payment = books.payments.get(wish.payment)
        if payment is None:
            raise HTTPException(404, "There is no such payment.")
        if wish.refund_id in books.refunds:
            return None
        there = still_there(books, order_id, parts_in(connection, books, order_id))
        parts, minor = _chosen(wish, there, refundable(books, payment), Currency(payment.currency), speaks)
        placed = placed_in(connection, books.placed[order_id], books.orders[order_id].event_id, speaks.code)
        to = ways_of(connection, books, order_id, speaks)[payment.id].to
        return Choice(books, placed, payment, to, there, parts, minor)


def _chosen(
    wish: Wish, there: tuple[Part, ...], left: int, currency: Currency, speaks: Language
) -> tuple[tuple[Part, ...], int]:
    """Returns the parts that are given back, and the amount in minor units."""
    parts: tuple[Part, ...] = ()
    match wish.what:
        case "all":
            parts, minor = there, left
        case "parts":
            wanted = set(wish.parts)
            parts = tuple(part for part in there if part_value(part.key) in wanted)
            minor = min(sum(part.worth for part in parts), left)
        case "amount":
            minor = _typed(wish.amount, currency, speaks)
        case _:
            assert_never(wish.what)
    if left <= 0:
        raise BadInput([FieldError("amount", speaks.say("Nothing of this payment is left to give back."))])
    if wish.what == "parts" and not parts:
        raise BadInput([FieldError("parts", speaks.say("Choose at least one thing that was bought."))])
    if minor <= 0:
        raise BadInput([FieldError("amount", speaks.say("This comes to nothing: there is no money to give back."))])
    if minor > left:
        raise BadInput(
            [
                FieldError(
                    "amount",
                    speaks.say("At most {amount} of this payment can go back.").format(amount=Money(left, currency)),
                )
            ]
        )
    return parts, minor


def _typed(amount: str, currency: Currency, speaks: Language) -> int:
    try:
        return read_amount(amount, currency, speaks.code).minor
    except BadInput as error:
        words = _TWOFOLD if isinstance(error, Twofold) else _NO_AMOUNT
        raise BadInput([FieldError("amount", speaks.say(words))]) from error


def _look(organizer: Organizer, wish: Wish, choice: Choice, error: str = "", status: int = 200) -> Response:
    order = choice.books.orders[choice.payment.order_id]
    speaks = language(organizer.language)
    worth, chosen = sum(part.worth for part in choice.parts), set(choice.parts)
    return render(
        "refund.html",
        status,
        organizer=organizer,
        here=f"orders/{order.id}",
        order={"id": order.id, "number": order.order_number},
        wish=wish,
        error=error,
        parts=part_views(choice.books, choice.placed, choice.parts, speaks),
        kept=[part_name(choice.placed, part.key, speaks) for part in choice.there if part not in chosen],
        minor=choice.minor,
        amount=choice.money(choice.minor),
        to=choice.to,
        worth=choice.money(worth) if worth > choice.minor else "",
        rest=choice.money(choice.left - choice.minor) if choice.left > choice.minor else "",
    )


def _words(error: BadInput) -> str:
    return "; ".join(problem.message for problem in error.problems)
