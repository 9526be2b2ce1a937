"""Who buys in Spanish gets shop, mail, receipt and tickets in Spanish, with what the organizer wrote in it."""

import copy
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx
import pymupdf
import pytest

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.event_file import catalogue_from
from sync.inventory.events import load_event
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import CAMILA

pytestmark = pytest.mark.enable_socket
FEST = fest()


@pytest.fixture
def http(hub: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.base_url, timeout=150) as http:
        yield http


@pytest.fixture
def fiesta(hub: Stand) -> dict[str, Any]:
    """An event whose name, T-shirt and sizes are in Spanish too. The shop goes on to sell the other one."""
    data = copy.deepcopy(dict(FEST))
    data["event"] |= {"id": "fiesta", "name": "Cuban Night", "texts": {"es": {"name": "Noche cubana"}}}
    shirt = next(product for product in data["products"] if product["id"] == "t-shirt")
    shirt["texts"] = {"es": {"name": "Camiseta", "options": ["CH", "M", "G", "XG"]}}
    data["products"], data["promos"], data["doors"] = [data["products"][0], shirt], [], {}
    load_event(hub.hub, data)
    hub.sql("UPDATE events SET created_at = '2020-01-01' WHERE id = 'fiesta'")
    return data


def begin(http: httpx.Client, language: str, event_id: str | None = None, **item: Any) -> dict[str, Any]:
    items = [{"id": "full-pass", "quantity": 2, **item}]
    body = {"items": items, "customerInfo": CAMILA, "language": language, "eventId": event_id}
    bought: dict[str, Any] = http.post("/api/payment/create-checkout-session", json=body).raise_for_status().json()
    return bought


def buy(hub: Stand, http: httpx.Client, language: str, event_id: str | None = None, **item: Any) -> str:
    bought = begin(http, language, event_id, **item)
    hub.sessions.pay(bought["sessionId"])
    hub.checkouts.settle_session(bought["sessionId"])
    hub.until("sent", "SELECT max(status) FROM mails WHERE order_id = %s", bought["orderId"])
    http.get("/my-tickets", params={"id": bought["orderId"], "key": bought["accessToken"]})
    return str(bought["orderId"])


def tender_of(hub: Stand, bought: dict[str, Any]) -> str:
    return str(hub.one("SELECT tender_id FROM checkouts WHERE order_id = %s", bought["orderId"]))


def fill_cart(http: httpx.Client, *presses: dict[str, str]) -> None:
    page = http.get("/tickets?lang=es").text
    csrf = page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    for press in presses:
        assert http.post("/tickets", data={"csrf": csrf, **press}).status_code == 303


def read(page: str) -> str:
    """Returns all that a page says to people and to their screen readers."""
    said = re.findall(r'(?:aria-label|placeholder)="([^"]*)"', page)
    return unescape(" ".join([re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page), *said]))


def words_of(pdf: bytes) -> str:
    with pymupdf.open(stream=pdf) as document:  # type: ignore[no-untyped-call]  # it has no types
        return " ".join(page.get_text() for page in document)


def test_mail_and_papers_are_in_the_language_that_was_bought_in(hub: Stand, http: httpx.Client) -> None:
    order_id = buy(hub, http, "es")

    (mail,) = [mail for mail in hub.mail.sent if mail.reference["order_id"] == order_id]
    papers = " ".join(words_of(paper) for paper in mail.attachments.values())

    assert mail.subject == "Tus boletos para A Lo Cubano Boulder Fest 2026"
    assert '<html lang="es">' in mail.html
    assert "Ver tus boletos" in mail.html
    assert "Pase completo del festival" in mail.html
    assert "Todos los talleres y sociales, de viernes a domingo" in mail.text
    assert "Full Festival Pass" not in mail.html + mail.text + papers
    assert "PASE COMPLETO DEL FESTIVAL" in papers  # on the tickets
    assert "Pase completo del festival" in papers  # on the receipt
    assert "15–17 de mayo de 2026" in mail.html
    assert "RECIBO" in papers
    assert "Muestra este código en la entrada." in papers


def test_the_preview_speaks_both_languages(hub: Stand, http: httpx.Client) -> None:
    order_id = buy(hub, http, "en")
    office = Office.open(hub)

    own, english, spanish = (
        office.page(f"/orders/{order_id}/preview{query}") for query in ("", "?language=en", "?language=es")
    )
    office.http.close()

    assert own == english
    assert "View Your Tickets" in english
    assert "Full Festival Pass" in english
    assert "Ver tus boletos" in spanish
    assert "Pase completo del festival" in spanish


