"""What must hold: after every step (safety), and once nothing goes wrong any more (liveness).

It counts in its own way, from the facts as they lie in the databases, and shares no code with what carries them out.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, text

from boxoffice.till.usecases.verify import verify as verify_till
from sync.ledger.verify import verdict_on
from tests.simulation.counter_oracle import cards_differ, kept_by_closed_tills
from tests.simulation.door_oracle import reports_differ
from tests.simulation.event import PROMO_LIMIT
from tests.simulation.options import Fault
from tests.simulation.provider import BEGINNING_S, DISPUTE_FEE
from tests.simulation.till_process import TillProcess
from tests.simulation.told import ONLY_OF_RECLAIMED, Broken, Facts, unsafe, untold_refunds
from tests.simulation.world import World

_AT_HUB: Final = text(
    "SELECT position, id, kind, payload, device_id, staff_id FROM facts WHERE position > :after ORDER BY position"
)
_AT_TILL: Final = (
    "SELECT position, id, kind, payload, device_id, staff_id FROM facts WHERE position > ? ORDER BY position"
)
_HEARD: Final = (
    "SELECT position, id, kind, payload, device_id, staff_id FROM hub_facts WHERE position > ? ORDER BY position"
)
"""What a till has heard of the hub: all that is left of it, once the hub's database was put back."""
_BALANCE: Final = text("SELECT coalesce(sum(amount), 0) FROM ledger_postings WHERE account LIKE :account")
_MAY_BE: Final[Mapping[Fault, tuple[str, ...]]] = {
    Fault.FILE_SET_BACK: ("till_lost_facts",),
    Fault.BACKUP_RESTORED: ("till_lost_facts",),
    Fault.FACTS_LOST: ("till_lost_facts",),
    Fault.CLONED: (
        "cloned_device",
        "till_lost_facts",
        "broken_fact",
        "lease_does_not_fit",
        "fact_does_not_fit",
        *ONLY_OF_RECLAIMED,
    ),
}
"""What a person is told of where this goes wrong."""
_STANDS_AND_WAITS: Final = text("SELECT f.id FROM facts f JOIN waiting_facts w USING (device_id, epoch, seq)")
_GIVEN_UP: Final = text("""
    SELECT payload ->> 'order_id' AS id, extract(epoch FROM occurred_at) - :beginning AS at FROM facts
    WHERE kind = 'order_state_changed' AND payload ->> 'to' = 'failed' AND payload ->> 'order_id' = ANY(:orders)
""")
_PAID: Final = text("SELECT id FROM orders WHERE id = ANY(:orders) AND id IN (SELECT order_id FROM tickets)")
# What a till has begun takes of its lease until it is sold.
_CODES: Final = text("""
    SELECT (SELECT coalesce(sum(held + sold), 0) FROM pools WHERE id LIKE 'code:%') AS counted,
           (SELECT count(*) FROM orders o JOIN facts f ON f.payload ->> 'order_id' = o.id
            WHERE f.kind = 'order_placed' AND o.status <> 'failed'
            AND f.payload @? '$.lines[*].reductions[*] ? (@.kind == "code")'
            AND (o.channel = 'web' OR o.status NOT IN ('pending', 'processing'))) AS used
""")
_LEASES: Final = "SELECT pool_id, granted, granted - sold - returned, generation FROM {table} WHERE granted > 0"
_UNBALANCED: Final = text("SELECT fact_id FROM ledger_postings GROUP BY fact_id, currency HAVING sum(amount) <> 0")
_COUNTERS: Final = text("SELECT id, capacity, available, leased, held, sold FROM pools ORDER BY id")
_ROWS: Final = {
    "orders": "id, status, total_amount, channel",
    "payments": "id, order_id, tender, amount, status",
    "refunds": "id, payment_id, amount, status",
    "tickets": "id, order_id, product_id, status",
    "disputes": "id, payment_id, amount, status, withdrawn, lost",
}
_BELONGING: Final = {
    "orders": "id",
    "payments": "order_id",
    "refunds": "(SELECT order_id FROM payments p WHERE p.id = payment_id)",
    "tickets": "order_id",
    "disputes": "(SELECT order_id FROM payments p WHERE p.id = payment_id)",
}


