"""What an event file may say, section by section: each by itself, before it is asked whether all of it fits."""

from contextlib import suppress
from datetime import date, datetime, time
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from boxoffice.core.catalogue import ProductKind, Rounding
from boxoffice.core.languages import LANGUAGES
from boxoffice.core.orders import Channel
from boxoffice.core.reading import read_line, read_note
from boxoffice.core.sale_times import end_of
from boxoffice.core.shelves import COLOURS, PICTURES
from boxoffice.core.taxes import TaxClass, TaxKind, authority_code

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$", min_length=3, max_length=20)]
_Read = BeforeValidator(lambda text: read_line(text) if isinstance(text, str) else text)
Line = Annotated[str, StringConstraints(max_length=80), _Read]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80), _Read]
MAX_MINOR: Final = 999_999_999_999
"""No provider charges more of any currency; what one charges at most is checked where an event is loaded."""
SALE_TIMES: Final = ("sale_starts", "sale_ends")


def _spoken(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"is not a language of the shop, which speaks {', '.join(LANGUAGES)}")
    return code


_Language = Annotated[str, AfterValidator(_spoken)]


def _day_of(value: object) -> date | None:
    """Returns the day that is meant where a day stands instead of a time: TOML has days of their own, JSON texts."""
    if isinstance(value, date):
        return None if isinstance(value, datetime) else value
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value.strip())
    return None


def _from_the_first(value: object) -> object:
    day = _day_of(value)
    return _moment(value) if day is None else datetime.combine(day, time())


def _to_the_last(value: object) -> object:
    day = _day_of(value)
    return _moment(value) if day is None else end_of(day)


def _moment(value: object) -> object:
    if isinstance(value, int | float) or (isinstance(value, str) and value.strip().isdigit()):
        raise ValueError("must be a day or a time, such as 2026-05-15 or 2026-05-15T23:00:00")
    return value


_Starts = Annotated[datetime, BeforeValidator(_from_the_first)]
_Ends = Annotated[datetime, BeforeValidator(_to_the_last)]
"""A day alone is meant whole. Without an offset it is the time on a clock at the event."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PoolEntry(Strict):
    id: Slug
    name: Name
    capacity: Annotated[int, Field(ge=0, le=10_000_000, strict=True)]


_Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(9998, 12, 31))]
"""There is a day, and a year, after each."""


def _named(authority: str) -> str:
    if authority and not authority_code(authority):
        raise ValueError("needs a letter or a digit")
    return authority


class TaxEntry(Strict):
    """A tax goes by its authority, by a name, or by both; a place of sale says whether it is `included`."""

    id: Slug
    name: Line = ""
    rate_ppm: Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
    included: bool | None = None
    authority: Annotated[Line, AfterValidator(_named)] = ""
    kind: TaxKind = TaxKind.SALES
    valid_from: _Day | None = None
    valid_until: _Day | None = None
    checked: _Day | None = None

    @model_validator(mode="after")
    def _has_a_name_and_days(self) -> Self:
        if not (self.name or self.authority):
            raise ValueError("needs an authority, or a name")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("ends before it begins")
        return self


class PlaceTaxesEntry(Strict):
    taxes: Annotated[tuple[Slug, ...], Field(max_length=40)]
    included: bool


class PlaceEntry(Strict):
    id: Slug
    name: Name
    admission: PlaceTaxesEntry | None = None
    goods: PlaceTaxesEntry | None = None
    donation: PlaceTaxesEntry | None = None
    service: PlaceTaxesEntry | None = None

    @property
    def classes(self) -> dict[TaxClass, PlaceTaxesEntry]:
        named = {each: getattr(self, each.value) for each in TaxClass}
        return {each: taxes for each, taxes in named.items() if taxes is not None}


class EventTextsEntry(Strict):
    name: Name


class ProductTextsEntry(Strict):
    name: Name | None = None
    detail: Name | None = None
    category: Name | None = None
    options: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.name or self.detail or self.category or self.options):
            raise ValueError("is empty")
        return self


class OwnHoursEntry(Strict):
    day: date
    starts: time
    ends: time | None = None


class HoursEntry(OwnHoursEntry):
    products: tuple[Slug, ...] = ()


class PriceKindTextsEntry(Strict):
    name: Name | None = None
    prompt: Name | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.name or self.prompt):
            raise ValueError("is empty")
        return self


class PriceKindEntry(Strict):
    """Who pays less than others, and what a seller does first."""

    id: Slug
    name: Name
    prompt: Name
    texts: dict[_Language, PriceKindTextsEntry] = {}


class PriceEntry(Strict):
    """A price beside the product's own, and when it holds."""

    price_minor: Annotated[int, Field(ge=0, le=MAX_MINOR, strict=True)]
    channel: Channel | None = None
    starts: _Starts | None = None
    ends: _Ends | None = None
    days: Annotated[tuple[_Day, ...], Field(max_length=31)] = ()
    from_quantity: Annotated[int, Field(ge=2, le=1_000, strict=True)] | None = None
    kind: Slug | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        named = (self.channel, self.starts, self.ends, self.days or None, self.from_quantity, self.kind)
        if all(each is None for each in named):
            raise ValueError("says for nothing when it holds: it would be the product's own price")
        return self


