"""Organizers read their pages in the language of their browser, or in the one that they chose; a page speaks one."""

from collections.abc import Iterator

import httpx
import pytest

from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import Office
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket
SPANISH = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}
TITLES = {
    "/reports": ("Sales report", "Informe de ventas"),
    "/dashboard": ("Dashboard", "Panel"),
    "/orders": ("Orders", "Pedidos"),
    "/control": ("Control", "Control"),
    "/tills": ("Tills", "Cajas"),
    "/exceptions": ("Problems", "Problemas"),
    "/notices": ("Notices", "Avisos"),
    "/tills/key": ("Stripe key of all tills", "Clave de Stripe de todas las cajas"),
    "/control/web/stop": ("Stop Tickets on the web?", "¿Detener Boletos en la web?"),
}


@pytest.fixture
def office(hub: Stand) -> Iterator[Office]:
    office = Office.open(hub)
    yield office
    office.http.close()


@pytest.fixture
def stranger(hub: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.base_url, headers=SPANISH, timeout=30) as stranger:
        yield stranger


@pytest.mark.parametrize("path", TITLES)
def test_a_page_is_in_the_language_of_the_browser(office: Office, path: str) -> None:
    english, spanish = TITLES[path]

    pages = office.http.get(path), office.http.get(path, headers=SPANISH)

    for page, language, title in zip(pages, ("en", "es"), (english, spanish), strict=True):
        assert f'<html lang="{language}">' in page.text
        assert f"<h1>{title}</h1>" in page.text
    assert "Salir</button>" in pages[1].text


def test_what_was_chosen_counts_more_than_the_browser(office: Office) -> None:
    chosen = office.http.get("/language/es", params={"here": "orders"})

    assert (chosen.status_code, chosen.headers["location"]) == (303, "/orders")
    assert "<h1>Pedidos</h1>" in office.page("/orders")


@pytest.mark.parametrize("here", ["//evil.example", "/evil", "https:evil", "\\\\evil", "orders/../x", "a\r\nb"])
def test_the_choice_leads_nowhere_else(office: Office, here: str) -> None:
    answer = office.http.get("/language/es", params={"here": here})

    assert answer.status_code == 422


def test_a_language_that_nobody_speaks_changes_nothing(stranger: httpx.Client) -> None:
    answer = stranger.get("/language/xx")

    assert (answer.status_code, answer.headers.get("set-cookie")) == (303, None)


def test_pairing_keeps_the_code_when_the_language_is_chosen(stranger: httpx.Client) -> None:
    page = stranger.get("/pair", params={"code": "8GAY-EVA4"}).text
    back = stranger.get("/language/en", params={"here": "pair?code=8GAY-EVA4"}).headers["location"]

    assert "Escribe este código en la caja: 8GAY-EVA4" in page
    assert 'href="/language/en?here=pair%3Fcode%3D8GAY-EVA4"' in page
    assert "Type this code into the till: 8GAY-EVA4" in stranger.get(back).text


def test_what_is_wrong_at_signing_in_is_told_in_the_same_language(hub: Stand, stranger: httpx.Client) -> None:
    hub.sql("DELETE FROM attempts")
    form = stranger.get("/sign-in").text
    csrf = form.split('name="csrf" value="', 1)[1].split('"', 1)[0]

    wrong = stranger.post("/sign-in", data={"csrf": csrf, "email": "ana@example.org", "password": "not this one"})
    old = stranger.post("/sign-in", data={"csrf": "x", "email": "ana@example.org", "password": "not this one"})
    gone = stranger.get("/sign-in/link/nothing")

    assert "<h1>Entrar</h1>" in form
    assert "El formulario era demasiado antiguo. Inténtalo de nuevo." in old.text
    assert "Este enlace ya se usó o es demasiado antiguo." in gone.text
    assert "E-mail or password are wrong." not in wrong.text
    assert '<p class="error" role="alert">' in wrong.text


