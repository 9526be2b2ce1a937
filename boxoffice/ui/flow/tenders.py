"""From the sale to its money: which page each way to pay begins on, and where an answer leads."""

from collections.abc import Callable

from boxoffice.core.errors import BoxofficeError
from boxoffice.core.inventory import NotEnoughLeft
from boxoffice.core.payments import PaymentStatus
from boxoffice.core.sales import line_part
from boxoffice.core.sums import sums_of
from boxoffice.documents.languages import language
from boxoffice.documents.sums import sum_rows
from boxoffice.services.gateway import Order, TenderOutcome, TenderPaid, TenderRefused, TenderUnknown
from boxoffice.ui.actions import Do
from boxoffice.ui.flow.sell_view import why_no_card, why_no_phone
from boxoffice.ui.flow.session import Page, Session
from boxoffice.ui.flow.work import Lane
from boxoffice.ui.views.parts import ButtonView, SummaryLine, SummaryView
from boxoffice.ui.words import TENDER_WORDS, count, money


def sale_page(session: Session) -> Page:
    """Returns where the sale goes on: at its tiles, at what is still due, or at a payment that is still unknown."""
    order = session.sale.order
    if order is None:
        from boxoffice.ui.flow.sell import SellPage

        return SellPage(session)
    asked = next((payment for payment in session.unknown if payment.order.id == order.id), None)
    if asked is not None:
        from boxoffice.ui.flow.unknown import UnknownPage

        return UnknownPage(session, asked)
    from boxoffice.ui.flow.split import SplitPage

    return SplitPage(session)


def start_tender(session: Session, how: Do) -> None:
    """Begins to pay for the sale in one of the ways, or says why that can't be now."""
    why_not = {Do.CARD: why_no_card, Do.PHONE: why_no_phone}.get(how)
    reason = why_not(session.status) if why_not else ""
    if reason:
        session.say(f"{reason}.", state="warn", icon="offline")
        return
    match how:
        case Do.CASH:
            from boxoffice.ui.flow.cash import CashPage

            session.go(CashPage(session))
        case Do.SPLIT:
            from boxoffice.ui.flow.split import SplitPage

            session.go(SplitPage(session))
        case Do.CARD:
            from boxoffice.ui.flow.readers import start_reader

            start_reader(session)
        case Do.PHONE:
            from boxoffice.ui.flow.phone import PhonePage

            with_order(session, lambda: session.go(PhonePage(session, placed_order(session))))
        case _:
            pass


def placed_order(session: Session) -> Order:
    order = session.sale.order
    if order is None:
        raise RuntimeError("no order is placed")
    return order


def with_order(session: Session, then: Callable[[], None]) -> None:
    """Places the order if there is none yet, then goes on; units that are gone leave the sale as it was."""
    if session.sale.order is not None:
        then()
        return
    cart = session.sale.cart

    def placed(order: Order) -> None:
        session.note_order(order)
        then()

    session.call(
        lambda: session.till.place(cart), placed, failed=lambda error: not_placed(session, error), keys_wait=True
    )


def not_placed(session: Session, error: BoxofficeError) -> None:
    """Says why there is no order. Where places are gone, the sale's lines say how many are left; the rest stays."""
    session.say_failed(error)
    if isinstance(error, NotEnoughLeft):
        session.sale.mark_short(error.shortages)
        session.go(sale_page(session))


def leave_order(session: Session) -> None:
    """Goes back to the tiles: an order of which nothing is paid is ended, and its units let go."""
    order = session.sale.order
    if order is not None and not order.paid.minor:
        session.sale.order = None
        session.sale.next_amount = None
        order_id = order.id
        session.call(lambda: session.till.abandon(order_id), lambda _: None, lane=Lane.SALE)
    session.go(sale_page(session))


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
    session.sale.next_amount = None
    if order.is_paid:
        from boxoffice.ui.flow.complete import CompletePage

        session.drop_undo()
        session.new_sale()
        session.go(CompletePage(session, order))
    else:
        from boxoffice.ui.flow.split import SplitPage

        session.go(SplitPage(session))


def summary(session: Session, *, back: ButtonView | None = None) -> SummaryView:
    """Returns the sale as it stands beside a payment."""
    order = session.sale.order
    return order_summary(order, back=back) if order is not None else cart_summary(session, back=back)


def cart_summary(session: Session, *, back: ButtonView | None = None) -> SummaryView:
    from boxoffice.ui.flow.sell_view import line_detail

    sale = session.sale
    priced = sale.priced()
    rows = sum_rows(sums_of([line_part(line) for line in priced.lines]), language("en"), priced.total.currency)
    return SummaryView(
        items=count(sale.item_count, "item"),
        lines=tuple(
            SummaryLine(f"{line.quantity}×", each.product.name, line_detail(each.product, line), money(each.subtotal))
            for line, each in zip(sale.lines, priced.lines, strict=True)
        ),
        sums=tuple((label, money(amount)) for label, amount in rows),
        total_label="Total",
        total=money(priced.total),
        back=back,
    )


def order_summary(order: Order, *, back: ButtonView | None = None) -> SummaryView:
    sums = [(label, money(amount)) for label, amount in order.sums]
    is_part_paid = bool(order.paid.minor) and not order.is_paid
    if is_part_paid:
        sums.append(("Total", money(order.total)))
        sums += [
            (f"{TENDER_WORDS[tender.kind]} paid", money(-tender.amount))
            for tender in order.tenders
            if tender.status is PaymentStatus.CAPTURED
        ]
    return SummaryView(
        items=count(sum(line.count for line in order.lines), "item"),
        lines=tuple(SummaryLine(f"{line.count}×", line.name, line.detail, money(line.total)) for line in order.lines),
        sums=tuple(sums),
        total_label="Still due" if is_part_paid else "Total",
        total=money(order.due if is_part_paid else order.total),
        back=back,
    )


BACK_TO_SALE = ButtonView("Back to sale", Do.BACK, "quiet", "back", "Esc")
