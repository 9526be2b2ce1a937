"""What a shift took: the X report of one that goes on, the Z of one that is closed. Till and hub add up the same.

Pure: made of facts alone. Each block adds up to the same net, and tests hold that to the postings of these facts.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from boxoffice.core.cash_moves import WAYS, CashMove
from boxoffice.core.catalogue import ProductKind
from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact, read_payload
from boxoffice.core.payloads.cash import CashMoved, ShiftClosed, ShiftHandedOver, ShiftOpened
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import RefundFailed, RefundSucceeded
from boxoffice.core.payloads.stored_value import GiftCardCashedOut, GiftCardTakenBack
from boxoffice.core.payloads.tickets import Earned, TicketsIssued
from boxoffice.core.reductions import Off
from boxoffice.core.tenders import TENDERS, TenderKind, tender_of

COUNTED: Final = frozenset(
    {
        FactKind.PAYMENT_CAPTURED,
        FactKind.TICKETS_ISSUED,
        FactKind.REFUND_SUCCEEDED,
        FactKind.REFUND_FAILED,
        FactKind.GIFT_CARD_TAKEN_BACK,
    }
)
"""What the hub may write about a till's orders that counts in a shift of that till, once the till has heard of it."""


@dataclass(frozen=True, slots=True)
class Tally:
    """So many of something, and what they come to in minor units."""

    count: int = 0
    amount: int = 0

    def plus(self, amount: int, count: int = 1) -> "Tally":
        return Tally(self.count + count, self.amount + amount)


@dataclass(frozen=True, slots=True)
class Placed:
    """An order as it was placed, and by whom."""

    order: OrderPlaced
    staff_id: str | None


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """One tax of one authority. `rate_ppm` is None where it was not told."""

    rate: str
    name: str
    authority: str
    kind: str
    rate_ppm: int | None
    amount: int


@dataclass(frozen=True, slots=True)
class TenderTotal:
    """`taken` is the money that came, of cash as it went into the drawer; `back` what of it was given back."""

    tender: TenderKind
    taken: Tally
    back: Tally

    @property
    def kept(self) -> int:
        return self.taken.amount - self.back.amount


@dataclass(frozen=True, slots=True)
class Drawer:
    """The cash of a shift, in minor units: what should be there is what it began with and all that went in and out.

    `corrected` is what was over (or short) at counts before the last one; `counted` is None before the first.
    """

    float_amount: int = 0
    sales: int = 0
    refunds: int = 0
    moves: tuple[tuple[CashMove, Tally], ...] = ()
    corrected: int = 0
    counted: int | None = None
    to_safe: int = 0

    @property
    def expected(self) -> int:
        moved = sum(WAYS[move].sign * tally.amount for move, tally in self.moves)
        return self.float_amount + self.sales - self.refunds + moved + self.corrected

    @property
    def difference(self) -> int:
        """Returns how much is over; negative for what is short."""
        return 0 if self.counted is None else self.counted - self.expected

    @property
    def stays(self) -> int:
        return (self.expected if self.counted is None else self.counted) - self.to_safe


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """All that a Z report says, in minor units of `currency`.

    `sold` is by product, before discounts and with its tax; `staff` is by who sold, `hours` by the hour at the event.
    `reasons` is why things were cheaper or free, by kind (as `Reduced` has it) and reason; free lines are `comps`.
    `unfinished` is what was paid for sales that are not finished yet, less what was paid before for sales that are now.
    `references` are the providers' names of what was
    paid, by tender, with its amount. What is on gift cards is owed, and no sale: `cards_sold` were put on them, and
    `cards_out` paid out of them, or taken back.
    """

    currency: str
    sold: Mapping[str, Tally]
    names: Mapping[str, str]
    discounts: Tally
    comps: Tally
    reasons: Mapping[tuple[str, str], Tally]
    refunds: Tally
    taxes: tuple[TaxTotal, ...]
    tenders: tuple[TenderTotal, ...]
    rounding: int
    unfinished: int
    sales: Tally
    split_sales: int
    staff: Mapping[str, Tally]
    hours: Mapping[int, Tally]
    drawer: Drawer
    references: Mapping[str, Mapping[str, int]]
    first: tuple[int, int] | None
    last: tuple[int, int] | None
    chain: str
    cards_sold: Tally = Tally()
    cards_out: Tally = Tally()

    @property
    def sold_total(self) -> int:
        return sum(each.amount for each in self.sold.values())

    @property
    def net(self) -> int:
        """Returns what was sold, less discounts, what was given away, and what was refunded."""
        return self.sold_total - self.discounts.amount - self.comps.amount - self.refunds.amount

    @property
    def money(self) -> int:
        """Returns what came in by all tenders, less what went back: the net, with what is told beside it."""
        return sum(each.kept for each in self.tenders)

    @property
    def tax(self) -> int:
        return sum(each.amount for each in self.taxes)


