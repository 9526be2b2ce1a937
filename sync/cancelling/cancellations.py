"""An event, a day or a product is cancelled with one press: the sale stops, tickets end, and the money goes back.

What is pressed twice is one cancellation. All that follows is done by durable jobs, which go on after any death where
they were; each order's part of it is one transaction, and each refund is one refund.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from boxoffice.core.cancelling import Scope
from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput, BoxofficeError, FieldError
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.languages import later
from boxoffice.core.reading import read_line
from sync.cancelling.affected import Affected, affected
from sync.cancelling.by_hand import pay_outside, try_again
from sync.cancelling.words import Words
from sync.inventory.events import revise
from sync.ledger.hub import Hub
from sync.payments.refunds import Refunds
from sync.store import cancelling as store
from sync.store.cancelling import Cancellation, Item, Kind
from sync.store.events import hold_event
from sync.store.ledger import lock_orders
from sync.store.queue import defer

_MOST_WHY: Final = 200


class NoSuchCancellation(BoxofficeError):
    """There is no such event, day or product, or no such cancellation."""

    def __init__(self) -> None:
        super().__init__("There is no such event, or nothing like this can be cancelled of it.")


class NotConfirmed(BoxofficeError):
    """What was typed is not how many orders it concerns now."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be cancelled. `subject` is the day or the product; what goes back of `goods` and `donations` is a
    choice where all of the event is cancelled."""

    event_id: str
    kind: Kind
    subject: str = ""
    goods: bool = True
    donations: bool = False

    @property
    def scope(self) -> Scope:
        match self.kind:
            case Kind.DAY:
                return Scope(day=self.subject)
            case Kind.PRODUCT:
                return Scope(products=frozenset({self.subject}))
            case Kind.EVENT | Kind.MOVE:
                return Scope(goods=self.goods, donations=self.donations)


@dataclass(frozen=True, slots=True)
class Look:
    """What a wish would do now."""

    catalogue: Catalogue
    products: Sequence[str] | None
    ended: Sequence[str] | None
    affected: Affected
    is_done: bool
    """Whether the same, or all of the event, is cancelled already."""


def look(connection: Connection, wish: Wish) -> Look:
    """Returns what a wish would do; nothing is changed.

    Raises:
        NoSuchCancellation: if there is no such event, day or product.
    """
    stored = hold_event(connection, wish.event_id)
    if stored is None:
        raise NoSuchCancellation
    catalogue = catalogue_from(stored.file, stored.revision)
    products, ended = _concerned(catalogue, wish)
    found = affected(connection, products, wish.scope, catalogue)
    before = [(each.kind, each.subject) for each in store.of_event(connection, wish.event_id)]
    is_done = (Kind.EVENT, "") in before or (wish.kind, wish.subject) in before
    return Look(catalogue, products, ended, found, is_done)


def _concerned(catalogue: Catalogue, wish: Wish) -> tuple[Sequence[str] | None, Sequence[str] | None]:
    """Returns the products that a wish concerns, and those of them that are not sold any more; None for all."""
    match wish.kind:
        case Kind.EVENT | Kind.MOVE:
            return None, None
        case Kind.PRODUCT:
            if not any(product.id == wish.subject for product in catalogue.products):
                raise NoSuchCancellation
            bundles = [str(each.id) for each in catalogue.products if _has_part(each.parts, wish.subject)]
            return [wish.subject], [wish.subject, *bundles]
        case Kind.DAY:
            if wish.subject not in {day.isoformat() for day in catalogue.days}:
                raise NoSuchCancellation
            day = date.fromisoformat(wish.subject)
            days = {product.id: product.days or catalogue.days for product in catalogue.products}
            has = [str(id_) for id_, each in days.items() if day in each]
            return has, [str(id_) for id_, each in days.items() if tuple(each) == (day,)]


def _has_part(parts: Sequence[Any], product_id: str) -> bool:
    return any(part.product_id == product_id for part in parts)


@dataclass(frozen=True, slots=True)
class Cancellations:
    """The use cases of cancelling. `by` is the organizer, by number."""

    hub: Hub
    refunds: Refunds

    def look(self, wish: Wish) -> Look:
        """Returns what a wish would do. Raises as `look`."""
        return self.hub.database.run(lambda connection: look(connection, wish))

    def first_of(self, wish: Wish) -> Wish:
        """Returns the wish with the first day or product of its event.

        Raises:
            NoSuchCancellation: if there is no such event.
        """
        with self.hub.database.transaction() as connection:
            stored = hold_event(connection, wish.event_id)
        if stored is None:
            raise NoSuchCancellation
        catalogue = catalogue_from(stored.file, stored.revision)
        day, product = catalogue.days[0].isoformat(), catalogue.products[0].id
        return replace(wish, subject=day if wish.kind is Kind.DAY else str(product))

    def cancel(self, wish: Wish, words: Words, typed: str, by: str) -> str:
        """Stops the sale at once, writes down whom it concerns, and leaves the rest to jobs; returns its id.

        Pressed again, it is the same cancellation.

        Raises:
            BadInput: if something is wrong with the words.
            NoSuchCancellation: if there is no such event, day or product.
            NotConfirmed: if `typed` is not how many orders it concerns now.
        """
        return self.hub.database.run(lambda connection: self._begin(connection, wish, words.read(), typed, by))

    def _begin(self, connection: Connection, wish: Wish, words: Words, typed: str, by: str) -> str:
        store.keep_event(connection, wish.event_id)
        same = [each for each in store.of_event(connection, wish.event_id) if each.kind is not Kind.MOVE]
        known = next((each for each in same if (each.kind, each.subject) == (wish.kind, wish.subject)), None)
        if known is not None:
            return known.id
        if problems := words.problems():
            raise BadInput(problems)
        looked = look(connection, wish)
        if typed.strip() != str(looked.affected.orders):
            raise NotConfirmed(later("Type the number of orders, to confirm. It may have changed meanwhile."))
        values = {
            "event_id": wish.event_id,
            "kind": wish.kind.value,
            "subject": wish.subject,
            "products": looked.products,
            "ended": looked.ended,
            "goods": wish.goods,
            "donations": wish.donations,
            **wording(words),
            "by": by,
        }
        row = self.found(connection, store.add(connection, values))
        revise(self.hub, connection, _file(connection, wish.event_id))
        store.add_orders(connection, row.id, looked.affected.order_ids)
        defer(connection, "cancel_orders", {"cancellation_id": row.id})
        return row.id

    def pause(self, cancellation_id: str) -> None:
        """Sends no more refunds; those that are sent are sent, and tickets stay void."""
        with self.hub.database.transaction() as connection:
            store.set_status(connection, self.found(connection, cancellation_id).id, "paused")

    def go_on(self, cancellation_id: str) -> None:
        """Goes on, with what could not be worked on as well."""
        with self.hub.database.transaction() as connection:
            row = self.found(connection, cancellation_id)
            store.set_status(connection, row.id, "running")
            for each in store.stuck(connection, row.id, 1_000):
                store.note_problem(connection, row.id, each.order_id, None)
            defer(connection, "cancel_orders", {"cancellation_id": row.id})
            defer(connection, "give_back", {"cancellation_id": row.id})

    def try_again(self, cancellation_id: str, item_id: int, by: str) -> None:
        """Asks the provider once more for what has failed; pressed twice, it is one more refund.

        Raises:
            OperationFailed: if nothing of the payment is left to go back.
        """
        self._remedy(cancellation_id, item_id, lambda connection, item: try_again(self.refunds, connection, item, by))

    def paid_outside(self, cancellation_id: str, item_id: int, how: str, by: str) -> None:
        """Writes down that somebody has given it back by another way, such as a bank transfer.

        Raises:
            BadInput: if it is not said how.
            OperationFailed: if it is on its way, or back already.
        """
        said = read_line(how)[:_MOST_WHY].strip()
        if not said:
            raise BadInput([FieldError("how", later("Say how it was paid back."))])
        self._remedy(
            cancellation_id,
            item_id,
            lambda connection, item: pay_outside(self.hub, connection, item, said, by),
        )

    def _remedy(self, cancellation_id: str, item_id: int, act: Callable[[Connection, Item], None]) -> None:
        def work(connection: Connection) -> None:
            row = self.found(connection, cancellation_id)
            order_id = store.order_of_item(connection, row.id, item_id)
            if order_id is None:
                raise NoSuchCancellation
            lock_orders(connection, [order_id])  # first: whoever was faster has changed how it stands
            item = store.item(connection, row.id, item_id)
            if item is not None:
                act(connection, item)

        self.hub.database.run(work)

    @staticmethod
    def found(connection: Connection, cancellation_id: str) -> Cancellation:
        """Returns a cancellation.

        Raises:
            NoSuchCancellation: if there is none.
        """
        row = store.find(connection, cancellation_id)
        if row is None:
            raise NoSuchCancellation
        return row


def wording(words: Words) -> Mapping[str, str]:
    """Returns the words as they are kept."""
    return {
        "subject_en": words.subject,
        "words_en": words.words,
        "subject_es": words.subject_es,
        "words_es": words.words_es,
    }


def _file(connection: Connection, event_id: str) -> Mapping[str, Any]:
    stored = hold_event(connection, event_id)
    if stored is None:
        raise NoSuchCancellation
    return stored.file
