"""Stripe's calls about Checkout Sessions."""

from typing import Final

from boxoffice.sandbox import checkout, intents
from boxoffice.sandbox.account import Account, matching, sent
from boxoffice.sandbox.calls import Call, Route
from boxoffice.sandbox.errors import Document
from boxoffice.sandbox.paging import page
from boxoffice.sandbox.params import Flag, Group, Keyed, Many, OneOf, Opaque, Text, Whole, listing, shape
from boxoffice.sandbox.payment_calls import CAPTURE, TYPES

_LOCALES: Final = tuple(
    locale
    for locales in (
        "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl pl pt",
        "pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW",
    )
    for locale in locales.split()
)
_IGNORED: Final = (
    "after_expiration allow_promotion_codes automatic_tax billing_address_collection "
    "branding_settings consent_collection currency custom_fields customer customer_account customer_update "
    "discounts invoice_creation managed_payments name_collection optional_items payment_method_collection "
    "payment_method_configuration payment_method_data payment_method_options permissions phone_number_collection "
    "redirect_on_completion return_url saved_payment_method_options setup_intent_data shipping_address_collection "
    "shipping_options subscription_data tax_id_collection wallet_options"
)
_PRODUCT: Final = Group(
    {
        "name": Text(),
        "description": Text(),
        "images": Opaque(),
        "metadata": Keyed(),
        "tax_code": Text(),
        "unit_label": Text(),
    },
    frozenset({"name"}),
)
_PRICE: Final = Group(
    {
        "currency": Text(),
        "unit_amount": Whole(least=0),
        "product_data": _PRODUCT,
        "tax_behavior": OneOf(("exclusive", "inclusive", "unspecified")),
    },
    frozenset({"currency", "unit_amount", "product_data"}),
)
_LINE: Final = Group(
    {
        "price_data": _PRICE,
        "quantity": Whole(least=1),
        "adjustable_quantity": Opaque(),
        "metadata": Keyed(),
        "tax_rates": Opaque(),
    },
    frozenset({"price_data"}),
)
_INTENT_DATA: Final = Group(
    {
        "metadata": Keyed(),
        "capture_method": CAPTURE,
        "description": Text(1000),
        "receipt_email": Text(),
        "statement_descriptor_suffix": Text(22),
        "statement_descriptor": Opaque(),
        "setup_future_usage": Opaque(),
        "shipping": Opaque(),
        "transfer_group": Opaque(),
    }
)
_CUSTOM_TEXT: Final = Group(
    {
        "submit": Group({"message": Text(1200)}, frozenset({"message"})),
        "after_submit": Opaque(),
        "shipping_address": Opaque(),
        "terms_of_service_acceptance": Opaque(),
    }
)
CREATE_SESSION: Final = shape(
    (),
    _IGNORED,
    adaptive_pricing=Group({"enabled": Flag()}),
    custom_text=_CUSTOM_TEXT,
    mode=OneOf(("payment", "setup", "subscription")),
    ui_mode=OneOf(("elements", "embedded_page", "form", "hosted_page")),
    line_items=Many(_LINE),
    success_url=Text(),
    cancel_url=Text(),
    client_reference_id=Text(200),
    customer_creation=OneOf(("always", "if_required")),
    customer_email=Text(),
    expires_at=Whole(least=0),
    metadata=Keyed(),
    payment_intent_data=_INTENT_DATA,
    allowed_payment_method_types=TYPES,
    excluded_payment_method_types=TYPES,
    payment_method_types=Opaque(),
    integration_identifier=Text(),
    origin_context=OneOf(("mobile_app", "web")),
    submit_type=OneOf(("auto", "book", "donate", "pay", "subscribe")),
    locale=OneOf(_LOCALES),
)


def create_session(account: Account, call: Call) -> Document:
    intents.refuse_removed(call.params)
    return sent(checkout.create(account, call.params))


def retrieve_session(account: Account, call: Call) -> Document:
    return sent(_session(account, call))


def update_session(account: Account, call: Call) -> Document:
    session = _session(account, call)
    intents.merge_metadata(session, call.params)
    return sent(session)


def expire_session(account: Account, call: Call) -> Document:
    session = _session(account, call)
    checkout.expire(account, session)
    return sent(session)


def list_sessions(account: Account, call: Call) -> Document:
    checkout.expire_due(account)
    wanted = {name: call.params.get(name) for name in ("payment_intent", "status")}
    return page(call.url, matching(account.all("checkout.session"), **wanted), call.params)


def list_lines(account: Account, call: Call) -> Document:
    lines = checkout.line_items(_session(account, call))
    return page(call.url, reversed(lines), call.params)


def _session(account: Account, call: Call) -> Document:
    session = account.get("checkout.session", call.path["session"], "session")
    checkout.expire_if_due(account, session)
    return session


_SESSIONS: Final = "/v1/checkout/sessions"
ROUTES: Final = (
    Route("POST", _SESSIONS, create_session, CREATE_SESSION),
    Route(
        "GET",
        _SESSIONS,
        list_sessions,
        listing(
            "created customer customer_account customer_details payment_link subscription",
            payment_intent=Text(),
            status=OneOf(("complete", "expired", "open")),
        ),
    ),
    Route("GET", _SESSIONS + "/{session}", retrieve_session),
    Route(
        "POST",
        _SESSIONS + "/{session}",
        update_session,
        shape((), "collected_information line_items payment_intent_data shipping_options", metadata=Keyed()),
    ),
    Route("POST", _SESSIONS + "/{session}/expire", expire_session),
    Route("GET", _SESSIONS + "/{session}/line_items", list_lines, listing()),
)
