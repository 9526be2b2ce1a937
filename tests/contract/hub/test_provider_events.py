"""What every provider owes the hub, from a payment to its loss: both are held to it over the sandbox.

Nothing here knows how a provider writes a thing: what it told is compared as the hub reads it.
"""

import itertools
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from boxoffice.core.money import Currency, Money
from boxoffice.core.payments import DisputeState
from boxoffice.sandbox.server import Sandbox
from sync.payments.dispute_reports import DisputeChanged, PaymentReversed
from sync.payments.ours import Reference
from sync.payments.provider_events import (
    Change,
    CheckoutChanged,
    Decline,
    FeeKnown,
    PaymentChanged,
    PayoutChanged,
    RefundChanged,
)
from sync.ports import NewRefund, NoSubject, NotKept, UnreadableEvent
from sync.provider_states import PaymentState, RefundState
from sync.store.chain import new_id
from sync.store.payment_events import Document
from tests.contract.hub.accounts import Account, paypal_account, stripe_account

PRICE = 15_000
USD = Currency("USD")
ODD: tuple[Any, ...] = (None, "", 17, -1, 10**30, True, "x", "\0", [], {}, [None], [[]], {"id": None}, "9" * 400)


def refund_of(payment: str, amount: int) -> NewRefund:
    refund_id = new_id()
    return NewRefund(f"refund-{refund_id}", payment, amount, "USD", {"refund_id": refund_id, "order_id": "o-1"})