def test_the_shop_has_not_a_word_of_the_organizers_own_language_left(http: httpx.Client) -> None:
    fill_cart(http, {"add": "full-pass"}, {"add": "t-shirt", "option": "L"}, {"add": "donation", "amount": "20"})

    page = http.get("/tickets?lang=es").text
    said, english = read(page), read(http.get("/tickets?lang=en").text)

    sold_here = (each for each in catalogue_from(FEST, 1).products if each.kind is not ProductKind.GIFT_CARD)
    for product in sold_here:
        for own, text in ((product.name, product.texts["es"].name), (product.detail, product.texts["es"].detail)):
            assert (text or "") in said
            assert not own or own in english
            assert not own or own not in said
    assert re.findall('<section class="group"><h2>([^<]*)', page) == ["Pases", "Talleres y sociales", "Extras"]
    assert "Añadir Taller de casino" in said
    assert "1 × Camiseta del festival, L" in said


def test_what_is_short_is_named_in_spanish_too(hub: Stand, http: httpx.Client) -> None:
    fill_cart(http, {"add": "rumba-workshop"})
    hub.sql("UPDATE pools SET available = 0, held = held + available WHERE id = 'rumba-workshop'")

    said = read(http.get("/tickets").text)
    hub.sql("UPDATE pools SET available = held, held = 0 WHERE id = 'rumba-workshop'")

    assert "Quedan menos de los que elegiste de: Taller de rumba." in said


def test_pages_of_an_order_speak_to_their_reader_whoever_bought_it(hub: Stand, http: httpx.Client) -> None:
    buy(hub, http, "en")

    pages = {
        path: [read(http.get(f"{path}?lang={code}").text) for code in ("es", "en")]
        for path in ("/my-tickets", "/payment/success")
    }

    for spanish, english in pages.values():
        assert "Pase completo del festival" in spanish
        assert "Full Festival Pass" not in spanish
        assert "Full Festival Pass" in english


def test_the_checkout_page_names_what_is_held_in_spanish(http: httpx.Client) -> None:
    bought = begin(http, "es")
    http.get("/my-tickets", params={"id": bought["orderId"], "key": bought["accessToken"]})

    said = read(http.get("/checkout?lang=es").text)

    assert "2 × Pase completo del festival" in said


def test_the_books_and_the_organizers_keep_the_events_own_language(hub: Stand, http: httpx.Client) -> None:
    order_id = buy(hub, http, "es")
    office = Office.open(hub)

    pages = "".join(office.page(path) for path in (f"/orders/{order_id}", "/reports", "/reports.csv"))
    office.http.close()
    placed = "SELECT payload #>> '{lines,0,name}' FROM facts WHERE kind = 'order_placed' AND payload->>'order_id' = %s"

    assert hub.one(placed, order_id) == "Full Festival Pass"
    assert hub.one("SELECT item_name FROM order_items WHERE order_id = %s", order_id) == "Full Festival Pass"
    assert "Full Festival Pass" in pages
    assert "Pase completo" not in pages


def test_the_payment_page_names_the_lines_in_the_language_that_was_bought_in(hub: Stand, http: httpx.Client) -> None:
    spanish, english = (tender_of(hub, begin(http, code)) for code in ("es", "en"))

    assert [line.name for line in hub.sessions.asked[f"checkout-{spanish}"].lines] == ["2 × Pase completo del festival"]
    assert [line.name for line in hub.sessions.asked[f"checkout-{english}"].lines] == ["2 × Full Festival Pass"]


def test_a_payment_page_that_was_begun_is_asked_for_in_the_same_words_again(
    hub: Stand, http: httpx.Client, fiesta: dict[str, Any]
) -> None:
    body = {"items": [{"id": "full-pass", "quantity": 1}], "customerInfo": CAMILA, "language": "es"}

    def press() -> httpx.Response:
        path = "/api/payment/create-checkout-session"
        return http.post(path, json=body | {"eventId": "fiesta"}, headers={"Idempotency-Key": "pressed-twice"})

    with hub.sessions.losing_answers():
        lost = press()
    made = hub.sessions.creations
    fiesta["products"][0]["texts"] = {"es": {"name": "Pase entero"}}
    load_event(hub.hub, fiesta)
    hub.sql("UPDATE orders SET customer_email = 'other@example.org' WHERE event_id = 'fiesta'")
    bought = press()

    assert (lost.status_code, bought.status_code) == (503, 200)
    assert hub.sessions.creations == made


