"""What stands between the items of an order and its end on every receipt, page and mail: rows that add up.

Whoever shows an order draws these rows and computes none: subtotal, less discount, plus each tax on top is the total;
the payments, and what is missing of it or too much, are the total; less refunds, it is what the customer has paid.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.payloads.lines import LinePart, TaxPart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import RefundFailed, RefundRequested, RefundSucceeded
from boxoffice.core.taxes import TaxKind

_UNNAMED: Final = ""


@dataclass(frozen=True, slots=True)
class TaxSum:
    """One tax of the whole order. `name` is empty, and `rate_ppm` None, for what was sold before taxes were named.

    A tax of an authority need not have a name of its own: it goes by its `kind`.
    """

    rate: str
    name: str
    rate_ppm: int | None
    amount: int
    is_included: bool
    authority: str = ""
    kind: str = TaxKind.SALES.value


@dataclass(frozen=True, slots=True)
class Reduced:
    """What was taken off an order for one reason (see `ReductionPart`); `kind` is empty where nobody said why."""

    kind: str
    reason: str
    value: int
    amount: int


@dataclass(frozen=True, slots=True)
class Sums:
    """In minor units: `subtotal` − `discount` + all of `added` = `total`; `included` is within the total already.

    `reduced` is what the discount is made of.
    """

    subtotal: int
    reduced: tuple[Reduced, ...]
    added: tuple[TaxSum, ...]
    included: tuple[TaxSum, ...]
    total: int

    @property
    def discount(self) -> int:
        return sum(each.amount for each in self.reduced)


@dataclass(frozen=True, slots=True)
class Refunded:
    """Money that went back, on the tender that had paid; `rounding` is what went with it in cash."""

    tender_id: str
    amount: int
    rounding: int = 0


@dataclass(frozen=True, slots=True)
class Paid:
    """What became of the total: what the `payments` brought, less their `rounding`, + `missing` = total.

    `missing` is negative for what was too much.
    """

    payments: tuple[PaymentCaptured, ...]
    missing: int
    refunds: tuple[Refunded, ...]

    @property
    def kept(self) -> int:
        """Returns what is left of the payments after the refunds."""
        back = sum(each.amount + each.rounding for each in self.refunds)
        return sum(each.received for each in self.payments) - back

    @property
    def rounding(self) -> int:
        """Returns what was put on the payments in cash; negative for what was let go."""
        return sum(each.rounding for each in self.payments)


def sums_of(lines: Sequence[LinePart]) -> Sums:
    """Returns the rows under the lines of an order."""
    taxes = [tax for line in lines for tax in _taxes(line)]
    added = _by_rate(tax for tax in taxes if not tax.is_included)
    subtotal, reduced = sum(line.subtotal for line in lines), _by_reason(lines)
    return Sums(
        subtotal=subtotal,
        reduced=reduced,
        added=added,
        included=_by_rate(tax for tax in taxes if tax.is_included),
        total=subtotal - sum(each.amount for each in reduced) + sum(tax.amount for tax in added),
    )


def paid_of(placed: OrderPlaced, facts: Iterable[Fact], *, is_given_up: bool = False) -> Paid:
    """Returns how an order was paid, and what of it went back and stayed away.

    Of an order that was given up all goes back: what is on its way counts too.
    """
    payments: dict[str, PaymentCaptured] = {}
    refunds: dict[str, Refunded] = {}
    for fact in facts:
        match fact.kind:
            case FactKind.PAYMENT_CAPTURED:
                payment = PaymentCaptured.model_validate(fact.payload)
                payments[payment.tender_id] = payment
            case FactKind.REFUND_REQUESTED if is_given_up:
                asked = RefundRequested.model_validate(fact.payload)
                refunds[asked.refund_id] = Refunded(asked.tender_id, asked.amount)
            case FactKind.REFUND_SUCCEEDED:
                refund = RefundSucceeded.model_validate(fact.payload)
                refunds[refund.refund_id] = Refunded(refund.tender_id, refund.amount, refund.rounding)
            case FactKind.REFUND_FAILED:
                refunds.pop(RefundFailed.model_validate(fact.payload).refund_id, None)
            case _:
                pass
    captured = tuple(payments.values())
    missing = placed.total - sum(payment.amount for payment in captured)
    return Paid(captured, missing, tuple(refunds.values()))


def percent_of(rate_ppm: int) -> str:
    """Returns a rate as amounts are written, in every language: `8.845 %`."""
    whole, part = divmod(rate_ppm, 10_000)
    decimals = f"{part:04d}".rstrip("0")
    return f"{whole}{'.' if decimals else ''}{decimals}\N{NO-BREAK SPACE}%"


def _taxes(line: LinePart) -> list[TaxSum]:
    """Returns a line's taxes; those that a till of before has not named are told by what the line adds up to."""
    if line.taxes:
        return [_named(tax) for tax in line.taxes]
    on_top = line.total - (line.subtotal - line.discount)
    if on_top:
        return [TaxSum(line.tax_rate or _UNNAMED, "", None, on_top, is_included=False)]
    return [TaxSum(line.tax_rate or _UNNAMED, "", None, line.tax, is_included=True)] if line.tax else []


def _named(tax: TaxPart) -> TaxSum:
    return TaxSum(tax.rate, tax.name, tax.rate_ppm, tax.amount, tax.included, tax.authority, tax.kind)


def _by_reason(lines: Iterable[LinePart]) -> tuple[Reduced, ...]:
    """Returns one row for each reason, in the order of coming, and the last for what is told without one."""
    sums: dict[Reduced, int] = {}
    unnamed = 0
    for line in lines:
        unnamed += line.discount - sum(each.amount for each in line.reductions)
        for each in line.reductions:
            key = Reduced(each.kind, each.reason, each.value, 0)
            sums[key] = sums.get(key, 0) + each.amount
    found = [replace(each, amount=amount) for each, amount in sums.items()]
    return tuple(each for each in (*found, Reduced("", "", 0, unnamed)) if each.amount)


def _by_rate(taxes: Iterable[TaxSum]) -> tuple[TaxSum, ...]:
    """Returns one row for each tax, in the order of coming; none for a tax of nothing."""
    sums: dict[TaxSum, int] = {}
    for tax in taxes:
        key = replace(tax, amount=0)
        sums[key] = sums.get(key, 0) + tax.amount
    return tuple(replace(tax, amount=amount) for tax, amount in sums.items() if amount)
