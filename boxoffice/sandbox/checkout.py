"""Checkout Sessions: made, paid on the hosted page, expired by a call or by time. Never paid after they ended."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from boxoffice.sandbox.account import Account, new_id
from boxoffice.sandbox.attempts import attempt
from boxoffice.sandbox.cards import Decline
from boxoffice.sandbox.charges import Presented
from boxoffice.sandbox.currencies import check_amount
from boxoffice.sandbox.errors import Document, StripeError, invalid, missing
from boxoffice.sandbox.intents import cancel, method_types, new_intent
from boxoffice.sandbox.sessions import MOST_LIFE_S, customer_details, new_line, new_session

_EMAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_LEAST_LIFE_S: Final = 30 * 60
_SLACK_S: Final = 5  # the client's clock and the way here


class SessionEnded(Exception):
    """Nobody can pay this session any more: it is complete or expired."""


def create(account: Account, params: Mapping[str, Any]) -> Document:
    """Adds an open session.

    Raises:
        StripeError: 400, for what a hosted payment needs or can't have.
    """
    _check(account, params)
    types = method_types(params, ["card"])
    lines = [new_line(account, line) for line in params["line_items"]]
    currencies = {line["currency"] for line in lines}
    if len(currencies) > 1:
        raise invalid("All prices on a Checkout Session must have the same currency.", "line_items")
    total, currency = sum(line["amount_total"] for line in lines), currencies.pop()
    if total:
        check_amount(total, currency)
    email = params.get("customer_email")
    if email is not None and not _EMAIL.fullmatch(email):
        raise invalid(f"Invalid email address: {email}", "customer_email", "email_invalid")
    session_id = new_id("cs_test", 58)
    session = account.add(new_session(account, params, session_id, types, total, currency))
    session["_line_items"] = {
        "object": "list",
        "data": lines,
        "has_more": False,
        "url": f"/v1/checkout/sessions/{session_id}/line_items",
    }
    return session


def expire(account: Account, session: Document) -> None:
    """Ends an open session.

    Raises:
        StripeError: 400, if it had ended; it may just have been paid.
    """
    expire_if_due(account, session)
    if session["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`."
        )
        raise StripeError(400, message)
    _expire(account, session)


def expire_due(account: Account) -> None:
    """Ends the sessions whose time is over."""
    for session in account.all("checkout.session"):
        expire_if_due(account, session)


def expire_if_due(account: Account, session: Document) -> None:
    """Ends a session whose time is over."""
    if session["status"] == "open" and session["expires_at"] <= account.now():
        _expire(account, session)


def pay(account: Account, session: Document, paid_with: Presented) -> Document | None:
    """Charges the card for the session; returns the event of its completion, or None if the card was refused.

    Raises:
        SessionEnded: if it is paid or expired.
    """
    expire_if_due(account, session)
    if session["status"] != "open":
        raise SessionEnded
    if session["amount_total"]:  # what costs nothing has no intent
        intent = _intent(account, session)
        attempt(account, intent, paid_with)
        if intent["status"] not in ("succeeded", "requires_capture"):
            return None
        session["payment_status"] = "paid"
    session |= {"status": "complete", "url": None}
    session["customer_details"] = customer_details(paid_with.email or session["customer_email"], paid_with.name)
    return account.emit("checkout.session.completed", session)


def pay_later(account: Account, session: Document, paid_with: Presented, after_s: float | None) -> Document:
    """Completes the session with a delayed method: its money arrives, or is refused, after some time or by `arrive`.

    Raises:
        SessionEnded: if it is paid or expired.
    """
    expire_if_due(account, session)
    if session["status"] != "open":
        raise SessionEnded
    intent = _intent(account, session)
    intent["status"] = "processing"
    account.emit("payment_intent.processing", intent)
    session |= {"status": "complete", "url": None}
    session["customer_details"] = customer_details(paid_with.email or session["customer_email"], paid_with.name)
    session["_delayed"] = paid_with
    event = account.emit("checkout.session.completed", session)
    if after_s is not None:
        account.later(after_s, lambda: _arrive_if_awaited(account, session))
    return event


def arrive(account: Account, session: Document, decline: Decline | None = None) -> None:
    """Ends the wait for the money of a delayed method.

    Raises:
        StripeError: 400, if nobody waits for it.
    """
    if not _is_awaited(account, session):
        raise StripeError(400, "No money is on its way for this session.")
    intent = account.get("payment_intent", session["payment_intent"])
    attempt(account, intent, session["_delayed"], decline)
    succeeded = intent["status"] == "succeeded"
    if succeeded:
        session["payment_status"] = "paid"
    name = "async_payment_succeeded" if succeeded else "async_payment_failed"
    account.emit(f"checkout.session.{name}", session)


def line_items(session: Document) -> Sequence[Document]:
    lines: Sequence[Document] = session["_line_items"]["data"]
    return lines


def _arrive_if_awaited(account: Account, session: Document) -> None:
    if _is_awaited(account, session):
        arrive(account, session)


def _is_awaited(account: Account, session: Document) -> bool:
    if account.find(session["id"]) is not session or "_delayed" not in session:
        return False
    return bool(account.get("payment_intent", session["payment_intent"])["status"] == "processing")


def _intent(account: Account, session: Document) -> Document:
    """Returns the session's intent, made when someone first tries to pay."""
    if session["payment_intent"] is not None:
        return account.get("payment_intent", session["payment_intent"])
    data = session["_payment_intent_data"]
    params = {
        "amount": session["amount_total"],
        "currency": session["currency"],
        "metadata": dict(data.get("metadata", {})),
        "capture_method": data.get("capture_method", "automatic_async"),
        "description": data.get("description"),
        "receipt_email": data.get("receipt_email"),
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
    }
    intent = new_intent(account, params, list(session["payment_method_types"]))
    session["payment_intent"] = intent["id"]
    return intent


def _expire(account: Account, session: Document) -> None:
    session |= {"status": "expired", "url": None}
    if session["payment_intent"] is not None:
        cancel(account, account.get("payment_intent", session["payment_intent"]), "automatic")
    account.emit("checkout.session.expired", session)


def _check(account: Account, params: Mapping[str, Any]) -> None:
    mode, ui_mode = params.get("mode"), params.get("ui_mode", "hosted_page")
    if mode is None:
        raise missing("mode")
    if mode != "payment":
        raise invalid("This sandbox sells only in `payment` mode.", "mode")
    if ui_mode != "hosted_page":
        raise invalid("This sandbox has only the `hosted_page`.", "ui_mode")
    for name in ("line_items", "success_url"):
        if not params.get(name):
            raise missing(name)
    for name in ("success_url", "cancel_url"):
        if not (params.get(name) or "https://").startswith(("https://", "http://")):
            raise invalid("Not a valid URL", name, "url_invalid")
    _check_life(account, params.get("expires_at"))


def _check_life(account: Account, expires_at: int | None) -> None:
    if expires_at is None:
        return
    life_s = expires_at - account.now()
    if life_s < _LEAST_LIFE_S - _SLACK_S:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise invalid(message, "expires_at")
    if life_s > MOST_LIFE_S + _SLACK_S:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise invalid(message, "expires_at")
