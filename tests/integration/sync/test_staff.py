"""Who works at the tills: kept at the hub, signed in at real tills with and without a network; what is doubtful."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import httpx
import pytest
from argon2 import PasswordHasher

from boxoffice.core.errors import BadInput
from boxoffice.core.ids import EventId, OrderId, ProductId, StaffId
from boxoffice.core.money import Currency, Money
from boxoffice.core.orders import OrderState
from boxoffice.core.payloads.cash import CashMoved
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.rights import NeedsApproval, Right
from boxoffice.core.sales import changed
from boxoffice.core.staff import StaffRole
from boxoffice.core.tenders import TenderKind
from boxoffice.till.usecases.gateway.team import NoBadge, ShutOut, WrongPin
from boxoffice.till.usecases.verify import verify as verify_till
from sync.__main__ import main
from sync.ledger.verify import verify
from sync.organizers.roles import Role
from sync.store.staff import read_all
from sync.tills import staff
from sync.tills.staff import About
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT, Door
from tests.integration.sync.office import Office, form_of
from tests.integration.sync.test_handing_over import Found

CART = Cart((CartLine(ProductId("social"), 1),))
FULL = Money(100_000, Currency("USD"))

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module", autouse=True)
def cheap_pins() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff, "_hasher", PasswordHasher(time_cost=1, memory_cost=512, parallelism=1))
        yield


@pytest.fixture(autouse=True)
def nobody_works_here(hub: Stand) -> None:
    """Before each test, all who ever worked here have ended."""
    with hub.database.transaction() as connection:
        for each in read_all(connection):
            staff.end(hub.hub, connection, each.row.id, "test")


@pytest.fixture
def till(hub: Stand, tmp_path: Path) -> Iterator[Found]:
    hub.sql("DELETE FROM attempts")
    found = Found(hub, tmp_path)
    found.till.pair(hub.base_url, hub.code())
    found.till.choose_event(EventId(EVENT))
    yield found
    found.till.close()


def hire(hub: Stand, name: str, role: StaffRole = StaffRole.SELLER, pin: str = "") -> StaffId:
    with hub.database.transaction() as connection:
        added = staff.add(hub.hub, connection, About(name, role), "7")
        if pin:
            staff.give_pin(hub.hub, connection, added, "7", pin)
    return StaffId(added)


def badge(hub: Stand, staff_id: str) -> str:
    with hub.database.transaction() as connection:
        return staff.give_badge(hub.hub, connection, staff_id, "7")


def written_by(hub: Stand, till: Found) -> set[tuple[str | None, str | None]]:
    """Returns who wrote and who approved what this till has sent of its orders."""
    query = """
        SELECT DISTINCT staff_id, payload ->> 'approved_by' FROM facts WHERE device_id = %s AND payload ? 'order_id'
    """
    return set(hub.sql(query, str(till.till.services.context.device.id)))


def test_a_seller_who_is_added_at_the_hub_is_named_by_what_the_till_sells_and_on_the_orders_page(
    hub: Stand, till: Found, office: Office
) -> None:
    assert not till.till.team().is_kept
    luis = hire(hub, "Luis T.", pin="90210")

    till.till.sync_now()
    assert [each.person.name for each in till.till.team().people] == ["Luis T."]
    till.till.lock()
    till.till.sign_in(luis, "90210")
    order = till.till.sell_for_cash(CART, FULL)
    till.till.sync_now()

    assert written_by(hub, till) == {(luis, None)}
    assert f"Luis T. at {till.till.device_name}" in office.page(f"/orders/{order.id}")
    assert hub.sql("SELECT id, name, role, status FROM staff WHERE status = 'active'") == [
        (luis, "Luis T.", "seller", "active")
    ]
    with till.till.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT id, name, role, status FROM staff WHERE status = 'active'").all()
    assert [tuple(row) for row in rows] == [(luis, "Luis T.", "seller", "active")]
    assert verify(hub.database).problem is None
    assert verify_till(till.till.store, till.till.public_key).problem is None


def test_a_till_that_is_new_knows_everybody_with_its_first_pull(hub: Stand, tmp_path: Path) -> None:
    hire(hub, "Ana", StaffRole.SUPERVISOR, "4071")

    found = Found(hub, tmp_path)
    found.till.pair(hub.base_url, hub.code())
    ready = found.till.choose_event(EventId(EVENT))

    assert [each.person.name for each in ready.team.people] == ["Ana"]
    found.till.close()


def test_signing_in_and_approving_need_no_network_and_both_names_are_in_the_facts(hub: Stand, till: Found) -> None:
    luis, ana = hire(hub, "Luis", pin="90210"), hire(hub, "Ana", StaffRole.SUPERVISOR, "4071")
    text = badge(hub, ana)
    till.till.sync_now()
    till.till.lock()
    till.connections.cable.is_cut = True

    till.till.sign_in(luis, "90210")
    order = till.till.place(CART)
    with pytest.raises(NeedsApproval):
        till.till.take(order.id, TenderKind.COMPLIMENTARY, order.due, "Artist")
    approval = till.till.approve_by_badge(Right.COMP, [text.lower()])
    till.till.approved(approval, lambda: till.till.take(order.id, TenderKind.COMPLIMENTARY, order.due, "Artist"))
    with pytest.raises(NeedsApproval):
        till.till.approved(approval, lambda: order)
    till.connections.cable.is_cut = False
    till.till.sync_now()

    assert written_by(hub, till) == {(luis, None), (luis, ana)}
    assert hub.one("SELECT count(*) FROM exceptions WHERE kind = 'staff_in_doubt'") == 0


def test_wrong_pins_wait_longer_and_longer_also_after_a_restart_and_whatever_the_clock_says(
    hub: Stand, till: Found
) -> None:
    luis = hire(hub, "Luis", pin="90210")
    ana = hire(hub, "Ana", StaffRole.SUPERVISOR, "4071")
    till.till.sync_now()

    for left in (4, 3, 2, 1):
        with pytest.raises(WrongPin) as caught:
            till.till.sign_in(luis, "00001")
        assert caught.value.tries_left == left
    till.till.close()
    till.start()  # pulling the plug gains nobody a try
    till.till.open()
    with pytest.raises(WrongPin) as caught:
        till.till.sign_in(luis, "00001")
    assert (caught.value.tries_left, caught.value.wait_s) == (0, 60)
    till.till.close()
    till.start()
    till.till.open()

    with pytest.raises(ShutOut) as shut:
        till.till.sign_in(luis, "90210")
    assert shut.value.wait_s == 60
    till.till.sign_in(ana, "4071")  # nobody else has to wait
    with hub.database.transaction() as connection:
        staff.give_pin(hub.hub, connection, luis, "7", "50938")
    till.till.sync_now()
    till.till.sign_in(luis, "50938")


def test_who_has_ended_signs_in_nowhere_once_the_till_has_heard_and_what_was_sold_until_then_stands(
    hub: Stand, till: Found
) -> None:
    luis, _ = hire(hub, "Luis", pin="90210"), hire(hub, "Ana", StaffRole.SUPERVISOR, "4071")
    text = badge(hub, luis)
    till.till.sync_now()
    till.till.lock()
    till.till.sign_in(luis, "90210")
    till.connections.cable.is_cut = True
    with hub.database.transaction() as connection:
        staff.end(hub.hub, connection, luis, "7")

    order = till.till.sell_for_cash(CART, FULL)
    till.connections.cable.is_cut = False
    till.till.sync_now()

    assert hub.one("SELECT status FROM orders WHERE id = %s", order.id) == "completed"
    doubts = hub.sql("SELECT detail, order_id FROM exceptions WHERE kind = 'staff_in_doubt' AND status = 'open'")
    assert [order_id for _, order_id in doubts] == [order.id]
    assert "worked here no more" in doubts[0][0]
    assert till.till.team().must_sign_in
    till.till.lock()
    with pytest.raises(WrongPin):
        till.till.sign_in(luis, "90210")
    with pytest.raises(NoBadge):
        till.till.sign_in_by_badge([text])
    hub.see_all()


def test_a_badge_that_was_lost_or_renewed_ends_the_one_before(hub: Stand, till: Found) -> None:
    luis = hire(hub, "Luis", pin="90210")
    first = badge(hub, luis)
    till.till.sync_now()
    till.till.sign_in_by_badge([first])
    second = badge(hub, luis)
    till.till.sync_now()

    with pytest.raises(NoBadge):
        till.till.sign_in_by_badge([first])
    till.till.sign_in_by_badge([second])
    with hub.database.transaction() as connection:
        staff.end_badge(hub.hub, connection, luis, "7")
    till.till.sync_now()

    with pytest.raises(NoBadge):
        till.till.sign_in_by_badge([second])


@pytest.mark.parametrize("pin", ["1234", "9999", "2026", "12", "12345678", "abcd"])
def test_a_weak_pin_is_refused_and_nothing_is_written(hub: Stand, pin: str) -> None:
    luis = hire(hub, "Luis")
    before = hub.one("SELECT count(*) FROM facts")

    with pytest.raises(BadInput), hub.database.transaction() as connection:
        staff.give_pin(hub.hub, connection, luis, "7", pin)

    assert hub.one("SELECT count(*) FROM facts") == before


def test_of_two_who_choose_the_same_pin_at_once_one_gets_it(hub: Stand) -> None:
    people, start, refused = [hire(hub, "Luis"), hire(hub, "Ana")], Barrier(2), []

    def choose(staff_id: str) -> None:
        start.wait(30)
        try:
            with hub.database.transaction() as connection:
                staff.give_pin(hub.hub, connection, staff_id, "7", "40718")
        except BadInput as error:
            refused.append(str(error))

    threads = [Thread(target=choose, args=(each,)) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(refused) == 1
    assert hub.one("SELECT count(*) FROM staff_credentials WHERE pin_digits = 5 AND staff_id = ANY(%s)", people) == 1


def test_no_fact_log_or_answer_but_the_tills_own_holds_a_name_a_pin_or_what_it_is_held_to(
    hub: Stand, till: Found, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    luis = hire(hub, "Luis Secreto", pin="90210")
    text = badge(hub, luis)
    till.till.sync_now()
    with pytest.raises(WrongPin):
        till.till.sign_in(luis, "90211")
    till.till.sign_in(luis, "90210")
    till.till.sell_for_cash(CART, FULL)
    till.till.sync_now()

    told = json.dumps(hub.sql("SELECT payload FROM facts"), default=str)
    with till.till.store.reading() as connection:
        told += "".join(row[0] for row in connection.exec_driver_sql("SELECT payload FROM facts"))
        told += "".join(row[0] for row in connection.exec_driver_sql("SELECT payload FROM hub_facts"))
        told += "".join(row[0] for row in connection.exec_driver_sql("SELECT value FROM settings"))
    told += caplog.text + "".join(capfd.readouterr()) + repr(till.till.team())
    told += repr(till.till.services.link.call(lambda there: there.staff()))
    assert [secret for secret in ("90210", "90211", "$argon2", text) if secret in told] == []
    assert "Secreto" not in json.dumps(hub.sql("SELECT payload FROM facts"), default=str)


def test_staff_is_told_to_tills_and_to_nobody_else(hub: Stand, office: Office, door: Door) -> None:
    hire(hub, "Luis", pin="90210")

    assert office.http.get("/api/till/staff").status_code == 401
    people = door.http.get("/api/till/staff").json()["people"]
    assert [each["name"] for each in people if each["pin"]] == ["Luis"]


def test_the_page_adds_somebody_with_a_pin_that_is_shown_once_and_names_the_organizer(
    hub: Stand, office: Office
) -> None:
    csrf = office.hidden("/staff", "csrf")
    form = {"csrf": csrf, "name": "Rosa P.", "role": "seller", "speaks": "es", "discount_limit": "20"}

    shown = office.http.post("/staff", data=form)

    rosa = hub.one("SELECT id FROM staff WHERE name = 'Rosa P.' AND status = 'active'")
    pin = shown.text.split('<div class="code">')[1].split("<")[0]
    assert shown.headers["cache-control"] == "no-store"
    assert pin not in office.page(f"/staff/{rosa}")
    assert hub.sql("SELECT language, discount_limit FROM staff WHERE id = %s", rosa) == [("es", 20)]
    by = hub.sql("SELECT DISTINCT payload ->> 'by' FROM facts WHERE payload ->> 'staff_id' = %s", rosa)
    assert by == [(str(hub.one("SELECT id FROM organizers WHERE email LIKE 'office@%%'")),)]
    assert office.http.post(f"/staff/{rosa}/badge", data={"csrf": csrf}).status_code == 303
    assert office.http.get(f"/staff/{rosa}/badge.pdf").content.startswith(b"%PDF")
    assert office.http.post(f"/staff/{rosa}/pin", data={"csrf": csrf, "pin": "1234"}).status_code == 422
    assert office.http.post(f"/staff/{rosa}/end", data={"csrf": csrf}).status_code == 303
    assert hub.one("SELECT status FROM staff WHERE id = %s", rosa) == "ended"


def mailed_link(hub: Stand, office: Office, name: str, email: str) -> tuple[str, str]:
    """Has somebody added who chooses their own PIN; returns their id, and the link of the mail."""
    form = {"csrf": office.hidden("/staff", "csrf"), "name": name, "role": "seller", "speaks": "es", "email": email}
    before = len(hub.mail.sent)
    shown = office.http.post("/staff", data={**form, "discount_limit": "20"})
    assert (shown.status_code, '<div class="code">' in shown.text) == (200, False)
    hub.until(True, "SELECT count(*) > 0 FROM pin_links WHERE email = %s AND token_hash IS NOT NULL", email)
    hub.until(0, "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_pin_link' AND status <> 'succeeded'")
    mail = next(each for each in hub.mail.sent[before:] if each.to == email)
    found = re.search(r"/pin/[0-9a-f]+", mail.text)
    assert found is not None
    return str(hub.one("SELECT id FROM staff WHERE name = %s AND status = 'active'", name)), found[0]


def test_somebody_chooses_their_own_pin_by_a_mailed_link_once_and_signs_in_with_it(
    hub: Stand, office: Office, till: Found
) -> None:
    eva, link = mailed_link(hub, office, "Eva", "eva@tickets.example")
    hire(hub, "Luis", pin="90210")

    with httpx.Client(base_url=hub.base_url, timeout=60) as phone:
        looked = [phone.get(link) for _ in range(2)]
        refused = [phone.post(link, data={"csrf": "x", "pin": "44821", "again": "44821"}).status_code]
        for pin, typed in (("44821", "44822"), ("1234", "1234"), ("90210", "90210")):
            csrf = form_of(phone.get(link).text)["csrf"][0]
            refused.append(phone.post(link, data={"csrf": csrf, "pin": pin, "again": typed}).status_code)
        csrf = form_of(phone.get(link).text)["csrf"][0]
        done = phone.post(link, data={"csrf": csrf, "pin": "44821", "again": "44821"})
        again = phone.get(link)
    till.till.sync_now()
    till.till.lock()
    till.till.sign_in(StaffId(eva), "44821")

    assert [page.headers["cache-control"] for page in looked] == ["no-store"] * 2
    assert "Elige tu PIN" in looked[0].text
    assert refused == [403, 422, 422, 422]
    assert (done.status_code, again.status_code) == (200, 404)
    assert "44821" not in done.text
    assert hub.one("SELECT count(*) FROM pin_links WHERE staff_id = %s", eva) == 0
    audit = "SELECT payload ->> 'what', payload ->> 'by' FROM facts WHERE payload ->> 'staff_id' = %s ORDER BY position"
    told = hub.sql(audit, eva)
    organizer = str(hub.one("SELECT id FROM organizers WHERE email LIKE 'office@%%'"))
    assert told == [("added", organizer), ("pin_link", organizer), ("pin", "mailed link")]


def test_a_link_ends_with_a_newer_one_after_a_day_and_with_whose_it_is(hub: Stand, office: Office) -> None:
    eva, first = mailed_link(hub, office, "Eva", "eva@tickets.example")
    form = {"csrf": office.hidden("/staff", "csrf"), "email": "eva@tickets.example"}
    old = hub.one("SELECT token_hash FROM pin_links WHERE staff_id = %s", eva)

    assert office.http.post(f"/staff/{eva}/pin/link", data=form).status_code == 200
    hub.until(True, "SELECT token_hash IS NOT NULL AND token_hash <> %s FROM pin_links WHERE staff_id = %s", old, eva)
    hub.until(0, "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_pin_link' AND status <> 'succeeded'")
    assert office.http.get(first).status_code == 404
    second = re.findall(r"/pin/[0-9a-f]+", hub.mail.sent[-1].text)[0]
    assert office.http.get(second).status_code == 200
    hub.sql("UPDATE pin_links SET expires_at = now() WHERE staff_id = %s RETURNING 1", eva)
    assert office.http.get(second).status_code == 404
    hub.sql("UPDATE pin_links SET expires_at = now() + interval '1 hour' WHERE staff_id = %s RETURNING 1", eva)
    assert office.http.post(f"/staff/{eva}/end", data=form).status_code == 303
    assert office.http.get(second).status_code == 404
    assert office.http.post(f"/staff/{eva}/pin/link", data=form).status_code == 422


def test_a_viewer_sees_staff_and_changes_nothing(hub: Stand) -> None:
    hire(hub, "Luis")
    viewer = Office.open(hub, Role.VIEWER)

    assert "Luis" in viewer.page("/staff")
    form = {"csrf": viewer.hidden("/staff", "csrf"), "name": "Eva", "role": "organizer", "discount_limit": "0"}
    assert viewer.http.post("/staff", data=form).status_code == 403
    viewer.http.close()


def test_commands_add_list_and_end_staff_and_write_a_badge(
    hub: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("POSTGRES_URL", hub.database.url)
    monkeypatch.setenv("HUB_MASTER_KEY", "ab" * 32)

    assert main(["staff", "list"]) == 0
    assert main(["staff", "add", "Nora V.", "--role", "supervisor", "--language", "es"]) == 0
    assert "PIN: " in capsys.readouterr().out
    assert main(["staff", "add", "nora v."]) == 2
    assert "somebody who works here has it" in capsys.readouterr().err
    assert main(["staff", "badge", "Nora V.", "--to", str(tmp_path / "badge.pdf")]) == 0
    assert (tmp_path / "badge.pdf").read_bytes().startswith(b"%PDF")
    assert main(["staff", "end", "Nora V."]) == 0
    assert main(["staff", "end", "Nobody"]) == 2


def test_somebody_whom_the_hub_does_not_know_is_doubted_and_the_money_taken(hub: Stand, door: Door) -> None:
    door.lease({"social": 5})
    door.staff_id = StaffId("somebody")

    door.push(door.cash_sale(("social", 1))).raise_for_status()

    assert hub.one("SELECT count(*) FROM facts WHERE device_id = %s AND NOT is_applied", door.me.device_id) == 0
    query = "SELECT detail FROM exceptions WHERE kind = 'staff_in_doubt' AND status = 'open' AND device_id = %s"
    assert "does not know" in hub.one(query, door.me.device_id)
    hub.see_all()


def test_what_was_done_is_listed_by_who_did_it_or_approved_it(hub: Stand, door: Door, office: Office) -> None:
    maya, ana = hire(hub, "Maya D."), hire(hub, "Ana D.")
    door.lease({"friday": 2})
    door.staff_id = maya
    placed = door.placed(("friday-pass", 1))
    moved = CashMoved(
        drawer=door.me.name, amount=500, currency="USD", why="Too much inside", move="drop", approved_by=ana
    )
    sale = [placed, changed(OrderId(placed.order_id), OrderState.PENDING, OrderState.PROCESSING)]
    assert door.push(door.write(*sale, door.captured(placed, placed.total), moved)).status_code == 200

    page = office.page(f"/staff/done?who={maya}")
    assert "Drop to safe: $5.00" in page
    assert "approved by Ana D." in page
    assert placed.order_number in page
    assert "Drop to safe" in office.page(f"/staff/done?who={ana}")
    assert "Drop to safe" not in office.page(f"/staff/done?who={maya}&about=sales")
    assert "Drop to safe" not in office.page(f"/staff/done?who={maya}&on=1999-01-01")
    assert "Drop to safe" in office.page(f"/staff/done?who={maya}&about=nonsense&on=x")
    assert "last seen" in office.page("/staff")
