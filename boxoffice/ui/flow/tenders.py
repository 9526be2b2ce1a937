"""From the sale to its money: which page each way to pay begins on, and where an answer leads."""

from collections.abc import Callable
from dataclasses import replace

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.money import total_of
from boxoffice.core.orders import OrderState
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.pricing import PricedOrder
from boxoffice.core.sales import line_part
from boxoffice.core.sums import sums_of
from boxoffice.core.tenders import TENDERS
from boxoffice.documents.languages import language
from boxoffice.documents.sums import sum_rows
from boxoffice.services.gateway import Order, TenderOutcome, TenderPaid, TenderRefused, TenderUnknown
from boxoffice.ui.actions import Do
from boxoffice.ui.flow.bill import Bill, PriceChange, price_changes
from boxoffice.ui.flow.sell_view import WAYS, line_detail, why_not_now
from boxoffice.ui.flow.session import Page, Session
from boxoffice.ui.flow.work import Lane
from boxoffice.ui.views.parts import ButtonView, NoticeView, SummaryLine, SummaryView
from boxoffice.ui.words import TENDER_WORDS, clock, count, money


def sale_page(session: Session) -> Page:
    """Returns where the sale goes on: at its tiles, at what is still due, or at a payment that is still unknown."""
    order = session.order
    if order is None:
        from boxoffice.ui.flow.sell import SellPage

        session.end_bill()
        return SellPage(session)
    asked = next((payment for payment in session.unknown if payment.order.id == order.id), None)
    if asked is not None:
        from boxoffice.ui.flow.unknown import UnknownPage

        return UnknownPage(session, asked)
    from boxoffice.ui.flow.split import SplitPage

    return SplitPage(session)


def start_tender(session: Session, how: Do) -> None:
    """Begins to pay for the sale in one of the ways, or says why that can't be now."""
    kind = WAYS.get(how)
    reason = why_not_now(kind, session.status) if kind is not None else ""
    if reason:
        session.say(f"{reason}.", state="warn", icon="offline")
        return
    amount = session.bill.amount if session.bill is not None else session.sale.total
    barred = TENDERS[kind].bar_to(amount) if kind is not None else None
    if barred is not None:
        session.say(f"{barred}.", state="warn", icon="warning")
        return
    session.start_bill()
    match how:
        case Do.CASH:
            from boxoffice.ui.flow.cash import CashPage

            session.go(CashPage(session))
        case Do.SPLIT:
            from boxoffice.ui.flow.split import SplitPage

            session.go(SplitPage(session))
        case Do.GIVEN:
            from boxoffice.ui.flow.given import GivenPage

            session.go(GivenPage(session))
        case Do.CARD:
            from boxoffice.ui.flow.readers import start_reader

            start_reader(session)
        case Do.PHONE:
            from boxoffice.ui.flow.phone import PhonePage

            with_order(session, lambda: session.go(PhonePage(session, placed_order(session))))
        case _:
            pass


def placed_order(session: Session) -> Order:
    order = session.order
    if order is None:
        raise RuntimeError("no order is placed")
    return order


def with_order(session: Session, then: Callable[[], None]) -> None:
    """Places the order if there is none yet, then goes on; units that are gone leave the sale as it was."""
    quote = session.due_bill.quote
    if session.order is not None or quote is None:
        then()
        return

    def placed(order: Order) -> None:
        session.note_order(order)
        then()

    session.call(
        lambda: session.till.place(quote), placed, failed=lambda error: not_placed(session, error), keys_wait=True
    )


def not_placed(session: Session, error: BoxofficeError) -> None:
    """Says why there is no order. Where places are gone, the sale's lines say how many are left; the rest stays."""
    session.say_failed(error)
    if isinstance(error, NotEnoughLeft):
        session.sale.mark_short(error.shortages)
        session.go(sale_page(session))


def leave_order(session: Session) -> None:
    """Goes back to the tiles: an order of which nothing is paid is ended, and its units let go."""
    order = session.order
    if order is not None and not order.paid.minor:
        session.end_bill()
        order_id = order.id
        session.call(lambda: session.till.abandon(order_id), lambda _: None, lane=Lane.SALE)
    session.go(sale_page(session))


