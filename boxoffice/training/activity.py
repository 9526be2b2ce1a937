"""What happened at the till since a drill began, told by its facts and its printer: never by which key was pressed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.scans import Outcome
from boxoffice.core.tenders import TenderKind


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that happened at a time."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Started(Activity):
    """A card was asked for: nobody may ask for it a second time while the first is not known."""

    order_id: str
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Unknown(Activity):
    """Nobody knows whether a card was charged."""

    order_id: str


@dataclass(frozen=True, slots=True)
class Sold(Activity):
    """An order was paid in full. `tendered` is what was typed of the last cash, `change` what it gave back."""

    order_id: str
    lines: Mapping[str, int]
    tenders: frozenset[TenderKind]
    total: int
    tendered: int | None = None
    change: int = 0


@dataclass(frozen=True, slots=True)
class Refunded(Activity):
    order_id: str
    tender: TenderKind


@dataclass(frozen=True, slots=True)
class Reprinted(Activity):
    """A receipt came out."""

    order_number: str
    order_id: str


@dataclass(frozen=True, slots=True)
class Scanned(Activity):
    ticket_id: str | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class HandedOver(Activity):
    to: str | None


def activities(facts: Iterable[Fact], printed: Sequence[tuple[datetime, str]]) -> tuple[Activity, ...]:
    """Returns what facts and receipts come to, in the order of time; `printed` are numbers of orders."""
    teller = _Teller()
    for fact in facts:
        teller.hear(fact)
    for at, number in printed:
        teller.told.append(Reprinted(at, number, teller.orders_by_number.get(number, "")))
    return tuple(sorted(teller.told, key=lambda each: each.at))


class _Teller:
    """Puts facts together."""

    def __init__(self) -> None:
        self.told: list[Activity] = []
        self.orders_by_number: dict[str, str] = {}
        self._lines: dict[str, dict[str, int]] = {}
        self._total: dict[str, int] = {}
        self._tenders: dict[str, set[TenderKind]] = {}
        self._cash: dict[str, tuple[int | None, int]] = {}

    def hear(self, fact: Fact) -> None:
        p, at = fact.payload, fact.occurred_at
        match fact.kind:
            case FactKind.ORDER_PLACED:
                self._placed(p)
            case FactKind.PAYMENT_STARTED if p["tender"] == TenderKind.TERMINAL.value and p["step"] == "asked":
                self.told.append(Started(at, p["order_id"], self._lines.get(p["order_id"], {})))
            case FactKind.PAYMENT_UNKNOWN:
                self.told.append(Unknown(at, p["order_id"]))
            case FactKind.PAYMENT_CAPTURED:
                self._tenders.setdefault(p["order_id"], set()).add(TenderKind(p["tender"]))
                if p.get("tendered") is not None:
                    self._cash[p["order_id"]] = p["tendered"], p.get("change") or 0
            case FactKind.TICKETS_ISSUED:
                self._sold(at, p["order_id"])
            case FactKind.REFUND_SUCCEEDED:
                self.told.append(Refunded(at, p["order_id"], TenderKind(p["tender"])))
            case FactKind.TICKET_SCANNED if not p.get("is_undo"):
                self.told.append(Scanned(at, p.get("ticket_id"), Outcome(p["outcome"])))
            case FactKind.SHIFT_HANDED_OVER:
                self.told.append(HandedOver(at, p.get("to")))
            case _:
                pass

    def _placed(self, p: Mapping[str, object]) -> None:
        order_id, lines = str(p["order_id"]), dict[str, int]()
        for line in p["lines"]:  # type: ignore[attr-defined]  # a payload is JSON
            lines[line["product_id"]] = lines.get(line["product_id"], 0) + line["quantity"]
        self._lines[order_id], self._total[order_id] = lines, int(str(p["total"]))
        self.orders_by_number[str(p["order_number"])] = order_id

    def _sold(self, at: datetime, order_id: str) -> None:
        tendered, change = self._cash.get(order_id, (None, 0))
        self.told.append(
            Sold(
                at,
                order_id,
                self._lines.get(order_id, {}),
                frozenset(self._tenders.get(order_id, ())),
                self._total.get(order_id, 0),
                tendered,
                change,
            )
        )
