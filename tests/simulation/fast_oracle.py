"""What the fast tier is held to: the same safety after each step, the same end."""

from collections import Counter
from collections.abc import Iterator

from boxoffice.core.inventory import LeaseCount
from boxoffice.core.orders import OrderState
from tests.simulation.fast_hub import EVENT, POOLS, FastTill, is_online
from tests.simulation.fast_world import FastWorld
from tests.simulation.told import Broken, unsafe, untold_refunds


def look(world: FastWorld) -> None:
    """Holds the world to what must be so at any moment.

    Raises:
        Broken: saying what is not.
    """
    world.facts.at_hub = set(world.hub.books.issued)
    for problem in (*world.problems, *unsafe(world.facts), *untold_refunds(world.facts), *_shown(world)):
        raise Broken(problem)


def look_at_the_end(world: FastWorld) -> None:
    """As `look`, once the world has healed."""
    look(world)
    for problem in _liveness(world):
        raise Broken(problem)


def _shown(world: FastWorld) -> Iterator[str]:
    for till in world.tills:
        for order in till.shown:
            if not world.facts.issued[order]:
                yield f"lost: order {order} was shown as paid at {till.name}, and has no tickets"
    for lines in world.hub.books.postings.values():
        if sum(posting.amount.minor for posting in lines):
            yield "unbalanced: a fact"


def _liveness(world: FastWorld) -> Iterator[str]:
    for till in world.tills:
        yield from _till(world, till)
    for payment in world.hub.books.payments.values():
        if payment.is_live:
            yield f"unknown: payment {payment.id} at the hub"
    yield from _units(world)
    yield from _money(world)


def _till(world: FastWorld, till: FastTill) -> Iterator[str]:
    hub, mine = world.hub.books, till.memory.books
    there = world.heads[till.id].seq if till.id in world.heads else 0
    if there != len(till.pen.log):
        yield f"unsent: {till.name} has {len(till.pen.log)} facts, and the hub {there}"
    yield from (f"unknown: payment {p.id} at {till.name}" for p in mine.payments.values() if p.is_live)
    yield from (f"open: order {o.id} at {till.name}" for o in mine.orders.values() if o.status is OrderState.PROCESSING)
    for table in ("orders", "payments", "tickets", "refunds"):
        theirs = {key: row for key, row in getattr(hub, table).items() if key in getattr(mine, table)}
        if getattr(mine, table) != theirs:
            yield f"diverged: {table} of {till.name}"


def _units(world: FastWorld) -> Iterator[str]:
    """Granted is sold, returned, reclaimed and remaining, by each till's own word and the hub's."""
    for till in world.tills:
        for pool in POOLS:
            ours = till.memory.leases.get((EVENT, pool), LeaseCount())
            theirs = world.hub.leases.get((till.id, EVENT, pool), LeaseCount())
            mine, told = [(each.granted, each.left + each.held, each.generation) for each in (ours, theirs)]
            if mine != told:
                yield f"leaked: {till.name} has {ours} of {pool}, and the hub {theirs}"
    for pool in POOLS:
        count, sold = world.hub.pools[EVENT, pool], world.facts.sold(pool, but=world.facts.over)
        if count.held:
            yield f"held: {count.held} of {pool}"
        if (count.sold, count.available) != (sold, count.capacity - sold):
            yield f"leaked: {count.available} of {pool} can be sold, and {count.capacity - sold} are free"


def _money(world: FastWorld) -> Iterator[str]:
    books, balance = world.hub.books, Counter[str]()
    for lines in books.postings.values():
        for posting in lines:
            balance[posting.account.partition(":")[0]] += posting.amount.minor
    if balance["stripe"] != world.charges.balance:
        yield f"money: the books say {balance['stripe']} at the provider, and it has {world.charges.balance}"
    cash = sum(world.facts.door.drawers.values())
    if balance["cash"] != cash:
        yield f"money: the books say {balance['cash']} in the drawers, and {cash} is there"
    captured = {each.id for each in books.payments.values() if is_online(each)}
    if captured != world.charges.taken.keys():
        yield f"money: booked are {sorted(captured)[:2]}, charged {sorted(world.charges.taken)[:2]}"
    for order in world.facts.captured:
        kept = world.facts.paid(order) - world.facts.given_back(order)
        if kept > 0 and not world.facts.issued[order] and not world.facts.excepted[order]:
            yield f"unticketed: order {order} has paid {kept}, and nobody is told"
