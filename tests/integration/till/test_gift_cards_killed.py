"""A till's process is killed (SIGKILL) while gift cards are sold and spent: each payment is there, or was not begun."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.integration.till.kit import TillOnDisk

_LIFE = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from boxoffice.core.gift_cards import code_of
from boxoffice.core.ids import ProductId
from boxoffice.core.pricing import Cart, CartLine
from tests.integration.till.kit import TillOnDisk, offline_cards, usd

till = TillOnDisk(Path(sys.argv[1]), Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sys.argv[2])))
cards = offline_cards(till)
print("ready", flush=True)
while True:
    till.selling.sell_for_cash(Cart((CartLine(ProductId("gift-card"), 1, usd("50")),)), usd("50"))
    code = code_of(till.one("SELECT max(id) FROM stored_values"), till.key)
    for dollars in ("30", "20"):
        order = till.selling.place(Cart((CartLine(ProductId("donation"), 1, usd(dollars)),)))
        cards.pay(order, code.shown, usd(dollars))
        print("paid", flush=True)
"""


_CARDS = "SELECT count(*) FROM stored_values"


@pytest.mark.parametrize("seed", range(2))
def test_a_power_cut_between_scan_and_sale_loses_nothing_and_spends_nothing_twice(tmp_path: Path, seed: int) -> None:
    till = TillOnDisk(tmp_path)
    till.close()
    command = [sys.executable, "-c", _LIFE, str(tmp_path), till.key.private_bytes_raw().hex()]
    told = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd(), env=os.environ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        for _ in range(Random(seed).randint(3, 9)):
            told += process.stdout.readline() == "paid\n"
        process.send_signal(signal.SIGKILL)
        told += process.stdout.read().count("paid")

    till.open()

    paid = till.one("SELECT count(*) FROM payments WHERE tender = 'stored_value' AND status = 'captured'")
    assert paid >= told
    assert paid == till.one("SELECT count(*) FROM orders WHERE status = 'completed'") - till.one(_CARDS)
    spent = till.one("SELECT sum(amount) FROM payments WHERE tender = 'stored_value'")
    assert spent == till.one("SELECT sum(spent) FROM value_leases") == till.one("SELECT sum(spent) FROM stored_values")
    assert till.one("SELECT sum(amount) FROM ledger_postings") == 0
    assert till.verify().problem is None
    till.close()
