"""PayPal's webhooks, worked on as jobs: an approval is taken, a capture settles, a refund is in the books."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, select

from boxoffice.core.charging import from_paypal
from sync.services import disputes
from sync.services.checkouts import Checkouts
from sync.services.hub import Hub
from sync.services.outside_refunds import take_refund
from sync.services.refunds import Refunds
from sync.store import tables as t
from sync.store.ledger import lock_orders

PROVIDER: Final = "paypal"
_DENIED: Final = frozenset({"PAYMENT.CAPTURE.DENIED", "PAYMENT.CAPTURE.DECLINED"})
_CAPTURES: Final = _DENIED | {"PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.PENDING"}
_REFUNDS: Final = frozenset({"PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED"})
_DISPUTES: Final = {"CUSTOMER.DISPUTE.CREATED": disputes.OPENED, "CUSTOMER.DISPUTE.RESOLVED": disputes.CLOSED}
_WON: Final = frozenset({"RESOLVED_SELLER_FAVOUR", "CANCELED_BY_BUYER", "DENIED"})
"""How a dispute ends that leaves the money where it is."""
HANDLED: Final = _CAPTURES | _REFUNDS | _DISPUTES.keys() | {"CHECKOUT.ORDER.APPROVED"}


def work_on_paypal(
    hub: Hub, checkouts: Checkouts, refunds: Refunds, kind: str, resource: Mapping[str, Any]
) -> str | None:
    """Does what an event asks for and returns the order that it was about; doing it again changes nothing.

    Raises:
        TryAgainLater: if PayPal can't be reached.
    """
    if kind in _REFUNDS:
        return _refunded(hub, checkouts, refunds, resource)
    if kind in _DISPUTES:
        return _disputed(hub, _DISPUTES[kind], resource)
    session = str(resource["id"]) if kind == "CHECKOUT.ORDER.APPROVED" else _session_of(hub, resource)
    if session is None:
        return None
    tender = checkouts.settle_session(session, "card_declined" if kind in _DENIED else None)
    c = t.checkouts.c
    with hub.database.transaction() as connection:
        return connection.execute(select(c.order_id).where(c.tender_id == tender)).scalar_one_or_none()


def _disputed(hub: Hub, kind: str, dispute: Mapping[str, Any]) -> str | None:
    """Puts a dispute before a person. What PayPal takes back of the money, it tells by a reversal of the capture."""
    outcome = (dispute.get("dispute_outcome") or {}).get("outcome_code")
    amount = dispute["dispute_amount"]
    found = None
    for transaction in dispute.get("disputed_transactions") or ():
        told = {
            "id": str(dispute["dispute_id"]),
            "payment_intent": str(transaction["seller_transaction_id"]),
            "amount": _minor(amount["value"], amount["currency_code"]),
            "status": "won" if outcome in _WON else "lost",
            "reason": dispute.get("reason"),
        }
        found = disputes.take_dispute(hub, kind, told) or found
    return found


def _session_of(hub: Hub, capture: Mapping[str, Any]) -> str | None:
    """Returns PayPal's order of a capture: it names it, or the tender that the hub gave it."""
    related = (capture.get("supplementary_data") or {}).get("related_ids") or {}
    if related.get("order_id"):
        return str(related["order_id"])
    c = t.checkouts.c
    query = select(c.session_id).where(c.tender_id == str(capture.get("custom_id")))
    with hub.database.transaction() as connection:
        return connection.execute(query).scalar_one_or_none()


def _refunded(hub: Hub, checkouts: Checkouts, refunds: Refunds, refund: Mapping[str, Any]) -> str | None:
    """Asks how a refund of ours stands; takes one that someone made at PayPal into the books."""
    r, p = t.refunds.c, t.payments.c
    ours = str(refund.get("invoice_id"))
    with hub.database.transaction() as connection:
        query = select(p.order_id).join(t.refunds, r.payment_id == p.id).where(r.id == ours)
        order = connection.execute(query).scalar_one_or_none()
    if order is not None:
        refunds.look_again(ours)
        return str(order)
    checkouts.settle_tender(str(refund.get("custom_id")))  # a refund may be told before its payment
    return hub.database.run(lambda connection: _take(hub, connection, refund))


def _take(hub: Hub, connection: Connection, refund: Mapping[str, Any]) -> str | None:
    p = t.payments.c
    # A refund names its capture by a link; a reversal may be told by the capture itself.
    up = (str(link["href"]).rsplit("/", 1)[-1] for link in refund.get("links", []) if link["rel"] == "up")
    named = select(p.order_id, p.provider_reference).where(p.provider_reference.in_([*up, str(refund["id"])]))
    found = connection.execute(named).first()
    if found is None:
        return None
    lock_orders(connection, [found.order_id])  # two refunds at once: the second must see the first
    return take_refund(hub, connection, _as_charge(connection, found.order_id, found.provider_reference, refund))


def _as_charge(connection: Connection, order: str, capture: str, refund: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the refund in the words of a charge: what went back of the payment, with this refund, once."""
    p, r, f = t.payments.c, t.refunds.c, t.facts.c
    same = f.payload["provider_reference"].astext == str(refund["id"])
    known = select(f.id).where(f.payload["order_id"].astext == order, f.kind == "refund_succeeded", same)
    is_known = connection.execute(known).first() is not None
    mine = select(r.amount).join(t.payments, p.id == r.payment_id)
    rows = connection.scalars(mine.where(p.provider_reference == capture, r.status != "failed"))
    amount = refund["amount"]
    added = 0 if is_known else _minor(amount["value"], amount["currency_code"])
    return {"payment_intent": capture, "amount_refunded": sum(rows) + added, "id": str(refund["id"])}


def _minor(value: str, currency: str) -> int:
    return from_paypal(value, currency)
