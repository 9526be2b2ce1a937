"""An event on other days, with all that is said of them: because it has moved, or to try it out."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from boxoffice.core.catalogue import Catalogue, Product, ProductTexts
from boxoffice.core.tariffs import PriceRule

Reword = Callable[[str, str], str]
"""Takes a language and a text, and returns the text with other days in it."""


_SPANISH: Final = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


def retold(days: Iterable[date], by: timedelta) -> Reword:
    """Returns what puts later days in the place of these, as `May 15` or `15 de mayo` stand in an event's texts."""
    named = list(days)
    words = {
        "en": {_english(day): _english(day + by) for day in named},
        "es": {_spanish(day): _spanish(day + by) for day in named},
    }

    def reword(code: str, text: str) -> str:
        known = words.get(code, words["en"])
        either = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
        return re.sub(rf"\b(?:{either})\b", lambda found: known[found.group()], text)

    return reword


def _english(day: date) -> str:
    return f"{day:%B} {day.day}"


def _spanish(day: date) -> str:
    return f"{day.day} de {_SPANISH[day.month - 1]}"


def moved(catalogue: Catalogue, by: timedelta, reword: Reword) -> Catalogue:
    """Returns the event so much later, with its hours, its sales and its prices."""
    return replace(
        catalogue,
        days=tuple(day + by for day in catalogue.days),
        hours=tuple(replace(hours, day=hours.day + by) for hours in catalogue.hours),
        products=tuple(_product(product, by, reword) for product in catalogue.products),
    )


def _product(product: Product, by: timedelta, reword: Reword) -> Product:
    return replace(
        product,
        days=tuple(day + by for day in product.days),
        detail=reword("en", product.detail),
        texts={code: _texts(each, code, reword) for code, each in product.texts.items()},
        sale_starts=_later(product.sale_starts, by),
        sale_ends=_later(product.sale_ends, by),
        prices=tuple(_rule(rule, by) for rule in product.prices),
    )


def _texts(texts: ProductTexts, code: str, reword: Reword) -> ProductTexts:
    return replace(texts, detail=None if texts.detail is None else reword(code, texts.detail))


def _rule(rule: PriceRule, by: timedelta) -> PriceRule:
    days = tuple(day + by for day in rule.days)
    return replace(rule, starts=_later(rule.starts, by), ends=_later(rule.ends, by), days=days)


def _later(at: datetime | None, by: timedelta) -> datetime | None:
    return None if at is None else at + by
