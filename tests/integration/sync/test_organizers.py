"""Organizers: invited by mail, proved twice, signed in where they can see it, and ended."""

import re
from collections.abc import Iterator
from threading import Barrier, Thread

import httpx
import pyotp
import pytest

from sync.organizers import accounts, second_factors, steps
from sync.organizers.invitations import Invitations, New
from sync.organizers.organizers import add_organizer
from sync.organizers.roles import Role
from sync.organizers.sessions import Seen
from tests.integration.sync.conftest import Stand
from tests.integration.sync.office import EMAIL, PASSWORD, Office, form_of
from tests.integration.sync.shopper import Shopper

pytestmark = pytest.mark.enable_socket
NEW = "a new password of hers"


@pytest.fixture(autouse=True)
def nobody_tried(hub: Stand) -> None:
    hub.sql("DELETE FROM attempts")
    hub.sql(
        "UPDATE organizers SET totp = NULL, totp_begun = NULL, totp_step = 0, role = 'admin' WHERE email = %s", EMAIL
    )
    hub.sql("DELETE FROM office_settings")
    hub.sql("DELETE FROM recovery_codes")


@pytest.fixture
def stranger(hub: Stand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=hub.base_url, timeout=60) as http:
        yield http


def csrf_of(http: httpx.Client, path: str) -> str:
    return form_of(http.get(path).text)["csrf"][0]


def enter(http: httpx.Client, email: str = EMAIL, password: str = PASSWORD) -> httpx.Response:
    form = {"csrf": csrf_of(http, "/sign-in"), "email": email, "password": password}
    return http.post("/sign-in", data=form)


def invited(hub: Stand, office: Office, email: str, **more: str) -> str:
    """Returns the path of the link that was mailed."""
    form = {"csrf": office.hidden("/organizers", "csrf"), "email": email, "role": "viewer", **more}
    assert office.http.post("/organizers", data=form).status_code == 200
    hub.work()
    found = re.search(r"http\S+(/join/\S+)", next(each.text for each in reversed(hub.mail.sent) if each.to == email))
    assert found is not None
    return found[1]


def with_telephone(hub: Stand, office: Office) -> tuple[pyotp.TOTP, list[str]]:
    """Adds a telephone to the account; returns it, and the recovery codes."""
    csrf = office.hidden("/account", "csrf")
    office.http.post("/account/telephone", data={"csrf": csrf})
    secret = re.search(r'class="secret">([A-Z2-7 ]+)<', office.page("/account"))
    assert secret is not None
    telephone = pyotp.TOTP(secret[1].replace(" ", ""))
    page = office.http.post("/account/telephone/proved", data={"csrf": csrf, "code": telephone.now()})
    assert page.status_code == 200, page.text
    return telephone, re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", page.text)


def a_step_later(hub: Stand) -> None:
    """Half a minute has passed, as far as codes that were taken are concerned."""
    hub.sql("UPDATE organizers SET totp_step = totp_step - 5")


def notes(hub: Stand, what: str) -> int:
    return int(hub.one("SELECT count(*) FROM facts WHERE kind = 'office_changed' AND payload ->> 'what' = %s", what))


def test_somebody_who_is_invited_chooses_a_password_and_has_the_role_that_was_given(
    hub: Stand, office: Office, stranger: httpx.Client
) -> None:
    path = invited(hub, office, "ana@example.org", name="Ana O.", role="finance")
    for _ in range(2):  # looking ends nothing
        assert "ana@example.org" in stranger.get(path).text
    form = {"csrf": csrf_of(stranger, path), "name": "Ana O.", "password": NEW, "again": NEW}

    joined = stranger.post(path, data=form)

    assert (joined.status_code, joined.headers["location"]) == (303, "/account")
    assert "Ana O." in stranger.get("/reports").text
    assert stranger.post("/staff", data={"csrf": "x"}).status_code in (403, 422)
    assert hub.one("SELECT role FROM organizers WHERE email = 'ana@example.org'") == "finance"
    assert stranger.get(path).status_code == 404
    assert (notes(hub, "invited"), notes(hub, "joined")) == (1, 1)
    facts = str(hub.sql("SELECT payload::text FROM facts WHERE kind = 'office_changed'"))
    assert "ana@" not in facts
    assert "Ana" not in facts


