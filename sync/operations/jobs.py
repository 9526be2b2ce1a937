"""The hub's durable jobs: what runs, how often it is tried again, and what happens when it can't be done."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Final, Protocol

import procrastinate
import structlog
from procrastinate import JobContext, RetryStrategy

from boxoffice.core.errors import OperationFailed, TryAgainLater
from sync.cancelling.working import CancelWork
from sync.ledger.hub import Hub
from sync.mail.gift_mails import send_gift
from sync.mail.mails import Mailer
from sync.mail.notices import Notices
from sync.operations.processes import forget_silent
from sync.operations.retries import Backoff
from sync.orders.analytics import Analytics
from sync.orders.order_states import follow_all_money
from sync.orders.personal import erase_due
from sync.organizers.invitations import Invitations
from sync.organizers.sign_in_links import SignInLinks
from sync.payments.catching_up import CatchUp
from sync.payments.checkouts import Checkouts
from sync.payments.dispute_answers import DisputeAnswers
from sync.payments.fees import Fees
from sync.payments.lapsing import take_lapsed
from sync.payments.offers import tell_unclaimed
from sync.payments.offers_back import OffersBack
from sync.payments.over_capacity import count_what_fits
from sync.payments.payouts import Payouts
from sync.payments.provider_events import EventWork, Readers
from sync.payments.rebooking import rebook
from sync.payments.refunds import Refunds
from sync.payments.strays import Strays
from sync.payments.webhooks import MAX_ATTEMPTS, note_failure, work_on_event
from sync.ports import ProviderRecords
from sync.reporting.mornings import Mornings
from sync.reporting.sales_report import AT_ONCE
from sync.shop.orders import Shop
from sync.shop.rebuilding import heal
from sync.shop.replays import forget_old
from sync.store import feed, limits
from sync.store.chain import utc_now
from sync.store.queue import QUEUE
from sync.store.queue_connector import QueueConnector
from sync.store.sales_entries import all_events, keep_up
from sync.tills.left_offers import LeftOffers
from sync.tills.left_payments import LeftPayments
from sync.tills.pin_links import PinLinks
from sync.tills.report_mails import ReportMails

_RETRY: Final = Backoff(max_attempts=MAX_ATTEMPTS - 1)
_log: Final = structlog.get_logger()
_SWEEP_LASTS_S: Final = 45.0
"""Shorter than the minute between two sweeps."""
AT_START: Final = ("catch_up", "rebook_disputes", "heal")
"""Jobs that a worker begins with, besides their times: after an outage or an update they bring the books along."""
_CLOSE_RETRY: Final = RetryStrategy(max_attempts=20, wait=5, linear_wait=5)


@dataclass(frozen=True, slots=True)
class UseCases:
    """What the jobs call."""

    hub: Hub
    checkouts: Checkouts
    mailer: Mailer
    refunds: Refunds
    catch_up: CatchUp
    analytics: Analytics
    notices: Notices
    fees: Fees
    readers: Readers
    records: Mapping[str, ProviderRecords] = field(default_factory=dict)
    """The providers' own lists of payments."""
    answers: DisputeAnswers | None = None


