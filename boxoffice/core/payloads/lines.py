"""What facts say about an order's lines, and what was taken off them and put on them."""

from pydantic import BaseModel, ConfigDict

from boxoffice.core.taxes import TaxKind


class TaxPart(BaseModel):
    """One tax of a line as it was when it was sold: by its id, name and rate; `included` if the price held it.

    Its authority was not told before, and neither was that it is of another `kind` than `sales`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    rate: str
    name: str
    rate_ppm: int
    amount: int
    included: bool
    authority: str = ""
    kind: str = TaxKind.SALES.value


class ReductionPart(BaseModel):
    """What was taken off a line: how (`core.reductions.Off`), why, and how much; of a code, the reason is the code.

    `shared` is this line's part of what was taken off the whole sale. `approved_by` allowed it, where somebody had to.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    reason: str
    amount: int
    value: int = 0
    shared: bool = False
    approved_by: str | None = None


class LinePart(BaseModel):
    """A priced line as it was sold; later price changes don't touch it.

    `tax` is all of its tax, and `taxes` are what that is made of; older tills name only the `tax_rate`. `discount` is
    all that was taken off, and `reductions` what that is made of; before, nobody told. `price_kind` is who may have it
    at this price (students, members), and `price_name` what that is called; nothing for all. A part of a `bundle` names
    that, at its share of the bundle's price; those of one `item` of the cart belong together.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    product_id: str
    name: str
    kind: str
    quantity: int
    unit_price: int
    subtotal: int
    total: int
    tax: int
    tax_rate: str | None = None
    option: str | None = None
    detail: str = ""
    days: tuple[str, ...] = ()
    discount: int = 0
    taxes: tuple[TaxPart, ...] = ()
    reductions: tuple[ReductionPart, ...] = ()
    price_kind: str = ""
    price_name: str = ""
    bundle: str = ""
    bundle_name: str = ""
    item: int = 0

    @property
    def title(self) -> str:
        """What was bought, as which, and by whom: `Festival T-Shirt, M` or `Full Pass, Student`."""
        return ", ".join(each for each in (self.name, self.option, self.price_name) if each)

    @property
    def details(self) -> str:
        """What stands beside its name where that stands alone."""
        return ", ".join(each for each in (self.option, self.price_name, self.bundle_name or self.detail) if each)

    @property
    def tax_ids(self) -> tuple[str, ...]:
        named = () if self.tax_rate is None else (self.tax_rate,)
        return tuple(tax.rate for tax in self.taxes) or named
