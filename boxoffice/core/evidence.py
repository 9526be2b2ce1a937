"""What a bank reads when a payment is disputed: made of what is signed already, in the fields that the provider has.

Nothing is said that no record says, and nothing that a record says is said of another. Banks read English.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Final

from boxoffice.core.languages import later

MOST_OF_ONE: Final = 20_000
MOST_OF_ALL: Final = 150_000
"""How many characters a bank takes (Stripe's OpenAPI document, 2026-10-28.endive): in one text, and in all."""
WORDS: Final = "uncategorized_text"
"""The field of what a person may say in other words."""
FIELDS: Final = (
    *("product_description", "customer_name", "customer_email_address", "service_date", "access_activity_log"),
    *("refund_policy_disclosure", WORDS),
)
"""All fields that a packet may fill."""
_CUT: Final = "\n[...]"


class ProofKind(Enum):
    BOUGHT = "bought"
    PAID = "paid"
    TERMS = "terms"
    MAILED = "mailed"
    ISSUED = "issued"
    CAME_IN = "came_in"
    WENT_OUT = "went_out"
    COLLECTED = "collected"
    REFUNDED = "refunded"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class ProofWords:
    """A proof's `title`, and the sentence that says it, with what it says in braces."""

    title: str
    sentence: str


WORDS_OF: Final[Mapping[ProofKind, ProofWords]] = {
    ProofKind.BOUGHT: ProofWords(
        later("Bought {what} for {amount}"),
        later("Order {order}, {how}. The price was the same from the first page on."),
    ),
    ProofKind.PAID: ProofWords(later("Paid {amount} by {card}"), later("{read}")),
    ProofKind.TERMS: ProofWords(
        later("Terms shown before payment"),
        later("Every page of the shop and of payment led to {url} (revision {revision} of the event)."),
    ),
    ProofKind.MAILED: ProofWords(
        later("Receipt and tickets mailed"), later("To {email}. The mail server said: {state}.")
    ),
    ProofKind.ISSUED: ProofWords(later("Tickets issued"), later("{count} with codes of this order: {codes}.")),
    ProofKind.CAME_IN: ProofWords(
        later("Ticket scanned, person let in"), later("Ticket {code} at {gate}, {day} at {clock}, read {way}.")
    ),
    ProofKind.WENT_OUT: ProofWords(later("Went out"), later("Ticket {code} at {gate}, {day} at {clock}.")),
    ProofKind.COLLECTED: ProofWords(
        later("Collected in person"), later("What was bought was handed over at the box office ({seen}).")
    ),
    ProofKind.REFUNDED: ProofWords(later("Refunded {amount}"), later("The money went back to the same payment.")),
    ProofKind.BEFORE: ProofWords(
        later("The same person bought before"),
        later("Order {order}, {amount}, with the same address. It was not disputed."),
    ),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that speaks for the sale. `record` is its fact's number in the ledger, None for what is no fact.

    `holds` says whether that fact's signature does: what does not is shown to organizers, and never to a bank.
    """

    kind: ProofKind
    at: datetime
    values: Mapping[str, str]
    record: int | None = None
    hash: str = ""
    holds: bool = True

    @property
    def is_signed(self) -> bool:
        return self.record is not None


@dataclass(frozen=True, slots=True)
class Case:
    """What a packet is made from: times are by a clock at the event. `service` says on which days it was."""

    event: str
    place: str
    service: str
    items: str
    buyer: str = ""
    email: str = ""
    proofs: Sequence[Proof] = field(default_factory=tuple)

    @property
    def told(self) -> list[Proof]:
        """Returns what a bank may be told, in the order in which it was."""
        return sorted((each for each in self.proofs if each.holds), key=lambda each: each.at)

    def of(self, kind: ProofKind) -> list[Proof]:
        return [each for each in self.told if each.kind is kind]


def evidence_of(case: Case, words: str | None = None) -> dict[str, str]:
    """Returns the provider's fields with what they say; `words` are a person's own instead of ours.

    Empty fields are left out, and what is longer than a bank takes is cut.
    """
    said = {
        "product_description": f"{case.items}: admission to {case.event}, {case.place}.",
        "customer_name": case.buyer,
        "customer_email_address": case.email,
        "service_date": case.service,
        "access_activity_log": "\n".join(_log(case)),
        "refund_policy_disclosure": " ".join(map(_sentence, case.of(ProofKind.TERMS))),
        WORDS: (words or narrative_of(case)).strip(),
    }
    return {name: _within(text) for name, text in said.items() if text}


def narrative_of(case: Case) -> str:
    """Returns the story in a few sentences: what a bank reads first."""
    return "\n\n".join(" ".join(part) for part in _story(case) if part)


def digest_of(evidence: Mapping[str, str]) -> str:
    """Returns the SHA-256, in hex, of what is said: the same words, the same digest."""
    return sha256(json.dumps(evidence, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def size_of(evidence: Mapping[str, str]) -> int:
    return sum(map(len, evidence.values()))


def _story(case: Case) -> Iterator[list[str]]:
    bought = [
        f"The cardholder bought {case.items} for {each.values['amount']} on {_on(each.at)}, {each.values['how']}."
        for each in case.of(ProofKind.BOUGHT)
    ]
    paid = [each.values["read"] for each in case.of(ProofKind.PAID) if each.values["read"]]
    yield [*bought, *paid]
    mailed = [
        f"Receipt and tickets were mailed to {each.values['email']} on {_on(each.at)}; the mail server said: "
        f"{each.values['state']}."
        for each in case.of(ProofKind.MAILED)[:1]
    ]
    terms = [
        f"The terms of sale ({each.values['url']}) were shown before payment." for each in case.of(ProofKind.TERMS)
    ]
    yield [*mailed, *terms]
    entries = case.of(ProofKind.CAME_IN)
    came = [
        f"Ticket {each.values['code']} of this order was scanned at {each.values['gate']} on {each.values['day']} at "
        f"{each.values['clock']}, and a person was let in on it."
        for each in entries[:6]
    ]
    more = [f"{len(entries) - 6} more entries stand in the log."] if len(entries) > 6 else []
    collected = ["What was bought was handed over in person at the box office."] if case.of(ProofKind.COLLECTED) else []
    yield [*came, *more, *collected]
    refunds = [f"{each.values['amount']} was refunded on {_on(each.at)}." for each in case.of(ProofKind.REFUNDED)]
    before = [
        f"The same person had bought before (order {each.values['order']}, {_on(each.at)}) and did not dispute it."
        for each in case.of(ProofKind.BEFORE)
    ]
    yield [*refunds, *before]
    if any(each.is_signed for each in case.told):
        yield ["Each statement comes with the record that was made and signed at the time by the machine that saw it."]


def _log(case: Case) -> Iterator[str]:
    """Yields the signed records, one a line, each with what proves it."""
    for each in case.told:
        words = WORDS_OF[each.kind]
        line = f"{each.at.isoformat(timespec='seconds')} | {words.title.format(**each.values)} | {_sentence(each)}"
        yield f"{line} | record {each.record}, SHA-256 {each.hash}, Ed25519 signature valid" if each.is_signed else line


def _sentence(proof: Proof) -> str:
    return WORDS_OF[proof.kind].sentence.format(**proof.values)


def _on(at: datetime) -> str:
    return f"{at:%B} {at.day}, {at.year}"


def _within(text: str) -> str:
    return text if len(text) <= MOST_OF_ONE else text[: MOST_OF_ONE - len(_CUT)] + _CUT
