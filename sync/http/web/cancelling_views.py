"""What the pages of cancelling show: whom it concerns and what goes back, and how far it has come."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from boxoffice.core.catalogue import Catalogue, ProductKind
from boxoffice.core.languages import LANGUAGES
from boxoffice.core.money import Currency, Money
from boxoffice.core.tenders import TENDERS, tender_of
from boxoffice.core.texts import Texts
from boxoffice.documents.languages import Language, language, later
from sync.cancelling.cancellations import Look, Wish
from sync.cancelling.moves import MoveLook, MoveWish
from sync.cancelling.words import SUBJECTS, TEXTS, Words
from sync.http.web.cancelling_proof import STATES
from sync.http.web.times import when, zone_note
from sync.store.cancelling import Cancellation, Item, ItemState, Kind, Standing, Sum
from sync.store.reports import ReportEvent
from sync.stored_words import told

_TONES: Final = {
    ItemState.DONE: "ok",
    ItemState.WAITS: "",
    ItemState.SENDING: "info",
    ItemState.AT_A_TILL: "",
    ItemState.BY_HAND: "warn",
    ItemState.FAILED: "danger",
}
Says = Callable[[int], str]
_UNDER_WAY: Final = (ItemState.SENDING, ItemState.WAITS, ItemState.AT_A_TILL)
_FAILED: Final = (ItemState.FAILED, ItemState.BY_HAND)
_SHOWN: Final = 6
_MOST: Final = 500


def list_view(events: Sequence[ReportEvent], begun: Sequence[Cancellation], speaks: Language) -> dict[str, Any]:
    """Returns the events, and what was cancelled of them before; `ended` is what has cancelled a whole event."""
    ended = {each.event_id: each.id for each in begun if each.kind is Kind.EVENT}
    return {
        "events": [
            {"id": each.id, "name": each.name, "days": speaks.days(each.days), "ended": ended.get(each.id)}
            for each in events
        ],
        "begun": [
            {
                "id": each.id,
                "what": what_of(each.event, each.subject, each.kind, speaks),
                "event": each.event,
                "at": when(each.begun_at, each.timezone, speaks),
                "is_move": each.kind is Kind.MOVE,
                "is_paused": each.is_paused,
            }
            for each in begun
        ],
        "zone": zone_note({each.timezone for each in events}, speaks),
    }


def _languages(mails: Mapping[str, int]) -> str:
    return ", ".join(f"{LANGUAGES.get(code, code)} ({count})" for code, count in mails.items())


def what_of(event: str, subject: str, kind: Kind, speaks: Language) -> str:
    """Returns what is cancelled, in words: the event, a day of it, or what was sold under this name."""
    match kind:
        case Kind.DAY:
            return f"{event}, {_day(subject, speaks)}"
        case Kind.PRODUCT:
            return subject
        case Kind.EVENT | Kind.MOVE:
            return event


def first_words(wish: Wish, catalogue: Catalogue) -> Words:
    """Returns what people are told unless the organizer says it otherwise, in both languages."""
    said = {}
    for code in LANGUAGES:
        speaks, texts = language(code), Texts(catalogue, code)
        known = next((str(each.name) for each in catalogue.products if each.id == wish.subject), wish.subject)
        what = what_of(texts.event_name, wish.subject, wish.kind, speaks)
        if wish.kind is Kind.PRODUCT:
            what = texts.name_of(wish.subject, known)
        said[code] = (speaks.say(SUBJECTS[wish.kind]).format(what=what), speaks.say(TEXTS[wish.kind]).format(what=what))
    return Words(*said["en"], *said["es"])


def begin_view(wish: Wish, looked: Look, words: Words, speaks: Language) -> dict[str, Any]:
    """Returns what the page shows before anything is done."""
    found, event = looked.affected, looked.catalogue
    money = _money(event.currency)
    texts = Texts(event, speaks.code)
    sold = [each for each in event.products if each.kind is not ProductKind.GIFT_CARD and not each.parts]
    tenders = [(name, found.by_tender[name]) for name in _in_order(found.by_tender)]
    return {
        "event": {"id": event.id, "name": texts.event_name, "days": speaks.days(event.days)},
        "wish": wish,
        "kind": wish.kind.value,
        "days": [(day.isoformat(), speaks.day(day)) for day in event.days],
        "products": [(each.id, texts.name_of(each.id, each.name)) for each in sold],
        "what": first_words(wish, event).subject if speaks.code == "en" else first_words(wish, event).subject_es,
        "words": words,
        "is_done": looked.is_done,
        "orders": found.orders,
        "tickets": found.tickets,
        "paid_tickets": found.tickets - found.comps,
        "comps": found.comps,
        "mailed": found.mailed,
        "languages_of": _languages(found.mails),
        "rows": {
            "tickets": money(found.for_tickets),
            "goods": money(found.for_goods),
            "donations": money(found.for_donations if wish.donations else found.kept),
        },
        "goods_count": found.goods_count,
        "donations_count": found.donations_count,
        "by_tender": [
            {
                "name": speaks.say(tender_of(name).words_on("web").name),
                "orders": orders,
                "tickets": tickets,
                "amount": money(amount),
            }
            for name, (orders, tickets, amount) in tenders
        ],
        "has_fees": any(tender_of(name).provider is not None for name in found.by_tender),
        "cash_unreached": found.cash_unreached,
        "total": money(found.total),
    }


def move_view(wish: MoveWish, looked: MoveLook, words: Words | None, speaks: Language) -> dict[str, Any]:
    """Returns what the page shows before an event is moved."""
    event, found = looked.before, looked.affected
    return {
        "event": {"id": event.id, "name": Texts(event, speaks.code).event_name, "days": speaks.days(event.days)},
        "kind": Kind.MOVE.value,
        "days": event.days,
        "first": "" if wish.first is None else wish.first.isoformat(),
        "until": "" if wish.refund_until is None else wish.refund_until.isoformat(),
        "new_days": "" if looked.after is None else speaks.days(looked.after.days),
        "words": words or _words_of_move(looked),
        "orders": found.orders,
        "tickets": found.tickets,
        "mailed": found.mailed,
        "languages_of": _languages(found.mails),
        "total": _money(event.currency)(found.total),
    }


def _words_of_move(looked: MoveLook) -> Words:
    said = {}
    for code in LANGUAGES:
        speaks, what = language(code), Texts(looked.before, code).event_name
        days = speaks.days((looked.after or looked.before).days)
        text = speaks.say(TEXTS[Kind.MOVE]).format(what=what, when=days)
        said[code] = (speaks.say(SUBJECTS[Kind.MOVE]).format(what=what), text)
    return Words(*said["en"], *said["es"])


def running_view(
    row: Cancellation,
    standing: Standing,
    by: str,
    which: str,
    rate: float,
    speaks: Language,
) -> dict[str, Any]:
    """Returns how far a cancellation has come: three lists, and sums that add up to the cent."""
    money = _money(Currency(row.currency))
    progress, sums, worst, items = standing.progress, standing.sums, standing.by_worst, standing.items
    total = sum(each.amount for each in sums)
    done, cash = worst.get(ItemState.DONE, (0, 0)), worst.get(ItemState.AT_A_TILL, (0, 0))
    is_moving = any(each.state in (ItemState.WAITS, ItemState.SENDING) for each in items)
    orders = sum(count for count, _ in worst.values()) + progress.waiting + progress.stuck
    waiting = sum(each.state is ItemState.WAITS for each in items)
    lists = [
        _list("done", later("done"), (ItemState.DONE,), items, row, which, speaks),
        _list("under-way", later("under way"), _UNDER_WAY, items, row, which, speaks),
        _list("failed", later("failed"), _FAILED, items, row, which, speaks),
    ]
    return {
        "row": row,
        "what": what_of(row.event, row.subject, row.kind, speaks),
        "is_move": row.kind is Kind.MOVE,
        "until": "" if row.refund_until is None else speaks.days([row.refund_until]),
        "total": money(total),
        "orders": orders,
        "settled": done[0],
        "preparing": progress.waiting,
        "stuck": standing.stuck,
        "cash": (cash[0], money(cash[1])),
        "begun": when(row.begun_at, row.timezone, speaks),
        "by": by,
        "left": _left(waiting, rate, speaks),
        "rate": f"{rate:g}",
        "is_running": bool(progress.waiting or is_moving),
        "is_live": bool(progress.waiting or is_moving) and not row.is_paused,
        "is_waiting": bool(waiting or progress.waiting),
        "lists": lists,
        "bars": _bars(lists, orders),
        "table": _table(sums, money, speaks),
        "is_equal": total == sum(each.amount for each in items),
        "late": sum({each.order_id: each.is_late for each in items}.values()),
        "zone": zone_note([row.timezone], speaks),
    }


def _list(
    key: str,
    name: str,
    states: Sequence[ItemState],
    items: Sequence[Item],
    row: Cancellation,
    which: str,
    speaks: Language,
) -> dict[str, Any]:
    mine = [each for each in items if each.state in states]
    money, shown = _money(Currency(row.currency)), _MOST if which == key else _SHOWN
    return {
        "key": key,
        "name": speaks.say(name),
        "orders": len({each.order_id for each in mine}),
        "amount": money(sum(each.amount for each in mine)),
        "gives": [_item(each, row, money, speaks) for each in mine[:shown]],
        "count": len(mine),
        "is_cut": len(mine) > shown,
    }


def _item(each: Item, row: Cancellation, money: Says, speaks: Language) -> dict[str, Any]:
    kind = tender_of(each.tender)
    paid = speaks.say(kind.words_on("web").name)
    if each.card:
        paid = f"{str(each.card['brand']).capitalize()} •••• {each.card['last4']}"
    at = each.at.astimezone(ZoneInfo(row.timezone))
    how = f"{paid}, {speaks.time(at)}" if each.payment_id else speaks.say(later("nothing was paid"))
    why = told(each.why or "", speaks)
    match each.state:
        case ItemState.AT_A_TILL:
            how = speaks.say(later("paid in cash, told by mail") if each.email else later("paid in cash, no address"))
        case ItemState.BY_HAND:
            why = speaks.say(later("It can’t go back by itself: {way}.")).format(way=paid)
        case ItemState.DONE | ItemState.WAITS | ItemState.SENDING | ItemState.FAILED:
            pass
    return {
        "id": each.id,
        "order_id": each.order_id,
        "number": each.order_number,
        "name": each.name or "",
        "how": how,
        "outside": each.outside or "",
        "disputed": money(each.disputed) if each.disputed else "",
        "why": why,
        "amount": money(each.amount),
        "state": speaks.say(STATES[each.state]),
        "tone": _TONES[each.state],
        "is_late": each.is_late,
        "mail_failed": each.mail in ("failed", "bounced"),
        "can_again": each.state is ItemState.FAILED,
        "can_outside": each.state in (ItemState.FAILED, ItemState.BY_HAND, ItemState.AT_A_TILL),
    }


def _table(sums: Sequence[Sum], money: Says, speaks: Language) -> list[dict[str, Any]]:
    """Returns the sums by tender, and all of them; orders that two tenders paid stand with both."""
    rows = []
    for name in _in_order({each.tender: None for each in sums}):
        mine = [each for each in sums if each.tender == name]
        rows.append(_row(speaks.say(tender_of(name).words_on("web").name), mine, money))
    return [*rows, _row(speaks.say(later("Total")), sums, money)]


def _row(name: str, mine: Sequence[Sum], money: Says) -> dict[str, Any]:
    def of(states: Sequence[ItemState]) -> str:
        return money(sum(each.amount for each in mine if each.state in states))

    return {
        "name": name,
        "payments": sum(each.items for each in mine),
        "all": of(tuple(ItemState)),
        "done": of((ItemState.DONE,)),
        "under_way": of(_UNDER_WAY),
        "failed": of(_FAILED),
    }


def _bars(lists: Sequence[Mapping[str, Any]], orders: int) -> list[tuple[str, float, float]]:
    """Returns each list's part of a bar that is a hundred long: its tone, where it begins, and its length."""
    bars, start = [], 0.0
    for key, tone in (("done", "ok"), ("failed", "danger"), ("under-way", "info")):
        mine = next(each["orders"] for each in lists if each["key"] == key)
        length = 100 * mine / orders if orders else 0.0
        bars.append((tone, round(start, 3), round(length, 3)))
        start += length
    return bars


def _left(waiting: int, rate: float, speaks: Language) -> str:
    if not waiting:
        return ""
    seconds = waiting / rate
    if seconds < 90:
        return speaks.say(later("About {count} s left")).format(count=max(1, round(seconds)))
    return speaks.say(later("About {count} min left")).format(count=round(seconds / 60))


def _in_order(names: Mapping[str, object]) -> list[str]:
    """Returns the tenders in the order of their table, what gave nothing last."""
    known = sorted(TENDERS, key=lambda kind: not TENDERS[kind].is_money)
    return [kind.value for kind in known if kind.value in names]


def _day(subject: str, speaks: Language) -> str:
    return speaks.day(date.fromisoformat(subject))


def _money(currency: Currency) -> Says:
    return lambda minor: str(Money(minor, currency))
