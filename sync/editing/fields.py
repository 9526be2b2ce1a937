"""What organizers fill in to make an event: every place of an event file, section by section, with its words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.event_changes import Path
from boxoffice.core.languages import later


class Kind(Enum):
    """How one place is typed and read."""

    LINE = "line"
    NOTE = "note"
    LINES = "lines"
    COUNT = "count"
    MONEY = "money"
    MONEYS = "moneys"
    RATE = "rate"
    DAY = "day"
    TIME = "time"
    MOMENT = "moment"
    CHOICE = "choice"
    YES_NO = "yes-no"
    TICKS = "ticks"


@dataclass(frozen=True, slots=True)
class Field:
    """One place to fill in; `key` is its path within its block's item, `choices` the name of what it is one of."""

    key: str
    label: str
    kind: Kind = Kind.LINE
    hint: str = ""
    choices: str = ""
    is_new_only: bool = False
    """It names its item, and is typed once."""

    def path(self, base: Path) -> Path:
        return (*base, *self.key.split("/"))


@dataclass(frozen=True, slots=True)
class Block:
    """Fields that stand together: of one thing at `path`, or of each item of the list there."""

    title: str
    path: Path
    fields: tuple[Field, ...]
    is_rows: bool = False
    hint: str = ""
    add: str = ""
    """What adds an item, in words."""


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    hint: str = ""


BASICS: Final = Section("basics", later("Basics"))
TAXES: Final = Section("taxes", later("Place & taxes"))
PLACES: Final = Section("places", later("Places"), later("What can run out: the places of a day, a room, a stock."))
PRODUCTS: Final = Section("products", later("Products"))
PRICES: Final = Section("prices", later("Prices & promos"))
DOORS: Final = Section("doors", later("Doors & gates"))
RULES: Final = Section("rules", later("Cash & limits"))
TEXTS: Final = Section("texts", later("Texts, en and es"))
PAPERS: Final = Section("papers", later("Papers & mail"))
SECTIONS: Final = (BASICS, TAXES, PLACES, PRODUCTS, PRICES, DOORS, RULES, TEXTS, PAPERS)

