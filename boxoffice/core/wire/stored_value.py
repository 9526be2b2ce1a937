"""The messages by which a till asks for what is on a gift card, and hears who else has some of it."""

from typing import Annotated

from pydantic import Field

from boxoffice.core.wire.message import FactMessage, Message


class CardAsk(Message):
    """`POST /api/till/gift-cards`: what is on the card with this `code`.

    If it is `wanted`, all that is free of it is leased to the till, and what others have is asked back: asked again in
    a moment, it may be there. Asked twice, it is leased once.
    """

    code: Annotated[str, Field(max_length=64)]
    wanted: bool = True


class CardHolder(Message):
    """A till that has some of the card on lease; `is_there` if it was heard of just now, so that it can give back.

    What pays for a web order just now `is_shop`: it is paid with that order, or free again when its time is over.
    """

    till: str
    amount: int
    is_there: bool
    is_shop: bool = False


class CardAnswer(Message):
    """How a card stands. `balance` is all that is left of it, `free` what of that nobody has on lease.

    `told` are the hub's facts about what this till has of it, and had: it takes them as it takes those of the feed.
    """

    card_id: str
    last4: str
    currency: str
    is_blocked: bool
    issued: int
    balance: int
    free: int
    told: tuple[FactMessage, ...] = ()
    elsewhere: tuple[CardHolder, ...] = ()
