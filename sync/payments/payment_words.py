"""Mails about a payment that is on its way: that the provider holds it, and that it came to nothing after all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from boxoffice.core.event_file import catalogue_from
from boxoffice.core.money import Currency, Money
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import language, later
from boxoffice.documents.notice import Notice, notice_html, notice_text
from sync.ledger.hub import Hub
from sync.provider_states import PROVIDER_NAMES, provider_of
from sync.store import tables as t


@dataclass(frozen=True, slots=True)
class Wording:
    """`{order}`, `{amount}`, `{provider}` and `{link}` stand for the order's own."""

    subject: str
    words: str


WORDS: Final[Mapping[str, Wording]] = {
    "payment_held": Wording(
        later("Your payment is on its way: order {order}"),
        later(
            "{provider} holds your payment of {amount} for order {order}. That may take some days, for example until "
            "a bank has confirmed it.\n\nYour places are kept. Please don’t pay again. We send your tickets to this "
            "address when the payment has arrived, or tell you if it does not.\n\n{link}"
        ),
    ),
    "payment_refused": Wording(
        later("Your payment did not arrive: order {order}"),
        later(
            "{provider} did not get the money for order {order} ({amount}). Nothing was paid to us, and the places of "
            "this order are free again.\n\nIf you still want to come, please order again and pay in another way. If "
            "money left your account all the same, it comes back by itself.\n\n{link}"
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Word:
    """A mail without papers."""

    notice: Notice
    sender: str

    @property
    def subject(self) -> str:
        return self.notice.subject

    @property
    def text(self) -> str:
        return notice_text(self.notice)

    @property
    def html(self) -> str:
        return notice_html(self.notice)

    @property
    def data(self) -> Mapping[str, Any] | None:
        return None

    def attachments(self) -> dict[str, bytes]:
        return {}


def word_for(hub: Hub, connection: Connection, order_id: str, wording: Wording) -> Word:
    """Returns the mail in the buyer's language."""
    o, h, e, c = t.orders.c, t.holds.c, t.events.c, t.checkouts.c
    query = (
        select(o.order_number, c.amount, o.currency, h.language, e.file, e.revision, c.provider)
        .join(t.holds, h.order_id == o.id)
        .join(t.events, e.id == o.event_id)
        .join(t.checkouts, c.order_id == o.id)
        .where(o.id == order_id)
        .order_by(c.created_at.desc())
        .limit(1)
    )
    row = connection.execute(query).one()
    catalogue, speaks = catalogue_from(row.file, row.revision), language(row.language)
    about = {
        "order": row.order_number,
        "amount": str(Money(row.amount, Currency(row.currency))),
        "provider": PROVIDER_NAMES[provider_of(row.provider)],
        "link": f"{hub.public_url}/tickets",
    }
    name = Texts(catalogue, row.language).event_name
    notice = Notice(
        event_name=name,
        venue=catalogue.venue,
        subject=speaks.say(wording.subject).format(**about),
        words=speaks.say(wording.words).format(**about),
        language=row.language,
    )
    return Word(notice, name)
