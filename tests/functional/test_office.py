"""The organizers' pages in a real browser: real problems, a refund from choice to press, and nobody is kept out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from boxoffice.demo.stack import Stack
from boxoffice.demo.troubles import Troubles
from sync.ledger.verify import verify
from tests.functional.backstage import eventually
from tests.functional.phone import browser_path
from tests.functional.shopper import Shopper

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

EVENT = "boulder-fest-2026"
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@dataclass(frozen=True)
class Night:
    """What happened: orders by what is odd about them, and one that went well."""

    well: str
    orders: dict[str, str]


@pytest.fixture(scope="module")
def night(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Night:
    """A hub with a problem of every kind that money makes."""
    troubles = Troubles(stack)
    well, _ = troubles.paid("Camila Ortega", {"full-pass": 2, "t-shirt": 3})
    return Night(
        well,
        {
            "A refund failed": troubles.refund_failed(),
            "A customer disputes a payment at the bank": troubles.disputed(),
            "Paid twice": troubles.paid_twice(tmp_path_factory.mktemp("till")),
            "Paid, but its places are gone": troubles.paid_late(),
            "Refunded in the provider's own dashboard": troubles.refunded_outside(),
        },
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(params=[DESKTOP, PHONE, {**DESKTOP, "java_script_enabled": False}], ids=["desktop", "phone", "plain"])
def organizer(request: pytest.FixtureRequest, browser: Browser, stack: Stack) -> Iterator[Shopper]:
    """Someone who is signed in, at a desk, on the way, and with a browser that runs no scripts."""
    visitor = signed_in(browser, stack, request.param)
    yield visitor
    visitor.context.close()
    assert visitor.complaints == []


def signed_in(browser: Browser, stack: Stack, options: dict[str, Any]) -> Shopper:
    visitor = Shopper(browser.new_context(locale="en-US", **options), stack.addresses.hub_url)
    visitor.open("/sign-in")
    visitor.page.fill("#email", stack.addresses.organizer_email)
    visitor.page.fill("#password", stack.addresses.organizer_password)
    visitor.page.click("main button")
    visitor.page.wait_for_url("**/reports**")
    return visitor


def disputed(stack: Stack) -> str:
    """Returns the page of the dispute."""
    with stack.database.engine.connect() as connection:
        return f"/disputes/{connection.exec_driver_sql('SELECT id FROM disputes').scalars().first()}"


def status(stack: Stack, order_id: str) -> Any:
    with stack.database.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT status FROM orders WHERE id = %s", (order_id,)).scalar_one()


def test_the_inbox_tells_of_each_problem_whom_it_hits_and_what_each_button_does(
    organizer: Shopper, night: Night
) -> None:
    organizer.open("/exceptions")

    for title, order in night.orders.items():
        problem = organizer.page.locator(".problem", has_text=title)
        expect(problem.locator(f'a[href="/orders/{order}"]')).to_be_visible()
    labels = organizer.page.locator(".remedies button").all_inner_texts()
    assert {"Refund $65.00 to the card •••• 4242", "Refund $85.00 again to the card •••• 5126"} <= set(labels)
    assert "Rosa Perez, rosa.perez@example.org" in organizer.page.inner_text("main")
    expect(organizer.page.get_by_role("button", name="Issue 2 tickets")).to_be_disabled()


def test_a_refund_from_the_choice_to_a_double_press(organizer: Shopper, stack: Stack) -> None:
    page, order = organizer.page, Troubles(stack).paid("Camila Ortega", {"full-pass": 2, "t-shirt": 3})[0]
    organizer.open(f"/orders/{order}")
    page.check('[name="what"][value="parts"]')
    for part in ("0.1", "1.0", "1.1"):
        page.check(f'[name="parts"][value="{part}"]')
    page.click("text=See what a refund will do")
    expect(page.locator("main")).to_contain_text("Back to the card •••• 4242")
    expect(page.locator("main")).to_contain_text("Full Festival Pass, 1 of 2")

    page.dblclick("text=Give back $210.00")

    # The second press breaks off the way that the first one took.
    expect(page).to_have_url(re.compile(rf".*/orders/{order}$"), timeout=150_000)
    eventually(lambda: status(stack, order) == "partially_refunded")
    page.reload()
    expect(page.locator("th", has_text="Refund to Card •••• 4242")).to_have_count(1)
    expect(page.locator(".story")).to_contain_text(f"asked for by {stack.addresses.organizer_email}")


@pytest.mark.parametrize("size", [DESKTOP, PHONE, PHONE | {"color_scheme": "dark"}], ids=["desktop", "phone", "dark"])
def test_no_page_of_the_organizers_keeps_anyone_out_or_runs_off_the_screen(
    browser: Browser, stack: Stack, night: Night, size: dict[str, Any]
) -> None:
    organizer = signed_in(browser, stack, size)
    pages = ["/orders", "/orders?q=ortega", "/exceptions", "/exceptions?done=true", "/dashboard", "/control"]
    pages += ["/control/web/stop", "/notices", "/reports", *(f"/orders/{each}" for each in night.orders.values())]
    pages += ["/cancel", *(f"/cancel?event={EVENT}&kind={each}" for each in ("event", "day", "product"))]
    pages += [f"/cancel/move?event={EVENT}", f"/cancel/move?event={EVENT}&first=2031-05-16&until=2031-05-01"]
    pages += ["/reports?span=today&channel=web", "/close", "/taxes", "/gift-cards", "/disputes", disputed(stack)]
    barriers: list[str] = []
    too_wide: list[str] = []

    def look() -> None:
        barriers.extend(organizer.barriers())
        if organizer.is_too_wide():
            too_wide.append(organizer.page.url)

    for path in pages:
        organizer.open(path)
        look()
    organizer.open("/reports")
    for menu in organizer.page.locator(".menu").all():
        menu.locator("summary").click()
        look()
        menu.locator("summary").click()
    organizer.open("/tills")
    look()
    organizer.page.click("td a >> text=Revoke")
    look()
    organizer.open(f"/orders/{night.well}")
    organizer.page.check('[name="what"][value="parts"]')
    look()
    organizer.page.click("text=See what a refund will do")
    expect(organizer.page.locator("[role=alert]")).to_have_text("Choose at least one thing that was bought.")
    look()
    organizer.page.check('[name="what"][value="all"]')
    organizer.page.click("text=See what a refund will do")
    expect(organizer.page.locator("button", has_text="Give back")).to_be_visible()
    look()

    organizer.context.close()
    assert (barriers, too_wide) == ([], [])


def test_the_books_agree_after_all_of_it(stack: Stack) -> None:
    assert verify(stack.database).problem is None
