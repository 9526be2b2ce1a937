"""The mails that bring gift cards which were bought on the web: each at its time, to whom it is for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from boxoffice.core.gift_cards import CardCode, code_of
from boxoffice.core.money import Currency, Money
from boxoffice.core.texts import Texts
from boxoffice.core.value_rows import CardStatus
from boxoffice.documents.gift_cards import card_papers
from boxoffice.documents.gift_letter import GiftLetter, gift_html, gift_text
from boxoffice.documents.languages import language
from boxoffice.documents.model import Ticket
from boxoffice.documents.papers import Heading
from boxoffice.documents.tickets import tickets_pdf
from sync.inventory.on_sale import catalogue_on_sale
from sync.ledger.hub import Hub
from sync.store import gifts, stored_values
from sync.store import tables as t
from sync.store.chain import utc_now
from sync.store.gifts import Gift
from sync.store.queue import defer

_o: Final = t.orders.c
_h: Final = t.holds.c


@dataclass(frozen=True, slots=True)
class ComposedGift:
    """What is sent, in the shape of an order's letter."""

    letter: GiftLetter
    paper: Ticket

    @property
    def subject(self) -> str:
        return self.letter.subject

    @property
    def sender(self) -> str:
        return self.letter.event_name

    @property
    def data(self) -> Mapping[str, Any]:
        """Nothing: the organizer's template is for receipts."""
        return {}

    @property
    def text(self) -> str:
        return gift_text(self.letter)

    @property
    def html(self) -> str:
        return gift_html(self.letter)

    def attachments(self) -> dict[str, bytes]:
        return {f"gift-card-{self.letter.code.last4}.pdf": tickets_pdf([self.paper])}


def send_gift(hub: Hub, card_id: str) -> None:
    """Queues the mail of a gift card, once its time has come; of one that was blocked or taken back, none."""
    hub.database.run(lambda connection: _send(connection, card_id))


def _send(connection: Connection, card_id: str) -> None:
    gift = gifts.locked(connection, card_id)
    if gift is None or gift.mail_id is not None:
        return
    if gift.send_at is not None and gift.send_at > utc_now():
        defer(connection, "send_gift", {"card_id": card_id}, at=gift.send_at)
        return
    _queue(connection, gift, None)


def send_gift_again(connection: Connection, order_id: str, card_id: str, by: str | None = None) -> bool:
    """Mails the code of an order's gift card once more, or now; returns whether there is somebody to mail it to."""
    gift = gifts.locked(connection, card_id)
    return gift is not None and gift.order_id == order_id and _queue(connection, gift, by)


def _queue(connection: Connection, gift: Gift, by: str | None) -> bool:
    card = stored_values.by_id(connection, gift.card_id)
    buyer = connection.execute(select(_o.customer_email).where(_o.id == gift.order_id)).scalar_one()
    email = gift.email or buyer
    if card is None or card.status is CardStatus.BLOCKED or card.taken_back or not email:
        return False
    gifts.queue_mail(connection, gift, email, by)
    return True


def compose_gift(hub: Hub, connection: Connection, card_id: str) -> ComposedGift:
    """Returns the mail of a gift card, in its buyer's language."""
    gift, card = gifts.locked(connection, card_id), stored_values.by_id(connection, card_id)
    if gift is None or card is None:
        raise LookupError(f"gift card {card_id} is none of the web's")
    heading, number = _heading(hub, connection, gift.order_id)
    code, amount = web_code(hub, card_id), Money(card.issued, Currency(card.currency))
    (paper,) = card_papers(heading, number, [(code, amount)])
    letter = GiftLetter(
        event_name=heading.event_name,
        venue=", ".join(heading.venue),
        amount=str(amount),
        code=code,
        shop_url=f"{hub.public_url}/tickets",
        balance_url=f"{hub.public_url}/gift-card",
        name=gift.name,
        sender=gift.sender,
        words=gift.words,
        is_own=gift.email is None,
        language=heading.language,
    )
    return ComposedGift(letter, paper)


def gift_papers(hub: Hub, connection: Connection, order_id: str, spoken: str | None = None) -> Sequence[Ticket]:
    """Returns the gift cards of a paid web order as papers, for who bought them and gives them by hand."""
    heading, number = _heading(hub, connection, order_id, spoken)
    cards = [each for each in gifts.standing(connection, order_id) if each.status == CardStatus.ACTIVE.value]
    return card_papers(
        heading,
        number,
        [(web_code(hub, each.card_id), Money(each.issued, Currency(each.currency))) for each in cards],
    )


def web_code(hub: Hub, card_id: str) -> CardCode:
    """Returns the code of a gift card that the web has sold: made again, as it is kept nowhere."""
    return code_of(card_id, hub.sealer.card_key)


def _heading(hub: Hub, connection: Connection, order_id: str, spoken: str | None = None) -> tuple[Heading, str]:
    query = select(_o.event_id, _o.order_number, _h.language).outerjoin(t.holds, _h.order_id == _o.id)
    row = connection.execute(query.where(_o.id == order_id)).one()
    event, speaks = catalogue_on_sale(hub, connection, row.event_id), language(spoken or row.language or "en")
    heading = Heading(
        event_name=Texts(event, speaks.code).event_name,
        venue=(event.venue, event.address, event.city),
        days=event.days,
        timezone=event.timezone,
        sold_by=speaks.say("web shop"),
        language=speaks.code,
    )
    return heading, row.order_number
