"""The witness beside the till's file: nothing that was shown can be missing without the till saying so."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3

from boxoffice.core.errors import TillStopped
from boxoffice.core.witness import SIZE_BYTES
from boxoffice.till.store import database, disk
from boxoffice.till.store.database import ChainIsShort, Store, open_store
from boxoffice.till.store.witness import NAME
from tests.integration.till.kit import KEY_HEX, TillOnDisk, cart, usd

FRAME_HEAD, WAL_HEAD, PAGE = 24, 32, 4096


def sell(till: TillOnDisk, times: int = 1) -> None:
    for _ in range(times):
        till.selling.sell_for_cash(cart("friday-pass"), usd("100"))


def sales(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM orders WHERE status = 'completed'").scalar_one())


def cut_off(till: TillOnDisk, folder: Path) -> Path:
    """Copies what is on the disk as a power cut leaves it, log and all; returns the copy of the file."""
    folder.mkdir()
    for name in ("till.db", "till.db-wal", NAME):
        if (till.path.parent / name).exists():
            shutil.copyfile(till.path.parent / name, folder / name)
    return folder / "till.db"


def flip(wal: Path, drawn: random.Random) -> int:
    """Flips one bit of any frame; returns the frame."""
    content = bytearray(wal.read_bytes())
    frames = (len(content) - WAL_HEAD) // (FRAME_HEAD + PAGE)
    frame = drawn.randrange(frames)
    at = WAL_HEAD + frame * (FRAME_HEAD + PAGE) + drawn.randrange(FRAME_HEAD + PAGE)
    content[at] ^= 1 << drawn.randrange(8)
    wal.write_bytes(content)
    return frame


def test_a_chain_as_long_as_its_witness_opens_and_sells(till: TillOnDisk) -> None:
    sell(till, 2)

    till.reopen()

    assert till.store.gap is None
    assert till.store.seen is not None
    assert till.store.seen.head.seq == till.one("SELECT max(seq) FROM facts")
    assert till.store.seen.orders == 2
    sell(till)


def test_one_flipped_bit_of_the_log_is_never_silent(till: TillOnDisk, tmp_path: Path) -> None:
    sell(till, 8)
    image = cut_off(till, tmp_path / "image")
    drawn = random.Random(12)
    found = 0

    for number in range(60):
        folder = tmp_path / f"flipped-{number}"
        shutil.copytree(image.parent, folder)
        flip(folder / "till.db-wal", drawn)
        try:
            store = open_store(folder / "till.db", KEY_HEX)
        except TillStopped:
            found += 1
            continue
        if store.gap is None:
            assert sales(store) == 8
        else:
            found += 1
            assert store.gap.last == till.store.seen.head.seq  # type: ignore[union-attr]
            assert list(folder.glob("till-without-*.db-wal"))
        store.close()
        shutil.rmtree(folder)

    assert found > 20


def test_without_a_witness_the_same_bit_goes_unseen(till: TillOnDisk, tmp_path: Path) -> None:
    """The fault itself: it proves that the test above tests something."""
    sell(till, 8)
    image = cut_off(till, tmp_path / "image")
    (image.parent / NAME).unlink()
    content = bytearray((image.parent / "till.db-wal").read_bytes())
    content[-PAGE // 2 - 6 * (PAGE + FRAME_HEAD)] ^= 1
    (image.parent / "till.db-wal").write_bytes(content)

    store = open_store(image, KEY_HEX)

    assert store.gap is None
    assert sales(store) < 8
    store.close()


def test_an_older_copy_put_in_place_of_the_file_writes_nothing_new(till: TillOnDisk, tmp_path: Path) -> None:
    sell(till, 2)
    till.close()
    old = tmp_path / "old.db"
    shutil.copyfile(till.path, old)
    till.open()
    sell(till, 3)
    till.close()
    shutil.copyfile(old, till.path)

    till.open()

    assert till.store.gap is not None
    assert till.store.gap.count == 15  # five facts a sale
    with pytest.raises(ChainIsShort, match="15 records are missing"):
        sell(till)
    assert sales(till.store) == 2


def test_a_missing_or_torn_witness_stops_nothing_and_is_made_from_the_chain(till: TillOnDisk) -> None:
    sell(till, 2)
    witness = till.path.parent / NAME
    for spoil in (witness.unlink, lambda: witness.write_bytes(b"\1" * SIZE_BYTES), lambda: witness.write_bytes(b"x")):
        till.close()
        spoil()

        till.open()

        assert till.store.gap is None
        assert till.store.seen is not None
        assert till.store.seen.head.seq == till.one("SELECT max(seq) FROM facts")


def test_a_slot_that_was_torn_while_a_sale_was_written_leaves_the_one_before(till: TillOnDisk) -> None:
    sell(till, 3)
    seen = till.store.seen
    till.close()
    witness = till.path.parent / NAME
    content = bytearray(witness.read_bytes())
    assert seen is not None
    at = seen.counter % 2 * disk_slot()
    content[at + 100 : at + 140] = b"\0" * 40
    witness.write_bytes(content)

    till.open()

    assert till.store.gap is None
    assert till.store.seen is not None
    assert till.store.seen.head == seen.head


def disk_slot() -> int:
    return SIZE_BYTES // 2


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_no_space_for_the_witness_stops_the_sale_before_it_is_shown(till: TillOnDisk) -> None:
    sell(till)
    full = os.open("/dev/full", os.O_RDWR)
    block = till.store._witness._block  # type: ignore[union-attr]
    assert isinstance(block, disk.BlockFile)
    os.dup2(full, block._file)
    os.close(full)

    with pytest.raises(TillStopped, match="No space left"):
        sell(till)
    with pytest.raises(TillStopped, match="No space left"):  # and no other one until it is started again
        sell(till)

    till.reopen()
    assert till.store.gap is None
    assert sales(till.store) == 2  # it is recorded, as its words say
    assert till.verify().problem is None


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_no_space_for_a_new_witness_is_said_at_the_start(till: TillOnDisk) -> None:
    sell(till)
    till.close()
    witness = till.path.parent / NAME
    witness.unlink()
    witness.symlink_to("/dev/full")

    with pytest.raises(TillStopped, match="No space left"):
        till.open()

    witness.unlink()
    till.open()


@pytest.mark.parametrize("spoilt", [{"synchronous": "NORMAL"}, {"synchronous": "OFF"}, {"journal_mode": "DELETE"}])
def test_a_file_that_a_power_cut_could_shorten_is_not_opened(
    till: TillOnDisk, monkeypatch: pytest.MonkeyPatch, spoilt: dict[str, str]
) -> None:
    till.close()
    monkeypatch.setattr(database, "_SAFE", {**database._SAFE, **spoilt})

    with pytest.raises(TillStopped, match="power is cut"):
        open_store(till.path, KEY_HEX)

    monkeypatch.undo()
    till.open()


def test_every_connection_flushes_each_commit_to_the_disk(till: TillOnDisk) -> None:
    with till.store.reading() as first, till.store.reading() as second, till.store.reading() as third:
        answers = [
            [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
            for connection in (first, second, third)
        ]

    assert answers == [["wal", 2]] * 3


def test_a_sale_costs_one_flush_of_the_log_and_one_of_the_witness(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("there is no strace")
    script = (
        "from pathlib import Path\n"
        "from tests.integration.till.kit import TillOnDisk, cart, usd\n"
        f"till = TillOnDisk(Path({str(tmp_path)!r}))\n"
        "till.grant_all(10)\n"
        "till.selling.sell_for_cash(cart('friday-pass'), usd('100'))\n"
        "open('/dev/null').read()\n"
        "till.selling.sell_for_cash(cart('friday-pass'), usd('100'))\n"
        "import os; os._exit(0)\n"
    )
    traced = subprocess.run(
        ["strace", "-f", "-e", "trace=fsync,fdatasync,openat", sys.executable, "-c", script],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if "ptrace" in traced.stderr and "not permitted" in traced.stderr:
        pytest.skip("strace may not look here")
    after = traced.stderr.rpartition("/dev/null")[2]

    assert sum("sync(" in line for line in after.splitlines()) == 2


def killed_between_commit_and_witness(folder: Path) -> str:
    """Sells in a process of its own until it dies between the commit of the third sale and the witness."""
    script = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey\n"
        "from boxoffice.till.store.witness import Witness\n"
        "from tests.integration.till.kit import TillOnDisk, cart, usd\n"
        f"till = TillOnDisk(Path({str(folder)!r}), Ed25519PrivateKey.from_private_bytes(b'k' * 32))\n"
        "till.grant_all(10)\n"
        "bear, borne = Witness.bear, []\n"
        "def dying(self, mark):\n"
        "    borne.append(mark)\n"
        "    if len(borne) == 3:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    bear(self, mark)\n"
        "Witness.bear = dying\n"
        "while True:\n"
        "    till.selling.sell_for_cash(cart('friday-pass'), usd('100'))\n"
        "    print('sold', flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == -9, done.stderr
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_till_that_dies_between_commit_and_witness_has_shown_nothing_of_it_and_goes_on(tmp_path: Path) -> None:
    shown = killed_between_commit_and_witness(tmp_path)

    store = open_store(tmp_path / "till.db", KEY_HEX)

    assert shown.count("sold") == 2
    assert store.gap is None
    assert sales(store) == 3  # the third was on disk, though nobody was told
    assert store.seen is not None
    with store.reading() as connection:
        assert store.seen.head.seq == connection.exec_driver_sql("SELECT max(seq) FROM facts").scalar()
    store.close()


def test_a_log_that_lost_everything_is_not_taken_for_a_new_till(till: TillOnDisk) -> None:
    sell(till)
    till.close()
    till.path.unlink()

    store: Any = open_store(till.path, KEY_HEX)

    assert store.gap is not None
    assert (store.gap.first, store.gap.last) == (1, 5)
    store.close()
    till.path.unlink()
    (till.path.parent / NAME).unlink()
    till.open()


def test_the_file_is_still_nobodys_but_its_keys(till: TillOnDisk) -> None:
    sell(till)
    content = (till.path.parent / NAME).read_bytes()

    assert b"friday" not in content
    with pytest.raises(sqlcipher3.DatabaseError):
        sqlcipher3.connect(str(till.path)).execute("SELECT * FROM facts")