def make_worker(cases: UseCases, connector: procrastinate.PsycopgConnector | None = None) -> procrastinate.App:
    """Returns the worker that does this hub's jobs."""
    hub, checkouts, refunds = cases.hub, cases.checkouts, cases.refunds
    # Its locks and notifications need connections of its own.
    app = procrastinate.App(connector=connector or QueueConnector(hub.settings.direct_database()))

    @app.task(name="work_on_event", retry=_RETRY, queue=QUEUE, pass_context=True)
    def work_on(context: JobContext, row_id: int) -> None:
        try:
            work_on_event(EventWork(hub, checkouts, refunds, cases.fees, cases.readers), row_id)
        except Exception as error:
            note_failure(hub, row_id, error, is_last=_is_last(context))
            raise

    @app.task(name="close_checkout", retry=_CLOSE_RETRY, queue=QUEUE)
    def close_checkout(tender_id: str) -> None:
        checkouts.close_if_due(tender_id)

    @app.task(name="close_offer", retry=_CLOSE_RETRY, queue=QUEUE)
    def close_offer(tender_id: str) -> None:
        checkouts.offers.close_if_due(tender_id)

    @app.task(name="end_offer", retry=_CLOSE_RETRY, queue=QUEUE)
    def end_offer(tender_id: str) -> None:
        checkouts.offers.take_up(tender_id)

    @app.periodic(cron="* * * * *")
    @app.task(name="sweep", queue=QUEUE, queueing_lock="sweep")
    def sweep(timestamp: int) -> None:  # noqa: ARG001  # every periodic task is told when it was due
        end_lapsed(checkouts)
        hub.database.run(lambda connection: count_what_fits(hub, connection))
        hub.database.run(lambda connection: tell_unclaimed(hub, connection))
        with hub.database.transaction() as connection:
            feed.prune(connection)
            forget_old(connection)
            forget_silent(connection)
            limits.forget_old(connection)

    _add_mails(app, cases.mailer)
    _add_letters(app, ReportMails(hub, cases.mailer.provider), "send_report")
    _add_sales_reports(app, hub, Mornings(hub, cases.mailer.provider))
    _add_shop_jobs(app, Shop(hub, checkouts))
    _add_refund_jobs(app, refunds)
    _add_cancelling(app, CancelWork(hub, refunds))
    _add_catch_up(app, cases.catch_up)
    _add_analytics(app, cases.analytics)
    _add_notices(app, cases.notices)
    _add_account(app, cases)
    _add_strays(app, Strays(hub, cases.fees.treasuries, refunds.providers))
    _add_disputes(app, cases.answers or DisputeAnswers(hub, {}))
    _add_left_payments(app, LeftPayments(hub, checkouts.others), LeftOffers(hub, checkouts.offers))
    _add_sign_in_links(app, SignInLinks(hub, cases.mailer.provider), PinLinks(hub, cases.mailer.provider))
    _add_keeping(app, hub)
    _add_invitations(app, Invitations(hub, cases.mailer.provider))
    return app


def end_lapsed(checkouts: Checkouts) -> None:
    """Ends the payments whose time is over, each on its own."""
    for tender_id in take_lapsed(checkouts.hub.database, _SWEEP_LASTS_S):
        with _alone(tender_id):
            checkouts.close(tender_id, "expired")


def release_lapsed(shop: Shop) -> None:
    """Gives back the holds that have ended unpaid, each on its own."""
    for order_id in shop.lapsed():
        with _alone(order_id):
            shop.release_if_due(order_id)


def _add_account(app: procrastinate.App, cases: UseCases) -> None:
    """Keeps the books at what the providers' balances say."""

    @app.periodic(cron="*/5 * * * *")
    @app.task(name="look_at_fees", queue=QUEUE, queueing_lock="look_at_fees")
    def look_at_fees(timestamp: int) -> None:  # noqa: ARG001  # every periodic task is told when it was due
        cases.fees.look()

    @app.periodic(cron="20 * * * *")
    @app.task(name="look_at_payouts", queue=QUEUE, queueing_lock="look_at_payouts")
    def look_at_payouts(timestamp: int) -> None:  # noqa: ARG001  # as above
        Payouts(cases.hub, cases.fees.treasuries).look()

    @app.periodic(cron="* * * * *")
    @app.task(name="heal", queue=QUEUE, queueing_lock="heal")
    def make_whole(timestamp: int) -> None:  # noqa: ARG001  # as above
        done = heal(cases.hub, cases.records)
        if done.numbers or done.problems or done.waits_for:
            _log.warning("restored", orders=done.numbers, problems=done.problems, waits_for=done.waits_for)

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="rebook_disputes", queue=QUEUE, queueing_lock="rebook_disputes")
    def rebook_disputes(timestamp: int) -> None:  # noqa: ARG001  # as above
        rebook(cases.hub, cases.readers.values())
        follow_all_money(cases.hub)


def _add_strays(app: procrastinate.App, strays: Strays) -> None:
    @app.task(name="refund_stray", retry=_RETRY, queue=QUEUE)
    def refund_stray(reference: str) -> None:
        strays.refund(reference)

    @app.periodic(cron="30 * * * *")
    @app.task(name="look_at_strays", queue=QUEUE, queueing_lock="look_at_strays")
    def look_at_strays(timestamp: int) -> None:  # noqa: ARG001  # every periodic task is told when it was due
        strays.look()


