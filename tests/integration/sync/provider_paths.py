"""Every path through the providers' states, walked step by step in a house."""

from collections.abc import Callable
from typing import Any

import httpx

from tests.integration.sync.house import House, until

PENDING_CARD = "4000000000007726"
Step = Callable[[House], object]


def all_of(*steps: Step) -> Step:
    """One after the other, without waiting for the books."""

    def step(house: House) -> None:
        for each in steps:
            each(house)

    return step


def charge(what: str, **body: Any) -> Step:
    def step(house: House) -> None:
        until(lambda: house.payment.startswith("pi_"))
        house.control(f"charges/{house.payment}/{what}", **body)

    return step


def dispute(what: str, **body: Any) -> Step:
    return charge("dispute", do=what, **body)


def paypal(what: str) -> Step:
    return lambda house: house.control(f"paypal/orders/{house.session}", do=what)


def at_paypal(what: str) -> Step:
    return lambda house: house.control(f"paypal/refunds/{house.refund_at_provider()}", do=what)


def end_refund(what: str) -> Step:
    return lambda house: house.control(f"refunds/{house.refund_at_provider()}", do=what)


def arrive(what: str) -> Step:
    return lambda house: house.control(f"checkout_sessions/{house.session}/arrive", do=what)


def paid(**more: Any) -> Step:
    def step(house: House) -> None:
        house.buy()
        house.pay(**more)
        until(lambda: house.status == "completed")

    return step


def begun(house: House) -> None:
    house.buy()


def begun_at_paypal(house: House) -> None:
    house.buy(paypal=True)


def paid_at_paypal(house: House) -> None:
    house.buy(paypal=True)
    house.control(f"paypal/orders/{house.session}", do="approve")
    until(lambda: house.status == "completed")


def refund(amount: int = 6500) -> Step:
    return lambda house: house.refund(amount)


def payout(house: House) -> None:
    house.session = house.control("payouts", currency="usd")["id"]


def end_payout(what: str) -> Step:
    def step(house: House) -> None:
        house.control(f"payouts/{house.session}", do=what)

    return step


def expire(house: House) -> None:
    house.control(f"checkout_sessions/{house.session}/expire")


def disputed_unheard(house: House) -> None:
    """Pays and disputes while nothing of the payment itself is heard; then the hub hears of it."""
    for match in ("checkout.session.*", "payment_intent.*", "charge.succeeded"):
        house.control("faults", match=match, kind="drop_webhook")
    house.buy()
    house.pay()
    with house.at_stripe() as http:
        intent = http.get(f"/v1/checkout/sessions/{house.session}").json()["payment_intent"]
    house.control(f"charges/{intent}/dispute", do="open")
    until(lambda: house.one("SELECT count(*) FROM payment_events WHERE payload::text LIKE %s", f"%dispute%{intent}%"))
    httpx.delete(f"{house.sandbox}/control/faults").raise_for_status()
    house.checkouts.settle_session(house.session)


def refunds_break(times: int) -> Step:
    """The provider answers the next calls for refunds with an error, so that they wait."""
    return lambda house: house.control("faults", match="POST /v1/refunds", kind="error_503", times=times)


def told_last_first(events: int) -> Step:
    """So many events are told in the wrong order."""
    return lambda house: house.control("faults", match="*", kind="reorder_webhooks", times=events)