def park(session: Session) -> None:
    """Leaves an order of which a part is paid to wait, as it is on disk, and goes on with the next customer."""
    order = placed_order(session)
    session.new_sale()
    session.go(sale_page(session))
    session.say(f"Order {order.number} is parked.", icon="pause", detail=f"{money(order.paid)} stays paid.")


def settle(session: Session, outcome: TenderOutcome, retry: Do) -> None:
    """Goes where the outcome of a tender leads: paid, more to pay, refused, or unknown."""
    match outcome:
        case TenderPaid(order, _):
            paid(session, order)
        case TenderRefused():
            from boxoffice.ui.flow.answer import RefusedPage

            session.note_order(outcome.order)
            session.go(RefusedPage(session, outcome, retry))
        case TenderUnknown(payment):
            from boxoffice.ui.flow.unknown import UnknownPage

            session.unknown = (*session.unknown, payment)
            session.go(UnknownPage(session, payment))


def paid(session: Session, order: Order) -> None:
    """Goes on after money was taken: to the end of the sale, or to what is still due."""
    session.note_order(order)
    session.bill = session.due_bill.taking(None)
    if order.is_paid:
        from boxoffice.ui.flow.complete import CompletePage

        session.new_sale()
        session.go(CompletePage(session, order))
    else:
        from boxoffice.ui.flow.split import SplitPage

        session.go(SplitPage(session))


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
    changes = price_changes(bill.quote, session.catalogue)
    if not changes:
        return None
    at = f" at {clock(session.revised_at)}" if session.revised_at is not None else ""
    title = f"{'A price' if len(changes) == 1 else 'Prices'} changed{at}"
    return NoticeView(title, " ".join(_kept(change) for change in changes), "info", "info")


def _kept(change: PriceChange) -> str:
    if change.now is None:
        return f"{change.name} is no longer sold. This sale keeps it."
    if change.is_only_tax:
        return f"The tax on {change.name} is another now. This sale keeps what was quoted."
    was, now = money(change.was), money(change.now)
    return f"{change.name} is {now} now. This sale keeps {was}. The next one pays {now}."


def quote_summary(quote: PricedOrder, *, back: ButtonView | None = None) -> SummaryView:
    rows = sum_rows(sums_of([line_part(line) for line in quote.lines]), language("en"), quote.total.currency)
    return SummaryView(
        items=count(sum(line.quantity for line in quote.lines), "item"),
        lines=tuple(
            SummaryLine(
                f"{line.quantity}×",
                line.product.name,
                line_detail(line.product, line.option, line.unit_price if line.product.price is None else None),
                money(line.subtotal),
            )
            for line in quote.lines
        ),
        sums=tuple((label, money(amount)) for label, amount in rows),
        total_label="Total",
        total=money(quote.total),
        back=back,
    )


def order_summary(order: Order, *, back: ButtonView | None = None) -> SummaryView:
    sums = [(label, money(amount)) for label, amount in order.sums]
    label, total = "Total", order.total
    captured = [tender for tender in order.tenders if tender.status is PaymentStatus.CAPTURED]
    if order.paid.minor and not order.is_paid:
        sums.append(("Total", money(order.total)))
        sums += [(f"{TENDER_WORDS[tender.kind]} paid", money(-tender.amount)) for tender in captured]
        back_again = [tender.given_back for tender in captured if tender.given_back is not None]
        is_over = order.state is OrderState.FAILED and back_again
        label = "Given back" if is_over else "Still due"
        total = total_of(back_again, order.total.currency) if is_over else order.due
    return SummaryView(
        items=count(sum(line.count for line in order.lines), "item"),
        lines=tuple(SummaryLine(f"{line.count}×", line.name, line.detail, money(line.total)) for line in order.lines),
        sums=tuple(sums),
        total_label=label,
        total=money(total),
        back=back,
    )


BACK_TO_SALE = ButtonView("Back to sale", Do.BACK, "quiet", "back", "Esc")
