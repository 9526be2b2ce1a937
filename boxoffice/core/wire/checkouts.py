"""The messages about payments on a provider's page that a till asks for."""

from typing import Annotated, Literal

from pydantic import Field

from boxoffice.core.wire.message import FactMessage, Message


class CheckoutRequest(Message):
    """`POST /api/till/checkouts`: the order's facts must have been pushed before; again with the same tender: same."""

    order_id: str
    tender_id: str
    amount: Annotated[int, Field(gt=0)]
    currency: str


CheckoutState = Literal["open", "opened", "paying", "paid", "expired", "failed"]


class CheckoutAnswer(Message):
    """Also for `GET /api/till/checkouts/{tender_id}`, `POST .../cancel` and `POST .../extend`.

    `paid` and `expired` are final and the provider's own word. `seconds_left` is by the hub's clock. Of what the till
    had offered with no network nothing is written here: it ends it itself, by the `paid_code` if it was paid.
    """

    tender_id: str
    code: str
    url: str
    state: CheckoutState
    seconds_left: int
    opened_at: str | None = None
    facts: tuple[FactMessage, ...] = ()
    paid_code: str = ""
