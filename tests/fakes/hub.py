"""A hub in memory, as far as a till needs one that is never asked for money: it takes facts and mails, gives leases."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.credentials import badge_hash
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import GENESIS, Fact, Head, head_after, instant_text, seal
from boxoffice.core.gift_cards import CardCode, read_card_code
from boxoffice.core.ids import DeviceId, EventId, FactId
from boxoffice.core.payloads.leases import LeaseGranted
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.staff import StaffChanged
from boxoffice.core.payloads.stored_value import ValueLeased
from boxoffice.core.sales import draft
from boxoffice.core.signed_time import sign_time
from boxoffice.core.wire.after_sale import OrderLook, RefundAsk, RenameAsk, TransferAsk, VoidAsk
from boxoffice.core.wire.checkouts import CheckoutAnswer, CheckoutRequest
from boxoffice.core.wire.feed import FeedAnswer, FeedEntry, WakeEvent
from boxoffice.core.wire.help import HelpAnswer, HelpCall, HelpRequest, TicketsLink
from boxoffice.core.wire.leases import LeaseAnswer, LeaseRequest, PoolLeft
from boxoffice.core.wire.lost import HistoryAnswer, KnownAnswer, KnownRequest, TellAgainRequest
from boxoffice.core.wire.mails import MailAnswer, MailRequest
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.orders_elsewhere import OrdersAnswer
from boxoffice.core.wire.pairing import EventBody, EventSummary, KeyAnswer
from boxoffice.core.wire.parked import ParkedAnswer, ParkedCart, ParkedElsewhere, ParkedRequest
from boxoffice.core.wire.preflight import PreflightAnswer, PreflightAsk
from boxoffice.core.wire.problems import ProblemDecision, ProblemMessage, ProblemsAnswer
from boxoffice.core.wire.pushes import HeadAnswer, PushAnswer, PushRequest
from boxoffice.core.wire.reports import ReportAsk, ReportMailed
from boxoffice.core.wire.staff import StaffAnswer, StaffMessage
from boxoffice.core.wire.stored_value import CardAnswer, CardAsk
from boxoffice.till.usecases.ports import HubRefused, Unreachable

SHARE, STOCK = 40, 100
"""What the till should hold of each pool to sell from, and may hold for a bad network."""
HUB: DeviceId = DeviceId("0192f0c1-0000-7000-8000-00000000000a")


@dataclass
class FakeHub:
    """One event's hub with one till. `elsewhere` is what can still be had of each pool, beside what the till has."""

    device: DeviceId
    event_id: EventId
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    elsewhere: dict[str, int] = field(default_factory=dict)
    is_down: bool = False
    mails: dict[str, str] = field(default_factory=dict)
    """What becomes of each mail, by its id; those to `bounce@` do not arrive."""
    facts: list[FactMessage] = field(default_factory=list)
    open: list[ProblemMessage] = field(default_factory=list)
    """What is open and concerns the till."""
    people: dict[str, StaffMessage] = field(default_factory=dict)
    """Who works here, by id, as facts don't say it."""
    event_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    cash_tills: tuple[str, ...] = ()
    """Which tills have a drawer open."""
    is_ahead: timedelta = timedelta(0)
    """How far its clock is ahead of the till's."""
    parked_elsewhere: list[ParkedElsewhere] = field(default_factory=list)
    """Carts that wait at other tills."""
    parked_here: dict[str, ParkedCart] = field(default_factory=dict)
    reports: list[str] = field(default_factory=list)
    """The shifts whose reports it was asked to mail."""
    calls: list[HelpCall] = field(default_factory=list)
    """Who needs help at a kiosk."""
    cards: dict[str, CardAnswer] = field(default_factory=dict)
    """Gift cards that others have sold, by the hash of their codes."""
    _news: tuple[FactMessage, ...] = ()
    """Facts for this till that it hears of by the feed."""
    signing_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    _head: Head = field(default_factory=lambda: Head(HUB))

    def write(self, *payloads: Payload) -> tuple[FactMessage, ...]:
        """Seals what happened as the hub's next facts."""
        return tuple(FactMessage.of(self._write(payload)) for payload in payloads)

    def _write(self, payload: Payload) -> Fact:
        at, id_ = self.now(), FactId(self.new_id())
        fact = seal(draft(payload, id=id_, at=at, staff_id=None, event_id=self.event_id), self._head, self.signing_key)
        self._head = head_after(fact)
        return fact

    def push(self, request: PushRequest, unsent: int) -> PushAnswer:
        self._reach()
        self.facts += request.facts
        for fact in request.facts:
            if fact.kind is FactKind.LEASE_RETURNED:
                pool = fact.payload["pool_id"]
                self.elsewhere[pool] = self.elsewhere.get(pool, 0) + fact.payload["units"]
        last = self.facts[-1] if self.facts else None
        return PushAnswer(epoch=1, acknowledged_seq=0, acknowledged_hash="") if last is None else _acknowledged(last)

    def lease(self, request: LeaseRequest) -> LeaseAnswer:
        self._reach()
        given = {pool: min(units, self.elsewhere.get(pool, 0)) for pool, units in request.wanted.items()}
        if request.whole and given != request.wanted:
            raise HubRefused(409, "There is not so much left.")
        return self.grant(given)

    def ask_card(self, ask: CardAsk) -> CardAnswer:
        """Answers for the cards that it was told of: all that is free goes to the till."""
        self._reach()
        code = read_card_code(ask.code)
        for fact in self.facts:
            if fact.kind is FactKind.GIFT_CARD_ISSUED:
                p = fact.payload
                about = {name: p[name] for name in ("card_id", "last4", "currency")}
                known = CardAnswer(**about, is_blocked=False, issued=p["amount"], balance=p["amount"], free=0)
                self.cards.setdefault(p["code_hash"], known)
        card = None if code is None else self.cards.get(code.hash)
        if card is None:
            raise HubRefused(404, "No gift card has this code.")
        left = card.balance - sum(each.payload["amount"] for each in self.facts if _spends(each, card.card_id))
        return card.model_copy(update={"balance": left})

    def preflight(self, ask: PreflightAsk) -> PreflightAnswer:
        self._reach()
        now = instant_text(self.now() + self.is_ahead)
        signature = sign_time(ask.nonce, now, ask.event_id, self.event_key)
        return PreflightAnswer(hub_time=now, signature=signature, cash_tills=self.cash_tills)

    def issue_card(self, code: CardCode, amount: int) -> None:
        """Somebody else has sold a card: this till may have all of it."""
        card_id = self.new_id()
        hashed = {"code_hash": code.hash, "last4": code.last4, "currency": "USD", "card_id": card_id}
        told = self.write(ValueLeased(grant_id=self.new_id(), to_device=self.device, amount=amount, **hashed))
        about = {"card_id": card_id, "last4": code.last4, "currency": "USD", "is_blocked": False}
        self.cards[code.hash] = CardAnswer(**about, issued=amount, balance=amount, free=0, told=told)

    def grant(self, given: Mapping[str, int]) -> LeaseAnswer:
        """Moves units to the till."""
        payloads = []
        for pool, units in given.items():
            if units:
                self.elsewhere[pool] = self.elsewhere.get(pool, 0) - units
                payloads.append(LeaseGranted(lease_id=self.new_id(), pool_id=pool, to_device=self.device, units=units))
        return LeaseAnswer(granted=self.write(*payloads), pools=self.left())

    def left(self) -> tuple[PoolLeft, ...]:
        """Returns what it says of each pool."""
        return tuple(
            PoolLeft(
                pool_id=pool, capacity=max(units, 0), left=max(units, 0), elsewhere=units, share=SHARE, stock=STOCK
            )
            for pool, units in self.elsewhere.items()
        )

    def send_mail(self, request: MailRequest) -> MailAnswer:
        self._reach()
        known = self.mails.get(request.mail_id)
        self.mails[request.mail_id] = "bounced" if request.email.startswith("bounce") else "delivered"
        return MailAnswer(mail_id=request.mail_id, status=known or "queued")

    def tell_parked(self, request: ParkedRequest) -> ParkedAnswer:
        self._reach()
        self.parked_here |= {cart.id: cart for cart in request.new}
        return ParkedAnswer(others=tuple(self.parked_elsewhere), tag=self._parked_tag)

    def take_parked(self, event_id: str, cart_id: str) -> ParkedCart:
        self._reach()
        if cart_id in self.parked_here:
            return self.parked_here.pop(cart_id)
        found = next((each for each in self.parked_elsewhere if each.cart.id == cart_id), None)
        if found is None:
            raise HubRefused(409, "This sale was taken up elsewhere.")
        self.parked_elsewhere.remove(found)
        return found.cart

    @property
    def _parked_tag(self) -> str:
        return " ".join(each.cart.id for each in self.parked_elsewhere)

    def call_help(self, request: HelpRequest) -> HelpAnswer:
        self._reach()
        self.calls = [each for each in self.calls if each.id != request.id]
        if not request.is_over:
            at = instant_text(self.now())
            self.calls.append(HelpCall(id=request.id, till="Kiosk 1", doing=request.doing, called_at=at))
        return HelpAnswer(calls=tuple(self.calls))

    def answer_help(self, call_id: str) -> HelpAnswer:
        self._reach()
        self.calls = [
            each.model_copy(update={"answered_by": "Door A"}) if each.id == call_id else each for each in self.calls
        ]
        return HelpAnswer(calls=tuple(self.calls))

    def tickets_link(self, order_id: str) -> TicketsLink:
        self._reach()
        return TicketsLink(url=f"https://hub.alocubano.example/my-tickets?id={order_id}")

    def look_at_order(self, order_id: str) -> OrderLook:
        self._reach()
        raise HubRefused(404, "There is no such order.")

    def rename(self, order_id: str, ask: RenameAsk) -> OrderLook:
        self._reach()
        raise HubRefused(404, "There is no such order.")

    def transfer(self, order_id: str, ask: TransferAsk) -> OrderLook:
        self._reach()
        raise HubRefused(404, "There is no such order.")

    def ask_void(self, order_id: str, ask: VoidAsk) -> OrderLook:
        self._reach()
        raise HubRefused(404, "There is no such order.")

    def mail_report(self, shift_id: str, ask: ReportAsk) -> ReportMailed:
        self._reach()
        self.reports.append(shift_id)
        return ReportMailed(organizers=1)

    def ask_refund(self, order_id: str, ask: RefundAsk) -> OrderLook:
        self._reach()
        raise HubRefused(404, "There is no such order.")

    def feed(self, after: int, event_id: str | None, unsent: int, key_id: str) -> FeedAnswer:
        self._reach()
        left = FeedEntry(cursor=after, kind="pools", event_id=self.event_id, pools=self.left())
        news = [FeedEntry(cursor=i, kind="fact", fact=each) for i, each in enumerate(self._news, 1) if i > after]
        return FeedAnswer(
            cursor=max(after, len(self._news)),
            entries=(left, *news),
            more=False,
            hub_time=instant_text(self.now()),
            problems_tag=self._tag,
            staff_tag=self._staff_tag,
            parked_tag=self._parked_tag,
            calls=tuple(self.calls),
        )

    def orders(self, event_id: str, after: str, most: int) -> OrdersAnswer:  # nobody else sells
        self._reach()
        return OrdersAnswer(orders=(), cursor="", more=False)

    def head(self, unsent: int) -> HeadAnswer:
        self._reach()
        last = self.facts[-1] if self.facts else None
        if last is None:
            return HeadAnswer(epoch=1, seq=0, hash=GENESIS)
        return HeadAnswer(epoch=last.epoch, seq=last.seq, hash=last.hash)

    def known(self, request: KnownRequest) -> KnownAnswer:
        self._reach()
        return KnownAnswer(life=request.life)

    def tell_again(self, request: TellAgainRequest) -> PushAnswer:
        own = tuple(fact for fact in request.facts if fact.device_id == self.device)
        return self.push(PushRequest(facts=own), 0)

    def history(self, head: Head, after: int) -> HistoryAnswer:
        self._reach()
        is_known = head.seq == 0 or any(
            (f.epoch, f.seq, f.hash) == (head.epoch, head.seq, head.hash) for f in self.facts
        )
        lacks = [f for f in self.facts if (f.epoch, f.seq) > (head.epoch, head.seq)]
        return HistoryAnswer(is_known=is_known, facts=tuple(lacks) if is_known else ())

    def events(self) -> Sequence[EventSummary]:
        self._reach()
        return ()

    def event(self, event_id: str) -> EventBody:
        raise self._unknown()

    @property
    def _tag(self) -> str:
        return sha256(repr(self.open).encode()).hexdigest()[:16]

    def staff(self) -> StaffAnswer:
        self._reach()
        return StaffAnswer(tag=self._staff_tag, people=tuple(self.people.values()))

    def hire(self, person: StaffChanged, name: str, pin: str = "", badge: str = "") -> FactMessage:
        """Somebody works here from now on, or as is said now; the till hears of it when it pulls next."""
        verifier = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(pin) if pin else ""
        hashed = badge_hash(badge) if badge else ""
        self.people[person.staff_id] = StaffMessage(
            id=person.staff_id, name=name, pin=verifier, pin_digits=len(pin), badge=hashed
        )
        self._news += self.write(person)
        return self._news[-1]

    @property
    def _staff_tag(self) -> str:
        words = [(each.model_dump(), each.id) for each in self.people.values()]
        return sha256(repr((words, len(self._news))).encode()).hexdigest()[:16] if words else ""

    def problems(self) -> ProblemsAnswer:
        self._reach()
        return ProblemsAnswer(tag=self._tag, problems=tuple(self.open))

    def decide(self, problem_id: str, decision: ProblemDecision) -> ProblemsAnswer:
        self._reach()
        found = [each for each in self.open if each.id == problem_id]
        if any(not r.at_till for each in found for r in each.remedies if r.name == decision.remedy):
            raise HubRefused(409, "An organizer decides this on the hub's page.")
        self.open = [each for each in self.open if each.id != problem_id]
        return self.problems()

    def key(self) -> KeyAnswer:
        self._reach()
        return KeyAnswer(stripe_key=None)

    def open_checkout(self, request: CheckoutRequest) -> CheckoutAnswer:
        raise self._unknown()

    def checkout(self, tender_id: str) -> CheckoutAnswer:
        raise self._unknown()

    def cancel_checkout(self, tender_id: str) -> CheckoutAnswer:
        raise self._unknown()

    def extend_checkout(self, tender_id: str) -> CheckoutAnswer:
        raise self._unknown()

    def wake(self) -> Iterator[WakeEvent]:
        self._reach()
        return iter(())

    def close(self) -> None:
        """Nothing is open."""

    def _reach(self) -> None:
        if self.is_down:
            raise Unreachable("The hub can't be reached.", "Nothing was changed.", "")

    def _unknown(self) -> HubRefused:
        self._reach()
        return HubRefused(404, "There is no such thing here.")


def _acknowledged(last: FactMessage) -> PushAnswer:
    return PushAnswer(epoch=last.epoch, acknowledged_seq=last.seq, acknowledged_hash=last.hash)


def _spends(fact: FactMessage, card_id: str) -> bool:
    return fact.kind is FactKind.PAYMENT_CAPTURED and fact.payload.get("card_id") == card_id
