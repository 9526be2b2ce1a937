"""Pairing: a code works once and not for long, and says nothing to those who guess."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.tills.pairing import revoke
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door


@pytest.fixture(autouse=True)
def _no_tries_yet(hub: Stand) -> None:
    hub.sql("DELETE FROM attempts")


def ask(hub: Stand, code: str, **more: object) -> httpx.Response:
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    return httpx.post(f"{hub.base_url}/api/till/pair", json={"code": code, "public_key": key, **more})


def test_a_code_pairs_a_till_and_hands_it_its_name_token_and_stripe_key(hub: Stand) -> None:
    answer = ask(hub, hub.code("Main door")).json()

    assert (answer["name"], answer["stripe_key"]) == ("Main door", "rk_test_till")
    assert hub.sql("SELECT status, kind FROM devices WHERE id = %s", answer["device_id"]) == [("active", "till")]


def test_the_hub_keeps_neither_the_code_nor_the_token(hub: Stand) -> None:
    code = hub.code()

    token = ask(hub, code).json()["token"]

    kept = str(hub.sql("SELECT d::text FROM devices d")) + str(hub.sql("SELECT c::text FROM pairing_codes c"))
    assert token not in kept
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_case_spaces_and_dashes_of_a_code_do_not_matter(hub: Stand) -> None:
    code = hub.code()

    answer = ask(hub, f" {code.replace('-', ' ').lower()} ")

    assert answer.status_code == 200


def test_a_code_works_once(hub: Stand) -> None:
    code = hub.code()
    ask(hub, code)

    again = ask(hub, code)

    assert again.status_code == 403
    assert again.json()["error"] == "This pairing code is not valid. Ask an organizer for a new one."


def test_a_code_works_once_however_many_tills_use_it_at_the_same_moment(hub: Stand) -> None:
    code = hub.code()

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: ask(hub, code).status_code, range(6)))

    assert sorted(answers) == [200, 403, 403, 403, 403, 403]


def test_unknown_used_and_expired_codes_get_the_same_plain_refusal(hub: Stand) -> None:
    expired, used = hub.code(), hub.code()
    hub.sql("UPDATE pairing_codes SET expires_at = now() - interval '1 second' WHERE used_at IS NULL AND name IS NULL")
    used = hub.code()
    ask(hub, used)

    answers = [ask(hub, code) for code in ("AAAA-BBBB", used, expired, "")]

    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.json()["error"] for answer in answers}) == 1


def test_whoever_guesses_is_told_to_wait(hub: Stand) -> None:
    answers = [ask(hub, f"WRONG-{i}") for i in range(61)]

    assert [answer.status_code for answer in answers] == [403] * 60 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 301
    assert ask(hub, hub.code()).status_code == 429


def test_any_number_of_tills_can_be_paired_one_after_the_other(hub: Stand) -> None:
    answers = [ask(hub, hub.code()).status_code for _ in range(12)]

    assert set(answers) == {200}


def test_tills_never_share_a_name_because_cash_accounts_go_by_it(hub: Stand) -> None:
    codes = [hub.code("Bar") for _ in range(5)]

    with ThreadPoolExecutor(5) as threads:
        names = list(threads.map(lambda code: ask(hub, code).json()["name"], codes))

    assert sorted(names) == ["Bar", "Bar-2", "Bar-3", "Bar-4", "Bar-5"]


def test_a_key_that_is_none_is_refused_with_its_place_and_the_code_stays_good(hub: Stand) -> None:
    code = hub.code()

    refused = ask(hub, code, public_key="xyz")

    assert (refused.status_code, refused.json()["details"][0]["place"]) == (422, "public_key")
    assert ask(hub, code).status_code == 200


def test_a_till_of_another_age_is_told_to_update(hub: Stand) -> None:
    assert ask(hub, hub.code(), protocol=99).status_code == 426


def test_a_revoked_till_is_out_at_once(hub: Stand, door: Door) -> None:
    with hub.database.transaction() as connection:
        was_there = revoke(connection, door.me.device_id)

    assert was_there
    assert door.http.get("/api/till/events").status_code == 401


def test_organizers_see_when_a_till_was_last_heard_of(hub: Stand, door: Door) -> None:
    door.feed()

    assert hub.one("SELECT last_seen_at > now() - interval '1 minute' FROM devices WHERE id = %s", door.me.device_id)
