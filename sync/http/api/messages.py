"""What the messages of the shop have in common: camelCase names, limits of every field, and examples."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, Self

from fastapi import Header
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from boxoffice.core.email_addresses import read_email
from boxoffice.core.errors import BadInput
from boxoffice.core.ids import PriceKindId, ProductId
from boxoffice.core.money import Currency, Money
from boxoffice.core.pricing import MAX_QUANTITY, Cart, CartLine
from boxoffice.core.reading import read_code, read_line, read_name, read_phone
from sync.shop.web_orders import Customer

MOST_LINES: Final = 50
_MOST_MINOR: Final = 2**53 - 1
"""What JSON carries whole. How much a donation may be goes by its currency, which the event says."""


def _by(read: Callable[[str], str]) -> AfterValidator:
    """Returns the validator that reads a text as the core does."""

    def validate(text: str) -> str:
        try:
            return read(text)
        except BadInput as error:
            raise PydanticCustomError("text", "{words}", {"words": error.problems[0].message}) from error

    return AfterValidator(validate)


ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00]*$")]


Option = Annotated[ShortText, AfterValidator(read_line)]


PersonName = Annotated[str, StringConstraints(max_length=200), _by(read_name)]


NameOrNone = Annotated[str, StringConstraints(max_length=200), _by(lambda text: read_line(text) and read_name(text))]


Email = Annotated[str, StringConstraints(max_length=1000), _by(read_email)]


Phone = Annotated[str, StringConstraints(max_length=200), _by(read_phone)]


PromoCode = Annotated[str, StringConstraints(max_length=200), AfterValidator(read_code)]


IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", max_length=255)]


class Message(BaseModel):
    """Fields that there are not are refused by name: who writes `status` must not believe that it was taken."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


AnalyticsClient = Annotated[
    str | None,
    Field(
        pattern=r"^[0-9]{1,20}\.[0-9]{1,20}$",
        description="the GA4 client id of a buyer who allowed to be counted; leave it out for all others",
    ),
]


BuyersLanguage = Annotated[
    Literal["en", "es"], Field(description="of the names in the answer, of the payment page, the mail and its papers")
]


LineToken = Annotated[
    ShortText | None, Field(description="a place in the waiting line whose turn has come, while there is a line")
]


ACCESS: Final[JsonDict] = {
    "orderId": "01a20dd5-622e-7766-bec1-06f764d03dfa",
    "accessToken": "MDFhMjBkZDUtNjIyZS03NzY2.kJ0p3h5xUo2l7s9Q",
}


ORDER: Final[JsonDict] = {**ACCESS, "orderNumber": "7K2-F4Q", "expiresAt": 1778880000}


def like(example: JsonDict) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


def _without_default(schema: JsonDict) -> None:
    """Lets the description say that the field may be left out, and not that an empty text may stand for it."""
    schema.pop("default", None)


class Item(Message):
    """`amount` (minor units) is for a donation only, `priceKind` for who brings a card.

    `price` and `name` of the caller's own list count for nothing.
    """

    id: ShortText
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY, strict=True)]
    amount: Annotated[int, Field(ge=1, le=_MOST_MINOR, strict=True)] | None = None
    option: Option | None = None
    price_kind: ShortText | None = None
    price: Annotated[object, Field(exclude=True)] = None
    name: Annotated[object, Field(exclude=True)] = None


class CustomerChange(Message):
    """What to change of who buys: what is left out stays as it is; `null` or an empty text takes name or phone away."""

    email: Email = Field(default="", json_schema_extra=_without_default)
    name: NameOrNone | None = None
    phone: Phone | None = None

    def customer(self) -> Customer:
        said: dict[str, Any] = {what: getattr(self, what) or None for what in self.model_fields_set}
        return Customer(**said)


class CustomerInfo(CustomerChange):
    """Who buys. For an order that is held already, it changes only what it says."""

    email: Email
    name: PersonName | None = None


class CartRequest(Message):
    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=MOST_LINES)]
    promo_code: PromoCode | None = None
    event_id: ShortText | None = None
    analytics_client: AnalyticsClient = None
    language: BuyersLanguage = "en"
    line_token: LineToken = None

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [{"id": "full-pass", "quantity": 2}], "promoCode": None}]}
    )

    def cart(self, currency: Currency) -> Cart:
        return Cart(
            tuple(
                CartLine(
                    ProductId(item.id),
                    item.quantity,
                    None if item.amount is None else Money(item.amount, currency),
                    item.option,
                    None if item.price_kind is None else PriceKindId(item.price_kind),
                )
                for item in self.items
            )
        )


class OrderRequest(CartRequest):
    customer_info: CustomerInfo

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [{"id": "full-pass", "quantity": 2}],
                    "customerInfo": {"email": "camila@example.org", "name": "Camila Ortega", "phone": "303-555-0123"},
                }
            ]
        }
    )


class CheckoutRequest(Message):
    """Either `items`, or the `orderId` and `accessToken` of an order that is held already."""

    items: Annotated[tuple[Item, ...], Field(max_length=MOST_LINES)] = ()
    customer_info: CustomerInfo
    promo_code: PromoCode | None = None
    event_id: ShortText | None = None
    analytics_client: AnalyticsClient = None
    language: BuyersLanguage = "en"
    line_token: LineToken = None
    order_id: ShortText | None = None
    access_token: ShortText | None = None

    model_config = ConfigDict(json_schema_extra=OrderRequest.model_config["json_schema_extra"])

    @model_validator(mode="after")
    def _is_for_something(self) -> Self:
        if self.order_id is None and not self.items:
            raise PydanticCustomError("no_items", "needs items, or the orderId of an order that is held")
        if self.order_id is not None and self.access_token is None:
            raise PydanticCustomError("no_token", "needs the accessToken of the order")
        return self


class AccessRequest(Message):
    order_id: ShortText
    access_token: ShortText

    model_config = like(ACCESS)
