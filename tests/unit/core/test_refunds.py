"""Parts of an order: they add up to what was paid, and none is given back twice."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.books import Books
from boxoffice.core.catalogue import Promo, Rounding
from boxoffice.core.effects import Inconsistent, findings_of
from boxoffice.core.facts import read_payload
from boxoffice.core.findings import GIVEN_TWICE, Finding, Over
from boxoffice.core.ids import DeviceId, OrderId, ProductId
from boxoffice.core.orders import Channel
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.payloads.payload import PartKey, Payload
from boxoffice.core.payloads.payments import PaymentCaptured
from boxoffice.core.payloads.refunds import RefundFailed, RefundRequested, RefundSucceeded
from boxoffice.core.payloads.tickets import TicketsIssued, TicketVoided
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.refunds import Part, parts_of, still_there, tickets_to_void, units_back
from boxoffice.core.sales import place
from boxoffice.core.tenders import TENDERS, Back
from tests.unit.core.builders import NOW, carts, catalogue, chain, usd
from tests.unit.core.test_ledger_and_books import sale
from tests.unit.core.test_promos import PROMOS

SHIRTS = Cart((CartLine(ProductId("full-pass"), 2), CartLine(ProductId("t-shirt"), 3, option="M")))
GIFT = CartLine(ProductId("donation"), 1, usd(500))


def placed_order(cart: Cart, promo: Promo | None = None, rounding: Rounding = Rounding.PER_LINE) -> OrderPlaced:
    priced = price(catalogue(rounding), cart, promo, at=NOW)
    return place(priced, order_id=OrderId("o"), order_number="7K2-F4Q", channel=Channel.WEB, source="pool")


class Story:
    """An order that was sold for one tender, and what was given back of it."""

    def __init__(self, placed: OrderPlaced, tender: str = "cash") -> None:
        self.placed, self.tender = placed, tender
        drawer = "till-1" if tender == "cash" else None
        self.payloads: list[Payload] = [
            each.model_copy(update={"tender": tender, "drawer": drawer}) if isinstance(each, PaymentCaptured) else each
            for each in sale(placed)
        ]
        issued = self.payloads[-1]
        assert isinstance(issued, TicketsIssued)
        self.parts = parts_of(placed, issued.tickets)

    def ask(self, refund_id: str, *keys: PartKey, amount: int = 0) -> "Story":
        about = {"order_id": "o", "tender_id": "t1", "tender": self.tender, "amount": amount, "currency": "USD"}
        self.payloads.append(RefundRequested.model_validate({**about, "refund_id": refund_id, "parts": keys}))
        return self

    def end(self, refund_id: str, kind: type[RefundSucceeded] | type[RefundFailed]) -> "Story":
        about = {"order_id": "o", "tender_id": "t1", "tender": self.tender, "amount": 1, "currency": "USD"}
        self.payloads.append(kind.model_validate({**about, "refund_id": refund_id, "code": "x", "message": "x"}))
        return self

    def void(self, part: Part) -> "Story":
        assert part.ticket_id is not None
        self.payloads.append(TicketVoided(ticket_id=part.ticket_id, order_id="o"))
        return self

    @property
    def books(self) -> Books:
        return Books.of(chain(self.payloads))

    def left(self) -> Sequence[PartKey]:
        return [part.key for part in still_there(self.books, "o", self.parts)]


@given(carts(), st.none() | PROMOS, st.sampled_from(Rounding))
def test_what_the_parts_are_worth_adds_up_to_what_was_paid(cart: Cart, promo: Promo | None, how: Rounding) -> None:
    story = Story(placed_order(cart, promo, how))

    assert sum(part.worth for part in story.parts) == story.placed.total
    assert all(part.worth >= 0 for part in story.parts)
    assert len({part.key for part in story.parts}) == sum(line.quantity for line in cart.lines)


@given(carts(), st.none() | PROMOS, st.data())
def test_whatever_is_given_back_part_by_part_is_never_more_than_was_paid(
    cart: Cart, promo: Promo | None, data: st.DataObject
) -> None:
    story, given_back = Story(placed_order(cart, promo)), 0
    for number in range(3):
        there = still_there(story.books, "o", story.parts)
        chosen = data.draw(st.lists(st.sampled_from(there), unique=True, max_size=5)) if there else []
        story.ask(f"r{number}", *(part.key for part in chosen))
        given_back += sum(part.worth for part in chosen)

    rest = sum(part.worth for part in still_there(story.books, "o", story.parts))

    assert given_back + rest == story.placed.total


def test_each_ticket_is_a_part_with_its_id_and_goods_are_parts_without() -> None:
    story = Story(placed_order(SHIRTS))

    assert [part.ticket_id is None for part in story.parts] == [False, False, True, True, True]
    assert len(set(tickets_to_void(story.books, story.parts))) == 2


def test_what_was_given_back_is_not_there_again() -> None:
    story = Story(placed_order(SHIRTS)).ask("r", (1, 0), (1, 2))

    assert story.left() == [(0, 0), (0, 1), (1, 1)]
    assert Story.left(story.end("r", RefundSucceeded)) == [(0, 0), (0, 1), (1, 1)]


def test_what_a_failed_refund_named_is_there_again_but_its_units_come_back_once() -> None:
    story, full_pass = Story(placed_order(SHIRTS)), catalogue().products_by_id[ProductId("full-pass")]
    products = {"full-pass": full_pass, "t-shirt": full_pass}  # goods that use pools
    shirts = [part for part in story.parts if part.ticket_id is None]
    first = units_back(story.books, "o", shirts[:2], products)
    story.void(story.parts[0]).ask("r", (0, 0), (1, 0), (1, 1)).end("r", RefundFailed)

    again = units_back(story.books, "o", shirts, products)

    assert story.left() == [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2)]
    assert tickets_to_void(story.books, story.parts) == [story.parts[1].ticket_id]
    assert (first["friday"], again["friday"]) == (2, 1)
    assert units_back(story.books, "o", shirts, {}) == {}


def test_a_ticket_that_was_voided_without_a_refund_is_not_there() -> None:
    story = Story(placed_order(SHIRTS))

    story.void(story.parts[0])

    assert (0, 0) not in story.left()


BY_PROVIDERS = sorted(kind.value for kind, row in TENDERS.items() if row.back is Back.PROVIDER)


@pytest.mark.parametrize("tender", BY_PROVIDERS)
def test_the_books_refuse_to_give_the_same_thing_back_twice(tender: str) -> None:
    story = Story(placed_order(Cart((*SHIRTS.lines, GIFT))), tender).ask("r1", (2, 0))

    with pytest.raises(Inconsistent, match="given back before"):
        _ = story.ask("r2", (1, 0), (2, 0)).books


def test_cash_that_has_left_its_drawer_is_never_refused_but_a_person_looks_at_what_went_back_twice() -> None:
    story = Story(placed_order(Cart((*SHIRTS.lines, GIFT)))).ask("r1", (2, 0), amount=500)
    story.ask("r2", (1, 0), (2, 0), amount=500)
    books = Books()

    effects = [books.take(fact) for fact in chain(story.payloads)]

    (found,) = findings_of(effects)
    assert isinstance(found, Finding)
    assert (found.kind, found.order_id, found.subject_id) == ("given_back_twice", "o", "r2")
    assert books.refunded("t1") == 1_000


def test_the_books_refuse_a_refund_that_was_asked_for_before() -> None:
    story = Story(placed_order(SHIRTS)).ask("r", (1, 0))

    with pytest.raises(Inconsistent, match="asked for before"):
        _ = story.ask("r", (1, 1)).books


def test_a_refund_of_an_older_hub_says_nothing_of_parts_and_is_read_all_the_same() -> None:
    story = Story(placed_order(SHIRTS)).ask("r")
    fact = chain(story.payloads)[-1]
    older = {name: value for name, value in fact.payload.items() if name not in ("parts", "units", "by")}

    read = RefundRequested.model_validate(older)

    assert read == read_payload(fact)
    assert len(story.left()) == 5


@given(st.lists(st.tuples(st.integers(0, 30_000), st.booleans()), max_size=6))
def test_no_more_is_asked_back_than_was_paid_and_is_not_on_its_way(asked: list[tuple[int, bool]]) -> None:
    story = Story(placed_order(SHIRTS))
    left = story.placed.total

    for number, (amount, fails) in enumerate([*asked, (story.placed.total + 1, False)]):
        story.ask(f"r{number}", amount=amount)
        if amount > left:
            with pytest.raises(Inconsistent, match=f"r{number} is more than what is left"):
                _ = story.books
            return
        if fails:
            story.end(f"r{number}", RefundFailed)
        else:
            left -= amount
        assert story.placed.total - story.books.refunded("t1") == left


def by_others(story: Story, *writers: str) -> Books:
    """Returns the books of a story whose last facts others wrote than its till, each on a chain of its own."""
    facts = chain(story.payloads)
    last = [replace(fact, device_id=DeviceId(who)) for fact, who in zip(facts[-len(writers) :], writers, strict=True)]
    return Books.of([*facts[: -len(writers)], *last])


@pytest.mark.parametrize("tender", ["cash", *BY_PROVIDERS])
def test_what_two_give_back_who_do_not_know_of_each_other_is_in_the_books_of_all(tender: str) -> None:
    story = Story(placed_order(SHIRTS), tender)
    total = story.placed.total
    story.ask("r1", (0, 0), amount=total).ask("r2", (0, 0), amount=total)

    first, second = by_others(story, "till-1", "hub"), by_others(story, "hub", "till-1")

    assert first.refunds.keys() == second.refunds.keys() == {"r1", "r2"}
    with pytest.raises(Inconsistent, match="r2 is more than what is left"):
        by_others(story, "hub", "hub")


def told_of(story: Story, *writers: str) -> list[Finding | Over]:
    facts, books = chain(story.payloads), Books()
    last = facts[-len(writers) :]
    writes = dict(zip([fact.id for fact in last], writers, strict=True))
    changed = [replace(fact, device_id=DeviceId(writes.get(fact.id, fact.device_id))) for fact in facts]
    return findings_of([books.take(fact) for fact in changed])


def test_a_person_is_told_how_much_was_given_back_beyond_what_was_due() -> None:
    story = Story(placed_order(Cart((GIFT,))))
    story.ask("r1", amount=300).ask("r2", amount=500)

    (found,) = told_of(story, "hub", "till-1")

    assert isinstance(found, Finding)
    assert found.detail == (
        "$5.00 of order 7K2-F4Q was given back, and had been given back already. "
        "Whoever bought it has $3.00 more than they are due."
    )
    assert (found.subject_id, found.remedies) == ("r2", ("seen",))


def test_a_refund_that_no_provider_has_made_yet_can_be_called_off_and_with_it_nothing_was_given_back_twice() -> None:
    story = Story(placed_order(Cart((GIFT,))), "terminal")
    story.ask("r1", (0, 0), amount=500).ask("r2", (0, 0), amount=500).end("r1", RefundFailed)

    found, *over = told_of(story, "hub", "till-1", "hub")

    assert isinstance(found, Finding)
    assert (found.subject_id, found.remedies) == ("r1", ("call_off_refund", "seen"))
    assert {each.subject_id for each in over if isinstance(each, Over) and each.kinds == (GIVEN_TWICE,)} == {"r1", "r2"}
