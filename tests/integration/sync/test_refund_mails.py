"""Who gets money back is told of it once: how much, for what, where it goes, and when it is there."""

from typing import Any

import pytest

from sync.ports import RefundResult
from sync.provider_states import RefundState
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import CAMILA, Shopper

pytestmark = pytest.mark.enable_socket


def buy(hub: Stand, shopper: Shopper, *items: dict[str, Any], language: str = "en") -> str:
    body = {"items": list(items), "customerInfo": CAMILA, "language": language}
    bought = shopper.post("payment/create-checkout-session", body).json()
    hub.sessions.pay(bought["sessionId"])
    hub.checkouts.settle_session(bought["sessionId"])
    hub.until("sent", "SELECT max(status) FROM mails WHERE order_id = %s", bought["orderId"])
    return str(bought["orderId"])


def refund_mails(hub: Stand, order: str) -> list[str]:
    hub.until(0, "SELECT count(*) FROM mails WHERE order_id = %s AND status = 'queued'", order)
    mine = [mail for mail in hub.mail.sent if mail.reference.get("order_id") == order]
    return [mail.text for mail in mine if not mail.attachments]


def test_a_whole_refund_is_told_once_with_where_it_goes(hub: Stand, shopper: Shopper, office: Office) -> None:
    order = buy(hub, shopper, {"id": "social", "quantity": 2})

    assert office.refund(order).status_code == 303
    hub.until("refunded", "SELECT status FROM orders WHERE id = %s", order)
    refund = hub.one("SELECT r.id FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s", order)
    hub.refunds.look_again(refund)

    mails = refund_mails(hub, order)
    assert len(mails) == 1
    assert all(words in mails[0] for words in ("$50.00", "all of order", "2 × Saturday Evening Social", "working days"))
    assert "about the refund" in office.page(f"/orders/{order}")


def test_a_part_is_told_as_a_part_in_the_buyers_language(hub: Stand, shopper: Shopper, office: Office) -> None:
    shirts = {"id": "t-shirt", "quantity": 2, "option": "L"}
    order = buy(hub, shopper, {"id": "social", "quantity": 1}, shirts, language="es")

    assert office.refund(order, what="parts", parts=["1.0"]).status_code == 303
    hub.until("partially_refunded", "SELECT status FROM orders WHERE id = %s", order)

    (mail,) = refund_mails(hub, order)
    assert all(words in mail for words in ("$30.00", "1 × Camiseta del festival, L", "Lo demás de tu pedido"))


def came_back(hub: Stand, order: str, reason: str) -> str:
    """Lets the refund of an order come back; returns the mail that tells of it."""
    refund = hub.one("SELECT r.id FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.order_id = %s", order)
    for _ in range(2):  # the provider tells of it by event, and when it is asked
        hub.refunds.settle(refund, RefundResult("re_x", RefundState.FAILED, reason))
    _made, returned = refund_mails(hub, order)
    return returned


NEXT = {
    "expired_or_canceled_card": ("card has expired", "still yours", "say how you would like"),
    "declined": ("bank did not take it", "send it again"),
    "charge_for_pending_refund_disputed": ("disputed the payment", "The bank decides"),
    "insufficient_funds": ("could not deliver", "send it again"),
}


@pytest.mark.parametrize("reason", NEXT)
def test_a_refund_that_came_back_is_told_once_with_what_happens_next(
    hub: Stand, shopper: Shopper, office: Office, reason: str
) -> None:
    order = buy(hub, shopper, {"id": "social", "quantity": 2})
    office.refund(order)
    hub.until("refunded", "SELECT status FROM orders WHERE id = %s", order)

    mail = came_back(hub, order, reason)

    assert all(words in mail for words in ("$50.00", "has come back to us", *NEXT[reason])), mail
    assert "too little money" not in mail
    assert ("still yours" in mail) == (reason != "charge_for_pending_refund_disputed")
    assert office.page(f"/orders/{order}").count("about the refund") == 2


def test_who_bought_in_spanish_reads_in_spanish_that_the_refund_came_back(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    order = buy(hub, shopper, {"id": "social", "quantity": 1}, language="es")
    office.refund(order)
    hub.until("refunded", "SELECT status FROM orders WHERE id = %s", order)

    mail = came_back(hub, order, "lost_or_stolen_card")

    assert all(words in mail for words in ("Tu devolución de $25.00 no llegó", "sigue siendo tuyo", "robada")), mail


def test_a_refund_that_failed_is_told_to_nobody(hub: Stand, shopper: Shopper, office: Office) -> None:
    order = buy(hub, shopper, {"id": "social", "quantity": 1})
    hub.refunder.verdict = "failed"

    office.refund(order)
    hub.until(1, "SELECT count(*) FROM exceptions WHERE order_id = %s AND kind = 'refund_failed'", order)
    hub.refunder.verdict = "succeeded"

    assert refund_mails(hub, order) == []
