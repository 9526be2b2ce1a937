"""A till for tests of the hub: real key, real chain, real HTTP; nothing on disk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.event_file import catalogue_from
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Draft, Fact, Head, head_after, seal
from boxoffice.core.ids import EventId, FactId, OrderId, ProductId, StaffId, TicketId, order_number
from boxoffice.core.orders import Channel, OrderState
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import Payload
from boxoffice.core.payloads.payments import PaymentCaptured, PaymentStarted
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.sales import changed, draft, finish, place, ticket_count
from boxoffice.core.tickets import Issuer
from boxoffice.core.wire.message import FactMessage
from boxoffice.core.wire.pairing import PairAnswer
from sync.store.chain import new_id

EVENT = "boulder-fest-2026"


@dataclass
class Door:
    """One till, paired."""

    http: httpx.Client
    me: PairAnswer
    key: Ed25519PrivateKey
    catalogue: Catalogue
    issuer: Issuer
    head: Head = field(init=False)
    counter: int = 0
    staff_id: StaffId | None = None
    """Who is at the till."""

    def __post_init__(self) -> None:
        self.head = Head(self.me.device_id)  # type: ignore[arg-type]  # the hub's word is an id

    @classmethod
    def pair(cls, base_url: str, code: str) -> "Door":
        """Pairs a new till with a code."""
        key, http = Ed25519PrivateKey.generate(), httpx.Client(base_url=base_url, timeout=150)
        body = {"code": code, "public_key": key.public_key().public_bytes_raw().hex()}
        me = PairAnswer.model_validate(http.post("/api/till/pair", json=body).raise_for_status().json())
        http.headers["Authorization"] = f"Bearer {me.token}"
        event = http.get(f"/api/till/events/{EVENT}").raise_for_status().json()
        issuer = Issuer(key, bytes.fromhex(event["certificate"]))
        return cls(http, me, key, catalogue_from(event["event"], event["revision"]), issuer)

    def lease(self, wanted: Mapping[str, int], request_id: str | None = None) -> httpx.Response:
        body = {"request_id": request_id or new_id(), "event_id": EVENT, "wanted": dict(wanted)}
        return self.http.post("/api/till/leases", json=body)

    def write(self, *payloads: Payload) -> list[Fact]:
        """Appends facts to this till's chain, without sending them."""
        return self.write_for(EVENT, *payloads)

    def write_for(self, event: str, *payloads: Payload) -> list[Fact]:
        """As `write`, of another event."""
        facts = []
        for payload in payloads:
            at = datetime.now(UTC)
            each = draft(payload, id=FactId(new_id()), at=at, staff_id=self.staff_id, event_id=EventId(event))
            facts.append(seal(each, self.head, self.key))
            self.head = head_after(facts[-1])
        return facts

    def seal_raw(
        self, kind: str, payload: Mapping[str, Any], event: str | None = EVENT, fact_id: str | None = None
    ) -> Fact:
        """Appends a fact whose payload nobody checked."""
        about = None if event is None else EventId(event)
        bare = Draft(FactId(fact_id or new_id()), FactKind(kind), datetime.now(UTC), None, about, payload)
        fact = seal(bare, self.head, self.key)
        self.head = head_after(fact)
        return fact

    def next_number(self) -> str:
        self.counter += 1
        return order_number(self.me.device_code, self.counter)

    def placed(self, *lines: tuple[str, int]) -> OrderPlaced:
        self.counter += 1
        known = self.catalogue.products_by_id
        options = {product: next(iter(known[ProductId(product)].options), None) for product, _ in lines}
        cart = Cart(tuple(CartLine(ProductId(each), quantity, option=options[each]) for each, quantity in lines))
        return place(
            price(self.catalogue, cart, at=datetime.now(UTC)),
            order_id=OrderId(new_id()),
            order_number=order_number(self.me.device_code, self.counter),
            channel=Channel.DOOR,
            source="lease",
        )

    def cash_sale(self, *lines: tuple[str, int], generation: int | None = None) -> list[Fact]:
        """Sells for cash, without telling the hub; a till of the version before does not say a `generation`."""
        placed = self.placed(*(lines or (("full-pass", 1),)))
        if generation is not None:
            placed = placed.model_copy(update={"generations": dict.fromkeys(placed.units, generation)})
        order = OrderId(placed.order_id)
        return self.write(
            placed,
            self.captured(placed, placed.total),
            changed(order, OrderState.PENDING, OrderState.PROCESSING),
            changed(order, OrderState.PROCESSING, OrderState.COMPLETED),
            self.finished(placed),
        )

    def captured(self, placed: OrderPlaced, amount: int) -> PaymentCaptured:
        return PaymentCaptured(
            order_id=placed.order_id,
            tender_id=new_id(),
            tender="cash",
            amount=amount,
            currency="USD",
            drawer=self.me.name,
            tendered=amount,
            change=0,
        )

    def finished(self, placed: OrderPlaced) -> Payload:
        tickets = [TicketId(new_id()) for _ in range(ticket_count(placed))]
        return finish(placed, EventId(EVENT), self.issuer, tickets)

    def phone_order(self, *lines: tuple[str, int], cash_first: int = 0) -> tuple[OrderPlaced, str]:
        """Pushes an order that waits for payment by phone; returns it with the tender's id."""
        placed = self.placed(*(lines or (("full-pass", 1),)))
        tender = new_id()
        payloads: list[Payload] = [placed, changed(OrderId(placed.order_id), OrderState.PENDING, OrderState.PROCESSING)]
        if cash_first:
            payloads.append(self.captured(placed, cash_first))
        payloads.append(
            PaymentStarted(
                order_id=placed.order_id,
                tender_id=tender,
                tender="checkout",
                amount=placed.total - cash_first,
                currency="USD",
                idempotency_key=tender,
            )
        )
        assert self.push(self.write(*payloads)).status_code == 200
        return placed, tender

    def push(self, facts: Sequence[Fact], contacts: Sequence[Mapping[str, Any]] = ()) -> httpx.Response:
        messages = [FactMessage.of(fact).model_dump(mode="json") for fact in facts]
        return self.http.post("/api/till/facts", json={"facts": messages, "contacts": list(contacts)})

    def feed(self, after: int = 0) -> dict[str, Any]:
        query: dict[str, str | int] = {"after": after, "event_id": EVENT}
        answer: dict[str, Any] = self.http.get("/api/till/feed", params=query).raise_for_status().json()
        return answer


def damaged(fact: Fact, **changes: Any) -> Fact:
    """Returns the fact with something changed after it was sealed."""
    return replace(fact, **changes)
