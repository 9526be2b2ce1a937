"""What is known of disputes beside the books: the provider's own state, the draft that it keeps, and our answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from boxoffice.core.closed_sets import listed
from boxoffice.core.payments import UNDECIDED
from sync.store import tables as t
from sync.store.rows import value_of

Provider = Literal["stripe", "paypal"]
_c: Final = t.dispute_cases.c
_KNOWN: Final = """
    SELECT d.id, d.payment_id, d.status AS state, d.amount, d.currency, d.withdrawn, p.order_id, p.tender,
           p.provider_reference, o.order_number, o.event_id, o.customer_name, o.customer_email,
           e.name AS event_name, e.timezone
    FROM disputes d JOIN payments p ON p.id = d.payment_id JOIN orders o ON o.id = p.order_id
    JOIN events e ON e.id = o.event_id
"""
_ONE: Final = text(f"{_KNOWN} WHERE d.id = :dispute")
_LISTED: Final = text(f"""
    {_KNOWN} LEFT JOIN dispute_cases c ON c.dispute_id = d.id
    ORDER BY d.status NOT IN ({listed(UNDECIDED)}), c.answer IS NOT NULL, c.due_at NULLS LAST, o.created_at DESC, d.id
    LIMIT :most
""")
_AWAITED: Final = text(f"""
    SELECT d.id FROM disputes d JOIN payments p ON p.id = d.payment_id LEFT JOIN dispute_cases c ON c.dispute_id = d.id
    WHERE (d.status IN ({listed(UNDECIDED)}) OR c.status <> ALL(:over)) AND p.tender = ANY(:tenders)
      AND (c.read_at IS NULL OR c.read_at < now() - interval '50 minutes')
    ORDER BY c.due_at NULLS FIRST, d.id LIMIT :most
""")  # noqa: S608  # of the words of a closed set


@dataclass(frozen=True, slots=True)
class KnownDispute:
    """A dispute in the books, with the order that it is of. `state` is ours, the reference that of its payment."""

    id: str
    payment_id: str
    state: str
    amount: int
    currency: str
    withdrawn: int
    order_id: str
    tender: str
    provider_reference: str | None
    order_number: str
    event_id: str
    customer_name: str | None
    customer_email: str | None
    event_name: str
    timezone: str


@dataclass(frozen=True, slots=True)
class DisputeCase:
    """What its provider says of a dispute, and how far our answer is.

    `words` are a person's own, `staged` is the digest of the draft that the provider keeps. What somebody pressed is
    kept before the provider is called (`asked`, with the digest `asked_for`, after so many submissions), and `answer`
    once it has said yes.
    """

    dispute_id: str
    provider: Provider
    reference: str
    status: str
    reason: str
    network_reason: str
    fee: int
    submissions: int
    opened_at: datetime | None
    due_at: datetime | None
    read_at: datetime | None
    words: str | None
    words_by: str
    staged: str | None
    staged_at: datetime | None
    asked: Literal["sent", "given_up"] | None
    asked_for: str | None
    asked_after: int
    asked_by: str
    answer: Literal["sent", "given_up"] | None
    answered_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What its provider says of a dispute now."""

    reference: str
    status: str
    reason: str
    network_reason: str
    fee: int
    submissions: int
    opened_at: datetime
    due_at: datetime | None


def known_dispute(connection: Connection, dispute_id: str) -> KnownDispute | None:
    row = connection.execute(_ONE, {"dispute": dispute_id}).one_or_none()
    return None if row is None else value_of(KnownDispute, row)


def listed_disputes(connection: Connection, most: int) -> Sequence[KnownDispute]:
    """Returns disputes: what waits for an answer first, the most pressing before others."""
    return [value_of(KnownDispute, row) for row in connection.execute(_LISTED, {"most": most})]


def awaited(connection: Connection, tenders: Sequence[str], over: Sequence[str], most: int) -> Sequence[str]:
    """Returns which disputes are not over (by the provider's words in `over`), and were not looked at for an hour."""
    values = {"tenders": list(tenders), "over": list(over), "most": most}
    return [str(each) for each in connection.scalars(_AWAITED, values)]


def case_of(connection: Connection, dispute_id: str) -> DisputeCase | None:
    row = connection.execute(select(t.dispute_cases).where(_c.dispute_id == dispute_id)).one_or_none()
    return None if row is None else value_of(DisputeCase, row)


def locked_case(connection: Connection, dispute_id: str) -> DisputeCase | None:
    """Returns the case, and keeps others from it until the transaction ends."""
    query = select(t.dispute_cases).where(_c.dispute_id == dispute_id).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else value_of(DisputeCase, row)


def cases_of(connection: Connection, dispute_ids: Sequence[str]) -> dict[str, DisputeCase]:
    query = select(t.dispute_cases).where(_c.dispute_id.in_(list(dispute_ids)))
    return {row.dispute_id: value_of(DisputeCase, row) for row in connection.execute(query)}


def keep_case(connection: Connection, dispute_id: str, provider: Provider, told: Told) -> DisputeCase:
    """Writes how its provider has a dispute now; returns all that is known of it, which stays so until the end."""
    own = {"dispute_id": dispute_id, "provider": provider, "reference": told.reference}
    now = {
        "status": told.status,
        "reason": told.reason,
        "network_reason": told.network_reason,
        "fee": told.fee,
        "submissions": told.submissions,
        "opened_at": told.opened_at,
        "due_at": told.due_at,
        "read_at": func.now(),
    }
    row = insert(t.dispute_cases).values(**own, **now)
    kept = row.on_conflict_do_update(index_elements=["dispute_id"], set_=now).returning(*_c)
    return value_of(DisputeCase, connection.execute(kept).one())


def change_case(connection: Connection, dispute_id: str, **values: Any) -> DisputeCase:
    """Changes what is known of our side of a case; returns it as it is then."""
    changed = update(t.dispute_cases).where(_c.dispute_id == dispute_id).values(**values).returning(*_c)
    return value_of(DisputeCase, connection.execute(changed).one())