def _add_disputes(app: procrastinate.App, answers: DisputeAnswers) -> None:
    """Keeps a packet ready for every dispute that waits for an answer."""

    # Tried for hours: the hourly look goes on after that.
    @app.task(name="prepare_dispute", retry=Backoff(max_attempts=12), queue=QUEUE)
    def prepare_dispute(dispute_id: str) -> None:
        answers.prepare(dispute_id)

    @app.periodic(cron="40 * * * *")
    @app.task(name="look_at_disputes", queue=QUEUE, queueing_lock="look_at_disputes")
    def look_at_disputes(timestamp: int) -> None:  # noqa: ARG001  # every periodic task is told when it was due
        answers.look()


def _add_left_payments(app: procrastinate.App, left: LeftPayments, offers: LeftOffers) -> None:
    @app.periodic(cron="*/2 * * * *")
    @app.task(name="look_at_left_payments", queue=QUEUE, queueing_lock="look_at_left_payments")
    def look_at_left_payments(timestamp: int) -> None:  # noqa: ARG001  # every periodic task is told when it was due
        for order_id in left.open_orders():
            with _alone(order_id):
                left.look(order_id)
        for each in offers.all():
            with _alone(each.tender_id):
                offers.end(each)


class _Letters(Protocol):
    """Mails by id, each sent at most once."""

    def send(self, mail_id: str) -> None: ...

    def note_failure(self, mail_id: str, error: Exception, *, is_last: bool) -> None: ...


def _add_letters(app: procrastinate.App, letters: _Letters, *names: str) -> None:
    def send(context: JobContext, mail_id: str) -> None:
        try:
            letters.send(mail_id)
        except Exception as error:
            letters.note_failure(mail_id, error, is_last=_is_last(context))
            raise

    for name in names:
        app.task(name=name, retry=_RETRY, queue=QUEUE, pass_context=True)(send)


def _add_mails(app: procrastinate.App, mailer: Mailer) -> None:
    _add_letters(app, mailer, "send_mail", "send_word", "send_return", "send_gift_mail", "send_cancellation")

    @app.task(name="send_gift", retry=_RETRY, queue=QUEUE)
    def begin_gift(card_id: str) -> None:
        send_gift(mailer.hub, card_id)


def _add_sales_reports(app: procrastinate.App, hub: Hub, mornings: Mornings) -> None:
    """Keeps what reports count near what is sold, so that whoever opens one waits for little."""

    @app.periodic(cron="* * * * *")
    @app.task(name="count_sales", queue=QUEUE, queueing_lock="count_sales")
    def count_sales(timestamp: int) -> None:  # noqa: ARG001  # every periodic task is told when it was due
        ends = monotonic() + _SWEEP_LASTS_S
        for event_id in hub.database.run(all_events):
            left = 1
            while left and monotonic() < ends:
                left = hub.database.run(partial(keep_up, event_id=event_id, most=AT_ONCE))

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="queue_mornings", queue=QUEUE, queueing_lock="queue_mornings")
    def queue_mornings(timestamp: int) -> None:  # noqa: ARG001  # as above
        mornings.queue(utc_now())

    _add_letters(app, mornings, "send_view")


def _add_analytics(app: procrastinate.App, analytics: Analytics) -> None:
    @app.task(name="count", retry=_RETRY, queue=QUEUE, pass_context=True)
    def count(context: JobContext, row_id: int) -> None:
        try:
            analytics.tell(row_id)
        except TryAgainLater:
            analytics.note_failure(row_id, is_last=_is_last(context))
            raise


def _add_sign_in_links(app: procrastinate.App, links: SignInLinks, pin_links: PinLinks) -> None:
    # Tried for a few minutes: who waits for it asks again.
    @app.task(name="send_sign_in_link", retry=Backoff(max_attempts=6), queue=QUEUE)
    def send_sign_in_link(organizer_id: int) -> None:
        links.send(organizer_id)

    @app.task(name="send_pin_link", retry=Backoff(max_attempts=60), queue=QUEUE)
    def send_pin_link(staff_id: str) -> None:
        pin_links.send(staff_id)


