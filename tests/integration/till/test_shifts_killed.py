"""A till's process is killed (SIGKILL) while it opens, counts, hands over and closes: each act is done or not begun."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from boxoffice.core.denominations import Count
from boxoffice.till.usecases.shifts import Shifts
from tests.integration.till.kit import USD, TillOnDisk, cart, usd

_LIFE = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from boxoffice.core.cash_moves import CashMove
from boxoffice.core.denominations import Count
from boxoffice.till.usecases.shifts import Brought, Shifts
from tests.integration.till.kit import USD, TillOnDisk, cart, usd

till = TillOnDisk(Path(sys.argv[1]), Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sys.argv[2])))
shifts = Shifts(till.context)
print("ready", flush=True)
while True:
    if shifts.current() is None:
        shifts.open(brought=Brought(usd("10")))
    till.selling.sell_for_cash(cart("full-pass"), usd("150"))
    shifts.move(CashMove.DROP, usd("150"), "Too much inside")
    shifts.hand_over(None)
    expected = shifts.report().report.drawer.expected
    shifts.count(Count(USD, other=expected + 100))
    print("closed", shifts.close(usd("0"), "I do not know").z_number, flush=True)
"""


@pytest.mark.parametrize("seed", range(3))
def test_a_power_cut_in_the_middle_leaves_each_act_done_or_not_begun(tmp_path: Path, seed: int) -> None:
    till = TillOnDisk(tmp_path)
    till.grant_all(200)
    till.close()
    command = [sys.executable, "-c", _LIFE, str(tmp_path), till.key.private_bytes_raw().hex()]
    told = 0
    for _ in range(2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd(), env=os.environ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            for _ in range(Random(seed + told).randint(1, 3)):
                told = int(process.stdout.readline().split()[1])
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read().split()
            told = int(rest[-1]) if rest else told

    till.open()

    numbers = [row.z_number for row in reversed(Shifts(till.context).closed(1000))]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= told
    assert till.verify().problem is None
    assert till.one("SELECT coalesce(sum(amount), 0) FROM ledger_postings") == 0
    goes_on(till)
    till.close()


def goes_on(till: TillOnDisk) -> None:
    """A shift that was left open is the same, and closes; the next one opens with what it left."""
    shifts = Shifts(till.context)
    if shifts.current() is None:
        shifts.open()
    till.selling.sell_for_cash(cart("full-pass"), usd("150"))
    shifts.count(Count(USD, other=shifts.report().report.drawer.expected))
    shifts.close(usd("0"))
    assert till.verify().problem is None
