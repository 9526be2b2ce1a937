"""What customers read of an event in their language. It is for showing only: facts keep the event's own texts."""

from dataclasses import dataclass
from typing import Final

from boxoffice.core.catalogue import Catalogue, Product, ProductTexts
from boxoffice.core.ids import PriceKindId, ProductId
from boxoffice.core.payloads.lines import LinePart
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.tariffs import PriceKindTexts

_NONE: Final = ProductTexts()


@dataclass(frozen=True, slots=True)
class Texts:
    """An event's texts as readers of one language get them, or else its own.

    A translation stands for the text that it was written for. What was sold under a name that the catalogue has no more
    is therefore shown by that name: a renamed product must not rename what people have bought.
    """

    catalogue: Catalogue
    language: str

    @property
    def event_name(self) -> str:
        return self.catalogue.names.get(self.language, self.catalogue.name)

    def category_of(self, own: str) -> str:
        """Returns a category's name; it is enough that one of its products tells it."""
        products = (product for product in self.catalogue.products if product.category == own)
        told = (self._of(product).category for product in products)
        return next((category for category in told if category is not None), own)

    def name_of(self, product_id: str, own: str) -> str:
        product = self._product(product_id)
        return own if product is None or product.name != own else self._of(product).name or own

    def detail_of(self, product_id: str, own: str) -> str:
        product = self._product(product_id)
        return own if product is None or product.detail != own else self._of(product).detail or own

    def option_of(self, product_id: str, own: str) -> str:
        product = self._product(product_id)
        chosen = self._chosen_of(product)
        if chosen is not None:
            return self.option_of(chosen.id, own)
        options = () if product is None else self._of(product).options
        return own if product is None or not options else dict(zip(product.options, options, strict=True)).get(own, own)

    def made_of(self, product: Product) -> str:
        """Returns what a bundle is made of; nothing of what is none."""
        named = ((part.quantity, self._product(part.product_id)) for part in product.parts)
        names = [(count, self.name_of(of.id, of.name)) for count, of in named if of is not None]
        return " + ".join(name if count == 1 else f"{count} × {name}" for count, name in names)

    def price_kind_of(self, kind_id: str, own: str = "") -> str:
        """Returns what a kind of price is called; of one that the catalogue has no more, as it was called."""
        kind = self.catalogue.price_kinds_by_id.get(PriceKindId(kind_id))
        if kind is None or own not in ("", kind.name):
            return own
        return kind.texts.get(self.language, PriceKindTexts()).name or kind.name

    def order(self, placed: OrderPlaced) -> OrderPlaced:
        """Returns an order with its lines in the reader's words; it is no longer what its fact says."""
        return placed.model_copy(update={"lines": tuple(self._line(line) for line in placed.lines)})

    def _line(self, line: LinePart) -> LinePart:
        return line.model_copy(
            update={
                "name": self.name_of(line.product_id, line.name),
                "detail": self.detail_of(line.product_id, line.detail),
                "option": None if line.option is None else self.option_of(line.product_id, line.option),
                "bundle_name": self.name_of(line.bundle, line.bundle_name),
                "price_name": self.price_kind_of(line.price_kind, line.price_name),
            }
        )

    def _chosen_of(self, bundle: Product | None) -> Product | None:
        """Returns the part of a bundle whose option is chosen."""
        parts = () if bundle is None else bundle.parts
        named = (self._product(part.product_id) for part in parts if part.option is None)
        return next((part for part in named if part is not None and part.options), None)

    def _product(self, product_id: str) -> Product | None:
        return self.catalogue.products_by_id.get(ProductId(product_id))

    def _of(self, product: Product) -> ProductTexts:
        return product.texts.get(self.language, _NONE)
