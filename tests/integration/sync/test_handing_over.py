"""A real till at a real hub: lost with sales, revoked, found again, handed over, and paired anew in its folder."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from boxoffice.__main__ import main as till_command
from boxoffice.core.ids import EventId, OrderId, PoolId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.demo.tills import MemoryVault
from boxoffice.documents.model import Paper
from boxoffice.till.app import SystemClock, build_till
from boxoffice.till.config import Settings
from boxoffice.till.devices.printer import NoPrinter
from boxoffice.till.net.connections import HttpConnections
from boxoffice.till.net.hub_client import HubClient
from boxoffice.till.usecases.gateway.standing import HandOver, NeedsPairing, TillEvent
from boxoffice.till.usecases.handing_over import NotHandedOver, Revoked
from boxoffice.till.usecases.ports import Hub
from boxoffice.till.usecases.syncing import BATCH
from boxoffice.till.usecases.till import Till
from boxoffice.till.usecases.till_services import Environment
from boxoffice.till.usecases.verify import verify as verify_till
from sync.__main__ import main
from sync.ledger.verify import verify
from sync.tills.pairing import revoke
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT

CART = Cart((CartLine(ProductId("social"), 1),))
FULL = Money(100_000, Currency("USD"))
GIFT = Cart((CartLine(ProductId("donation"), 1, Money(2_000, Currency("USD"))),))


@dataclass
class Cable:
    """The till's network, which a test can cut."""

    is_cut: bool = False


class OverCable(httpx.BaseTransport):
    def __init__(self, cable: Cable) -> None:
        self._cable, self._real = cable, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._cable.is_cut:
            raise httpx.ConnectError("the cable is cut")
        return self._real.handle_request(request)

    def close(self) -> None:
        self._real.close()


@dataclass
class OnCable(HttpConnections):
    cable: Cable = field(default_factory=Cable)

    def hub(self, hub_url: str, token: str) -> Hub:
        return HubClient(hub_url, token, OverCable(self.cable))


