"""The hub of a training: in memory, with no address. It takes what the till sends, gives places, and can go silent.

It is no hub's ledger: nothing that it takes is ever sent on, and nothing but the till beside it can talk to it.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final, NoReturn

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput, FieldError
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import GENESIS, Head, head_after, instant_text, seal
from boxoffice.core.ids import DeviceId, FactId, StaffId
from boxoffice.core.payloads.leases import LeaseGranted
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.staff import StaffChanged
from boxoffice.core.sales import draft
from boxoffice.core.staff import Person
from boxoffice.core.tickets import certify
from boxoffice.core.training import TRAINING_EVENT
from boxoffice.core.wire.feed import FeedAnswer, FeedEntry, WakeEvent
from boxoffice.core.wire.leases import LeaseAnswer, LeaseRequest, PoolLeft
from boxoffice.core.wire.lost import HistoryAnswer, KnownAnswer, KnownRequest, TellAgainRequest
from boxoffice.core.wire.mails import MailAnswer, MailRequest
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.orders_elsewhere import OrdersAnswer
from boxoffice.core.wire.pairing import EventBody, EventSummary, KeyAnswer, PairAnswer, PairRequest
from boxoffice.core.wire.parked import ParkedAnswer, ParkedRequest
from boxoffice.core.wire.problems import ProblemsAnswer
from boxoffice.core.wire.pushes import HeadAnswer, PushAnswer, PushRequest
from boxoffice.core.wire.staff import StaffAnswer, StaffMessage
from boxoffice.till.usecases.ports import Hub, HubRefused, Unreachable
from boxoffice.training.staging import event_message

PIN: Final = "1234"
"""Everybody's in a training: real ones are no part of it."""
_SHARE, _STOCK = 24, 60
_WAKE_S: Final = 2.0