_ES: Final = later("In Spanish")
_EVENT: Final = Block(
    later("The event"),
    ("event",),
    (
        Field("name", later("Name")),
        Field("texts/es/name", _ES),
        Field("venue", later("Venue")),
        Field("address", later("Street and number")),
        Field("city", later("City, with its postcode")),
        Field("timezone", later("Time zone"), choices="zones", hint=later("All times of the event are on its clocks.")),
        Field("currency", later("Currency"), Kind.CHOICE, choices="currencies"),
        Field("rounding", later("Tax is rounded"), Kind.CHOICE, choices="roundings"),
    ),
)
_DAYS: Final = Block(
    later("Days"),
    ("days",),
    (
        Field("day", later("Day"), Kind.DAY),
        Field("starts", later("Doors open"), Kind.TIME),
        Field("ends", later("Ends"), Kind.TIME),
    ),
    is_rows=True,
    hint=later("An end before the start is in the night after."),
    add=later("Add a day"),
)
_PAGE: Final = Block(
    later("What the shop says"),
    ("page",),
    (
        Field("description", later("About the event"), Kind.NOTE),
        Field("texts/es/description", _ES, Kind.NOTE),
        Field("picture", later("Picture"), Kind.CHOICE, choices="pictures"),
        Field("map_url", later("Map, a link")),
        Field("contact", later("Where people ask")),
        Field("terms_url", later("Terms of sale, a link")),
        Field("privacy_url", later("Privacy, a link")),
        Field("seller", later("Who sells")),
        Field("seller_address", later("Address of who sells")),
        Field("tax_number", later("Tax number, as it is shown")),
    ),
)
_PLACE: Final = Block(
    later("Where it is sold, for the tax office"),
    ("event",),
    (
        Field("place", later("Place of sale"), Kind.CHOICE, choices="places", hint=later("It says what is taxed.")),
        Field("exempt", later("Exempt by this number"), hint=later("Only if you need not collect taxes at all.")),
    ),
)
_CLASSES: Final = (
    ("admission", later("Taxes on tickets")),
    ("goods", later("Taxes on goods")),
    ("donation", later("Taxes on donations")),
    ("service", later("Taxes on services")),
)
_PLACES_OF_SALE: Final = Block(
    later("Places of sale"),
    ("places",),
    (
        Field("name", later("Name")),
        *(
            field
            for name, label in _CLASSES
            for field in (
                Field(f"{name}/taxes", label, Kind.TICKS, choices="taxes"),
                Field(f"{name}/included", later("They are in the price"), Kind.YES_NO, choices="yes-no"),
            )
        ),
    ),
    is_rows=True,
    hint=later("Which taxes are taken of what. One of your own is made of the taxes below."),
    add=later("Add a place of sale"),
)
_TAX_RATES: Final = Block(
    later("Taxes"),
    ("taxes",),
    (
        Field("authority", later("Who gets it"), hint=later("such as State of Colorado")),
        Field("name", later("Name, if it has one")),
        Field("kind", later("Kind"), Kind.CHOICE, choices="tax-kinds"),
        Field("rate_ppm", later("Rate in %"), Kind.RATE),
        Field("included", later("It is in the price"), Kind.YES_NO, choices="yes-no"),
        Field("valid_from", later("From then on"), Kind.DAY),
        Field("valid_until", later("Until"), Kind.DAY),
        Field("checked", later("Last checked"), Kind.DAY),
    ),
    is_rows=True,
    add=later("Add a tax"),
)
_POOLS: Final = Block(
    later("Places"),
    ("pools",),
    (Field("name", later("Name")), Field("capacity", later("How many"), Kind.COUNT)),
    is_rows=True,
    add=later("Add places"),
)
_PRICE_KINDS: Final = Block(
    later("Who pays another price"),
    ("price_kinds",),
    (
        Field("name", later("Name"), hint=later("such as Students")),
        Field("texts/es/name", _ES),
        Field("prompt", later("What the seller looks at")),
        Field("texts/es/prompt", _ES),
    ),
    is_rows=True,
    hint=later("What they pay stands with each product, under its other prices."),
    add=later("Add a kind of price"),
)
_PROMOS: Final = Block(
    later("Promo codes"),
    ("promos",),
    (
        Field("code", later("Code"), is_new_only=True, hint=later("capital letters and digits")),
        Field("percent", later("Percent off"), Kind.COUNT),
        Field("amount_minor", later("Or an amount off"), Kind.MONEY),
        Field("per", later("The amount is off"), Kind.CHOICE, choices="pers"),
        Field("limit", later("How many orders may use it"), Kind.COUNT, hint=later("empty: as many as like")),
        Field("products", later("Good for"), Kind.TICKS, choices="products", hint=later("none: all but donations")),
    ),
    is_rows=True,
    add=later("Add a code"),
)
_ZONES: Final = Block(
    later("Zones and gates"),
    ("doors", "zones"),
    (
        Field("name", later("Name")),
        Field("gates", later("Gates, one a line"), Kind.LINES),
        Field("products", later("Opened by"), Kind.TICKS, choices="tickets", hint=later("none: by every ticket")),
        Field("capacity", later("How many may be inside"), Kind.COUNT),
        Field("reentry", later("Coming back in"), Kind.CHOICE, choices="reentries"),
        Field("entries_a_day", later("Entries a day"), Kind.COUNT),
    ),
    is_rows=True,
    hint=later("With none, every ticket opens the whole event at one door."),
    add=later("Add a zone"),
)
_DOOR: Final = Block(
    later("The day"),
    ("doors",),
    (Field("day_starts", later("A new day begins at"), Kind.TIME, hint=later("empty: at 6 in the morning")),),
)
_CASH: Final = Block(
    later("Cash"),
    ("cash",),
    (
        Field("round_to", later("Cash totals are rounded to"), Kind.CHOICE, choices="roundings-of-cash"),
        Field("rounding", later("How"), Kind.CHOICE, choices="ways-of-rounding"),
    ),
)
_FLOATS: Final = Block(
    later("What drawers begin with"),
    ("cash", "floats"),
    (Field("name", later("Name")), Field("amount_minor", later("Amount"), Kind.MONEY)),
    is_rows=True,
    hint=later("Bills and coins by the piece can be set in the event file."),
    add=later("Add a float"),
)
_COMPS: Final = Block(
    later("Tickets given away"),
    ("comps",),
    (
        Field("per_event", later("At most, in all"), Kind.COUNT, hint=later("empty: no limit")),
        Field("per_person", later("At most by one person"), Kind.COUNT),
    ),
)
_LIMITS: Final = Block(
    later("What a seller may do with no approval"),
    ("limits", "seller"),
    (
        Field("discount_minor", later("Take off one sale"), Kind.MONEY),
        Field("comp_minor", later("Give away of one sale"), Kind.MONEY),
        Field("refund_minor", later("Give back of one order"), Kind.MONEY),
    ),
)
_SHOPPERS_WORDS: Final = (
    Field("ticket", later("On each ticket"), Kind.NOTE),
    Field("texts/es/ticket", _ES, Kind.NOTE),
    Field("receipt", later("At the foot of receipts"), Kind.NOTE),
    Field("texts/es/receipt", _ES, Kind.NOTE),
    Field("mail", later("Above the tickets in the mail"), Kind.NOTE),
    Field("texts/es/mail", _ES, Kind.NOTE),
)
_PAPERS: Final = Block(
    later("In your words"),
    ("papers",),
    _SHOPPERS_WORDS,
    hint=later("All of it may be left empty: papers and mails say what they must by themselves."),
)
_FREE: Final = (ProductKind.DONATION.value, ProductKind.GIFT_CARD.value)
_THINGS: Final = (ProductKind.TICKET.value, ProductKind.MERCHANDISE.value)
CHANNEL_WORDS: Final[Mapping[str, str]] = {"door": later("Door"), "web": later("Web"), "kiosk": later("Kiosk")}


