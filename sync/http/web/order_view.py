"""What the page of one order shows, as texts."""

from collections.abc import Sequence
from typing import Any, Final

from boxoffice.core.books import Books
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.disputes import DisputeChanged
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import PartKey
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payments import DisputeState, PaymentStatus, RefundStatus
from boxoffice.core.refunds import Part, can_void, still_there, tickets_to_void
from boxoffice.core.rows import DisputeRow, PaymentRow, RefundRow, TicketStatus
from boxoffice.core.scans import Direction
from boxoffice.core.sums import sums_of
from boxoffice.core.tenders import Back, tender_of
from boxoffice.core.ticket_codes import code_of
from boxoffice.documents.languages import Language, later
from boxoffice.documents.sums import included_rows, sum_rows
from sync.doors.arrivals import Entry, entries_of
from sync.http.web.arrivals import OUTCOME_WORDS
from sync.http.web.order_cards import bought_cards, can_have_card
from sync.http.web.order_words import (
    CHANNEL_WORDS,
    DISPUTE_WORDS,
    MAIL_WORDS,
    PAYMENT_WORDS,
    REFUND_WORDS,
    STATE_WORDS,
    TICKET_WORDS,
)
from sync.http.web.stories import part_words, story_of
from sync.http.web.times import when, zone_note
from sync.mail.sent_again import PAID
from sync.operations.ways import Way, way_of
from sync.orders.order_details import facts_about, last_digits, order_head, placed_in
from sync.organizers.organizers import names_of
from sync.payments.giving_back import parts_in, refundable
from sync.store.database import Transaction
from sync.store.ledger import load_books
from sync.store.mails import MailStatus, mails_of
from sync.store.refunds import Call, CallState, calls_of
from sync.stored_words import told
from sync.tills.left_unfinished import is_left, why_not_ended

TONES: Final = {"completed": "ok", "failed": "danger"}
_DISPUTE_TONES: Final = {
    DisputeState.WON: "ok",
    DisputeState.INQUIRY_CLOSED: "ok",
    DisputeState.PREVENTED: "ok",
    DisputeState.LOST: "danger",
}
_PAYMENT_TONES: Final = {PaymentStatus.CAPTURED: "ok", PaymentStatus.FAILED: "danger", PaymentStatus.UNKNOWN: "unknown"}
_REFUND_TONES: Final = {RefundStatus.SUCCEEDED: "ok", RefundStatus.FAILED: "danger"}
_EFFECTS: Final = {"ticket": later("Is void already"), "merchandise": later("Goes back on sale")}
"""What becomes of a part that is given back, but for a ticket that still works."""
_MAIL_TONES: Final = {MailStatus.SENT: "ok", MailStatus.DELIVERED: "ok", MailStatus.QUEUED: "warn"}


def order_view(connection: Transaction, order_id: str, speaks: Language) -> dict[str, Any] | None:
    """Returns all that the order's template needs; None if there is no such order."""
    head = order_head(connection, order_id)
    books = load_books(connection, [order_id])
    if head is None or order_id not in books.placed:
        return None
    placed = placed_in(connection, books.placed[order_id], books.orders[order_id].event_id, speaks.code)
    ways = ways_of(connection, books, order_id, speaks)
    facts = facts_about(connection, order_id)
    reasons = reasons_of(facts, speaks)
    parts = parts_in(connection, books, order_id)
    there = still_there(books, order_id, parts)
    mails = sorted(mails_of(connection, order_id), key=lambda mail: mail.created_at)
    return {
        "id": head.id,
        "number": head.number,
        "event": head.event,
        "status": speaks.say(STATE_WORDS.get(head.status, head.status)),
        "tone": TONES.get(head.status, "warn"),
        "channel": speaks.say(CHANNEL_WORDS.get(head.channel, head.channel)),
        "is_web": head.channel == "web",
        "placed_at": when(head.created_at, head.timezone, speaks),
        "zone": zone_note([head.timezone], speaks),
        "has_letter": head.status in PAID,
        "customer": head.customer,
        "email": head.email or "",
        "total": _money(placed, head.total),
        **_sums(placed, speaks),
        "lines": _lines(placed, parts, there, speaks),
        "payments": [_payment(books, p, ways[p.id], reasons.get(p.id, ""), speaks) for p in books.payments.values()],
        "can_void": can_void(books, order_id),
        "can_end": why_not_ended(books, order_id) is None and is_left(connection, order_id),
        "parts": part_views(books, placed, there, speaks),
        "gift_cards": bought_cards(connection, order_id, head.timezone, speaks),
        "can_have_card": can_have_card(connection, books.orders[order_id].event_id, head.email),
        "has_valid": bool(tickets_to_void(books, there)),
        "refunds": _refunds(connection, books, placed, ways, speaks),
        "disputes": [_dispute(placed, each, facts, speaks) for each in books.disputes.values()],
        "tickets": [_ticket(books, placed, part, speaks) for part in parts if part.ticket_id is not None],
        "entries": [_entry(each, head.timezone, speaks) for each in entries_of(connection, order_id)],
        "mails": [
            {
                "to": mail.email,
                "status": speaks.say(MAIL_WORDS.get(mail.status.value, mail.status.value)),
                "tone": _MAIL_TONES.get(mail.status, "danger"),
                "at": when(mail.sent_at or mail.created_at, head.timezone, speaks),
                "why": told(mail.last_error or "", speaks),
            }
            for mail in mails
        ],
        "story": [
            {"at": when(each.at, head.timezone, speaks), "what": each.what, "detail": each.detail, "who": each.who}
            for each in story_of(connection, placed, facts, ways, speaks)
        ],
    }


