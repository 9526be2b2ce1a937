"""Disputes for organizers: what the bank says, what records prove, what it will read, and one press that sends it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from boxoffice.core.evidence import WORDS, WORDS_OF, Proof, ProofKind, evidence_of
from boxoffice.core.languages import later
from boxoffice.core.money import Currency, Money
from boxoffice.core.payments import UNDECIDED, DisputeState
from boxoffice.documents.languages import Language, language
from sync.http.access import TheHub
from sync.http.services import TheServices
from sync.http.web.dispute_paper import packet_pdf
from sync.http.web.order_words import DISPUTE_WORDS
from sync.http.web.pages import render
from sync.http.web.signed_in import Finance, Viewer, must_be_ours
from sync.http.web.times import when, zone_note
from sync.inventory.events import house_zone
from sync.organizers.organizers import names_of
from sync.organizers.sessions import Organizer
from sync.payments.dispute_answers import MOST_WORDS, DisputeAnswers, NotAnswered, Packet
from sync.payments.dispute_words import reason_words
from sync.provider_states import PROVIDER_NAMES, TENDERS, Stands, stripe_dispute_stands
from sync.store.chain import utc_now
from sync.store.dispute_cases import DisputeCase, KnownDispute, cases_of, listed_disputes
from sync.stored_words import told

router: Final = APIRouter(include_in_schema=False)
_MOST: Final = 200
_OVER: Final = frozenset(each.value for each in DisputeState if each not in UNDECIDED)
_TONES: Final = {"won": "ok", "inquiry_closed": "ok", "prevented": "ok", "lost": "danger"}
_ICONS: Final[Mapping[ProofKind, str]] = {
    ProofKind.BOUGHT: "M3 4h2l2.4 11h10.2L20 7H6.5M9 20h.01M17 20h.01",
    ProofKind.PAID: "M3 6h18v12H3zM3 10h18M7 15h3",
    ProofKind.TERMS: "M6 3h12v18H6zM9 8h6M9 12h6M9 16h3",
    ProofKind.MAILED: "M3 5h18v14H3zM3 7l9 6 9-6",
    ProofKind.ISSUED: "M3 8a2 2 0 0 0 0 8v3h18v-3a2 2 0 0 1 0-8V5H3zM14 5v14",
    ProofKind.CAME_IN: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M7 12h10",
    ProofKind.WENT_OUT: "M10 4H4v16h6M14 8l4 4-4 4M18 12H9",
    ProofKind.COLLECTED: "M5 12.5l4.5 4.5L19 7",
    ProofKind.REFUNDED: "M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6",
    ProofKind.BEFORE: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4-5 8-5s7 1 8 5",
}
Text = Annotated[str, Form(max_length=200)]
Words = Annotated[str, Form(max_length=MOST_WORDS + 2000)]


@router.get("/disputes")
def disputes_page(hub: TheHub, organizer: Viewer) -> Response:
    speaks = language(organizer.language)
    with hub.database.reading() as connection:
        found = listed_disputes(connection, _MOST)
        cases, zone = cases_of(connection, [each.id for each in found]), house_zone(connection)
    return render(
        "disputes.html",
        organizer=organizer,
        here="disputes",
        disputes=[_row(each, cases.get(each.id), speaks) for each in found],
        zone=zone_note({each.timezone for each in found} or [zone], speaks),
    )


@router.get("/disputes/{dispute_id}/packet.pdf")
def packet(services: TheServices, organizer: Viewer, dispute_id: str) -> Response:  # noqa: ARG001  # who may
    """What a bank reads, and the records behind it: in English, as it is sent."""
    found = _found(services.answers, dispute_id)
    headers = {"Content-Disposition": f'inline; filename="dispute-{found.dispute.order_number}.pdf"'}
    return Response(packet_pdf(found), media_type="application/pdf", headers=headers)


@router.get("/disputes/{dispute_id}/give-up")
def give_up_page(services: TheServices, organizer: Finance, dispute_id: str) -> Response:
    """Asks once more before a dispute is accepted."""
    found, say = _found(services.answers, dispute_id), language(organizer.language).say
    amount, whole = _money(found, found.dispute.amount), _money(found, found.dispute.amount + _fee(found))
    lines = [
        say("You tell the bank that the customer is right. {amount} is gone for good, {whole} with the bank's fee."),
        say("Nothing can be sent against it after that. The tickets stay as they are."),
    ]
    return render(
        "sure.html",
        organizer=organizer,
        here="disputes",
        title=say("Accept this dispute?"),
        lines=[line.format(amount=amount, whole=whole) for line in lines],
        action=f"/disputes/{dispute_id}/give-up",
        fields={},
        told=None,
        back=f"/disputes/{dispute_id}",
        keep=say("Keep it"),
        do=say("Accept, and lose {amount}").format(amount=amount),
    )


@router.post("/disputes/{dispute_id}/give-up")
def give_up(services: TheServices, organizer: Finance, dispute_id: str, csrf: Text) -> Response:
    must_be_ours(organizer, csrf)
    try:
        services.answers.give_up(dispute_id, str(organizer.id))
    except NotAnswered as error:
        return _page(services.answers, organizer, dispute_id, error, 409)
    return RedirectResponse(f"/disputes/{dispute_id}", 303)


@router.post("/disputes/{dispute_id}/send")
def send(services: TheServices, organizer: Finance, dispute_id: str, csrf: Text, digest: Text) -> Response:
    must_be_ours(organizer, csrf)
    try:
        services.answers.send(dispute_id, digest, str(organizer.id))
    except NotAnswered as error:
        return _page(services.answers, organizer, dispute_id, error, 409)
    return RedirectResponse(f"/disputes/{dispute_id}", 303)


@router.post("/disputes/{dispute_id}/words")
def change_words(
    services: TheServices, organizer: Finance, dispute_id: str, csrf: Text, words: Words = "", ours: Text = ""
) -> Response:
    must_be_ours(organizer, csrf)
    clean = "" if ours else words.replace("\r\n", "\n").strip()[:MOST_WORDS]
    try:
        services.answers.change_words(dispute_id, clean, str(organizer.id))
    except NotAnswered as error:
        return _page(services.answers, organizer, dispute_id, error, 409)
    return RedirectResponse(f"/disputes/{dispute_id}#words", 303)


@router.get("/disputes/{dispute_id}")
def dispute_page(services: TheServices, organizer: Viewer, dispute_id: str) -> Response:
    return _page(services.answers, organizer, dispute_id)


def _page(
    answers: DisputeAnswers, organizer: Organizer, dispute_id: str, error: NotAnswered | None = None, status: int = 200
) -> Response:
    found, speaks = _found(answers, dispute_id), language(organizer.language)
    with answers.hub.database.reading() as connection:
        by = [] if found.case is None else [found.case.asked_by, found.case.words_by]
        people = names_of(connection, [each for each in by if each])
    return render(
        "dispute.html",
        status,
        organizer=organizer,
        here="disputes",
        dispute=_view(found, people, speaks),
        error="" if error is None else " ".join(map(speaks.say, _said(error))),
        most_words=MOST_WORDS,
    )


def _found(answers: DisputeAnswers, dispute_id: str) -> Packet:
    found = answers.packet(dispute_id)
    if found is None:
        raise HTTPException(404, "There is no such dispute.")
    return found


def _stands(dispute: KnownDispute, case: DisputeCase | None) -> Stands:
    """Returns how a dispute stands in its provider's own words, or in ours where it tells none of its own."""
    if case is not None and (case.status or dispute.state not in _OVER):
        return stripe_dispute_stands(case.status)
    words = DISPUTE_WORDS[dispute.state].capitalize()
    tone: Any = _TONES.get(dispute.state, "warn")
    return Stands(words, "", tone, is_over=dispute.state in _OVER)


