"""Where the product asks the world for time, chance and threads: a run puts its own in, and takes them out again.

Every name here is one that the product reads at its call; nothing of what it does with them is changed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from functools import partial
from random import Random
from typing import Any

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.till.store import database as till_database
from boxoffice.till.usecases import (
    context,
    hub_time,
    identity,
    link,
    mending,
    offering,
    reader_payment,
    returns,
    running,
    signing_in,
    stripe_key,
    syncing,
    tenders,
    till_services,
    unknown,
    wakeups,
)
from boxoffice.till.usecases.gift_cards import GiftCards
from sync.inventory import recalls, waiting
from sync.ledger import bell, sealing
from sync.ledger import hub as hub_module
from sync.operations import retries
from sync.payments import lapsing
from sync.store import chain
from sync.tills import pairing, parked, staff
from tests.simulation.provider import BEGINNING_S
from tests.simulation.scheduler import Scheduler, Threads

_WITH_THREADS: tuple[Any, ...] = (
    bell,
    hub_time,
    link,
    mending,
    offering,
    reader_payment,
    returns,
    running,
    signing_in,
    stripe_key,
    syncing,
    tenders,
    till_database,
    unknown,
    wakeups,
)


def instant_of(seconds: float) -> datetime:
    """Returns so many seconds after the beginning of a run as a time."""
    return datetime.fromtimestamp(BEGINNING_S + round(seconds, 3), UTC)


@contextmanager
def seams(scheduler: Scheduler) -> Iterator[pytest.MonkeyPatch]:
    """Yields with the run's own time, chance and tasks in place of the machine's."""
    ids, keys = scheduler.draws.of("ids"), scheduler.draws.of("keys")

    class VirtualTime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return instant_of(scheduler.now).astimezone(tz)

    class Keys:
        @staticmethod
        def generate() -> Ed25519PrivateKey:
            return Ed25519PrivateKey.from_private_bytes(keys.bytes(32))

        from_private_bytes = Ed25519PrivateKey.from_private_bytes

    with pytest.MonkeyPatch.context() as patch:
        for module in _WITH_THREADS:
            patch.setattr(module, "threading", Threads(scheduler))
        patch.setattr(chain, "datetime", VirtualTime)
        patch.setattr(chain, "time_ns", lambda: int((BEGINNING_S + scheduler.now) * 1e9))
        patch.setattr(chain, "token_bytes", ids.bytes)
        patch.setattr(context, "urandom", ids.bytes)
        patch.setattr(sealing, "token_bytes", keys.bytes)
        patch.setattr(pairing, "token_urlsafe", lambda size: keys.bytes(size).hex())
        patch.setattr(identity, "token_hex", lambda size: keys.bytes(size).hex())
        for each in (chain, identity, hub_module):
            patch.setattr(each, "Ed25519PrivateKey", Keys)
        patch.setattr(offering, "can_offer", lambda *_: False)  # nobody here takes a till's offer elsewhere yet
        patch.setattr(till_services, "GiftCards", partial(GiftCards, sleep=scheduler.sleep))
        patch.setattr(staff, "randbelow", lambda below: int(keys.number() * below))
        patch.setattr(staff, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))  # what it costs
        patch.setattr(retries, "_random", Random(scheduler.draws.seed))
        for each in (recalls, lapsing, parked, waiting):
            patch.setattr(each, "monotonic", lambda: scheduler.now)
        yield patch