_BLOCKS: Final[Mapping[str, Sequence[Block]]] = {
    BASICS.id: (_EVENT, _DAYS, _PAGE),
    TAXES.id: (_PLACE, _PLACES_OF_SALE, _TAX_RATES),
    PLACES.id: (_POOLS,),
    PRICES.id: (_PRICE_KINDS, _PROMOS),
    DOORS.id: (_ZONES, _DOOR),
    RULES.id: (_CASH, _FLOATS, _COMPS, _LIMITS),
    PAPERS.id: (_PAPERS,),
}


def blocks_of(section: str, file: Mapping[str, Any], product: str = "") -> Sequence[Block]:
    """Returns what is filled in on the page of a section; under products, of the one that is named."""
    if section == PRODUCTS.id:
        return tuple(_of_product(file, product)) if product else ()
    return (*_BLOCKS.get(section, ()), *(_looks(file) if section == DOORS.id else ()))


def items(file: Mapping[str, Any], what: str) -> list[Mapping[str, Any]]:
    """Returns the items of one of the file's lists that have a name."""
    found = file.get(what) or ()
    return [each for each in found if isinstance(each, Mapping) and isinstance(each.get("id"), str)]


def pools_of_options(file: Mapping[str, Any]) -> frozenset[str]:
    """Returns the pools that count an option of a product: they are filled in with it."""
    return frozenset(
        pool for product in items(file, "products") for pool in (product.get("option_pools") or {}).values()
    )


def _looks(file: Mapping[str, Any]) -> Iterator[Block]:
    fields = tuple(
        Field(f"looks/{product['id']}", str(product.get("name", product["id"])))
        for product in items(file, "products")
        if product.get("kind") == ProductKind.TICKET.value
    )
    if fields:
        hint = later("Such as a student card. Empty: nothing.")
        yield Block(later("What is looked at before somebody goes in"), ("doors",), fields, hint=hint)


