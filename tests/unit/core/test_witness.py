"""The witness's records: whole or none, whatever becomes of the bytes, and what a chain lacks by them."""

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.facts import GENESIS, Head
from boxoffice.core.ids import DeviceId
from boxoffice.core.witness import SIZE_BYTES, SLOT_BYTES, Gap, Mark, gap_between, newest_mark, slot_of

DEVICE: Final = DeviceId("0192f0c1-0000-7000-8000-000000000001")
HASHES: Final = st.binary(min_size=32, max_size=32).map(bytes.hex)
MARKS: Final = st.builds(
    lambda epoch, seq, hash_, orders: Mark(Head(DEVICE, epoch, seq, hash_), orders),
    st.integers(1, 2**30),
    st.integers(0, 2**62),
    HASHES,
    st.integers(0, 2**40),
)


def borne(*marks: Mark) -> tuple[bytearray, list[Mark]]:
    """Returns a witness's bytes after marks one after the other, and the marks with their counters."""
    content, counted = bytearray(SIZE_BYTES), []
    for counter, mark in enumerate(marks, 1):
        counted.append(Mark(mark.head, mark.orders, counter))
        at, slot = slot_of(counted[-1])
        content[at : at + len(slot)] = slot
    return content, counted


@given(st.lists(MARKS, min_size=1, max_size=6))
def test_the_newest_mark_is_read_back_as_it_was_written(marks: list[Mark]) -> None:
    content, counted = borne(*marks)

    assert newest_mark(bytes(content)) == counted[-1]


@given(st.lists(MARKS, min_size=2, max_size=4), MARKS, st.integers(0, 400), st.binary(max_size=4))
def test_a_torn_write_leaves_the_mark_before_it(marks: list[Mark], last: Mark, torn_at: int, rest: bytes) -> None:
    content, counted = borne(*marks)
    at, slot = slot_of(Mark(last.head, last.orders, len(marks) + 1))
    part = slot[: min(torn_at, len(slot) - 5)] + rest
    content[at : at + len(part)] = part

    assert newest_mark(bytes(content)) in (counted[-1], Mark(last.head, last.orders, len(marks) + 1))


@given(st.lists(MARKS, min_size=1, max_size=3), st.data())
def test_a_flipped_bit_never_makes_a_mark_that_was_not_written(marks: list[Mark], data: st.DataObject) -> None:
    content, counted = borne(*marks)
    at = data.draw(st.sampled_from([0, SLOT_BYTES])) + data.draw(st.integers(0, 200))
    content[at] ^= 1 << data.draw(st.integers(0, 7))

    assert newest_mark(bytes(content)) in (*counted, None)


@given(st.binary(max_size=SIZE_BYTES + 10))
def test_what_is_no_witness_has_no_mark(content: bytes) -> None:
    assert newest_mark(content) is None


def test_a_chain_that_has_what_was_seen_lacks_nothing() -> None:
    seen, longer = Head(DEVICE, 1, 5, "a" * 64), Head(DEVICE, 1, 9, "b" * 64)

    assert gap_between(seen, seen, "a" * 64) is None
    assert gap_between(longer, seen, "a" * 64) is None


def test_a_shorter_chain_lacks_the_numbers_after_its_end() -> None:
    gap = gap_between(Head(DEVICE, 1, 50, "c" * 64), Head(DEVICE, 1, 60, "a" * 64), None)

    assert gap == Gap(1, 51, 60)
    assert gap is not None
    assert (gap.count, gap.words("7K2")) == (10, "7K2 51 to 60")


def test_a_chain_that_went_another_way_lacks_what_was_seen_whatever_its_length() -> None:
    gap = gap_between(Head(DEVICE, 1, 70, "c" * 64), Head(DEVICE, 1, 60, "a" * 64), "d" * 64)

    assert gap is not None
    assert gap.is_other


def test_an_epoch_that_was_begun_and_has_no_facts_yet_is_no_gap() -> None:
    begun = Head(DEVICE, 2, 0, GENESIS)

    assert gap_between(begun, begun, None) is None
    assert gap_between(Head(DEVICE, 1, 5, "a" * 64), begun, None) is not None


def test_who_went_on_in_a_new_epoch_waits_for_nothing_of_the_old_one() -> None:
    assert gap_between(Head(DEVICE, 2, 0, GENESIS), Head(DEVICE, 1, 60, "a" * 64), None) is None