def _row(dispute: KnownDispute, case: DisputeCase | None, speaks: Language) -> dict[str, Any]:
    stands = _stands(dispute, case)
    left = _days_left(case)
    return {
        "id": dispute.id,
        "amount": str(Money(dispute.amount, Currency(dispute.currency))),
        "who": dispute.customer_name or dispute.customer_email or dispute.order_number,
        "number": dispute.order_number,
        "event": dispute.event_name,
        "provider": PROVIDER_NAMES[TENDERS[dispute.tender]],
        "status": speaks.say(stands.words),
        "tone": stands.tone,
        "due": ""
        if left is None or not stands.is_awaited
        else speaks.texts.ngettext("{days} day left", "{days} days left", left).format(days=left),
        "is_near": left is not None and left <= 3,
    }


def _view(packet: Packet, people: Mapping[str, str], speaks: Language) -> dict[str, Any]:
    dispute, case, say = packet.dispute, packet.case, speaks.say
    stands, provider = _stands(dispute, case), PROVIDER_NAMES[TENDERS[dispute.tender]]
    proofs = sorted(packet.story.proofs, key=lambda each: each.at)
    signed = [each for each in proofs if each.is_signed]
    left = _days_left(case)
    words, reason = reason_words("" if case is None else case.reason)
    card = next((each.values["card"] for each in proofs if each.kind is ProofKind.PAID), provider)
    return {
        "id": dispute.id,
        "who": dispute.customer_name or dispute.customer_email or say("A customer with no name"),
        "amount": _money(packet, dispute.amount),
        "fee": _money(packet, _fee(packet)),
        "whole": _money(packet, dispute.amount + _fee(packet)),
        "withdrawn": _money(packet, dispute.withdrawn),
        "is_withdrawn": dispute.withdrawn > 0,
        "card": card,
        "order_id": dispute.order_id,
        "number": dispute.order_number,
        "provider": provider,
        "status": say(stands.words),
        "more": say(stands.more) if stands.more else "",
        "tone": stands.tone,
        "is_over": stands.is_over,
        "is_awaited": packet.is_awaited,
        "is_elsewhere": case is None and not stands.is_over,
        "is_asked": case is not None and case.asked is not None and case.answer is None,
        "reason": say(words),
        "quote": say(reason),
        "is_told": case is not None and case.reason != "",
        "code": "" if case is None else case.network_reason,
        "left": left,
        "due": "" if case is None or case.due_at is None else when(case.due_at, dispute.timezone, speaks),
        "proofs": [_proof(each, dispute.timezone, speaks) for each in proofs],
        "holding": sum(each.holds for each in signed),
        "signed": len(signed),
        "letter": packet.evidence[WORDS],
        "is_own": case is not None and case.words is not None,
        "own_by": "" if case is None else people.get(case.words_by, ""),
        "ours": evidence_of(packet.story)[WORDS],
        "fields": [(say(_FIELDS[name]), packet.evidence[name]) for name in _FIELDS if name in packet.evidence],
        "digest": packet.digest,
        "last_error": "" if case is None else told(case.last_error or "", speaks),
        "steps": _steps(packet, people, speaks),
        "tickets": _tickets(packet, speaks),
        "zone": zone_note([dispute.timezone], speaks),
    }


