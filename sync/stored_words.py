"""What was written down in English, told in the reader's language: by the sentences that it was made of.

Facts and rows keep what was said at the time as text, and stay as they are. A sentence that is not of this table, such
as a provider's own or a person's, is shown as it was written.
"""

from collections.abc import Sequence
from typing import Final

from boxoffice.core.languages import later
from boxoffice.documents.languages import Language
from boxoffice.documents.retelling import Sentences

SENTENCES: Final[Sequence[str]] = (
    # Payments
    later("{provider} holds {amount} for order {order}: {words}. Its places are kept until it ends."),
    later("{amount} arrived at {provider} ({reference})"),
    later("{amount} was taken for order {order}, of which {due} was due."),
    later("{provider} held {amount} for order {order}, and does not know that payment any more."),
    later("Its places are kept for a day, while it is asked about. Look for the payment there."),
    later("It counts as not paid now. Its places are free again."),
    later("Stripe refused: {words}"),
    later("{amount} of {total} was taken at {till}, which was revoked before the sale was finished."),
    later("Refund it here."),
    later("End the order here."),
    later("It lies in the drawer of {till}: give it back by hand."),
    # Moves of orders, and the ends of tickets
    later("refunded"),
    later("a refund came back"),
    later("paid late, and there was room"),
    later("left at a till that was revoked"),
    later("issued by an organizer"),
    later("voided by an organizer"),
    # Refunds
    later("The refund of {amount} for order {order} failed."),
    later("The refund of {amount} for order {order} could not be sent: {words}"),
    later(
        "The refund of {amount} for order {order} waits for the customer, whom the provider has asked where to send "
        "the money."
    ),
    later("{amount} of order {order} was given back for 1 thing that had been given back already."),
    later("{amount} of order {order} was given back for {number} things that had been given back already."),
    later("Order {order} was handed over at {till} after it had been handed over before."),
    later("called off by an organizer"),
    later("It was no refund: the customer's bank took it."),
    later("{amount} of order {order} was refunded at {provider}; its tickets are still valid."),
    later("{amount} of order {order} was given back at {provider}, or is on its way; its tickets are still valid."),
    later("{amount} of order {order} is being refunded at {provider}; its tickets are still valid."),
    later("A till asks for a refund, but {words}"),
    later("order {order} is {state}."),
    later("order {order} has no such payment."),
    later("it is more than what order {order} has paid."),
    # Disputes
    later(
        "{amount} of order {order} is asked about ({words}); answer it at {provider}, so that it becomes no dispute."
    ),
    later("{amount} of order {order} is disputed ({words}); answer it at {provider} in time."),
    later("{amount} of order {order} is yours again: the dispute was won."),
    later("{amount} of order {order} is lost: the dispute went to the customer."),
    later("{amount} of it had been refunded as well: that money is gone twice."),
    later("{amount} of it was refunded, and stays so."),
    later("{amount} was refunded already: say so to the bank, with the day and the number of the refund."),
    later("{amount} was refunded already: say so to PayPal, with the day and the number of the refund."),
    later("A refund of {amount} is on its way as well: should it arrive, that money is gone twice."),
    later("A refund of {amount} is on its way, and goes on."),
    later("A refund of {amount} is on its way, and has not arrived yet: say so to the bank."),
    later("A refund of {amount} is on its way, and has not arrived yet: say so to PayPal."),
    later("reversed by PayPal"),
    later("reversed by paypal"),
    later("no reason given"),
    later("bank cannot process"),
    later("check returned"),
    later("credit not processed"),
    later("customer initiated"),
    later("debit not authorized"),
    later("duplicate"),
    later("fraudulent"),
    later("general"),
    later("incorrect account details"),
    later("insufficient funds"),
    later("noncompliant"),
    later("product not received"),
    later("product unacceptable"),
    later("subscription canceled"),
    later("unrecognized"),
    later("merchandise or service not received"),
    later("merchandise or service not as described"),
    later("unauthorised"),
    later("duplicate transaction"),
    later("incorrect amount"),
    later("payment by other means"),
    later("canceled recurring billing"),
    later("problem with remittance"),
    later("other"),
    # Staff
    later("{till} wrote {count} records for somebody whom this hub does not know."),
    later("{till} wrote {count} records for somebody who worked here no more."),
    later("{till} wrote {count} records that somebody must approve, and nobody did."),
    # A hub that was restored
    later("the hub has never written it."),
    later("{till} has {units} places of a lease that were sold to others meanwhile."),
    # Payouts, keys, events
    later("{amount} ({reference}) did not reach the bank."),
    later("Look at the account's details at {provider}."),
    later("Nobody can pay there."),
    later("a key that was set before"),
    later("Stripe does not accept the hub's key."),
    later("PayPal does not accept the hub's key."),
    later("Check STRIPE_SECRET_KEY."),
    later("Check PAYPAL_CLIENT_ID and its secret."),
    later("An event of a provider could not be worked on: {words}"),
    later("NoSubject: It does not say what it is about: `{field}` is no object."),
    later("UnreadableEvent: {provider} sent “{kind}” in a form that can't be read."),
    later("Nothing was changed by it."),
    later("Look at it there, and update the hub."),
    later("TryAgainLater: {words}"),
    later("Stripe can't be reached."),
    later("PayPal can't be reached."),
    later("Stripe is having trouble."),
    later("PayPal is having trouble."),
    later("Nothing was charged by this step."),
    later("Nothing was given back."),
    later("Nothing was changed."),
    later("Try again in a moment."),
    later("It will be tried again."),
    # Tills
    later("{till} was revoked and has sent {sales} since, {money} taken: {late}. Count its drawer."),
    later("1 sale"),
    later("{count} sales"),
    later("no money"),
    later("all made before it was revoked"),
    later("{count} of them made after it was revoked"),
    later("{units} of {pool} came back that were not on lease"),
    later("Order {order} sold {units} of {pool} without a lease"),
    later("So many places are sold, held or with the tills: the capacity must be {least} or more."),
    later("A fact of {till} was kept aside: {words}."),
    later("its content does not match its hash"),
    later("its signature is not its device's"),
    later("{till} sent two different facts with one number."),
    later("{till} sent facts of a chain that it had left for a new one."),
    later(
        "{till} has lost facts of its file and goes on in part {part} of its chain, after number {number} here. What "
        "it may have sold and nobody knows of, it does not sell again: those places stay on its lease."
    ),
    later("{till} wrote {kind} ({times} times): {words}."),
    later("{till} wrote {kind}: {words}."),
    # Why a till may not write something
    later("only a hub says so"),
    later("only a till says so"),
    later("there is no such event"),
    later("the event sells in {currency}"),
    later("its lines and units are those of no revision of the event"),
    later("a till sells at the door, from its own lease"),
    later("the order's number is not one of this till's"),
    later("the order's number is another order's"),
    later("the order is another device's"),
    later("its lines don't add up"),
    later("the order is another event's"),
    later("the order is in {currency}"),
    later("only the hub says that an order is refunded, or is no more"),
    later("a till begins no payment by {tender}"),
    later("a payment takes nothing away"),
    later("only the hub says that a payment by phone is paid"),
    later("{tender} is given for a reason"),
    later("the payment is another order's"),
    later("the payment was begun as {tender}"),
    later("the provider's reference is another payment's"),
    later("a ticket is another order's"),
    later("the tickets are not those of the order"),
    later("a till gives back only what was paid for this order"),
    later("{tender} is no money that could be given back"),
    later("only the hub gives back what is no cash"),
    later("only the hub takes things back"),
    later("cash goes back out of a drawer, not by a provider"),
    later("the payment is in the books already"),
    later("cash leaves no provider's balance"),
    later("cash does not come back by itself"),
    later("the refund is another payment's"),
    later("nobody asked for the refund"),
    later("the refund has ended before"),
    later("the refund was asked for as another amount"),
    later("it gives back more than it says"),
    later("what bought nothing was not earned"),
    later("the drawer is another till's"),
    later("there is no such pool"),
    later("it gives nothing back"),
    later("its names are too long"),
    later("it does not say what such a fact says"),
    # Alerts
    later("{failed} of the last {ended} tries to pay failed, within 5 minutes."),
    later("{count} events of providers wait to be worked on."),
    later("{count} jobs are due and not begun, the oldest for {minutes} minutes."),
    later("{share} of the mails of the last day did not arrive."),
    later("{pool} is sold out."),
    later("{pool}: {unsold} of {capacity} places are not sold yet."),
    later("Nothing is heard of {parts} at {process}."),
    later("All {count} connections of {process} to the database are in use, at {full} of {all} processes."),
    later("One answer of twenty takes longer than {seconds} s."),
)
_TOLD_TOO: Final = frozenset({"words", "state", "sales", "money", "late"})
"""What a sentence has of another one."""
_KNOWN: Final = Sentences(SENTENCES, _TOLD_TOO)


def told(text: str, speaks: Language) -> str:
    """Returns what was written down in English as whoever reads it would say it."""
    return _KNOWN.told(text, speaks)