def _entry(entry: Entry, zone: str, speaks: Language) -> dict[str, str]:
    """Returns one scan of a ticket: what came of it, when and where."""
    words = later("Went out") if entry.direction is Direction.OUT else OUTCOME_WORDS.get(entry.outcome, entry.outcome)
    undone = speaks.say("undone") if entry.is_undone else ""
    return {
        "code": code_of(entry.ticket_id),
        "what": ", ".join(part for part in (speaks.say(words), undone) if part),
        "tone": "ok" if entry.outcome == "admitted" and not entry.is_undone else "warn",
        "at": when(entry.scanned_at, zone, speaks),
        "where": " · ".join(dict.fromkeys(part for part in (entry.gate, entry.till) if part)),
    }


def _sums(placed: OrderPlaced, speaks: Language) -> dict[str, Any]:
    """Returns the rows between the lines and the total, and those of the taxes within it."""
    sums, currency = sums_of(placed.lines), Currency(placed.currency)
    rows = sum_rows(sums, speaks, currency)
    return {
        "sums": [(label, str(amount)) for label, amount in rows[1:]],
        "included": included_rows(sums, placed.exempt, speaks, currency),
    }


def ways_of(connection: Transaction, books: Books, order_id: str, speaks: Language) -> dict[str, Way]:
    """Returns the words for each payment of an order."""
    digits, channel = last_digits(connection, [order_id]), books.placed[order_id].channel
    return {p.id: way_of(speaks, channel, p.tender.value, digits.get(p.id)) for p in books.payments.values()}


def reasons_of(facts: Sequence[Fact], speaks: Language) -> dict[str, str]:
    """Returns why payments were given, by tender, where somebody had to say so."""
    captured = (PaymentCaptured.model_validate(f.payload) for f in facts if f.kind is FactKind.PAYMENT_CAPTURED)
    return {each.tender_id: speaks.say(each.reason) for each in captured if each.reason}


def part_views(books: Books, placed: OrderPlaced, parts: Sequence[Part], speaks: Language) -> list[dict[str, str]]:
    """Returns each part with the words for it, what becomes of it, and the value that stands for it in a form."""
    stopping = set(tickets_to_void(books, parts))
    return [
        {
            "value": part_value(part.key),
            "name": part_name(placed, part.key, speaks),
            "worth": _money(placed, part.worth),
            "effect": _effect(placed, part, speaks, is_stopping=part.ticket_id in stopping),
        }
        for part in parts
    ]


def _effect(placed: OrderPlaced, part: Part, speaks: Language, *, is_stopping: bool) -> str:
    effect = _EFFECTS.get(placed.lines[part.key[0]].kind)
    return speaks.say("Stops working") if is_stopping else "" if effect is None else speaks.say(effect)


def part_value(key: PartKey) -> str:
    return f"{key[0]}.{key[1]}"


def part_name(placed: OrderPlaced, key: PartKey, speaks: Language) -> str:
    """Returns such as `Festival T-Shirt, L, 2 of 3`."""
    line = placed.lines[key[0]]
    said = speaks.say("{number} of {count}").format(number=key[1] + 1, count=line.quantity)
    number = said if line.quantity > 1 else ""
    return ", ".join(each for each in (line.name, line.option, number) if each)


