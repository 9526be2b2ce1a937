"""The messages between till and hub, and nothing else: both sides read and write exactly these."""

from hashlib import sha256
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from boxoffice.core.facts import KINDS_SINCE, Fact, FactKind, instant, instant_text
from boxoffice.core.ids import DeviceId, EventId, FactId, StaffId
from boxoffice.core.payloads import Generation

PROTOCOL: Final = 1
"""A hub serves tills of this version and of the one before."""
UNSENT: Final = "Boxoffice-Unsent"
"""A header of pushes and feed requests: how many of the till's facts the hub has not acknowledged.

Beside the messages, so that it is heard also when a push comes to nothing. Older tills don't say it.
"""
KEY: Final = "Boxoffice-Key"
"""A header of feed requests: the id (`key_id`) of the Stripe key that the till has."""
REVOKED: Final = "urn:boxoffice:revoked"
"""The type of the problem that a till gets which an organizer has shut out."""

BUSY: Final = "urn:boxoffice:busy"
"""The type of the problem that a till gets whose batch must wait: `Retry-After` says for how long."""

READS: Final = "Boxoffice-Reads"
"""A header of feed requests: up to which generation of kinds the till can read facts. Older tills don't say it: 1."""
MOVES_BACK_SINCE: Final = 3
"""From this generation on a till takes moves that undo a refund's; before, it would keep them, and apply none after."""
GENERATION: Final = max(MOVES_BACK_SINCE, *KINDS_SINCE.values())
"""What this till can read."""


def can_read(kind: FactKind, generation: int) -> bool:
    """Returns whether a till of this generation can read facts of this kind."""
    return generation >= KINDS_SINCE.get(kind, 1)


Hex32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Hex64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]


def key_id(key: str) -> str:
    """Returns a name for a key that does not give it away: it is too long to be guessed from this."""
    return sha256(f"boxoffice key {key}".encode()).hexdigest()[:16]


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class FactMessage(Message):
    id: str
    device_id: str
    epoch: int
    seq: int
    kind: FactKind
    occurred_at: str
    staff_id: str | None
    event_id: str | None
    payload: dict[str, Any]
    prev_hash: str
    hash: str
    signature: str

    @classmethod
    def of(cls, fact: Fact) -> "FactMessage":
        return cls(
            id=fact.id,
            device_id=fact.device_id,
            epoch=fact.epoch,
            seq=fact.seq,
            kind=fact.kind,
            occurred_at=instant_text(fact.occurred_at),
            staff_id=fact.staff_id,
            event_id=fact.event_id,
            payload=dict(fact.payload),
            prev_hash=fact.prev_hash,
            hash=fact.hash,
            signature=fact.signature,
        )

    def fact(self) -> Fact:
        return Fact(
            id=FactId(self.id),
            device_id=DeviceId(self.device_id),
            epoch=self.epoch,
            seq=self.seq,
            kind=self.kind,
            occurred_at=instant(self.occurred_at),
            staff_id=None if self.staff_id is None else StaffId(self.staff_id),
            event_id=None if self.event_id is None else EventId(self.event_id),
            payload=self.payload,
            prev_hash=self.prev_hash,
            hash=self.hash,
            signature=self.signature,
        )


class PairRequest(Message):
    """`POST /api/till/pair`, with no token. `public_key` is the device's Ed25519 key, raw, in hex."""

    protocol: int = PROTOCOL
    code: str
    public_key: Hex32
    app_version: str = ""


class PairAnswer(Message):
    """`token` and `stripe_key` are secrets: straight into the keyring, never into a file or a log."""

    device_id: str
    device_code: str
    name: str
    token: str
    stripe_key: str | None
    stripe_base: str
    hub_time: str


class EventSummary(Message):
    id: str
    name: str
    venue: str
    days: tuple[str, ...]
    revision: int


class EventBody(Message):
    """One event for one till: `event` as `event_file_of`, the event's public key, and this till's certificate (hex).

    Beside the event, which older tills would else refuse: `sales` says when products are sold, by product, `hours` when
    the event and its products begin, `page` who sells, where and under which terms, and `taxation` its place of sale
    with all taxes there, from when to when; `event` has those that were valid when it was asked for.
    """

    event: dict[str, Any]
    revision: int
    public_key: Hex32
    certificate: Hex64
    sales: dict[str, dict[str, str]] = {}
    hours: tuple[dict[str, Any], ...] = ()
    page: dict[str, Any] = {}
    taxation: dict[str, Any] = {}


