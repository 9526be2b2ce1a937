"""Tells a customer, once, of a refund that was told as made and came back to us days later."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.languages import later
from boxoffice.core.payloads.refunds import RefundFailed
from boxoffice.documents.languages import language
from boxoffice.documents.notice import Notice
from sync.ledger.hub import Hub
from sync.payments.payment_words import Word
from sync.payments.refund_mails import compose_refund_mail
from sync.store import tables as t
from sync.store.chain import new_id
from sync.store.queue import defer


@dataclass(frozen=True, slots=True)
class _Next:
    """Why a refund came back, for the one who should have got it, and what happens next."""

    why: str
    next: str


_SENT_AGAIN: Final = later(
    "The money is still yours. You need not do anything: the organizers know, and send it again. If that card or "
    "account is closed, reply to this e-mail and say how you would like to have the money."
)
_ANOTHER_WAY: Final = later(
    "The money is still yours. Please reply to this e-mail and say how you would like to have it. The organizers know "
    "of it."
)
_THE_BANK_DECIDES: Final = later(
    "The bank decides, and tells you. If you withdraw the dispute, reply to this e-mail, and the organizers send it "
    "again."
)
_OTHERWISE: Final = _Next(later("The payment service could not deliver it."), _SENT_AGAIN)
_NEXT: Final[Mapping[str, _Next]] = {
    "charge_for_pending_refund_disputed": _Next(
        later("You have disputed the payment at your bank, and a payment is not given back twice."), _THE_BANK_DECIDES
    ),
    "declined": _Next(later("Your bank did not take it."), _SENT_AGAIN),
    "expired_or_canceled_card": _Next(later("The card has expired, or its account is closed."), _ANOTHER_WAY),
    "lost_or_stolen_card": _Next(later("The card was reported as lost or stolen."), _ANOTHER_WAY),
}
"""By the code of the fact; why the organizers' own account is at fault is no matter of the customer's."""


def tell_of_return(connection: Connection, order_id: str, refund_id: str) -> None:
    """Queues the mail that a refund came back, to whoever was told that it was made; again, it is one mail."""
    m = t.mails.c
    email = connection.scalar(select(m.email).where(m.refund_id == refund_id))
    if email is None:
        return
    row = {"id": new_id(), "order_id": order_id, "email": email, "kind": "refund_returned"}
    new = insert(t.mails).values(row | {"returned_refund_id": refund_id})
    mail_id = connection.scalar(new.on_conflict_do_nothing(index_elements=["returned_refund_id"]).returning(m.id))
    if mail_id is not None:
        # A task of its own: a hub of the version before would send a receipt for it.
        defer(connection, "send_return", {"mail_id": mail_id})


def compose_returned_mail(hub: Hub, connection: Connection, order_id: str, refund_id: str) -> Word:
    """Returns the mail in the buyer's language."""
    made = compose_refund_mail(hub, connection, order_id, refund_id).notice
    f = t.facts.c
    mine = (f.payload["order_id"].astext == order_id, f.payload["refund_id"].astext == refund_id)
    told = select(f.payload).where(*mine, f.kind == "refund_failed").order_by(f.received_at.desc()).limit(1)
    failed = RefundFailed.model_validate(connection.execute(told).scalar_one())
    what, say = _NEXT.get(failed.code, _OTHERWISE), language(made.language).say
    first = say("We gave back {amount} of order {number} to {to}, and it has come back to us.")
    words = [
        f"{first.format(amount=made.amount_text, number=made.order_number, to=made.to)} {say(what.why)}",
        say(what.next),
        say("Tickets that were given back stay ended, and everything else of your order stays as it is."),
    ]
    subject = say("Your refund of {amount} did not arrive: order {number}")
    notice = Notice(
        event_name=made.event_name,
        venue=made.venue,
        subject=subject.format(amount=made.amount_text, number=made.order_number),
        words="\n\n".join(words),
        language=made.language,
    )
    return Word(notice, made.event_name)
