"""Giving money back in two steps: a choice, then a look at exactly what it will do, with the button that does it."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, HTTPException, Request
from pydantic import AfterValidator, BaseModel, Field, field_validator
from starlette.responses import RedirectResponse, Response

from boxoffice.core.books import Books
from boxoffice.core.errors import BadInput, Problem
from boxoffice.core.money import Currency, Money, parse_money
from boxoffice.core.reading import read_line
from boxoffice.core.refunds import Part, still_there
from boxoffice.core.rows import PaymentRow
from sync.api.access import TheHub
from sync.services.hub import Hub
from sync.services.organizers import Organizer
from sync.services.refunds import NewOrderRefund, Refunds, parts_in, refundable
from sync.services.shop.access import NoSuchOrder
from sync.store.ledger import load_books
from sync.web.order_view import part_name, part_value, part_views, ways_of
from sync.web.orders import show_order
from sync.web.pages import render
from sync.web.signed_in import Finance, must_be_ours

router: Final = APIRouter(include_in_schema=False)
_USED: Final = "The refund of that form was asked for already: it is in the list below. Choose again for another one."
_CHANGED: Final = "The order has changed since you looked, and nothing went back."


class Wish(BaseModel):
    """What to give back. `refund_id` is the form's own, so that pressing twice is one refund; `amount` is as typed."""

    csrf: str = Field(max_length=100)
    refund_id: str = Field(min_length=1, max_length=64)
    payment: str = Field(max_length=64)
    what: Literal["all", "parts", "amount"]
    amount: str = Field(default="", max_length=20)
    why: Annotated[str, Field(max_length=200), AfterValidator(read_line)] = ""
    parts: list[str] = Field(default=[], max_length=1_000)


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
    """What a wish comes to as things are now: these of the parts that are there, and this amount of the payment."""

    books: Books
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
    try:
        choice = _choice(hub, order_id, wish)
    except BadInput as error:
        return show_order(hub, organizer, order_id, _words(error), 422, wish)
    return show_order(hub, organizer, order_id, _USED, 409) if choice is None else _look(organizer, wish, choice)


@router.post("/orders/{order_id}/refund")
def refund(request: Request, hub: TheHub, organizer: Finance, order_id: str, word: Annotated[Word, Form()]) -> Response:
    """Gives back what the look showed; if the order has changed since, shows that instead."""
    must_be_ours(organizer, word.csrf)
    try:
        choice = _choice(hub, order_id, word)
        if choice is not None and (choice.minor, choice.values) != (word.minor, word.parts):
            return _look(organizer, word, choice, f"{_CHANGED} Look again.", 409)
        if choice is not None:
            keys, by = [part.key for part in choice.parts], str(organizer.id)
            new = NewOrderRefund(word.refund_id, order_id, word.payment, choice.minor, keys, word.why, by)
            _refunds(request).request(new)
    except BadInput as error:
        return show_order(hub, organizer, order_id, f"{_CHANGED} {_words(error)}", 422, word)
    return RedirectResponse(f"/orders/{order_id}", 303)


@router.post("/orders/{order_id}/void")
def void(request: Request, hub: TheHub, organizer: Finance, order_id: str, end: Annotated[End, Form()]) -> Response:
    """Voids tickets for which no money was paid, and so none can go back."""
    must_be_ours(organizer, end.csrf)
    try:
        _refunds(request).void(order_id, end.tickets, end.why, str(organizer.id))
    except BadInput as error:
        return show_order(hub, organizer, order_id, f"Nothing was voided. {_sentences(error)}", 422)
    except NoSuchOrder:
        raise HTTPException(404, "There is no such order.") from None
    return RedirectResponse(f"/orders/{order_id}", 303)


def _sentences(error: BadInput) -> str:
    return " ".join(f"{problem.message[:1].upper()}{problem.message[1:]}." for problem in error.problems)


def _choice(hub: Hub, order_id: str, wish: Wish) -> Choice | None:
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
        parts, minor = _chosen(wish, there, refundable(books, payment), Currency(payment.currency))
        return Choice(books, payment, ways_of(connection, books, order_id)[payment.id].to, there, parts, minor)


def _chosen(wish: Wish, there: tuple[Part, ...], left: int, currency: Currency) -> tuple[tuple[Part, ...], int]:
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
            minor = parse_money(wish.amount, currency).minor
    if left <= 0:
        raise BadInput([Problem("amount", "Nothing of this payment is left to give back.")])
    if wish.what == "parts" and not parts:
        raise BadInput([Problem("parts", "Choose at least one thing that was bought.")])
    if minor <= 0:
        raise BadInput([Problem("amount", "This comes to nothing: there is no money to give back.")])
    if minor > left:
        raise BadInput([Problem("amount", f"At most {Money(left, currency)} of this payment can go back.")])
    return parts, minor


def _look(organizer: Organizer, wish: Wish, choice: Choice, error: str = "", status: int = 200) -> Response:
    order = choice.books.orders[choice.payment.order_id]
    placed = choice.books.placed[order.id]
    worth, chosen = sum(part.worth for part in choice.parts), set(choice.parts)
    return render(
        "refund.html",
        status,
        organizer=organizer,
        here="orders",
        order={"id": order.id, "number": order.order_number},
        wish=wish,
        error=error,
        parts=part_views(choice.books, placed, choice.parts),
        kept=[part_name(placed, part.key) for part in choice.there if part not in chosen],
        minor=choice.minor,
        amount=choice.money(choice.minor),
        to=choice.to,
        worth=choice.money(worth) if worth > choice.minor else "",
        rest=choice.money(choice.left - choice.minor) if choice.left > choice.minor else "",
    )


def _words(error: BadInput) -> str:
    return "; ".join(problem.message for problem in error.problems)


def _refunds(request: Request) -> Refunds:
    found = request.app.state.refunds
    assert isinstance(found, Refunds)  # noqa: S101  # `build` put it there
    return found
