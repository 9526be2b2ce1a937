"""A gate's process is killed (SIGKILL) in the middle of a scan: whoever was told to come in is in, and nobody twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from boxoffice.core.ids import OrderId
from tests.integration.till.kit import TillOnDisk, cart, usd

_LIFE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from boxoffice.core.ids import OrderId
from boxoffice.till.usecases.gateway.gate import How
from tests.integration.till.kit import TillOnDisk

till = TillOnDisk(Path(sys.argv[1]), Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sys.argv[2])))
till.clock.at = datetime(2026, 5, 16, 3, 14, tzinfo=UTC)
print("ready", flush=True)
for order_id in sys.argv[3:]:
    party = till.gate.open(OrderId(order_id)).party
    waiting = [each.ticket_id for each in party if each.can_enter]
    if waiting:
        till.gate.let_in(waiting, How.NAME)
        print("in", order_id, flush=True)
"""
IN = "SELECT count(*) FROM scans WHERE outcome = 'admitted' AND direction = 'in'"


@pytest.mark.parametrize("seed", [0])
def test_a_power_cut_in_the_middle_of_a_party_leaves_all_of_it_in_or_none(tmp_path: Path, seed: int) -> None:
    till = TillOnDisk(tmp_path)
    till.grant_all(60)
    orders = [till.selling.sell_for_cash(cart(("friday-pass", 3)), usd("500")) for _ in range(8)]
    till.close()
    command = [sys.executable, "-c", _LIFE, str(tmp_path), till.key.private_bytes_raw().hex(), *orders]
    told: set[str] = set()
    for _ in range(2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd(), env=os.environ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            for _ in range(Random(seed + len(told)).randint(1, 3)):
                told.add(process.stdout.readline().split()[1])
            process.send_signal(signal.SIGKILL)
            told |= {line.split()[1] for line in process.stdout.read().splitlines() if line.startswith("in ")}

    till.open()

    entered = "SELECT count(*) FROM scans s JOIN tickets t ON t.id = s.ticket_id WHERE t.order_id = ?"
    counts = {str(order): till.one(entered, order) for order in orders}
    assert set(counts.values()) <= {0, 3}
    assert all(counts[OrderId(order)] == 3 for order in told)
    assert till.one(f"SELECT count(DISTINCT ticket_id) = ({IN}) FROM scans")
    assert till.verify().problem is None
    till.close()
