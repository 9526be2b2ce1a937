"""Sealed keys open for their own purpose with their own master key, and for nothing else."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boxoffice.core.errors import BadInput, OperationFailed
from sync.ledger.sealing import Sealer

KEY = Ed25519PrivateKey.generate()


def test_a_sealed_key_opens_to_the_same_key() -> None:
    sealed = Sealer("ab" * 32).seal(KEY, "event fest")

    assert Sealer("ab" * 32).open(sealed, "event fest").private_bytes_raw() == KEY.private_bytes_raw()


def test_sealing_twice_gives_two_texts() -> None:
    sealer = Sealer("ab" * 32)

    assert sealer.seal(KEY, "event fest") != sealer.seal(KEY, "event fest")


@pytest.mark.parametrize(("master", "purpose"), [("cd" * 32, "event fest"), ("ab" * 32, "event other")])
def test_another_master_key_or_purpose_opens_nothing(master: str, purpose: str) -> None:
    sealed = Sealer("ab" * 32).seal(KEY, "event fest")

    with pytest.raises(OperationFailed, match="does not open"):
        Sealer(master).open(sealed, purpose)


@pytest.mark.parametrize("master", ["", "ab", "zz" * 32, "ab" * 33])
def test_a_master_key_that_is_none_is_refused(master: str) -> None:
    with pytest.raises(BadInput, match="64 hex digits"):
        Sealer(master)