def _money(placed: OrderPlaced, minor: int) -> str:
    return str(Money(minor, Currency(placed.currency)))


def _lines(placed: OrderPlaced, parts: Sequence[Part], there: Sequence[Part], speaks: Language) -> list[dict[str, str]]:
    left = set(there)
    gone = [part.key[0] for part in parts if part not in left]
    said = speaks.say("{gone} of {count} given back")
    return [
        {
            "name": f"{line.quantity} × {line.name}",
            "detail": line.details,
            "gone": said.format(gone=gone.count(i), count=line.quantity) if i in gone else "",
            "amount": _money(placed, line.subtotal),
        }
        for i, line in enumerate(placed.lines)
    ]


def _payment(books: Books, payment: PaymentRow, way: Way, reason: str, speaks: Language) -> dict[str, Any]:
    left, currency = refundable(books, payment), Currency(payment.currency)
    surplus = min(left, _surplus(books, payment.order_id))
    return {
        "id": payment.id,
        "name": way.name,
        "to": way.to,
        "amount": str(Money(payment.amount, currency)),
        "status": speaks.say(PAYMENT_WORDS[payment.status.value]),
        "tone": _PAYMENT_TONES.get(payment.status, "warn"),
        "left": str(Money(left, currency)),
        "can_refund": left > 0,
        "surplus": str(Money(surplus, currency)) if surplus > 0 else "",
        "is_on_card": tender_of(payment.tender).back is Back.CARD,
        "is_elsewhere": payment.status is PaymentStatus.CAPTURED and tender_of(payment.tender).is_cash,
        "reason": reason,
    }


def _surplus(books: Books, order_id: str) -> int:
    """Returns what was paid beyond what a finished order costs, and is still here."""
    mine = {payment.id for payment in books.payments.values() if payment.order_id == order_id}
    back = sum(refund.amount for refund in books.refunds.values() if refund.payment_id in mine and refund.is_alive)
    return -books.due(order_id) - back if order_id in books.issued else 0


def _refunds(
    connection: Transaction, books: Books, placed: OrderPlaced, ways: dict[str, Way], speaks: Language
) -> list[dict[str, str]]:
    calls = calls_of(connection, books.refunds)
    asked = books.asked.get(placed.order_id, ())
    people = names_of(connection, [each.by for each in asked])
    return [
        {
            "amount": _money(placed, -each.amount),
            "status": speaks.say(REFUND_WORDS[_status(books.refunds[each.refund_id], calls.get(each.refund_id))]),
            "tone": _REFUND_TONES.get(books.refunds[each.refund_id].status, "warn"),
            "to": ways[each.tender_id].name,
            "what": part_words(placed, each.parts),
            "by": people.get(each.by, ""),
            "error": told(calls[each.refund_id].last_error or "", speaks) if each.refund_id in calls else "",
        }
        for each in asked
    ]


def _dispute(placed: OrderPlaced, dispute: DisputeRow, facts: Sequence[Fact], speaks: Language) -> dict[str, str]:
    """Returns a dispute with what it has taken so far, and all names that its provider has for it."""
    heard = [DisputeChanged.model_validate(fact.payload) for fact in facts if fact.kind is FactKind.DISPUTE_CHANGED]
    names = [each.provider_reference for each in heard if each.dispute_id == dispute.id and each.provider_reference]
    return {
        "amount": _money(placed, -dispute.withdrawn),
        "about": _money(placed, dispute.amount),
        "status": speaks.say(DISPUTE_WORDS[dispute.status.value]),
        "tone": _DISPUTE_TONES.get(dispute.status, "warn"),
        "id": " · ".join(dict.fromkeys([dispute.id, *names])),
    }


def _status(refund: RefundRow, call: Call | None) -> str:
    """Returns the refund's own state; `pending` for one that the provider has taken on and not ended."""
    is_pending = refund.status is RefundStatus.REQUESTED and call is not None and call.state is CallState.PENDING
    return "pending" if is_pending else refund.status.value


def _ticket(books: Books, placed: OrderPlaced, part: Part, speaks: Language) -> dict[str, Any]:
    status = books.tickets[part.ticket_id or ""].status
    return {
        "id": part.ticket_id or "",
        "name": part_name(placed, part.key, speaks),
        "status": speaks.say(TICKET_WORDS[status.value]),
        "tone": "ok" if status is TicketStatus.VALID else "danger",
        "is_valid": status is TicketStatus.VALID,
    }
