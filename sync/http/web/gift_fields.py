"""The fields by which a buyer says for whom each gift card of an order is: nothing of it is needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from boxoffice.core.email_addresses import BadAddress, read_email
from boxoffice.core.errors import BadInput
from boxoffice.core.gift_cards import masked
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.reading import read_line, read_name, read_note
from boxoffice.documents.languages import Language
from sync.store.database import Transaction
from sync.store.gifts import Gift, GiftAt, standing

MOST_WORDS: Final = 500
"""Letters of what a giver writes."""
_SENT_AT: Final = time(9)
"""When mails go out that were wanted for a day, where the event is."""
_AHEAD: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class GiftFields:
    """What is typed of one gift card; `wrong` says what can't be used, by field."""

    card_id: str
    title: str
    email: str = ""
    name: str = ""
    words: str = ""
    day: str = ""
    first_day: str = ""
    last_day: str = ""
    wrong: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """The lists of a form, of one entry for each card."""

    emails: Sequence[str] = ()
    names: Sequence[str] = ()
    words: Sequence[str] = ()
    days: Sequence[str] = ()

    def of(self, i: int) -> tuple[str, str, str, str]:
        email, name, words, day = (
            each[i] if i < len(each) else "" for each in (self.emails, self.names, self.words, self.days)
        )
        return email, name, words, day


def fields_of(placed: OrderPlaced, said: Sequence[Gift], zone: ZoneInfo, now: datetime) -> list[GiftFields]:
    """Returns the fields for the gift cards of an order, with what was said before."""
    known = {gift.card_id: gift for gift in said}
    today = now.astimezone(zone).date()
    found = []
    for card in placed.cards:
        gift = known.get(card.card_id, Gift(card.card_id, placed.order_id))
        amount = Money(placed.lines[card.line].unit_price, Currency(placed.currency))
        day = "" if gift.send_at is None else gift.send_at.astimezone(zone).date().isoformat()
        bounds = (today.isoformat(), (today + _AHEAD).isoformat())
        found.append(GiftFields(card.card_id, str(amount), gift.email or "", gift.name, gift.words, day, *bounds))
    return found


def read_gifts(
    fields: Sequence[GiftFields], typed: Typed, order_id: str, sender: str, zone: ZoneInfo, speaks: Language
) -> tuple[list[GiftFields], list[Gift]]:
    """Returns the fields as they were typed, with what is wrong with them, and what was said of each card."""
    shown, said = [], []
    for i, each in enumerate(fields):
        email, name, words, day = typed.of(i)
        wrong = dict[str, str]()
        gift = Gift(each.card_id, order_id, sender=sender, words=read_note(words)[: MOST_WORDS + 1])
        try:
            gift = replace(gift, email=read_email(email) if read_line(email) else None)
        except BadAddress as error:
            wrong["email"] = speaks.say(error.wrong.value)
        try:
            gift = replace(gift, name=read_name(name) if read_line(name) else "")
        except BadInput:
            wrong["name"] = speaks.say("This name is too long.")
        if len(gift.words) > MOST_WORDS:
            wrong["words"] = speaks.say("A message has up to {most} letters.").format(most=MOST_WORDS)
        try:
            gift = replace(gift, send_at=_moment(each, day, zone))
        except ValueError:
            wrong["day"] = speaks.say("Please choose a day from today on, within a year; or leave it empty.")
        if gift.email is None and not wrong and (gift.send_at or gift.words):
            wrong["email"] = speaks.say("Please give the address that this goes to.")
        line = (read_line(email), read_line(name), gift.words, read_line(day))
        shown.append(replace(each, email=line[0], name=line[1], words=line[2], day=line[3], wrong=wrong))
        said.append(gift)
    return shown, said


def _moment(fields: GiftFields, day: str, zone: ZoneInfo) -> datetime | None:
    """Returns when to send it; None for at once.

    Raises:
        ValueError: if it is no day, or none of those that may be chosen.
    """
    if not day.strip():
        return None
    chosen = date.fromisoformat(day.strip())
    if not date.fromisoformat(fields.first_day) <= chosen <= date.fromisoformat(fields.last_day):
        raise ValueError("not a day that may be chosen")
    return None if chosen.isoformat() == fields.first_day else datetime.combine(chosen, _SENT_AT, zone)


def gift_cards_of(connection: Transaction, order_id: str, zone: ZoneInfo, speaks: Language) -> list[dict[str, object]]:
    """Returns the gift cards of a paid web order for a page."""
    return [_shown(each, zone, speaks) for each in standing(connection, order_id)]


def _shown(card: GiftAt, zone: ZoneInfo, speaks: Language) -> dict[str, object]:
    """Returns a gift card of a paid order for a page: what is left, and where its code went or goes."""
    left = Money(card.issued - card.spent, Currency(card.currency))
    to = card.mail_to or card.email or ""
    when = "" if card.send_at is None else speaks.day(card.send_at.astimezone(zone).date())
    return {
        "id": card.card_id,
        "name": masked(card.last4),
        "amount": str(Money(card.issued, Currency(card.currency))),
        "left": str(left),
        "is_blocked": card.status == "blocked",
        "to": to,
        "when": when,
        "state": card.mail_status or ("later" if card.send_at is not None else "soon"),
    }
