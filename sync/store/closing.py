"""What the close of an event is made of, read from the rows, the ledger and the providers' lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ARRAY, Connection, Text, bindparam, text

from boxoffice.core.closed_sets import listed
from boxoffice.core.closing import Close, Difference, OrderMoney, PaymentMoney, Shortfall, Why
from boxoffice.core.orders import PAID_FOR
from boxoffice.core.payout_parts import Line, MoveKind
from boxoffice.core.tenders import TENDERS, names_where
from sync.store.reports import ReportEvent
from sync.store.rows import value_of

_FREE: Final = list(names_where(lambda row: not row.is_money or row.account == "stored_value"))
"""What brings no money when it pays: a gift card has brought its own when it was sold."""
_FILLED: Final = [row.account.format(drawer="%") for row in TENDERS.values() if row.is_money]
_STRIPE: Final = list(names_where(lambda row: row.account == "stripe"))
_PAYPAL: Final = list(names_where(lambda row: row.account == "paypal"))
_MOST: Final = 100
_LISTS: Final = {"free": _FREE, "filled": _FILLED, "stripe": _STRIPE, "paypal": _PAYPAL}
# The facts that move an order's money, and what each has put where.
_BOOKED: Final = """
    booked AS (
        SELECT o.id AS order_id, f.payload ->> 'tender_id' AS tender_id, l.account, l.amount,
               greatest(f.occurred_at, f.received_at) AS at
        FROM orders o JOIN facts f ON f.payload ->> 'order_id' = o.id AND f.is_applied
        JOIN ledger_postings l ON l.fact_id = f.id
         AND (l.account LIKE ANY(:filled) OR l.account LIKE 'transit:%' OR l.account IN ('rounding', 'outside'))
        WHERE o.event_id = :event AND f.payload ->> 'tender' <> ALL(:free)
          AND f.kind IN ('payment_captured', 'refund_pending', 'refund_succeeded', 'refund_failed', 'dispute_changed')
    )
"""


def _query(words: str) -> Any:
    used = (bindparam(name, values, type_=ARRAY(Text)) for name, values in _LISTS.items() if f":{name}" in words)
    return text(words).bindparams(*used)


_ORDERS: Final = _query(f"""
    WITH {_BOOKED}, money AS (
        SELECT order_id, sum(amount)::bigint AS booked FROM booked GROUP BY order_id
    ), taken AS (
        SELECT f.payload ->> 'order_id' AS order_id, sum(l.amount)::bigint AS disputed
        FROM orders o JOIN facts f ON f.payload ->> 'order_id' = o.id AND f.kind = 'dispute_changed'
        JOIN ledger_postings l ON l.fact_id = f.id AND l.account IN ('disputes', 'losses')
        WHERE o.event_id = :event GROUP BY 1
    ), paid AS (
        SELECT p.order_id, sum(p.amount) FILTER (WHERE p.tender = ANY(:free)) AS free FROM payments p
        JOIN orders o ON o.id = p.order_id WHERE o.event_id = :event AND p.status = 'captured' GROUP BY 1
    ), back AS (
        SELECT p.order_id, sum(r.amount) AS refunded FROM refunds r JOIN payments p ON p.id = r.payment_id
        JOIN orders o ON o.id = p.order_id
        WHERE o.event_id = :event AND r.status = 'succeeded' AND p.tender <> ALL(:free) GROUP BY 1
    )
    SELECT o.order_number, CASE WHEN o.status IN ({listed(PAID_FOR)}) THEN o.total_amount ELSE 0 END AS sold,
           coalesce(paid.free, 0)::bigint AS free, coalesce(back.refunded, 0)::bigint AS refunded,
           coalesce(taken.disputed, 0)::bigint AS disputed, coalesce(money.booked, 0)::bigint AS booked
    FROM orders o LEFT JOIN money ON money.order_id = o.id LEFT JOIN taken ON taken.order_id = o.id
    LEFT JOIN paid ON paid.order_id = o.id LEFT JOIN back ON back.order_id = o.id
    WHERE o.event_id = :event ORDER BY o.created_at, o.id
""")  # noqa: S608  # of the words of a closed set
_ACCOUNTS: Final = _query(f"""
    WITH {_BOOKED}
    SELECT split_part(account, ':', 1) AS account, sum(amount)::bigint AS amount FROM booked GROUP BY 1 ORDER BY 1
