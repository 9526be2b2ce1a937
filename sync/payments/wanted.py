"""What a provider is asked for: the payment of one tender, what its page shows, and where the customer goes from it."""

from typing import assert_never

from boxoffice.core.charging import step_of
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import Channel
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.statements import till_of
from sync.payments.order_marks import order_marks
from sync.payments.taking import Taking
from sync.ports import NewSession, SessionLine
from sync.store.checkouts import Checkout, Wording


def wanted(public_url: str, taking: Taking, found: Checkout, placed: OrderPlaced) -> NewSession:
    """Returns what to ask the provider for: the same for as long as the customer stays with it."""
    wording = found.wording or Wording([line.name for line in placed.lines])
    names, amount = wording.names, Money(found.amount, Currency(found.currency))
    named = [(f"{line.quantity} × {name}", line.total) for line, name in zip(placed.lines, names, strict=True)]
    lines = [SessionLine(name, total) for name, total in named if total > 0]
    step = step_of(amount.currency).minor
    if sum(line.amount for line in lines) != found.amount or any(line.amount % step for line in lines):
        lines = [SessionLine(f"Part of order {placed.order_number}", found.amount)]
    success_url, cancel_url = _ways_back(public_url, found)
    is_at_the_door = found.channel.is_at_a_till and found.provider == "stripe"
    has_choice = is_at_the_door and taking.takes("paypal", amount)
    return NewSession(
        key=f"checkout-{found.tender_id}" + (f"-{found.switches}" if found.switches else ""),
        order_id=found.order_id,
        metadata={
            "order_id": found.order_id,
            "tender_id": found.tender_id,
            "order_number": placed.order_number,
            "event_id": found.event_id,
            "till": till_of(placed.order_number),
            # A till has its own orders, and tells them again.
            **(order_marks(placed, found.promo) if found.channel is Channel.WEB else {}),
        },
        currency=found.currency,
        lines=lines,
        success_url=success_url,
        cancel_url=cancel_url,
        expires_at=int(found.session_expires_at.timestamp()),
        hint="To pay with PayPal, go back." if has_choice else None,
        language=wording.language,
        email=wording.email,
        may_convert=found.channel is Channel.WEB and taking.settings.stripe_adaptive_pricing,
    )


def _ways_back(public_url: str, found: Checkout) -> tuple[str, str]:
    """Returns where the provider sends the customer after paying, and after giving up."""
    match found.channel:
        case Channel.WEB:
            # PayPal adds `token`, the id of its order
            which = "" if found.provider == "paypal" else "?session_id={CHECKOUT_SESSION_ID}"
            return f"{public_url}/payment/success{which}", f"{public_url}/tickets?canceled=true"
        case Channel.DOOR | Channel.KIOSK:
            return f"{public_url}/p/{found.code}/done", f"{public_url}/p/{found.code}/back"
        case _:
            assert_never(found.channel)
