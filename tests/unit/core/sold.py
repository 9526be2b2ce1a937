"""Orders of every kind for property tests: several taxes, on top and within, codes, split payments, refunds."""

from dataclasses import dataclass, field, replace
from itertools import count, pairwise
from uuid import NAMESPACE_OID, uuid5

from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter

from boxoffice.core.cash_rounding import CashPaid, CashRounding
from boxoffice.core.catalogue import Catalogue, Product, ProductKind, Promo, Rounding
from boxoffice.core.facts import Fact, read_payload
from boxoffice.core.ids import OrderId, ProductId, TaxRateId
from boxoffice.core.orders import Channel, OrderState, state_by_money
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import PartKey, Payload
from boxoffice.core.payloads.payments import CardPart, PaymentCaptured
from boxoffice.core.payloads.refunds import RefundFailed, RefundPending, RefundRequested, RefundSucceeded
from boxoffice.core.payloads.tickets import TicketPart, TicketsIssued, TicketVoided
from boxoffice.core.pricing import Cart, CartLine, PricedOrder, price
from boxoffice.core.reductions import REASONS, Off, Reduction
from boxoffice.core.sales import changed, earned_of, place
from boxoffice.core.taxes import TaxRate
from boxoffice.core.tenders import Back, Taken, TenderKind, tender_of
from tests.unit.core.builders import NOW, catalogue, chain, usd

_numbers = count(1)
_CARD, _GRANT = "gift-card", "grant"
"""Of all that is paid by gift card; only the books of many orders know it."""
_STATE, _COUNTY, _CITY, _DISTRICT = (
    TaxRate(TaxRateId(id_), name, ppm, is_included=False)
    for id_, name, ppm in (
        ("state", "Colorado", 29_000),
        ("county", "Boulder County", 11_850),
        ("city", "City of Boulder", 38_600),
        ("district", "RTD and culture", 11_000),
    )
)
_ADMISSIONS, _LOCAL = (
    TaxRate(TaxRateId(id_), name, ppm, is_included=True)
    for id_, name, ppm in (("admissions", "Admissions tax", 50_000), ("local", "Local tax", 72_500))
)


def market(rounding: Rounding = Rounding.PER_LINE) -> Catalogue:
    """Returns an event as in Colorado: four taxes on top of goods, one or two within tickets."""
    whole = catalogue(rounding)
    full_pass, friday, shirt, donation = whole.products
    on_top = (_STATE.id, _COUNTY.id, _CITY.id, _DISTRICT.id)
    poster = Product(ProductId("poster"), "Poster", ProductKind.MERCHANDISE, "Extras", usd(1_599), {}, taxes=on_top[:1])
    return replace(
        whole,
        taxes=(_STATE, _COUNTY, _CITY, _DISTRICT, _ADMISSIONS, _LOCAL),
        products=(
            replace(full_pass, taxes=(_ADMISSIONS.id, _LOCAL.id)),
            replace(friday, taxes=(_ADMISSIONS.id,)),
            replace(shirt, taxes=on_top),
            donation,
            poster,
        ),
    )


@dataclass(frozen=True)
class Sold:
    """An order with all that became of it."""

    priced: PricedOrder = field(repr=False)
    placed: OrderPlaced = field(repr=False)
    facts: list[Fact] = field(repr=False)
    paid: int
    refunded: int

    def _repr_pretty_(self, printer: RepresentationPrinter, _cycle: bool) -> None:
        """Writes it in short: hypothesis would write all of it out, and takes what is too long for an error."""
        lines = ", ".join(f"{line.quantity} {line.product_id} = {line.total}" for line in self.placed.lines)
        of_it = f"{self.placed.total} in all, {self.paid} paid, {self.refunded} back"
        printer.text(f"Sold({lines}; {of_it})")


