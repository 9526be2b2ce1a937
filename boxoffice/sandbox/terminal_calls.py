"""Stripe's calls about Terminal: locations, readers, what they are told to do, and the test helpers."""

from typing import Any, Final

from boxoffice.sandbox import readers
from boxoffice.sandbox.account import Account, matching, new_id, sent
from boxoffice.sandbox.calls import Call, Route
from boxoffice.sandbox.errors import Document, invalid, missing
from boxoffice.sandbox.intents import merge_metadata
from boxoffice.sandbox.paging import page
from boxoffice.sandbox.params import Flag, Group, Keyed, Many, OneOf, Text, Whole, listing, shape

_ADDRESS: Final = ("city", "country", "line1", "line2", "postal_code", "state")
_ADDRESS_TAKES: Final = Group({name: Text() for name in _ADDRESS})
_LOCATION: Final = shape(
    (),
    "address_kana address_kanji configuration_overrides display_name_kana display_name_kanji phone",
    address=_ADDRESS_TAKES,
    display_name=Text(1000),
    metadata=Keyed(),
)
_PROCESS: Final = shape(
    ("payment_intent",),
    payment_intent=Text(),
    process_config=Group(
        {
            "allow_redisplay": OneOf(("always", "limited", "unspecified")),
            "enable_customer_cancellation": Flag(),
            "return_url": Text(),
            "skip_tipping": Flag(),
            "tipping": Group({"amount_eligible": Whole(least=1)}),
        }
    ),
)
_CART_LINE: Final = Group(
    {"amount": Whole(), "description": Text(), "quantity": Whole(least=1)},
    frozenset({"amount", "description", "quantity"}),
)
_DISPLAY: Final = shape(
    ("type",),
    type=OneOf(("cart",)),
    cart=Group(
        {"currency": Text(), "line_items": Many(_CART_LINE), "tax": Whole(), "total": Whole()},
        frozenset({"currency", "line_items", "total"}),
    ),
)
_NUMBER: Final = Group({"number": Text()})
_CARD: Final = Group({"number": Text(), "exp_month": Whole(1, 12), "exp_year": Whole(), "cvc": Text()})
_PRESENT: Final = shape(
    amount_tip=Whole(least=0),
    card=_CARD,
    card_present=_NUMBER,
    interac_present=_NUMBER,
    type=OneOf(("card", "card_present", "interac_present")),
)


def new_location(account: Account, display_name: str, address: Document, metadata: Document) -> Document:
    return account.add(
        {
            "id": new_id("tml"),
            "object": "terminal.location",
            "address": {**dict.fromkeys(_ADDRESS), **address},
            "display_name": display_name,
            "livemode": False,
            "metadata": metadata,
        }
    )


def create_location(account: Account, call: Call) -> Document:
    for name in ("display_name", "address"):
        if not call.params.get(name):
            raise missing(name)
    if not call.params["address"].get("country"):
        raise missing("address[country]")
    metadata = call.params.get("metadata", {})
    return sent(new_location(account, call.params["display_name"], call.params["address"], metadata))


def retrieve_location(account: Account, call: Call) -> Document:
    return sent(account.get("terminal.location", call.path["location"], "location"))


def update_location(account: Account, call: Call) -> Document:
    location = account.get("terminal.location", call.path["location"], "location")
    merge_metadata(location, call.params)
    location["address"] |= call.params.get("address", {})
    location["display_name"] = call.params.get("display_name") or location["display_name"]
    return sent(location)


def delete_location(account: Account, call: Call) -> Document:
    location = account.get("terminal.location", call.path["location"], "location")
    if any(matching(account.all("terminal.reader"), location=location["id"])):
        raise invalid("This location still has readers.", "location")
    account.remove(location)
    return _deleted(location)


def list_locations(account: Account, call: Call) -> Document:
    return page(call.url, account.all("terminal.location"), call.params)


def create_reader(account: Account, call: Call) -> Document:
    given = call.params
    code, metadata = given["registration_code"] or "", given.get("metadata", {})
    return sent(readers.new_reader(account, code, given.get("label"), given.get("location"), metadata))


