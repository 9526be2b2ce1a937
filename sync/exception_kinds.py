"""What can come up that a person must know of: each kind with its title, what is safe meanwhile, and whom it hits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from boxoffice.core.findings import FindingKind
from boxoffice.core.languages import later

ExceptionKind = Literal[
    FindingKind,
    "payment_held",
    "payment_lost",
    "offer_unclaimed",
    "payout_failed",
    "dispute_due",
    "money_round_the_tills",
    "dead_event",
    "revoked_till_sent",
    "left_part_paid",
    "shut_out",
    "payments_fail",
    "queue_is_long",
    "no_connections",
    "answers_are_slow",
    "few_places_left",
    "mails_bounce",
    "cash_is_late",
    "part_is_silent",
    "jobs_wait",
]
"""What follows from facts, and what the hub sees by itself."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """`affects` is told of what has no order and no till."""

    title: str
    safe: str
    affects: str = ""


MEANINGS: Final[Mapping[str, Meaning]] = {
    "paid_late": Meaning(
        later("Paid after the time to pay was over"), later("The money is in the books. It has bought nothing so far.")
    ),
    "paid_nothing_left": Meaning(
        later("Paid, but its places are gone"),
        later("The money is in the books. Others have bought the places meanwhile."),
    ),
    "paid_twice": Meaning(
        later("Paid twice"),
        later("The order was finished once. The other payment is in the books, and bought nothing."),
    ),
    "paid_too_much": Meaning(
        later("More was taken than was due"),
        later("All of it is in the books. Count the drawer of the till, and ask there."),
    ),
    "wrong_amount": Meaning(
        later("Another amount was paid than asked for"),
        later("The money is in the books. It has bought nothing so far."),
    ),
    "paid_for_a_closed_order": Meaning(
        later("Paid for an order that was closed"), later("The money is in the books. It has bought nothing so far.")
    ),
    "refunded_outside": Meaning(
        later("Refunded in the provider's own dashboard"), later("The refund is in the books. The tickets still work.")
    ),
    "refund_failed": Meaning(
        later("A refund failed"), later("The money is here, and the books say so. What was void stays void.")
    ),
    "refund_not_sent": Meaning(
        later("A refund could not be sent"), later("It is kept. Sent again, it is never made twice.")
    ),
    "refund_waits": Meaning(
        later("A refund waits for the customer"),
        later("It is kept. The provider has asked the customer for what it needs."),
    ),
    "gift_card_overspent": Meaning(
        later("More was spent of a gift card than it held"),
        later("The sale stands, and the card is used up. A till that had been taken off it spent it all the same."),
    ),
    "given_back_twice": Meaning(
        later("The same thing was given back twice"),
        later(
            "All of it is in the books, here and at the till. Its tickets work no more. If the money comes back, pay "
            "it in at a till."
        ),
    ),
    "collected_twice": Meaning(
        later("An order was handed over twice"),
        later("Nothing of its money is touched. Each ticket still lets in one person, once."),
    ),
    "double_entry": Meaning(
        later("One ticket let in two people"),
        later("Both scans are kept, with their gates and times. Nothing of its money is touched."),
    ),
    "admitted_though_void": Meaning(
        later("A void ticket let somebody in"),
        later("The gate had not heard of it yet. Nothing of its money is touched, and the ticket lets in nobody more."),
    ),
    "payment_held": Meaning(
        later("A provider holds a payment"),
        later("The places are kept. It ends by itself, and the customer is told by e-mail."),
    ),
    "payment_lost": Meaning(
        later("A provider does not know a payment any more"),
        later("Money that arrives after all is taken into the books by itself."),
    ),
    "offer_unclaimed": Meaning(
        later("Paid by phone, and its till has not come back"),
        later("The money is in the books. Its order comes when the till has a network again."),
        later("Whoever paid: they hold a code that shows it"),
    ),
    "payout_failed": Meaning(
        later("A payout failed"), later("The money is in the provider's balance again."), later("The house")
    ),
    "dispute_inquiry": Meaning(
        later("A bank asks about a payment"), later("No money has moved. Answered well, it never becomes a dispute.")
    ),
    "dispute_opened": Meaning(
        later("A customer disputes a payment at the bank"), later("What the bank takes and gives is booked by itself.")
    ),
    "dispute_won": Meaning(later("A dispute was won"), later("What the bank gave back is in the books.")),
    "dispute_lost": Meaning(
        later("A dispute was lost"), later("What the bank took is in the books. The tickets still work.")
    ),
    "dispute_due": Meaning(
        later("A dispute is not answered, and its last day is near"),
        later("What speaks for the sale is put together. Look at it and send it: unanswered, it is lost."),
    ),
    "money_round_the_tills": Meaning(
        later("Money without an order"),
        later("The money is at Stripe, and stands in the close as not matched. No ticket was issued."),
        later("Whoever paid it"),
    ),
    "dead_event": Meaning(
        later("A provider's message could not be worked on"),
        later("It is kept whole."),
        later("Perhaps the customer of one payment"),
    ),
    "over_capacity": Meaning(
        later("A till sold more than it had"), later("The sale and its money are in the books. The tickets work.")
    ),
    "sold_without_lease": Meaning(
        later("A till sold what it had no lease for"),
        later("There was room: the places are counted as sold, and the tickets work."),
    ),
    "fact_does_not_fit": Meaning(
        later("A till's record does not fit"), later("It is kept, and its money is in the ledger.")
    ),
    "lease_does_not_fit": Meaning(
        later("A till gave back what it did not have"), later("Nothing was put on sale because of it.")
    ),
    "broken_fact": Meaning(later("A till's record is broken"), later("It is kept aside, and has changed nothing.")),
    "bad_signature": Meaning(
        later("A record was not signed by its till"),
        later("It is kept aside, and has changed nothing. Ask whoever runs that till; if nobody knows why, revoke it."),
    ),
    "not_allowed": Meaning(
        later("A till wrote what is not its own to write"),
        later(
            "It is kept, and has changed nothing but what went into the till's own drawer. Ask whoever runs that till; "
            "if nobody knows why, revoke it."
        ),
    ),
    "revoked_till_sent": Meaning(
        later("A till that was revoked has sent its sales"),
        later("The sales and their money are in the books, and their tickets work."),
    ),
    "left_part_paid": Meaning(
        later("A sale was paid in part and left at a revoked till"),
        later("The money is in the books. It has bought nothing so far."),
    ),
    "cloned_device": Meaning(
        later("Two copies of one till are at work"),
        later("Both records are kept. The till is not trusted until it is paired anew."),
    ),
    "staff_in_doubt": Meaning(
        later("A till wrote for somebody who could not"),
        later("The sale and its money are in the books, and stand. Ask who was at that till."),
    ),
    "till_lost_facts": Meaning(
        later("A till has lost records and went on"),
        later("All that had reached the hub is in the books, and was taken back from here."),
    ),
    "shut_out": Meaning(
        later("A payment service does not let the hub in"),
        later("Nothing was charged. Orders keep their places until their time to pay is over."),
        later("Everyone who pays now"),
    ),
    "payments_fail": Meaning(
        later("Many payments fail"), later("A payment that fails charges nothing."), later("Everyone who pays now")
    ),
    "queue_is_long": Meaning(
        later("Many messages of providers wait"),
        later("None of them is lost."),
        later("Customers who wait for their tickets"),
    ),
    "no_connections": Meaning(
        later("The database has no free connection"),
        later("What was sold is in the books."),
        later("Everyone who buys now"),
    ),
    "answers_are_slow": Meaning(
        later("Answers are slow"), later("What was sold is in the books."), later("Everyone who buys now")
    ),
    "few_places_left": Meaning(
        later("Few places are left"), later("No more can be sold than there are."), later("Whoever has not bought yet")
    ),
    "mails_bounce": Meaning(
        later("Mails do not arrive"),
        later("The tickets are valid, and on their pages."),
        later("Customers whose mail was lost"),
    ),
    "cash_is_late": Meaning(
        later("Cash is under way for long"),
        later("It is in the books with whoever carries it, until somebody takes it in."),
        later("Whoever carries it"),
    ),
    "part_is_silent": Meaning(
        later("A part of the hub is not heard of"),
        later("What was sold is in the books. The part is started again and again by itself."),
        later("Customers who wait for their tickets, and tills that wait for news"),
    ),
    "jobs_wait": Meaning(
        later("Work waits that is long due"),
        later("None of it is lost."),
        later("Customers who wait for their tickets and mails"),
    ),
}


ON_A_PAGE: Final[Mapping[str, tuple[str, str]]] = {
    "money_round_the_tills": ("/strays/{subject}", later("Say what it was")),
    **dict.fromkeys(
        ("dispute_opened", "dispute_inquiry", "dispute_due"), ("/disputes/{subject}", later("Look at the dispute"))
    ),
}
"""What has a page of its own, by what it is about, and what leads there."""
NOT_HERE: Final = frozenset({"money_round_the_tills"})
"""What is decided on its page alone."""


def meaning_of(kind: str) -> Meaning:
    """Returns what a kind means; one of a newer hub is told by its name."""
    return MEANINGS.get(kind, Meaning(kind.replace("_", " ").capitalize(), ""))
