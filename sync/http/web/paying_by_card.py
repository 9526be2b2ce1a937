"""A gift card at the checkout: it pays what it can of an order, and is taken off again."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from boxoffice.core.errors import TryAgainLater
from boxoffice.core.gift_cards import read_card_code
from sync.http.access import TheHub
from sync.http.api.buying import shop_of
from sync.http.web import baskets
from sync.http.web.card_balance import may_try_code
from sync.http.web.forms import must_be_ours
from sync.ledger.hub import Hub
from sync.payments.card_parts import CardNotTaken
from sync.payments.checkouts import PaymentRefused
from sync.payments.switches import Stopped
from sync.shop.web_orders import OrderOver
from sync.store.limits import TooManyTries

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]


@router.post("/checkout/gift-card")
def use_gift_card(request: Request, hub: TheHub, csrf: Text, order: Text, code: Text = "", off: Text = "") -> Response:
    """Lets a gift card pay what it can of an order, or takes it off again (`off` is which payment of it)."""
    must_be_ours(request, csrf)
    if order not in baskets.orders_of(request, hub):
        return RedirectResponse("/tickets", 303)
    try:
        says = _without_card(request, order, off) if off else _with_card(request, hub, order, code)
    except TooManyTries:
        says = "guesses"
    except CardNotTaken as error:
        says = error.word
    except (OrderOver, PaymentRefused):
        says = "changed"
    except (TryAgainLater, Stopped):
        says = "stripe-down"
    return RedirectResponse(f"/checkout?says={says}", 303, {"Cache-Control": "no-store"})


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
