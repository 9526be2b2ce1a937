"""What is wrong with a hub's settings is told before it serves anybody, all at once."""

import os
import subprocess
import sys
from typing import get_args

import pytest
from annotated_types import Ge, Le
from pydantic import SecretStr

from boxoffice.core.errors import BadInput
from sync.checkup import check_up
from sync.config import Settings, is_plain_and_remote
from sync.inventory.events import load_event
from sync.setting_forms import FORMS
from tests.fest import fest
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import EVENT
from tests.integration.sync.office import Office

pytestmark = pytest.mark.enable_socket


def wrong(settings: Settings) -> list[str]:
    return [finding.name for finding in check_up(settings) if finding.is_wrong]


def test_good_settings_have_nothing_wrong(database_url: str) -> None:
    good = Settings(
        postgres_url=SecretStr(database_url),
        hub_master_key=SecretStr("ab" * 32),
        stripe_secret_key=SecretStr("sk_test_abc"),
        stripe_webhook_secret=SecretStr("whsec_abc"),
        stripe_till_key=SecretStr("rk_test_abc"),
    )

    assert wrong(good) == []


def test_everything_that_is_wrong_is_told_at_once(database_url: str) -> None:
    bad = Settings(
        postgres_url=SecretStr(database_url.replace("test_checkup", "nowhere")),
        hub_master_key=SecretStr("short"),
        hub_public_url="http://tickets.example.org",
        stripe_secret_key=SecretStr("pk_live_abc"),
        stripe_till_key=SecretStr("rk_test_abc"),
        paypal_client_id="only-this",
        sentry_dsn=SecretStr("here"),
    )

    assert set(wrong(bad)) == {
        "POSTGRES_URL",
        "HUB_MASTER_KEY",
        "HUB_PUBLIC_URL",
        "STRIPE_SECRET_KEY",
        "STRIPE_WEBHOOK_SECRET",
        "PAYPAL_CLIENT_SECRET",
        "PAYPAL_WEBHOOK_ID",
        "SENTRY_DSN",
    }


def test_the_command_says_what_is_wrong_without_the_secret_and_the_hub_does_not_start(database_url: str) -> None:
    environment = {**os.environ, "POSTGRES_URL": database_url, "HUB_MASTER_KEY": "very-private-words"}
    for command in (["check"], ["serve", "--port", "0"]):
        ran = subprocess.run(
            [sys.executable, "-m", "sync", *command],
            env=environment,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )

        assert ran.returncode == 1, ran.stderr
        assert "HUB_MASTER_KEY: must be 64 hex digits" in ran.stdout + ran.stderr
        assert "very-private-words" not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("url", "is_refused"),
    [
        ("postgresql://hub@db.example/box", True),
        ("postgresql://hub@db.example/box?sslmode=prefer", True),
        ("postgresql://hub@127.0.0.1,db.example/box", True),
        ("postgresql://hub@db.example/box?sslmode=require", False),
        ("postgresql://hub@db.example/box?sslmode=verify-full", False),
        ("postgresql://hub@127.0.0.1:5432/box", False),
        ("postgresql://hub@localhost/box", False),
        ("postgresql:///box?host=/var/run/postgresql", False),
    ],
)
def test_a_database_elsewhere_is_asked_over_tls_only(url: str, *, is_refused: bool) -> None:
    settings = Settings(postgres_url=SecretStr(url))

    assert is_plain_and_remote(url) is is_refused
    if is_refused:
        with pytest.raises(BadInput, match="without TLS"):
            settings.database()
        assert settings.model_copy(update={"postgres_allow_plain": True}).database() == url
    else:
        assert settings.database() == url


