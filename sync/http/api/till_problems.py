"""What tills call about problems: what is open, with what can be done, and to do what is theirs."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Path

from boxoffice.core.facts import instant_text
from boxoffice.core.languages import LANGUAGES, later
from boxoffice.core.over_capacity import RAISED
from boxoffice.core.wire.problems import ProblemDecision, ProblemMessage, ProblemRemedy, ProblemsAnswer
from boxoffice.documents.languages import Language, language
from sync.exception_kinds import meaning_of
from sync.http.access import TheHub, TheTill
from sync.http.services import TheServices
from sync.ledger.hub import Hub
from sync.operations.at_the_till import decide_at_till, may_decide
from sync.operations.exceptions import remedies_of
from sync.operations.offers import Case, cases_of, offer_of, seat_offer
from sync.operations.over_capacity import standing_of
from sync.operations.seat_elsewhere import remedy_for, seats_of
from sync.store.database import Transaction
from sync.store.exceptions import Listed
from sync.store.tills import Device
from sync.stored_words import told
from sync.tills.problems import MOST, problems_of, tag_of

router: Final = APIRouter(prefix="/api/till", tags=["till"])
ProblemId = Annotated[str, Path(max_length=100, pattern="^[^\\x00]*$")]


@router.get("/problems")
def get_problems(hub: TheHub, till: TheTill) -> ProblemsAnswer:
    return _answer(hub, till)


@router.post("/problems/{problem_id}")
def decide(
    services: TheServices, hub: TheHub, till: TheTill, problem_id: ProblemId, body: ProblemDecision
) -> ProblemsAnswer:
    made = decide_at_till(hub, services.refunds, till, problem_id, body.remedy)
    return _answer(hub, till, made)


def _answer(hub: Hub, till: Device, made: str = "") -> ProblemsAnswer:
    with hub.database.transaction() as connection:
        found = problems_of(hub, connection, till)
        told_in = {code: _told_in(connection, found[:MOST], language(code)) for code in LANGUAGES} if found else {}
        english = told_in.pop("en", [])
        problems = tuple(
            each.model_copy(update={"spoken": {code: others[i] for code, others in told_in.items()}})
            for i, each in enumerate(english)
        )
    return ProblemsAnswer(tag=tag_of(found), problems=problems, more=len(found) > MOST, made=made)


def _told_in(connection: Transaction, found: Sequence[Listed], speaks: Language) -> list[ProblemMessage]:
    return [_told(connection, case) for case in cases_of(connection, found, speaks)]


def _told(connection: Transaction, case: Case) -> ProblemMessage:
    row, raised = case.row, case.row.raised
    meaning = meaning_of(raised.kind)
    return ProblemMessage(
        id=raised.id,
        kind=raised.kind,
        title=case.say(meaning.title),
        detail=told(raised.detail, case.speaks),
        safe=case.say(meaning.safe) if meaning.safe else "",
        affects=_affects(case) or (case.say(meaning.affects) if meaning.affects else ""),
        raised_at=instant_text(raised.raised_at),
        order_number=row.order_number,
        remedies=(*_larger(connection, case), *_remedies(case)),
    )


def _affects(case: Case) -> str:
    row = case.row
    if row.customer_name:
        return row.customer_name
    if row.order_number and row.till:
        return case.say("A customer at {till} who left no name", till=row.till)
    if row.order_number:
        return case.say("The customer of order {order}", order=row.order_number)
    return case.say("Till {till}", till=row.till) if row.till else ""


def _remedies(case: Case) -> list[ProblemRemedy]:
    raised = case.row.raised
    offers = [(name, offer_of(case, name)) for name in remedies_of(raised)]
    return [
        ProblemRemedy(
            name=name,
            label=offer.label,
            effect=offer.effect,
            why_not=offer.why_not,
            at_till=may_decide(raised.kind, name, case.books, raised.order_id),
        )
        for name, offer in offers
        if offer is not None
    ]


def _larger(connection: Transaction, case: Case) -> list[ProblemRemedy]:
    """Returns where else its tickets have places, and how a pool can take in what was sold beyond it."""
    raised, order = case.row.raised, case.books.orders.get(case.order_id)
    if raised.kind != "over_capacity" or order is None or raised.subject_id is None:
        return []
    pool = standing_of(connection, raised.id, order.event_id, raised.subject_id)
    if pool is None:
        return []
    words = later("{pool} has {capacity} places; all that was sold fits into {fitting}.")
    effect = case.say(words, pool=pool.pool_name, capacity=pool.capacity, fitting=pool.fitting)
    seats = [
        (remedy_for(seat.product_id), seat_offer(seat, case.speaks))
        for seat in seats_of(connection, raised, case.books)
    ]
    return [
        *(
            ProblemRemedy(
                name=name,
                label=offer.label,
                effect=offer.effect,
                at_till=may_decide(raised.kind, name, case.books, raised.order_id),
            )
            for name, offer in seats
        ),
        ProblemRemedy(name=RAISED, label=case.say("Raise the capacity"), effect=effect),
        ProblemRemedy(
            name="refund_last_sold",
            label=case.say("Refund one that was sold last"),
            effect=case.say("Its places take in this sale."),
        ),
    ]
