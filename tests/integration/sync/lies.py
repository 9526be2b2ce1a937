"""What a till may not say, and what must never change by its word."""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from sync.store.chain import new_id
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door


def others(hub: Stand, device: str) -> list[Any]:
    """Returns all that is not this till's: what its word must never change, but that others hear of it anew."""
    mine = "order_id IN (SELECT id FROM orders WHERE placed_by <> %s)"
    return [
        hub.sql("SELECT to_jsonb(orders) - 'changed_in' FROM orders WHERE placed_by <> %s ORDER BY id", device),
        hub.sql(f"SELECT * FROM payments WHERE {mine} ORDER BY id", device),
        hub.sql(f"SELECT * FROM tickets WHERE {mine} ORDER BY id", device),
        hub.sql("SELECT * FROM device_leases WHERE device_id <> %s ORDER BY 1, 2, 3", device),
        hub.sql("SELECT device_id, granted, returned FROM device_leases WHERE device_id = %s ORDER BY 2", device),
        hub.sql("SELECT id, revision, file FROM events"),
        hub.sql("SELECT id, capacity, held FROM pools ORDER BY 1"),
        hub.sql(
            "SELECT account, sum(amount) FROM ledger_postings WHERE account LIKE ANY(ARRAY['bank', 'fees%%', 'paypal',"
            " 'cash:%%']) AND account <> 'cash:' || (SELECT name FROM devices WHERE id = %s)"
            " AND NOT (account = 'bank' AND fact_id IN (SELECT id FROM facts WHERE kind = 'cash_moved'))"
            " GROUP BY 1 ORDER BY 1",
            device,
        ),
    ]


def scan(ticket_id: str, **said: Any) -> dict[str, Any]:
    """Returns what a fact about a ticket that was let in says."""
    where = {"zone": "festival", "gate": "Door", "direction": "in", "outcome": "admitted"}
    rest = {"way": "code", "is_listed": True, "seen": "", "is_undo": False, "why": ""}
    return {"scan_id": new_id(), "ticket_id": ticket_id, "day": "2026-05-15", "clock": "21:20", **where, **rest, **said}