@st.composite
def sold(draw: st.DrawFn) -> Sold:
    event = market(draw(st.sampled_from(Rounding)))
    priced = price(event, draw(_carts()), draw(st.none() | _promos()), at=NOW)
    number = next(_numbers)
    placed = place(
        priced,
        order_id=OrderId(f"order-{number}"),
        order_number=f"7K2-{number:04d}",
        channel=draw(st.sampled_from(Channel)),
        source="pool",
    )
    payments = draw(_payments(placed))
    paid = sum(payment.amount for payment in payments)
    issued = TicketsIssued(
        order_id=placed.order_id,
        currency=placed.currency,
        total=placed.total,
        discount=placed.discount,
        earned=earned_of(placed),
        tickets=_tickets(placed),
    )
    move = changed(OrderId(placed.order_id), OrderState.PENDING, OrderState.PROCESSING)
    end = changed(OrderId(placed.order_id), OrderState.PROCESSING, OrderState.COMPLETED)
    numbers = draw(st.sets(st.integers(0, len(issued.tickets) - 1), max_size=5)) if issued.tickets else ()
    voided = [issued.tickets[i] for i in sorted(numbers)]
    voids = [TicketVoided(ticket_id=each.ticket_id, order_id=placed.order_id, why="lost") for each in voided]
    done: list[Payload] = [end, issued, *voids] if paid >= placed.total else []
    refunds = draw(_refunds(placed, payments)) if done else []
    given = sum(each.amount for each in refunds if isinstance(each, RefundSucceeded))
    back = sum(each.amount for each in refunds if isinstance(each, RefundFailed) and each.is_reversal)
    in_money = placed.total - sum(each.amount for each in payments if not tender_of(each.tender).is_money)
    path = [OrderState.COMPLETED, state_by_money(in_money, given), state_by_money(in_money, given - back)]
    moves = [changed(OrderId(placed.order_id), start, to) for start, to in pairwise(path) if start is not to]
    return Sold(priced, placed, chain([placed, move, *payments, *done, *refunds, *moves]), paid, given - back)


def _tickets(placed: OrderPlaced) -> tuple[TicketPart, ...]:
    lines = [(i, line.product_id) for i, line in enumerate(placed.lines) if line.kind == "ticket"]
    return tuple(
        TicketPart(ticket_id=ticket_id(placed.order_id, i, n), product_id=product, line=i, token="")
        for i, product in lines
        for n in range(placed.lines[i].quantity)
    )


def ticket_id(order_id: str, line: int, number: int) -> str:
    return str(uuid5(NAMESPACE_OID, f"{order_id}-{line}-{number}"))


@st.composite
def given_up(draw: st.DrawFn) -> Sold:
    """Returns an order that was paid in part, or not at all, and came to nothing: what was paid goes back."""
    whole = draw(sold().filter(lambda each: each.paid < each.placed.total))
    order, payloads = OrderId(whole.placed.order_id), [read_payload(fact) for fact in whole.facts]
    payments = [each for each in payloads if isinstance(each, PaymentCaptured)]
    refunds = [step for payment in payments for step in draw(_refund(payment, payment.amount, (), payment.amount))]
    given = sum(each.amount for each in refunds if isinstance(each, RefundSucceeded))
    back = sum(each.amount for each in refunds if isinstance(each, RefundFailed) and each.is_reversal)
    end = changed(order, OrderState.PROCESSING, OrderState.FAILED)
    return replace(whole, facts=chain([*payloads, *refunds, end]), refunded=given - back)


def _carts() -> st.SearchStrategy[Cart]:
    products = st.sampled_from([ProductId(each) for each in ("full-pass", "friday", "poster")])
    off = st.none() | _reductions()
    shirt = st.builds(
        CartLine,
        st.just(ProductId("t-shirt")),
        st.integers(1, 12),
        option=st.sampled_from(("S", "M", "L")),
        reduction=off,
    )
    plain = shirt | st.builds(CartLine, products, st.integers(1, 12), reduction=off)
    gift = st.builds(CartLine, st.just(ProductId("donation")), st.just(1), st.integers(1, 100_000).map(usd))
    lines = st.lists(plain | gift, min_size=1, max_size=6).map(tuple)
    return st.builds(Cart, lines, st.none() | _reductions())


def _reductions() -> st.SearchStrategy[Reduction]:
    """Returns what is taken off a line, or off all of it; seldom all of it, or nothing would be left to pay."""
    amounts = st.builds(Reduction, st.just(Off.AMOUNT), st.sampled_from(REASONS), st.integers(1, 5_000))
    percents = st.builds(Reduction, st.just(Off.PERCENT), st.sampled_from(REASONS), st.integers(1, 100))
    return amounts | percents | st.just(Reduction(Off.COMP, "Artist"))