class PartEntry(Strict):
    """So many of a product in a bundle."""

    product: Slug
    quantity: Annotated[int, Field(ge=1, le=20, strict=True)] = 1
    option: Name | None = None


class ProductEntry(Strict):
    id: Slug
    name: Name
    kind: ProductKind
    category: Name
    price_minor: Annotated[int, Field(ge=0, le=MAX_MINOR, strict=True)] | None = None
    pools: dict[Slug, Annotated[int, Field(ge=1, le=100, strict=True)]] = {}
    days: tuple[date, ...] = ()
    detail: Line = ""
    tax: Slug | Annotated[tuple[Slug, ...], Field(min_length=1, max_length=10)] | None = None
    options: tuple[Name, ...] = ()
    texts: dict[_Language, ProductTextsEntry] = {}
    sale_starts: _Starts | None = None
    sale_ends: _Ends | None = None
    hours: tuple[OwnHoursEntry, ...] = ()
    taxed_as: TaxClass | None = None
    prices: Annotated[tuple[PriceEntry, ...], Field(max_length=40)] = ()
    option_pools: dict[Name, Slug] = {}
    parts: Annotated[tuple[PartEntry, ...], Field(max_length=20)] = ()
    channels: Annotated[tuple[Channel, ...], Field(max_length=3)] = ()
    code: Code | None = None
    least: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    most: Annotated[int, Field(ge=1, le=1_000, strict=True)] | None = None
    colour: Literal[*COLOURS] | None = None  # type: ignore[valid-type]  # a closed set, told once
    picture: Literal[*PICTURES] | None = None  # type: ignore[valid-type]  # as above
    presets: Annotated[tuple[Annotated[int, Field(ge=1, le=MAX_MINOR, strict=True)], ...], Field(max_length=6)] = ()

    @property
    def taxes(self) -> tuple[str, ...]:
        return () if self.tax is None else (self.tax,) if isinstance(self.tax, str) else self.tax


class PromoEntry(Strict):
    code: Code
    percent: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    amount_minor: Annotated[int, Field(ge=1, le=MAX_MINOR, strict=True)] | None = None
    per: Literal["order", "item"] = "order"
    products: tuple[Slug, ...] = ()
    limit: Annotated[int, Field(ge=1, le=10_000_000, strict=True)] | None = None


class EventEntry(Strict):
    id: Slug
    name: Name
    venue: Name
    address: Name
    city: Name
    timezone: str
    currency: str
    days: Annotated[tuple[date, ...], Field(min_length=1, max_length=31)]
    rounding: Rounding = Rounding.PER_LINE
    texts: dict[_Language, EventTextsEntry] = {}
    place: Slug | None = None
    exempt: Line = ""
    archived: bool = False


_ReadNote = BeforeValidator(lambda text: read_note(text) if isinstance(text, str) else text)


class PageTextsEntry(Strict):
    description: Annotated[str, StringConstraints(min_length=1, max_length=600), _ReadNote]


_Link = Annotated[str, StringConstraints(pattern=r"^https://[^\s\"'<>]+$", max_length=300), _Read]
_Short = Annotated[str, StringConstraints(max_length=120), _Read]