""")  # noqa: S608  # likewise
_PAYMENTS: Final = _query(f"""
    WITH {_BOOKED}, moved AS (
        SELECT provider, payment, sum(amount)::bigint AS listed, sum(fee)::bigint AS fee, sum(net)::bigint AS net,
               coalesce(sum(amount) FILTER (WHERE payout IS NOT NULL), 0)::bigint AS paid_out,
               coalesce(sum(net) FILTER (WHERE payout IS NOT NULL), 0)::bigint AS net_paid_out,
               min(currency) AS one, max(currency) AS other
        FROM provider_moves WHERE payment IS NOT NULL GROUP BY provider, payment
    ), taken AS (
        SELECT p.*, CASE WHEN p.tender = ANY(:stripe) THEN 'stripe' ELSE 'paypal' END AS provider FROM payments p
        WHERE p.status = 'captured' AND (p.tender = ANY(:stripe) OR p.tender = ANY(:paypal)
              AND EXISTS (SELECT FROM provider_reads WHERE provider = 'paypal'))
    )
    SELECT o.order_number, p.provider, p.provider_reference AS reference, m.listed, coalesce(m.fee, 0) AS fee,
           coalesce(m.paid_out, 0) AS paid_out, coalesce(m.net, 0) AS net, coalesce(m.net_paid_out, 0) AS net_paid_out,
           coalesce(sum(b.amount) FILTER (WHERE b.account = p.provider), 0)::bigint AS booked,
           coalesce(max(b.at) < (SELECT read_until FROM provider_reads r WHERE r.provider = p.provider), false)
               AS is_read,
           coalesce(m.one <> o.currency OR m.other <> o.currency, false) AS is_other_currency
    FROM orders o JOIN taken p ON p.order_id = o.id
    LEFT JOIN booked b ON b.order_id = o.id AND b.tender_id = p.id
    LEFT JOIN moved m ON m.payment = p.provider_reference AND m.provider = p.provider
    WHERE o.event_id = :event
    GROUP BY o.id, p.id, p.provider, p.provider_reference, m.listed, m.fee,
              m.paid_out, m.net, m.net_paid_out, m.one, m.other
    ORDER BY o.created_at, p.id
""")  # noqa: S608  # likewise
_UNCOUNTED: Final = text("""
    SELECT split_part(l.account, ':', 2) AS drawer, sum(l.amount)::bigint AS amount
    FROM orders o JOIN facts f ON f.payload ->> 'order_id' = o.id AND f.is_applied
    JOIN ledger_postings l ON l.fact_id = f.id AND l.account LIKE 'cash:%'
    WHERE o.event_id = :event AND NOT EXISTS (
        SELECT FROM shifts s WHERE s.device_id = f.device_id AND s.status = 'closed'
          AND (f.epoch, f.seq) BETWEEN (s.first_epoch, s.first_seq) AND (s.last_epoch, s.last_seq))
    GROUP BY 1 ORDER BY 1
""")
_SHORTFALLS: Final = text("""
    SELECT coalesce('Z ' || s.z_number || ', ', '') || (f.payload ->> 'drawer') AS shift, coalesce(s.why, '') AS why,
           -sum(l.amount)::bigint AS amount
    FROM facts f JOIN ledger_postings l ON l.fact_id = f.id AND l.account = 'cash_over_short'
    LEFT JOIN shifts s ON s.id = f.payload ->> 'shift_id'
    WHERE f.event_id = :event GROUP BY s.z_number, 1, 2 ORDER BY s.z_number NULLS LAST, 1
""")
_OURS: Final = "EXISTS (SELECT FROM payments p WHERE p.provider_reference = m.payment AND p.status = 'captured')"
_STRAYS: Final = text(f"""
    SELECT coalesce(m.payment, m.reference) AS reference, m.provider, sum(m.amount)::bigint AS amount
    FROM provider_moves m
    WHERE m.is_marked AND m.currency = :currency AND NOT {_OURS} GROUP BY 1, 2 HAVING sum(m.amount) <> 0 ORDER BY 1
""")  # noqa: S608  # likewise
_ROUND_THE_TILLS: Final = text("""
    SELECT reference, amount FROM strays WHERE settled_at IS NULL AND currency = :currency ORDER BY paid_at, reference
""")
_PAYOUTS: Final = text("""
    SELECT provider, reference, coalesce(total, amount) AS total, currency, status, is_provable, is_complete,
           coalesce(arrives_at, read_at) AS arrives_at
    FROM payouts ORDER BY coalesce(arrives_at, read_at) DESC NULLS LAST, id DESC LIMIT :most
""")
_LINES: Final = text("""
    SELECT m.reference, m.kind, m.is_marked, m.payment, m.amount, m.fee, m.net, m.currency, m.words, m.created_at,
           o.order_number, e.id AS event_id, e.name AS event_name
    FROM provider_moves m
    LEFT JOIN payments p ON p.provider_reference = m.payment AND p.status = 'captured'
    LEFT JOIN orders o ON o.id = p.order_id LEFT JOIN events e ON e.id = o.event_id
    WHERE m.provider = :provider AND m.payout = :payout ORDER BY m.created_at, m.reference
