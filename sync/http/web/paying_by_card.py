"""A gift card at the checkout: it pays what it can of an order, and is taken off again."""

from typing import Final

from fastapi import Request

from boxoffice.core.errors import TryAgainLater
from boxoffice.core.gift_cards import read_card_code
from sync.http.api.buying import shop_of
from sync.http.web.card_balance import may_try_code
from sync.ledger.hub import Hub
from sync.payments.card_parts import CardNotTaken
from sync.payments.checkouts import PaymentRefused
from sync.payments.switches import Stopped
from sync.shop.web_orders import OrderOver
from sync.store.limits import TooManyTries

DONE: Final = frozenset({"card-used", "card-off"})
"""What a page says when it was done as asked."""


def says_of_card(request: Request, hub: Hub, order: str, code: str, off: str) -> str:
    """Lets the card of a code pay, or takes one off (`off` is which payment of it); returns the word of what came."""
    try:
        return _without_card(request, order, off) if off else _with_card(request, hub, order, code)
    except TooManyTries:
        return "guesses"
    except CardNotTaken as error:
        return error.word
    except (OrderOver, PaymentRefused):
        return "changed"
    except (TryAgainLater, Stopped):
        return "stripe-down"


def _with_card(request: Request, hub: Hub, order_id: str, typed: str) -> str:
    may_try_code(request, hub)
    code = read_card_code(typed)
    if code is None:
        raise CardNotTaken("card-unknown")
    shop_of(request).use_card(order_id, code)
    return "card-used"


def _without_card(request: Request, order_id: str, tender_id: str) -> str:
    shop_of(request).take_card_off(order_id, tender_id)
    return "card-off"
