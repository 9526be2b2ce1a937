"""Stripe's calls about payments: intents, charges, refunds and balance transactions."""

from typing import Final

from boxoffice.sandbox import attempts, intents, refunds
from boxoffice.sandbox.account import Account, matching, sent
from boxoffice.sandbox.calls import Call, Route
from boxoffice.sandbox.currencies import check_amount
from boxoffice.sandbox.errors import Document, StripeError, invalid
from boxoffice.sandbox.paging import page
from boxoffice.sandbox.params import Flag, Group, Keyed, Kind, Many, OneOf, Opaque, Text, Whole, listing, shape

CAPTURE: Final = OneOf(("automatic", "automatic_async", "manual"))
AMOUNT: Final = Whole(least=1)
TYPES: Final = Many(
    OneOf(("card", "card_present", "interac_present", "link", "cashapp", "us_bank_account", "amazon_pay", "klarna"))
)
_REASONS: Final = ("duplicate", "fraudulent", "requested_by_customer")
_INTENT_FIELDS: Final[dict[str, Kind]] = {
    "amount": AMOUNT,
    "currency": Text(),
    "allowed_payment_method_types": TYPES,
    "excluded_payment_method_types": TYPES,
    "capture_method": CAPTURE,
    "description": Text(1000),
    "metadata": Keyed(),
    "payment_method": Text(),
    "payment_method_types": Opaque(),
    "receipt_email": Text(),
    "statement_descriptor_suffix": Text(22),
    "transfer_group": Text(),
}
_INTENT_IGNORED: Final = (
    "amount_details application_fee_amount customer customer_account hooks payment_details "
    "payment_method_configuration payment_method_data payment_method_options setup_future_usage shipping "
    "statement_descriptor transfer_data"
)
CREATE_INTENT: Final = shape(
    ("amount", "currency"),
    f"{_INTENT_IGNORED} confirmation_token mandate mandate_data off_session on_behalf_of "
    "radar_options return_url use_stripe_sdk",
    **_INTENT_FIELDS,
    confirm=Flag(),
    error_on_requires_action=Flag(),
    confirmation_method=OneOf(("automatic", "manual")),
    automatic_payment_methods=Group(
        {"enabled": Opaque(), "allow_redirects": OneOf(("always", "never"))}, frozenset({"enabled"})
    ),
)
CONFIRM_INTENT: Final = shape(
    (),
    "allowed_payment_method_types amount_details amount_to_confirm capture_method confirmation_token "
    "excluded_payment_method_types hooks mandate mandate_data off_session payment_details "
    "payment_method_data payment_method_options payment_method_types radar_options receipt_email return_url "
    "setup_future_usage shipping use_stripe_sdk",
    client_secret=Text(),
    error_on_requires_action=Flag(),
    payment_method=Text(),
)
CAPTURE_INTENT: Final = shape(
    (),
    "amount_details application_fee_amount final_capture hooks payment_details statement_descriptor "
    "statement_descriptor_suffix transfer_data",
    amount_to_capture=AMOUNT,
    metadata=Keyed(),
)
CREATE_REFUND: Final = shape(
    (),
    "currency customer instructions_email origin refund_application_fee reverse_transfer",
    amount=AMOUNT,
    charge=Text(),
    payment_intent=Text(),
    metadata=Keyed(),
    reason=OneOf(_REASONS),
)


def create_intent(account: Account, call: Call) -> Document:
    intents.refuse_removed(call.params)
    call.params["currency"] = (call.params["currency"] or "").lower()
    check_amount(call.params["amount"], call.params["currency"])
    types = intents.method_types(call.params, ["card"])
    intent = intents.new_intent(account, call.params, types)
    if call.params.get("confirm"):
        attempts.confirm(account, intent, call.params)
    return sent(intent)


def retrieve_intent(account: Account, call: Call) -> Document:
    return sent(_intent(account, call))


def update_intent(account: Account, call: Call) -> Document:
    intents.refuse_removed(call.params)
    intent = _intent(account, call)
    intents.update(intent, call.params)
    return sent(intent)


def confirm_intent(account: Account, call: Call) -> Document:
    intents.refuse_removed(call.params)
    intent = _intent(account, call)
    attempts.confirm(account, intent, call.params)
    return sent(intent)


def cancel_intent(account: Account, call: Call) -> Document:
    intent = _intent(account, call)
    owner = next(matching(account.all("checkout.session"), payment_intent=intent["id"]), None)
    if owner is not None and owner["status"] == "open":
        message = "You cannot cancel a PaymentIntent created by Checkout. Expire its Checkout Session instead."
        raise StripeError(400, message, code="payment_intent_unexpected_state", more={"payment_intent": sent(intent)})
    intents.cancel(account, intent, call.params.get("cancellation_reason"))
    return sent(intent)


