"""All that routes work with, as one typed object: `sync.app` alone builds it, and routes get it from here alone."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from sync.http.arrivals import Inbox, Proofs
from sync.ledger.hub import Hub
from sync.mail.mails import Mailer
from sync.mail.notices import Notices
from sync.operations.processes import Presence
from sync.operations.readiness import Readiness
from sync.operations.supervision import Supervisor
from sync.operations.traffic import Traffic
from sync.organizers.sign_in_links import SignInLinks
from sync.payments.checkouts import Checkouts
from sync.payments.dispute_answers import DisputeAnswers
from sync.payments.door_checkouts import DoorCheckouts
from sync.payments.provider_events import Readers
from sync.payments.refunds import Refunds
from sync.payments.strays import Strays
from sync.ports import MailProof, PayPalProof, StripeProof
from sync.relay import Relay
from sync.shop.orders import Shop
from sync.tills.pin_links import PinLinks


@dataclass(frozen=True, slots=True)
class Services:
    """What one process of the hub offers. `mail_proof`, `stripe_proof`, `paypal` are None where not set up."""

    hub: Hub
    checkouts: Checkouts
    door_checkouts: DoorCheckouts
    shop: Shop
    refunds: Refunds
    mailer: Mailer
    notices: Notices
    answers: DisputeAnswers
    strays: Strays
    sign_in_links: SignInLinks
    pin_links: PinLinks
    arrivals: Inbox
    readers: Readers
    proofs: Proofs
    mail_proof: MailProof | None
    stripe_proof: StripeProof | None
    paypal: PayPalProof | None
    traffic: Traffic
    relay: Relay
    beside: Supervisor
    presence: Presence
    readiness: Readiness
    at_end: ExitStack
    """What is closed when the process ends."""


def services_in(app: FastAPI) -> Services:
    """Returns what an application was built with."""
    found: Services = app.state.services
    return found


def services_of(request: Request) -> Services:
    """Returns what the application behind a request was built with."""
    return services_in(request.app)


TheServices = Annotated[Services, Depends(services_of)]
