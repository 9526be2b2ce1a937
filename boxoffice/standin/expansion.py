"""`expand[]`: replaces ids by the objects that they name, as deep as it is asked for."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Final

from boxoffice.standin import checkout
from boxoffice.standin.account import Account, Json
from boxoffice.standin.errors import StripeError

_DEPTH: Final = 4
_EXPANDABLE: Final[Mapping[tuple[str, str], str]] = {
    ("payment_intent", "latest_charge"): "charge",
    ("charge", "balance_transaction"): "balance_transaction",
    ("charge", "payment_intent"): "payment_intent",
    ("checkout.session", "payment_intent"): "payment_intent",
    ("refund", "charge"): "charge",
    ("refund", "payment_intent"): "payment_intent",
    ("refund", "balance_transaction"): "balance_transaction",
    ("terminal.reader", "location"): "terminal.location",
}
_NOT_YET: Final = frozenset({"customer", "payment_method", "review", "application"})
"""Expandable at Stripe, and always empty or a bare id here."""


def expand(account: Account, thing: Json, paths: Sequence[str]) -> Json:
    """Returns a copy with the paths expanded; the original stays as it is.

    Raises:
        StripeError: for a path that can't be expanded.
    """
    out = copy.deepcopy(thing)
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEPTH:
            raise StripeError("You cannot expand more than 4 levels of a property.", param="expand")
        _expand(account, out, parts, path)
    return out


def _expand(account: Account, thing: Any, parts: Sequence[str], path: str) -> None:
    if not parts or not isinstance(thing, dict):
        return
    name, rest = parts[0], parts[1:]
    if thing.get("object") == "list" and name == "data":
        for each in thing["data"]:
            _expand(account, each, rest, path)
        return
    kind = _EXPANDABLE.get((thing.get("object", ""), name))
    if (thing.get("object"), name) == ("checkout.session", "line_items"):
        lines = copy.deepcopy(checkout.line_items(account, thing["id"]))
        url = f"/v1/checkout/sessions/{thing['id']}/line_items"
        thing[name] = {"object": "list", "url": url, "has_more": False, "data": lines}
    elif kind is not None:
        if isinstance(thing.get(name), str):
            thing[name] = copy.deepcopy(account.get(kind, thing[name]))
        _expand(account, thing[name], rest, path)
    elif name in _NOT_YET and name in thing:
        return
    elif (thing.get("object"), name) == ("balance_transaction", "source"):
        found = next(
            (account.find(k, thing["source"]) for k in ("charge", "refund") if account.find(k, thing["source"])), None
        )
        thing[name] = copy.deepcopy(found) or thing[name]
        _expand(account, thing[name], rest, path)
    else:
        raise StripeError(f"This property cannot be expanded ({path}).", param="expand")
