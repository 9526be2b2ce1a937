"""What every provider of hosted payments owes the hub: the fake, and Stripe's own SDK against the sandbox."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from boxoffice.core.errors import TryAgainLater
from boxoffice.sandbox.server import Sandbox
from sync.ports import NewSession, Refused, SessionLine, Sessions
from sync.provider_states import PaymentState
from sync.providers.checkout_sessions import CheckoutSessions
from sync.providers.paypal import PayPal
from sync.store.chain import new_id
from tests.integration.sync.fakes import FakeSessions

Pay = Callable[[str], object]


def order(total: int = 15000, *more: SessionLine) -> NewSession:
    order_id = new_id()
    return NewSession(
        key=f"checkout-{order_id}",
        order_id=order_id,
        metadata={"order_id": order_id, "tender_id": f"t-{order_id}", "order_number": "WB-F4Q"},
        currency="USD",
        lines=(SessionLine("1 × Full Festival Pass", total), *more),
        success_url="http://hub.test/p/ABC/done",
        cancel_url="http://hub.test/p/ABC/back",
        expires_at=int(time.time()) + 61 * 60,
    )


def paypal_at(base_url: str) -> PayPal:
    return PayPal("client", "secret", base_url, "WH-1")


def at_stripe(sandbox: Sandbox, session_id: str) -> dict[str, Any]:
    path = f"{sandbox.base_url}/v1/checkout/sessions/{session_id}"
    found: dict[str, Any] = httpx.get(path, headers={"Authorization": "Bearer sk_test_contract"}).json()
    return found


class SessionsContract:
    """Sessions are made once, end once, and say how."""

    def test_a_new_session_is_open_and_has_a_link_and_the_lines_total(self, sessions: Sessions) -> None:
        session = sessions.create(order(15000, SessionLine("2 × Social", 5000)))

        assert (session.state, session.is_paid, session.amount, session.currency) == (
            PaymentState.OPEN,
            False,
            20000,
            "USD",
        )
        assert session.url is not None

    def test_the_same_key_gives_the_same_session(self, sessions: Sessions) -> None:
        asked = order()

        assert sessions.create(asked).id == sessions.create(asked).id

    def test_a_paid_session_says_so_and_names_the_payment(self, sessions: Sessions, pay: Pay) -> None:
        session = sessions.create(order())
        pay(session.id)

        found = sessions.retrieve(session.id)

        assert (found.state, found.is_paid, found.amount) == (PaymentState.PAID, True, 15000)
        assert found.payment is not None

    def test_an_ended_session_can_not_be_paid(self, sessions: Sessions) -> None:
        session = sessions.create(order())

        ended = sessions.expire(session.id)

        assert (ended.state, ended.is_paid) == (PaymentState.ENDED, False)

    def test_ending_it_again_changes_nothing(self, sessions: Sessions) -> None:
        session = sessions.create(order())
        sessions.expire(session.id)

        assert sessions.expire(session.id).state is PaymentState.ENDED

    def test_ending_a_paid_session_says_that_it_was_paid(self, sessions: Sessions, pay: Pay) -> None:
        session = sessions.create(order())
        pay(session.id)

        assert sessions.expire(session.id).is_paid

    def test_a_session_that_is_not_there_is_refused(self, sessions: Sessions) -> None:
        with pytest.raises(Refused):
            sessions.retrieve("cs_test_nobody_made_this")


class TestFakeSessions(SessionsContract):
    @pytest.fixture
    def sessions(self) -> FakeSessions:
        return FakeSessions()

    @pytest.fixture
    def pay(self, sessions: FakeSessions) -> Pay:
        return sessions.pay

    def test_it_can_be_out_of_reach(self, sessions: FakeSessions) -> None:
        with sessions.down(), pytest.raises(TryAgainLater):
            sessions.create(order())

    def test_a_key_with_other_wishes_is_refused(self, sessions: FakeSessions) -> None:
        asked = order()
        sessions.create(asked)

        with pytest.raises(Refused):
            sessions.create(replace(asked, lines=(SessionLine("x", 1),)))


class TestPayPal(SessionsContract):
    @pytest.fixture
    def sessions(self, sandbox: Sandbox) -> Iterator[PayPal]:
        paypal = paypal_at(sandbox.base_url)
        yield paypal
        paypal.close()

    @pytest.fixture
    def pay(self, sandbox: Sandbox, sessions: PayPal) -> Pay:
        def pay(session_id: str) -> None:
            self.control(sandbox, session_id, "approve")
            sessions.take(session_id)

        return pay

    def control(self, sandbox: Sandbox, session_id: str, what: str) -> None:
        path = f"{sandbox.base_url}/control/paypal/orders/{session_id}"
        httpx.post(path, json={"do": what}).raise_for_status()

    def test_what_is_approved_is_not_paid_until_it_is_taken(self, sandbox: Sandbox, sessions: PayPal) -> None:
        session = sessions.create(order())

        self.control(sandbox, session.id, "approve")

        assert (sessions.retrieve(session.id).state, sessions.retrieve(session.id).is_paid) == (
            PaymentState.APPROVED,
            False,
        )
        assert sessions.take(session.id).is_paid
        assert sessions.take(session.id).is_paid

    def test_a_declined_card_leaves_it_open(self, sandbox: Sandbox, sessions: PayPal) -> None:
        session = sessions.create(order())
        self.control(sandbox, session.id, "decline_next")
        self.control(sandbox, session.id, "approve")

        assert (sessions.take(session.id).state, sessions.take(session.id).is_paid) == (PaymentState.OPEN, False)

    def test_a_paypal_that_is_not_there_may_be_tried_again(self) -> None:
        paypal = paypal_at("http://127.0.0.1:9")
        with pytest.raises(TryAgainLater):
            paypal.retrieve("x")
        paypal.close()


class TestStripeSessions(SessionsContract):
    @pytest.fixture
    def sessions(self, sandbox: Sandbox) -> CheckoutSessions:
        httpx.delete(f"{sandbox.base_url}/control/faults")
        return CheckoutSessions("sk_test_contract", sandbox.base_url)

    @pytest.fixture
    def pay(self, sandbox: Sandbox) -> Pay:
        def pay(session_id: str) -> None:
            path = f"/control/checkout_sessions/{session_id}/pay"
            httpx.post(sandbox.base_url + path, json={"email": "ana@example.org", "name": "Ana"}).raise_for_status()

        return pay

    def fault(self, sandbox: Sandbox, match: str, kind: str, times: int | None = None) -> None:
        rule = {"match": match, "kind": kind, "times": times}
        httpx.post(f"{sandbox.base_url}/control/faults", json=rule).raise_for_status()

    def test_the_page_knows_the_customers_language_and_address(
        self, sandbox: Sandbox, sessions: CheckoutSessions
    ) -> None:
        session = sessions.create(replace(order(), language="es", email="ana@example.org"))

        page = at_stripe(sandbox, session.id)
        assert (page["locale"], page["customer_email"]) == ("es", "ana@example.org")

    def test_an_address_that_stripe_does_not_take_is_typed_on_its_page(
        self, sandbox: Sandbox, sessions: CheckoutSessions
    ) -> None:
        asked = replace(order(), email="ana@example.c")

        first, second = sessions.create(asked), sessions.create(asked)

        assert first.id == second.id
        assert at_stripe(sandbox, first.id)["customer_email"] is None

    def test_an_answer_that_is_lost_once_makes_no_second_session(
        self, sandbox: Sandbox, sessions: CheckoutSessions
    ) -> None:
        self.fault(sandbox, "POST /v1/checkout/sessions", "timeout_after_success", 1)
        asked = order()

        assert sessions.create(asked).id == sessions.create(asked).id

    @pytest.mark.parametrize("kind", ["error_500", "error_503", "rate_limit", "lock_timeout", "drop_before_work"])
    def test_trouble_at_stripe_may_be_tried_again(
        self, sandbox: Sandbox, sessions: CheckoutSessions, kind: str
    ) -> None:
        self.fault(sandbox, "POST /v1/checkout/sessions", kind)

        with pytest.raises(TryAgainLater):
            sessions.create(order())

    def test_a_key_with_other_wishes_is_refused(self, sessions: CheckoutSessions) -> None:
        asked = order()
        sessions.create(asked)

        with pytest.raises(Refused):
            sessions.create(replace(asked, lines=(SessionLine("x", 1),)))

    def test_a_stripe_that_is_not_there_may_be_tried_again(self) -> None:
        with pytest.raises(TryAgainLater):
            CheckoutSessions("sk_test_x", "http://127.0.0.1:9").retrieve("cs_test_1")