ADDRESSES = ("hub_public_url", *(name for name in FORMS if name.endswith(("_base", "_origins"))))
BAD = {
    **dict.fromkeys(FORMS, ("a b", "a\tb", "a\nb", "\x07", "é", "\u202e", "a\u200bb", "x" * 5000, "\udcff")),
    **dict.fromkeys(
        ADDRESSES,
        (
            "a b",
            "www.example.org",
            "ftp://a",
            "https://",
            "https://a?b=c",
            "https://a#b",
            "https://u:p@a",
            "https://-a",
            "https://a..b",
            "https://a:0",
            "https://a:99999",
            "https://a b",
            "https://münchen.example",
            "https://256.1.1.1",
            "https://*.a.example",
        ),
    ),
    "hub_hosts": ("a b", "a\tb", "https://a", "a:443", "a/b", "a..b", "-a", ".", "256.1.1.1", "x" * 300, "*", "[::1]"),
    "alert_email": ("a b", "a", "a@b", "a@b..org", "é@b.org", "A <a@b.org>", "a@b.org, c@d.org"),
}
"""What is told, whatever the setting; of some, more."""


@pytest.mark.parametrize("name", FORMS)
def test_what_a_setting_can_not_be_is_told_by_its_name(name: str) -> None:
    kind = Settings.model_fields[name].annotation
    for value in BAD[name]:
        given = (
            (value,) if name.endswith(("_hosts", "_origins")) else SecretStr(value) if "Secret" in str(kind) else value
        )
        found = check_up(Settings().model_copy(update={name: given}))

        assert name.upper() in [each.name for each in found if each.is_wrong], value


@pytest.mark.parametrize(
    "written", ["a b", "a.example b.example", "a.example,b c", '["a b"]', "a.example;b.example", "a.example\nb.example"]
)
def test_names_without_commas_between_are_no_list(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_HOSTS", written)

    assert "HUB_HOSTS" in wrong(Settings())


def test_every_setting_has_a_form_or_bounds() -> None:
    for name, field in Settings.model_fields.items():
        kinds = {int, float, bool} & {field.annotation, *get_args(field.annotation)}
        if name.startswith("postgres"):  # asked itself
            continue
        assert bool(kinds) != (name in FORMS), name
        if kinds - {bool}:
            least = [each.ge for each in field.metadata if isinstance(each, Ge)]
            most = [each.le for each in field.metadata if isinstance(each, Le)]
            assert (len(least), len(most)) == (1, 1), name


def test_names_of_a_hub_that_does_not_know_its_address_do_nothing_and_it_says_so() -> None:
    found = check_up(Settings(hub_hosts=("tickets.example.org",)))

    assert [each.is_wrong for each in found if each.name == "HUB_HOSTS"] == [False]


def test_an_event_that_is_not_there_is_told(database_url: str) -> None:
    settings = Settings(postgres_url=SecretStr(database_url), hub_master_key=SecretStr("ab" * 32), shop_event="nowhere")

    (found,) = [each for each in check_up(settings) if each.name == "SHOP_EVENT"]

    assert "there is no event “nowhere”" in found.words


def test_a_tax_rate_that_has_ended_is_told_by_the_check_and_on_the_events_page(
    hub: Stand, office: Office, settings: Settings
) -> None:
    file = fest()
    county = next(tax for tax in file["taxes"] if tax["id"] == "boulder-county-sales-2026")
    county["valid_until"] = "2026-05-16"
    file["event"] |= {"id": "stale", "name": "Stale", "days": ["2099-05-15", "2099-05-16", "2099-05-17"]}
    for product in file["products"]:
        product.pop("days", None)
        product.pop("hours", None)
    file["hours"] = []
    load_event(hub.hub, file)

    told = [finding for finding in check_up(settings) if finding.is_of_event and "stale" in finding.name]

    lines = [str(finding) for finding in told if "Boulder County" in str(finding)]
    begins = "look   event stale: Boulder County sales tax 1.335\N{NO-BREAK SPACE}% ended on 2026-05-16, and no rate"
    assert len(lines) == 1
    assert lines[0].startswith(begins)
    assert not any(finding.is_wrong for finding in told)
    assert "ended on 2026-05-16" in office.http.get("/reports", params={"event": "stale"}).text
    assert "Taxes to look at" not in office.http.get("/reports", params={"event": EVENT}).text
