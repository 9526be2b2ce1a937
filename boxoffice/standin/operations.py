"""Stripe's operations: for each its method, path, parameters and what it does."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from boxoffice.standin import checkout, payments
from boxoffice.standin.account import Account, Json
from boxoffice.standin.errors import StripeError
from boxoffice.standin.params import ANY, FLAG, MAP, NUMBER, TEXT, TEXTS, Kind, fields, list_of, must, one_of
from boxoffice.standin.terminal import Readers


@dataclass(frozen=True, slots=True)
class Stand:
    """What operations work on."""

    account: Account
    readers: Readers
    base_url: str


Run = Callable[[Stand, tuple[str, ...], Json], Json]


@dataclass(frozen=True, slots=True)
class Operation:
    """`path` has `*` for an id. `permission` is what a restricted key must have."""

    method: str
    path: str
    params: Mapping[str, Kind]
    run: Run
    permission: str

    def match(self, method: str, path: str) -> tuple[str, ...] | None:
        found = re.fullmatch(self.path.replace("*", "([^/]+)"), path)
        return found.groups() if found and method == self.method else None


_LIST: Final = {"limit": NUMBER, "starting_after": TEXT, "ending_before": TEXT, "created": ANY}
_CAPTURE: Final = one_of("automatic", "automatic_async", "manual")
_INTENT: Final = {
    "amount": must(NUMBER),
    "currency": must(TEXT),
    "allowed_payment_method_types": TEXTS,
    "excluded_payment_method_types": TEXTS,
    "automatic_payment_methods": ANY,
    "capture_method": _CAPTURE,
    "confirm": FLAG,
    "customer": TEXT,
    "description": TEXT,
    "metadata": MAP,
    "payment_method": TEXT,
    "payment_method_options": ANY,
    "receipt_email": TEXT,
    "return_url": TEXT,
    "statement_descriptor": TEXT,
    "statement_descriptor_suffix": TEXT,
}
_PRICE: Final = fields(
    currency=must(TEXT),
    unit_amount=must(NUMBER),
    product_data=must(fields(name=must(TEXT), description=TEXT, images=TEXTS, metadata=MAP)),
    tax_behavior=TEXT,
)
_SESSION: Final = {
    "mode": must(one_of("payment")),
    "ui_mode": one_of("hosted_page", "embedded_page", "elements"),
    "line_items": must(list_of(fields(price=TEXT, price_data=_PRICE, quantity=NUMBER))),
    "success_url": TEXT,
    "cancel_url": TEXT,
    "return_url": TEXT,
    "client_reference_id": TEXT,
    "customer_email": TEXT,
    "expires_at": NUMBER,
    "locale": TEXT,
    "metadata": MAP,
    "submit_type": one_of("auto", "book", "donate", "pay", "subscribe"),
    "allowed_payment_method_types": TEXTS,
    "excluded_payment_method_types": TEXTS,
    "integration_identifier": TEXT,
    "origin_context": TEXT,
    "payment_intent_data": fields(
        metadata=MAP, description=TEXT, receipt_email=TEXT, statement_descriptor_suffix=TEXT, capture_method=_CAPTURE
    ),
}
_PROCESS: Final = {
    "payment_intent": must(TEXT),
    "process_config": fields(
        enable_customer_cancellation=FLAG,
        skip_tipping=FLAG,
        tipping=fields(amount_eligible=NUMBER),
        allow_redisplay=TEXT,
        return_url=TEXT,
    ),
}
_CANCEL_REASONS: Final = one_of("abandoned", "duplicate", "fraudulent", "requested_by_customer")


def _listed(kind: str, *filters: str) -> Run:
    """Returns an operation that lists a kind, newest first, with equality filters."""

    def run(stand: Stand, _ids: tuple[str, ...], p: Json) -> Json:
        things = stand.account.all(kind)
        for name in filters:
            if name in p:
                things = [thing for thing in things if thing.get(name) == p[name]]
        return page(f"/v1/{_URLS[kind]}", _created(things, p.get("created")), p)

    return run


_URLS: Final = {
    "payment_intent": "payment_intents",
    "charge": "charges",
    "refund": "refunds",
    "event": "events",
    "balance_transaction": "balance_transactions",
    "checkout.session": "checkout/sessions",
    "terminal.reader": "terminal/readers",
    "terminal.location": "terminal/locations",
    "webhook_endpoint": "webhook_endpoints",
}


def page(url: str, things: list[Json], p: Json) -> Json:
    """Returns a list object with at most `limit` things."""
    limit = p.get("limit", 10)
    if not 1 <= limit <= 100:
        raise StripeError("Invalid limit: must be from 1 to 100", code="parameter_invalid_integer", param="limit")
    ids = [thing["id"] for thing in things]
    for name in ("starting_after", "ending_before"):
        if name in p and p[name] not in ids:
            raise StripeError(f"No such object: '{p[name]}'", code="resource_missing", param=name)
    if "ending_before" in p:
        before = things[: ids.index(p["ending_before"])]
        chosen, more = before[-limit:], len(before) > limit
    else:
        after = things[ids.index(p["starting_after"]) + 1 :] if "starting_after" in p else things
        chosen, more = after[:limit], len(after) > limit
    return {"object": "list", "url": url, "has_more": more, "data": chosen}


def _created(things: list[Json], wanted: Any) -> list[Json]:
    tests: Mapping[str, Callable[[int, int], bool]] = {
        "gt": lambda at, limit: at > limit,
        "gte": lambda at, limit: at >= limit,
        "lt": lambda at, limit: at < limit,
        "lte": lambda at, limit: at <= limit,
    }
    if wanted is None:
        return things
    if isinstance(wanted, str):
        return [thing for thing in things if thing["created"] == int(wanted)]
    return [t for t in things if all(tests[name](t["created"], int(value)) for name, value in wanted.items())]


def _one(kind: str, param: str = "id") -> Run:
    return lambda stand, ids, _p: stand.account.get(kind, ids[0], param)


def _events(stand: Stand, _ids: tuple[str, ...], p: Json) -> Json:
    things = stand.account.all("event")
    kinds = set(p.get("types") or ([p["type"]] if "type" in p else []))
    if kinds:
        things = [thing for thing in things if thing["type"] in kinds]
    return page("/v1/events", _created(things, p.get("created")), p)


def _update_intent(stand: Stand, ids: tuple[str, ...], p: Json) -> Json:
    intent = stand.account.get("payment_intent", ids[0], "intent")
    if "amount" in p and intent["status"] != "requires_payment_method":
        raise StripeError("The amount can't be changed any more.", code="payment_intent_unexpected_state")
    intent["metadata"] = {**intent["metadata"], **(p.pop("metadata", None) or {})}
    intent.update(p)
    return intent


def _confirm(stand: Stand, ids: tuple[str, ...], p: Json) -> Json:
    from boxoffice.standin.cards import BY_NUMBER

    intent = stand.account.get("payment_intent", ids[0], "intent")
    named = {"pm_card_visa": "4242424242424242", "pm_card_chargeDeclined": "4000000000000002"}
    card = BY_NUMBER[named.get(p.get("payment_method", "pm_card_visa"), "4242424242424242")]
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise StripeError("This PaymentIntent can't be confirmed.", code="payment_intent_unexpected_state")
    if not payments.pay_intent(stand.account, intent, card, "card"):
        error = intent["last_payment_error"]
        raise StripeError(
            error["message"],
            status=402,
            type="card_error",
            code=error["code"],
            decline_code=error["decline_code"],
            payment_intent=intent,
        )
    return intent


def _endpoint(stand: Stand, _ids: tuple[str, ...], p: Json) -> Json:
    account = stand.account
    endpoint = account.add(
        {
            "id": account.new_id("we_1"),
            "object": "webhook_endpoint",
            "api_version": p.get("api_version"),
            "application": None,
            "created": account.now(),
            "description": p.get("description"),
            "enabled_events": p["enabled_events"],
            "livemode": False,
            "metadata": p.get("metadata") or {},
            "status": "enabled",
            "url": p["url"],
        }
    )
    account.secrets[endpoint["id"]] = account.new_id("whsec_", 32)
    return {**endpoint, "secret": account.secrets[endpoint["id"]]}


def _delete(kind: str) -> Run:
    def run(stand: Stand, ids: tuple[str, ...], _p: Json) -> Json:
        stand.account.get(kind, ids[0])
        del stand.account.objects[kind][ids[0]]
        return {"id": ids[0], "object": kind, "deleted": True}

    return run


def _lines(stand: Stand, ids: tuple[str, ...], p: Json) -> Json:
    stand.account.get("checkout.session", ids[0], "session")
    return page(f"/v1/checkout/sessions/{ids[0]}/line_items", checkout.line_items(stand.account, ids[0]), p)


def _reader(act: Callable[[Stand, Json, Json], Json]) -> Run:
    return lambda stand, ids, p: act(stand, stand.account.get("terminal.reader", ids[0], "reader"), p)


def _present(stand: Stand, reader: Json, p: Json) -> Json:
    return stand.readers.present(reader, (p.get("card_present") or {}).get("number"))


def _readers(stand: Stand, ids: tuple[str, ...], p: Json) -> Json:
    for reader in stand.account.all("terminal.reader"):
        offline = stand.readers.behaviour(reader["id"]).is_offline
        reader["status"] = "offline" if offline else "online"
    return _listed("terminal.reader", "location", "status", "device_type", "serial_number")(stand, ids, p)


_INTENTS, _SESSIONS = "/v1/payment_intents", "/v1/checkout/sessions"
_READERS, _HELPERS = "/v1/terminal/readers", "/v1/test_helpers/terminal/readers"

OPERATIONS: Final = (
    Operation(
        "POST",
        _INTENTS,
        _INTENT,
        lambda stand, _, p: payments.create_intent(stand.account, p),
        "payment_intent_write",
    ),
    Operation("GET", _INTENTS, {**_LIST, "customer": TEXT}, _listed("payment_intent"), "payment_intent_read"),
    Operation("GET", f"{_INTENTS}/*", {"client_secret": TEXT}, _one("payment_intent", "intent"), "payment_intent_read"),
    Operation(
        "POST",
        f"{_INTENTS}/*",
        {"amount": NUMBER, "metadata": MAP, "description": TEXT, "receipt_email": TEXT},
        _update_intent,
        "payment_intent_write",
    ),
    Operation(
        "POST",
        f"{_INTENTS}/*/confirm",
        {"payment_method": TEXT, "return_url": TEXT},
        _confirm,
        "payment_intent_write",
    ),
    Operation(
        "POST",
        f"{_INTENTS}/*/cancel",
        {"cancellation_reason": _CANCEL_REASONS},
        lambda stand, ids, p: payments.cancel_intent(
            stand.account, stand.account.get("payment_intent", ids[0], "intent"), p.get("cancellation_reason")
        ),
        "payment_intent_write",
    ),
    Operation(
        "POST",
        f"{_INTENTS}/*/capture",
        {"amount_to_capture": NUMBER, "metadata": MAP},
        lambda stand, ids, p: payments.capture_intent(
            stand.account, stand.account.get("payment_intent", ids[0], "intent"), p.get("amount_to_capture")
        ),
        "payment_intent_write",
    ),
    Operation(
        "GET", "/v1/charges", {**_LIST, "payment_intent": TEXT}, _listed("charge", "payment_intent"), "charge_read"
    ),
    Operation("GET", "/v1/charges/*", {}, _one("charge", "charge"), "charge_read"),
    Operation(
        "POST",
        _SESSIONS,
        _SESSION,
        lambda stand, _, p: checkout.create_session(stand.account, p, stand.base_url),
        "checkout_session_write",
    ),
    Operation(
        "GET",
        _SESSIONS,
        {**_LIST, "payment_intent": TEXT, "status": TEXT},
        _listed("checkout.session", "payment_intent", "status"),
        "checkout_session_read",
    ),
    Operation("GET", f"{_SESSIONS}/*", {}, _one("checkout.session", "session"), "checkout_session_read"),
    Operation("GET", f"{_SESSIONS}/*/line_items", _LIST, _lines, "checkout_session_read"),
    Operation(
        "POST",
        f"{_SESSIONS}/*/expire",
        {},
        lambda stand, ids, _: checkout.expire_session(
            stand.account, stand.account.get("checkout.session", ids[0], "session")
        ),
        "checkout_session_write",
    ),
    Operation(
        "POST",
        "/v1/refunds",
        {
            "amount": NUMBER,
            "charge": TEXT,
            "payment_intent": TEXT,
            "metadata": MAP,
            "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
        },
        lambda stand, _, p: payments.refund(stand.account, p),
        "refund_write",
    ),
    Operation(
        "GET",
        "/v1/refunds",
        {**_LIST, "charge": TEXT, "payment_intent": TEXT},
        _listed("refund", "charge", "payment_intent"),
        "refund_read",
    ),
    Operation("GET", "/v1/refunds/*", {}, _one("refund", "refund"), "refund_read"),
    Operation("GET", "/v1/events", {**_LIST, "type": TEXT, "types": TEXTS}, _events, "event_read"),
    Operation("GET", "/v1/events/*", {}, _one("event"), "event_read"),
    Operation(
        "GET",
        "/v1/balance_transactions",
        {**_LIST, "source": TEXT, "type": TEXT, "payout": TEXT, "currency": TEXT},
        _listed("balance_transaction", "source", "type", "currency"),
        "balance_transaction_read",
    ),
    Operation("GET", "/v1/balance_transactions/*", {}, _one("balance_transaction"), "balance_transaction_read"),
    Operation(
        "POST",
        "/v1/terminal/locations",
        {"display_name": must(TEXT), "address": must(MAP), "metadata": MAP},
        lambda stand, _, p: stand.readers.create_location(p),
        "terminal_location_write",
    ),
    Operation("GET", "/v1/terminal/locations", _LIST, _listed("terminal.location"), "terminal_location_read"),
    Operation("GET", "/v1/terminal/locations/*", {}, _one("terminal.location", "location"), "terminal_location_read"),
    Operation(
        "POST",
        _READERS,
        {"registration_code": must(TEXT), "label": TEXT, "location": TEXT, "metadata": MAP},
        lambda stand, _, p: stand.readers.create(p),
        "terminal_reader_write",
    ),
    Operation(
        "GET",
        _READERS,
        {**_LIST, "location": TEXT, "status": TEXT, "device_type": TEXT, "serial_number": TEXT},
        _readers,
        "terminal_reader_read",
    ),
    Operation("GET", f"{_READERS}/*", {}, _one("terminal.reader", "reader"), "terminal_reader_read"),
    Operation("DELETE", f"{_READERS}/*", {}, _delete("terminal.reader"), "terminal_reader_write"),
    Operation(
        "POST",
        f"{_READERS}/*/process_payment_intent",
        _PROCESS,
        _reader(lambda stand, reader, p: stand.readers.process(reader, p)),
        "terminal_reader_write",
    ),
    Operation(
        "POST",
        f"{_READERS}/*/cancel_action",
        {},
        _reader(lambda stand, reader, _: stand.readers.cancel(reader)),
        "terminal_reader_write",
    ),
    Operation(
        "POST",
        f"{_HELPERS}/*/present_payment_method",
        {"type": TEXT, "card_present": fields(number=TEXT), "amount_tip": NUMBER},
        _reader(_present),
        "terminal_reader_write",
    ),
    Operation(
        "POST",
        "/v1/webhook_endpoints",
        {"url": must(TEXT), "enabled_events": must(TEXTS), "api_version": TEXT, "description": TEXT, "metadata": MAP},
        _endpoint,
        "webhook_write",
    ),
    Operation("GET", "/v1/webhook_endpoints", _LIST, _listed("webhook_endpoint"), "webhook_read"),
    Operation("GET", "/v1/webhook_endpoints/*", {}, _one("webhook_endpoint"), "webhook_read"),
    Operation("DELETE", "/v1/webhook_endpoints/*", {}, _delete("webhook_endpoint"), "webhook_write"),
)