class ContactMessage(Message):
    """A person's details, kept beside the chain so that they can be erased."""

    contact_id: str
    order_id: str
    email: str | None = None
    name: str | None = None
    phone: str | None = None


class RecallAnswer(Message):
    """The till heeded the recall of this `asked_at`; `left` is what it could still give, beside its sales under way."""

    event_id: str
    pool_id: str
    asked_at: str
    left: Annotated[int, Field(ge=0, le=2**31 - 1)]


class PushRequest(Message):
    """`POST /api/till/facts`: the facts after the last acknowledged one, in order; `recalls` were heeded with them."""

    protocol: int = PROTOCOL
    facts: tuple[FactMessage, ...] = Field(max_length=500)
    contacts: tuple[ContactMessage, ...] = ()
    recalls: tuple[RecallAnswer, ...] = Field(default=(), max_length=500)


class PushAnswer(Message):
    """All facts of `epoch` up to `acknowledged_seq` are on the hub's disk; `quarantined` were kept aside.

    `is_revoked` tells a till that was shut out, and whose sales are taken all the same.
    """

    epoch: int
    acknowledged_seq: int
    acknowledged_hash: str
    quarantined: tuple[str, ...] = ()
    is_revoked: bool = False


class HeadAnswer(Message):
    """`GET /api/till/head`: where the till's newest chain ends at the hub; `seq` 0 where it has nothing of it.

    A till compares it with its own before it sells: one that lacks it is an older copy of itself.
    `life` changes when the hub's database was restored: a till that knew another tells again what it knows (empty from
    an older hub).
    """

    epoch: int
    seq: int
    hash: str
    life: str = ""


class HistoryAnswer(Message):
    """`GET /api/till/history?epoch=E&seq=N&hash=H&after=CURSOR`: what a till lacks that ends at this fact.

    Its own facts after that one and all of the hub's facts for it, in an order in which causes stand before effects.
    `is_known` says whether the fact is in the till's chain at the hub; where it is not, there is nothing else. The last
    page has the `contacts` of the till's own orders, as the hub knows them now.
    """

    is_known: bool
    facts: tuple[FactMessage, ...] = ()
    contacts: tuple[ContactMessage, ...] = ()
    cursor: int = 0
    more: bool = False


class KnownRequest(Message):
    """`POST /api/till/known`: ids of facts of the hub that the till has, the newest first.

    `life` is the hub's as the till knows it; `is_behind` says that the hub has acknowledged more than it has now.
    """

    life: str
    is_behind: bool
    facts: tuple[str, ...] = Field(max_length=500)


class KnownAnswer(Message):
    """Those that the hub has lost; `life` is the hub's from now on."""

    life: str
    lacking: tuple[str, ...] = ()


class TellAgainRequest(Message):
    """`POST /api/till/told`: what the hub has lost, with causes before effects: its own facts, and the till's.

    `is_all` with the last of them: nothing that this till knows is missing any more.
    """

    protocol: int = PROTOCOL
    life: str
    facts: tuple[FactMessage, ...] = Field(max_length=500)
    is_all: bool = False


class LeaseRequest(Message):
    """`POST /api/till/leases`: wants so many *more* units of each pool; `request_id` makes a retry harmless.

    `whole` is for a sale that waits: all that it wants, or a 409 that says how much is left, and nothing moves. It may
    take some seconds, while the hub asks other tills for what they don't need.
    `for_outage` is for a till whose network is bad: more may be kept there than it sells in the next minutes.
    Whatever it asks for, a till holds no more than the hub allows (see `core.leasing`): 422 for a sale that is larger.
    `generations` are those of its leases, by pool (none from an older till): a hub that was restored to an earlier
    moment may have forgotten that one has ended.
    """

    request_id: str
    event_id: str
    wanted: dict[str, Annotated[int, Field(ge=1, le=100_000)]]
    whole: bool = False
    for_outage: bool = False
    generations: dict[str, Generation] = {}


class PoolLeft(Message):
    """How many units nobody has sold or holds, over the whole event (available + leased).

    `elsewhere` is the part of it that the till which asked does not have (None from an older hub). `held` are being
    paid for, and the first of them may be free again at `retry_at`. `share` is what this till should hold to sell from,
    and `stock` what it may hold if its network is bad (None from an older hub).
    """

    pool_id: str
    capacity: int
    left: int
    elsewhere: int | None = None
    held: int = 0
    retry_at: str | None = None
    share: int | None = None
    stock: int | None = None


