"""The programs as they are installed: the headless demo, the stack for outsiders, and the command line."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.ids import EventId
from boxoffice.core.tickets import decode_token

BOXOFFICE = [sys.executable, "-m", "boxoffice"]
HUB = [sys.executable, "-m", "sync"]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, timeout=500, check=False, env={**os.environ, **environment}
    )


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A small night at the door that was kept."""
    folder = tmp_path_factory.mktemp("demo")
    arguments = ["--tills", "3", "--orders", "30", "--seed", "20260515"]
    done = run(
        *BOXOFFICE, "demo", "--headless", *arguments, "--keep", str(folder / "kept"), "--json", str(folder / "out.json")
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "kept", json.loads((folder / "out.json").read_text())


def test_the_headless_night_adds_up(night: tuple[Path, dict[str, Any]]) -> None:
    _, outcome = night

    assert outcome["orders"] == 30
    assert sum(outcome["by_status"].values()) == outcome["orders"]
    assert set(outcome["by_tender"]) == {"cash", "terminal", "checkout"}
    assert outcome["receipt_pdfs"] == outcome["by_status"]["completed"]
    assert (outcome["oversold"], outcome["unbalanced_facts"], outcome["unknown_payments"]) == (0, 0, 0)
    assert outcome["verify"] == "ok"


def test_the_kept_databases_open_for_someone_who_knows_only_the_names(night: tuple[Path, dict[str, Any]]) -> None:
    folder, outcome = night
    completed = 0

    for till in sorted(folder.glob("till-*")):
        with sqlcipher3.connect(str(till / "till.db")) as connection:
            connection.execute(f"PRAGMA key = \"x'{(till / 'till.key').read_text()}'\"")
            query = "SELECT count(*) FROM orders WHERE status = 'completed'"
            completed += connection.execute(query).fetchone()[0]
            unbalanced = "SELECT 1 FROM ledger_postings GROUP BY fact_id, currency HAVING sum(amount) <> 0"
            assert connection.execute(unbalanced).fetchall() == []
        connection.close()

    assert completed == outcome["by_status"]["completed"]


def test_every_ticket_of_the_night_scans_and_proves_itself(night: tuple[Path, dict[str, Any]]) -> None:
    import numpy as np
    import pymupdf

    document: Any = pymupdf  # it has no types
    folder, outcome = night
    with sqlcipher3.connect(str(folder / "till-1" / "till.db")) as connection:
        connection.execute(f"PRAGMA key = \"x'{(folder / 'till-1' / 'till.key').read_text()}'\"")
        body = json.loads(connection.execute("SELECT body FROM events").fetchone()[0])
    connection.close()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(body["public_key"]))
    event = EventId(body["event"]["event"]["id"])

    seen = set()
    for path in (folder / "documents").glob("* tickets.pdf"):
        with document.open(path) as pdf:
            for page in pdf:
                pixels = page.get_pixmap(dpi=150, colorspace=document.csGRAY)
                image = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.stride)
                found = zxingcpp.read_barcode(image[:, : pixels.width].copy())
                assert found is not None
                seen.add(decode_token(found.text, event, key).ticket_id)

    assert len(seen) == outcome["tickets_issued"]


def test_a_kept_folder_is_never_written_over(night: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = night

    done = run(*BOXOFFICE, "demo", "--headless", "--keep", str(folder))

    assert done.returncode == 2
    assert "not empty" in done.stderr


def test_the_stack_serves_whoever_drives_it_from_outside(tmp_path: Path) -> None:
    addresses_file = tmp_path / "addresses.json"
    command = [*BOXOFFICE, "demo", "--serve", "--json", str(addresses_file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as serving:
        assert serving.stdout is not None
        try:
            for line in serving.stdout:
                if line.startswith("Everything runs"):
                    break
            addresses = json.loads(addresses_file.read_text())
            vault = {
                "BOXOFFICE_DATA_DIR": str(tmp_path / "till"),
                "BOXOFFICE_VAULT": "file",
                "BOXOFFICE_VAULT_PASSPHRASE": "correct horse",
            }
            paired = run(*BOXOFFICE, "pair", addresses["hub_url"], addresses["pairing_code"], **vault)
            again = run(*BOXOFFICE, "pair", addresses["hub_url"], addresses["pairing_code"], **vault)
            verified = run(*BOXOFFICE, "verify", **vault)
            hub_verified = run(*HUB, "verify", POSTGRES_URL=addresses["postgres_url"])
            with urllib.request.urlopen(addresses["hub_url"] + "/health") as answer:
                healthy = answer.status
        finally:
            serving.send_signal(signal.SIGTERM)
            serving.communicate(timeout=150)

    assert paired.returncode == 0, paired.stderr
    assert "till-1" in paired.stdout
    assert (again.returncode, again.stderr.strip()) == (2, "till: this till is paired already")
    assert (verified.returncode, hub_verified.returncode, healthy) == (0, 0, 200)
    assert serving.returncode == 0
    assert set(addresses) == {
        "hub_url",
        "sandbox_url",
        "postgres_url",
        "organizer_email",
        "organizer_password",
        "stripe_key",
        "stripe_webhook_secret",
        "pairing_code",
    }


@pytest.mark.parametrize("command", [[], ["demo"], ["pair"], ["verify"], ["sandbox"]])
def test_every_command_of_the_till_explains_itself(command: list[str]) -> None:
    assert "usage: boxoffice" in run(*BOXOFFICE, *command, "--help").stdout


@pytest.mark.parametrize("command", [[], ["serve"], ["migrate"], ["load-event"], ["verify"], ["pairing-code"]])
def test_every_command_of_the_hub_explains_itself(command: list[str]) -> None:
    assert "usage: boxoffice-hub" in run(*HUB, *command, "--help").stdout


def test_a_till_without_a_keyring_says_what_to_do(tmp_path: Path) -> None:
    done = run(
        *BOXOFFICE,
        "pair",
        "http://127.0.0.1:9",
        "ABCD-EFGH",
        BOXOFFICE_DATA_DIR=str(tmp_path),
        PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring",
    )

    assert done.returncode == 1
    assert "no keyring" in done.stderr
    assert "BOXOFFICE_VAULT=file" in done.stderr


def test_a_hub_that_is_not_there_is_named_plainly(tmp_path: Path) -> None:
    vault = {
        "BOXOFFICE_DATA_DIR": str(tmp_path),
        "BOXOFFICE_VAULT": "file",
        "BOXOFFICE_VAULT_PASSPHRASE": "correct horse",
    }

    done = run(*BOXOFFICE, "pair", "http://127.0.0.1:9", "ABCD-EFGH", **vault)

    assert done.returncode == 1
    assert "No hub answers at" in done.stderr
    assert "Traceback" not in done.stderr