def test_nobody_gets_in_by_an_account_that_is_only_invited(hub: Stand, office: Office, stranger: httpx.Client) -> None:
    invited(hub, office, "bo@example.org")

    assert enter(stranger, "bo@example.org", "").status_code in (403, 422)
    mails = len(hub.mail.sent)
    stranger.post("/sign-in/link", data={"csrf": csrf_of(stranger, "/sign-in"), "email": "bo@example.org"})
    hub.work()
    assert len(hub.mail.sent) == mails


def test_a_newer_invitation_ends_the_one_before_and_one_address_has_one_account(
    hub: Stand, office: Office, stranger: httpx.Client
) -> None:
    first = invited(hub, office, "cy@example.org")
    number = hub.one("SELECT id FROM organizers WHERE email = 'cy@example.org'")
    csrf = office.hidden("/organizers", "csrf")

    again = office.http.post("/organizers", data={"csrf": csrf, "email": "CY@example.org", "role": "viewer"})
    office.http.post(f"/organizers/{number}/invite", data={"csrf": csrf})
    hub.work()

    assert again.status_code == 422
    assert "has an account already" in again.text
    assert stranger.get(first).status_code == 404


def test_a_link_that_many_use_at_once_lets_one_in(hub: Stand) -> None:
    with hub.database.transaction() as connection:
        invitations = Invitations(hub.hub, None)
        _, link = invitations.invite(connection, New("race@example.org"), "command line")
    token, start, inside = link.rpartition("/")[2], Barrier(4), list[object]()

    def use() -> None:
        start.wait()
        try:
            inside.append(invitations.accept(token, "", NEW, Seen()))
        except Exception as error:  # noqa: BLE001  # what it was is asked below
            inside.append(error)

    threads = [Thread(target=use) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(type(each).__name__ for each in inside) == ["InvitationOver"] * 3 + ["SignedIn"]


def test_a_password_alone_lets_in_no_more_once_there_is_a_telephone(
    hub: Stand, office: Office, stranger: httpx.Client
) -> None:
    telephone, codes = with_telephone(hub, office)
    a_step_later(hub)

    half = enter(stranger)
    before = stranger.get("/reports").status_code
    form = {"csrf": csrf_of(stranger, "/sign-in/second"), "code": telephone.now()}
    inside = stranger.post("/sign-in/second", data=form)

    assert (half.headers["location"], before) == ("/sign-in/second", 303)
    assert len(codes) == second_factors.CODES
    assert inside.headers["location"] == "/"
    assert stranger.get("/reports").status_code == 200
    assert telephone.secret not in str(hub.sql("SELECT o::text FROM organizers o"))
    assert not any(code in str(hub.sql("SELECT r::text FROM recovery_codes r")) for code in codes)


def test_a_code_is_good_once_whoever_saw_it(hub: Stand, office: Office) -> None:
    telephone, (code, *_) = with_telephone(hub, office)
    a_step_later(hub)
    answers = []
    for said in (telephone.now(), telephone.now(), code, code.upper().replace("-", " ")):
        with httpx.Client(base_url=hub.base_url, timeout=60) as http:
            enter(http)
            form = {"csrf": csrf_of(http, "/sign-in/second"), "code": said}
            answers.append(http.post("/sign-in/second", data=form).status_code)

    assert answers == [303, 403, 303, 403]
    assert notes(hub, "code_used") == 1


def test_a_mailed_link_asks_for_the_second_proof_too(hub: Stand, office: Office, stranger: httpx.Client) -> None:
    with_telephone(hub, office)
    stranger.post("/sign-in/link", data={"csrf": csrf_of(stranger, "/sign-in"), "email": EMAIL})
    hub.work()
    found = re.search(r"http\S+(/sign-in/link/\S+)", hub.mail.sent[-1].text)
    assert found is not None

    used = stranger.post(found[1], data={"csrf": csrf_of(stranger, found[1])})

    assert used.headers["location"] == "/sign-in/second"
    assert stranger.get("/reports").status_code == 303


def test_guessing_codes_is_slow(hub: Stand, office: Office, stranger: httpx.Client) -> None:
    telephone, _ = with_telephone(hub, office)
    a_step_later(hub)
    hub.sql("DELETE FROM attempts")
    enter(stranger)
    tries = [
        stranger.post("/sign-in/second", data={"csrf": csrf_of(stranger, "/sign-in/second"), "code": "000000"})
        for _ in range(5)
    ]

    late = stranger.post(
        "/sign-in/second", data={"csrf": csrf_of(stranger, "/sign-in/second"), "code": telephone.now()}
    )

    assert {each.status_code for each in tries} == {403}
    assert (late.status_code, "Retry-After" in late.headers) == (429, True)


def test_a_half_sign_in_ends_and_is_nobody_elses(hub: Stand, office: Office, stranger: httpx.Client) -> None:
    with_telephone(hub, office)
    enter(stranger)
    hub.sql("UPDATE sign_in_steps SET expires_at = now()")

    assert stranger.get("/sign-in/second").headers["location"] == "/sign-in"
    with hub.database.transaction() as connection, pytest.raises(steps.StepOver):
        steps.take(connection, steps.Purpose.HALF_IN, "anything")


def test_the_telephone_goes_only_by_one_more_code_of_it(hub: Stand, office: Office) -> None:
    telephone, _ = with_telephone(hub, office)
    a_step_later(hub)
    csrf = office.hidden("/account", "csrf")

    wrong = office.http.post("/account/telephone/off", data={"csrf": csrf, "code": "000000"})
    kept = hub.one("SELECT totp IS NOT NULL FROM organizers WHERE email = %s", EMAIL)
    office.http.post("/account/telephone/off", data={"csrf": csrf, "code": telephone.now()})

    assert (wrong.status_code, kept) == (403, True)
    assert hub.one("SELECT totp IS NULL FROM organizers WHERE email = %s", EMAIL)
    assert hub.one("SELECT count(*) FROM recovery_codes WHERE used_at IS NULL") == 0


def test_who_must_prove_twice_sees_nothing_before_but_the_own_account(hub: Stand, office: Office) -> None:
    csrf = office.hidden("/sessions", "csrf")
    office.http.post("/sessions/rules", data={"csrf": csrf, "idle": "60", "second": "all"})

    sent = office.http.get("/reports")
    page = office.page("/account")
    refused = office.http.post("/tills/codes", data={"csrf": csrf, "name": "x"})
    with_telephone(hub, office)

    assert (sent.status_code, sent.headers["location"]) == (303, "/account")
    assert "Add a second proof first." in page
    assert refused.status_code == 403
    assert office.http.get("/reports").status_code == 200


def test_sessions_are_seen_with_their_browsers_and_ended(hub: Stand, office: Office) -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    with httpx.Client(base_url=hub.base_url, headers={"User-Agent": firefox}, timeout=60) as other:
        enter(other)
        page = office.page("/sessions")
        session = hub.one("SELECT id FROM sessions WHERE browser = 'Firefox, Windows'")
        office.http.post(
            "/sessions/end", data={"csrf": office.hidden("/sessions", "csrf"), "session": session, "back": "sessions"}
        )

        assert "Firefox, Windows" in page
        assert other.get("/reports").headers["location"] == "/sign-in"
    assert office.http.get("/reports").status_code == 200


def test_a_viewer_ends_no_session_of_another(hub: Stand, office: Office) -> None:
    viewer = Office.open(hub, Role.VIEWER)
    others = hub.one(
        "SELECT id FROM sessions s WHERE organizer_id = (SELECT id FROM organizers WHERE email = %s)", EMAIL
    )

    page = viewer.page("/sessions")
    answer = viewer.http.post("/sessions/end", data={"csrf": viewer.hidden("/sessions", "csrf"), "session": others})

    viewer.http.close()
    assert answer.status_code == 422
    assert EMAIL not in page.replace(f"viewer-{EMAIL}", "")
    assert office.http.get("/reports").status_code == 200


def test_a_session_that_nobody_uses_ends_by_itself(hub: Stand, office: Office) -> None:
    hub.sql("UPDATE sessions SET last_seen_at = now() - interval '40 minutes'")
    still = office.http.get("/reports").status_code
    csrf = office.hidden("/sessions", "csrf")
    office.http.post("/sessions/rules", data={"csrf": csrf, "idle": "30", "second": "own choice"})
    hub.sql("UPDATE sessions SET last_seen_at = now() - interval '31 minutes'")

    assert still == 200
    assert office.http.get("/reports").headers["location"] == "/sign-in"


def test_another_password_ends_all_other_sessions(hub: Stand) -> None:
    with hub.database.transaction() as connection:
        add_organizer(connection, "dee@example.org", PASSWORD, Role.VIEWER)
    with (
        httpx.Client(base_url=hub.base_url, timeout=60) as here,
        httpx.Client(base_url=hub.base_url, timeout=60) as there,
    ):
        for http in (here, there):
            enter(http, "dee@example.org")
        csrf = csrf_of(here, "/account")
        wrong = here.post("/account/password", data={"csrf": csrf, "old": "nothing", "password": NEW, "again": NEW})
        right = here.post("/account/password", data={"csrf": csrf, "old": PASSWORD, "password": NEW, "again": NEW})

        assert (wrong.status_code, right.status_code) == (403, 200)
        assert here.get("/account").status_code == 200
        assert there.get("/account").headers["location"] == "/sign-in"


def test_the_last_admin_stays_even_if_two_take_the_right_from_each_other(hub: Stand) -> None:
    with hub.database.transaction() as connection:
        for email in ("one@example.org", "two@example.org"):
            add_organizer(connection, email, PASSWORD, Role.ADMIN)
    hub.sql("UPDATE organizers SET role = 'viewer' WHERE email NOT IN ('one@example.org', 'two@example.org')")
    one, two = (hub.one("SELECT id FROM organizers WHERE email = %s", f"{n}@example.org") for n in ("one", "two"))
    start, errors = Barrier(2), list[BaseException]()

    def take(whom: int, by: int) -> None:
        start.wait()
        try:
            with hub.database.transaction() as connection:
                accounts.end(hub.hub, connection, whom, str(by))
        except accounts.LastAdmin as error:
            errors.append(error)

    threads = [Thread(target=take, args=pair) for pair in ((one, two), (two, one))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(errors) == 1
    assert hub.one("SELECT count(*) FROM organizers WHERE role = 'admin' AND status = 'active'") == 1
    hub.sql("UPDATE organizers SET role = 'admin' WHERE email = %s", EMAIL)


def test_who_is_ended_is_out_at_once_and_can_be_invited_back(hub: Stand, office: Office) -> None:
    with hub.database.transaction() as connection:
        add_organizer(connection, "eve@example.org", PASSWORD, Role.FINANCE)
    number = hub.one("SELECT id FROM organizers WHERE email = 'eve@example.org'")
    with httpx.Client(base_url=hub.base_url, timeout=60) as hers:
        enter(hers, "eve@example.org")
        csrf = office.hidden("/organizers", "csrf")
        office.http.post(f"/organizers/{number}/end", data={"csrf": csrf})

        assert hers.get("/reports").headers["location"] == "/sign-in"
        assert enter(hers, "eve@example.org").status_code == 403
    back = office.http.post(f"/organizers/{number}/invite", data={"csrf": csrf})
    assert "The invitation is on its way" in back.text
    assert hub.one("SELECT role FROM organizers WHERE id = %s", number) == "finance"


def test_an_admin_takes_a_lost_second_proof_off(hub: Stand, office: Office) -> None:
    with hub.database.transaction() as connection:
        add_organizer(connection, "flo@example.org", PASSWORD, Role.VIEWER)
    number = hub.one("SELECT id FROM organizers WHERE email = 'flo@example.org'")
    with hub.database.transaction() as connection:
        secret, _ = second_factors.begin_totp(hub.hub, connection, number, "flo@example.org")
        second_factors.prove_totp(hub.hub, connection, number, pyotp.TOTP(secret).now())

    office.http.post(f"/organizers/{number}/second", data={"csrf": office.hidden("/organizers", "csrf")})

    with httpx.Client(base_url=hub.base_url, timeout=60) as hers:
        assert enter(hers, "flo@example.org").headers["location"] == "/"
    assert notes(hub, "second_reset") == 1


def test_a_role_at_one_event_opens_its_sales_and_orders_and_nothing_else(hub: Stand, shopper: Shopper) -> None:
    bought = shopper.buy("social").json()
    hub.sessions.pay(bought["sessionId"])
    hub.checkouts.settle_session(bought["sessionId"])
    order, event = bought["orderId"], hub.one("SELECT id FROM events")
    paths = ("/reports", "/reports.csv", f"/reports?event={event}", f"/orders/{order}", "/orders")
    shut = ("/tills", "/staff", "/audit", "/guests", "/close", f"/tills?event={event}", "/exceptions")
    found: dict[str, list[int]] = {}
    for name, at in (("gil", {event: Role.FINANCE}), ("hal", {"another": Role.ADMIN}), ("ida", {})):
        with hub.database.transaction() as connection:
            add_organizer(connection, f"{name}@example.org", PASSWORD, Role.NONE)
        number = hub.one("SELECT id FROM organizers WHERE email = %s", f"{name}@example.org")
        for where, role in at.items():
            hub.sql("INSERT INTO event_roles VALUES (%s, %s, %s)", number, where, role.value)
        with httpx.Client(base_url=hub.base_url, timeout=60) as theirs:
            enter(theirs, f"{name}@example.org")
            found[name] = [theirs.get(path).status_code for path in paths]
            assert {theirs.get(path).status_code for path in shut} == {403}
            numbered = bought["orderNumber"] in theirs.get("/orders").text
            assert numbered is (name == "gil")
            assert ("Evening Social" in theirs.get(f"/reports?event={event}").text) is (name == "gil")
            if name == "gil":
                csrf = form_of(theirs.get(f"/orders/{order}").text)["csrf"][0]
                assert theirs.post(f"/orders/{order}/renew-link", data={"csrf": csrf}).status_code == 303
                assert theirs.post("/tills/codes", data={"csrf": csrf, "name": "x"}).status_code == 403

    assert found["gil"] == [200] * 5
    assert found["hal"] == [200, 404, 200, 403, 200]
    assert found["ida"] == [403] * 5


def test_a_role_at_an_event_is_given_on_the_page_and_written_down(hub: Stand, office: Office) -> None:
    with hub.database.transaction() as connection:
        add_organizer(connection, "jo@example.org", PASSWORD, Role.VIEWER)
    number, event = (
        hub.one("SELECT id FROM organizers WHERE email = 'jo@example.org'"),
        hub.one("SELECT id FROM events"),
    )
    csrf = office.hidden("/organizers", "csrf")

    office.http.post(f"/organizers/{number}", data={"csrf": csrf, "role": "none", "at": [f"{event}:finance"]})
    unknown = office.http.post(f"/organizers/{number}", data={"csrf": csrf, "role": "none", "at": ["nowhere:admin"]})

    assert hub.one("SELECT role FROM event_roles WHERE organizer_id = %s", number) == "finance"
    assert "Changed the role of jo@example.org at A Lo Cubano Boulder Fest 2026: nothing, then Finance" in office.page(
        "/audit"
    )
    assert unknown.status_code == 422
