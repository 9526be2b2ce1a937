"""What every provider owes the hub when money goes back: the fake, Stripe and PayPal, the last two in the sandbox."""

from collections.abc import Callable, Iterator

import httpx
import pytest
import stripe

from boxoffice.sandbox.server import Sandbox
from sync.ports import NewRefund, Refunder, Refused
from sync.provider_states import RefundState
from sync.providers.stripe_refunds import StripeRefunds
from sync.store.chain import new_id
from tests.contract.hub.test_sessions import order, paypal_at
from tests.integration.sync.fakes import FakeRefunds

Paid = Callable[[], str]


def refund_of(payment: str, amount: int = 5000) -> NewRefund:
    refund_id = new_id()
    metadata = {"refund_id": refund_id, "order_id": "o-1"}
    return NewRefund(f"refund-{refund_id}", payment, amount, "USD", metadata)


class RefunderContract:
    """A refund is made once, and can be looked at."""

    def test_a_refund_succeeds_and_can_be_looked_at(self, refunder: Refunder, paid: Paid) -> None:
        result = refunder.refund(refund_of(paid()))

        assert result.state is RefundState.SUCCEEDED
        assert refunder.look(result.id) == result

    def test_the_same_key_is_the_same_refund(self, refunder: Refunder, paid: Paid) -> None:
        new = refund_of(paid())

        assert refunder.refund(new).id == refunder.refund(new).id


class RealRefunderContract(RefunderContract):
    def test_more_than_was_paid_is_refused(self, refunder: Refunder, paid: Paid) -> None:
        with pytest.raises(Refused):
            refunder.refund(refund_of(paid(), 15_001))

    def test_a_payment_that_is_not_there_is_refused(self, refunder: Refunder) -> None:
        with pytest.raises(Refused):
            refunder.refund(refund_of("nobody-made-this"))


class TestFakeRefunds(RefunderContract):
    @pytest.fixture
    def refunder(self) -> FakeRefunds:
        return FakeRefunds()

    @pytest.fixture
    def paid(self) -> Paid:
        return new_id


class TestStripeRefunds(RealRefunderContract):
    @pytest.fixture
    def refunder(self, sandbox: Sandbox) -> StripeRefunds:
        return StripeRefunds("sk_test_contract", sandbox.base_url)

    @pytest.fixture
    def paid(self, sandbox: Sandbox) -> Paid:
        client = stripe.StripeClient("sk_test_contract", base_addresses={"api": sandbox.base_url})

        def pay() -> str:
            params = {"amount": 15_000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
            return client.v1.payment_intents.create(params).id  # type: ignore[arg-type]  # as a form would send it

        return pay


class TestPayPalRefunds(RealRefunderContract):
    @pytest.fixture
    def refunder(self, sandbox: Sandbox) -> Iterator[Refunder]:
        paypal = paypal_at(sandbox.base_url)
        yield paypal
        paypal.close()

    @pytest.fixture
    def paid(self, sandbox: Sandbox) -> Paid:
        def pay() -> str:
            paypal = paypal_at(sandbox.base_url)
            session = paypal.create(order())
            path = f"{sandbox.base_url}/control/paypal/orders/{session.id}"
            httpx.post(path, json={"do": "approve"}).raise_for_status()
            payment = paypal.take(session.id).payment
            paypal.close()
            return str(payment)

        return pay
