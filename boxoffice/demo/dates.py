"""Moves the sample event to days that are still to come, by whole weeks, so that a demo has something on sale."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from babel.dates import format_date

from boxoffice.core.catalogue import Catalogue, Product, ProductTexts

_WRITTEN: Final = {"en": "MMMM d", "es": "d 'de' MMMM"}
"""How texts of the event write a day, by language."""


def still_to_come(catalogue: Catalogue, today: date) -> Catalogue:
    """Returns the event with its first day today or later, each day on the same day of the week, and its texts with it.

    One that has not begun stays as it is.
    """
    weeks = max(0, -((min(catalogue.days) - today).days // 7))
    return _moved(catalogue, timedelta(weeks=weeks)) if weeks else catalogue


def _moved(catalogue: Catalogue, by: timedelta) -> Catalogue:
    names = {
        language: {_written(day, language): _written(day + by, language) for day in catalogue.days}
        for language in _WRITTEN
    }
    return replace(
        catalogue,
        days=tuple(day + by for day in catalogue.days),
        hours=tuple(replace(hours, day=hours.day + by) for hours in catalogue.hours),
        products=tuple(_product(product, by, names) for product in catalogue.products),
    )


def _product(product: Product, by: timedelta, names: dict[str, dict[str, str]]) -> Product:
    texts = {code: _texts(each, names.get(code, {})) for code, each in product.texts.items()}
    return replace(
        product,
        days=tuple(day + by for day in product.days),
        detail=_said(product.detail, names["en"]),
        texts=texts,
        sale_starts=_later(product.sale_starts, by),
        sale_ends=_later(product.sale_ends, by),
    )


def _texts(texts: ProductTexts, names: dict[str, str]) -> ProductTexts:
    return replace(texts, detail=None if texts.detail is None else _said(texts.detail, names))


def _later(at: datetime | None, by: timedelta) -> datetime | None:
    return None if at is None else at + by


def _said(text: str, names: dict[str, str]) -> str:
    if not names:
        return text
    days = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.sub(rf"\b(?:{days})\b", lambda found: names[found.group()], text)


def _written(day: date, language: str) -> str:
    return format_date(day, _WRITTEN[language], locale=language)
