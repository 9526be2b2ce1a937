"""The list for a door when all else fails: written whenever somebody wants it, and its ticks entered afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from boxoffice.core.admission import Checkpoint
from boxoffice.core.door_list import DueTicket, Tick, door_rows, ticks_in
from boxoffice.core.ids import ProductId
from boxoffice.core.preflight import Check
from boxoffice.core.rights import Right
from boxoffice.core.scans import Seen
from boxoffice.core.ticket_codes import tail_of
from boxoffice.documents.languages import Language, language
from boxoffice.till.store.gate import DueHere, GateBooks
from boxoffice.till.usecases.check_in import CheckIn
from boxoffice.till.usecases.gateway.gate import Entered, How, ListEntered
from boxoffice.till.usecases.proofs import note_proof
from boxoffice.till.usecases.saving import save

_UNREADABLE = "It is no code: type four letters or all eight, and x3 for three people."
_NOBODY = "No ticket that opens this door today ends so."
_SEVERAL = "Several tickets end so: type all eight letters."
_IN_BEFORE = "All of them were let in before."
_FEWER = "Only so many were left: the others were let in before."


@dataclass(frozen=True, slots=True)
class DoorLists:
    """The use cases of the list. `folder` is where people find it."""

    check_in: CheckIn
    folder: Path

    def save(self, speaks: str) -> Path:
        """Writes the list of all who may come here today; returns where."""
        from boxoffice.documents.door_list import DoorList, door_list_pdf  # noqa: PLC0415  # 84 ms of a till's start

        context, place = self.check_in.context, self.check_in.reader.place()
        catalogue = context.event.catalogue
        zone = place.zone.name if len(catalogue.doors.zones) > 1 else ""
        rows = door_rows(self._due(place, language(speaks)))
        at = context.local_now()
        doors = DoorList(catalogue.name, catalogue.venue, place.day, at, rows, zone, speaks, catalogue.is_training)
        path = self.folder / f"Door list {place.day.isoformat()} {at:%H%M}{f' {place.zone.id}' if zone else ''}.pdf"
        save(path, door_list_pdf(doors), "Nothing was changed.")
        note_proof(context, Check.DOOR_LIST)
        return path

    def enter(self, text: str) -> ListEntered:
        """Lets in what was ticked, one line after the other: what does not fit keeps nothing else out."""
        self.check_in.context.operator.must(Right.SCAN)
        due = self._here(self.check_in.reader.place())
        return ListEntered(tuple(self._enter(tick, due) for tick in ticks_in(text)))

    def _enter(self, tick: Tick, due: Sequence[DueHere]) -> Entered:
        tail = tail_of(tick.code) if tick.code else ""
        if not tail or not tick.people:
            return Entered(tick.text, why_not=_UNREADABLE)
        named = [each for each in due if each.id.endswith(tail)]
        if not named:
            return Entered(tick.text, why_not=_NOBODY)
        if len(named) > 1:
            return Entered(tick.text, why_not=_SEVERAL)
        first = named[0]
        mine = [each for each in due if (each.order_id, each.product_id) == (first.order_id, first.product_id)]
        return self._let_in(tick, first, sorted(mine, key=lambda each: (each.id != first.id, each.id)))

    def _let_in(self, tick: Tick, first: DueHere, mine: Sequence[DueHere]) -> Entered:
        place = self.check_in.reader.place()
        come = self.check_in.reader.reading(lambda books: set(books.entered(place.zone.id, place.day.isoformat())))
        left = [each.id for each in mine if each.id not in come][: tick.people]
        name = first.name or first.order_number
        if not left:
            return Entered(tick.text, name, why_not=_IN_BEFORE)
        count = self.check_in.let_in(left, How.LIST, (Seen.ID,)).count
        return Entered(tick.text, name, count, _FEWER if count < tick.people else "")

    def _here(self, place: Checkpoint) -> list[DueHere]:
        """Returns the tickets that open this door today."""
        opens = self.check_in.reader.opens
        return [each for each in self.check_in.reader.reading(GateBooks.due) if opens(each.product_id, place)]

    def _due(self, place: Checkpoint, speaks: Language) -> list[DueTicket]:
        context = self.check_in.context
        come = self.check_in.reader.reading(lambda books: books.entered(place.zone.id, place.day.isoformat()))
        products, looks = context.event.catalogue.products_by_id, context.event.catalogue.doors.looks
        return [
            DueTicket(
                each.id,
                each.order_id,
                each.order_number,
                each.name,
                products[ProductId(each.product_id)].name if each.product_id in products else each.product_id,
                speaks.time(context.local(come[each.id])) if each.id in come else "",
                looks.get(ProductId(each.product_id), ""),
            )
            for each in self._here(place)
        ]
