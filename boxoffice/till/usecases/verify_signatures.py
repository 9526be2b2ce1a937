"""Proves the signatures of a chain: by itself where there are few, and with all processors of this computer if not."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from boxoffice.core.facts import Fact

MANY: Final = 20_000
"""From so many facts on, starting processes pays."""
_SHARE: Final = 2_000
_MOST: Final = 8
Signed = tuple[str, str]
"""A hash and its signature, in hex."""


@contextmanager
def unsigned_in(facts: Sequence[Fact], key: Ed25519PublicKey, many: int) -> Iterator[Callable[[], Fact | None]]:
    """Yields what returns the first fact whose hash this key has not signed, or None.

    Of `many`, other processes look meanwhile at nothing but hashes and signatures.
    """
    signed, public = [(fact.hash, fact.signature) for fact in facts], key.public_bytes_raw()
    if len(facts) < many:
        yield lambda: _named(facts, _first_unsigned(public, signed))
        return
    processes = ProcessPoolExecutor(min(os.cpu_count() or 1, _MOST), mp_context=get_context("spawn"))
    shares = [signed[start : start + _SHARE] for start in range(0, len(signed), _SHARE)]
    found = processes.map(partial(_first_unsigned, public), shares)
    try:
        yield lambda: _named(facts, next((n * _SHARE + at for n, at in enumerate(found) if at is not None), None))
    finally:
        processes.shutdown(cancel_futures=True)


def _named(facts: Sequence[Fact], at: int | None) -> Fact | None:
    return None if at is None else facts[at]


def _first_unsigned(public: bytes, signed: Sequence[Signed]) -> int | None:
    """Returns the place of the first hash that is not signed."""
    key = Ed25519PublicKey.from_public_bytes(public)
    for at, (hash_, signature) in enumerate(signed):
        try:
            key.verify(bytes.fromhex(signature), bytes.fromhex(hash_))
        except (InvalidSignature, ValueError):
            return at
    return None
