"""The letter of a cancellation before anybody gets it: as a page, and mailed to the organizer alone."""

from boxoffice.core.event_file import catalogue_from
from sync.cancelling.cancellations import NoSuchCancellation, Wish, wording
from sync.cancelling.words import Words
from sync.config import not_set_up
from sync.ledger.hub import Hub
from sync.mail.mails import Mailer
from sync.payments.cancel_mails import preview
from sync.payments.payment_words import Word
from sync.ports import Mail
from sync.store.cancelling import Cancellation
from sync.store.chain import utc_now
from sync.store.events import hold_event


def preview_of(hub: Hub, wish: Wish, words: Words, code: str) -> Word:
    """Returns the letter as a reader of the language gets it, with an amount that stands for each one's own.

    Raises:
        NoSuchCancellation: if there is no such event.
    """
    with hub.database.transaction() as connection:
        stored = hold_event(connection, wish.event_id)
        if stored is None:
            raise NoSuchCancellation
        event = catalogue_from(stored.file, stored.revision)
        row = Cancellation(
            id="",
            event_id=wish.event_id,
            event=event.name,
            timezone=event.timezone,
            currency=event.currency.code,
            kind=wish.kind,
            subject=wish.subject,
            products=None,
            ended=None,
            goods=wish.goods,
            donations=wish.donations,
            status="running",
            refund_until=None,
            days=None,
            by="",
            begun_at=utc_now(),
            **wording(words.read()),
        )
        return preview(hub, connection, row, code)


def mail_test(mailer: Mailer, wish: Wish, words: Words, to: str) -> None:
    """Mails the letter in each of its languages to one address.

    Raises:
        OperationFailed: if this hub sends no mail, or the mail was refused.
    """
    if mailer.provider is None:
        raise not_set_up(mailer.hub.settings, "e-mail")
    for code in ("en", "es") if words.read().words_es else ("en",):
        letter = preview_of(mailer.hub, wish, words, code)
        mailer.provider.send(Mail(to, letter.subject, letter.text, letter.html, {}, {}, letter.sender))
