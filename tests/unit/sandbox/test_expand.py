"""Expansion of ids, in objects and lists, as deep as Stripe goes."""

import pytest

from boxoffice.sandbox.account import sent
from boxoffice.sandbox.attempts import attempt
from boxoffice.sandbox.cards import CARDS
from boxoffice.sandbox.charges import Presented
from boxoffice.sandbox.errors import Document, StripeError
from boxoffice.sandbox.expand import expand
from boxoffice.sandbox.intents import new_intent
from boxoffice.sandbox.paging import page
from boxoffice.sandbox.refunds import create
from tests.unit.sandbox.conftest import Bench, intent_params


@pytest.fixture
def paid(bench: Bench) -> Document:
    intent = new_intent(bench.account, intent_params(), ["card"])
    attempt(bench.account, intent, Presented(CARDS["4242424242424242"]))
    return intent


def test_an_id_becomes_its_object_on_every_level(bench: Bench, paid: Document) -> None:
    answer = expand(bench.account, sent(paid), ["latest_charge.balance_transaction", "payment_method"])

    assert answer["latest_charge"]["balance_transaction"]["amount"] == 2500
    assert answer["payment_method"]["card"]["last4"] == "4242"
    assert isinstance(paid["latest_charge"], str)


def test_lists_are_expanded_in_their_data(bench: Bench, paid: Document) -> None:
    listed = page("/v1/payment_intents", [paid], {})

    answer = expand(bench.account, listed, ["data.latest_charge"])

    assert answer["data"][0]["latest_charge"]["object"] == "charge"


def test_what_is_sent_only_when_asked_for_is_sent_then(bench: Bench, paid: Document) -> None:
    refund = create(bench.account, {"payment_intent": paid["id"], "amount": 100})
    charge = bench.account.get("charge", paid["latest_charge"])

    assert "refunds" not in sent(charge)
    answer = expand(bench.account, sent(charge), ["refunds.data.balance_transaction"])
    assert [each["id"] for each in answer["refunds"]["data"]] == [refund["id"]]
    assert answer["refunds"]["data"][0]["balance_transaction"]["amount"] == -100


def test_nothing_stays_nothing(bench: Bench) -> None:
    unpaid = new_intent(bench.account, intent_params(), ["card"])

    assert expand(bench.account, sent(unpaid), ["latest_charge.balance_transaction"])["latest_charge"] is None


@pytest.mark.parametrize("path", ["amount", "colour", "metadata", "latest_charge.amount", "a.b.c.d.e"])
def test_what_cannot_be_expanded_is_refused(bench: Bench, paid: Document, path: str) -> None:
    with pytest.raises(StripeError):
        expand(bench.account, sent(paid), [path])


def test_what_is_expanded_is_a_copy(bench: Bench, paid: Document) -> None:
    answer = expand(bench.account, sent(paid), ["latest_charge"])
    answer["latest_charge"]["metadata"]["a"] = "1"

    assert bench.account.get("charge", paid["latest_charge"])["metadata"] == {}
