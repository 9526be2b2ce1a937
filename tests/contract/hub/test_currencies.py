"""What we send of each currency is what the providers take: their stand-in holds to its own tables, not to ours."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from boxoffice.core.charging import Provider, limits_of, step_of
from boxoffice.core.currencies import CURRENCIES
from boxoffice.core.money import Currency, Money
from boxoffice.sandbox.server import Sandbox
from boxoffice.till.net.stripe_terminal import StripeTerminal
from sync.ports import NewRefund, NewSession, Refused, SessionLine, Sessions
from sync.providers.checkout_sessions import CheckoutSessions
from sync.providers.payment_intents import PaymentIntents
from sync.providers.paypal import PayPal
from sync.providers.stripe_records import StripeRecords
from sync.providers.stripe_refunds import StripeRefunds
from sync.store.chain import new_id
from tests.contract.hub.test_sessions import order

AT_STRIPE = sorted(code for code, rules in CURRENCIES.items() if rules.stripe is not None)
AT_PAYPAL = sorted(code for code, rules in CURRENCIES.items() if rules.paypal is not None and not rules.paypal.country)
KEY = "sk_test_currencies"


def amounts(provider: Provider, code: str) -> list[Money]:
    """Returns the least that a provider takes, a little more, and the most."""
    limits = limits_of(provider, Currency(code))
    assert limits is not None
    most = limits.step * 123_456 if limits.most is None else limits.most
    return [limits.least, limits.least + limits.step * 7, most]


def session_of(amount: Money) -> NewSession:
    line = SessionLine("1 × Full Festival Pass", amount.minor)
    return replace(order(), key=f"checkout-{new_id()}", currency=amount.currency.code, lines=(line,))


def made_and_found(sessions: Sessions, amount: Money) -> None:
    made = sessions.create(session_of(amount))
    found = sessions.retrieve(made.id)

    for session in (made, found):
        assert (session.amount, session.currency) == (amount.minor, amount.currency.code)


@pytest.fixture
def paypal(sandbox: Sandbox) -> Iterator[PayPal]:
    provider = PayPal("client", "secret", sandbox.base_url, "WH-1")
    yield provider
    provider.close()


@pytest.mark.parametrize("code", AT_STRIPE)
def test_stripe_takes_what_we_send_of_a_currency_and_we_read_it_back(sandbox: Sandbox, code: str) -> None:
    for amount in amounts(Provider.STRIPE, code):
        made_and_found(CheckoutSessions(KEY, sandbox.base_url), amount)
        made_and_found(PaymentIntents(KEY, sandbox.base_url), amount)


@pytest.mark.parametrize("code", AT_STRIPE)
def test_a_reader_is_asked_for_what_we_mean(sandbox: Sandbox, code: str) -> None:
    terminal = StripeTerminal(sandbox.base_url, "rk_test_till")
    for amount in amounts(Provider.STRIPE, code):
        intent = terminal.create_intent(f"key-{new_id()}", amount, {})

        assert intent.amount == amount
        assert terminal.intent(intent.id).amount == amount
    terminal.close()


@pytest.mark.parametrize("code", AT_PAYPAL)
def test_paypal_takes_what_we_send_of_a_currency_and_we_read_it_back(paypal: PayPal, code: str) -> None:
    for amount in amounts(Provider.PAYPAL, code):
        made_and_found(paypal, amount)


@pytest.mark.parametrize(("code", "minor"), [("ISK", 5000), ("UGX", 5000), ("MGA", 500000), ("KWD", 5120)])
def test_what_is_paid_and_given_back_is_told_in_our_units(sandbox: Sandbox, code: str, minor: int) -> None:
    sessions = CheckoutSessions(KEY, sandbox.base_url)
    made = sessions.create(session_of(Money(minor, Currency(code))))
    path = f"/control/checkout_sessions/{made.id}/pay"
    httpx.post(sandbox.base_url + path, json={"email": "ana@example.org", "name": "Ana"}).raise_for_status()
    payment = sessions.retrieve(made.id).payment
    assert payment is not None
    part = step_of(Currency(code)).minor

    StripeRefunds(KEY, sandbox.base_url).refund(NewRefund(f"refund-{new_id()}", payment, part, code, {}))

    found = {each.reference: each for each in StripeRecords(KEY, sandbox.base_url).payments(0).payments}[payment]
    assert (found.amount, found.refunded, found.currency) == (minor, part, code)


@pytest.mark.parametrize(("code", "minor"), [("KWD", 5124), ("MGA", 500050), ("CUP", 500)])
def test_what_stripe_has_no_amount_for_is_refused_and_never_rounded(sandbox: Sandbox, code: str, minor: int) -> None:
    for sessions in (CheckoutSessions(KEY, sandbox.base_url), PaymentIntents(KEY, sandbox.base_url)):
        with pytest.raises(Refused):
            sessions.create(session_of(Money(minor, Currency(code))))


@pytest.mark.parametrize(("code", "minor"), [("HUF", 500050), ("TWD", 50050), ("ISK", 5000), ("KWD", 5120)])
def test_what_paypal_has_no_amount_for_is_refused_and_never_rounded(paypal: PayPal, code: str, minor: int) -> None:
    with pytest.raises(Refused):
        paypal.create(session_of(Money(minor, Currency(code))))


@pytest.mark.parametrize(
    ("currency", "amount"), [("isk", 5050), ("ugx", 5001), ("kwd", 5124), ("usd", 49), ("gbp", 29), ("cup", 500)]
)
def test_the_stand_in_refuses_what_stripe_refuses(sandbox: Sandbox, currency: str, amount: int) -> None:
    answer = httpx.post(
        f"{sandbox.base_url}/v1/payment_intents",
        data={"amount": str(amount), "currency": currency},
        headers={"Authorization": f"Bearer {KEY}"},
    )

    assert answer.status_code == 400


@pytest.mark.parametrize(("currency", "value"), [("HUF", "5000.50"), ("JPY", "5.5"), ("ISK", "50"), ("BRL", "5.00")])
def test_the_stand_in_refuses_what_paypal_refuses(sandbox: Sandbox, paypal: PayPal, currency: str, value: str) -> None:
    unit = {"amount": {"currency_code": currency, "value": value}}

    with pytest.raises(Refused):
        paypal._call("POST", "/v2/checkout/orders", {"intent": "CAPTURE", "purchase_units": [unit]}, key=new_id())
