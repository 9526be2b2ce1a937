"""Promo codes: how often each was used, counted so that a limit holds however many press at once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.core.catalogue import Catalogue, Promo
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.reading import read_code
from sync.store import limits
from sync.store.database import Database

_FIRST: Final = text("INSERT INTO promo_uses (event_id, code) VALUES (:event, :code) ON CONFLICT DO NOTHING")
_USE: Final = text("""
    UPDATE promo_uses SET uses = uses + 1
    WHERE event_id = :event AND code = :code AND (CAST(:limit AS int) IS NULL OR uses < :limit)
""")
_USE_AGAIN: Final = text("""
    INSERT INTO promo_uses (event_id, code, uses)
    SELECT o.event_id, h.promo, 1 FROM holds h JOIN orders o ON o.id = h.order_id
    WHERE h.order_id = :order AND h.promo IS NOT NULL
    ON CONFLICT (event_id, code) DO UPDATE SET uses = promo_uses.uses + 1
""")
_GIVE_BACK: Final = text("UPDATE promo_uses SET uses = uses - 1 WHERE event_id = :event AND code = :code AND uses > 0")
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
    """Returns the promo of a code; None for no code.

    Raises:
        BadInput: if there is no such code.
    """
    if code is None or not read_code(code):
        return None
    promo = catalogue.promo(code)
    if promo is None:
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
    promo = catalogue.promo(code)
    with database.transaction() as connection:
        if promo is None:
            limits.count_all(connection, who.limits)
        for limit, name in who.limits if promo is not None else ():
            limits.must_have_left(connection, limit, name)
    return find_promo(catalogue, code)


def use_promo(connection: Connection, event_id: str, promo: Promo) -> None:
    """Counts one order that uses the promo.

    Raises:
        BadInput: if it was used up; the transaction must then be given up.
    """
    values = {"event": event_id, "code": promo.code}
    connection.execute(_FIRST, values)
    if not connection.execute(_USE, {**values, "limit": promo.limit}).rowcount:
        raise BadInput([FieldError(_PLACE, "this code has been used up")])


def give_promo_back(connection: Connection, event_id: str, code: str | None) -> None:
    """Uncounts the use of an order that came to nothing."""
    if code is not None:
        connection.execute(_GIVE_BACK, {"event": event_id, "code": code})


def use_promo_again(connection: Connection, order_id: str) -> None:
    """Counts the use of an order that comes back after it was given up, even past a limit: it is paid at its price."""
    connection.execute(_USE_AGAIN, {"order": order_id})