def lies(victim: Door, theirs: Sequence[Fact], mine: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Returns what a till may not say, one of each kind, each as whole as a true one."""
    order, paid, ticket = theirs[0].payload, theirs[1].payload, theirs[4].payload["tickets"][0]
    refund = {"refund_id": new_id(), "order_id": order["order_id"], "tender_id": paid["tender_id"], "tender": "cash"}
    refund |= {"amount": 100, "currency": "USD"}
    about = {"order_id": order["order_id"], "tender_id": paid["tender_id"], "tender": "cash", "amount": 1}
    about["currency"] = "USD"
    shift = {"shift_id": new_id(), "drawer": victim.me.name, "currency": "USD"}
    card = {"card_id": "c", "grant_id": "g", "amount": 5000, "currency": "USD"}
    bank = {"provider": "stripe", "amount": 5000, "currency": "USD", "provider_reference": "x"}
    return {
        "order_placed": {**mine, "source": "pool", "channel": "web"},
        "order_state_changed": {"order_id": order["order_id"], "from": "completed", "to": "refunded"},
        "payment_started": {**about, "idempotency_key": "k"},
        "payment_captured": {**about, "drawer": victim.me.name},
        "payment_failed": {**about, "code": "x", "message": ""},
        "payment_unknown": {**about, "reason": "x"},
        "tickets_issued": {**theirs[4].payload},
        "ticket_voided": {"ticket_id": ticket["ticket_id"], "order_id": order["order_id"], "units": {"social": 1}},
        "ticket_reissued": {"ticket_id": ticket["ticket_id"], "order_id": order["order_id"], "ticket": ticket},
        "units_freed": {"order_id": order["order_id"], "units": {"social": 1}},
        "order_collected": {"order_id": order["order_id"], "seen": "a friend"},
        "ticket_scanned": scan(ticket["ticket_id"]),
        "preflight_done": {"outcomes": {"printer": "splendid"}},
        "refund_requested": {**refund, "units": {"social": 2}},
        "refund_pending": refund,
        "refund_succeeded": {**refund, "drawer": victim.me.name},
        "refund_failed": {**refund, "code": "x", "message": "", "is_reversal": True},
        "dispute_changed": {**about, "dispute_id": "dp", "status": "lost", "withdrawn": 1, "lost": 1},
        "dispute_answered": {"dispute_id": "dp", "provider": "stripe", "provider_reference": "x", "answer": "sent"},
        "stray_decided": {**bank, "decision": "not_ours"},
        "return_filed": {"office": "City of Boulder", "month": "2026-05", "amount": 5, "currency": "USD"},
        "office_changed": {"subject": "line", "what": "line", "after": "5"},
        "contacts_erased": {"order_ids": [order["order_id"]]},
        "shift_opened": {**shift, "float_amount": 5000, "left": 0},
        "cash_moved": {"drawer": victim.me.name, "amount": -5000, "currency": "USD"},
        "cash_counted": {**shift, "counted": 1, "expected": 1},
        "drawer_opened": shift,
        "shift_handed_over": {**shift, "to": "me"},
        "shift_closed": {**shift, "z_number": 1, "counted": 1, "expected": 1, "to_safe": 1},
        "gift_card_issued": {**card, "order_id": order["order_id"], "line": 0, "code_hash": "h", "last4": "4F7K"},
        "gift_card_taken_back": {**card, "order_id": order["order_id"]},
        "gift_card_cashed_out": {**card, "drawer": victim.me.name},
        "gift_card_blocked": {"card_id": "c", "is_blocked": False},
        "gift_card_written_off": {"card_id": "c", "amount": 5, "currency": "USD"},
        "value_leased": {**card, "to_device": victim.me.device_id, "code_hash": "h", "last4": "4F7K"},
        "value_recalled": {"card_id": "c", "grant_id": "g", "from_device": victim.me.device_id},
        "value_returned": {"card_id": "c", "grant_id": "g", "amount": 5},
        "value_reclaimed": {"card_id": "c", "grant_id": "g", "from_device": victim.me.device_id},
        "lease_granted": {"lease_id": "l", "pool_id": "social", "to_device": victim.me.device_id, "units": 500},
        "lease_returned": {"pool_id": "nowhere", "units": 500},
        "lease_reclaimed": {"pool_id": "social", "from_device": victim.me.device_id, "units": 5},
        "catalogue_revised": {"revision": 99, "event": {"event": {"id": EVENT}, "pools": []}},
        "staff_changed": {"name": "me", "role": "admin"},
        "offer_paid": {**about, "order_number": "A-1", "till": "me"},
        "offer_returned": {**about, "refund": "re_1", "by": "me"},
        "offer_settled": about,
        "fee_recorded": bank,
        "payout_recorded": bank,
        "exception_raised": {"exception_id": new_id(), "exception_kind": "paid_twice", "detail": ""},
        "exception_resolved": {"exception_id": new_id(), "remedy": "seen"},
    }


def nested(depth: int) -> Any:
    found: Any = 1
    for _ in range(depth):
        found = [found]
    return found


NESTED = nested(150)
ODD: list[Any] = [
    None, True, -1, 0, 2**31, 2**53 - 1, 1e22, -0.0, 1e-7, 0.5, "", "\0", "5", "x" * 5000, "Nguyễn 💃🏽 \u202e",
    "USD", "EUR", "XXX", "cash", "checkout", "completed", [], {}, [[]], {"a": {"\0": 1}}, NESTED, {"last4": "9" * 9000},
]  # fmt: skip


@st.composite
def said(draw: st.DrawFn) -> tuple[str, dict[str, Any], str, str | None]:
    """Returns a kind, changes to its payload, of what it speaks, and its event."""
    kind = draw(st.sampled_from([kind.value for kind in FactKind]))
    fields = st.sampled_from([
        "order_id", "tender_id", "tender", "amount", "currency", "drawer", "units", "lines", "total", "tickets", "card",
        "refund_id", "unearned", "pool_id", "provider_reference", "order_number", "earned", "from", "to", "extra",
        "parts", "card_id", "grant_id",
    ])  # fmt: skip
    changes = draw(st.dictionaries(fields, st.sampled_from(ODD) | st.integers(-(2**53) + 1, 2**53 - 1), max_size=3))
    whose = draw(st.sampled_from(["theirs", "mine", "nobody's"]))
    event = draw(st.sampled_from([EVENT, EVENT, EVENT, None, "no-such-event", "\0", "e" * 4000]))
    return kind, changes, whose, event
