"""Writing: seals what happened as the next facts of this till's chain, with all that follows from them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from boxoffice.core.books import Books
from boxoffice.core.effects import Inconsistent, must_know_all
from boxoffice.core.facts import BrokenFact, Fact, Head, check_fact, check_link, digest, head_after, seal
from boxoffice.core.generations import resting_on, takes_from_lease
from boxoffice.core.ids import DeviceId, EventId, FactId
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.sales import draft
from boxoffice.core.staff import NOBODY, Acting
from boxoffice.till.store import facts as fact_store
from boxoffice.till.store import leases
from boxoffice.till.store.projections import books_before, carry_out, post


@dataclass(frozen=True, slots=True)
class Journal:
    """This till's pen. Everything written in one transaction stands or falls together."""

    device_id: DeviceId
    key: Ed25519PrivateKey
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    acting: Callable[[], Acting] = lambda: NOBODY
    """Who writes now: asked here, for each fact, so that no use case can forget to say it."""

    def write(
        self,
        connection: Connection,
        payloads: Sequence[Payload],
        event_id: EventId,
        before: Books | None = None,
    ) -> list[Fact]:
        """Writes one fact a payload, each with who acts and who approved it.

        `before` spares reading the books of their orders again, as they stand.

        Raises:
            NotEnoughLeft: if an order takes more than this till's leases have.
            Inconsistent: if a fact contradicts those before it. Nothing may then be committed.
        """
        head = fact_store.own_head(connection, self.device_id)
        at, acting, sealed = self.now(), self.acting(), []
        if any(takes_from_lease(payload) for payload in payloads):
            generations = leases.generations_of(connection, event_id)
            payloads = [resting_on(payload, generations) for payload in payloads]
        if acting.approver_id is not None:
            payloads = [payload.model_copy(update={"approved_by": acting.approver_id}) for payload in payloads]
        for payload in payloads:
            written = draft(payload, id=FactId(self.new_id()), at=at, staff_id=acting.staff_id, event_id=event_id)
            sealed.append(seal(written, head, self.key))
            head = head_after(sealed[-1])
        rests_on = books_before(connection, sealed) if before is None else before
        fact_store.add_own(connection, sealed)
        must_know_all(carry_out(connection, rests_on, sealed))
        return sealed


def take_back(connection: Connection, device_id: DeviceId, key: Ed25519PublicKey, facts: Iterable[Fact]) -> int:
    """Takes facts that were here before, with causes before effects; returns how many of this till's own are back.

    Those of the hub are taken as they always are, each once; of this till's own, those that follow what is here.

    Raises:
        BrokenFact: if one of this till's is not its own, or follows something else than what is here.
        NotEnoughLeft: if what it rests on is missing too; the transaction must then be given up.
        Inconsistent: likewise.
    """
    head, back = fact_store.own_head(connection, device_id), 0
    for fact in facts:
        if fact.device_id != device_id:
            take_hub_fact(connection, fact)
        elif (fact.epoch, fact.seq) > (head.epoch, head.seq):
            check_link(fact, Head(device_id, fact.epoch) if fact.epoch > head.epoch else head)
            check_fact(fact, key)
            before = books_before(connection, [fact])
            fact_store.add_own(connection, [fact])
            carry_out(connection, before, [fact])
            head, back = head_after(fact), back + 1
    return back


def take_hub_fact(connection: Connection, fact: Fact) -> bool:
    """Takes a fact of the hub with all that follows from it; returns whether it is new here.

    One that contradicts what is here is kept and posted, but changes nothing else: money is never refused.

    Raises:
        BrokenFact: if it was changed on its way.
    """
    if digest(fact) != fact.hash:
        raise BrokenFact(fact.id, "its content does not match its hash")
    before, attempt = books_before(connection, [fact]), connection.begin_nested()
    try:
        is_new = fact_store.add_hub(connection, fact, is_applied=True)
        if is_new:
            carry_out(connection, before, [fact])
        attempt.commit()
    except (Inconsistent, NotEnoughLeft, IntegrityError):
        attempt.rollback()
        is_new = fact_store.add_hub(connection, fact, is_applied=False)
        post(connection, fact)
    return is_new
