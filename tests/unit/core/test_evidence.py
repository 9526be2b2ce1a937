"""What a bank reads of a sale: only what records say, and never more than it takes."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.evidence import (
    MOST_OF_ALL,
    MOST_OF_ONE,
    WORDS,
    WORDS_OF,
    Case,
    Proof,
    ProofKind,
    digest_of,
    evidence_of,
    size_of,
)

AT = datetime(2026, 5, 15, 19, 12, tzinfo=UTC)
VALUES = {
    "what": "1 × Friday Day Pass",
    "amount": "$65.00",
    "how": "On the web",
    "order": "WB-1PQ",
    "card": "Visa 4242",
    "read": "The chip was read.",
    "url": "https://example.org/terms",
    "revision": "3",
    "email": "ana@example.org",
    "state": "delivered",
    "count": "1",
    "codes": "7GA1",
    "code": "7GA1",
    "gate": "Door A",
    "day": "May 15, 2026",
    "clock": "7:12 pm",
    "way": "by its code",
    "seen": "photo ID",
}


def case(*proofs: Proof) -> Case:
    return Case("Boulder Fest", "Boulder Theater", "May 15, 2026", "1 × Friday Day Pass", "Ana", "", proofs)


def test_a_scan_is_told_with_its_gate_its_time_and_what_proves_it() -> None:
    said = evidence_of(case(Proof(ProofKind.CAME_IN, AT, VALUES, record=12_806, hash="ab" * 32)))

    assert "scanned at Door A on May 15, 2026 at 7:12 pm, and a person was let in" in said[WORDS]
    assert "record 12806, SHA-256 abab" in said["access_activity_log"]


def test_what_is_not_signed_as_it_should_be_is_never_told() -> None:
    said = evidence_of(case(Proof(ProofKind.CAME_IN, AT, VALUES, record=1, hash="ab" * 32, holds=False)))

    assert "Door A" not in "".join(said.values())
    assert "access_activity_log" not in said


def test_a_persons_own_words_take_the_place_of_ours_and_change_the_digest() -> None:
    about = case(Proof(ProofKind.BOUGHT, AT, VALUES, record=1))

    ours, theirs = evidence_of(about), evidence_of(about, "She danced all night.")

    assert theirs[WORDS] == "She danced all night."
    assert digest_of(ours) != digest_of(theirs)
    assert digest_of(ours) == digest_of(dict(reversed(ours.items())))


@given(st.lists(st.sampled_from(ProofKind), max_size=40), st.integers(0, 3000))
def test_no_more_is_said_than_a_bank_takes(kinds: list[ProofKind], length: int) -> None:
    values = {**VALUES, "gate": "D" * length}

    said = evidence_of(case(*(Proof(kind, AT, values, record=7, hash="ab" * 32) for kind in kinds)), "w" * 30_000)

    assert all(0 < len(text) <= MOST_OF_ONE for text in said.values())
    assert size_of(said) <= MOST_OF_ALL


def test_every_kind_of_proof_has_its_words() -> None:
    assert set(WORDS_OF) == set(ProofKind)
    for words in WORDS_OF.values():
        assert "{" not in words.title.format(**VALUES) + words.sentence.format(**VALUES)
