"""A till's process is killed (SIGKILL) while orders go to other people: each is all the one's, or all the other's."""

import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from threading import Event

import pytest

from boxoffice.core.ids import OrderId
from boxoffice.core.reissues import tickets_now
from boxoffice.till.store.facts import of_order
from tests.integration.till.kit import TillOnDisk

_LIFE = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from boxoffice.till.usecases.transferring import Transferring
from tests.integration.till.kit import TillOnDisk, cart, usd
from tests.integration.till.test_check_in import FRIDAY_NIGHT

till = TillOnDisk(Path(sys.argv[1]), Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sys.argv[2])))
till.clock.at = FRIDAY_NIGHT
till.elsewhere.belong_to(str(till.context.device.id), str(till.context.event.catalogue.id))
print("ready", flush=True)
while input() == "go":
    order = till.selling.sell_for_cash(cart(("friday-pass", 2)), usd("9000"))
    print("begun", flush=True)
    Transferring(till.context, None, till.gate.reader).transfer(order, "Rosa Ortega", "rosa@example.org")
    print("given", flush=True)
"""


@pytest.mark.parametrize("seed", range(2))
def test_a_power_cut_in_the_middle_of_a_transfer_leaves_no_order_between_two_people(tmp_path: Path, seed: int) -> None:
    chance, given = Random(seed), 0
    till = TillOnDisk(tmp_path)
    till.grant_all(50)
    till.close()
    command = [sys.executable, "-c", _LIFE, str(tmp_path), till.key.private_bytes_raw().hex()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as life:
        assert life.stdin is not None
        assert life.stdout is not None
        assert life.stdout.readline() == "ready\n"
        for _ in range(3):
            life.stdin.write("go\n")
            life.stdin.flush()
            assert life.stdout.readline() == "begun\n"
            if given == 2:  # the third is cut while it is being given to another
                Event().wait(chance.uniform(0, 0.02))
                life.send_signal(signal.SIGKILL)
            given += life.stdout.readline() == "given\n"

    till.open()

    with till.store.reading() as connection:
        orders = [OrderId(each) for each in connection.exec_driver_sql("SELECT id FROM orders").scalars()]
    passed_on = [order for order in orders if is_passed_on(till, order)]
    assert len(passed_on) >= given
    assert len(passed_on) in (len(orders), len(orders) - 1)
    for name, of in (("Rosa Ortega", passed_on), (None, [each for each in orders if each not in passed_on])):
        for order in of:
            assert till.one("SELECT customer_name FROM orders WHERE id = ?", order) == name
            assert till.one("SELECT count(*) FROM outbox_mails WHERE order_id = ?", order) == (name is not None)
    assert till.verify().problem is None
    till.close()


def is_passed_on(till: TillOnDisk, order: OrderId) -> bool:
    """Returns whether the codes of an order are new ones; all of them are, or none, and all of them work."""
    with till.store.reading() as connection:
        facts = of_order(connection, order)
    now = tickets_now(facts)
    first = next(fact.payload["tickets"] for fact in facts if fact.kind.value == "tickets_issued")
    new = {each.ticket_id for each in now} - {each["ticket_id"] for each in first}
    assert len(now) == 2
    assert len(new) in (0, 2)
    with till.store.reading() as connection:
        works = "SELECT id FROM tickets WHERE order_id = ? AND status = 'valid'"
        valid = set(connection.exec_driver_sql(works, (order,)).scalars())
    assert valid == {each.ticket_id for each in now}
    return bool(new)
