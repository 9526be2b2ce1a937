"""What the screens are told of network, mails, papers, scans, readers and the till's end."""

from collections.abc import Mapping

import pytest

from boxoffice.core.catalogue import code_of
from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.core.ids import PoolId
from boxoffice.core.orders import OrderState
from boxoffice.till.usecases.gateway.orders import Order, Paperwork, Scanned
from boxoffice.till.usecases.gateway.printing import JobState
from boxoffice.till.usecases.gateway.standing import HandOver, NeedsPairing
from boxoffice.till.usecases.gateway.stock import Keeping
from boxoffice.till.usecases.handing_over import NotHandedOver, Revoked
from tests.contract.gateway.outside import Outside


def sold(outside: Outside, *wanted: str) -> Order:
    quote = outside.quote(*(wanted or ("full-pass",)))
    return outside.till.sell_for_cash(quote, quote.total)


def test_more_places_are_kept_for_a_bad_network_within_what_the_hub_allows_and_given_back_again(
    outside: Outside,
) -> None:
    usual = {pool.pool_id: pool.here for pool in outside.status.stock}

    more = outside.till.keep_places(Keeping.STOCK)
    outside.until(lambda: outside.status.keeping is Keeping.STOCK)
    stocked = {pool.pool_id: pool.here for pool in outside.status.stock}
    outside.till.keep_places(Keeping.USUAL)
    outside.until(lambda: outside.status.keeping is Keeping.USUAL)

    assert more == _places(stocked) - _places(usual) > 0
    assert all(stocked[pool.pool_id] <= max(pool.stock, usual[pool.pool_id]) for pool in outside.status.stock)
    assert {pool.pool_id: pool.here for pool in outside.status.stock} == usual


def _places(stock: Mapping[PoolId, int]) -> int:
    """Returns how many places that is; uses of codes are none."""
    return sum(count for pool, count in stock.items() if code_of(pool) is None)


def test_what_is_sold_without_the_hub_is_saved_and_sent_when_it_is_back(outside: Outside) -> None:
    outside.cut()
    assert not outside.status.is_online

    order = sold(outside)

    assert (order.state, order.is_synced) == (OrderState.COMPLETED, False)
    outside.mend()
    outside.until(lambda: outside.till.order(order.id).is_synced)
    assert outside.status.is_online


def test_a_mail_is_with_the_hub_or_waits_and_its_address_is_kept(outside: Outside) -> None:
    online, offline = sold(outside), sold(outside)
    assert outside.till.send_email(online.id, "ana@example.org")
    outside.cut()

    assert not outside.till.send_email(offline.id, "ben@example.org")

    assert outside.till.order(online.id).mail in ("queued", "sent", "delivered")
    assert (outside.till.order(offline.id).mail, outside.till.order(offline.id).email) == ("waiting", "ben@example.org")


def test_a_mail_that_does_not_arrive_is_told(outside: Outside) -> None:
    order = sold(outside)

    outside.till.send_email(order.id, "bounce@example.org")

    outside.until(lambda: outside.till.order(order.id).mail == "bounced")


def test_what_is_no_address_is_refused_and_not_kept(outside: Outside) -> None:
    order = sold(outside)

    with pytest.raises(BadInput):
        outside.till.send_email(order.id, "ana@")

    assert outside.till.order(order.id).email == ""


def test_papers_are_printed_and_saved_under_the_orders_number(outside: Outside) -> None:
    order = sold(outside, "full-pass", "friday-pass")

    outside.till.print(order.id, Paperwork.RECEIPT)
    outside.till.print(order.id, Paperwork.TICKETS)
    path = outside.till.save_pdf(order.id, Paperwork.TICKETS)

    assert [each.order_number for each in outside.printer.receipts] == [order.number]
    assert len(outside.printer.tickets) == 2
    assert path.name == f"{order.number} tickets copy 1.pdf"
    assert path.read_bytes().startswith(b"%PDF")


def test_only_what_was_handed_out_before_makes_the_next_paper_a_copy(outside: Outside) -> None:
    order = sold(outside, "full-pass")
    outside.printer.has_paper = False
    with pytest.raises(OperationFailed, match="out of paper"):
        outside.till.print(order.id, Paperwork.RECEIPT)
    outside.printer.has_paper = True

    assert [outside.till.print(order.id, Paperwork.RECEIPT) for _ in range(2)] == [0, 1]
    assert outside.till.save_pdf(order.id, Paperwork.RECEIPT).name == f"{order.number} receipt copy 2.pdf"
    assert outside.till.print(order.id, Paperwork.RECEIPT) == 3
    assert [each.copy for each in outside.printer.receipts] == [0, 1, 3]
    assert outside.till.print(order.id, Paperwork.TICKETS) == 0
    assert outside.printer.tickets[-1].copy == 0


def test_an_order_without_tickets_says_so_and_a_printer_without_paper_too(outside: Outside) -> None:
    order = sold(outside, "shirt")
    with pytest.raises(OperationFailed, match="no tickets"):
        outside.till.print(order.id, Paperwork.TICKETS)

    outside.printer.has_paper = False

    with pytest.raises(OperationFailed, match="out of paper"):
        outside.till.print(order.id, Paperwork.RECEIPT)


