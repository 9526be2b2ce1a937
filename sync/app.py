"""Joins the parts of the hub into one web application."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Final

import structlog
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from boxoffice.resources import resource_path
from sync.config import Settings, require
from sync.http import problem_details
from sync.http.api import checkouts as checkout_routes
from sync.http.api import (
    health,
    inventory,
    metrics,
    payment,
    till,
    till_after_sale,
    till_kiosk,
    till_parked,
    till_problems,
    till_reports,
    wake,
    webhooks,
)
from sync.http.api import orders as order_routes
from sync.http.api.metrics import Timed
from sync.http.arrivals import Inbox, Proofs
from sync.http.described import describe
from sync.http.middleware.body_limit import BodyLimit
from sync.http.middleware.guard import Guard
from sync.http.middleware.head import HeadAsGet
from sync.http.middleware.host_cookies import HostCookies
from sync.http.middleware.hosts import KnownHosts, OneAddress
from sync.http.middleware.origins import OtherOrigins
from sync.http.middleware.request_ids import RequestIds
from sync.http.middleware.security import HttpsOnly, SecurityHeaders
from sync.http.services import Services, services_in
from sync.http.web import (
    account,
    accountant,
    arrivals,
    audit,
    cancelling,
    card_balance,
    close,
    consent,
    control,
    dashboard,
    disputes,
    done,
    errors,
    event_edit,
    event_preview,
    event_publish,
    events,
    gift_cards,
    give_back,
    guests,
    inbox,
    join,
    my_tickets,
    notices,
    offers,
    orders,
    organizers,
    pages,
    pay,
    payment_success,
    pin,
    privacy,
    refunding,
    sales,
    second_step,
    shifts,
    shop,
    sign_in,
    staff,
    status,
    strays,
    taxes,
    till_keys,
    till_places,
)
from sync.http.web import checkout as checkout_pages
from sync.http.web import sessions as session_pages
from sync.ledger.hub import Hub
from sync.logs import join_logging
from sync.mail.mails import Mailer
from sync.mail.notices import Notices
from sync.operations.alerts import Watch
from sync.operations.jobs import UseCases
from sync.operations.processes import Presence
from sync.operations.readiness import Readiness
from sync.operations.supervision import Beat, Part, Supervisor
from sync.operations.traffic import Traffic
from sync.operations.working import work
from sync.orders.analytics import Analytics
from sync.organizers.invitations import Invitations
from sync.organizers.passkeys import Passkeys
from sync.organizers.sign_in_links import SignInLinks
from sync.payments.catching_up import CatchUp
from sync.payments.checkouts import Checkouts
from sync.payments.dispute_answers import DisputeAnswers
from sync.payments.door_checkouts import DoorCheckouts
from sync.payments.fees import Fees
from sync.payments.refunds import Refunds
from sync.payments.strays import Strays
from sync.ports import DisputeDesk, MailSender, ProviderRecords, Refunder, Sessions, Treasury
from sync.provider_states import Provider
from sync.providers.checkout_sessions import CheckoutSessions
from sync.providers.events import READERS
from sync.providers.mail import SendGrid
from sync.providers.mail_webhook import MailWebhook
from sync.providers.measurement_protocol import MeasurementProtocol
from sync.providers.payment_intents import PaymentIntents
from sync.providers.paypal import PayPal
from sync.providers.paypal_records import PayPalRecords
from sync.providers.paypal_treasury import PayPalTreasury
from sync.providers.stripe_disputes import StripeDisputes
from sync.providers.stripe_events import StripeWebhook
from sync.providers.stripe_records import StripeRecords
from sync.providers.stripe_refunds import StripeRefunds
from sync.providers.stripe_treasury import StripeTreasury
from sync.relay import Relay
from sync.shop.orders import Shop
from sync.store.database import Database
from sync.store.migrate import what_is_missing
from sync.tills.pin_links import PinLinks

_log = structlog.get_logger()
_ROUTES: Final = (
    health,
    till,
    till_after_sale,
    till_kiosk,
    till_reports,
    till_parked,
    till_problems,
    checkout_routes,
    wake,
    webhooks,
    payment,
    order_routes,
    inventory,
    pin,
    sign_in,
    second_step,
    join,
    account,
    session_pages,
    organizers,
    audit,
    privacy,
    pages,
    events,
    event_publish,
    event_preview,
    event_edit,
    till_places,
    till_keys,
    arrivals,
    shifts,
    gift_cards,
    guests,
    taxes,
    close,
    accountant,
    disputes,
    strays,
    done,
    staff,
    orders,
    refunding,
    sales,
    inbox,
    control,
    cancelling,
    status,
    dashboard,
    metrics,
    pay,
    offers,
    shop,
    checkout_pages,
    my_tickets,
    payment_success,
    card_balance,
    give_back,
    consent,
    notices,
)
_THREADS: Final = 32
_ABOUT: Final = (
    "One inventory and one ledger for the tills at the door and the shop on the web. Amounts are minor units."
)


def build(
    settings: Settings,
    public_url: str | None = None,
    *,
    sessions: Sessions | None = None,
    mail: MailSender | None = None,
    refunders: Mapping[str, Refunder] | None = None,
    others: Mapping[str, Sessions] | None = None,
    treasuries: Mapping[Provider, Treasury] | None = None,
) -> FastAPI:
    """Returns the hub's application, ready to be served; the last five stand in for the providers.

    Raises:
        BadInput: naming every setting that is missing.
    """
    join_logging()
    require(settings, ["the database", "event keys"])
    database = Database(settings.database(), settings.database_connections, is_pooled=settings.is_pooled)
    try:
        hub = Hub.open(settings, database, settings.hub_public_url or public_url or "http://127.0.0.1:8000")
    except BaseException:
        database.close()
        raise
    app = FastAPI(
        title="Boxoffice hub",
        version="1",
        description=_ABOUT,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would send to whatever host the request names
    )
    paypal, counter, mailer = _paypal(settings), _counter(settings), Mailer(hub, mail or mail_of(settings))
    jobs = UseCases(
        hub=hub,
        checkouts=Checkouts(
            hub, sessions or _sessions(settings), _others(settings, paypal) if others is None else others
        ),
        mailer=mailer,
        refunds=Refunds(hub, refunders if refunders is not None else _refunders(settings, paypal)),
        catch_up=CatchUp(hub, READERS, _records(settings)),
        analytics=Analytics(hub, counter),
        notices=Notices(hub, mailer.provider),
        fees=Fees(hub, treasuries if treasuries is not None else _treasuries(settings, paypal)),
        readers=READERS,
        answers=DisputeAnswers(hub, _desks(settings)),
        records=_lists(settings, paypal),
    )
    services = _services(jobs, paypal)
    for client in (paypal, counter):
        if client is not None:
            services.at_end.callback(client.close)
    app.state.services = services
    _add_layers(app, services)
    describe(app)
    problem_details.install(app)
    errors.install(app)
    _add_routes(app)
    return app


def _add_layers(app: FastAPI, services: Services) -> None:
    """Puts what every request goes through around the routes; the last one added is the first one met."""
    hub = services.hub
    app.add_middleware(BodyLimit)
    app.add_middleware(HeadAsGet)
    app.add_middleware(Timed, traffic=services.traffic)
    app.add_middleware(Guard, per_second=hub.settings.requests_per_second)
    app.add_middleware(OtherOrigins, allowed=hub.settings.shop_origins)
    app.add_middleware(HostCookies, is_https=hub.public_url.startswith("https://"))
    app.add_middleware(OneAddress)
    app.add_middleware(HttpsOnly, public_url=hub.public_url)
    app.add_middleware(KnownHosts, public_url=hub.settings.hub_public_url, others=hub.settings.hub_hosts)
    app.add_middleware(errors.PagesForPeople)
    app.add_middleware(SecurityHeaders, is_https=hub.public_url.startswith("https://"))
    app.add_middleware(RequestIds)


def _add_routes(app: FastAPI) -> None:
    for routes in _ROUTES:
        app.include_router(routes.router)
    for folder in ("fonts", "styles", "scripts", "pictures"):
        app.mount(f"/static/{folder}", StaticFiles(directory=resource_path(folder)), name=folder)


def _services(jobs: UseCases, paypal: PayPal | None) -> Services:
    """Returns all that routes work with, and what runs beside them."""
    hub, mails, settings = jobs.hub, jobs.mailer.provider, jobs.hub.settings
    key = settings.sendgrid_webhook_key
    traffic, beside, relay = Traffic(), Supervisor([]), Relay(settings.direct_database())
    presence = Presence(hub.database, hub.chain.device_id, traffic, beside.silent)
    beside.parts = _beside(jobs, relay, presence, Watch(hub, mails))
    at_end = ExitStack()
    at_end.callback(hub.database.close)
    at_end.callback(relay.close)
    return Services(
        hub=hub,
        checkouts=jobs.checkouts,
        door_checkouts=DoorCheckouts(jobs.checkouts),
        shop=Shop(hub, jobs.checkouts),
        refunds=jobs.refunds,
        mailer=jobs.mailer,
        notices=jobs.notices,
        answers=jobs.answers or DisputeAnswers(hub, {}),
        strays=Strays(hub, jobs.fees.treasuries, jobs.refunds.providers),
        sign_in_links=SignInLinks(hub, mails),
        invitations=Invitations(hub, mails),
        passkeys=Passkeys(hub),
        pin_links=PinLinks(hub, mails),
        arrivals=Inbox(hub, jobs.readers["stripe"]),
        readers=jobs.readers,
        proofs=Proofs(),
        mail_proof=None if key is None else MailWebhook(key),
        stripe_proof=_stripe_proof(settings),
        paypal=paypal,
        traffic=traffic,
        relay=relay,
        beside=beside,
        presence=presence,
        readiness=Readiness(lambda: what_is_missing(hub.database)),
        at_end=at_end,
    )


def _beside(jobs: UseCases, relay: Relay, presence: Presence, watch: Watch) -> tuple[Part, ...]:
    """Returns what runs beside the requests, each with how long it may be silent."""

    async def work_on(beat: Beat) -> None:
        await work(jobs, beat)

    return (
        Part("jobs", work_on, patience_s=120, grace_s=15),
        Part("wake-ups", relay.run, patience_s=60),
        Part("presence", presence.tell, patience_s=60),
        Part("alerts", watch.keep_looking, patience_s=300),
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Runs what runs beside the requests, and ends all that with the server."""
    # Jobs run in its threads: one that hangs must not take the place of another.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="beside"))
    services = services_in(app)
    async with services.beside.running():
        yield
    await services.presence.end()
    services.at_end.close()