def _promos() -> st.SearchStrategy[Promo]:
    percent = st.builds(Promo, st.just("CASINO"), st.integers(1, 100), st.none())
    amount = st.builds(Promo, st.just("CASINO"), st.none(), st.integers(1, 90_000).map(usd), st.booleans())
    return percent | amount


@st.composite
def _payments(draw: st.DrawFn, placed: OrderPlaced) -> list[PaymentCaptured]:
    """Returns what was paid: all of it in up to three parts, or only the first of them, or too much."""
    left, parts = placed.total, list[int]()
    for _ in range(draw(st.integers(0, 2))):
        part = draw(st.integers(0, left))
        parts += [part] if part else []
        left -= part
    parts += [left] if left else []
    parts = parts[: draw(st.sampled_from([3, 3, 3, 1]))]
    parts += [draw(st.integers(1, 5_000))] if draw(st.sampled_from([False, False, True])) else []
    return [draw(_payment(placed, f"{placed.order_id}-{i}", amount)) for i, amount in enumerate(parts)]


@st.composite
def _payment(draw: st.DrawFn, placed: OrderPlaced, tender_id: str, amount: int) -> PaymentCaptured:
    tender = draw(st.sampled_from([kind.value for kind in TenderKind]))
    row = tender_of(tender)
    change = draw(st.integers(0, 5_000)) if row.is_cash else None
    step = draw(st.sampled_from([0, 5, 100])) if row.is_cash else 0
    rounding = CashRounding(step).on(usd(amount)).minor if step else 0
    return PaymentCaptured(
        order_id=placed.order_id,
        tender_id=tender_id,
        tender=tender,
        amount=amount,
        currency=placed.currency,
        tendered=None if change is None else amount + rounding + change,
        rounding=rounding,
        rounded_to=step,
        change=change,
        drawer="till-1" if row.is_cash else None,
        card=CardPart(brand="visa", last4="4242") if tender == "terminal" else None,
        reason=draw(st.sampled_from(row.reasons)) if row.reasons else None,
        card_id=_CARD if row.taken is Taken.CARD_ON_HAND else None,
        grant_id=_GRANT if row.taken is Taken.CARD_ON_HAND else None,
    )


@st.composite
def _refunds(draw: st.DrawFn, placed: OrderPlaced, payments: list[PaymentCaptured]) -> list[Payload]:
    """Returns refunds of some of the payments."""
    found: list[Payload] = []
    left = [(i, n) for i, line in enumerate(placed.lines) for n in range(line.quantity)]
    for payment in payments:
        if not tender_of(payment.tender).is_money or not draw(st.booleans()):
            continue
        parts = tuple(left.pop() for _ in range(draw(st.integers(0, len(left)))))
        found += draw(_refund(payment, draw(st.integers(1, payment.amount)), parts))
    return found


@st.composite
def _refund(
    draw: st.DrawFn, payment: PaymentCaptured, amount: int, parts: tuple[PartKey, ...], unearned: int = 0
) -> list[Payload]:
    """Returns one refund by all that may become of it; cash goes back at once."""
    about = {
        "order_id": payment.order_id,
        "tender_id": payment.tender_id,
        "tender": payment.tender,
        "amount": amount,
        "currency": payment.currency,
        "refund_id": f"refund-{payment.tender_id}",
    }
    is_at_once = tender_of(payment.tender).back is not Back.PROVIDER
    is_out = not is_at_once and draw(st.booleans())
    ends = ["succeeded"] if is_at_once else ["succeeded", "came back", "failed", "on its way"]
    end = draw(st.sampled_from(ends))
    found: list[Payload] = [RefundRequested(**about, parts=parts)]
    if is_out:
        found.append(RefundPending(**about))
    if end in ("succeeded", "came back"):
        paid = CashPaid(payment.amount, payment.rounding, payment.rounded_to)
        rounding = paid.rounding_of_refund(amount) if payment.drawer else 0
        how = {"drawer": payment.drawer, "unearned": unearned, "is_out": is_out, "rounding": rounding}
        found.append(RefundSucceeded(**about, **how, card_id=payment.card_id))
    if end in ("came back", "failed"):
        is_back = end == "came back"
        why = {"code": "lost", "message": "came back", "is_reversal": is_back, "is_out": is_out and not is_back}
        found.append(RefundFailed(**about, **why, unearned=unearned if is_back else 0))
    return found
