"""The guest list: checked before it is written, added all or none, held from the pools, mailed, cancelled, found."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest

from boxoffice.core.comp_budget import CompsGiven
from boxoffice.core.ids import EventId, OrderId, ProductId
from boxoffice.core.limits import Extent
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import Cart, CartLine
from boxoffice.core.reductions import Off, Reduction
from boxoffice.core.rights import NeedsApproval, Right
from boxoffice.core.staff import StaffRole
from boxoffice.till.usecases.gateway.after_sale import Seen
from sync.__main__ import main
from sync.guests.guest_list import GuestList, NotCancelled, NothingAdded, check
from sync.inventory.events import load_event
from sync.ledger.verify import verify
from sync.organizers.roles import Role
from sync.store.guests import comps_given
from sync.tills import staff
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT
from tests.integration.sync.office import Office
from tests.integration.sync.test_handing_over import Found
from tests.integration.sync.test_reduced_orders import hire

FEST = fest()

pytestmark = pytest.mark.enable_socket

PASTED = """\
Yadira Montes; yadira.montes@example.org; Full Festival Pass; 1; will call
Compañía Son del Valle; info@sondelvalle.example; Full Festival Pass; 4; mail

Ben Diaz; ben.diaz@exampleorg; Saturday Evening Social; 2; mail
Leon Petit; ; saturday evening social; 1
"""
FREE = "SELECT available FROM pools WHERE event_id = %s AND id = %s"


@pytest.fixture(autouse=True)
def empty_list(hub: Stand) -> Iterator[None]:
    """Before each test, all who are on the list are taken off it."""
    for (order_id,) in hub.sql("SELECT order_id FROM guests WHERE cancelled_at IS NULL"):
        GuestList(hub.hub, hub.refunds).cancel(order_id, "", "test")
    yield
    load_event(hub.hub, FEST)


@pytest.fixture
def office(hub: Stand) -> Iterator[Office]:
    office = Office.open(hub)
    yield office
    office.http.close()


def add(hub: Stand, lines: str, *, held_for: str = "Artists and their guests", more: bool = False) -> int:
    done = GuestList(hub.hub, hub.refunds).add(EVENT, lines, held_for, "7", may_exceed=more)
    return len(done.new)


def form(office: Office, path: str, **fields: str) -> str:
    given = {"csrf": office.hidden("/guests", "csrf"), "event": EVENT, **fields}
    answer = office.http.post(path, data=given, follow_redirects=True)
    assert answer.status_code in {200, 409}, answer.text
    return html.unescape(answer.text)


def of(hub: Stand, name: str, columns: str) -> tuple[object, ...]:
    query = f"SELECT {columns} FROM guests g JOIN orders o ON o.id = g.order_id WHERE o.customer_name = %s"
    return hub.sql(f"{query} AND g.cancelled_at IS NULL", name)[0]


def test_the_check_names_each_wrong_line_by_its_number_and_writes_nothing(hub: Stand, office: Office) -> None:
    before = hub.one("SELECT count(*) FROM facts")

    page = form(office, "/guests/check", lines=PASTED, held_for="Artist")

    assert "Checked: 4 lines" in page
    assert re.search(
        r'class="wrong".*?Ben Diaz.*?“ben\.diaz@exampleorg” is no e-mail address.*?line 4', page, re.DOTALL
    )
    assert ("3 good" in page, "1 wrong" in page, "Add 3 guests" in page) == (True, True, True)
    assert "They are 6 tickets, worth $" in page
    assert hub.one("SELECT count(*) FROM facts") == before


def test_what_is_confirmed_is_held_mailed_or_kept_for_will_call_and_wrong_lines_wait_in_the_form(
    hub: Stand, office: Office
) -> None:
    free = hub.one(FREE, EVENT, "friday")

    page = form(office, "/guests", lines=PASTED, held_for="Artist")

    assert "3 guests are on the list now." in page
    assert "exampleorg" in page[page.index("<textarea") : page.index("</textarea>")]
    assert hub.one(FREE, EVENT, "friday") == free - 5
    paid = "o.status, (SELECT string_agg(tender || amount, ',') FROM payments p WHERE p.order_id = o.id), g.held_for"
    assert of(hub, "Yadira Montes", paid) == ("completed", "complimentary15000", "Artist")
    mails = "(SELECT array_agg(email) FROM mails m WHERE m.order_id = o.id)"
    assert of(hub, "Compañía Son del Valle", mails) == (["info@sondelvalle.example"],)
    assert of(hub, "Yadira Montes", f"o.customer_email, {mails}") == ("yadira.montes@example.org", None)
    assert of(hub, "Leon Petit", "g.delivery") == ("will_call",)
    taxed = "SELECT count(*) FROM ledger_postings p JOIN facts f ON f.id = p.fact_id JOIN guests g ON"
    assert hub.one(f"{taxed} g.order_id = f.payload ->> 'order_id' WHERE p.account LIKE 'tax%%'") == 0
    assert (
        hub.one("SELECT payload ->> 'by' FROM facts WHERE kind = 'payment_captured' ORDER BY position DESC") is not None
    )
    assert verify(hub.database).problem is None


def test_the_same_lines_again_add_nobody_however_they_are_written(hub: Stand) -> None:
    first = add(hub, "Ana Ortega; ana@example.org; Full Festival Pass; 2")

    again = add(hub, 'name,e-mail,how many,what\n" ANA  ortega",Ana@Example.org,2,full festival pass\n')

    assert (first, again) == (1, 0)
    assert hub.one("SELECT count(*) FROM guests WHERE cancelled_at IS NULL") == 1


def test_two_who_add_the_same_list_at_once_add_it_once(hub: Stand) -> None:
    lines = "\n".join(f"Guest {i}; ; Full Festival Pass; 1" for i in range(20))
    barrier, added = Barrier(4), list[int]()

    def work() -> None:
        barrier.wait()
        added.append(add(hub, lines))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(added) == [0, 0, 0, 20]
    assert hub.one("SELECT count(*) FROM guests WHERE cancelled_at IS NULL") == 20
    assert verify(hub.database).problem is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("; a@example.org; Full Festival Pass; 1", "The name is missing"),
        ("Ana; ; Full Festival Pas; 1", "There is no “Full Festival Pas”"),
        ("Ana; ; ; 1", "It says no ticket"),
        ("Ana; ; Full Festival Pass; 0", "from 1 to 500"),
        ("Ana; ; Full Festival Pass; 1.5", "from 1 to 500"),
        ("Ana; ; Full Festival Pass; 1; pigeon", "neither mail nor will call"),
        ("Ana; ; Full Festival Pass; 1; mail", "no e-mail address to mail"),
        ("Ana; ; Full Festival Pass; 1; will call; Press; and more", "more fields"),
        ("Ana; ; Full Festival Pass\nana ; ; full festival pass; 3", "guest of line 1 again"),
    ],
)
def test_a_line_that_can_not_be_used_says_why(hub: Stand, line: str, words: str) -> None:
    with hub.database.reading() as connection:
        checked = check(connection, EVENT, line, "Artist")

    assert any(words in str(wrong) for each in checked.wrong for wrong in each.wrong)


def test_a_guest_with_another_number_of_tickets_is_said_and_not_added(hub: Stand) -> None:
    add(hub, "Ana; ; Full Festival Pass; 2")

    with hub.database.reading() as connection:
        checked = check(connection, EVENT, "Ana; ; Full Festival Pass; 3", "Artist")

    assert "with 2 tickets" in str(checked.lines[0].wrong[0])


def test_more_than_there_are_places_is_refused_with_words_and_nobody_is_added(hub: Stand, office: Office) -> None:
    lines = "\n".join(f"Crowd {i}; ; Full Festival Pass; 500" for i in range(9))
    free, facts = hub.one(FREE, EVENT, "friday"), hub.one("SELECT count(*) FROM facts")

    page = form(office, "/guests", lines=lines, held_for="Artist")

    assert "There are not so many places left." in page
    assert "4500 needed" in page
    assert (hub.one(FREE, EVENT, "friday"), hub.one("SELECT count(*) FROM facts")) == (free, facts)


def test_a_guest_who_is_cancelled_gives_the_places_back_and_can_be_added_again(hub: Stand, office: Office) -> None:
    free = hub.one(FREE, EVENT, "saturday")
    add(hub, "Rosa Perez; ; Full Festival Pass; 3")
    (order_id,) = of(hub, "Rosa Perez", "o.id")

    form(office, f"/guests/{order_id}/cancel", why="can't come")

    assert hub.one(FREE, EVENT, "saturday") == free
    assert hub.one("SELECT count(*) FROM tickets WHERE order_id = %s AND status = 'valid'", order_id) == 0
    assert hub.sql("SELECT cancelled_why FROM guests WHERE order_id = %s", order_id) == [("can't come",)]
    with pytest.raises(NotCancelled):
        GuestList(hub.hub, hub.refunds).cancel(str(order_id), "", "7")
    assert add(hub, "Rosa Perez; ; Full Festival Pass; 3") == 1
    assert verify(hub.database).problem is None


def test_the_page_shows_who_did_what(hub: Stand, office: Office) -> None:
    form(office, "/guests", lines="Luis Prado; ; Full Festival Pass; 1", held_for="Volunteer")
    (order_id,) = of(hub, "Luis Prado", "o.id")
    form(office, f"/guests/{order_id}/cancel", why="ill")

    page = html.unescape(office.page("/guests"))

    trail = page[page.index("What was done") :]
    assert re.search(r"Luis Prado</a> taken off the list, ill<span class=\"quiet\">office@example.org", trail)
    assert re.search(r"Luis Prado</a> put on the list, Volunteer<span class=\"quiet\">office@example.org", trail)


def test_above_the_budget_somebody_must_say_that_it_may_be_more(hub: Stand) -> None:
    with hub.database.reading() as connection:
        given = comps_given(connection, EVENT)
    load_event(hub.hub, {**FEST, "comps": {"per_event": given + 3}})
    add(hub, "Ana; ; Full Festival Pass; 2")

    with pytest.raises(NothingAdded, match="2 tickets more"):
        add(hub, "Ben; ; Full Festival Pass; 3")

    assert add(hub, "Ben; ; Full Festival Pass; 3", more=True) == 1
    with hub.database.reading() as connection:
        assert comps_given(connection, EVENT) == given + 5


def test_the_command_checks_adds_lists_and_cancels(
    hub: Stand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POSTGRES_URL", hub.database.url)
    monkeypatch.setenv("HUB_MASTER_KEY", "ab" * 32)
    file = tmp_path / "guests.csv"
    file.write_text("name;e-mail;what\nAna;;Full Festival Pass\nBen;;Nothing\n", encoding="utf-8-sig")

    codes = [
        main(["guests", "check", str(file), "--event", EVENT, "--held-for", "Press"]),
        main(["guests", "add", str(file), "--event", EVENT, "--held-for", "Press"]),
        main(["guests", "add", str(file), "--event", EVENT, "--held-for", "Press", "--leave-out-wrong"]),
    ]
    (number,) = of(hub, "Ana", "o.order_number")
    codes += [main(["guests", "list", "--event", EVENT]), main(["guests", "cancel", str(number), "--event", EVENT])]

    said = capsys.readouterr()
    assert codes == [1, 1, 1, 0, 0]
    assert "line 3: There is no “Nothing”" in said.out
    assert f"{number}  Ana: 1 × Full Festival Pass, Press" in said.out
    assert hub.one("SELECT count(*) FROM guests WHERE cancelled_at IS NULL") == 0


def test_who_may_only_look_adds_nobody(hub: Stand) -> None:
    viewer = Office.open(hub, Role.VIEWER)
    page = viewer.page("/guests")
    viewer.http.close()

    assert "Guest list" in page
    assert "Add guests" not in page


@pytest.fixture
def till(hub: Stand, tmp_path: Path) -> Iterator[Found]:
    hub.sql("DELETE FROM attempts")
    found = Found(hub, tmp_path)
    found.till.pair(hub.base_url, hub.code())
    found.till.choose_event(EventId(EVENT))
    yield found
    found.till.close()


def test_a_till_without_a_network_finds_a_guest_and_hands_the_tickets_over_with_a_look(hub: Stand, till: Found) -> None:
    add(hub, "Orquesta Luz; booking@luz.example; Full Festival Pass; 6; will call", held_for="Artist")
    (order_id, number) = of(hub, "Orquesta Luz", "o.id, o.order_number")
    till.till.sync_now()
    till.connections.cable.is_cut = True

    found = till.till.find_orders("luz", 20)
    till.till.collect(OrderId(str(order_id)), Seen.PHOTO_ID)

    (order,) = found.orders
    assert (order.number, order.ticket_count, order.total, order.paid) == (number, 6, order.paid, order.total)
    assert order.note == "Artist"
    till.connections.cable.is_cut = False
    till.till.sync_now()
    assert hub.one("SELECT collected_as FROM orders WHERE id = %s", order_id) == "photo_id"


def test_a_till_counts_comps_of_the_list_and_of_its_own_and_above_the_limit_wants_an_organizer(
    hub: Stand, till: Found
) -> None:
    with hub.database.reading() as connection:
        given = comps_given(connection, EVENT)
    load_event(hub.hub, {**FEST, "comps": {"per_event": given + 3}})
    people = [hire(hub, "Ana", StaffRole.SUPERVISOR, "4071"), hire(hub, "Mo", StaffRole.ORGANIZER, "5192")]
    add(hub, "Guest; ; Full Festival Pass; 2")
    till.till.sync_now()
    till.till.sign_in(people[0], "4071")
    comp = Reduction(Off.COMP, "Artist")

    allowed = till.till.allow(comp, Extent(100), 1)
    till.till.sell_for_cash(Cart((CartLine(ProductId("social"), 1, reduction=allowed),)), Money(0, Currency("USD")))

    assert till.till.comps_given() == CompsGiven(given + 3, 1)
    with pytest.raises(NeedsApproval) as asked:
        till.till.allow(comp, Extent(100), 1)
    assert asked.value.right is Right.OVER_BUDGET
    with pytest.raises(NeedsApproval):
        till.till.sell_for_cash(Cart((CartLine(ProductId("social"), 1, reduction=comp),)), Money(0, Currency("USD")))
    approval = till.till.approve(Right.OVER_BUDGET, "5192")
    assert till.till.approved(approval, lambda: till.till.allow(comp, Extent(100), 1)).approved_by == people[1]
    with hub.database.transaction() as connection:
        for each in people:
            staff.end(hub.hub, connection, each, "7")
