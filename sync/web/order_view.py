"""What the page of one order shows, as texts."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from boxoffice.core.books import Books
from boxoffice.core.facts import Fact, FactKind
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads import DisputeChanged, OrderPlaced, PartKey, PaymentCaptured
from boxoffice.core.refunds import Part, still_there, tickets_to_void
from boxoffice.core.rows import DisputeRow, PaymentRow, RefundRow
from boxoffice.core.sums import sums_of
from boxoffice.core.tenders import tender_of
from boxoffice.documents.languages import language
from boxoffice.documents.sums import included_rows, sum_rows
from sync.services.organizers import names_of
from sync.services.refunds import can_void, parts_in, refundable
from sync.store import tables as t
from sync.store.chain import read_facts
from sync.store.ledger import load_books
from sync.web.stories import part_words, story_of
from sync.web.times import when, zone_note
from sync.web.ways import Way, last_digits, way_of

PAID: Final = ("completed", "partially_refunded", "refunded")
"""The states in which there is something that a mail can tell of."""
TONES: Final = {"completed": "ok", "failed": "danger"}
_DISPUTE_TONES: Final = {"won": "ok", "inquiry_closed": "ok", "prevented": "ok", "lost": "danger"}
_REFUND_TONES: Final = {"succeeded": "ok", "failed": "danger"}
_EFFECTS: Final = {"ticket": "Is void already", "merchandise": "Goes back on sale"}
"""What becomes of a part that is given back, but for a ticket that still works."""
_MAIL_TONES: Final = {"sent": "ok", "delivered": "ok", "queued": "warn"}


def order_view(connection: Connection, order_id: str) -> dict[str, Any] | None:
    """Returns all that the order's template needs; None if there is no such order."""
    o, e = t.orders.c, t.events.c
    query = select(t.orders, e.timezone, e.name.label("event")).join(t.events, e.id == o.event_id)
    row = connection.execute(query.where(o.id == order_id)).one_or_none()
    books = load_books(connection, [order_id])
    if row is None or order_id not in books.placed:
        return None
    placed, ways = books.placed[order_id], ways_of(connection, books, order_id)
    mine = t.facts.c.payload["order_id"].astext == order_id
    facts = read_facts(connection, select(t.facts).where(mine, t.facts.c.is_applied).order_by(t.facts.c.position))
    reasons = reasons_of(facts)
    parts = parts_in(connection, books, order_id)
    there = still_there(books, order_id, parts)
    mails = connection.execute(select(t.mails).where(t.mails.c.order_id == order_id).order_by(t.mails.c.created_at))
    return {
        "id": row.id,
        "number": row.order_number,
        "event": row.event,
        "status": row.status.replace("_", " "),
        "tone": TONES.get(row.status, "warn"),
        "channel": row.channel,
        "placed_at": when(row.created_at, row.timezone),
        "zone": zone_note([row.timezone]),
        "has_letter": row.status in PAID,
        "customer": [each for each in (row.customer_name, row.customer_email, row.customer_phone) if each],
        "email": row.customer_email or "",
        "total": _money(placed, row.total_amount),
        **_sums(placed),
        "lines": _lines(placed, parts, there),
        "payments": [_payment(books, p, ways[p.id], reasons.get(p.id, "")) for p in books.payments.values()],
        "can_void": can_void(books, order_id),
        "parts": part_views(books, placed, there),
        "has_valid": bool(tickets_to_void(books, there)),
        "refunds": _refunds(connection, books, placed, ways),
        "disputes": [_dispute(placed, each, facts) for each in books.disputes.values()],
        "tickets": [_ticket(books, placed, part) for part in parts if part.ticket_id is not None],
        "mails": [
            {
                "to": mail.email,
                "status": mail.status,
                "tone": _MAIL_TONES.get(mail.status, "danger"),
                "at": when(mail.sent_at or mail.created_at, row.timezone),
                "why": mail.last_error or "",
            }
            for mail in mails
        ],
        "story": [
            {"at": when(each.at, row.timezone), "what": each.what, "detail": each.detail, "who": each.who}
            for each in story_of(connection, placed, facts, ways)
        ],
    }


def _sums(placed: OrderPlaced) -> dict[str, Any]:
    """Returns the rows between the lines and the total, and those of the taxes within it."""
    sums, speaks, currency = sums_of(placed.lines), language("en"), Currency(placed.currency)
    rows = sum_rows(sums, speaks, currency)
    return {
        "sums": [(label, str(amount)) for label, amount in rows[1:]],
        "included": [(label, str(amount)) for label, amount in included_rows(sums, speaks, currency)],
    }


def ways_of(connection: Connection, books: Books, order_id: str) -> dict[str, Way]:
    """Returns the words for each payment of an order."""
    digits, channel = last_digits(connection, [order_id]), books.placed[order_id].channel
    return {p.id: way_of(channel, p.tender, digits.get(p.id)) for p in books.payments.values()}


def reasons_of(facts: Sequence[Fact]) -> dict[str, str]:
    """Returns why payments were given, by tender, where somebody had to say so."""
    captured = (PaymentCaptured.model_validate(f.payload) for f in facts if f.kind is FactKind.PAYMENT_CAPTURED)
    return {each.tender_id: each.reason for each in captured if each.reason}