@dataclass
class Found:
    """A till with its folder, that can be started again."""

    hub: Stand
    folder: Path
    connections: OnCable = field(default_factory=OnCable)
    vault: MemoryVault = field(default_factory=MemoryVault)
    news: list[TillEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        around = Environment(
            self.folder / "data",
            self.folder / "documents",
            Paper.LETTER,
            self.vault,
            self.connections,
            NoPrinter(),
            SystemClock(),
            self.hub.base_url,
        )
        self.till = Till(around)
        self.till.subscribe(self.news.append)
        self.state_name = type(self.till.open()).__name__

    def pair(self, name: str) -> None:
        self.hub.sql("DELETE FROM attempts")
        self.till.pair(self.hub.base_url, self.hub.code(name))
        self.till.choose_event(EventId(EVENT))

    def sell(self, count: int) -> None:
        for _ in range(count):
            assert self.till.sell_for_cash(CART, FULL).is_paid

    def restart(self) -> None:
        self.till.close()
        self.start()

    def revoke(self) -> str:
        device = str(self.till.services.context.device.id)
        with self.hub.database.transaction() as connection:
            revoke(connection, device)
        return device

    def balance(self) -> int:
        name = self.till.device_name
        return int(
            self.hub.one("SELECT coalesce(sum(amount), 0) FROM ledger_postings WHERE account = %s", f"cash:{name}")
        )


@pytest.fixture
def found(hub: Stand, tmp_path: Path) -> Iterator[Found]:
    found = Found(hub, tmp_path)
    found.pair("Door")
    yield found
    found.till.close()


def test_what_others_sold_comes_by_itself_and_goes_when_the_till_is_revoked(hub: Stand, found: Found) -> None:
    other = hub.door()
    other.lease({"social": 1})
    sale = other.cash_sale(("social", 1))
    other.push(sale)
    order_id, elsewhere = sale[0].payload["order_id"], found.till.services.context.elsewhere
    found.till.sync_now()
    assert elsewhere.order(order_id) is not None
    path = found.folder / "data" / "elsewhere.db"
    assert path.exists()

    found.revoke()
    found.till.sync_now()

    assert not path.exists()


def test_forty_sales_of_a_till_that_was_revoked_while_it_was_lost(hub: Stand, found: Found) -> None:
    found.till.sync_now()
    with found.till.services.sync.returns.kept_for_a_sale({PoolId("social"): 100}):  # a sync may be under way
        found.till.services.sync.ask_lease({"social": 40}, whole=True)
        found.connections.cable.is_cut = True
        found.sell(12)
    name, device = found.till.device_name, found.revoke()
    found.sell(14)
    found.restart()
    assert found.state_name == "Ready"
    found.sell(14)
    money = 40 * found.till.catalogue.products_by_id[ProductId("social")].price.minor  # type: ignore[union-attr]
    assert found.balance() == 0

    found.connections.cable.is_cut = False
    found.till.sync_now()

    assert any(isinstance(each, HandOver) for each in found.news)
    with pytest.raises(Revoked):
        found.till.sell_for_cash(CART, FULL)
    handed = found.till.hand_over()
    assert (handed.is_done, [each.minor for each in handed.cash]) == (True, [money])
    assert hub.sql("SELECT status, count(*) FROM orders WHERE placed_by = %s GROUP BY 1", device) == [("completed", 40)]
    assert found.balance() == money
    found.restart()
    assert found.state_name == "HandOver"
    assert verify_till(found.till.store, found.till.public_key).problem is None
    assert verify(hub.database).problem is None
    told = "SELECT detail FROM exceptions WHERE device_id = %s AND kind = 'revoked_till_sent' AND status = 'open'"
    assert "has sent 40 sales since" in hub.one(told, device)
    assert hub.one("SELECT unsent_facts FROM devices WHERE id = %s", device) == 0

    anew = found.till.begin_anew(is_export_safe=False)
    assert isinstance(anew, NeedsPairing)
    assert anew.hub_url == hub.base_url
    found.pair("Door")
    found.sell(1)
    found.till.sync_now()

    assert found.till.services.context.device.id != device
    assert hub.one("SELECT count(*) FROM orders WHERE placed_by = %s", str(found.till.services.context.device.id)) == 1
    assert [path.name for path in (found.folder / "data").glob("till-*.db")] == [
        f"till-{name}-{hub.one('SELECT code FROM devices WHERE id = %s', device)}.db"
    ]
    assert verify_till(found.till.store, found.till.public_key).problem is None
    assert verify(hub.database).problem is None


def test_a_till_that_is_online_hears_at_once(hub: Stand, found: Found) -> None:
    found.revoke()

    hub.until("revoked", "SELECT status FROM devices WHERE id = %s", str(found.till.services.context.device.id))
    found.till.sync_now()

    assert found.till.is_revoked


def test_where_the_hub_can_not_be_reached_an_export_stands_for_it(
    hub: Stand, found: Found, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    device = found.revoke()
    found.connections.cable.is_cut = True
    found.sell(3)
    found.till.services.link.hear_revoked()  # the last word that came through before the cable was cut
    found.restart()

    with pytest.raises(NotHandedOver):
        found.till.begin_anew(is_export_safe=True)
    exported = found.till.export_unsent()
    with pytest.raises(NotHandedOver):
        found.till.begin_anew(is_export_safe=False)
    anew = found.till.begin_anew(is_export_safe=True)

    assert isinstance(anew, NeedsPairing)
    assert hub.one("SELECT count(*) FROM orders WHERE placed_by = %s", device) == 0
    monkeypatch.setenv("POSTGRES_URL", hub.database.url)
    monkeypatch.setenv("HUB_MASTER_KEY", "ab" * 32)
    assert main(["take-facts", exported.exported_to]) == 0
    assert "15 records" in capsys.readouterr().out
    assert hub.one("SELECT count(*) FROM orders WHERE placed_by = %s AND status = 'completed'", device) == 3
    assert verify(hub.database).problem is None


def test_another_hubs_no_is_not_taken_for_a_revocation(hub: Stand, found: Found) -> None:
    hub.sql("UPDATE devices SET token_hash = 'x' WHERE id = %s", str(found.till.services.context.device.id))
    found.till.sync_now()

    found.sell(1)

    assert not found.till.is_revoked
    assert not found.till.services.status.now().is_online


def test_pairing_by_command_hands_over_first_and_says_what_is_in_the_way(
    hub: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"DATA_DIR": str(tmp_path / "data"), "VAULT": "file", "VAULT_PASSPHRASE": "door", "PRINTER": ""}
    for name, value in {**settings, "DOCUMENTS_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(f"BOXOFFICE_{name}", value)
    hub.sql("DELETE FROM attempts")
    assert till_command(["pair", hub.base_url, hub.code("Bar")]) == 0
    already = till_command(["pair", hub.base_url, hub.code("Bar")])
    till = build_till(Settings.from_environment())
    till.open()
    till.sell_for_cash(CART, FULL)
    till.close()
    device = hub.one("SELECT id FROM devices WHERE name LIKE 'Bar%%' AND status = 'active'")
    with hub.database.transaction() as connection:
        revoke(connection, device)

    anew = till_command(["pair", hub.base_url, hub.code("Bar anew")])

    said = capsys.readouterr()
    assert (already, anew) == (2, 0)
    assert "this till is paired already" in said.err
    assert "Everything that it held is at the hub" in said.out
    assert "Paired as Bar anew." in said.out
    assert hub.one("SELECT count(*) FROM orders WHERE placed_by = %s AND status = 'completed'", device) == 1
    assert till_command(["verify"]) == 0


def test_pairing_by_command_does_not_leave_sales_behind(
    hub: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"DATA_DIR": str(tmp_path / "data"), "VAULT": "file", "VAULT_PASSPHRASE": "door", "PRINTER": ""}
    for name, value in {**settings, "DOCUMENTS_DIR": str(tmp_path / "documents")}.items():
        monkeypatch.setenv(f"BOXOFFICE_{name}", value)
    hub.sql("DELETE FROM attempts")
    till_command(["pair", hub.base_url, hub.code("Cellar")])
    till = build_till(Settings.from_environment())
    till.open()
    with till.store.transaction() as connection:  # where nobody answers
        connection.exec_driver_sql("UPDATE settings SET value = 'http://127.0.0.1:9' WHERE name = 'hub_url'")
    till.close()  # which gives its places back: a gift needs none
    till.open()
    till.sell_for_cash(GIFT, FULL)
    till.services.handing_over.remember()
    till.close()

    refused = till_command(["pair", hub.base_url, hub.code()])
    exported = till_command(["hand-over", "--export"])
    anew = till_command(["pair", hub.base_url, hub.code(), "--export-is-safe"])

    said = capsys.readouterr()
    assert (refused, exported, anew) == (1, 1, 0)
    assert "boxoffice hand-over --export" in said.err
    (file,) = (tmp_path / "documents").glob("*.json")
    assert str(file) in said.out


# Who bought, and the mails that the till was to ask for


def mailed(hub: Stand, order: str) -> list[tuple[str, str]]:
    hub.until(0, "SELECT count(*) FROM mails WHERE order_id = %s AND status = 'queued'", order)
    return [(to, status) for to, status in hub.sql("SELECT email, status FROM mails WHERE order_id = %s", order)]


def letters_to(hub: Stand, address: str) -> int:
    return sum(mail.to == address for mail in hub.mail.sent)


def lost_with_a_mail(found: Found, address: str) -> str:
    """Returns the order of a till that is revoked and without a network, and was asked for a mail."""
    found.connections.cable.is_cut = True
    order = found.till.sell_for_cash(CART, FULL)
    assert not found.till.send_email(order.id, address)
    found.revoke()
    return str(order.id)


def test_mails_that_wait_on_a_revoked_till_go_when_it_hands_over(hub: Stand, found: Found) -> None:
    order = lost_with_a_mail(found, "lost@example.org")
    found.connections.cable.is_cut = False
    found.till.sync_now()

    handed = [found.till.hand_over() for _ in range(2)]

    assert [each.is_done for each in handed] == [True, True]
    assert mailed(hub, order) == [("lost@example.org", "sent")]
    assert letters_to(hub, "lost@example.org") == 1
    assert hub.one("SELECT customer_email FROM orders WHERE id = %s", order) == "lost@example.org"


def test_a_file_brings_who_bought_and_their_mails_and_each_is_sent_once(
    hub: Stand, found: Found, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order = lost_with_a_mail(found, "file@example.org")
    found.till.services.link.hear_revoked()
    exported = found.till.export_unsent()
    take(monkeypatch, hub, exported.exported_to)
    take(monkeypatch, hub, exported.exported_to)
    found.connections.cable.is_cut = False

    handed = found.till.hand_over()

    assert "1 mail is on the way, once" in capsys.readouterr().out
    assert handed.is_done
    assert mailed(hub, order) == [("file@example.org", "sent")]
    assert letters_to(hub, "file@example.org") == 1
    assert hub.one("SELECT customer_email FROM orders WHERE id = %s", order) == "file@example.org"


def test_a_file_is_whole_only_while_it_has_every_mail(found: Found) -> None:
    order = lost_with_a_mail(found, "first@example.org")
    found.till.services.link.hear_revoked()
    before = found.till.export_unsent().exported_to

    found.till.send_email(OrderId(order), "second@example.org")

    assert before
    assert found.till.services.handing_over.now().exported_to == ""


def test_what_someone_wrote_into_a_file_sends_no_tickets(
    hub: Stand, found: Found, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    order = lost_with_a_mail(found, "buyer@example.org")
    found.till.services.link.hear_revoked()
    file = Path(found.till.export_unsent().exported_to)
    file.write_text(file.read_text().replace("buyer@example.org", "thief@example.org"))

    take(monkeypatch, hub, str(file))

    assert "is not what the till has written" in capsys.readouterr().out
    assert hub.one("SELECT status FROM orders WHERE id = %s", order) == "completed"
    assert mailed(hub, order) == []


def test_a_revoked_till_sends_nobodys_tickets_elsewhere(hub: Stand, found: Found) -> None:
    order = found.till.sell_for_cash(CART, FULL).id
    found.till.send_email(order, "buyer@example.org")
    found.revoke()

    found.till.send_email(order, "thief@example.org")
    found.till.hand_over()

    assert sorted(mailed(hub, str(order))) == [("buyer@example.org", "sent"), ("thief@example.org", "failed")]
    assert hub.one("SELECT customer_email FROM orders WHERE id = %s", str(order)) == "buyer@example.org"


def test_a_buyer_of_a_long_night_is_known_when_the_facts_take_many_messages(hub: Stand, found: Found) -> None:
    found.till.services.sync.ask_lease({"social": 30}, whole=True)
    found.connections.cable.is_cut = True
    found.sell(20)
    orders = []
    while found.till.services.sync.unsent_count() <= BATCH:
        orders.append(found.till.sell_for_cash(GIFT, FULL).id)
    found.till.send_email(orders[-1], "last@example.org")

    found.connections.cable.is_cut = False
    found.till.sync_now()

    assert hub.one("SELECT customer_email FROM orders WHERE id = %s", str(orders[-1])) == "last@example.org"


def take(monkeypatch: pytest.MonkeyPatch, hub: Stand, path: str) -> None:
    monkeypatch.setenv("POSTGRES_URL", hub.database.url)
    monkeypatch.setenv("HUB_MASTER_KEY", "ab" * 32)
    monkeypatch.setenv("SENDGRID_API_KEY", "SG.door")
    monkeypatch.setenv("SENDGRID_FROM_EMAIL", "door@example.org")
    assert main(["take-facts", path]) == 0
