"""Mails at the till: handed to the hub once, and looked after until it is known what became of them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from boxoffice.core.ids import OrderId
from boxoffice.core.wire.mails import MailAnswer, MailRequest
from boxoffice.till.usecases.ports import HubRefused, Unreachable
from boxoffice.till.usecases.syncing import MAIL_LOOKS, Sync
from tests.integration.till.kit import TillOnDisk, cart, mending, no_key, usd


class HubOfMails:
    """Answers as the hub does: the same mail is queued once, and asked again it says where it stands."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.says = "queued"
        self.is_away = False
        self.refuses = False

    def call(self, ask: Callable[[Any], Any]) -> Any:
        if self.is_away:
            raise Unreachable("The hub does not answer.", "Nothing was changed.", "It will be tried again.")
        if self.refuses:
            raise HubRefused(422, "order_id: this till has not sent the order's facts")
        return ask(self)

    def send_mail(self, request: MailRequest) -> MailAnswer:
        self.asked.append(request.email)
        return MailAnswer(mail_id=request.mail_id, status=self.says)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[TillOnDisk]:
    till = TillOnDisk(tmp_path)
    till.grant_all(5)
    yield till
    till.close()


@pytest.fixture
def order_id(till: TillOnDisk) -> OrderId:
    sold = till.selling.sell_for_cash(cart("full-pass"), usd("200"))
    add_mail(till, sold, "ana@example.org")
    return sold


def add_mail(till: TillOnDisk, order_id: OrderId, email: str) -> None:
    with till.store.transaction() as connection:
        values = (till.context.new_id(), order_id, email)
        connection.exec_driver_sql("INSERT INTO outbox_mails (id, order_id, email) VALUES (?, ?, ?)", values)


def syncing(till: TillOnDisk, hub: HubOfMails) -> Sync:
    link: Any = hub  # of a link it needs `call` alone
    return Sync(till.context, link, no_key(), mending(till, link))


def test_a_mail_that_bounces_is_seen_at_the_till(till: TillOnDisk, order_id: OrderId) -> None:
    hub = HubOfMails()
    sync = syncing(till, hub)
    sync.send_mails()
    before = till.orders.order(order_id).mail
    hub.says = "bounced"

    sync.look_at_mails()

    assert before == "queued"
    assert till.orders.order(order_id).mail == "bounced"


@pytest.mark.parametrize("end", ["delivered", "bounced", "failed"])
def test_what_has_ended_is_not_asked_about_again(till: TillOnDisk, order_id: OrderId, end: str) -> None:
    hub = HubOfMails()
    hub.says = end
    sync = syncing(till, hub)
    sync.send_mails()

    sync.look_at_mails()

    assert hub.asked == ["ana@example.org"]


def test_a_mail_that_nobody_hears_of_is_not_asked_about_for_ever(till: TillOnDisk, order_id: OrderId) -> None:
    hub = HubOfMails()
    sync = syncing(till, hub)
    sync.send_mails()

    for _ in range(2 * MAIL_LOOKS):
        sync.look_at_mails()

    assert len(hub.asked) == MAIL_LOOKS


def test_the_newest_mail_of_an_order_is_what_counts(till: TillOnDisk, order_id: OrderId) -> None:
    hub = HubOfMails()
    sync = syncing(till, hub)
    hub.says = "bounced"
    sync.send_mails()
    add_mail(till, order_id, "anna@example.org")
    hub.says = "delivered"

    sync.send_mails()

    assert till.orders.order(order_id).mail == "delivered"


def test_while_the_hub_is_away_the_mail_waits(till: TillOnDisk, order_id: OrderId) -> None:
    hub = HubOfMails()
    hub.is_away = True

    with pytest.raises(Unreachable):
        syncing(till, hub).send_mails()

    assert till.orders.order(order_id).mail == "waiting"


def test_a_mail_that_the_hub_refuses_has_failed(till: TillOnDisk, order_id: OrderId) -> None:
    hub = HubOfMails()
    hub.refuses = True

    syncing(till, hub).send_mails()

    assert till.orders.order(order_id).mail == "failed"