def _sessions(settings: Settings) -> CheckoutSessions | None:
    if settings.lacks("payment by phone"):
        return None
    return CheckoutSessions(settings.secret("payment by phone", "stripe_secret_key"), settings.stripe_api_base)


def _stripe_proof(settings: Settings) -> StripeWebhook | None:
    if settings.lacks("Stripe webhooks"):
        return None
    return StripeWebhook(settings.secret("Stripe webhooks", "stripe_webhook_secret"))


def _records(settings: Settings) -> StripeRecords | None:
    if settings.lacks("payment by phone"):
        return None
    return StripeRecords(settings.secret("payment by phone", "stripe_secret_key"), settings.stripe_api_base)


def _lists(settings: Settings, paypal: PayPal | None) -> Mapping[str, ProviderRecords]:
    stripe = _records(settings)
    found: dict[str, ProviderRecords] = {} if stripe is None else {"Stripe": stripe}
    return found if paypal is None else found | {"PayPal": PayPalRecords(paypal)}


@contextmanager
def records_of(settings: Settings) -> Iterator[Mapping[str, ProviderRecords]]:
    """Yields the providers' own lists of payments, of all whose keys this hub has.

    Raises:
        BadInput: if it has none.
    """
    require(settings, ["payment by phone"] if settings.lacks("PayPal") else [])
    paypal = _paypal(settings)
    try:
        yield _lists(settings, paypal)
    finally:
        if paypal is not None:
            paypal.close()