PATHS: dict[str, tuple[Step, ...]] = {
    "paid": (paid(),),
    "declined and paid": (begun, lambda h: h.pay(card="4000000000000002"), lambda h: h.pay()),
    "expired": (begun, expire),
    "held and paid": (begun, lambda h: h.pay(delayed=True), arrive("succeed")),
    "held and refused": (begun, lambda h: h.pay(delayed=True), arrive("fail")),
    "refunded": (paid(), refund()),
    "refunded in part, twice": (paid(), refund(2000), refund(4500)),
    "refunded in the dashboard": (paid(), charge("refund", amount=1500), charge("refund")),
    "refund in the dashboard fails days later": (paid(), charge("refund", amount=2000), end_refund("fail")),
    "refund in the dashboard pends and fails": (
        paid(card=PENDING_CARD),
        charge("refund", amount=2000),
        end_refund("fail"),
    ),
    "refund in the dashboard pends and succeeds": (
        paid(card=PENDING_CARD),
        charge("refund", amount=2000),
        end_refund("succeed"),
    ),
    "refunded in the dashboard while ours waits": (
        paid(),
        refunds_break(1),
        all_of(refund(4000), charge("refund", amount=3000)),
    ),
    "refund pends and succeeds": (paid(card=PENDING_CARD), refund(), end_refund("succeed")),
    "refund pends and fails": (paid(card=PENDING_CARD), refund(), end_refund("fail")),
    "refund asks and succeeds": (paid(card=PENDING_CARD), refund(2000), end_refund("ask"), end_refund("succeed")),
    "refund is canceled": (paid(card=PENDING_CARD), refund(2000), end_refund("cancel")),
    "refund fails days later": (paid(), refund(2000), end_refund("fail")),
    "all of it refunded, and it fails days later": (paid(), refund(), end_refund("fail")),
    "refunded again after it failed": (paid(), refund(), end_refund("fail"), refund(2000), refund(4500)),
    "of two refunds, both fail days later": (
        paid(),
        refund(2000),
        refund(4500),
        end_refund("fail"),
        refund(4500),
        end_refund("fail"),
    ),
    "refunded in the dashboard, and it fails days later": (paid(), charge("refund"), end_refund("fail")),
    "disputed before the payment is known": (disputed_unheard, dispute("lost")),
    "dispute lost": (paid(), dispute("open"), dispute("lost")),
    "dispute won": (paid(), dispute("open"), dispute("answer"), dispute("won")),
    "dispute won, then lost": (paid(), dispute("open"), dispute("won"), dispute("appeal"), dispute("lost")),
    "dispute lost, then won": (paid(), dispute("open"), dispute("lost"), dispute("appeal"), dispute("won")),
    "dispute of a part": (paid(), dispute("open", amount=1000), dispute("lost")),
    "several disputes": (
        paid(),
        dispute("open", amount=1000),
        dispute("lost"),
        dispute("open", amount=2000),
        dispute("won"),
        dispute("open"),
        dispute("lost"),
    ),
    "refunded in part, then disputed": (paid(), refund(2000), dispute("open"), dispute("lost")),
    "refunded, then disputed": (paid(), refund(), dispute("open"), dispute("lost")),
    "refunded, then disputed and won": (paid(), refund(), dispute("open"), dispute("won")),
    "inquiry closed": (paid(), dispute("inquire"), dispute("answer"), dispute("close")),
    "inquiry becomes a dispute": (paid(), dispute("inquire"), dispute("escalate"), dispute("lost")),
    "inquiry, refunded": (paid(), dispute("inquire"), refund(), dispute("close")),
    "prevented": (paid(), dispute("inquire"), dispute("prevent")),
    "PayPal": (paid_at_paypal,),
    "PayPal: declined and paid": (begun_at_paypal, paypal("decline_next"), paypal("approve"), paypal("approve")),
    "PayPal: eCheck clears": (begun_at_paypal, paypal("echeck_next"), paypal("approve"), paypal("complete")),
    "PayPal: eCheck bounces": (begun_at_paypal, paypal("echeck_next"), paypal("approve"), paypal("deny")),
    "PayPal: review fails": (begun_at_paypal, paypal("pending_next"), paypal("approve"), paypal("fail")),
    "PayPal: to be accepted": (begun_at_paypal, paypal("accept_next"), paypal("approve"), paypal("complete")),
    "PayPal: voided": (begun_at_paypal, paypal("void")),
    "PayPal: refunded": (paid_at_paypal, refund(2000), refund(4500)),
    "PayPal: refund pends": (paid_at_paypal, paypal("refund_pending_next"), refund(), at_paypal("complete")),
    "PayPal: refund fails": (paid_at_paypal, paypal("refund_pending_next"), refund(), at_paypal("fail")),
    "PayPal: refund canceled": (paid_at_paypal, paypal("refund_pending_next"), refund(2000), at_paypal("cancel")),
    "PayPal: dispute lost": (
        paid_at_paypal,
        paypal("dispute"),
        paypal("dispute_waits"),
        paypal("dispute_review"),
        paypal("resolve_for_buyer"),
    ),
    "PayPal: dispute of a half lost": (paid_at_paypal, paypal("dispute_half"), paypal("accept_dispute")),
    "PayPal: dispute after a refund": (paid_at_paypal, refund(2000), paypal("dispute"), paypal("resolve_for_buyer")),
    "PayPal: dispute won": (paid_at_paypal, paypal("dispute"), paypal("resolve_for_seller")),
    "PayPal: reversed while it was disputed, and won": (
        paid_at_paypal,
        paypal("dispute"),
        paypal("reverse"),
        paypal("resolve_for_seller"),
    ),
    "PayPal: reversed while it was disputed, and won before that is heard": (
        paid_at_paypal,
        paypal("dispute"),
        all_of(told_last_first(2), paypal("reverse"), paypal("resolve_denied")),
    ),
    "PayPal: dispute canceled": (paid_at_paypal, paypal("dispute"), paypal("cancel_dispute")),
    "PayPal: dispute paid by PayPal": (paid_at_paypal, paypal("dispute"), paypal("resolve_with_payout")),
    "PayPal: dispute denied": (paid_at_paypal, paypal("dispute"), paypal("resolve_denied")),
    "PayPal: reversed without a dispute": (paid_at_paypal, paypal("reverse")),
    "paid out": (paid(), payout),
    "payout fails, and is paid out again": (paid(), payout, end_payout("fail"), payout),
    "payout is canceled": (paid(), payout, end_payout("cancel")),
}
