"""What publishing a draft changes, and the press that does it; what was published before, and throwing away."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, HTTPException
from starlette.responses import RedirectResponse, Response

from boxoffice.core.catalogue import Catalogue
from boxoffice.core.errors import BadInput, OperationFailed
from boxoffice.core.event_changes import Change, changes
from boxoffice.core.languages import later
from boxoffice.core.stale_taxes import stale_taxes
from boxoffice.documents.languages import Language, language
from sync.editing import drafts, publishing
from sync.editing.drafts import NoSuchEvent
from sync.editing.fields import blocks_of, items
from sync.editing.problem_words import told
from sync.editing.publishing import Look, StillWithTills
from sync.http.access import TheHub
from sync.http.web.event_forms import Shown, views_of
from sync.http.web.event_words import item_of, label_of, path_of, section_of, value_words
from sync.http.web.pages import render
from sync.http.web.signed_in import Admin, Viewer, must_be_ours
from sync.http.web.times import when
from sync.ledger.hub import Hub
from sync.organizers.organizers import names_of
from sync.organizers.sessions import Organizer
from sync.store import drafts as store
from sync.store.chain import utc_now
from sync.store.drafts import TillTaking
from sync.store.event_list import placed_orders, pools_now, sold_of

router: Final = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
Number = Annotated[int, Form(ge=0, le=1_000_000_000)]
_ONLINE: Final = timedelta(minutes=2)
_PRICES: Final = frozenset({"price_minor", "prices"})
_WHEN: Final = {
    "price": (
        later("The new price holds from the next page on. Who is at checkout pays what they were shown."),
        later("Tiles show it as soon as a till hears of it. One without a network sells at its price until then."),
        later("What was sold stays as it was paid; a refund gives that back."),
    ),
    "pools": (
        later("More or fewer can be bought at once."),
        later("Tills hear how many are left. What they have on lease stays theirs until they give it back."),
        later("Every ticket that was sold, and every place that is held."),
    ),
    "texts": (
        later("It reads so from the next page on."),
        later("It reads so once a till has heard of it."),
        later("Papers of what was sold name it as it was sold."),
    ),
    "other": (
        later("It holds from the next page on."),
        later("It holds once a till has heard of it."),
        later("Orders that were placed keep their prices, taxes and tickets."),
    ),
}
_TEXTS: Final = frozenset({"name", "detail", "texts", "description", "category", "page", "papers"})


@router.get("/events/{event_id}/publish")
def publish_page(hub: TheHub, organizer: Viewer, event_id: str, taken: str = "") -> Response:
    return _page(hub, organizer, event_id, taken=taken)


@router.post("/events/{event_id}/publish")
def publish(hub: TheHub, organizer: Admin, event_id: str, csrf: Text, version: Number, revision: Number) -> Response:
    """Publishes the draft just as the page showed it."""
    must_be_ours(organizer, csrf)
    try:
        made = publishing.publish(hub, event_id, version, revision, str(organizer.id))
    except NoSuchEvent as error:
        raise _no_such_event() from error
    except BadInput as error:
        return _page(
            hub,
            organizer,
            event_id,
            problems=_problems(error, organizer),
            status=422,
        )
    except OperationFailed as error:
        return _page(hub, organizer, event_id, error=error, status=409)
    return RedirectResponse(f"/events/{event_id}/publish?taken={made.revision}", 303)


@router.post("/events/{event_id}/leave-out")
def leave_out(hub: TheHub, organizer: Admin, event_id: str, csrf: Text, version: Number, path: Text) -> Response:
    """Puts one change back to what is published."""
    must_be_ours(organizer, csrf)
    try:
        publishing.leave_out(hub, event_id, version, tuple(path.split("/")), str(organizer.id))
    except NoSuchEvent as error:
        raise _no_such_event() from error
    except OperationFailed as error:
        return _page(hub, organizer, event_id, error=error, status=409)
    return RedirectResponse(f"/events/{event_id}/publish", 303)


@router.get("/events/{event_id}/throw-away")
def throw_away_page(hub: TheHub, organizer: Admin, event_id: str) -> Response:
    """Asks once more before a draft is gone."""
    with hub.database.transaction() as connection:
        draft = store.read(connection, event_id)
    if draft is None:
        raise _no_such_event()
    say = language(organizer.language).say
    back = f"/events/{event_id}/basics"
    return render(
        "sure.html",
        organizer=organizer,
        here="events",
        title=say("Throw the draft away?"),
        lines=[
            say("All changes that are not published are gone. They can't be brought back."),
            say("What is published stays as it is.") if draft.base else say("It was never published: nothing is left."),
        ],
        action=f"/events/{event_id}/throw-away",
        fields={"version": str(draft.version)},
        told=None,
        back=back,
        keep=say("Keep it"),
        do=say("Throw it away"),
    )


@router.post("/events/{event_id}/throw-away")
def throw_away(hub: TheHub, organizer: Admin, event_id: str, csrf: Text, version: Number) -> Response:
    must_be_ours(organizer, csrf)
    try:
        is_there = drafts.throw_away(hub, event_id, version)
    except NoSuchEvent as error:
        raise _no_such_event() from error
    except OperationFailed as error:
        return _page(hub, organizer, event_id, error=error, status=409)
    return RedirectResponse(f"/events/{event_id}/basics" if is_there else "/events", 303)


@router.get("/events/{event_id}/revisions")
def revisions_page(hub: TheHub, organizer: Viewer, event_id: str) -> Response:
    """Shows what each revision changed, by whom, and which tills have taken it."""
    speaks = language(organizer.language)
    with hub.database.transaction() as connection:
        found = store.revisions(connection, event_id, publishing.MOST_REVISIONS)
        draft, tills = store.read(connection, event_id), store.tills(connection, event_id)
        who = names_of(connection, [each.by for each in found])
    if not found:
        raise _no_such_event()
    zone = str(found[0].file["event"]["timezone"])
    before: Mapping[int, Mapping[str, Any]] = {each.number: each.file for each in found}
    return render(
        "event-revisions.html",
        organizer=organizer,
        here=f"events/{event_id}/revisions",
        event={"id": event_id, "name": found[0].file["event"]["name"]},
        version=0 if draft is None else draft.version,
        revisions=[
            {
                "number": each.number,
                "at": when(each.at, zone, speaks),
                "by": who.get(each.by, each.by),
                "is_newest": i == 0,
                "tills": [till.name for till in tills if till.revision == each.number],
                "changes": [
                    _line(change, each.file, before[each.number - 1], speaks)
                    for change in changes(before[each.number - 1], each.file)
                ]
                if each.number - 1 in before
                else [],
                "is_first": each.number == 1,
            }
            for i, each in enumerate(found)
        ],
    )


@router.post("/events/{event_id}/bring-back")
def bring_back(hub: TheHub, organizer: Admin, event_id: str, csrf: Text, version: Number, number: Number) -> Response:
    """Makes an earlier revision the draft: it is published like any other."""
    must_be_ours(organizer, csrf)
    try:
        drafts.bring_back(hub, event_id, number, version, str(organizer.id))
    except NoSuchEvent as error:
        raise _no_such_event() from error
    except OperationFailed as error:
        return _page(hub, organizer, event_id, error=error, status=409)
    return RedirectResponse(f"/events/{event_id}/publish", 303)


def _problems(error: BadInput, organizer: Organizer) -> list[str]:
    speaks = language(organizer.language)
    return [f"{each.place}: {told(each.message, speaks)}" for each in error.problems]


def _no_such_event() -> HTTPException:
    return HTTPException(404, "There is no such event.")


def _line(change: Change, after: Mapping[str, Any], before: Mapping[str, Any], speaks: Language) -> dict[str, str]:
    file = after if change.after is not None else before
    return {
        "what": item_of(change.path, file, speaks),
        "label": label_of(change.path, file, speaks),
        "before": value_words(change.path, change.before, before, speaks),
        "after": value_words(change.path, change.after, after, speaks),
    }


def _page(
    hub: Hub,
    organizer: Organizer,
    event_id: str,
    *,
    taken: str = "",
    problems: list[str] | None = None,
    error: OperationFailed | None = None,
    status: int = 200,
) -> Response:
    speaks = language(organizer.language)
    with hub.database.transaction() as connection:
        try:
            file, draft = drafts.standing(connection, event_id)
            seen = None if draft is None else publishing.look(connection, event_id)
        except NoSuchEvent as error_:
            raise _no_such_event() from error_
        newest = store.revisions(connection, event_id, 1)
        tills, placed = store.tills(connection, event_id), placed_orders(connection, event_id)
        sold = sold_of(connection, event_id)
        pools = {pool.id: pool for pool in pools_now(connection, event_id)}
        who = names_of(connection, [each.by for each in newest])
    zone = str(file.get("event", {}).get("timezone") or "UTC")
    return render(
        "event-publish.html",
        status,
        organizer=organizer,
        here=f"events/{event_id}/publish",
        event={"id": event_id, "name": file.get("event", {}).get("name", event_id), "is_new": not newest},
        published=[
            {"number": each.number, "at": when(each.at, zone, speaks), "by": who.get(each.by, each.by)}
            for each in newest
        ],
        taken=taken if newest and taken == str(newest[0].number) and seen is None else "",
        seen=None
        if seen is None
        else _seen(seen, sold, {k: (p.sold, p.held, p.leased) for k, p in pools.items()}, speaks),
        placed=f"{placed:,}",
        tills=[_till(each, newest[0].number if newest else 0, speaks, zone) for each in tills],
        problems=problems or [],
        error=[] if error is None else _error(error, pools, speaks),
    )


def _error(error: OperationFailed, pools: Mapping[str, Any], speaks: Language) -> list[str]:
    words = [speaks.say(each) for each in (error.what_happened, error.what_is_safe, error.what_to_do)]
    if isinstance(error, StillWithTills):
        told = speaks.say("{pool}: {units} with tills")
        more = [told.format(pool=pools[each].name, units=pools[each].leased) for each in error.lacking if each in pools]
        words.insert(1, "; ".join(more) + "." if more else "")
    return [each for each in words if each]


def _seen(
    seen: Look, sold: Mapping[str, int], pools: Mapping[str, tuple[int, int, int]], speaks: Language
) -> dict[str, Any]:
    before = seen.published or {}
    return {
        "version": seen.draft.version,
        "revision": seen.revision,
        "newer": seen.newer if seen.draft.base else 0,
        "changes": []
        if seen.published is None
        else [_card(each, seen, before, sold, pools, speaks) for each in seen.changes],
        "count": len(seen.changes),
        "parts": [
            (speaks.say("Days"), len(seen.file.get("event", {}).get("days", ()))),
            (speaks.say("Places"), len(items(seen.file, "pools"))),
            (speaks.say("Products"), len(items(seen.file, "products"))),
            (speaks.say("Promo codes"), len(seen.file.get("promos", ()))),
        ],
        "checks": _checks(seen, speaks),
        "is_ready": seen.catalogue is not None,
    }


def _card(
    change: Change,
    seen: Look,
    before: Mapping[str, Any],
    sold: Mapping[str, int],
    pools: Mapping[str, tuple[int, int, int]],
    speaks: Language,
) -> dict[str, Any]:
    path = change.path
    keys = frozenset(path)
    kind = "price" if keys & _PRICES else "pools" if path[0] == "pools" else "texts" if keys & _TEXTS else "other"
    shop, tills, stays = (speaks.say(each) for each in _WHEN[kind])
    if path[0] == "products" and sold.get(path[1], 0):
        told = speaks.say("{count} were sold. They stay as they were paid; a refund gives that back.")
        stays = told.format(count=f"{sold[path[1]]:,}")
    if path[0] == "pools" and path[1] in pools:
        told = speaks.say("{sold} sold, {held} being paid for, {leased} with tills: all of them stay.")
        stays = told.format(**dict(zip(("sold", "held", "leased"), pools[path[1]], strict=True)))
    line = _line(change, seen.file, before, speaks)
    return line | {
        "path": "/".join(path),
        "is_new": change.before is None,
        "is_gone": change.after is None,
        "section": section_of(path, seen.file),
        "shop": shop,
        "tills": tills,
        "stays": stays,
    }


def _checks(seen: Look, speaks: Language) -> list[dict[str, str]]:
    """Returns what was looked at: what must be mended first, and what may be."""
    say, out = speaks.say, list[dict[str, str]]()
    for each in seen.problems:
        path = path_of(each, seen.file)
        what = ": ".join(dict.fromkeys((item_of(path, seen.file, speaks), label_of(path, seen.file, speaks))))
        section = section_of(path, seen.file)
        product = f"?product={path[1]}" if path[0] == "products" and len(path) > 1 else ""
        link = f"/events/{seen.draft.event_id}/{section}{product}"
        out.append({"tone": "danger", "title": what, "words": told(each.message, speaks), "link": link})
    if seen.catalogue is None:
        return out
    out.append({"tone": "ok", "title": say("The file is whole"), "words": say("Everything fits together."), "link": ""})
    out += _tax_checks(seen.catalogue, seen.draft.event_id, speaks)
    missing = _untranslated(seen.file, speaks)
    if missing:
        words = say("Readers of Spanish get it in English: {texts}.").format(texts=", ".join(missing[:3]))
        title = say("{count} texts have no Spanish").format(count=len(missing))
        out.append({"tone": "warn", "title": title, "words": words, "link": f"/events/{seen.draft.event_id}/texts"})
    else:
        out.append({"tone": "ok", "title": say("Texts are in all languages"), "words": "", "link": ""})
    return out


def _tax_checks(catalogue: Catalogue, event_id: str, speaks: Language) -> list[dict[str, str]]:
    say, link = speaks.say, f"/events/{event_id}/taxes"
    stale = [each.words(say) for each in stale_taxes(catalogue, catalogue.day_of(utc_now()))]
    if stale:
        return [{"tone": "warn", "title": say("Taxes to look at"), "words": " ".join(stale), "link": link}]
    is_taxed = any(catalogue.taxes_of(product) for product in catalogue.products)
    if not is_taxed and not catalogue.exempt:
        words = say("Nothing says which taxes are taken. Choose a place of sale, unless none are.")
        return [{"tone": "warn", "title": say("Nothing is taxed"), "words": words, "link": link}]
    return [{"tone": "ok", "title": say("Taxes are current"), "words": "", "link": ""}]


def _untranslated(file: Mapping[str, Any], speaks: Language) -> list[str]:
    shown, out = Shown(file, speaks), list[str]()
    for section in ("basics", "products", "prices", "papers"):
        for thing in [each["id"] for each in items(file, "products")] if section == "products" else [""]:
            for block in views_of(blocks_of(section, file, thing), shown):
                for fields in (block["fields"], *(row["fields"] for row in block["rows"])):
                    own = {each["name"]: each["value"] for each in fields}
                    out += [
                        f"“{own[base]}”"
                        for name, value in own.items()
                        if (base := name.replace("texts/es/", "")) != name and own.get(base) and not value
                    ]
    return out


def _till(each: TillTaking, newest: int, speaks: Language, zone: str) -> dict[str, str]:
    is_online = each.last_seen_at is not None and utc_now() - each.last_seen_at < _ONLINE
    heard = speaks.say("never") if each.last_seen_at is None else when(each.last_seen_at, zone, speaks)
    has_it = newest and each.revision is not None and each.revision >= newest
    note = speaks.say("Online") if is_online else speaks.say("Last heard {when}").format(when=heard)
    if has_it and each.taken_at is not None:
        words = speaks.say("Took it {when}").format(when=when(each.taken_at, zone, speaks))
        return {"name": each.name, "note": words, "tag": speaks.say("Has it"), "tone": "ok"}
    tag = speaks.say("In a few seconds") if is_online else speaks.say("When it starts")
    return {"name": each.name, "note": note, "tag": tag, "tone": "info" if is_online else "warn"}