def capture_intent(account: Account, call: Call) -> Document:
    intent = _intent(account, call)
    attempts.capture(account, intent, call.params.get("amount_to_capture"))
    intents.merge_metadata(intent, call.params)
    return sent(intent)


def list_intents(account: Account, call: Call) -> Document:
    return page(call.url, account.all("payment_intent"), call.params)


def retrieve_charge(account: Account, call: Call) -> Document:
    return sent(account.get("charge", call.path["charge"]))


def update_charge(account: Account, call: Call) -> Document:
    charge = account.get("charge", call.path["charge"])
    intents.merge_metadata(charge, call.params)
    charge |= {name: call.params[name] for name in ("description", "receipt_email") if name in call.params}
    account.emit("charge.updated", charge)
    return sent(charge)


def list_charges(account: Account, call: Call) -> Document:
    found = matching(account.all("charge"), payment_intent=call.params.get("payment_intent"))
    return page(call.url, found, call.params)


def create_refund(account: Account, call: Call) -> Document:
    return sent(refunds.create(account, call.params))


def retrieve_refund(account: Account, call: Call) -> Document:
    return sent(account.get("refund", call.path["refund"]))


def update_refund(account: Account, call: Call) -> Document:
    refund = account.get("refund", call.path["refund"])
    intents.merge_metadata(refund, call.params)
    account.emit("refund.updated", refund)
    return sent(refund)


def list_refunds(account: Account, call: Call) -> Document:
    wanted = {name: call.params.get(name) for name in ("payment_intent", "charge")}
    return page(call.url, matching(account.all("refund"), **wanted), call.params)


def retrieve_transaction(account: Account, call: Call) -> Document:
    return sent(account.get("balance_transaction", call.path["id"]))


def list_transactions(account: Account, call: Call) -> Document:
    wanted = {name: call.params.get(name) for name in ("source", "type", "currency")}
    found = list(matching(account.all("balance_transaction"), **wanted))
    if payout := call.params.get("payout"):
        if not account.get("payout", payout)["automatic"]:
            message = "Balance transaction history can only be filtered on automatic transfers, not manual."
            raise StripeError(400, message, param="payout")
        found = [each for each in found if each.get("_payout") == payout]
    return page(call.url, found, call.params)


def _intent(account: Account, call: Call) -> Document:
    """Raises StripeError: 404 if there is none, or none with the client secret that was given."""
    intent = account.get("payment_intent", call.path["intent"], "intent")
    if call.params.get("client_secret", intent["client_secret"]) != intent["client_secret"]:
        message = "The client_secret provided does not match any associated PaymentIntent on this account."
        raise invalid(message, "client_secret", "payment_intent_invalid_parameter")
    return intent


_INTENTS: Final = "/v1/payment_intents"
ROUTES: Final = (
    Route("POST", _INTENTS, create_intent, CREATE_INTENT),
    Route("GET", _INTENTS, list_intents, listing("customer customer_account created")),
    Route("GET", _INTENTS + "/{intent}", retrieve_intent, shape(client_secret=Text())),
    Route("POST", _INTENTS + "/{intent}", update_intent, shape((), _INTENT_IGNORED, **_INTENT_FIELDS)),
    Route("POST", _INTENTS + "/{intent}/confirm", confirm_intent, CONFIRM_INTENT),
    Route(
        "POST",
        _INTENTS + "/{intent}/cancel",
        cancel_intent,
        shape(cancellation_reason=OneOf(("abandoned", *_REASONS))),
    ),
    Route("POST", _INTENTS + "/{intent}/capture", capture_intent, CAPTURE_INTENT),
    Route("GET", "/v1/charges", list_charges, listing("customer created transfer_group", payment_intent=Text())),
    Route("GET", "/v1/charges/{charge}", retrieve_charge),
    Route(
        "POST",
        "/v1/charges/{charge}",
        update_charge,
        shape(
            (),
            "customer fraud_details shipping transfer_group",
            metadata=Keyed(),
            description=Text(),
            receipt_email=Text(),
        ),
    ),
    Route("POST", "/v1/refunds", create_refund, CREATE_REFUND),
    Route("GET", "/v1/refunds", list_refunds, listing("created", charge=Text(), payment_intent=Text())),
    Route("GET", "/v1/refunds/{refund}", retrieve_refund),
    Route("POST", "/v1/refunds/{refund}", update_refund, shape(metadata=Keyed())),
    Route(
        "GET",
        "/v1/balance_transactions",
        list_transactions,
        listing("created", currency=Text(), payout=Text(), source=Text(), type=Text()),
    ),
    Route("GET", "/v1/balance_transactions/{id}", retrieve_transaction),
)
