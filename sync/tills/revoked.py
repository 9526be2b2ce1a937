"""What a till that was revoked still may do: hand over what it sold, and see the end of its payments under way.

Its customers hold tickets, so its money is taken like any other, and put before a person.
"""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, text

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.facts import BrokenFact, check_fact
from boxoffice.core.money import Currency, Money
from boxoffice.core.payloads.exceptions import ExceptionResolved
from boxoffice.core.wire.pushes import PushRequest
from sync.ledger.hub import Hub
from sync.store import exceptions
from sync.store.tills import Device, till_of_id

TOLD_ANEW: Final = "Told again, with what has come since"
"""How an open word about a revoked till ends when the till has sent more; the list of what is decided shows it."""
_SENT: Final = text("""
    SELECT count(*) FILTER (WHERE f.kind = 'tickets_issued') AS sales,
           count(*) FILTER (WHERE f.kind = 'tickets_issued' AND f.occurred_at > d.revoked_at) AS late
    FROM facts f JOIN devices d ON d.id = f.device_id
    WHERE d.id = :device AND f.is_applied AND f.received_at >= d.revoked_at
""")
_TAKEN: Final = text("""
    SELECT l.currency, -sum(l.amount) AS amount
    FROM facts f JOIN devices d ON d.id = f.device_id JOIN ledger_postings l ON l.fact_id = f.id
    WHERE d.id = :device AND f.kind = 'payment_captured' AND l.account = 'unearned' AND f.received_at >= d.revoked_at
    GROUP BY l.currency ORDER BY l.currency
""")


class TillRevoked(BoxofficeError):
    """An organizer has shut this till out: it gets nothing more, and what it sold is still taken."""

    def __init__(self) -> None:
        super().__init__("This till was revoked by an organizer. Hand over what it has sold, then pair it anew.")


def signer_of(connection: Connection, push: PushRequest) -> Device | None:
    """Returns the revoked till whose key signed what is pushed: a fact proves its writer without any token."""
    if not push.facts:
        return None
    first = push.facts[0]
    if "\0" in first.device_id:
        return None
    device = till_of_id(connection, first.device_id)
    if device is None or not device.is_revoked:
        return None
    try:
        check_fact(first.fact(), Ed25519PublicKey.from_public_bytes(bytes.fromhex(device.public_key)))
    except (BrokenFact, ValueError, OverflowError, RecursionError):
        return None
    return device


def tell_of_sales(hub: Hub, connection: Connection, device: Device) -> None:
    """Puts what a revoked till has sent since before a person: one open word a till, that says all of it."""
    sent = connection.execute(_SENT, {"device": device.id}).one()
    taken = [
        Money(int(row.amount), Currency(row.currency)) for row in connection.execute(_TAKEN, {"device": device.id})
    ]
    if not sent.sales and not taken:
        return
    before = exceptions.open_at(connection, "revoked_till_sent", device.id)
    hub.write(connection, [ExceptionResolved(exception_id=each, remedy=TOLD_ANEW) for each in before], None)
    sales = f"{sent.sales} {'sale' if sent.sales == 1 else 'sales'}"
    money = " and ".join(str(each) for each in taken) or "no money"
    late = f"{sent.late} of them made after it was revoked" if sent.late else "all made before it was revoked"
    detail = f"{device.name} was revoked and has sent {sales} since, {money} taken: {late}. Count its drawer."
    hub.raise_exception(connection, "revoked_till_sent", detail, device_id=device.id)