def test_what_tore_in_the_printer_is_asked_about_and_goes_on_from_there(outside: Outside) -> None:
    order = sold(outside, "full-pass", "full-pass")
    outside.printer.tears_at = 1
    with pytest.raises(OperationFailed, match="out of paper"):
        outside.till.print(order.id, Paperwork.TICKETS)

    (job,) = outside.till.printing.now().jobs
    outside.printer.has_paper = True
    left = outside.till.printing.go_on()

    assert (job.title, job.state, job.done, job.pieces) == (order.number, JobState.STOPPED, 1, 2)
    assert left.jobs == ()
    assert [each.copy for each in outside.printer.tickets] == [0, 1]


def test_a_scan_finds_the_order_of_a_number_and_of_a_ticket_and_knows_what_is_neither(outside: Outside) -> None:
    order = sold(outside)
    outside.till.print(order.id, Paperwork.TICKETS)
    token = outside.printer.tickets[0].token
    name = order.lines[0].name

    assert outside.till.look_up([order.number]) == Scanned(order)
    assert outside.till.look_up([f"order {order.number.lower()}"]) == Scanned(order)
    assert outside.till.look_up(["?", f"x{token}y"]) == Scanned(order, name)
    assert outside.till.look_up(["4006381333931"]) == Scanned()


def test_a_revoked_till_sells_no_more_but_finishes_what_is_paid_in_part(outside: Outside) -> None:
    first, second = (outside.till.place(outside.quote("full-pass")) for _ in range(2))
    some = outside.quote("friday-pass").total
    for each in (first, second):
        outside.till.take_cash(each.id, some, some)
    unpaid = outside.till.place(outside.quote("full-pass"))

    outside.revoke()

    assert any(isinstance(each, HandOver) for each in outside.news)
    quote = outside.quote("full-pass")
    with pytest.raises(Revoked):
        outside.till.sell_for_cash(quote, quote.total)
    with pytest.raises(Revoked):
        outside.till.place(quote)
    with pytest.raises(Revoked):
        outside.till.take_cash(unpaid.id, unpaid.due, unpaid.due)
    due = outside.till.order(first.id).due
    assert outside.till.take_cash(first.id, due, due).is_paid
    assert outside.till.give_back(second.id, "Other").state is OrderState.FAILED


def test_a_revoked_till_hands_over_and_begins_anew(outside: Outside) -> None:
    sold(outside)
    outside.revoke()

    assert outside.till.hand_over().is_done
    assert isinstance(outside.till.begin_anew(is_export_safe=False), NeedsPairing)


def test_a_revoked_till_that_holds_what_nobody_else_has_is_not_left(outside: Outside) -> None:
    quote = outside.quote("full-pass")
    order = outside.till.place(quote)
    some = outside.quote("friday-pass").total
    outside.till.take_cash(order.id, some, some)
    outside.revoke()
    outside.cut()
    order = outside.till.take_cash(order.id, quote.total - some, quote.total)

    state = outside.till.hand_over()

    assert (state.is_done, state.cash) == (False, (quote.total,))
    assert state.problem
    with pytest.raises(NotHandedOver):
        outside.till.begin_anew(is_export_safe=False)
    assert outside.till.export_unsent().exported_to
    assert isinstance(outside.till.begin_anew(is_export_safe=True), NeedsPairing)


def test_what_no_sale_needs_is_given_back_and_the_next_sale_takes_what_it_needs(outside: Outside) -> None:
    back = outside.till.keep_places(Keeping.NOTHING)
    outside.until(lambda: outside.status.keeping is Keeping.NOTHING)

    assert back < 0
    assert all(pool.here == 0 for pool in outside.status.stock)
    assert sold(outside).is_paid


def test_nothing_is_given_back_while_the_hub_is_away(outside: Outside) -> None:
    outside.cut()
    before = [pool.here for pool in outside.status.stock]

    with pytest.raises(OperationFailed):
        outside.till.keep_places(Keeping.NOTHING)

    assert [pool.here for pool in outside.status.stock] == before


def test_what_is_open_at_the_hub_comes_by_itself_and_is_read_without_it(outside: Outside) -> None:
    outside.worry()
    outside.until(lambda: outside.status.hub_problems == 1)
    known = outside.till.hub_problems().problems

    outside.cut()

    assert outside.till.hub_problems().problems == known
    assert outside.till.hub_problems().as_of is not None
    with pytest.raises(OperationFailed):
        outside.till.decide(known[0].id, "seen")
    assert outside.till.hub_problems().problems == known


def test_a_remedy_of_the_till_takes_a_problem_of_the_hub_from_the_list(outside: Outside) -> None:
    outside.worry()
    outside.until(lambda: outside.status.hub_problems == 1)
    (problem,) = outside.till.hub_problems().problems

    left = outside.till.decide(problem.id, "seen")

    assert left.problems == ()
    outside.until(lambda: outside.status.hub_problems == 0)


def test_the_language_of_a_till_is_kept(outside: Outside) -> None:
    outside.till.choose_language("es")

    outside.until(lambda: outside.status.language == "es")