class ProviderContract:
    """One port, whoever is behind it. Each subclass brings its `account`."""

    def test_a_payment_is_told_with_its_page_and_its_fee_is_known(self, account: Account) -> None:
        session = account.begin()

        account.pay(session)

        account.told(CheckoutChanged, lambda each: each.session == session.id and not each.is_refused)
        found = account.sessions.retrieve(session.id)
        assert (found.state, found.amount, found.currency) == (PaymentState.PAID, PRICE, "USD")
        payment = str(found.payment)
        account.told(FeeKnown, lambda each: each.payment == payment and account.treasury.fee(payment) is not None)
        assert 0 < (account.treasury.fee(payment) or 0) < PRICE

    def test_a_declined_card_leaves_the_payment_open_and_another_one_pays_it(self, account: Account) -> None:
        session = account.begin()
        account.decline(session)
        after = account.sessions.retrieve(session.id)

        account.pay(session)

        assert after.state in (PaymentState.OPEN, PaymentState.APPROVED)
        assert account.sessions.retrieve(session.id).is_paid

    def test_money_that_was_awaited_and_does_not_come_is_told_as_refused(self, account: Account) -> None:
        session = account.begin()
        account.hold(session)
        held = account.sessions.retrieve(session.id)

        account.refuse(session)

        account.told(CheckoutChanged, lambda each: each.session == session.id and each.is_refused)
        assert (held.state, held.held_reason is not None) == (PaymentState.HELD, True)
        assert account.sessions.retrieve(session.id).state is PaymentState.REFUSED

    @pytest.mark.parametrize("parts", [(PRICE,), (5_000, 10_000)])
    def test_a_refund_of_ours_is_told_by_our_id(self, account: Account, parts: tuple[int, ...]) -> None:
        payment = account.paid()
        asked = [refund_of(payment, amount) for amount in parts]

        results = [account.refunder.refund(each) for each in asked]

        for new, result in zip(asked, results, strict=True):
            ours = new.metadata["refund_id"]
            told = account.told(RefundChanged, lambda each, ours=ours: each.ours == ours)  # type: ignore[misc]  # bound in the loop on purpose
            assert told.payment == payment
            assert result.state is RefundState.SUCCEEDED
            assert account.refunder.find(payment, ours) == result
        made = account.refunder.made(payment)
        assert sorted((each.amount, each.our_id) for each in made) == sorted(
            (each.amount, each.metadata["refund_id"]) for each in asked
        )

    def test_a_refund_that_waits_and_fails_is_told_twice(self, account: Account) -> None:
        payment = account.paid_with_refunds_that_pend()
        new = refund_of(payment, 5_000)
        waits = account.refunder.refund(new)
        ours = new.metadata["refund_id"]
        account.told(RefundChanged, lambda each: each.ours == ours)
        before = len([each for each in account.all_told(RefundChanged) if each.ours == ours])

        account.fail_refund(waits.id)

        account.told(
            RefundChanged,
            lambda _: len([each for each in account.all_told(RefundChanged) if each.ours == ours]) > before,
        )
        assert waits.state is RefundState.PENDING
        assert account.refunder.look(waits.id).state is RefundState.FAILED

    def test_a_refund_made_at_the_provider_is_told_and_listed_as_nobodys(self, account: Account) -> None:
        payment = account.paid()

        account.refund_outside(payment, 1_500)

        told = account.told(RefundChanged, lambda each: each.payment == payment)
        made = account.refunder.made(payment)
        assert told.ours is None
        assert [(each.amount, each.our_id, each.result.state) for each in made] == [
            (1_500, None, RefundState.SUCCEEDED)
        ]
        if told.made is not None:
            assert (told.made.amount, told.made.result) == (1_500, made[0].result)

    def test_a_dispute_that_is_won_takes_nothing(self, account: Account) -> None:
        payment = account.paid()
        account.dispute(payment)
        opened = account.told(DisputeChanged, lambda each: each.payments == (payment,))

        account.win(payment)

        won = account.told(
            DisputeChanged, lambda each: each.dispute == opened.dispute and each.state is DisputeState.WON
        )
        assert (opened.state, opened.about) == (DisputeState.OPEN, Money(PRICE, USD))
        assert (won.withdrawn, won.payments) == (Money(0, USD), (payment,))
        assert bool(won.reason)

    def test_a_dispute_that_is_lost_takes_what_it_is_about_by_itself_or_by_a_reversal(self, account: Account) -> None:
        payment = account.paid()
        account.dispute(payment)
        opened = account.told(DisputeChanged, lambda each: each.payments == (payment,))

        account.lose(payment)

        lost = account.told(
            DisputeChanged, lambda each: each.dispute == opened.dispute and each.state is DisputeState.LOST
        )
        taken = lost.withdrawn or account.told(PaymentReversed, lambda each: each.payment == payment).amount
        assert taken == Money(PRICE, USD)

    def test_in_whatever_order_it_is_told_of_a_dispute_the_newest_is_its_end(self, account: Account) -> None:
        payment = account.paid()
        account.dispute(payment)
        account.win(payment)
        won = account.told(DisputeChanged, lambda each: each.payments == (payment,) and each.state is DisputeState.WON)
        told = [each for each in account.all_told(DisputeChanged) if each.dispute == won.dispute]

        for order in itertools.permutations(told[:5]):
            renumbered = [replace(each, age=replace(each.age, number=n)) for n, each in enumerate(order)]
            if won in order:
                assert max(renumbered, key=lambda each: each.age).state is DisputeState.WON

    def test_an_event_that_comes_twice_is_one_event_and_comes_to_the_same(self, account: Account) -> None:
        account.fault(match="*", kind="duplicate_webhook")
        try:
            payment = account.paid()
            account.told(FeeKnown, lambda each: each.payment == payment)
        finally:
            account.no_faults()

        by_id: dict[str, list[tuple[Change, ...]]] = {}
        for kept in account.events():
            event = account.reader.event(kept.payload)
            assert event is not None
            by_id.setdefault(event.id, []).append(tuple(account.reader.changes(kept)))
        assert any(len(each) > 1 for each in by_id.values())
        assert all(len(set(map(repr, each))) == 1 or _are_disputes(each) for each in by_id.values())

    def test_a_forged_event_is_not_heard(self, account: Account) -> None:
        before = len(account.ear.forged)
        account.fault(match="*", kind="bad_signature")
        try:
            payment = account.paid()
            account.told(FeeKnown, lambda each: each.payment == payment)
        finally:
            account.no_faults()

        assert len(account.ear.forged) > before

    def test_whatever_is_odd_in_an_event_it_is_read_or_said_to_be_unreadable(self, account: Account) -> None:
        payment = account.paid()
        account.refund_outside(payment, 1_500)
        account.dispute(payment)
        account.told(DisputeChanged, lambda each: each.payments == (payment,))
        newest = {event.event_type: event for event in account.events() if event.event_type in account.reader.handled}
        assert len(newest) > 3

        for event in newest.values():
            document: Any = event.payload
            for path in places(document):
                for odd in ODD:
                    changed = replace(event, payload=Document(replaced(document, path, odd)))
                    with suppress(UnreadableEvent, NoSubject):
                        assert all(isinstance(each, Change) for each in account.reader.changes(changed))

    def test_an_amount_that_can_not_be_read_is_never_taken_for_none(self, account: Account) -> None:
        payment = account.paid()
        account.dispute(payment)
        account.told(DisputeChanged, lambda each: each.payments == (payment,))
        event = next(each for each in reversed(account.events()) if each.event_type in account.reader.disputes.types)
        document: Any = event.payload
        amounts = [path for path in places(document) if path[-1] in ("amount", "dispute_amount")]

        changed = replace(event, payload=Document(replaced(document, min(amounts, key=len), None)))

        with pytest.raises(UnreadableEvent):
            account.reader.changes(changed)

    def test_a_type_that_nobody_handles_comes_to_nothing(self, account: Account) -> None:
        account.paid()
        account.told(FeeKnown, lambda _: True)
        event = replace(account.events()[0], event_type="customer.created")

        assert event.event_type not in account.reader.handled
        assert account.reader.changes(event) == ()

    @pytest.mark.parametrize("junk", [None, [], {}, "x", 1, {"id": 1}, {"id": "evt_1"}])
    def test_what_has_no_name_is_not_kept(self, account: Account, junk: Any) -> None:
        with pytest.raises(NotKept):
            account.reader.event(Document(junk))

    def test_an_event_of_nothing_does_not_say_what_it_is_about(self, account: Account) -> None:
        account.paid()
        account.told(FeeKnown, lambda _: True)
        heard = next(each for each in account.events() if each.event_type in account.reader.handled)
        event = replace(heard, payload=Document({"id": "evt_1", "data": [], "resource": None}))

        with pytest.raises(NoSubject):
            account.reader.changes(event)