def _of_product(file: Mapping[str, Any], product_id: str) -> Iterator[Block]:
    product = next((each for each in items(file, "products") if each["id"] == product_id), {})
    kind, base = str(product.get("kind", "ticket")), ("products", product_id)
    is_thing = kind in _THINGS
    yield Block(
        "",
        base,
        (
            Field("name", later("Name")),
            Field("texts/es/name", _ES),
            Field("kind", later("Kind"), Kind.CHOICE, choices="kinds"),
            *(() if kind == ProductKind.DONATION.value else (Field("price_minor", later("Price"), Kind.MONEY),)),
            *((Field("taxed_as", later("Tax class"), Kind.CHOICE, choices="classes"),) if is_thing else ()),
            Field("category", later("Shelf"), choices="categories"),
            Field("texts/es/category", later("Shelf in Spanish")),
            Field("detail", later("What it is, in a line")),
            Field("texts/es/detail", _ES),
        ),
    )
    if is_thing:
        yield from _of_thing(file, base)
    if kind == ProductKind.BUNDLE.value:
        part = (
            Field("product", later("Product"), Kind.CHOICE, choices="parts"),
            Field("quantity", later("How many"), Kind.COUNT),
            Field("option", later("Size, if it is one")),
        )
        yield Block(later("Made of"), (*base, "parts"), part, is_rows=True, add=later("Add a part"))
    yield Block(
        later("On sale"),
        base,
        (
            Field("sale_starts", later("On sale from"), Kind.MOMENT, hint=later("empty: at once")),
            Field("sale_ends", later("On sale until"), Kind.MOMENT, hint=later("empty: the end of its last day")),
            Field("channels", later("Sold at"), Kind.TICKS, choices="channels", hint=later("none: everywhere")),
        ),
    )
    if kind not in _FREE:
        yield _prices(base)
    yield Block(later("More"), base, tuple(_more(kind)))


def _of_thing(file: Mapping[str, Any], base: Path) -> Iterator[Block]:
    own = pools_of_options(file)
    takes = tuple(
        Field(f"pools/{pool['id']}", str(pool.get("name", pool["id"])), Kind.COUNT)
        for pool in items(file, "pools")
        if pool["id"] not in own
    )
    hint = later("How many of each one takes. Empty: none.")
    yield Block(later("Places it takes"), base, takes, hint=hint if takes else later("Add places first, under Places."))
    sizes = (
        Field("name", later("Size or kind")),
        Field("es", _ES),
        Field("stock", later("Stock"), Kind.COUNT, hint=later("empty: not counted")),
    )
    yield Block(later("Sizes and stock"), (*base, "sizes"), sizes, is_rows=True, add=later("Add a size"))
    yield Block(
        later("Good on"), base, (Field("days", later("Days"), Kind.TICKS, choices="days", hint=later("none: all")),)
    )
    hours = (
        Field("day", later("Day"), Kind.CHOICE, choices="days"),
        Field("starts", later("Begins"), Kind.TIME),
        Field("ends", later("Ends"), Kind.TIME),
    )
    hint = later("Only where they are other than the event's.")
    yield Block(later("Its own times"), (*base, "hours"), hours, is_rows=True, hint=hint, add=later("Add a time"))


def _prices(base: Path) -> Block:
    return Block(
        later("Other prices"),
        (*base, "prices"),
        (
            Field("price_minor", later("Price"), Kind.MONEY),
            Field("channel", later("Where"), Kind.CHOICE, choices="any-channel"),
            Field("starts", later("From then on"), Kind.MOMENT),
            Field("ends", later("Until"), Kind.MOMENT),
            Field("days", later("On"), Kind.TICKS, choices="days"),
            Field("from_quantity", later("From how many"), Kind.COUNT),
            Field("kind", later("For whom"), Kind.CHOICE, choices="price-kinds"),
        ),
        is_rows=True,
        hint=later("Early birds, the door, groups, students: the one that fits best holds."),
        add=later("Add a price"),
    )


def _more(kind: str) -> Iterator[Field]:
    if kind == ProductKind.DONATION.value:
        hint = later("with spaces between, such as 5 10 20")
        yield Field("presets", later("Amounts to choose from"), Kind.MONEYS, hint)
    if kind in _THINGS:
        yield Field("tax", later("Taxed by these alone"), Kind.TICKS, choices="taxes", hint=later("none: by its class"))
    if kind != ProductKind.DONATION.value:
        yield Field("least", later("At least, in one order"), Kind.COUNT)
        yield Field("most", later("At most, in one order"), Kind.COUNT)
    yield Field("code", later("Shown only with this code"), hint=later("capital letters and digits"))
    yield Field("colour", later("Colour of its tile"), Kind.CHOICE, choices="colours")
    yield Field("picture", later("Picture"), Kind.CHOICE, choices="pictures")