_FIELDS: Final = {
    "product_description": later("What was sold"),
    "service_date": later("When it was"),
    "customer_name": later("Name"),
    "customer_email_address": later("Address"),
    "refund_policy_disclosure": later("Terms"),
    "access_activity_log": later("The records"),
}


def _proof(proof: Proof, zone: str, speaks: Language) -> dict[str, Any]:
    words = WORDS_OF[proof.kind]
    values = {name: speaks.say(value) if value else "" for name, value in proof.values.items()}
    return {
        "title": speaks.say(words.title).format(**values),
        "detail": speaks.say(words.sentence).format(**values),
        "at": when(proof.at, zone, speaks),
        "record": "" if proof.record is None else f"{proof.record:,}",
        "holds": proof.holds,
        "icon": _ICONS[proof.kind],
    }


def _steps(packet: Packet, people: Mapping[str, str], speaks: Language) -> list[dict[str, Any]]:
    """Returns how far it is: what is done, what is due now, and what comes."""
    case, say, zone = packet.case, speaks.say, packet.dispute.timezone
    stands = _stands(packet.dispute, case)

    def at(moment: Any) -> str:
        return "" if moment is None else when(moment, zone, speaks)

    is_sent = case is not None and (case.answer == "sent" or case.submissions > 0)
    is_given_up = case is not None and case.answer == "given_up"
    by = "" if case is None or case.answer is None else people.get(case.asked_by, "")
    sent = [each for each in (by, at(case.answered_at) if case is not None else "") if each]
    steps = [
        ("done", say("The bank asked"), at(None if case is None else case.opened_at)),
        ("done", say("Packet made from records"), say("at any time, from what is signed")),
    ]
    if case is not None and (case.staged_at is not None or packet.is_awaited):
        kept = case.staged is not None
        steps.append(
            (
                "done" if kept else "next",
                say("Kept at Stripe as a draft"),
                say("the bank has seen nothing") if not is_sent else at(case.staged_at),
            )
        )
    if is_given_up:
        steps.append(("done", say("You accepted it"), ", ".join(sent)))
    elif is_sent:
        steps.append(("done", say("Sent to the bank"), ", ".join(sent) or say("at Stripe itself")))
    elif not stands.is_over:
        due = at(None if case is None else case.due_at)
        steps.append(("now", say("You look and send"), say("any time until {time}").format(time=due) if due else ""))
    decided = "done" if stands.is_over else "next"
    steps.append(
        (
            decided,
            say(stands.words) if stands.is_over else say("The bank decides"),
            "" if stands.is_over else say("often 60 to 75 days"),
        )
    )
    return [{"state": state, "words": words, "at": more} for state, words, more in steps]


def _tickets(packet: Packet, speaks: Language) -> list[tuple[str, str, str]]:
    entries = packet.story.of(ProofKind.CAME_IN)
    by_code: dict[str, set[str]] = {}
    for each in entries:
        by_code.setdefault(each.values["code"], set()).add(each.values["day"])
    found = []
    for issued in packet.story.of(ProofKind.ISSUED):
        for code in issued.values["codes"].split(", "):
            days = len(by_code.get(code, ()))
            used = speaks.texts.ngettext("Used on {days} day", "Used on {days} days", days).format(days=days)
            found.append((code, used if days else speaks.say("Not scanned"), "ok" if days else "warn"))
    return found


def _days_left(case: DisputeCase | None) -> int | None:
    if case is None or case.due_at is None:
        return None
    return max(0, (case.due_at - utc_now()).days)


def _fee(packet: Packet) -> int:
    return 0 if packet.case is None else packet.case.fee


def _money(packet: Packet, minor: int) -> str:
    return str(Money(minor, Currency(packet.dispute.currency)))


def _said(error: NotAnswered) -> list[str]:
    return [each for each in (error.what_happened, error.what_is_safe, error.what_to_do) if each]