def test_the_api_answers_with_names_in_the_language_that_is_asked_for(http: httpx.Client) -> None:
    def asked(path: str, language: str) -> str:
        buyer = {"customerInfo": CAMILA} if path == "orders/create" else {}
        body = {"items": [{"id": "full-pass", "quantity": 1}], "language": language, **buyer}
        return http.post(f"/api/{path}", json=body).raise_for_status().text

    paths = ("payment/calculate-total", "inventory/check-availability", "orders/create")
    left = {code: http.get(f"/api/inventory/check-availability?language={code}").text for code in ("en", "es")}
    spanish, english = ([asked(path, code) for path in paths] + [left[code]] for code in ("es", "en"))

    assert all("Pase completo del festival" in answer and "Full Festival Pass" not in answer for answer in spanish)
    assert all("Full Festival Pass" in answer for answer in english)


@pytest.mark.usefixtures("fiesta")
def test_the_event_and_the_size_of_a_shirt_have_spanish_names_too(hub: Stand, http: httpx.Client) -> None:
    order_id = buy(hub, http, "es", "fiesta", id="t-shirt", option="L")
    tickets = buy(hub, http, "es", "fiesta")
    number = hub.one("SELECT order_number FROM orders WHERE id = %s", tickets)

    shirts, passes = ([mail for mail in hub.mail.sent if mail.reference["order_id"] == i] for i in (order_id, tickets))
    entry = http.get("/my-tickets/calendar.ics", params={"order": number}).text

    assert "Camiseta, G" in shirts[0].html
    assert "NOCHE CUBANA" in shirts[0].html
    assert passes[0].subject == "Tus boletos para Noche cubana"
    assert "SUMMARY:Noche cubana" in entry
    assert f"DESCRIPTION:Pedido {number}. Tus boletos: " in entry
    assert hub.one("SELECT payload #>> '{lines,0,option}' FROM facts WHERE payload->>'order_id' = %s LIMIT 1", order_id)


def test_what_was_renamed_since_keeps_the_name_that_it_was_bought_by(
    hub: Stand, http: httpx.Client, fiesta: dict[str, Any]
) -> None:
    order_id = buy(hub, http, "es", "fiesta")
    fiesta["products"][0] |= {"name": "VIP Pass", "texts": {"es": {"name": "Pase VIP"}}}
    load_event(hub.hub, fiesta)

    office = Office.open(hub)
    mail = office.page(f"/orders/{order_id}/preview?language=es")
    office.http.close()

    assert "Full Festival Pass" in mail
    assert "VIP" not in mail


def test_a_page_that_is_not_there_says_so_in_the_visitors_language(http: httpx.Client) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "es-MX,es;q=0.9"}

    answer = http.get("/nada", headers=headers)

    assert answer.status_code == 404
    assert "Esta página no existe" in answer.text
    assert '<html lang="es">' in answer.text


_COMMA_FOR_POINT = re.compile(r"\d,\d{1,2}(?!\d)|\d,\d{3,}\s*%|\$\d{1,3}\.\d{3}(?!\d)|\d\.\d{3},\d")


def test_numbers_are_written_one_way_through_a_whole_spanish_journey(hub: Stand, http: httpx.Client) -> None:
    fill_cart(http, {"add": "t-shirt", "option": "L"}, *[{"add": "full-pass"}] * 8)
    cart = http.get("/tickets").text
    attempt, csrf = (cart.split(f'name="{name}" value="', 1)[1].split('"', 1)[0] for name in ("attempt", "csrf"))
    held = http.post("/checkout", data={"csrf": csrf, "attempt": attempt}, follow_redirects=True).text
    order_id = buy(hub, http, "es", quantity=8)
    number = hub.one("SELECT order_number FROM orders WHERE id = %s", order_id)
    (mail,) = [mail for mail in hub.mail.sent if mail.reference["order_id"] == order_id]

    said = {
        "cart": read(cart),
        "checkout": read(held),
        "my tickets": read(http.get(f"/my-tickets?order={number}").text),
        "mail": read(mail.html),
        "mail as text": mail.text,
        **{name: words_of(paper) for name, paper in mail.attachments.items()},
    }

    assert {name: _COMMA_FOR_POINT.findall(text) for name, text in said.items()} == {name: [] for name in said}
    assert all("$1,200.00" in said[name] for name in ("mail", "mail as text", f"receipt-{number}.pdf"))
    assert "$1,230.00" in said["cart"]
    assert "1.335" in said["cart"] + said["checkout"]
