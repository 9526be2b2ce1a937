"""The pages on which an event is filled in, section by section; all of it goes into its draft."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from boxoffice.core.catalogue import ProductKind
from boxoffice.core.errors import FieldError, OperationFailed
from boxoffice.core.event_changes import ORDER, Change, changes, with_value
from boxoffice.core.money import Money
from boxoffice.core.reading import read_line
from boxoffice.core.slugs import slug_of
from boxoffice.documents.languages import Language, language
from sync.editing import drafts, publishing
from sync.editing.drafts import NoSuchEvent, SavedMeanwhile
from sync.editing.fields import SECTIONS, blocks_of, items, pools_of_options
from sync.editing.forms import currency_of, moved_on_shelf, name_in_form, take
from sync.editing.places_of_sale import known_places, with_place
from sync.editing.problem_words import told
from sync.http.access import TheHub
from sync.http.web.event_forms import KINDS, Shown, views_of
from sync.http.web.event_words import field_at, item_of, label_of, path_of, section_of
from sync.http.web.pages import render
from sync.http.web.signed_in import Admin, Viewer, must_be_ours
from sync.http.web.times import when
from sync.ledger.hub import Hub
from sync.organizers.organizers import names_of
from sync.organizers.sessions import Organizer
from sync.store import drafts as store
from sync.store.event_list import listed_events, pools_now, sold_of

router: Final = APIRouter(include_in_schema=False)
Page = Literal["basics", "taxes", "places", "products", "prices", "doors", "rules", "texts", "papers"]
_MOST_FIELDS: Final = 3_000
_MOST_TYPED: Final = 2_000
_SHOWN_REVISIONS: Final = 3
_NEW_PRODUCT: Final = ("add-name", "add-kind", "add-category")
Given = Mapping[str, Sequence[str]]


@router.get("/events/{event_id}")
def event_page(_: Viewer, event_id: str) -> Response:
    return RedirectResponse(f"/events/{event_id}/basics", 303)


@router.get("/events/{event_id}/{section}")
def section_page(
    hub: TheHub, organizer: Viewer, event_id: str, section: Page, product: str = Query("", max_length=60)
) -> Response:
    return _page(hub, organizer, event_id, section, product)


@router.post("/events/{event_id}/{section}")
async def save_section(request: Request, hub: TheHub, organizer: Admin, event_id: str, section: Page) -> Response:
    """Saves what was filled in on a page, with the row that was added, dropped or moved."""
    async with request.form(max_fields=_MOST_FIELDS) as form:
        given = _given(form)
    must_be_ours(organizer, _one(given, "csrf"))
    return await run_in_threadpool(_save, hub, organizer, event_id, section, given)


def _given(form: FormData) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for name, said in form.multi_items():
        if not isinstance(said, UploadFile):
            out.setdefault(name, []).append(said[:_MOST_TYPED])
    return out


def _one(given: Given, name: str) -> str:
    return next(iter(given.get(name, ())), "")


def _save(hub: Hub, organizer: Organizer, event_id: str, section: str, given: Given) -> Response:
    product, version = _one(given, "product"), _one(given, "version")
    wrong: dict[str, str] = {}
    made = {"product": product}
    with hub.database.reading() as connection:
        others = [event.file for event in listed_events(connection)]

    def edit(file: Mapping[str, Any]) -> Mapping[str, Any]:
        typed = take(blocks_of(section, file, product), file, given, organizer.language)
        wrong.update(typed.wrong)
        if wrong:
            return file
        after: Mapping[str, Any] = with_place(typed.file, others)
        if section == "products":
            after = _on_shelf(after, given, made)
        return _with_texts(after, given) if section == "texts" else after

    try:
        drafts.save(hub, event_id, int(version) if version.isdecimal() else 0, edit, str(organizer.id))
    except NoSuchEvent as error:
        raise _no_such_event() from error
    except SavedMeanwhile as error:
        return _page(hub, organizer, event_id, section, product, given=given, error=error, status=409)
    if wrong:
        return _page(hub, organizer, event_id, section, product, given=given, wrong=wrong, status=422)
    more = f"?product={made['product']}" if made["product"] else ""
    return RedirectResponse(f"/events/{event_id}/{section}{more}", 303)


def _on_shelf(file: Mapping[str, Any], given: Given, made: dict[str, str]) -> Mapping[str, Any]:
    """Returns the file with the product that was added, moved or taken out."""
    name, kind, shelf = (read_line(_one(given, each)) for each in _NEW_PRODUCT)
    if name and _one(given, "do") == "add":
        product_id = slug_of(name, {each["id"] for each in items(file, "products")})
        kinds = {each.value for each in ProductKind}
        item = {"id": product_id, "name": name, "kind": kind if kind in kinds else "ticket", "category": shelf or name}
        made["product"] = product_id
        return with_value(file, ("products", product_id), item)
    for by, which in ((-1, "up"), (1, "down")):
        if moved := _one(given, which):
            return moved_on_shelf(file, moved, by)
    if gone := _one(given, "gone"):
        made["product"] = ""
        return with_value(file, ("products", gone), None)
    return file


def _with_texts(file: Mapping[str, Any], given: Given) -> Mapping[str, Any]:
    """Returns the file with the translations that were typed on the page of all texts."""
    for name, said in given.items():
        path = tuple(name.split("/"))
        if "texts" in path and field_at(path, file) is not None:
            file = with_value(file, path, read_line(said[0]) or None)
    return file


def _no_such_event() -> HTTPException:
    return HTTPException(404, "There is no such event.")


def _page(
    hub: Hub,
    organizer: Organizer,
    event_id: str,
    section: str,
    product: str = "",
    *,
    given: Given | None = None,
    wrong: Mapping[str, str] | None = None,
    error: OperationFailed | None = None,
    status: int = 200,
) -> Response:
    speaks = language(organizer.language)
    with hub.database.transaction() as connection:
        try:
            file, draft = drafts.standing(connection, event_id)
        except NoSuchEvent as error_:
            raise _no_such_event() from error_
        revisions = store.revisions(connection, event_id, publishing.MOST_REVISIONS)
        pools = {pool.id: pool for pool in pools_now(connection, event_id)}
        sold, tills = sold_of(connection, event_id), store.tills(connection, event_id)
        who = names_of(connection, [each.by for each in revisions] + ([draft.changed_by] if draft else []))
        places = known_places([file, *(event.file for event in listed_events(connection))])
    _, problems = publishing.checked(file)
    published = revisions[0].file if revisions else {}
    changed = changes(published, file) if draft is not None and revisions else ()
    zone = str(file.get("event", {}).get("timezone") or "UTC")
    known = {path_of(each, file): told(each.message, speaks) for each in problems}
    shown = Shown(
        file,
        speaks,
        pools,
        [(each, str(place.get("name", each))) for each, (place, _) in places.items()],
        given or {},
        wrong or {},
        {name_in_form(path): words for path, words in known.items()},
    )
    chosen = next((each for each in items(file, "products") if each["id"] == product), None)
    if product and chosen is None and section == "products":
        raise HTTPException(404, "There is no such product.")
    blocks = views_of(blocks_of(section, file, product), shown)
    if section == "places":
        _leave_out_options(blocks, file)
    return render(
        "event-edit.html",
        status,
        organizer=organizer,
        here=f"events/{event_id}/{section}",
        event={"id": event_id, "name": file.get("event", {}).get("name", event_id), "is_new": not revisions},
        section=next(each for each in SECTIONS if each.id == section),
        sections=_sections(file, problems, changed, speaks),
        version=0 if draft is None else draft.version,
        blocks=blocks,
        shelves=_shelves(file, problems, changed, sold, speaks) if section == "products" else [],
        product=chosen,
        texts=_texts(file, shown) if section == "texts" else [],
        kinds=_kinds(speaks),
        todo=_todo(
            [each for each in problems if section_of(path_of(each, file), file) == section], file, shown, blocks
        ),
        saved=error is not None and {"by": who.get(getattr(error, "by", ""), ""), "words": _words(error, speaks)},
        count=len(changed),
        summary=_summary(changed, file, published, speaks),
        draft=None
        if draft is None
        else {
            "at": when(draft.changed_at, zone, speaks),
            "by": who.get(draft.changed_by, draft.changed_by),
            "is_changed": bool(changed),
        },
        is_ready=not problems,
        left=len(problems),
        revisions=[
            {
                "number": each.number,
                "at": when(each.at, zone, speaks),
                "by": who.get(each.by, each.by),
                "taken": sum(till.revision is not None and till.revision >= each.number for till in tills),
                "tills": len(tills),
            }
            for each in revisions[:_SHOWN_REVISIONS]
        ],
    )


def _words(error: OperationFailed | None, speaks: Language) -> list[str]:
    if error is None:
        return []
    return [speaks.say(each) for each in (error.what_happened, error.what_is_safe, error.what_to_do)]


def _leave_out_options(blocks: list[dict[str, Any]], file: Mapping[str, Any]) -> None:
    """Takes the pools that count an option out of the page of places: they stand with their product."""
    own = {f"pools/{pool}" for pool in pools_of_options(file)}
    for block in blocks:
        block["rows"] = [row for row in block["rows"] if row["path"] not in own]


def _kinds(speaks: Language) -> list[tuple[str, str]]:
    return [(value, speaks.say(words)) for value, words in KINDS.items()]


def _sections(
    file: Mapping[str, Any], problems: Sequence[FieldError], changed: Sequence[Change], speaks: Language
) -> list[dict[str, Any]]:
    wrong = [section_of(path_of(each, file), file) for each in problems]
    where = [section_of(each.path, file) for each in changed]
    missing = sum(not each["value"] for group in _texts(file, Shown(file, speaks)) for each in group["fields"])
    out = []
    for each in SECTIONS:
        note, tone = "", ""
        if n := wrong.count(each.id):
            note, tone = speaks.say("{count} to do").format(count=n), "why"
        elif n := where.count(each.id):
            note = speaks.say("1 change") if n == 1 else speaks.say("{count} changes").format(count=n)
        elif each.id == "texts" and missing:
            note = speaks.say("{count} missing").format(count=missing)
        out.append({"id": each.id, "title": speaks.say(each.title), "note": note, "tone": tone})
    return out


def _todo(
    problems: Sequence[FieldError], file: Mapping[str, Any], shown: Shown, blocks: Sequence[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """Returns the problems of a section that stand at none of the fields on the page."""
    fields = {f["name"] for b in blocks for f in (*b["fields"], *(f for row in b["rows"] for f in row["fields"]))}
    out = []
    for each in problems:
        path = path_of(each, file)
        if name_in_form(path) not in fields:
            product = path[1] if path[0] == "products" and len(path) > 1 else ""
            what = item_of(path, file, shown.speaks)
            label = label_of(path, file, shown.speaks) if len(path) > 1 else ""
            title = ": ".join(part for part in dict.fromkeys((what, label)) if part)
            out.append({"title": title, "words": told(each.message, shown.speaks), "product": product})
    return out


def _shelves(
    file: Mapping[str, Any],
    problems: Sequence[FieldError],
    changed: Sequence[Change],
    sold: Mapping[str, int],
    speaks: Language,
) -> list[dict[str, Any]]:
    wrong = {path[1] for each in problems if (path := path_of(each, file))[0] == "products" and len(path) > 1}
    touched = {each.path[1] for each in changed if each.path[0] == "products" and each.path[1] != ORDER}
    currency, out = currency_of(file), dict[str, list[dict[str, Any]]]()
    pools = {pool["id"]: str(pool.get("name", "")) for pool in items(file, "pools")}
    for product in items(file, "products"):
        price = product.get("price_minor")
        takes = ", ".join(pools.get(pool, pool) for pool in product.get("pools") or {})
        amount = str(Money(price, currency)) if isinstance(price, int) else speaks.say("Any")
        count = sold.get(product["id"], 0)
        row = {
            "id": product["id"],
            "name": product.get("name", product["id"]),
            "what": " · ".join(
                part for part in (takes, speaks.say("{count} sold").format(count=f"{count:,}") if count else "") if part
            ),
            "price": amount,
            "colour": product.get("colour") or "",
            "is_wrong": product["id"] in wrong,
            "is_changed": product["id"] in touched,
            "code": product.get("code") or "",
        }
        out.setdefault(str(product.get("category", "")), []).append(row)
    return [{"name": name, "products": rows} for name, rows in out.items()]


def _texts(file: Mapping[str, Any], shown: Shown) -> list[dict[str, Any]]:
    """Returns every text that people read with the field of its Spanish, one group for each thing."""
    groups = []
    for section in ("basics", "products", "prices", "papers"):
        things = [each["id"] for each in items(file, "products")] if section == "products" else [""]
        for thing in things:
            for block in views_of(blocks_of(section, file, thing), shown):
                groups += _text_groups(block)
    return [group for group in groups if group["fields"]]


def _text_groups(block: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = [("", block["fields"]), *((row["title"], row["fields"]) for row in block["rows"])]
    out = []
    for title, fields in rows:
        own = {each["name"]: each for each in fields}
        pairs = []
        for each in fields:
            base = each["name"].replace("texts/es/", "")
            if base != each["name"] and own.get(base, {}).get("value"):
                pairs.append({**each, "own_label": own[base]["label"], "own": own[base]["value"]})
        heading = own.get("products", {}).get("value") or title or next((e["own"] for e in pairs), "")
        out.append({"title": heading, "fields": pairs})
    return out


def _summary(changed: Sequence[Change], file: Mapping[str, Any], published: Mapping[str, Any], speaks: Language) -> str:
    if not published:
        return ""
    words = [
        f"{item_of(each.path, file if each.after is not None else published, speaks)}: "
        f"{label_of(each.path, file, speaks).lower()}"
        for each in changed[:3]
    ]
    return " · ".join(words) + (" …" if len(changed) > len(words) else "")