_OF_COPIES: Final = {"open: orders", "waiting: facts", "quarantined: facts", "distrusted: tills"}
"""What is left of two copies of a till, until an organizer has paired one of them anew."""


@dataclass
class Oracle:
    world: World
    facts: Facts = field(default_factory=Facts)
    frames: list[tuple[float, list[tuple[str, int, int, int, int]]]] = field(default_factory=list)
    _hub_after: int = 0
    _till_after: Counter[str] = field(default_factory=Counter)
    _heard_after: Counter[str] = field(default_factory=Counter)
    _hub_count: int = 0
    _restored: Counter[str] = field(default_factory=Counter)
    _losses: tuple[int, ...] = ()

    # After every step.

    def look(self) -> None:
        """Holds the world to what must be so at any moment.

        Raises:
            Broken: saying what is not.
        """
        if self.world.scheduler.errors:
            raise Broken("error: something was raised that nobody may raise") from self.world.scheduler.errors[0]
        self._read()
        for problem in self._safety():
            raise Broken(problem)

    def _begin_anew(self) -> None:
        """Counts from the beginning: what only a hub knew that was put back has never been."""
        self._hub_after = self._hub_count = 0
        self._till_after.clear()
        self._heard_after.clear()
        seen, kinds = self.facts.seen, self.facts.kinds
        seen.clear()
        self.facts = Facts(seen=seen, kinds=kinds)

    def _read(self) -> None:
        losses = (self.world.hub.restored, *(till.losses for till in self.world.tills))
        if losses != self._losses:
            self._losses = losses
            self._begin_anew()
        with self.world.hub.database.engine.connect() as connection:
            for row in connection.execute(_AT_HUB, {"after": self._hub_after}):
                self._hub_after = row.position
                self.facts.take(row.id, row.kind, row.payload, row.device_id, row.staff_id)
                if row.kind == "tickets_issued":
                    self.facts.at_hub.add(row.payload["order_id"])
        for till in self.world.tills:
            if till.store is None or till.is_copied:  # what a copy and its twin sell beside each other is not in order
                continue
            if till.restored != self._restored[till.name]:  # its file is an older one: it is read again from its start
                self._restored[till.name] = till.restored
                self._till_after[till.name] = self._heard_after[till.name] = 0
            with till.store.reading() as connection:
                newest = connection.exec_driver_sql("SELECT coalesce(max(position), 0) FROM facts").scalar_one()
                if newest < self._till_after[till.name]:
                    raise Broken(f"lost: {till.name} has {newest} facts, and had {self._till_after[till.name]}")
                for row in connection.exec_driver_sql(_AT_TILL, (self._till_after[till.name],)):
                    self._till_after[till.name] = row[0]
                    self.facts.take(row[1], row[2], json.loads(row[3]), row[4], row[5])
                after = (self._heard_after[till.name],)
                for row in connection.exec_driver_sql(_HEARD, after) if self.world.hub.restored else ():
                    self._heard_after[till.name] = row[0]
                    self.facts.take(row[1], row[2], json.loads(row[3]), row[4], row[5])

    def _safety(self) -> Iterator[str]:
        facts = self.facts
        may_be = [kind for fault in self.world.options.faults for kind in _MAY_BE.get(fault, ())]
        yield from unsafe(facts, may_be)
        yield from self._gone()
        yield from self.world.counter.taken_twice()
        for till in self.world.tills:
            for order in till.shown if till.store is not None else ():  # a dead one's file is read when it is back
                if not facts.issued[order] and not till.is_copied:
                    yield f"lost: order {order} was shown as paid at {till.name}, and has no tickets"
        for order in self.world.buyers.bought if self.world.hub.is_healed else ():  # else it still asks who paid
            if not facts.issued[order]:
                yield f"lost: web order {order} was shown as paid, and has no tickets"
        with self.world.hub.database.engine.connect() as connection:
            yield from self._at_hub(connection)
            yield from self._promises(connection)

    def _gone(self) -> Iterator[str]:
        """What nobody has any more is not sold again, and no number is given twice: customers hold those tickets."""
        facts = self.facts
        every = {order: gone for till in self.world.tills for order, gone in till.gone.items()}
        gone = {order: each for order, each in every.items() if not facts.issued[order]}  # else it turned up after all
        for pool, capacity in facts.capacity.items() if gone else ():
            units = sum(each.units.get(pool, 0) for each in gone.values())
            if facts.sold(pool, but=facts.late) + units > capacity:
                yield f"oversold: with {units} of {pool} that nobody knows of any more"
        for order, each in gone.items():
            if each.number is not None and facts.numbered.get(each.number, order) != order:
                yield f"twice: order number {each.number}, which somebody has"

    def _at_hub(self, connection: Connection) -> Iterator[str]:
        if (found := connection.execute(_UNBALANCED).first()) is not None:
            yield f"unbalanced: fact {found[0]}"
        if (found := connection.execute(_STANDS_AND_WAITS).first()) is not None:
            yield f"twice: fact {found[0]} stands, and waits for those before it"
        count = connection.execute(text("SELECT count(*) FROM facts")).scalar_one()
        if count < self._hub_count:
            yield f"lost: the hub has {count} facts, and had {self._hub_count}"
        self._hub_count = count
        rows = connection.execute(_COUNTERS).all()
        self.frames.append((self.world.scheduler.now, [(r.id, r.available, r.leased, r.held, r.sold) for r in rows]))
        for row in rows:
            if row.capacity != row.available + row.leased + row.held + row.sold or min(row[1:]) < 0:
                yield f"counters: {tuple(row)}"

    def _promises(self, connection: Connection) -> Iterator[str]:
        """What people on the web were told: how long their places are held, and how often a code is good."""
        promised = self.world.buyers.promised
        about = {"orders": list(promised), "beginning": BEGINNING_S}
        for order, at in connection.execute(_GIVEN_UP, about) if promised else ():
            if at < promised[order] - 1:
                yield f"early: web order {order} was given up {promised[order] - float(at):.0f} s before its time"
        codes = connection.execute(_CODES).one()
        is_limited = not self.world.hub.restored  # what was paid is made again, whatever was sold since
        if codes.counted != codes.used or (is_limited and codes.used > PROMO_LIMIT):
            yield f"codes: used {codes.used} times, counted {codes.counted} times, good for {PROMO_LIMIT}"

    # Once the world has healed.

    def look_at_the_end(self) -> None:
        """Holds the healed world to what must be so once everything has arrived.

        Raises:
            Broken: saying what is not.
        """
        self.look()
        for problem in self._liveness():
            raise Broken(problem)

    def _liveness(self) -> Iterator[str]:
        ours = [till for till in self.world.tills if not till.is_copied]
        for till in ours:
            yield from self._till(till)
        for twin in self.world.twins:
            yield from self._copies(twin)
        with self.world.hub.database.engine.connect() as connection:
            yield from self._left_over(connection)
            yield from self._units(connection)
            for till in ours:
                yield from self._same(connection, till)
            yield from self._money(connection)
            yield from self._mails(connection)
            yield from self._door(connection)
            yield from cards_differ(connection, self.facts.cards, ours)
            yield from self.world.counter.misplaced(ours)
            verdict = verdict_on(connection)
            if verdict.problem is not None:
                yield f"verify: {verdict.problem}"
            connection.rollback()
        yield from self._sellable()

    def _copies(self, twin: TillProcess) -> Iterator[str]:
        """Two that both sold are named and not trusted; what either sold is in its own file."""
        chains = list[set[str]]()
        original = next(till for till in self.world.tills if f"{till.name}'" == twin.name)
        for each in (original, twin):
            if each.store is None:
                return
            with each.store.reading() as connection:
                chains.append(set(connection.exec_driver_sql("SELECT hash FROM facts").scalars()))
                sold = set(connection.exec_driver_sql("SELECT order_id FROM tickets").scalars())
            yield from (f"lost: order {order} was shown as paid at {each.name}" for order in each.shown - sold)
        is_named = self.facts.kinds["exception: cloned_device"] > 0
        if all(mine - theirs for mine, theirs in (chains, chains[::-1])) and not is_named:
            yield f"copies: {twin.name} and {original.name} have both sold, and nobody was told"

    def _till(self, till: TillProcess) -> Iterator[str]:
        if till.till is None:
            yield f"stuck: {till.name} did not come back"
            return
        if till.is_busy:
            yield f"stuck: {till.name}'s clerk still waits"
        if unsent := till.till.services.sync.unsent_count():
            yield f"unsent: {till.name} has {unsent} facts that the hub lacks"
        if unknown := till.till.unknown_payments():
            yield f"unknown: {till.name} does not know of payment {unknown[0].id}"
        if parked := till.till.parked():
            yield f"open: order {parked[0].number} still waits at {till.name}"
        found = verify_till(till.till.store, till.till.public_key)
        if found.problem is not None:
            yield f"verify {till.name}: {found.problem}"

    def _left_over(self, connection: Connection) -> Iterator[str]:
        is_copied = bool(self.world.twins)
        for what, query in {
            "unknown: payments": "SELECT id FROM payments WHERE status IN ('started', 'unknown')",
            "open: orders": "SELECT id FROM orders WHERE status IN ('pending', 'processing')",
            "held: pools": "SELECT id FROM pools WHERE held <> 0",
            "waiting: facts": "SELECT hash FROM waiting_facts",
            "quarantined: facts": "SELECT digest FROM quarantined_facts",
            "distrusted: tills": "SELECT id FROM devices WHERE kind = 'till' AND status <> 'active'",
            "events: not worked on": "SELECT id FROM payment_events WHERE status IN ('received', 'dead')",
            "recall: never answered": "SELECT r.pool_id FROM lease_recalls r JOIN device_leases l "
            "USING (device_id, event_id, pool_id) WHERE r.answered_at IS NULL AND r.asked_by <> '' "
            "AND l.granted - l.sold - l.returned > 0",
            "refunds: not ended": "SELECT id FROM refunds WHERE status IN ('requested', 'pending') AND id NOT IN "
            "(SELECT subject_id FROM exceptions WHERE kind LIKE 'refund%' AND subject_id IS NOT NULL)",
        }.items():
            found = connection.execute(text(query)).first()
            if found is not None and not (is_copied and what in _OF_COPIES):
                yield f"{what}: {found[0]}"

    def _units(self, connection: Connection) -> Iterator[str]:
        """Granted is sold, returned, reclaimed and remaining, by each till's own word and the hub's."""
        for till in self.world.tills:
            if till.store is None or till.is_copied:
                continue
            with till.store.reading() as here:
                ours = sorted(tuple(row) for row in here.exec_driver_sql(_LEASES.format(table="leases")))
            query = text(_LEASES.format(table="device_leases") + " AND device_id = :till")
            theirs = sorted(
                tuple(row) for row in connection.execute(query, {"till": till.pub.services.context.device.id})
            )
            if ours != theirs:
                yield f"leaked: {till.name} has {set(ours) - set(theirs)}, and the hub {set(theirs) - set(ours)}"
        for row in connection.execute(_COUNTERS):
            sold = self.facts.sold(row.id, but=self.facts.over)
            if row.sold != sold:
                yield f"leaked: {row.sold} of {row.id} count as sold, and {sold} are"
            if row.capacity != self.facts.capacity[row.id]:
                yield f"leaked: {row.id} has {row.capacity} places instead of {self.facts.capacity[row.id]}"

    def _same(self, connection: Connection, till: TillProcess) -> Iterator[str]:
        """Both sides say the same of a till's orders."""
        if till.store is None:
            return
        with till.store.reading() as here:
            orders = sorted(here.exec_driver_sql("SELECT id FROM orders").scalars())
            for table, columns in _ROWS.items():
                ours = sorted(tuple(row) for row in here.exec_driver_sql(f"SELECT {columns} FROM {table}"))
                query = text(f"SELECT {columns} FROM {table} WHERE {_BELONGING[table]} = ANY(:orders)")
                theirs = sorted(tuple(row) for row in connection.execute(query, {"orders": orders}))
                if ours != theirs:
                    there, odd = set(theirs), set(ours)
                    yield f"diverged: {table} of {till.name}: {sorted(odd - there)[:2]}, hub {sorted(there - odd)[:2]}"

    def _money(self, connection: Connection) -> Iterator[str]:
        query = (
            "SELECT provider_reference, order_id, amount FROM payments "
            "WHERE status = 'captured' AND tender IN ('terminal', 'checkout', 'paypal')"
        )
        rows = connection.execute(text(query)).all()
        booked = Counter(row[0] for row in rows)
        for reference, (order, amount) in self.world.provider.taken.items():
            if booked[reference] != 1:
                yield f"money: charge {reference} of {amount} for order {order} is booked {booked[reference]} times"
        for reference, order, amount in rows:
            if self.world.provider.taken.get(reference) != (order, amount):
                yield f"money: payment {reference} of {amount} for order {order} was never charged"
        yield from self._accounts(connection)
        yield from untold_refunds(self.facts)
        for order in self.facts.captured:
            kept = self.facts.paid(order) - self.facts.given_back(order)
            if kept > 0 and not self.facts.issued[order] and not self.facts.excepted[order]:
                yield f"unticketed: order {order} has paid {kept}, and nobody is told"

    def _accounts(self, connection: Connection) -> Iterator[str]:
        provider, door = self.world.provider, self.facts.door
        is_there = {
            "stripe": provider.balance("stripe"),
            "paypal": provider.balance("paypal"),
            "fees:stripe": DISPUTE_FEE * len(provider.cases),
            "losses": sum(case.taken for case in provider.cases.values() if case.status == "lost"),
            "disputes": 0,
            **{f"cash:{till.name}": door.drawers[till.name] for till in self.world.tills},
            "safe": door.safe,
            "rounding": -door.rounding,
            "swaps": 0,
        }
        for account, amount in is_there.items():
            booked = int(connection.execute(_BALANCE, {"account": account}).scalar_one())
            if booked != amount:
                yield f"money: the books say {booked} in {account}, and {amount} is there"

    def _door(self, connection: Connection) -> Iterator[str]:
        """What only holds once everything is there: swaps are whole, and both sides add up the same Z reports."""
        yield from self.facts.door.torn_swaps(self.facts.issued)
        for order, staff_id in self.world.door.sold_by.items():
            if order in self.facts.placed and self.facts.door.sold_by[order] != staff_id:
                yield f"who: order {order} was sold by {staff_id}, and says {self.facts.door.sold_by[order]}"
        for till in self.world.tills:
            if till.till is not None and not till.is_copied:
                yield from reports_differ(connection, till.name, till.till)

    def _mails(self, connection: Connection) -> Iterator[str]:
        """Whoever wanted their tickets mailed has them, once; nobody else has any."""
        addresses = self.world.buyers.addresses
        paid = set(connection.execute(_PAID, {"orders": list(addresses)}).scalars())
        sent = Counter(mail.to for mail in self.world.hub.mail.sent if mail.subject.startswith("Your tickets"))
        is_sure = not self.world.options.faults & {Fault.MAIL_ANSWER_LOST, Fault.HUB_DIES, Fault.HUB_RESTORED}
        for order, address in addresses.items():
            if (sent[address] > 0) != (order in paid) or (is_sure and sent[address] > 1):
                yield f"mails: {sent[address]} of web order {order}, which is {'' if order in paid else 'not '}paid"

    def _sellable(self) -> Iterator[str]:
        """What nobody has bought can be bought: once the tills have closed, all of it on the web."""
        for till in self.world.tills:
            if till.till is not None:
                till.do("close", till.close)
        self.world.scheduler.run(self.world.scheduler.now + 60)
        self._read()
        with self.world.hub.database.engine.connect() as connection:
            yield from kept_by_closed_tills(connection)
            for row in connection.execute(_COUNTERS):
                free = row.capacity - self.facts.sold(row.id, but=self.facts.over)
                is_kept = any(till.losses for till in self.world.tills)  # for what may have been sold
                if (row.leased and not is_kept) or row.available != free - row.leased:
                    yield f"leaked: {row.available} of {row.id} can be sold, and {free} are free"
