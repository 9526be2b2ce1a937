"""Event files: a good one reads back the same, a bad one tells every problem with its place."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.catalogue import ProductTexts
from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import catalogue_from, event_file_of, in_its_own_words
from boxoffice.core.languages import LANGUAGES
from boxoffice.core.reading import read_line, read_note
from tests.unit.core.builders import catalogue, event_file

WORDS = st.text("Pase de viernes ñ…", min_size=1, max_size=80).map(read_line).filter(bool)
SIZES = st.tuples(WORDS, WORDS, WORDS)
SHORT = ("contact", "seller", "seller_address", "tax_number")


def in_languages(of: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(sorted(LANGUAGES)), of)


def translated(**texts: Any) -> dict[str, Any]:
    """Returns an event file with a T-shirt, and these texts at its first product."""
    data = event_file()
    data["products"][0]["texts"] = texts
    shirt = {"id": "t-shirt", "name": "T-shirt", "kind": "merchandise", "category": "Extras", "price_minor": 3000}
    data["products"].append({**shirt, "options": ["S", "M"]})
    return data


def problems_of(data: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        catalogue_from(data, 1)
    return {problem.place: problem.message for problem in caught.value.problems}


def test_a_catalogue_reads_back_from_the_file_that_it_writes() -> None:
    whole = catalogue()

    assert catalogue_from(event_file_of(whole), 1) == whole


def test_shapes_are_checked_with_their_place() -> None:
    data = event_file()
    del data["event"]["venue"]
    data["pools"][0]["capacity"] = -1
    data["products"][0]["price_minor"] = 95.5
    data["products"][0]["colour"] = "red"

    assert set(problems_of(data)) == {
        "event.venue",
        "pools[0].capacity",
        "products[0].price_minor",
        "products[0].colour",
    }


def test_what_does_not_fit_together_is_found() -> None:
    data = event_file()
    data["event"]["currency"] = "ZZZ"
    data["event"]["timezone"] = "Boulder"
    data["pools"].append(data["pools"][0])
    data["products"] += [
        {"id": "gift", "name": "Gift", "kind": "donation", "category": "X", "price_minor": 5, "pools": {"friday": 1}},
        {"id": "free", "name": "Free", "kind": "merchandise", "category": "X", "tax": "none"},
        {
            "id": "t",
            "name": "T",
            "kind": "ticket",
            "category": "X",
            "price_minor": 1,
            "pools": {"monday": 1},
            "days": ["2027-01-01"],
        },
        {"id": "t2", "name": "T", "kind": "ticket", "category": "X", "price_minor": 1},
    ]

    assert set(problems_of(data)) == {
        "event.currency",
        "event.timezone",
        "pools",
        "products[1].price_minor",
        "products[1].pools",
        "products[2].price_minor",
        "products[2].tax",
        "products[3].pools.monday",
        "products[3].days",
        "products[4].pools",
    }


def test_a_good_file_gives_its_prices_in_minor_units() -> None:
    product = catalogue_from(event_file(), 7).products[0]

    assert str(product.price) == "$95.00"


@given(in_languages(WORDS), in_languages(st.builds(ProductTexts, WORDS, st.none() | WORDS, st.none() | WORDS)), SIZES)
def test_translations_read_back_from_the_file_that_they_are_written_to(
    names: dict[str, str], texts: dict[str, ProductTexts], sizes: tuple[str, ...]
) -> None:
    whole = catalogue()
    full_pass, friday, shirt, donation = whole.products
    shirt = replace(shirt, texts={"es": ProductTexts(options=sizes)})
    whole = replace(whole, names=names, products=(replace(full_pass, texts=texts), friday, shirt, donation))

    assert catalogue_from(event_file_of(whole), 1) == whole


def test_a_file_without_translations_is_written_as_before_there_were_any() -> None:
    file = event_file_of(catalogue())

    assert "texts" not in file["event"]
    assert [product["id"] for product in file["products"] if "texts" in product] == []


@pytest.mark.parametrize(
    ("texts", "place", "message"),
    [
        ({"fr": {"name": "Vendredi"}}, "fr", "is not a language of the shop, which speaks en, es"),
        ({"es": {"nombre": "Viernes", "name": "Viernes"}}, "es.nombre", "is not a known field"),
        ({"es": {"name": "  "}}, "es.name", "String should have at least 1 character"),
        ({"es": {"detail": ""}}, "es.detail", "String should have at least 1 character"),
        ({"es": {"name": "x" * 81}}, "es.name", "String should have at most 80 characters"),
        ({"es": {}}, "es", "is empty"),
        ({"es": "Viernes"}, "es", "must be a table"),
        ({"es": {"options": ["Chica"]}}, "es.options", "must be 0, in the order of the options"),
    ],
)
def test_every_problem_of_a_translation_is_told_with_its_place(texts: dict[str, Any], place: str, message: str) -> None:
    assert problems_of(translated(**texts)) == {f"products[0].texts.{place}": message}


def test_a_product_has_a_translation_for_each_of_its_options_or_for_none() -> None:
    data = translated()
    data["products"][1]["texts"] = {"es": {"options": ["CH", "M", "G"]}}

    assert problems_of(data) == {"products[1].texts.es.options": "must be 2, in the order of the options"}


def test_a_category_is_called_the_same_at_all_of_its_products() -> None:
    data = translated(es={"category": "Pases"}, en={"category": "Passes"})
    data["products"].append({**data["products"][0], "id": "late", "texts": {"es": {"category": "Entradas"}}})
    data["products"].append({**data["products"][0], "id": "later", "texts": {"es": {"category": "Pases"}}})

    assert problems_of(data) == {"products[2].texts.es.category": "“Passes” is “Pases” at a product before"}


def test_the_event_itself_has_a_name_in_other_languages_and_nothing_else() -> None:
    data = event_file()
    data["event"]["texts"] = {"es": {"venue": "Salón"}, "pt": {"name": "Festa"}}
    spoken = event_file()
    spoken["event"]["texts"] = {"es": {"name": "Fiesta de Boulder"}}

    assert set(problems_of(data)) == {"event.texts.es.name", "event.texts.es.venue", "event.texts.pt"}
    assert catalogue_from(spoken, 1).names == {"es": "Fiesta de Boulder"}


def test_hours_and_what_the_shop_says_are_read_and_written_back() -> None:
    hours: list[dict[str, Any]] = [{"day": "2026-05-15", "starts": "17:00", "ends": "01:00"}]
    hours += [{"day": "2026-05-15", "starts": "20:30", "products": ["friday"]}]
    page = {
        "description": "Dance.",
        "seller": "Rueda LLC",
        "picture": "rueda",
        "texts": {"es": {"description": "Baila."}},
    }

    catalogue = catalogue_from(event_file() | {"hours": hours, "page": page}, 1)

    own, everyone = catalogue.hours_of("friday", date(2026, 5, 15)), catalogue.hours_of("full-pass", date(2026, 5, 15))
    assert own is not None
    assert everyone is not None
    assert (own.starts.isoformat("minutes"), everyone.starts.isoformat("minutes")) == ("20:30", "17:00")
    assert catalogue.hours_of("friday", date(2026, 5, 16)) is None
    assert (catalogue.page.described("es"), catalogue.page.described("en")) == ("Baila.", "Dance.")
    assert catalogue_from(event_file_of(catalogue), 1) == catalogue


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"hours": [{"day": "2026-06-01", "starts": "17:00"}]}, "hours[0].day"),
        ({"hours": [{"day": "2026-05-15", "starts": "17:00", "products": ["nothing"]}]}, "hours[0].products"),
        ({"hours": [{"day": "2026-05-15", "starts": "25:00"}]}, "hours[0].starts"),
        ({"hours": [{"day": "2026-05-15", "starts": "17:00Z"}]}, "hours[0].starts"),
        ({"page": {"map_url": "javascript:alert(1)"}}, "page.map_url"),
        ({"page": {"map_url": 'https://x.example/"onload'}}, "page.map_url"),
        *(
            ({"page": {where: link}}, f"page.{where}")
            for where in ("map_url", "terms_url", "privacy_url")
            for link in (
                "http://x.example/",
                "x.example",
                "https://",
                "https://x.example/ y",
                "https://x.example/\ny",
                "https://x.example/<b>",
                "https://x.example/'",
                f"https://x.example/{'a' * 300}",
            )
        ),
        *(({"page": {where: "a" * 121}}, f"page.{where}") for where in SHORT),
        ({"page": {"description": "a" * 601}}, "page.description"),
        ({"page": {"texts": {"es": {"description": "a" * 601}}}}, "page.texts.es.description"),
        ({"page": {"texts": {"es": {"description": "\u200b \u202e"}}}}, "page.texts.es.description"),
        ({"page": {"texts": {"xx": {"description": "a"}}}}, "page.texts.xx"),
        ({"page": {"picture": "../../etc/passwd"}}, "page.picture"),
        ({"page": {"colour": "red"}}, "page.colour"),
    ],
)
def test_hours_and_pages_that_make_no_sense_are_told_by_place(more: dict[str, Any], place: str) -> None:
    with pytest.raises(BadInput) as refused:
        catalogue_from(event_file() | more, 1)

    assert [problem.place for problem in refused.value.problems] == [place]


@pytest.mark.parametrize("link", ["https://x.example/\u202egpj.exe", "https://x.exam\u200bple/gpj.exe\n"])
def test_letters_that_nobody_sees_do_not_stay_in_a_link(link: str) -> None:
    found = catalogue_from(event_file() | {"page": {"map_url": link}}, 1).page.map_url

    assert found == "https://x.example/gpj.exe"


@given(st.text(max_size=60))
def test_what_a_page_says_is_read_as_all_that_people_write(given_text: str) -> None:
    page = {"description": given_text} | dict.fromkeys(SHORT, given_text)

    said = catalogue_from(event_file() | {"page": page}, 1).page

    assert said.description == read_note(given_text)
    assert {getattr(said, where) for where in SHORT} == {read_line(given_text)}


def test_tills_get_no_part_that_their_version_before_does_not_know() -> None:
    file = event_file() | {"hours": [{"day": "2026-05-15", "starts": "17:00"}], "page": {"description": "Dance."}}
    day = date(2026, 5, 15)

    assert in_its_own_words(file, day).keys() == in_its_own_words(event_file(), day).keys()