class PracticeHub:
    """Implements the till's port `Hub`, and what pairing needs."""

    def __init__(
        self, catalogue: Catalogue, people: Sequence[Person], now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self.catalogue = catalogue
        self.is_down = False
        self._now, self._new_id = now, new_id
        self._event_key, self._key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        self._head = Head(DeviceId(new_id()))
        self._till: Ed25519PublicKey | None = None
        self._device = DeviceId(new_id())
        self._left = {str(pool.id): pool.capacity for pool in catalogue.counted}
        self._scarce: set[str] = set()
        self._lock = threading.RLock()
        self._bell = threading.Condition()
        self._is_closed = False
        self.facts: list[FactMessage] = []
        """What the till has sent."""
        verifier = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PIN)
        self._people = tuple(
            StaffMessage(id=each.id, name=each.name, pin=verifier, pin_digits=len(PIN)) for each in people
        )
        self._news = [self._write(_as_hired(each)) for each in people]

    # What a drill makes of it

    def keep_scarce(self, pool: str) -> None:
        """Has none of a pool lie at the till: each sale asks for it."""
        self._scarce.add(pool)

    def sell_out(self, pool: str) -> None:
        """Others have bought the rest of a pool."""
        with self._lock:
            self._left[pool] = 0
        self.wake_up()

    def put_back(self) -> None:
        """Has everything on sale again."""
        with self._lock:
            for pool in self.catalogue.counted:
                self._left[str(pool.id)] = max(self._left[str(pool.id)], pool.capacity // 2)
        self.wake_up()

    def end(self) -> None:
        """Lets whoever listens go for good."""
        self._is_closed = True
        self.wake_up()

    def wake_up(self) -> None:
        """Has the till look at once."""
        with self._bell:
            self._bell.notify_all()

    # The port

    def pair(self, request: PairRequest, stripe_base: str, stripe_key: str) -> PairAnswer:
        self._till = Ed25519PublicKey.from_public_bytes(bytes.fromhex(request.public_key))
        return PairAnswer(
            device_id=self._device,
            device_code="TRN",
            name="Training",
            token="practice",  # noqa: S106  # it opens nothing
            stripe_key=stripe_key,
            stripe_base=stripe_base,
            hub_time=instant_text(self._now()),
        )

    def events(self) -> Sequence[EventSummary]:
        self._reach()
        event = self.catalogue
        days = tuple(day.isoformat() for day in event.days)
        return (EventSummary(id=event.id, name=event.name, venue=event.venue, days=days, revision=1),)

    def event(self, event_id: str) -> EventBody:
        self._reach()
        if event_id != TRAINING_EVENT or self._till is None:
            self._refuse()
        return EventBody(
            revision=1,
            public_key=self._event_key.public_key().public_bytes_raw().hex(),
            certificate=certify(TRAINING_EVENT, self._till, self._event_key).hex(),
            **event_message(self.catalogue, self._now()),
        )

    def push(self, request: PushRequest, unsent: int) -> PushAnswer:
        self._reach()
        with self._lock:
            for fact in request.facts:
                self._take(fact)
            last = self.facts[-1] if self.facts else None
        if last is None:
            return PushAnswer(epoch=1, acknowledged_seq=0, acknowledged_hash="")
        return PushAnswer(epoch=last.epoch, acknowledged_seq=last.seq, acknowledged_hash=last.hash)

    def _take(self, fact: FactMessage) -> None:
        """Takes a fact of the till, each once, and nothing of any other event: it could only have come astray."""
        if fact.device_id != self._device or fact.event_id not in (None, TRAINING_EVENT):
            raise BadInput([FieldError("facts", "are not of this training")])
        if any(known.id == fact.id for known in self.facts):
            return
        self.facts.append(fact)
        if fact.kind is FactKind.LEASE_RETURNED:
            self._left[fact.payload["pool_id"]] += fact.payload["units"]

    def lease(self, request: LeaseRequest) -> LeaseAnswer:
        self._reach()
        with self._lock:
            given = {pool: min(units, self._left.get(pool, 0)) for pool, units in request.wanted.items()}
            if request.whole and given != request.wanted:
                raise HubRefused(409, "There is not so much left.")
            granted = []
            for pool, units in given.items():
                if units:
                    self._left[pool] -= units
                    what = LeaseGranted(lease_id=self._new_id(), pool_id=pool, to_device=self._device, units=units)
                    granted.append(self._write(what))
            return LeaseAnswer(granted=tuple(granted), pools=self._pools())

    def feed(self, after: int, event_id: str | None, unsent: int, key_id: str) -> FeedAnswer:
        self._reach()
        with self._lock:
            left = FeedEntry(cursor=after, kind="pools", event_id=TRAINING_EVENT, pools=self._pools())
            news = [FeedEntry(cursor=i, kind="fact", fact=each) for i, each in enumerate(self._news, 1) if i > after]
            return FeedAnswer(
                cursor=max(after, len(self._news)),
                entries=(left, *news),
                more=False,
                hub_time=instant_text(self._now()),
                staff_tag=self._staff_tag,
                parked_tag="",
            )

    def staff(self) -> StaffAnswer:
        self._reach()
        return StaffAnswer(tag=self._staff_tag, people=self._people)

    def head(self, unsent: int) -> HeadAnswer:
        self._reach()
        last = self.facts[-1] if self.facts else None
        if last is None:
            return HeadAnswer(epoch=1, seq=0, hash=GENESIS)
        return HeadAnswer(epoch=last.epoch, seq=last.seq, hash=last.hash)

    def history(self, head: Head, after: int) -> HistoryAnswer:
        self._reach()
        return HistoryAnswer(is_known=True)

    def known(self, request: KnownRequest) -> KnownAnswer:
        self._reach()
        return KnownAnswer(life=request.life)

    def tell_again(self, request: TellAgainRequest) -> PushAnswer:
        return self.push(PushRequest(facts=()), 0)

    def orders(self, event_id: str, after: str, most: int) -> OrdersAnswer:
        self._reach()
        return OrdersAnswer(orders=(), cursor="", more=False)

    def problems(self) -> ProblemsAnswer:
        self._reach()
        return ProblemsAnswer(tag="", problems=())

    def key(self) -> KeyAnswer:
        self._reach()
        return KeyAnswer(stripe_key=None)

    def send_mail(self, request: MailRequest) -> MailAnswer:
        """Says that it is there; it goes nowhere."""
        self._reach()
        return MailAnswer(mail_id=request.mail_id, status="delivered")

    def tell_parked(self, request: ParkedRequest) -> ParkedAnswer:
        self._reach()
        return ParkedAnswer(others=(), tag="")

    def wake(self) -> Iterator[WakeEvent]:
        while not self._is_closed:
            self._reach()
            yield WakeEvent(reason="feed" if self._is_rung() else "ping")

    def _is_rung(self) -> bool:
        with self._bell:
            return self._bell.wait(_WAKE_S)

    def close(self) -> None:
        """Lets whoever listens go: the till opens the line anew when it is opened again."""
        self.wake_up()

    def __getattr__(self, message: str) -> Callable[..., NoReturn]:
        """Refuses what nobody practises: the port may have more messages than a training answers."""
        if message not in vars(Hub):
            raise AttributeError(message)
        return self._refuse

    # How it is done

    def _refuse(self, *_asked: object, **_more: object) -> NoReturn:
        self._reach()
        raise HubRefused(404, "The training has no such thing.")

    def _reach(self) -> None:
        if self.is_down:
            raise Unreachable("The hub can't be reached.", "Nothing was changed.", "")

    def _pools(self) -> tuple[PoolLeft, ...]:
        return tuple(
            PoolLeft(
                pool_id=pool,
                capacity=max(left, 0),
                left=left,
                elsewhere=left,
                share=0 if pool in self._scarce else _SHARE,
                stock=0 if pool in self._scarce else _STOCK,
            )
            for pool, left in self._left.items()
        )

    def _write(self, payload: Payload) -> FactMessage:
        about = draft(payload, id=FactId(self._new_id()), at=self._now(), staff_id=None, event_id=TRAINING_EVENT)
        fact = seal(about, self._head, self._key)
        self._head = head_after(fact)
        return FactMessage.of(fact)

    @property
    def _staff_tag(self) -> str:
        words = [(each.id, each.name) for each in self._people]
        return sha256(repr(words).encode()).hexdigest()[:16]


def _as_hired(person: Person) -> StaffChanged:
    return StaffChanged(
        staff_id=StaffId(person.id),
        role=person.role,
        language=person.language,
        discount_limit=person.discount_limit,
        what="hired",
        by="training",
    )
