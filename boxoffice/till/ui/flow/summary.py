"""What stands beside a payment: the bill or the order, its sums, and what to know of its prices."""

from collections.abc import Sequence
from dataclasses import replace

from boxoffice.core.money import total_of
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.pricing import PricedLine, PricedOrder
from boxoffice.core.sales import line_part
from boxoffice.core.sums import sums_of
from boxoffice.documents.sums import sum_rows
from boxoffice.till.ui.actions import Do
from boxoffice.till.ui.flow.bill import Bill, PriceChange, price_changes
from boxoffice.till.ui.flow.sell_view import kind_name, line_detail
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.speech import count, say, speaks, told
from boxoffice.till.ui.views.parts import ButtonView, NoticeView, SummaryLine, SummaryView
from boxoffice.till.ui.words import clock, money, tender_name
from boxoffice.till.usecases.gateway.orders import Order

_MOST_CHANGES = 3
"""How many are told one by one: beside a payment there is no room for a price list."""


def back_to_sale() -> ButtonView:
    return ButtonView(say("Back to sale"), Do.BACK, "quiet", "back", "Esc")


def summary(session: Session, bill: Bill, *, back: ButtonView | None = None) -> SummaryView:
    """Returns the bill as it stands beside a payment, with what has changed of its prices since it was quoted."""
    if bill.order is not None:
        shown = order_summary(bill.order, back=back)
    elif bill.quote is not None:
        shown = quote_summary(bill.quote, back=back)
    else:
        raise RuntimeError("a bill is of something")
    return replace(shown, note=_price_note(session, bill))


def _price_note(session: Session, bill: Bill) -> NoticeView | None:
    if bill.quote is None or session.catalogue is None:
        return None
    changes = price_changes(bill.quote, session.catalogue, session.till.now(), session.channel)
    if not changes:
        return None
    at = say(" at {time}", time=clock(session.revised_at)) if session.revised_at is not None else ""
    few = changes if len(changes) <= _MOST_CHANGES else ()
    text = " ".join(_kept(change) for change in few) or say("This sale keeps what was quoted.")
    return NoticeView(
        say("{what_changed} changed{at}", what_changed=_what_changed(changes), at=at), text, "info", "info"
    )


def _what_changed(changes: Sequence[PriceChange]) -> str:
    if any(change.now is None for change in changes):
        return say("What is sold")
    return say("A price") if len(changes) == 1 else say("Prices")


def _kept(change: PriceChange) -> str:
    if change.now is None:
        return say("{name} is no longer sold. This sale keeps it.", name=change.name)
    if change.is_only_tax:
        return say("The tax on {name} is another now. This sale keeps what was quoted.", name=change.name)
    was, now = money(change.was), money(change.now)
    return say(
        "{name} is {now} now. This sale keeps {was}. The next one pays {now}.",
        name=change.name,
        now=now,
        was=was,
    )


def quote_summary(quote: PricedOrder, *, back: ButtonView | None = None) -> SummaryView:
    rows = sum_rows(sums_of([line_part(line) for line in quote.lines]), speaks(), quote.total.currency)
    return SummaryView(
        items=count(sum(line.quantity for line in quote.lines), "item"),
        lines=tuple(
            SummaryLine(
                f"{line.quantity}×",
                line.product.name,
                _detail(line),
                money(line.subtotal),
            )
            for line in quote.lines
        ),
        sums=tuple((label, money(amount)) for label, amount in rows),
        total_label=say("Total"),
        total=money(quote.total),
        back=back,
    )


def _detail(line: PricedLine) -> str:
    """Returns what stands under a line's name: what it is a part of, or for whom it is at this price."""
    own = line_detail(line.product, line.option, line.unit_price if line.product.price is None else None)
    named = [line.bundle.name] if line.bundle is not None else []
    return " · ".join([*([own] if line.option or not named else []), *named, *_kind(line)])


def _kind(line: PricedLine) -> list[str]:
    return [] if line.price_kind is None else [kind_name(line.price_kind)]


def order_summary(order: Order, *, back: ButtonView | None = None) -> SummaryView:
    sums = [(told(label), money(amount)) for label, amount in order.sums]
    label, total = say("Total"), order.total
    captured = [tender for tender in order.tenders if tender.status is PaymentStatus.CAPTURED]
    if order.paid.minor and not order.is_paid:
        sums.append((say("Total"), money(order.total)))
        sums += [(say("{tender} paid", tender=tender_name(tender.kind)), money(-tender.amount)) for tender in captured]
        back_again = [tender.given_back for tender in captured if tender.given_back is not None]
        is_over = order.state is OrderState.FAILED and back_again
        label = say("Given back") if is_over else say("Still due")
        total = total_of(back_again, order.total.currency) if is_over else order.due
    return SummaryView(
        items=count(sum(line.count for line in order.lines), "item"),
        lines=tuple(SummaryLine(f"{line.count}×", line.name, line.detail, money(line.total)) for line in order.lines),
        sums=tuple(sums),
        total_label=label,
        total=money(total),
        back=back,
    )
