"""Translations stand for the texts that they were written for, and for no others."""

from dataclasses import replace

from boxoffice.core.catalogue import Catalogue, ProductTexts
from boxoffice.core.ids import OrderId, ProductId
from boxoffice.core.orders import Channel
from boxoffice.core.payloads.orders import OrderPlaced
from boxoffice.core.pricing import Cart, CartLine, price
from boxoffice.core.sales import place
from boxoffice.core.texts import Texts
from tests.unit.core.builders import NOW, catalogue

PASS = ProductTexts(name="Pase completo", detail="De viernes a domingo")
FRIDAY = ProductTexts(category="Pases")
SHIRT = ProductTexts(name="Camiseta", options=("CH", "M", "G"))


def bilingual() -> Catalogue:
    whole = catalogue()
    full_pass, friday, shirt, donation = whole.products
    return replace(
        whole,
        names={"es": "Fiesta de Boulder"},
        products=(
            replace(full_pass, detail="Friday to Sunday", texts={"es": PASS}),
            replace(friday, texts={"es": FRIDAY}),
            replace(shirt, texts={"es": SHIRT}),
            donation,
        ),
    )


def ordered(sold: Catalogue) -> OrderPlaced:
    lines = (CartLine(ProductId("full-pass"), 1), CartLine(ProductId("t-shirt"), 2, option="L"))
    priced = price(sold, Cart(lines), at=NOW)
    return place(priced, order_id=OrderId("o"), order_number="WB-F4Q", channel=Channel.WEB, source="pool")


def shown(texts: Texts, placed: OrderPlaced) -> list[tuple[str, str, str | None]]:
    return [(line.name, line.detail, line.option) for line in texts.order(placed).lines]


def test_readers_of_a_language_get_its_texts_and_the_events_own_where_there_are_none() -> None:
    texts = Texts(bilingual(), "es")

    assert texts.event_name == "Fiesta de Boulder"
    assert texts.name_of("full-pass", "Full Pass") == "Pase completo"
    assert texts.name_of("friday", "Friday") == "Friday"
    assert texts.detail_of("full-pass", "Friday to Sunday") == "De viernes a domingo"
    assert texts.detail_of("friday", "") == ""
    assert texts.option_of("t-shirt", "L") == "G"


def test_a_category_is_translated_if_one_of_its_products_says_so() -> None:
    texts = Texts(bilingual(), "es")

    assert texts.category_of("Passes") == "Pases"
    assert texts.category_of("Extras") == "Extras"


def test_readers_of_a_language_that_nobody_wrote_get_the_events_own_texts() -> None:
    texts, placed = Texts(bilingual(), "en"), ordered(bilingual())

    assert texts.event_name == bilingual().name
    assert texts.category_of("Passes") == "Passes"
    assert texts.order(placed) == placed


def test_an_order_is_shown_in_the_readers_words_and_its_fact_stays_as_it_is() -> None:
    placed = ordered(bilingual())

    assert shown(Texts(bilingual(), "es"), placed) == [
        ("Pase completo", "De viernes a domingo", None),
        ("Camiseta", "", "G"),
    ]
    assert [(line.name, line.option) for line in placed.lines] == [("Full Pass", None), ("T-shirt", "L")]


def test_what_was_renamed_since_is_shown_by_the_name_it_was_sold_under() -> None:
    placed, now = ordered(bilingual()), bilingual()
    full_pass, friday, shirt, donation = now.products
    renamed = replace(full_pass, name="VIP Pass", texts={"es": ProductTexts("Pase VIP", "De viernes a domingo")})
    resized = replace(shirt, options=("S", "M"), texts={"es": ProductTexts("Camiseta", options=("CH", "M"))})
    now = replace(now, products=(renamed, friday, resized, donation))

    assert shown(Texts(now, "es"), placed) == [("Full Pass", "De viernes a domingo", None), ("Camiseta", "", "L")]


def test_what_is_not_sold_any_more_is_shown_as_it_was_sold() -> None:
    placed, now = ordered(bilingual()), bilingual()
    now = replace(now, products=now.products[3:])

    assert shown(Texts(now, "es"), placed) == [("Full Pass", "Friday to Sunday", None), ("T-shirt", "", "L")]
