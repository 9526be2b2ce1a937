"""Who buys in Spanish gets mail, receipt and tickets in Spanish."""

from collections.abc import Iterator

import httpx
import pymupdf
import pytest

from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import CAMILA

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def http(hub: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.base_url, timeout=30) as http:
        yield http


def buy(hub: Stand, http: httpx.Client, language: str) -> str:
    body = {"items": [{"id": "full-pass", "quantity": 2}], "customerInfo": CAMILA, "language": language}
    bought = http.post("/api/payment/create-checkout-session", json=body).raise_for_status().json()
    hub.sessions.pay(bought["sessionId"])
    hub.checkouts.settle_session(bought["sessionId"])
    hub.until("sent", "SELECT max(status) FROM mails WHERE order_id = %s", bought["orderId"])
    return str(bought["orderId"])


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
    assert "Ver tus boletos" in spanish


def test_a_page_that_is_not_there_says_so_in_the_visitors_language(http: httpx.Client) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "es-MX,es;q=0.9"}

    answer = http.get("/nada", headers=headers)

    assert answer.status_code == 404
    assert "Esta página no existe" in answer.text
    assert '<html lang="es">' in answer.text
