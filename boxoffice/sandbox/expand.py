"""`expand[]`: ids turned into their objects, in answers and in lists, up to four levels."""

from typing import Any, Final

from boxoffice.sandbox.account import Account, sent
from boxoffice.sandbox.errors import Document, StripeError

_DEEPEST: Final = 4
_EXPANDABLE: Final = {
    "payment_intent": {"latest_charge", "payment_method", "customer", "review", "on_behalf_of", "application"},
    "charge": {
        "balance_transaction",
        "failure_balance_transaction",
        "payment_intent",
        "refunds",
        "customer",
        "application",
        "review",
    },
    "refund": {"charge", "payment_intent", "balance_transaction", "failure_balance_transaction", "payment_method"},
    "checkout.session": {"payment_intent", "line_items", "customer", "invoice", "subscription", "setup_intent"},
    "balance_transaction": {"source"},
    "dispute": {"charge", "payment_intent"},
    "payout": {"balance_transaction", "failure_balance_transaction"},
    "terminal.reader": {"location"},
    "process_payment_intent": {"payment_intent"},
}


def expand(account: Account, answer: Document, paths: list[str]) -> Document:
    """Returns the answer with what was asked for put in.

    Raises:
        StripeError: 400, for what can't be expanded, or too deep.
    """
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST:
            raise _refused(f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}")
        _expand(account, answer, parts, path, None)
    return answer


def _expand(account: Account, node: Any, parts: list[str], path: str, name: str | None) -> None:
    if isinstance(node, list):
        for each in node:
            _expand(account, each, parts, path, name)
        return
    if not isinstance(node, dict) or not parts:
        return
    first, rest = parts[0], parts[1:]
    kind = node.get("object", name)
    if first in _EXPANDABLE.get(kind or "", ()):
        _put(account, node, first)
    elif not rest or first not in node:
        raise _refused(f"This property cannot be expanded ({path}).")
    _expand(account, node.get(first), rest, path, first)


def _put(account: Account, node: Document, name: str) -> None:
    value = node.get(name)
    if isinstance(value, str):
        found = account.find(value)
        if found is not None:
            node[name] = sent(found)
    elif value is None and (original := account.find(node["id"]) if "id" in node else None) is not None:
        hidden = original.get(f"_{name}")
        if hidden is not None:
            node[name] = {**hidden, "data": [sent(each) for each in hidden["data"]]}


def _refused(message: str) -> StripeError:
    return StripeError(400, message, param="expand")
