"""Events made and changed in the browser: from an empty hub, as a draft that is checked, and published in one step."""

import html
import re
import tomllib
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.event_file import catalogue_from
from boxoffice.core.payloads.leases import LeaseReturned
from boxoffice.core.tickets import Issuer
from boxoffice.core.wire.pairing import PairAnswer
from sync.config import Settings
from sync.editing import drafts, publishing
from sync.editing.drafts import SavedMeanwhile
from sync.inventory.events import load_event
from sync.ledger.hub import Hub
from sync.ledger.verify import verify
from sync.organizers.roles import Role
from sync.server import HubServer
from sync.store.chain import new_id
from sync.store.database import Database
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.integration.sync.fakes import FakeMail, FakeSessions
from tests.integration.sync.office import Office, form_of
from tests.integration.sync.test_events import small

pytestmark = pytest.mark.enable_socket

NEW = {
    "name": "Noche de Rueda",
    "first_day": "2097-06-12",
    "last_day": "2097-06-13",
    "venue": "Courtyard",
    "address": "1 Pearl St",
    "city": "Boulder, CO 80302",
    "timezone": "America/Denver",
    "currency": "USD",
}
ID = "noche-de-rueda"


@pytest.fixture(scope="module")
def hub(settings: Settings) -> Iterator[Stand]:
    """A hub with nothing in it."""
    sessions, mail = FakeSessions(), FakeMail()
    with HubServer.start(settings, sessions=sessions, mail=mail) as server:
        database = Database(settings.database(), 10)
        stand = Stand(
            server.base_url, database, Hub.open(settings, database, server.base_url, "second"), sessions, mail
        )
        yield stand
        for door in stand.doors:
            door.http.close()
        database.close()


@pytest.fixture(scope="module")
def owner(hub: Stand) -> Iterator[Office]:
    office = Office.open(hub)
    yield office
    office.http.close()