class LeaseAnswer(Message):
    """What was granted, as the hub's own facts (`lease_granted`); less than wanted, or none, when little is left.

    `pools`: how much is left after it.
    """

    granted: tuple[FactMessage, ...]
    pools: tuple[PoolLeft, ...] = ()


class Recall(Message):
    """The hub asks for up to `units` of a pool that no sale under way needs; told again, `asked_at` is the same."""

    pool_id: str
    units: int
    asked_at: str


class FeedEntry(Message):
    """`kind` event: the event's id in `event_id` changed, get it again. `fact`: one of the hub's facts for this till.

    `pools`: how much is left of the event's pools.
    """

    cursor: int
    kind: Literal["event", "fact", "pools"]
    event_id: str | None = None
    fact: FactMessage | None = None
    pools: tuple[PoolLeft, ...] = ()


class FeedAnswer(Message):
    """`GET /api/till/feed?after=CURSOR`. `recalls` are what is asked back now, told again until the till gives it.

    `stripe_key_id` is the key that this till should have; empty for none. `head` is how far the hub has this till's
    chain (None from an older hub), `problems_tag` is another when its problems are (empty from an older hub).
    """

    cursor: int
    entries: tuple[FeedEntry, ...]
    more: bool
    hub_time: str
    head: HeadAnswer | None = None
    recalls: tuple[Recall, ...] = ()
    stripe_key_id: str = ""
    problems_tag: str = ""


class ProblemRemedy(Message):
    """What can be done about a problem: `label` as its button says it, `effect` what pressing it will do.

    `at_till` says whether this till may do it; an organizer decides all else. `why_not` is what stands against it now.
    """

    name: str
    label: str
    effect: str
    why_not: str = ""
    at_till: bool = False


class ProblemMessage(Message):
    """An open exception in the hub's words: what happened, what is safe meanwhile, whom it `affects`."""

    id: str
    kind: str
    title: str
    detail: str
    safe: str = ""
    affects: str = ""
    raised_at: str
    order_number: str | None = None
    remedies: tuple[ProblemRemedy, ...] = ()


class ProblemsAnswer(Message):
    """`GET /api/till/problems`, and what is left after `POST /api/till/problems/{id}`.

    What concerns the till or its orders, or all where the hub says so: the first hundred, and whether there are `more`.
    Another `tag` in the feed says that it has changed.
    """

    tag: str
    problems: tuple[ProblemMessage, ...] = ()
    more: bool = False


class ProblemDecision(Message):
    """`POST /api/till/problems/{id}`: does the remedy. Pressed again, or once another has decided, nothing happens."""

    remedy: Annotated[str, StringConstraints(max_length=100)]


class KeyAnswer(Message):
    """`GET /api/till/key`: the Stripe key that this till should have. A secret: straight into the keyring."""

    stripe_key: str | None


class CheckoutRequest(Message):
    """`POST /api/till/checkouts`: the order's facts must have been pushed before; again with the same tender: same."""

    order_id: str
    tender_id: str
    amount: Annotated[int, Field(gt=0)]
    currency: str


CheckoutState = Literal["open", "opened", "paying", "paid", "expired", "failed"]


class CheckoutAnswer(Message):
    """Also for `GET /api/till/checkouts/{tender_id}`, `POST .../cancel` and `POST .../extend`.

    `paid` and `expired` are final and the provider's own word. `seconds_left` is by the hub's clock.
    """

    tender_id: str
    code: str
    url: str
    state: CheckoutState
    seconds_left: int
    opened_at: str | None = None
    facts: tuple[FactMessage, ...] = ()


class MailRequest(Message):
    """`POST /api/till/mails`: receipt and tickets of an order by e-mail, as a durable job.

    Any text may stand for the address: the hub reads it, and answers `failed` for one that no mail can reach.
    """

    mail_id: str
    order_id: str
    email: Annotated[str, StringConstraints(max_length=1000)]


class MailAnswer(Message):
    mail_id: str
    status: str


class WakeEvent(Message):
    """One line of `GET /api/till/wake` (server-sent events): why to pull, or that nothing happened (`ping`)."""

    reason: Literal["ping", "feed", "checkout"]
    tender_id: str | None = None