def _paypal(settings: Settings) -> PayPal | None:
    if settings.lacks("PayPal"):
        return None
    secret = settings.secret("PayPal", "paypal_client_secret")
    webhook, client = settings.paypal_webhook_id or "", settings.paypal_client_id or ""
    return PayPal(client, secret, settings.paypal_api_base, webhook)


def _others(settings: Settings, paypal: PayPal | None) -> Mapping[str, Sessions]:
    found: dict[str, Sessions] = {} if paypal is None else {"paypal": paypal}
    if not settings.lacks("payment by phone"):
        key = settings.secret("payment by phone", "stripe_secret_key")
        found["stripe_intent"] = PaymentIntents(key, settings.stripe_api_base)
    return found


def _refunders(settings: Settings, paypal: PayPal | None) -> Mapping[str, Refunder]:
    found: dict[str, Refunder] = {} if paypal is None else {"paypal": paypal}
    if not settings.lacks("payment by phone"):
        key = settings.secret("payment by phone", "stripe_secret_key")
        found["stripe"] = StripeRefunds(key, settings.stripe_api_base)
    return found


def _desks(settings: Settings) -> Mapping[Provider, DisputeDesk]:
    if settings.lacks("payment by phone"):
        return {}
    key = settings.secret("payment by phone", "stripe_secret_key")
    return {"stripe": StripeDisputes(key, settings.stripe_api_base)}


def _treasuries(settings: Settings, paypal: PayPal | None) -> Mapping[Provider, Treasury]:
    found: dict[Provider, Treasury] = {} if paypal is None else {"paypal": PayPalTreasury(paypal)}
    if not settings.lacks("payment by phone"):
        key = settings.secret("payment by phone", "stripe_secret_key")
        found["stripe"] = StripeTreasury(key, settings.stripe_api_base)
    return found


def mail_of(settings: Settings) -> SendGrid | None:
    """Returns what this hub sends mails with, if it has a key for it."""
    if settings.lacks("e-mail"):
        return None
    key = settings.secret("e-mail", "sendgrid_api_key")
    sender, template = settings.sendgrid_from_email or "", settings.sendgrid_receipt_template_id
    reply_to = settings.sendgrid_reply_to_email
    return SendGrid(key, settings.sendgrid_api_base, sender, template or None, reply_to or None)


def _counter(settings: Settings) -> MeasurementProtocol | None:
    if settings.lacks("analytics"):
        return None
    secret = settings.secret("analytics", "ga_api_secret")
    return MeasurementProtocol(settings.ga_measurement_id or "", secret, settings.ga_api_base)