class PageEntry(Strict):
    description: Annotated[str, StringConstraints(max_length=600), _ReadNote] = ""
    picture: Literal["", *PICTURES] = ""  # type: ignore[valid-type]  # as above
    map_url: _Link | None = None
    terms_url: _Link | None = None
    privacy_url: _Link | None = None
    contact: _Short = ""
    seller: _Short = ""
    seller_address: _Short = ""
    tax_number: _Short = ""
    texts: dict[_Language, PageTextsEntry] = {}


_Words = Annotated[str, StringConstraints(max_length=400), _ReadNote]


class SaidEntry(Strict):
    ticket: _Words = ""
    receipt: _Words = ""
    mail: _Words = ""


class PapersEntry(SaidEntry):
    """What organizers say on tickets, receipts and mails, in their own words."""

    texts: dict[_Language, SaidEntry] = {}


class FloatEntry(Strict):
    """What a drawer begins with: an amount, or so many of each bill and coin by its minor units."""

    name: Name
    amount_minor: Annotated[int, Field(ge=0, le=MAX_MINOR, strict=True)] | None = None
    pieces: dict[
        Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}$")], Annotated[int, Field(ge=0, strict=True)]
    ] = {}

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if (self.amount_minor is None) == (not self.pieces):
            raise ValueError("needs either amount_minor, or pieces")
        return self


class CashEntry(Strict):
    round_to: Literal[5, 10, 50, 100] | None = None
    rounding: Literal["nearest", "customer"] = "nearest"
    floats: Annotated[tuple[FloatEntry, ...], Field(max_length=12)] = ()


class ZoneEntry(Strict):
    id: Slug
    name: Name
    gates: Annotated[tuple[Name, ...], Field(max_length=40)] = ()
    products: tuple[Slug, ...] = ()
    pools: tuple[Slug, ...] = ()
    capacity: Annotated[int, Field(ge=1, le=10_000_000, strict=True)] | None = None
    reentry: Literal["stamp", "out", "never"] = "stamp"
    entries_a_day: Annotated[int, Field(ge=1, le=1000, strict=True)] | None = None


class DoorsEntry(Strict):
    """`looks` says, by product, what is looked at before somebody goes in, such as a student card.

    `moves` says of an event that was moved which day went where.
    """

    zones: Annotated[tuple[ZoneEntry, ...], Field(max_length=24)] = ()
    day_starts: time | None = None
    looks: dict[Slug, Name] = {}
    moves: dict[_Day, _Day] = {}


class CompsEntry(Strict):
    """How many tickets may be given away: in all, and by each person."""

    per_event: Annotated[int, Field(ge=0, le=10_000_000, strict=True)] | None = None
    per_person: Annotated[int, Field(ge=0, le=10_000_000, strict=True)] | None = None


Most = Annotated[int, Field(ge=0, le=MAX_MINOR, strict=True)]


class SellerLimits(Strict):
    """What a seller may take off one sale, give away of it and give back of one order with no approval."""

    discount_minor: Most | None = None
    comp_minor: Most | None = None
    refund_minor: Most | None = None


class LimitsEntry(Strict):
    """By role: whoever stands above sellers approves, and has none."""

    seller: SellerLimits = SellerLimits()


class EventFile(Strict):
    event: EventEntry
    pools: tuple[PoolEntry, ...]
    taxes: tuple[TaxEntry, ...] = ()
    places: tuple[PlaceEntry, ...] = ()
    products: tuple[ProductEntry, ...]
    promos: tuple[PromoEntry, ...] = ()
    hours: tuple[HoursEntry, ...] = ()
    page: PageEntry = PageEntry()
    cash: CashEntry = CashEntry()
    price_kinds: Annotated[tuple[PriceKindEntry, ...], Field(max_length=9)] = ()
    doors: DoorsEntry = DoorsEntry()
    comps: CompsEntry = CompsEntry()
    limits: LimitsEntry = LimitsEntry()
    papers: PapersEntry = PapersEntry()


def at_the_event(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Returns an instant as a clock at the event shows it."""
    return at if at is None or at.tzinfo is None else at.astimezone(zone).replace(tzinfo=None)
