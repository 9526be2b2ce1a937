"""Stripe keys of tills: one of its own or one for all, taken at the next sync, and ended after a revocation."""

import io
from pathlib import Path

import pytest

from boxoffice.core.wire.protocol import KEY, key_id
from sync.__main__ import main
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door
from tests.integration.sync.office import Office, form_of
from tests.integration.sync.test_handing_over import Found

ENV = "rk_test_till"


@pytest.fixture(autouse=True)
def _as_set_up(hub: Stand) -> None:
    hub.sql("DELETE FROM leaked_keys")
    hub.sql("DELETE FROM till_keys")
    hub.sql("UPDATE devices SET status = 'revoked' WHERE kind = 'till'")


def key_of(door: Door) -> str:
    return str(door.http.get("/api/till/key").raise_for_status().json()["stripe_key"])


def wanted(door: Door) -> str:
    return str(door.feed()["stripe_key_id"])


def says(door: Door, key: str) -> None:
    door.http.get("/api/till/feed", headers={KEY: key_id(key)}).raise_for_status()


def give(office: Office, key: str, door: Door | None = None) -> int:
    path = "/tills/key" if door is None else f"/tills/{door.me.device_id}/key"
    return office.http.post(path, data={"csrf": office.hidden(path, "csrf"), "key": key}).status_code


def revoke(office: Office, door: Door) -> str:
    path = f"/tills/{door.me.device_id}/revoke"
    return office.http.post(path, data=form_of(office.page(path)), follow_redirects=True).text


def test_a_till_gets_its_own_key_and_the_others_go_on_with_theirs(hub: Stand, office: Office) -> None:
    first, second = hub.door(), hub.door()
    assert first.me.stripe_key == ENV

    assert give(office, " rk_live_own1234\n", first) == 303

    assert [key_of(first), key_of(second)] == ["rk_live_own1234", ENV]
    assert [wanted(first), wanted(second)] == [key_id("rk_live_own1234"), key_id(ENV)]
    page = office.page(f"/tills/{first.me.device_id}/key")
    assert "Its own key is rk_live_…1234" in page


def test_a_key_for_all_stands_before_that_of_the_settings_and_new_tills_get_it(hub: Stand, office: Office) -> None:
    before = hub.door()
    give(office, "rk_test_next1")
    give(office, "rk_test_next2")

    assert [key_of(before), hub.door().me.stripe_key] == ["rk_test_next2", "rk_test_next2"]


@pytest.mark.parametrize(
    "key", ["sk_live_abcdef", "pk_test_abcdef", "", "rk_live_", "rk_live_a b", "rk_live_\n<x>", "\u202erk_live_abcd"]
)
def test_what_is_no_restricted_key_is_refused_in_words(hub: Stand, office: Office, key: str) -> None:
    door = hub.door()
    path = f"/tills/{door.me.device_id}/key"

    refused = office.http.post(path, data={"csrf": office.hidden(path, "csrf"), "key": key})

    assert refused.status_code == 422
    assert key_of(door) == ENV


def test_a_key_is_for_one_till_or_for_all_and_never_comes_back(hub: Stand, office: Office) -> None:
    first, second = hub.door(), hub.door()
    give(office, "rk_test_aaaa", first)

    assert [give(office, "rk_test_aaaa", second), give(office, "rk_test_aaaa"), give(office, ENV, second)] == [422] * 3
    revoke(office, first)
    assert give(office, "rk_test_aaaa", second) == 422


def test_no_key_is_readable_in_the_database_or_on_a_page(hub: Stand, office: Office) -> None:
    door = hub.door()
    give(office, "rk_live_secret99", door)
    give(office, "rk_live_shared99")

    kept = str(hub.sql("SELECT k::text, encode(sealed, 'escape') FROM till_keys k")) + str(
        hub.sql("SELECT d::text FROM devices d")
    )
    pages = [office.page(path) for path in ("/tills", "/tills/key", f"/tills/{door.me.device_id}/key")]
    for text in (kept, *pages):
        assert "secret99" not in text
        assert "shared99" not in text


def test_a_till_of_its_own_key_is_revoked_with_one_step_at_stripe(hub: Stand, office: Office) -> None:
    door = hub.door()
    give(office, "rk_live_lost1234", door)
    says(door, "rk_live_lost1234")

    page = revoke(office, door)

    assert "Revoke key rk_live_…1234 at Stripe now" in page
    assert "All tills share this key" not in page
    assert "Its Stripe key rk_live_…1234 still works" in office.page("/tills")
    done = office.http.post(f"/tills/{door.me.device_id}/key/ended", data=form_of(page), follow_redirects=True).text
    assert "ended at Stripe" in done
    assert "still works" not in office.page("/tills")


def test_a_shared_key_is_changed_step_by_step(hub: Stand, office: Office) -> None:
    lost, here, there = hub.door(), hub.door(), hub.door()

    page = revoke(office, lost)
    assert "a revoked till still knows it" in page
    assert "It is revoked at Stripe" not in page
    office.http.post(f"/tills/{lost.me.device_id}/key", data={**form_of(page), "key": "rk_test_new12"})
    says(here, "rk_test_new12")
    path = f"/tills/{lost.me.device_id}/key"
    half = office.page(path)
    says(there, "rk_test_new12")
    whole = office.page(path)

    assert f"Not yet: {there.me.name}." in half
    assert "All 2 tills have it" in whole
    assert "Revoke rk_test_…till at Stripe" in whole
    fields = {"csrf": office.hidden(path, "csrf"), "key_id": key_id(ENV)}
    assert "ended at Stripe" in office.http.post(f"{path}/ended", data=fields, follow_redirects=True).text
    assert [key_of(here), key_of(there)] == ["rk_test_new12"] * 2


def test_a_revoked_till_gets_no_key(hub: Stand, office: Office) -> None:
    door = hub.door()
    revoke(office, door)

    assert door.http.get("/api/till/key").status_code == 401


def test_the_command_reads_the_key_from_standard_input(
    hub: Stand, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    door = hub.door()
    monkeypatch.setenv("POSTGRES_URL", hub.database.url)
    monkeypatch.setenv("HUB_MASTER_KEY", "ab" * 32)
    monkeypatch.setattr("sys.stdin", io.StringIO("rk_live_typed4321\n"))

    code = main(["till-key", door.me.name])

    said = capsys.readouterr()
    assert (code, key_of(door)) == (0, "rk_live_typed4321")
    assert f"{door.me.name} will take rk_live_…4321" in said.out
    assert "typed" not in said.out + said.err


def test_a_till_takes_its_new_key_at_the_next_sync_and_says_so(hub: Stand, office: Office, tmp_path: Path) -> None:
    found = Found(hub, tmp_path)
    found.pair("Keyed")
    device = str(found.till.services.context.device.id)
    assert found.vault.get("stripe_key") == ENV

    give(office, "rk_test_next9")
    found.till.sync_now()
    found.till.sync_now()

    assert found.vault.get("stripe_key") == "rk_test_next9"
    assert found.till.services.readers.terminal.key_id == key_id("rk_test_next9")  # type: ignore[union-attr]
    assert hub.one("SELECT stripe_key_id FROM devices WHERE id = %s", device) == key_id("rk_test_next9")
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"rk_test_next9" not in files
    found.till.close()