def _are_disputes(read: list[tuple[Change, ...]]) -> bool:
    """Returns whether these tell in which order they came, besides all that is the same."""
    return all(isinstance(change, DisputeChanged) for changes in read for change in changes)


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yields every place within a document."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for name, value in items:
        yield (*path, name)
        if isinstance(value, dict | list):
            yield from places(value, (*path, name))


def replaced(document: Any, path: tuple[Any, ...], odd: Any) -> Any:
    found = deepcopy(document)
    node = found
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = odd
    return found


@pytest.fixture(scope="module")
def stripe(sandbox: Sandbox) -> Iterator[Account]:
    with stripe_account(sandbox) as account:
        yield account


@pytest.fixture(scope="module")
def paypal(sandbox: Sandbox) -> Iterator[Account]:
    with paypal_account(sandbox) as account:
        yield account


class TestStripe(ProviderContract):
    @pytest.fixture
    def account(self, stripe: Account) -> Account:
        return stripe

    def test_a_declined_try_is_told_by_its_own_name_and_the_banks_reason(self, account: Account) -> None:
        session = account.begin()

        account.decline(session)

        told = account.told(PaymentChanged, lambda each: each.decline is not None)
        assert isinstance(told.decline, Decline)
        assert (told.decline.code, told.tender is not None) == ("generic_decline", True)

    def test_a_payout_is_told_by_its_id(self, account: Account) -> None:
        for _ in range(12):  # the disputes that other tests lost are debts of the account
            account.paid()

        payout = account.control("payouts", currency="usd")["id"]

        account.told(PayoutChanged, lambda each: each.payout == payout)


class TestPayPal(ProviderContract):
    @pytest.fixture
    def account(self, paypal: Account) -> Account:
        return paypal

    def test_a_capture_names_its_tender_where_it_does_not_name_its_order(self, account: Account) -> None:
        known = FeeKnown(Reference(account.paid()))
        account.told(FeeKnown, lambda each: each == known)
        event = next(each for each in account.events() if known in account.reader.changes(each))
        document: Any = event.payload

        bare = replace(event, payload=Document(replaced(document, ("resource", "supplementary_data"), None)))

        changed = account.reader.changes(bare)[0]
        assert isinstance(changed, CheckoutChanged)
        assert (changed.session, changed.tender) == (None, document["resource"]["custom_id"])