def report_of(
    facts: Iterable[Fact],
    *,
    device_id: str,
    currency: str,
    hour_of: Callable[[datetime], int],
    placed: Mapping[str, Placed] | None = None,
) -> ShiftReport:
    """Returns the report of the facts of one shift: its till's own, from its opening on, and what it heard of the hub.

    Args:
        facts: in the order in which the till wrote and heard them.
        device_id: the till.
        currency: what it sold in.
        hour_of: the hour of a moment, on a clock at the event.
        placed: the orders that were placed before, by their ids.
    """
    summing = _Summing(device_id, currency, hour_of, dict(placed or {}))
    for fact in facts:
        summing.take(fact)
    return summing.report()


@dataclass(slots=True)
class _Summing:
    device_id: str
    currency: str
    hour_of: Callable[[datetime], int]
    placed: dict[str, Placed]
    sold: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    names: dict[str, str] = field(default_factory=dict)
    discounts: Tally = field(default_factory=Tally)
    comps: Tally = field(default_factory=Tally)
    reasons: defaultdict[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    refunds: Tally = field(default_factory=Tally)
    taxes: Counter[tuple[str, str, str, str, int | None]] = field(default_factory=Counter)
    taken: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    back: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    references: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    rounding: int = 0
    sales: Tally = field(default_factory=Tally)
    payments: Counter[str] = field(default_factory=Counter)
    finished: set[str] = field(default_factory=set)
    staff: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    hours: defaultdict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))
    moves: defaultdict[CashMove, Tally] = field(default_factory=lambda: defaultdict(Tally))
    unfinished: int = 0
    float_amount: int = 0
    cash_sales: int = 0
    cash_back: int = 0
    corrected: int = 0
    counted: int | None = None
    to_safe: int = 0
    first: tuple[int, int] | None = None
    last: tuple[int, int] | None = None
    chain: str = ""
    cards_sold: Tally = field(default_factory=Tally)
    cards_out: Tally = field(default_factory=Tally)

    def take(self, fact: Fact) -> None:
        if fact.payload.get("currency", self.currency) != self.currency:
            return
        if fact.device_id == self.device_id:
            self.first = self.first or (fact.epoch, fact.seq)
            self.last, self.chain = (fact.epoch, fact.seq), fact.hash
        rule = _RULES.get(fact.kind)
        if rule is not None:
            rule(self, fact, read_payload(fact))

    def report(self) -> ShiftReport:
        kinds = sorted({*self.taken, *self.back}, key=[kind.value for kind in TENDERS].index)
        tenders = tuple(TenderTotal(TenderKind(each), self.taken[each], self.back[each]) for each in kinds)
        return ShiftReport(
            currency=self.currency,
            sold=dict(self.sold),
            names=self.names,
            discounts=self.discounts,
            comps=self.comps,
            reasons=dict(self.reasons),
            refunds=self.refunds,
            taxes=tuple(TaxTotal(*tax, amount) for tax, amount in sorted(self.taxes.items(), key=str)),
            tenders=tenders,
            rounding=self.rounding,
            unfinished=self.unfinished,
            sales=self.sales,
            split_sales=sum(1 for order in self.finished if self.payments[order] > 1),
            staff=dict(self.staff),
            hours=dict(sorted(self.hours.items())),
            drawer=self._drawer(),
            references={tender: dict(each) for tender, each in self.references.items()},
            first=self.first,
            last=self.last,
            chain=self.chain,
            cards_sold=self.cards_sold,
            cards_out=self.cards_out,
        )

    def _drawer(self) -> Drawer:
        return Drawer(
            float_amount=self.float_amount,
            sales=self.cash_sales,
            refunds=self.cash_back,
            moves=tuple((move, self.moves[move]) for move in CashMove if move in self.moves),
            corrected=self.corrected,
            counted=self.counted,
            to_safe=self.to_safe,
        )

    def placed_(self, fact: Fact, p: OrderPlaced) -> None:
        self.placed[p.order_id] = Placed(p, fact.staff_id)

    def captured(self, _fact: Fact, p: PaymentCaptured) -> None:
        tender, amount, rounding = tender_of(p.tender), p.amount, p.rounding
        self.payments[p.order_id] += 1
        self.unfinished += amount
        if not tender.is_money:
            self.comps = self.comps.plus(amount)
            return
        self.taken[p.tender] = self.taken[p.tender].plus(amount + rounding)
        self.rounding += rounding
        if p.provider_reference is not None:
            self.references[p.tender][p.provider_reference] = amount
        if tender.is_cash:
            self.cash_sales += amount + rounding

    def issued(self, fact: Fact, p: TicketsIssued) -> None:
        known = self.placed.get(p.order_id)
        lines = () if known is None else known.order.lines
        tickets = Counter(ticket.product_id for ticket in p.tickets)
        for i, part in enumerate(p.earned):
            line = lines[i] if i < len(lines) else None
            number = line.quantity if line else tickets[part.product_id] or 1
            if part.kind == ProductKind.GIFT_CARD.value:
                self.cards_sold = self.cards_sold.plus(part.net, number)
                continue
            self.sold[part.product_id] = self.sold[part.product_id].plus(part.net + part.tax, number)
            self.names.setdefault(part.product_id, line.name if line else part.product_id)
            self._tax(part, line)
        self._reduced(p.discount, lines)
        seller = None if known is None else known.staff_id
        who = seller or (fact.staff_id if fact.device_id == self.device_id else None) or ""
        hour = self.hour_of(fact.occurred_at)
        self.finished.add(p.order_id)
        self.unfinished -= p.total
        self.sales = self.sales.plus(p.total)
        self.staff[who] = self.staff[who].plus(p.total)
        self.hours[hour] = self.hours[hour].plus(p.total)

    def _reduced(self, discount: int, lines: Iterable[LinePart]) -> None:
        """Adds what was taken off an order: what was given away of it is no discount."""
        given = 0
        for each in (each for line in lines for each in line.reductions):
            is_comp, is_code = each.kind == Off.COMP.value, each.kind == Off.CODE.value
            key = (each.kind if is_comp or is_code else Off.AMOUNT.value, each.reason)
            self.reasons[key] = self.reasons[key].plus(each.amount)
            given += each.amount if is_comp else 0
        if given:
            self.comps = self.comps.plus(given)
        if discount - given:
            self.discounts = self.discounts.plus(discount - given)

    def _tax(self, part: Earned, line: LinePart | None) -> None:
        """Adds what each tax gets of a line, as it was named when it was sold."""
        named = line.taxes if line else ()
        for tax in named:
            self.taxes[tax.rate, tax.name, tax.authority, tax.kind, tax.rate_ppm] += tax.amount
        if not named and part.tax:
            self.taxes[part.tax_rate or "", "", "", "sales", None] += part.tax

    def refunded(self, _fact: Fact, p: RefundSucceeded) -> None:
        tender, amount, rounding = tender_of(p.tender), p.amount, p.rounding
        earned = amount - p.unearned
        self.unfinished -= p.unearned
        if not tender.is_money:
            self.comps = self.comps.plus(-amount, -1)
            return
        if earned:
            self.refunds = self.refunds.plus(earned)
        self.back[p.tender] = self.back[p.tender].plus(amount + rounding)
        self.rounding -= rounding
        if tender.is_cash and p.into is None:  # what pays for another order stays in the drawer
            self.cash_back += amount + rounding

    def failed(self, _fact: Fact, p: RefundFailed) -> None:
        """A refund that had succeeded came back."""
        if p.is_reversal and tender_of(p.tender).is_money:
            self.unfinished += p.unearned
            self.refunds = self.refunds.plus(p.unearned - p.amount, -1)
            self.back[p.tender] = self.back[p.tender].plus(-p.amount, -1)

    def cashed_out(self, _fact: Fact, p: GiftCardCashedOut) -> None:
        given = p.amount + p.rounding
        self.cards_out = self.cards_out.plus(p.amount)
        cash = TenderKind.CASH.value
        self.back[cash] = self.back[cash].plus(given)
        self.rounding -= p.rounding
        self.cash_back += given

    def taken_back(self, _fact: Fact, p: GiftCardTakenBack) -> None:
        """What its price goes back for is no refund of a sale."""
        self.cards_out = self.cards_out.plus(p.amount)
        self.refunds = self.refunds.plus(-p.amount, 0)

    def opened(self, _fact: Fact, p: ShiftOpened) -> None:
        self.float_amount = p.float_amount

    def moved(self, _fact: Fact, p: CashMoved) -> None:
        """A move of before the ways were told apart came in from the bank, or went out to it."""
        if p.move is not None:
            move, amount = CashMove(p.move), p.amount
        else:
            move, amount = (CashMove.PAY_IN, p.amount) if p.amount >= 0 else (CashMove.DEPOSIT, -p.amount)
        self.moves[move] = self.moves[move].plus(amount)

    def handed(self, _fact: Fact, p: ShiftHandedOver) -> None:
        if p.counted is not None:
            self.corrected += p.counted - p.expected

    def closed(self, _fact: Fact, p: ShiftClosed) -> None:
        self.counted, self.to_safe = p.counted, p.to_safe


_RULES: Final[Mapping[FactKind, Callable[[_Summing, Fact, Any], None]]] = {
    FactKind.ORDER_PLACED: _Summing.placed_,
    FactKind.PAYMENT_CAPTURED: _Summing.captured,
    FactKind.TICKETS_ISSUED: _Summing.issued,
    FactKind.REFUND_SUCCEEDED: _Summing.refunded,
    FactKind.REFUND_FAILED: _Summing.failed,
    FactKind.GIFT_CARD_CASHED_OUT: _Summing.cashed_out,
    FactKind.GIFT_CARD_TAKEN_BACK: _Summing.taken_back,
    FactKind.SHIFT_OPENED: _Summing.opened,
    FactKind.CASH_MOVED: _Summing.moved,
    FactKind.SHIFT_HANDED_OVER: _Summing.handed,
    FactKind.SHIFT_CLOSED: _Summing.closed,
}
