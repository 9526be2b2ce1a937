"""What was changed about configuration and rights: in words, filtered, as a file, in two languages."""

import csv
import io
import re

import pytest

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.payloads.office import Subject
from boxoffice.documents.languages import language
from sync.http.web import audit_words
from sync.ledger.office import note_change
from sync.organizers.audit import KINDS, SUBJECTS
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import EMAIL, Office

pytestmark = pytest.mark.enable_socket
SPANISH = {"Accept-Language": "es"}


def said(page: str) -> list[str]:
    """Returns what stands in the page's lines, each as one text."""
    rows = re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", page, re.DOTALL)
    return [" | ".join(re.sub(r"<[^>]+>", " ", cell).strip() for cell in row.split("</td>")) for row in rows]


def add_person(office: Office, name: str) -> None:
    form = {"csrf": office.hidden("/staff", "csrf"), "name": name, "role": "seller"}
    assert office.http.post("/staff", data=form).status_code == 200


def test_what_organizers_change_is_told_with_who_and_when(hub: Stand, office: Office) -> None:
    add_person(office, "Luis T.")
    till = hub.door().me
    csrf = office.hidden("/tills", "csrf")
    office.http.post(f"/tills/{till.device_id}/revoke", data={"csrf": csrf})
    office.http.post("/control/paypal", data={"csrf": csrf, "share": "40"})

    lines = said(office.page("/audit"))

    expected = (
        "PayPal: 40 of 100 buyers may buy",
        f"Shut out {till.name}",
        f"{till.name} was paired",
        "Set a PIN of Luis T.",
        "Added Luis T. as Seller",
        "Published revision 1 of A Lo Cubano Boulder Fest 2026",
    )
    for words in expected:
        assert any(words in line for line in lines), words
    assert all(EMAIL in line for line in lines if "Luis" in line or "PayPal" in line)
    assert any("by itself" in line and "was paired" in line for line in lines)


@pytest.mark.parametrize(
    ("query", "shows", "hides"),
    [
        ({"about": "staff"}, "Added Mara", "PayPal:"),
        ({"about": "sales"}, "PayPal:", "Added Mara"),
        ({"who": "command line"}, "30 people a minute", "Added Mara"),
        ({"event": "boulder-fest-2026"}, "Published revision", "Added Mara"),
        ({"since": "2999-01-01"}, "Nothing that fits", "Added Mara"),
        ({"until": "1999-01-01"}, "Nothing that fits", "Added Mara"),
        ({"since": "not a day", "about": "no such"}, "Added Mara", "Nothing that fits"),
    ],
)
def test_it_is_filtered(hub: Stand, office: Office, query: dict[str, str], shows: str, hides: str) -> None:
    if not hub.one("SELECT count(*) FROM staff WHERE name = 'Mara'"):
        add_person(office, "Mara")
        office.http.post("/control/paypal", data={"csrf": office.hidden("/control", "csrf"), "share": "100"})
        with hub.database.transaction() as connection:
            note_change(hub.hub, connection, Subject.LINE, "web", "line", "command line", before="0", after="30")
    event = hub.one("SELECT id FROM events")
    query = {name: event if name == "event" else value for name, value in query.items()}

    page = office.http.get("/audit", params=query).text

    assert shows in page
    assert hides not in page


def test_the_file_has_the_same_and_no_cell_of_it_is_a_formula(hub: Stand, office: Office) -> None:
    add_person(office, "=1+1")

    file = office.http.get("/audit.csv", params={"about": "staff"})
    spanish = office.http.get("/audit.csv", params={"about": "staff"}, headers=SPANISH)

    rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert file.content.startswith(b"\xef\xbb\xbf")
    assert rows[0] == ["Time", "Person", "About", "What", "Event", "Fact"]
    assert {row[2] for row in rows[1:]} == {"People at the tills"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", rows[1][0])
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert "Personas en las cajas" in spanish.text


def test_every_change_that_is_written_has_words_in_both_languages() -> None:
    tables = (audit_words._STAFF, audit_words._OFFICE, audit_words._OTHERS, audit_words.ABOUT)
    words = [each for table in tables for each in table.values()]

    untold = [each for each in words if language("es").say(each) == each]

    assert untold == []
    assert {*KINDS} | {FactKind.OFFICE_CHANGED} == {
        *audit_words._OTHERS,
        FactKind.STAFF_CHANGED,
        FactKind.OFFICE_CHANGED,
        FactKind.GIFT_CARD_BLOCKED,
        FactKind.CONTACTS_ERASED,
    }
    assert set(SUBJECTS) == set(Subject) == {Subject(subject) for subject, _ in audit_words._OFFICE}


def test_what_a_later_version_has_written_is_shown_all_the_same(hub: Stand, office: Office) -> None:
    with hub.database.transaction() as connection:
        note_change(hub.hub, connection, Subject.TILL, "x", "painted", "command line")

    assert any("office_changed painted" in line for line in said(office.page("/audit")))