def put(office: Office, path: str, **fields: str) -> str:
    """Fills in a page's form as a browser does, with these fields, and presses its button."""
    page = office.page(path)
    form = page[page.index('id="panel"') if 'id="panel"' in page else page.index("<main") :]
    sent: dict[str, list[str]] = dict(form_of("<main" + form))
    for tag in re.findall(r"<input(?![^>]*type=\"(?:hidden|checkbox)\")[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is not None:
            sent[name[1]] = [html.unescape(value[1]) if value else ""]
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        sent[name] = [html.unescape(chosen[1]) if chosen else ""]
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[name] = [html.unescape(text)]
    for name, value in re.findall(r'type="checkbox" name="([^"]*)" value="([^"]*)" checked', form):
        sent.setdefault(name, []).append(value)
    answer = office.http.post(path, data={**sent, **{name.replace("__", "/"): said for name, said in fields.items()}})
    assert answer.status_code == 303, answer.text
    return html.unescape(answer.text)


def publish(office: Office, event_id: str, status: int = 303) -> str:
    page = office.page(f"/events/{event_id}/publish")
    form = page[page.index('class="foot-bar"') :]
    answer = office.http.post(f"/events/{event_id}/publish", data=form_of("<main" + form))
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def on_sale(event_id: str) -> dict[str, Any]:
    """Returns a small event that is sold whatever the date is."""
    event = small(event_id)
    event["products"][0]["sale_ends"] = "2099-12-31"
    return event


def till_of(hub: Stand) -> Door:
    """Returns a till that was paired, and knows of no event."""
    hub.sql("DELETE FROM attempts")
    key, http = Ed25519PrivateKey.generate(), httpx.Client(base_url=hub.base_url, timeout=150)
    body = {"code": hub.code(), "public_key": key.public_key().public_bytes_raw().hex()}
    me = PairAnswer.model_validate(http.post("/api/till/pair", json=body).raise_for_status().json())
    http.headers["Authorization"] = f"Bearer {me.token}"
    nothing = catalogue_from(small("nothing"), 1)
    hub.doors.append(Door(http, me, key, nothing, Issuer(key, b"")))
    return hub.doors[-1]


def csrf(office: Office) -> str:
    return office.hidden("/events/new", "csrf")


def test_an_empty_hub_says_what_to_do_first_and_pairs_a_till_that_waits(hub: Stand, owner: Office) -> None:
    home = owner.http.get("/", follow_redirects=True)
    code = owner.http.post("/tills/codes", data={"csrf": owner.hidden("/tills", "csrf")}).text

    assert home.url.path == "/events"
    assert ("What to do first" in home.text, "/events/new" in home.text) == (True, True)
    assert re.search(r'class="code">[^<]+<', code)
    assert till_of(hub).http.get("/api/till/events").json() == []
    assert httpx.get(f"{hub.base_url}/tickets").text.count("Nothing on sale") > 0


def test_a_festival_is_set_up_from_nothing_and_sold(hub: Stand, owner: Office) -> None:
    made = owner.http.post("/events/new", data={"csrf": csrf(owner), **NEW})
    base = f"/events/{ID}"
    put(owner, f"{base}/basics", days__0__starts="19:00", days__0__ends="02:00", event__texts__es__name="Noche")
    put(owner, f"{base}/taxes", event__place="boulder-city")
    put(owner, f"{base}/places", **{"pools__+__name": "Dance floor", "pools__+__capacity": "160"})
    adding = {"add-name": "Night Pass", "add-kind": "ticket", "add-category": "Tickets", "do": "add"}
    at = form_of(owner.page(f"{base}/products")) | adding
    added = owner.http.post(f"{base}/products", data=at)
    product = "products__night-pass__"
    half = owner.page(f"{base}/publish")
    assert 'button class="p" disabled' in half
    more = {f"{product}price_minor": "25", f"{product}pools__dance-floor": "1", f"{product}most": "4"}
    put(owner, f"{base}/products?product=night-pass", **more)
    shop = owner.page(f"{base}/preview/shop")
    before = httpx.get(f"{hub.base_url}/tickets/{ID}").text
    publish(owner, ID)

    assert (made.headers["location"], added.headers["location"]) == (
        f"{base}/basics",
        f"{base}/products?product=night-pass",
    )
    assert ("Night Pass" in shop, "160 left" in shop, "Nothing on sale" in before) == (True, True, True)
    page = httpx.get(f"{hub.base_url}/tickets/{ID}").text
    assert ("Night Pass" in page, "$25.00" in page, "at most 4" in page) == (True, True, True)
    assert hub.one("SELECT capacity FROM pools WHERE event_id = %s", ID) == 160
    revised = "SELECT payload ->> 'by' FROM facts WHERE kind = 'catalogue_revised' AND event_id = %s"
    assert hub.one(revised, ID) == str(hub.one("SELECT id FROM organizers WHERE role = 'admin'"))
    assert hub.one("SELECT count(*) FROM event_drafts") == 0
    assert verify(hub.database).problem is None


def test_publishing_shows_what_it_changes_and_leaves_out_what_shall_stay(hub: Stand, owner: Office) -> None:
    load_event(hub.hub, small("diff"))
    put(owner, "/events/diff/products?product=night", products__night__price_minor="21.50")
    put(owner, "/events/diff/places", pools__hall__capacity="12")

    page = html.unescape(owner.page("/events/diff/publish"))
    version = owner.hidden("/events/diff/publish", "version")
    left = {"csrf": csrf(owner), "version": version, "path": "pools/hall/capacity"}
    owner.http.post("/events/diff/leave-out", data=left)
    after = html.unescape(owner.page("/events/diff/publish"))
    publish(owner, "diff")

    assert ("$20.00" in page, "$21.50" in page, "Publish 2 changes" in page) == (True, True, True)
    assert "Publish 1 change" in after
    assert hub.one("SELECT capacity FROM pools WHERE event_id = 'diff'") == 10
    assert hub.one("SELECT file -> 'products' -> 0 -> 'price_minor' FROM events WHERE id = 'diff'") == 2150


def test_who_saves_after_another_overwrites_nothing_and_is_shown_both(hub: Stand, owner: Office) -> None:
    load_event(hub.hub, small("two"))
    page = owner.page("/events/two/places")
    mine = form_of(page) | {"pools/hall/name": ["Hall"], "pools/hall/capacity": ["30"]}
    put(owner, "/events/two/places", pools__hall__capacity="20")

    late = owner.http.post("/events/two/places", data=mine)

    assert late.status_code == 409
    text = html.unescape(late.text)
    assert ("Somebody else has saved this event" in text, 'value="30"' in text, "Stands there now: 20" in text) == (
        True,
        True,
        True,
    )
    assert hub.one("SELECT file -> 'pools' -> 0 -> 'capacity' FROM event_drafts WHERE event_id = 'two'") == 20


def test_of_two_who_publish_at_once_one_does(hub: Stand) -> None:
    load_event(hub.hub, small("race"))
    drafts.save(hub.hub, "race", 0, lambda file: {**file, "pools": [{**file["pools"][0], "capacity": 11}]}, "1")
    barrier, done = Barrier(4), list[str]()

    def work() -> None:
        barrier.wait()
        try:
            publishing.publish(hub.hub, "race", 1, 1, "1")
            done.append("published")
        except (SavedMeanwhile, drafts.NoSuchEvent) as error:
            done.append(type(error).__name__)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert done.count("published") == 1
    assert hub.one("SELECT revision FROM events WHERE id = 'race'") == 2


def test_what_was_published_meanwhile_is_kept_beneath_the_draft(hub: Stand, owner: Office) -> None:
    load_event(hub.hub, small("merge"))
    put(owner, "/events/merge/places", pools__hall__capacity="14")
    load_event(hub.hub, small("merge", name="Another name"))

    page = owner.page("/events/merge/publish")
    publish(owner, "merge")

    assert "1 revision was published while you worked" in page
    assert hub.sql("SELECT name, file -> 'pools' -> 0 -> 'capacity' FROM events WHERE id = 'merge'") == [
        ("Another name", 14)
    ]


def test_places_that_tills_hold_are_asked_back_and_nothing_is_published_before(hub: Stand, owner: Office) -> None:
    load_event(hub.hub, small("leased"))
    door = till_of(hub)
    leased = {"request_id": new_id(), "event_id": "leased", "wanted": {"hall": 8}}
    assert door.http.post("/api/till/leases", json=leased).status_code == 200
    hub.sql("UPDATE devices SET last_seen_at = now() - interval '1 hour' WHERE id = %s", door.me.device_id)
    put(owner, "/events/leased/places", pools__hall__capacity="5")

    said = publish(owner, "leased", 409)

    assert "Hall: 8 with tills" in said
    assert hub.one("SELECT capacity FROM pools WHERE event_id = 'leased'") == 10
    asked = "SELECT units FROM lease_recalls WHERE event_id = 'leased' AND answered_at IS NULL AND ends_at > now()"
    assert hub.one(asked) == 8
    generation = hub.one("SELECT generation FROM device_leases WHERE event_id = 'leased'")
    door.push(door.write_for("leased", LeaseReturned(pool_id="hall", units=8, generation=generation)))
    publish(owner, "leased")
    assert hub.one("SELECT capacity FROM pools WHERE event_id = 'leased'") == 5


def test_a_copy_moves_its_days_hours_and_sales_along_and_leaves_the_event_alone(hub: Stand, owner: Office) -> None:
    event = small("first", days=["2096-05-11"])
    event["hours"] = [{"day": "2096-05-11", "starts": "19:00"}]
    event["products"][0] |= {"detail": "Friday, May 11", "sale_starts": "2096-05-01T09:00:00"}
    load_event(hub.hub, event)

    made = owner.http.post(
        "/events/first/copy", data={"csrf": csrf(owner), "name": "Night second", "first_day": "2096-06-15"}
    )

    assert made.headers["location"] == "/events/night-second/basics"
    (file,) = hub.sql("SELECT file FROM event_drafts WHERE event_id = 'night-second'")[0]
    assert (file["event"]["days"], file["hours"][0]["day"]) == (["2096-06-15"], "2096-06-15")
    assert (file["products"][0]["detail"], file["products"][0]["sale_starts"]) == (
        "Friday, June 15",
        "2096-06-05T09:00:00",
    )
    assert hub.one("SELECT file -> 'event' -> 'days' -> 0 FROM events WHERE id = 'first'") == "2096-05-11"


def test_a_file_goes_out_and_in_again_as_the_same_event(hub: Stand, owner: Office) -> None:
    load_event(hub.hub, small("filed"))
    out = owner.http.get("/events/filed/file")

    again = {"csrf": csrf(owner)}
    assert catalogue_from(tomllib.loads(out.text), 1) == catalogue_from(small("filed"), 1)
    text = out.text.replace('venue = "Avalon Ballroom"', 'venue = "Elsewhere"')
    taken = owner.http.post("/events/import", data=again, files={"file": ("event.toml", text.encode())})
    publish(owner, "filed")

    assert taken.headers["location"] == "/events/filed/publish"
    assert hub.one("SELECT file -> 'event' ->> 'venue' FROM events WHERE id = 'filed'") == "Elsewhere"
    assert owner.http.post("/events/import", data=again, files={"file": ("x.toml", b"a = 1")}).status_code == 422


def test_each_event_has_a_shop_and_a_cart_of_its_own_and_one_page_lists_them(hub: Stand) -> None:
    for name in ("one", "other"):
        load_event(hub.hub, on_sale(f"shop-{name}"))
    with httpx.Client(base_url=hub.base_url, timeout=150, follow_redirects=True) as http:
        front = http.get("/")
        page = http.get("/tickets/shop-one").text
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token is not None
        http.post("/tickets/shop-one", data={"csrf": token[1], "add": "night"})
        one, other = http.get("/tickets/shop-one").text, http.get("/tickets/shop-other").text
        attempt = re.search(r'name="attempt" value="([^"]+)"', one)
        assert attempt is not None
        held = http.post("/checkout", data={"csrf": token[1], "attempt": attempt[1], "event": "shop-one"})

    assert (front.url.path, "/tickets/shop-one" in front.text, "/tickets/shop-other" in front.text) == ("/", True, True)
    assert ("1 × Night" in one, "1 × Night" in other) == (True, False)
    assert "Night shop-one" in held.text
    assert hub.one("SELECT event_id FROM orders ORDER BY created_at DESC LIMIT 1") == "shop-one"


def test_what_is_hidden_held_for_the_door_or_limited_is_sold_so_whoever_asks(hub: Stand) -> None:
    event = on_sale("shelves")
    night = event["products"][0]
    event["products"] += [
        {**night, "id": "secret", "name": "Secret", "code": "FRIENDS"},
        {**night, "id": "door", "name": "At the door", "channels": ["door"]},
        {**night, "id": "table", "name": "Table", "least": 4, "most": 6},
    ]
    load_event(hub.hub, event)

    def order(product: str, count: int = 1, **more: str) -> int:
        body = {"eventId": "shelves", "items": [{"id": product, "quantity": count}], **more}
        return httpx.post(f"{hub.base_url}/api/inventory/reserve-tickets", json=body, timeout=150).status_code

    with httpx.Client(base_url=hub.base_url, timeout=150, follow_redirects=True) as http:
        page = http.get("/tickets/shelves").text
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token is not None
        shown = http.post("/tickets/shelves", data={"csrf": token[1], "promo": "friends"}).text
        table = http.post("/tickets/shelves", data={"csrf": token[1], "add": "table"}).text

    assert ("Secret" in page, "At the door" in page, "Secret" in shown) == (False, False, True)
    assert "4 × Table" in table
    assert (order("secret"), order("door"), order("table", 2), order("table", 7)) == (409, 409, 422, 422)
    assert (order("secret", promoCode="FRIENDS"), order("table", 4)) == (200, 200)


def test_an_archived_event_is_sold_nowhere_and_comes_back_with_one_press(hub: Stand, owner: Office) -> None:
    load_event(hub.hub, on_sale("over"))
    owner.http.post("/events/over/archive", data={"csrf": csrf(owner)})
    gone = httpx.get(f"{hub.base_url}/tickets/over").text
    listed = [event["id"] for event in till_of(hub).http.get("/api/till/events").json()]
    body = {"eventId": "over", "items": [{"id": "night", "quantity": 1}]}
    held = httpx.post(f"{hub.base_url}/api/inventory/reserve-tickets", json=body).status_code
    owner.http.post("/events/over/archive", data={"csrf": csrf(owner), "is_over": "false"})

    assert ("Nothing on sale" in gone, "over" in listed, held) == (True, False, 409)
    assert "Night" in httpx.get(f"{hub.base_url}/tickets/over").text


def test_an_earlier_revision_comes_back_as_a_draft(hub: Stand, owner: Office) -> None:
    load_event(hub.hub, small("back"))
    load_event(hub.hub, small("back", name="Renamed"))
    form = {"csrf": csrf(owner), "version": "0", "number": "1"}

    owner.http.post("/events/back/bring-back", data=form)
    publish(owner, "back")

    assert hub.sql("SELECT name, revision FROM events WHERE id = 'back'") == [("Night back", 3)]
    assert "command line" not in owner.page("/events/back/revisions")


def test_when_a_till_took_a_revision_stands_beside_it(hub: Stand, owner: Office) -> None:
    load_event(hub.hub, small("told"))
    door = till_of(hub)
    before = owner.page("/events/told/publish")
    door.http.get("/api/till/events/told")

    assert "Has it" not in before
    assert "Has it" in owner.page("/events/told/publish")


@pytest.mark.parametrize(
    "path", ["basics", "taxes", "places", "products", "prices", "doors", "rules", "texts", "papers"]
)
def test_who_may_only_look_sees_each_page_and_changes_nothing(hub: Stand, path: str) -> None:
    load_event(hub.hub, small("seen"))
    office = Office.open(hub, Role.VIEWER)

    page = office.http.get(f"/events/seen/{path}")
    answer = office.http.post(f"/events/seen/{path}", data={"csrf": office.hidden("/events", "csrf"), "version": "0"})
    office.http.close()

    assert (page.status_code, answer.status_code) == (200, 403)
    assert "Save to the draft" not in page.text
