"""Promo codes: who may try them, and how their uses go with the orders that have them.

The uses of a limited code are a pool (`catalogue.code_pool`): held, leased and sold as places are, for the web and for
tills. What was used before that is counted beside it (`promo_uses`), and let go by the orders of that time alone.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.catalogue import Catalogue, Promo, code_of, limited_codes
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.event_file import catalogue_from, event_file_of, with_capacity
from boxoffice.core.ids import PoolId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.payloads.catalogues import CatalogueRevised
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.reading import read_code
from sync.ledger.hub import Hub
from sync.store import limits
from sync.store.database import Database
from sync.store.events import hold_event

_LEFT: Final = text("""
    SELECT p.available - coalesce(u.uses, 0) AS left
    FROM pools p LEFT JOIN promo_uses u ON u.event_id = p.event_id AND p.id = 'code:' || u.code
    WHERE p.event_id = :event AND p.id = :pool
""")
_USE_AGAIN: Final = text("""
    UPDATE promo_uses u SET uses = uses + 1 FROM holds h JOIN orders o ON o.id = h.order_id
    WHERE h.order_id = :order AND h.is_promo_counted AND u.event_id = o.event_id AND u.code = h.promo
""")
_GIVE_BACK: Final = text("""
    UPDATE promo_uses u SET uses = uses - 1 FROM holds h JOIN orders o ON o.id = h.order_id
    WHERE h.order_id = :order AND h.is_promo_counted AND u.event_id = o.event_id AND u.code = h.promo AND u.uses > 0
""")
_PLACE: Final = "promoCode"
_BROWSER: Final = limits.Limit("promo code browser", tries=20, within=timedelta(minutes=10))
_NETWORK: Final = limits.Limit("promo code", tries=200, within=timedelta(minutes=10))
"""Codes that there are not: of one browser, and of all guests behind one address together."""


@dataclass(frozen=True, slots=True)
class Guesser:
    """Who types a code: from which network, and in which browser, if it is one of the shop's own pages."""

    network: str
    browser: str | None = None

    @property
    def limits(self) -> list[tuple[limits.Limit, str]]:
        mine = [] if self.browser is None else [(_BROWSER, self.browser)]
        return [(_NETWORK, self.network), *mine]


def find_promo(catalogue: Catalogue, code: str | None) -> Promo | None:
    """Returns the promo of a code; None for no code, and for one that only shows what is hidden without it.

    Raises:
        BadInput: if there is no such code.
    """
    if code is None or not read_code(code):
        return None
    promo = catalogue.promo(code)
    if promo is None and not catalogue.unlocks(code):
        raise BadInput([FieldError(_PLACE, "this code is not known")])
    return promo


def try_promo(database: Database, catalogue: Catalogue, code: str | None, who: Guesser) -> Promo | None:
    """Returns the promo of a code that someone typed; whoever guesses too often is told nothing more, right or wrong.

    Raises:
        BadInput: if there is no such code.
        limits.TooManyTries: after too many that there were not.
    """
    if code is None or not read_code(code):
        return None
    is_known = catalogue.promo(code) is not None or catalogue.unlocks(code)
    with database.transaction() as connection:
        if not is_known:
            limits.count_all(connection, who.limits)
        for limit, name in who.limits if is_known else ():
            limits.must_have_left(connection, limit, name)
    return find_promo(catalogue, code)


def used_up() -> BadInput:
    return BadInput([FieldError(_PLACE, "this code has been used up")])


def uses_left(connection: Connection, event_id: str, pool: str) -> int:
    """Returns how often a limited code may be used by whoever asks now; below zero for one that was used too often."""
    left = connection.execute(_LEFT, {"event": event_id, "pool": pool}).scalar_one_or_none()
    return 0 if left is None else int(left)


def use_must_be_there(connection: Connection, event_id: str, pool: PoolId) -> None:
    """Does nothing if the use of a code that an order has just taken was there, with those that were before.

    Raises:
        NotEnoughLeft: if it was not; the transaction must then be given up.
    """
    if uses_left(connection, event_id, pool) < 0:
        raise NotEnoughLeft({pool: 0})


def give_promo_back(connection: Connection, order_id: str) -> None:
    """Uncounts the use of an order of before that came to nothing; of all others, it goes back with their places."""
    connection.execute(_GIVE_BACK, {"order": order_id})


def use_promo_again(hub: Hub, connection: Connection, placed: OrderPlaced, event_id: str) -> None:
    """Finds the use of an order that comes back after it was given up: it is paid at its price.

    If others have used the code up meanwhile, its limit becomes larger by this one, in the event's next revision.
    """
    connection.execute(_USE_AGAIN, {"order": placed.order_id})
    for pool in placed.units:
        if code_of(pool) is not None:
            _make_room(hub, connection, event_id, pool)


def _make_room(hub: Hub, connection: Connection, event_id: str, pool: str) -> None:
    stored = hold_event(connection, event_id)
    limit = None if stored is None else limited_codes(stored.file).get(code_of(pool) or "")
    if stored is None or limit is None or uses_left(connection, event_id, pool) > 0:
        return
    catalogue = catalogue_from(with_capacity(stored.file, pool, limit + 1), stored.revision + 1)
    revised = CatalogueRevised(revision=catalogue.revision, event=event_file_of(catalogue))
    hub.write(connection, [revised], event_id)
