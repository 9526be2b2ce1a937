"""Limits stop who guesses and floods, and neither the guests of a venue's Wi-Fi nor the owner of an account."""

import re
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from sync.config import Settings
from sync.organizers.organizers import SignInRefused, add_organizer, sign_in, unlock
from sync.organizers.sessions import SignedIn
from sync.server import HubServer
from sync.store.limits import TooManyTries
from tests.examples import examples
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import EMAIL, PASSWORD, form_of
from tests.integration.sync.shopper import CAMILA

pytestmark = pytest.mark.enable_socket
WIFI, HOME = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def account(hub: Stand) -> None:
    hub.sql("DELETE FROM attempts")
    with hub.database.transaction() as connection:
        add_organizer(connection, EMAIL, PASSWORD)


@pytest.fixture
def visitor(hub: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.base_url, headers={"X-Forwarded-For": WIFI}, timeout=30) as visitor:
        yield visitor


def try_wrong(hub: Stand, address: str, device: str | None = None) -> type[Exception]:
    try:
        sign_in(hub.hub, EMAIL, "a wrong password", address, device)
    except (SignInRefused, TooManyTries) as error:
        return type(error)
    raise AssertionError("a wrong password was let in")


def csrf_of(visitor: httpx.Client, path: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', visitor.get(path).text)
    assert found is not None
    return found[1]


def sign_in_here(visitor: httpx.Client, password: str = PASSWORD) -> httpx.Response:
    form = {"csrf": csrf_of(visitor, "/sign-in"), "email": EMAIL, "password": password}
    return visitor.post("/sign-in", data=form)


def signed_in(hub: Stand, email: str) -> SignedIn:
    found = sign_in(hub.hub, email, PASSWORD, HOME)
    assert isinstance(found, SignedIn)
    return found


def test_wrong_passwords_from_anywhere_do_not_lock_the_owner_out(hub: Stand) -> None:
    for address in range(60):
        try_wrong(hub, f"203.0.113.{address}")

    assert sign_in(hub.hub, EMAIL, PASSWORD, HOME)


def test_who_guesses_waits_longer_and_longer(hub: Stand) -> None:
    waits = []
    for _ in range(4):
        while try_wrong(hub, WIFI) is SignInRefused:
            pass
        with pytest.raises(TooManyTries) as refused:
            sign_in(hub.hub, EMAIL, PASSWORD, WIFI)
        waits.append(refused.value.retry_after_s)
        past = f"UPDATE attempts SET at = at - interval '{refused.value.retry_after_s + 1} seconds'"
        hub.sql(past)

    assert waits[0] <= 61 < waits[1] <= 901
    assert max(waits) > 3600
    assert sign_in(hub.hub, EMAIL, PASSWORD, WIFI)


def test_while_many_networks_try_each_gets_less_and_none_is_shut_out(hub: Stand) -> None:
    for address in range(50):
        try_wrong(hub, f"203.0.113.{address}")

    assert [try_wrong(hub, WIFI) for _ in range(3)] == [SignInRefused, SignInRefused, TooManyTries]
    assert sign_in(hub.hub, EMAIL, PASSWORD, HOME)


@budget(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tries=st.lists(st.sampled_from([WIFI, HOME, "203.0.113.1", "203.0.113.2"]), max_size=40))
def test_a_browser_that_has_signed_in_before_gets_in_whatever_strangers_tried(hub: Stand, tries: list[str]) -> None:
    hub.sql("DELETE FROM attempts")
    device = signed_in(hub, EMAIL).device
    for address in tries:
        try_wrong(hub, address)

    assert sign_in(hub.hub, EMAIL, PASSWORD, WIFI, device)


def test_a_known_browser_can_not_guess_for_ever_and_a_new_password_makes_it_a_stranger(hub: Stand) -> None:
    device = signed_in(hub, EMAIL).device

    tried = [try_wrong(hub, f"203.0.113.{i}", device) for i in range(11)]
    with hub.database.transaction() as connection:
        unlock(connection, EMAIL)
        add_organizer(connection, EMAIL, f"{PASSWORD} again")
    for _ in range(5):
        try_wrong(hub, WIFI)

    assert tried == [SignInRefused] * 10 + [TooManyTries]
    with pytest.raises(TooManyTries):
        sign_in(hub.hub, EMAIL, f"{PASSWORD} again", WIFI, device)


def test_a_device_of_one_account_is_no_device_of_another(hub: Stand) -> None:
    with hub.database.transaction() as connection:
        add_organizer(connection, "other@example.org", PASSWORD)
    device = signed_in(hub, "other@example.org").device
    for _ in range(5):
        try_wrong(hub, WIFI)

    with pytest.raises(TooManyTries):
        sign_in(hub.hub, EMAIL, PASSWORD, WIFI, device)


def test_the_owner_in_the_attackers_own_network_gets_in_by_a_mailed_link_once(
    hub: Stand, visitor: httpx.Client
) -> None:
    for _ in range(5):
        sign_in_here(visitor, "a wrong password")
    late = sign_in_here(visitor)

    asked = visitor.post("/sign-in/link", data={"csrf": csrf_of(visitor, "/sign-in"), "email": EMAIL})
    hub.until(True, "SELECT count(*) > 0 FROM sign_in_links")  # another test may have asked for one too
    hub.until(
        0, "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_sign_in_link' AND status <> 'succeeded'"
    )
    mail = hub.mail.sent[-1]
    link = re.search(r"/sign-in/link/\S+", mail.text)
    assert link is not None
    looked = [visitor.get(link[0]) for _ in range(2)]
    form = {"csrf": form_of(looked[1].text)["csrf"][0]}
    used = visitor.post(link[0], data=form)
    again = visitor.get(link[0])

    assert (late.status_code, "have a link mailed" in late.text) == (429, True)
    assert (asked.status_code, mail.to) == (200, EMAIL)
    assert [page.status_code for page in looked] == [200, 200]
    assert (used.status_code, used.headers["location"]) == (303, "/")
    assert visitor.get("/reports").status_code == 200
    assert (again.status_code, "was used already" in again.text) == (404, True)


def test_asking_for_a_link_tells_nothing_of_who_has_an_account(hub: Stand, visitor: httpx.Client) -> None:
    before = len(hub.mail.sent)

    pages = [
        visitor.post("/sign-in/link", data={"csrf": csrf_of(visitor, "/sign-in"), "email": email}).text
        for email in (EMAIL, "nobody@example.org")
    ]
    hub.until(
        0, "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_sign_in_link' AND status <> 'succeeded'"
    )

    assert pages[0] == pages[1]
    assert {mail.to for mail in hub.mail.sent[before:]} == {EMAIL}


def test_forty_guests_behind_one_address_have_their_tickets_sent_again(hub: Stand) -> None:
    answers = []
    for guest in range(40):
        with httpx.Client(base_url=hub.base_url, headers={"X-Forwarded-For": WIFI}) as phone:
            form = {"csrf": csrf_of(phone, "/my-tickets"), "email": f"guest-{guest}@example.org"}
            answers.append(phone.post("/my-tickets", data=form).status_code)

    assert answers == [200] * 40


def test_one_mail_box_is_not_filled_from_however_many_networks(hub: Stand) -> None:
    answers = []
    for stranger in range(7):
        with httpx.Client(base_url=hub.base_url, headers={"X-Forwarded-For": f"203.0.113.{stranger}"}) as phone:
            form = {"csrf": csrf_of(phone, "/my-tickets"), "email": CAMILA["email"]}
            answers.append(phone.post("/my-tickets", data=form).status_code)

    assert answers == [200] * 5 + [429] * 2


def test_one_guest_who_mistypes_codes_stops_nobody_else_in_the_venue(hub: Stand, visitor: httpx.Client) -> None:
    def typed(phone: httpx.Client, code: str) -> str:
        return phone.post("/tickets", data={"csrf": csrf_of(phone, "/tickets"), "promo": code}).headers["location"]

    guesses = [typed(visitor, f"WRONG{i}") for i in range(22)]
    with httpx.Client(base_url=hub.base_url, headers={"X-Forwarded-For": WIFI}) as other:
        right = typed(other, "EARLYBIRD")

    assert guesses == ["/tickets?says=promo"] * 20 + ["/tickets?says=guesses"] * 2
    assert right == "/tickets?says=promo-idle"


def test_two_hundred_guests_behind_one_address_look_and_hold_places(hub: Stand, settings: Settings) -> None:
    """With the limits as they are if nobody sets them."""
    names = ("places_per_order", "places_per_address", "holds_per_address", "requests_per_second")
    usual = settings.model_copy(update={name: Settings.model_fields[name].default for name in names})
    body = {"items": [{"id": "saturday-pass", "quantity": 2}]}
    with (
        HubServer.start(usual, sessions=hub.sessions) as server,
        httpx.Client(base_url=server.base_url, headers={"X-Forwarded-For": WIFI}, timeout=60) as guests,
    ):
        looks = {guests.get("/tickets").status_code for _ in range(200)}
        holds = [guests.post("/api/inventory/reserve-tickets", json=body).status_code for _ in range(200)]
        one_more = guests.post("/api/inventory/reserve-tickets", json=body)
        others = guests.post("/api/inventory/reserve-tickets", json=body, headers={"X-Forwarded-For": HOME})

    assert looks == {200}
    assert holds == [200] * 200
    assert one_more.status_code == 429
    assert 0 < int(one_more.headers["retry-after"]) <= 15 * 60
    assert others.status_code == 200
