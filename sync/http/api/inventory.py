"""What is left, places held for a while, and the waiting line before them."""

from datetime import datetime
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request

from boxoffice.core.ids import ProductId
from boxoffice.core.pricing import CartLine
from boxoffice.core.sale_times import sale_times
from boxoffice.core.texts import Texts
from sync.http.access import TheHub, address_of
from sync.http.api.buying import key_of, reserve
from sync.http.api.messages import (
    ACCESS,
    ORDER,
    BuyersLanguage,
    CartRequest,
    CustomerInfo,
    IdempotencyKey,
    Item,
    LineToken,
    Message,
    ShortText,
    like,
)
from sync.inventory.on_sale import OnSale, Wait, Wanted, ask_for_more, catalogue_on_sale, on_sale, shortages
from sync.ledger.hub import Hub
from sync.shop import waiting_room

router: Final = APIRouter(prefix="/api/inventory", tags=["inventory"])


class ReserveRequest(CartRequest):
    customer_info: CustomerInfo | None = None


class ReservationAnswer(Message):
    reservation_id: str
    order_id: str
    order_number: str
    expires_at: int
    access_token: str

    model_config = like(ORDER | {"reservationId": ACCESS["orderId"]})


class OptionLeft(Message):
    """What is left of a product in one option, where it is counted by option; `name` is as an item says it."""

    name: str
    left: int


class ProductLeft(Message):
    """`held` are being paid for by others, and may be there again from `retryAt`; outside its times nothing is sold."""

    id: str
    name: str
    left: int | None
    is_available: bool
    held: int = 0
    retry_at: datetime | None = None
    sale_starts: datetime | None = None
    sale_ends: datetime
    options: tuple[OptionLeft, ...] = ()


class Unavailable(Message):
    """As `ProductLeft`; `reason` is why: sold out, only taken for now, or not on sale."""

    id: str
    requested: int
    available: int
    reason: Literal["sold_out", "held", "off_sale"]
    held: int = 0
    retry_at: datetime | None = None


class AvailabilityAnswer(Message):
    available: bool
    unavailable: tuple[Unavailable, ...]
    products: tuple[ProductLeft, ...]

    model_config = like(
        {
            "available": False,
            "unavailable": [
                {
                    "id": "full-pass",
                    "requested": 2,
                    "available": 1,
                    "reason": "sold_out",
                    "held": 0,
                    "retryAt": None,
                }
            ],
            "products": [
                {
                    "id": "full-pass",
                    "name": "Full Festival Pass",
                    "left": 1,
                    "isAvailable": True,
                    "held": 0,
                    "retryAt": None,
                    "saleStarts": None,
                    "saleEnds": "2026-05-18T00:00:00-06:00",
                }
            ],
        }
    )


class AvailabilityRequest(CartRequest):
    pass


class LineRequest(Message):
    """A place that the caller has already, to see how it stands; without one, or with one that is over, a new one."""

    line_token: LineToken = None

    model_config = like({"lineToken": None})


class LineAnswer(Message):
    """`isOpen` is false while there is no line and everyone may buy; `waitSeconds` is 0 when the turn has come."""

    is_open: bool
    line_token: str | None
    number: int | None
    ahead: int
    wait_seconds: int

    model_config = like(
        {"isOpen": True, "lineToken": "118.1778880000.k3JpQ0", "number": 118, "ahead": 42, "waitSeconds": 51}
    )


@router.get("/check-availability")
def availability(
    hub: TheHub,
    event_id: Annotated[ShortText | None, Query(alias="eventId")] = None,
    language: BuyersLanguage = "en",
) -> AvailabilityAnswer:
    """Returns what is left of every product, by its name in a language."""
    return _availability(hub, event_id, (), language)


@router.post("/check-availability")
def check_availability(body: AvailabilityRequest, hub: TheHub) -> AvailabilityAnswer:
    """Returns whether these items can be had now."""
    return _availability(hub, body.event_id, body.items, body.language)


@router.post("/waiting-line")
def waiting_line(request: Request, body: LineRequest, hub: TheHub) -> LineAnswer:
    """Joins the waiting line, or tells how the caller's place in it stands."""
    with hub.database.transaction() as connection:
        turn = None
        if waiting_room.people_a_minute(connection) > 0:
            turn = waiting_room.look(hub, connection, body.line_token) or waiting_room.join(
                hub, connection, address_of(request)
            )
    if turn is None:
        return LineAnswer(is_open=False, line_token=None, number=None, ahead=0, wait_seconds=0)
    return LineAnswer(
        is_open=True, line_token=turn.token, number=turn.number, ahead=turn.ahead, wait_seconds=turn.wait_s
    )


@router.post("/reserve-tickets")
def reserve_tickets(
    request: Request, body: ReserveRequest, hub: TheHub, idempotency_key: IdempotencyKey = None
) -> ReservationAnswer:
    """Holds the items for as long as it takes to pay, all of them or none."""
    order = reserve(request, hub, body, body.customer_info, idempotency_key)
    return ReservationAnswer(
        reservation_id=order.id,
        order_id=order.id,
        order_number=order.number,
        expires_at=int(order.expires_at.timestamp()),
        access_token=key_of(hub, order),
    )


def _availability(hub: Hub, event_id: str | None, items: tuple[Item, ...], language: str) -> AvailabilityAnswer:
    wanted = Wanted.of(CartLine(ProductId(item.id), item.quantity, option=item.option) for item in items)
    with hub.database.reading() as connection:
        sale = on_sale(connection, catalogue_on_sale(hub, connection, event_id), wanted)
    texts = Texts(sale.catalogue, language)
    closed = {product: 0 for product in wanted.products if product in sale.closed}
    short = shortages(sale, wanted) | closed
    # Who only looks is told what there is, and may find more there the next time.
    ask_for_more(hub, sale, short or [product for product, left in sale.left.items() if left <= 0])
    return AvailabilityAnswer(
        available=not short,
        unavailable=tuple(
            _unavailable(sale, product, wanted.products[product], left) for product, left in short.items()
        ),
        products=tuple(
            ProductLeft(
                id=p.id,
                name=texts.name_of(p.id, p.name),
                left=sale.left.get(p.id),
                is_available=sale.left.get(p.id, 1) > 0 and p.id not in sale.closed,
                held=wait.held if (wait := sale.waits.get(p.id)) else 0,
                retry_at=_local(sale, wait),
                sale_starts=(times := sale_times(sale.catalogue, p)).starts,
                sale_ends=times.ends,
                options=tuple(
                    OptionLeft(name=option, left=left)
                    for option in p.option_pools
                    if (left := p.left(sale.free, option)) is not None
                ),
            )
            for p in sale.catalogue.products
        ),
    )


def _unavailable(sale: OnSale, product: ProductId, requested: int, left: int) -> Unavailable:
    wait = sale.waits.get(product)
    return Unavailable(
        id=product,
        requested=requested,
        available=left,
        reason="off_sale" if product in sale.closed else "sold_out" if wait is None else "held",
        held=0 if wait is None else wait.held,
        retry_at=_local(sale, wait),
    )


def _local(sale: OnSale, wait: Wait | None) -> datetime | None:
    at = None if wait is None else wait.retry_at
    return None if at is None else at.astimezone(ZoneInfo(sale.catalogue.timezone)).replace(microsecond=0)