def retrieve_reader(account: Account, call: Call) -> Document:
    return sent(_reader(account, call))


def update_reader(account: Account, call: Call) -> Document:
    reader = _reader(account, call)
    merge_metadata(reader, call.params)
    reader["label"] = call.params.get("label") or reader["label"]
    return sent(reader)


def delete_reader(account: Account, call: Call) -> Document:
    reader = _reader(account, call)
    account.remove(reader)
    return _deleted(reader)


def list_readers(account: Account, call: Call) -> Document:
    wanted = {name: call.params.get(name) for name in ("device_type", "location", "serial_number", "status")}
    # Stripe lists readers newest first too; the two that are there at the start keep their numbers' order.
    found = sorted(matching(account.all("terminal.reader"), **wanted), key=lambda each: each["label"], reverse=True)
    return page(call.url, found, call.params)


def process(account: Account, call: Call) -> Document:
    reader = _reader(account, call)
    intent = account.get("payment_intent", call.params["payment_intent"] or "", "payment_intent")
    readers.process(account, reader, intent, call.params.get("process_config", {}))
    return sent(reader)


def show_cart(account: Account, call: Call) -> Document:
    reader = _reader(account, call)
    if "cart" not in call.params:
        raise missing("cart")
    readers.show_cart(account, reader, call.params["cart"])
    return sent(reader)


def cancel_action(account: Account, call: Call) -> Document:
    reader = _reader(account, call)
    readers.cancel_action(account, reader)
    return sent(reader)


def present(account: Account, call: Call) -> Document:
    reader = _reader(account, call)
    readers.present(account, reader, _number(call.params), call.params.get("amount_tip", 0))
    return sent(reader)


def connection_token(_account: Account, call: Call) -> Document:
    token: Document = {"object": "terminal.connection_token", "secret": new_id("pst_test", 40)}
    return token | {name: call.params[name] for name in ("location",) if call.params.get(name)}


def _number(params: dict[str, Any]) -> str:
    kind = params.get("type", "card_present")
    default = "4506445006931933" if kind == "interac_present" else readers.DEFAULT_CARD
    return (params.get(kind) or {}).get("number") or default


def _reader(account: Account, call: Call) -> Document:
    return account.get("terminal.reader", call.path["reader"], "reader")


def _deleted(document: Document) -> Document:
    return {**sent(document), "deleted": True}


_LOCATIONS: Final = "/v1/terminal/locations"
_READERS: Final = "/v1/terminal/readers"
_HELPERS: Final = "/v1/test_helpers/terminal/readers"
ROUTES: Final = (
    Route("POST", _LOCATIONS, create_location, _LOCATION),
    Route("GET", _LOCATIONS, list_locations, listing()),
    Route("GET", _LOCATIONS + "/{location}", retrieve_location),
    Route("POST", _LOCATIONS + "/{location}", update_location, _LOCATION),
    Route("DELETE", _LOCATIONS + "/{location}", delete_location),
    Route(
        "POST",
        _READERS,
        create_reader,
        shape(("registration_code",), registration_code=Text(), label=Text(), location=Text(), metadata=Keyed()),
    ),
    Route(
        "GET",
        _READERS,
        list_readers,
        listing(device_type=Text(), location=Text(), serial_number=Text(), status=OneOf(("offline", "online"))),
    ),
    Route("GET", _READERS + "/{reader}", retrieve_reader),
    Route("POST", _READERS + "/{reader}", update_reader, shape(label=Text(), metadata=Keyed())),
    Route("DELETE", _READERS + "/{reader}", delete_reader),
    Route("POST", _READERS + "/{reader}/process_payment_intent", process, _PROCESS),
    Route("POST", _READERS + "/{reader}/set_reader_display", show_cart, _DISPLAY),
    Route("POST", _READERS + "/{reader}/cancel_action", cancel_action),
    Route("POST", _HELPERS + "/{reader}/present_payment_method", present, _PRESENT),
    Route("POST", "/v1/terminal/connection_tokens", connection_token, shape(location=Text())),
)