def part_views(books: Books, placed: OrderPlaced, parts: Sequence[Part]) -> list[dict[str, str]]:
    """Returns each part with the words for it, what becomes of it, and the value that stands for it in a form."""
    stopping = set(tickets_to_void(books, parts))
    return [
        {
            "value": part_value(part.key),
            "name": part_name(placed, part.key),
            "worth": _money(placed, part.worth),
            "effect": "Stops working"
            if part.ticket_id in stopping
            else _EFFECTS.get(placed.lines[part.key[0]].kind, ""),
        }
        for part in parts
    ]


def part_value(key: PartKey) -> str:
    return f"{key[0]}.{key[1]}"


def part_name(placed: OrderPlaced, key: PartKey) -> str:
    """Returns such as `Festival T-Shirt, L, 2 of 3`."""
    line = placed.lines[key[0]]
    number = f"{key[1] + 1} of {line.quantity}" if line.quantity > 1 else ""
    return ", ".join(each for each in (line.name, line.option, number) if each)


def _money(placed: OrderPlaced, minor: int) -> str:
    return str(Money(minor, Currency(placed.currency)))


def _lines(placed: OrderPlaced, parts: Sequence[Part], there: Sequence[Part]) -> list[dict[str, str]]:
    left = set(there)
    gone = [part.key[0] for part in parts if part not in left]
    return [
        {
            "name": f"{line.quantity} × {line.name}",
            "detail": ", ".join(each for each in (line.option, line.detail) if each),
            "gone": f"{gone.count(i)} of {line.quantity} given back" if i in gone else "",
            "amount": _money(placed, line.subtotal),
        }
        for i, line in enumerate(placed.lines)
    ]


def _payment(books: Books, payment: PaymentRow, way: Way, reason: str) -> dict[str, Any]:
    left, currency = refundable(books, payment), Currency(payment.currency)
    surplus = min(left, _surplus(books, payment.order_id))
    return {
        "id": payment.id,
        "name": way.name,
        "to": way.to,
        "amount": str(Money(payment.amount, currency)),
        "status": payment.status,
        "left": str(Money(left, currency)),
        "can_refund": left > 0,
        "surplus": str(Money(surplus, currency)) if surplus > 0 else "",
        "is_elsewhere": payment.status == "captured" and tender_of(payment.tender).is_cash,
        "reason": reason,
    }


def _surplus(books: Books, order_id: str) -> int:
    """Returns what was paid beyond what a finished order costs, and is still here."""
    mine = {payment.id for payment in books.payments.values() if payment.order_id == order_id}
    back = sum(refund.amount for refund in books.refunds.values() if refund.payment_id in mine and refund.is_alive)
    return -books.due(order_id) - back if order_id in books.issued else 0


def _refunds(connection: Connection, books: Books, placed: OrderPlaced, ways: dict[str, Way]) -> list[dict[str, str]]:
    c = t.refund_calls.c
    rows = connection.execute(select(t.refund_calls).where(c.refund_id.in_(books.refunds)))
    calls: dict[str, Row[Any]] = {call.refund_id: call for call in rows}
    asked = books.asked.get(placed.order_id, ())
    people = names_of(connection, [each.by for each in asked])
    return [
        {
            "amount": _money(placed, -each.amount),
            "status": _status(books.refunds[each.refund_id], calls.get(each.refund_id)),
            "tone": _REFUND_TONES.get(books.refunds[each.refund_id].status, "warn"),
            "to": ways[each.tender_id].name,
            "what": part_words(placed, each.parts),
            "by": people.get(each.by, ""),
            "error": (calls[each.refund_id].last_error or "") if each.refund_id in calls else "",
        }
        for each in asked
    ]


def _dispute(placed: OrderPlaced, dispute: DisputeRow, facts: Sequence[Fact]) -> dict[str, str]:
    """Returns a dispute with what it has taken so far, and all names that its provider has for it."""
    told = [DisputeChanged.model_validate(fact.payload) for fact in facts if fact.kind is FactKind.DISPUTE_CHANGED]
    names = [each.provider_reference for each in told if each.dispute_id == dispute.id and each.provider_reference]
    return {
        "amount": _money(placed, -dispute.withdrawn),
        "about": _money(placed, dispute.amount),
        "status": dispute.status.replace("_", " "),
        "tone": _DISPUTE_TONES.get(dispute.status, "warn"),
        "id": " · ".join(dict.fromkeys([dispute.id, *names])),
    }


def _status(refund: RefundRow, call: Row[Any] | None) -> str:
    """Returns the refund's own state; `pending` for one that the provider has taken on and not ended."""
    is_pending = refund.status == "requested" and call is not None and call.state == "pending"
    return "pending" if is_pending else refund.status


def _ticket(books: Books, placed: OrderPlaced, part: Part) -> dict[str, str]:
    status = books.tickets[part.ticket_id or ""].status
    name = part_name(placed, part.key)
    return {"id": part.ticket_id or "", "name": name, "status": status, "tone": "ok" if status == "valid" else "danger"}
