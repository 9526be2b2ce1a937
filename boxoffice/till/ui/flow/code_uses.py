"""A promo code in the sale: known by the catalogue at hand, and its uses by what is here and elsewhere."""

from typing import Final

from boxoffice.core.catalogue import Promo, code_of
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.reading import read_code
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.speech import count, say
from boxoffice.till.ui.words import money, where
from boxoffice.till.usecases.gateway.stock import PoolStock

MOST_WRONG: Final = 5
"""So many wrong codes at a kiosk, whoever tried them: then none is taken until somebody has bought something."""


def promo_of(session: Session, text: str) -> Promo | None:
    """Returns the promo of a code that was typed or scanned, if it is one."""
    return session.sale.catalogue.promo(text)


def use(session: Session, promo: Promo) -> None:
    """Puts a code into the sale, in the place of the one before."""
    sale = session.sale
    before, sale.promo = sale.promo, promo

    def undo() -> None:
        sale.promo = before

    stock = _stock(session, promo)
    detail = "" if stock is None else f"{_uses(stock)}."
    session.say(say("Code {code} is in the sale.", code=promo.code), undo=undo, detail=detail, of_sale=True)


def take_out_used_up(session: Session, error: NotEnoughLeft) -> bool:
    """Goes on without a code of which no use could be had, and says what the sale comes to by that.

    Returns whether that is all that was lacking.
    """
    sale, promo = session.sale, session.sale.promo
    if promo is not None and promo.pool_id in error.shortages:
        sale.promo = None
        total = say("The total is {total} now.", total=money(sale.total))
        out = say("Code {code} is out of the sale: none of its uses can be had.", code=promo.code)
        session.say(out, state="warn", icon="warning", detail=total, stays=True, of_sale=True)
    return all(code_of(pool) is not None for pool in error.shortages)


def why_not(session: Session, promo: Promo) -> str:
    """Returns why a code can't be used now, if so: its uses are gone, or are elsewhere and nobody can be asked."""
    stock, status = _stock(session, promo), session.status
    if stock is None or status is None or (stock.overall if status.is_online else stock.here) > 0:
        return ""
    if not status.is_online and stock.elsewhere > 0:
        return say("No use of code {code} is here, and no network to ask for one. Sell without it.", code=promo.code)
    return say("Code {code} is used up.", code=promo.code)


def code_problem(session: Session, text: str) -> str:
    """Takes a code of a customer's at a kiosk into the sale; returns why it can't be used, if so."""
    kiosk, promo = session.kiosk, promo_of(session, text)
    if promo is None:
        if kiosk is not None:
            kiosk.wrong_codes += 1
        return say("“{code}” is no code of this event.", code=read_code(text))
    problem = why_not(session, promo)
    if not problem:
        use(session, promo)
        session.drop_words_of_sale()  # the page itself says it
    return problem


def takes_codes(session: Session) -> bool:
    """Returns whether a code may be tried at this kiosk."""
    return session.kiosk is not None and session.kiosk.wrong_codes < MOST_WRONG


def _uses(stock: PoolStock) -> str:
    return say("{where} of {uses}", where=where(stock), uses=count(stock.capacity, "use"))


def _stock(session: Session, promo: Promo) -> PoolStock | None:
    pools = () if session.status is None else session.status.stock
    return next((pool for pool in pools if pool.pool_id == promo.pool_id), None)
