"""What the page of one order says of gift cards: those that it bought, and whether a refund may go onto a new one."""

from typing import Any
from zoneinfo import ZoneInfo

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.gift_cards import masked
from boxoffice.core.money import Currency, Money
from boxoffice.documents.languages import Language
from sync.http.web.times import when
from sync.payments.giving_back import products_of
from sync.store.database import Transaction
from sync.store.gifts import GiftAt, standing


def can_have_card(connection: Transaction, event_id: str, email: str | None) -> bool:
    """Returns whether what goes back of an order may go onto a gift card: somebody must get it."""
    products = products_of(connection, event_id).values()
    return bool(email) and any(each.kind is ProductKind.GIFT_CARD and each.price is None for each in products)


def bought_cards(connection: Transaction, order_id: str, zone: str, speaks: Language) -> list[dict[str, Any]]:
    """Returns the gift cards that a web order bought, each with where its code went."""
    return [_card(each, zone, speaks) for each in standing(connection, order_id)]


def _card(card: GiftAt, zone: str, speaks: Language) -> dict[str, Any]:
    left = card.issued - card.spent
    return {
        "id": card.card_id,
        "name": masked(card.last4),
        "ends": card.last4,
        "left": speaks.say("{left} of {amount} left").format(
            left=Money(left, Currency(card.currency)), amount=Money(card.issued, Currency(card.currency))
        ),
        "where": _where(card, zone, speaks),
        "may_send": card.status == "active" and left > 0,
    }


def _where(card: GiftAt, zone: str, speaks: Language) -> str:
    if card.mail_to is None and card.send_at is not None:
        day = speaks.day(card.send_at.astimezone(ZoneInfo(zone)).date())
        return speaks.say("goes to {to} on {day}").format(to=card.email or speaks.say("the buyer"), day=day)
    if card.mail_to is None or card.sent_at is None:
        return speaks.say("not mailed yet")
    if card.mail_status in ("failed", "bounced"):
        return speaks.say("the mail to {to} did not arrive").format(to=card.mail_to)
    return speaks.say("mailed to {to}, {at}").format(to=card.mail_to, at=when(card.sent_at, zone, speaks))