""")
_ACCOUNT: Final = text("""
    SELECT coalesce(sum(net), 0)::bigint FROM provider_moves
    WHERE provider = 'stripe' AND currency = :currency AND payment IS NULL AND kind IN ('fee', 'adjustment')
""")
_PAYPAL_FEES: Final = text("""
    SELECT coalesce(sum(f.amount), 0)::bigint FROM provider_fees f
    JOIN payments p ON p.provider_reference = f.reference AND p.status = 'captured'
    JOIN orders o ON o.id = p.order_id WHERE f.provider = 'paypal' AND o.event_id = :event
""")
_JOURNAL: Final = text("""
    SELECT f.id, f.kind, f.occurred_at, o.order_number, l.account, l.amount, l.currency
    FROM facts f JOIN ledger_postings l ON l.fact_id = f.id LEFT JOIN orders o ON o.id = f.payload ->> 'order_id'
    WHERE (CAST(:event AS text) IS NULL OR f.event_id = :event) ORDER BY f.position, l.line
""")


@dataclass(frozen=True, slots=True)
class PayoutAt:
    """A payout, as it stands."""

    provider: str
    reference: str
    total: int
    currency: str
    status: str
    is_provable: bool
    is_complete: bool
    arrives_at: datetime | None


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """A line of a payout, and the order and event of its payment, if it is ours."""

    reference: str
    kind: MoveKind
    is_marked: bool
    payment: str | None
    amount: int
    fee: int
    net: int
    currency: str
    words: str
    created_at: datetime
    order_number: str | None
    event_id: str | None
    event_name: str | None

    @property
    def line(self) -> Line:
        is_ours = self.order_number is not None
        return Line(self.kind, is_ours, self.is_marked, self.amount, self.fee, self.net)


@dataclass(frozen=True, slots=True)
class Posted:
    """A line of the ledger, with the fact that made it."""

    id: str
    kind: str
    occurred_at: datetime
    order_number: str | None
    account: str
    amount: int
    currency: str


def close_of(connection: Connection, event: ReportEvent) -> Close:
    """Returns how an event's money stands, from the rows, the ledger and what was read of the providers' lists."""
    of = {"event": event.id}
    strays = connection.execute(_STRAYS, {"currency": event.currency.code})
    round_the_tills = connection.execute(_ROUND_THE_TILLS, {"currency": event.currency.code})
    return Close(
        orders=[value_of(OrderMoney, row) for row in connection.execute(_ORDERS, of)],
        accounts={row.account: row.amount for row in connection.execute(_ACCOUNTS, of) if row.amount},
        payments=[value_of(PaymentMoney, row) for row in connection.execute(_PAYMENTS, of)],
        uncounted={row.drawer: row.amount for row in connection.execute(_UNCOUNTED, of)},
        shortfalls=[value_of(Shortfall, row) for row in connection.execute(_SHORTFALLS, of)],
        strays=[
            *(Difference(Why.NO_ORDER, row.amount, row.reference, provider=row.provider) for row in strays),
            *(Difference(Why.ROUND_THE_TILLS, row.amount, row.reference) for row in round_the_tills),
        ],
    )


def payouts_listed(connection: Connection) -> Sequence[PayoutAt]:
    """Returns the payouts that are known, the newest first."""
    rows = connection.execute(_PAYOUTS, {"most": _MOST})
    return [value_of(PayoutAt, row) for row in rows]


def lines_of(connection: Connection, payout: PayoutAt) -> Sequence[PayoutLine]:
    """Returns what a payout is made of, as it came to the balance."""
    rows = connection.execute(_LINES, {"provider": payout.provider, "payout": payout.reference})
    return [value_of(PayoutLine, row) for row in rows]


def of_the_account(connection: Connection, currency: str) -> int:
    """Returns what fees and adjustments of no payment have changed the balance by: they belong to no event."""
    return int(connection.execute(_ACCOUNT, {"currency": currency}).scalar_one())


def paypal_fees(connection: Connection, event_id: str) -> int:
    """Returns what PayPal has kept of an event's payments."""
    return int(connection.execute(_PAYPAL_FEES, {"event": event_id}).scalar_one())


def read_until(connection: Connection) -> Mapping[str, datetime]:
    """Returns up to when each provider's list was read, by provider."""
    rows = connection.execute(text("SELECT provider, read_until FROM provider_reads"))
    return {row.provider: row.read_until for row in rows}


def journal_of(connection: Connection, event_id: str | None) -> Sequence[Posted]:
    """Returns all postings of an event, or of all, as they were made."""
    return [value_of(Posted, row) for row in connection.execute(_JOURNAL, {"event": event_id})]
