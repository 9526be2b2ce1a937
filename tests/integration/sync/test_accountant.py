"""What an accountant gets: signed, whole, adding up, and saying INCOMPLETE as long as one line is not matched."""

import csv
import io
import re
import shutil
import subprocess
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sync.ledger.verify import verify
from tests.integration.sync.house import House, until
from tests.integration.sync.provider_paths import refund
from tests.integration.sync.test_close import look, organizer, pay_out, read, sell, sell_elsewhere

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def books_hold(house: House) -> Iterator[None]:
    yield
    assert verify(house.stack.database).problem is None


def bundle(house: House) -> tuple[str, dict[str, bytes]]:
    """Returns the ZIP's name, and its files."""
    with organizer(house) as http:
        answer = http.get("/close.zip")
    found = re.search(r'filename="([^"]+)"', answer.headers["content-disposition"])
    assert found is not None
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return found[1], {name: archive.read(name) for name in archive.namelist()}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_bundle_is_whole_signed_and_adds_up(house: House, tmp_path: Path) -> None:
    sell(house)
    payout = pay_out(house)
    read(house, payout)
    refund(2000)(house)
    until(lambda: house.status == "partially_refunded")
    look(house)
    name, files = bundle(house)

    assert name == "close-boulder-fest-2026.zip"
    key = load_pem_public_key(files["event-key.pem"])
    assert isinstance(key, Ed25519PublicKey)
    key.verify(files["SHA256SUMS.sig"], files["SHA256SUMS"])
    sums = (line.split("  ", 1) for line in files["SHA256SUMS"].decode().splitlines())
    listed = {name: digest for digest, name in sums}
    assert {each: sha256(files[each]).hexdigest() for each in listed} == listed
    assert set(files) - set(listed) == {"SHA256SUMS", "SHA256SUMS.sig", "event-key.pem"}
    with organizer(house) as http:
        page = http.get("/close").text
    fingerprint = sha256(key.public_bytes_raw()).hexdigest()
    assert " ".join(fingerprint[i : i + 4] for i in range(0, 64, 4)) in page
    if shutil.which("openssl"):
        for each in ("event-key.pem", "SHA256SUMS", "SHA256SUMS.sig"):
            (tmp_path / each).write_bytes(files[each])
        command = "openssl pkeyutl -verify -pubin -inkey event-key.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig"
        assert command in files["HOW-TO-VERIFY.txt"].decode()
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)


def test_every_journal_of_it_comes_to_the_ledger(house: House) -> None:
    sell(house)
    _, files = bundle(house)
    query = """
        SELECT sum(amount) FROM ledger_postings l JOIN facts f ON f.id = l.fact_id
        WHERE f.event_id = 'boulder-fest-2026' AND account = 'stripe'
    """
    ledger = Decimal(house.one(query)) / 100

    postings = rows(files["accounts.csv"])
    stripe = [row for row in postings if row["account"] == "Assets:Stripe"]
    assert sum(Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0) for row in stripe) == ledger
    quickbooks, days = rows(files["journal-quickbooks.csv"]), defaultdict[str, Decimal](Decimal)
    for row in quickbooks:
        days[row["Journal No"]] += Decimal(row["Debits"] or 0) - Decimal(row["Credits"] or 0)
    assert set(days.values()) == {Decimal(0)}
    mine = [row for row in quickbooks if row["Account Name"] == "Assets:Stripe"]
    assert sum(Decimal(row["Debits"] or 0) - Decimal(row["Credits"] or 0) for row in mine) == ledger
    xero = rows(files["journal-xero.csv"])
    assert sum(Decimal(row["*Amount"]) for row in xero) == 0
    assert sum(Decimal(row["*Amount"]) for row in xero if row["*AccountCode"] == "Assets:Stripe") == ledger


def test_while_one_line_is_not_matched_it_says_so_in_capitals(house: House) -> None:
    sell(house)
    sell_elsewhere(house, 7700, marked=True)
    look(house)
    name, files = bundle(house)
    with organizer(house) as http:
        pdf = http.get("/close.pdf")

    assert name == "close-boulder-fest-2026-INCOMPLETE.zip"
    assert "close-INCOMPLETE.pdf" in files
    assert b"INCOMPLETE: lines that are not matched: 1." in files["HOW-TO-VERIFY.txt"]
    assert "INCOMPLETE" in pdf.headers["content-disposition"]
    assert pdf.content.startswith(b"%PDF")