def test_orders_are_told_with_their_states_and_times_in_spanish(hub: Stand, shopper: Shopper, office: Office) -> None:
    bought = shopper.buy("social").json()
    hub.sessions.pay(bought["sessionId"])
    hub.checkouts.settle_session(bought["sessionId"])

    page = office.http.get("/orders", params={"q": bought["orderNumber"]}, headers=SPANISH).text

    assert f"1 pedido coincide con “{bought['orderNumber']}”." in page
    assert '<span class="tag ok">completado</span>' in page
    assert not any(half in page for half in (" am<", " pm<", "Times are"))


def test_a_till_and_its_key_are_told_in_spanish_and_the_choice_of_a_language_stays_there(
    hub: Stand, office: Office
) -> None:
    till = hub.door().me.device_id
    path = f"/tills/{till}/key"

    page = office.http.get(path, headers=SPANISH).text
    wrong = office.http.post(path, data={"csrf": office.hidden(path, "csrf"), "key": "sk_live_x"}, headers=SPANISH)

    assert "Clave de Stripe de till-" in page
    assert not any(words in page for words in ("Give it", "A new key", "restricted", "All tills"))
    assert (wrong.status_code, "Tiene que ser una clave restringida" in wrong.text) == (422, True)
    assert office.http.get("/language/es", params={"here": path[1:]}).headers["location"] == path
    assert office.http.get("/language/es", params={"here": "tills/key"}).headers["location"] == "/tills/key"


def test_an_order_is_told_whole_in_spanish(hub: Stand, shopper: Shopper, office: Office) -> None:
    bought = shopper.buy("social", 2).json()
    hub.sessions.pay(bought["sessionId"])
    hub.checkouts.settle_session(bought["sessionId"])

    page = office.http.get(f"/orders/{bought['orderId']}", headers=SPANISH).text

    assert '<html lang="es">' in page
    for words in ("Pedido en la web", "2 boletos emitidos", "cobrado</span>", "válido</span>", "1 de 2", "Devolución"):
        assert words in page
    assert not any(words in page for words in ("the customer", "Paid $", "issued", "captured", "Stops working", " pm<"))
    assert f'href="/language/en?here=orders/{bought["orderId"]}"' in page
    assert office.http.get("/language/en", params={"here": f"orders/{bought['orderId']}"}).status_code == 303


def test_what_was_bought_is_called_on_the_pages_of_organizers_as_the_event_calls_it_in_their_language(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    bought = shopper.buy_all({"id": "t-shirt", "quantity": 2, "option": "L"}).json()
    hub.sessions.pay(bought["sessionId"])
    hub.checkouts.settle_session(bought["sessionId"])
    path = f"/orders/{bought['orderId']}"
    form = office.http.get(path, headers=SPANISH).text
    wish = {
        "csrf": office.hidden(path, "csrf"),
        "refund_id": "r-2",
        "payment": form.split('name="payment" value="', 1)[1].split('"', 1)[0],
        "what": "parts",
        "parts": "0.0",
    }
    review = office.http.post(f"{path}/refund/review", data=wish, headers=SPANISH).text

    assert all("Camiseta del festival" in page and "Festival T-Shirt" not in page for page in (form, review))
    assert "Festival T-Shirt" in office.page(path)


def test_a_refund_takes_an_amount_with_a_comma_and_says_in_spanish_what_is_wrong(
    hub: Stand, shopper: Shopper, office: Office
) -> None:
    bought = shopper.buy("social").json()
    hub.sessions.pay(bought["sessionId"])
    hub.checkouts.settle_session(bought["sessionId"])
    path = f"/orders/{bought['orderId']}"
    form = office.http.get(path, headers=SPANISH).text
    payment = form.split('name="payment" value="', 1)[1].split('"', 1)[0]

    def look(amount: str) -> httpx.Response:
        wish = {
            "csrf": office.hidden(path, "csrf"),
            "refund_id": "r-1",
            "payment": payment,
            "what": "amount",
            "amount": amount,
        }
        return office.http.post(f"{path}/refund/review", data=wish, headers=SPANISH)

    assert "Devolver $12.50</button>" in look("12,50").text
    assert "De este pago pueden devolverse $25.00 como máximo." in look("1.234,56").text
    assert "Esta cantidad se puede leer de dos maneras." in look("1.234").text
    assert "Escribe un importe como 20 o 12.50, por favor." in look("mucho").text