def _add_keeping(app: procrastinate.App, hub: Hub) -> None:
    @app.periodic(cron="40 9 * * *")  # UTC: in the night where the house is, and after its backups
    @app.task(name="erase_due", queue=QUEUE, queueing_lock="erase_due")
    def erase_who_is_due(timestamp: int) -> None:  # noqa: ARG001  # every periodic task is told when it was due
        count = erase_due(hub)
        if count:
            _log.info("personal data erased", orders=count)


def _add_invitations(app: procrastinate.App, invitations: Invitations) -> None:
    # Tried for two days: who was invited waits, and nobody looks at it.
    @app.task(name="send_invitation", retry=Backoff(max_attempts=60), queue=QUEUE)
    def send_invitation(organizer_id: int) -> None:
        invitations.send(organizer_id)


def _add_notices(app: procrastinate.App, notices: Notices) -> None:
    # Tried for two days: nobody looks at it meanwhile, and it can be stopped.
    @app.task(name="send_notice", retry=Backoff(max_attempts=60), queue=QUEUE)
    def send_notice(notice_id: str) -> None:
        notices.work(notice_id)


def _add_refund_jobs(app: procrastinate.App, refunds: Refunds) -> None:
    @app.task(name="send_refund", retry=_RETRY, queue=QUEUE, pass_context=True)
    def send_refund(context: JobContext, refund_id: str) -> None:
        try:
            refunds.send(refund_id)
        except Exception as error:
            refunds.note_failure(refund_id, error, is_last=_is_last(context))
            raise

    @app.task(name="find_offer_refund", retry=_RETRY, queue=QUEUE)
    def find_offer_refund(tender_id: str) -> None:
        OffersBack(refunds.hub, refunds).find(tender_id)

    @app.periodic(cron="*/10 * * * *")
    @app.task(name="look_at_refunds", queue=QUEUE, queueing_lock="look_at_refunds")
    def look_at_refunds(timestamp: int) -> None:  # noqa: ARG001  # every periodic task is told when it was due
        for refund_id in refunds.pending():
            with contextlib.suppress(OperationFailed):  # the next look tries again
                refunds.look_again(refund_id)


def _add_cancelling(app: procrastinate.App, work: CancelWork) -> None:
    @app.task(name="cancel_orders", retry=_RETRY, queue=QUEUE)
    def cancel_orders(cancellation_id: str) -> None:
        work.work(cancellation_id)

    @app.task(name="give_back", retry=_RETRY, queue=QUEUE)
    def give_back(cancellation_id: str) -> None:
        work.give_back(cancellation_id)

    @app.periodic(cron="* * * * *")
    @app.task(name="take_late", queue=QUEUE, queueing_lock="take_late")
    def take_late(timestamp: int) -> None:  # noqa: ARG001  # every periodic task is told when it was due
        work.take_late()


def _add_shop_jobs(app: procrastinate.App, shop: Shop) -> None:
    @app.task(name="release_hold", retry=_CLOSE_RETRY, queue=QUEUE)
    def release_hold(order_id: str) -> None:
        shop.release_if_due(order_id)

    @app.periodic(cron="* * * * *")
    @app.task(name="sweep_holds", queue=QUEUE, queueing_lock="sweep_holds")
    def sweep_holds(timestamp: int) -> None:  # noqa: ARG001  # as above
        release_lapsed(shop)


@contextlib.contextmanager
def _alone(subject: str) -> Iterator[None]:
    """Does one of many: what stops it, an outage or a bug, is told, and does not stop the rest."""
    try:
        yield
    except OperationFailed as error:  # the next sweep tries again
        _log.info("not swept", subject=subject, why=str(error))
    except Exception:  # noqa: BLE001  # as where a loop ends, or one order would stop the sweep for all others
        _log.exception("not swept", subject=subject)


def _is_last(context: JobContext) -> bool:
    return context.job is not None and context.job.attempts + 1 >= MAX_ATTEMPTS


def _add_catch_up(app: procrastinate.App, catch_up: CatchUp) -> None:
    @app.periodic(cron="*/5 * * * *")
    @app.task(name="catch_up", queue=QUEUE, queueing_lock="catch_up")
    def read_again(timestamp: int) -> None:  # noqa: ARG001  # as above
        with contextlib.suppress(OperationFailed):  # the next one reads from where this one should have
            catch_up.read_again()
        catch_up.work_on_early()
