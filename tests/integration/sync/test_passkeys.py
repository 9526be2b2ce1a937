"""Passkeys in a real browser, with an authenticator that the browser plays; and what a passkey must not let in."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright

from sync.config import Settings
from sync.organizers.organizers import add_organizer
from sync.organizers.passkeys import NoPasskey, Passkeys
from sync.organizers.roles import Role
from sync.organizers.steps import StepOver
from sync.server import HubServer, listen
from sync.store.database import Database
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import PASSWORD
from tests.outside import ask

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
]
EMAIL = "key@example.org"
_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass(frozen=True)
class House:
    """A hub at a name that passkeys work at."""

    url: str
    database: Database

    def one(self, query: str, *values: object) -> object:
        return ask(self.database.url, query, *values)[0][0]


@pytest.fixture(scope="module")
def house(hub: Stand, settings: Settings) -> Iterator[House]:
    listener, url = listen("127.0.0.1", 0)
    named = f"http://localhost:{urlsplit(url).port}"
    with HubServer.start(settings.model_copy(update={"hub_public_url": named}), at=(listener, url), mail=hub.mail):
        yield House(named, hub.database)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def page(house: House, browser: Browser) -> Iterator[Page]:
    ask(house.database.url, "DELETE FROM attempts")
    ask(house.database.url, "DELETE FROM passkeys")
    with house.database.transaction() as connection:
        add_organizer(connection, EMAIL, PASSWORD, Role.VIEWER)
    page = browser.new_page(base_url=house.url)
    page.set_default_timeout(60_000)
    yield page
    page.close()


def device_of(page: Page) -> tuple[CDPSession, str]:
    """Gives the browser a device that holds passkeys, and whose owner is at it."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    return cdp, cdp.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})["authenticatorId"]


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail", exact=True).fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page) -> str:
    """Adds one; returns a recovery code."""
    sign_in(page)
    page.goto("/account")
    page.get_by_label("What you call it").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    code = page.locator(".codes li").first.text_content() or ""
    page.get_by_role("button", name="Sign out").click()
    return code


def test_somebody_adds_a_passkey_and_signs_in_with_it_and_nothing_else(house: House, page: Page) -> None:
    device_of(page)
    add_passkey(page)

    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/reports")
    page.goto("/account")

    expect(page.locator("#passkeys b")).to_have_text("My laptop")
    expect(page.locator("#sessions")).to_contain_text("passkey · proved twice")
    assert house.one("SELECT sign_count > 0 AND last_used_at IS NOT NULL FROM passkeys") is True


def test_a_password_asks_for_the_passkey_then_or_for_a_recovery_code(house: House, page: Page) -> None:
    device_of(page)
    code = add_passkey(page)

    sign_in(page)
    expect(page.get_by_role("heading", name="Prove it is you")).to_be_visible()
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url("**/reports")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page)
    page.get_by_label("A recovery code").fill(code)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.wait_for_url("**/reports")


def test_a_device_without_the_passkey_is_told_so_and_nothing_happens(page: Page) -> None:
    cdp, device = device_of(page)
    add_passkey(page)
    cdp.send("WebAuthn.clearCredentials", {"authenticatorId": device})

    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert").filter(has_text="No passkey answered.")).to_be_visible()
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_an_owner_who_did_not_show_to_be_there_gets_in_nowhere(page: Page) -> None:
    cdp, device = device_of(page)
    add_passkey(page)
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})

    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert").filter(has_text="No passkey answered.")).to_be_visible()


def test_an_answer_is_good_once_and_only_to_what_was_asked(house: House, page: Page) -> None:
    device_of(page)
    add_passkey(page)
    page.goto("/sign-in")
    page.route("**/sign-in/passkey", lambda route: route.abort())
    with page.expect_request("**/sign-in/passkey") as sent:
        page.get_by_role("button", name="Sign in with a passkey").click()
    form = httpx.QueryParams(sent.value.post_data or "")
    said = form["credential"]
    other = json.loads(said)
    other["response"]["signature"] = other["response"]["signature"][:-8] + "AAAAAAAA"

    answers = []
    with httpx.Client(base_url=house.url, timeout=60) as http:
        for credential in (json.dumps(other), said, "{}", "[" * 50, '{"response": {"clientDataJSON": 5}}'):
            csrf = re.search(r'name="csrf" value="([^"]+)"', http.get("/sign-in").text)
            assert csrf is not None
            answers.append(http.post("/sign-in/passkey", data={"csrf": csrf[1], "credential": credential}).status_code)

    # The first took the question with it, though its signature was not right: the true answer comes too late.
    assert answers == [403] * 5


def test_a_removed_passkey_lets_nobody_in_and_the_password_is_enough_again(house: House, page: Page) -> None:
    device_of(page)
    add_passkey(page)
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/reports")
    page.goto("/account")
    page.get_by_role("button", name="Remove My laptop").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("This passkey lets nobody in here.")

    sign_in(page)

    page.wait_for_url("**/reports")
    assert house.one("SELECT count(*) FROM recovery_codes") == 0


@pytest.mark.parametrize(
    ("url", "are_there"),
    [
        ("https://box.example.org", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", False),
        ("https://203.0.113.7", False),
        ("http://box.example.org", False),
    ],
)
def test_passkeys_are_offered_where_browsers_make_them(hub: Stand, url: str, are_there: bool) -> None:

    assert Passkeys(replace(hub.hub, public_url=url)).are_there is are_there


def test_what_nobody_asked_for_is_refused(hub: Stand) -> None:
    client = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFBQSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3QifQ"
    said = json.dumps({"id": "x", "response": {"clientDataJSON": client}})
    passkeys = Passkeys(hub.hub)

    for ask_for in (passkeys.whose, lambda c, s: passkeys.add(c, 1, s, "")):
        with hub.database.transaction() as connection, pytest.raises((StepOver, NoPasskey)):
            ask_for(connection, said)
