"""Which reader this till uses: asked before the first card payment, and changed under Till."""

from typing import ClassVar

from boxoffice.core.errors import BoxofficeError
from boxoffice.till.ui.actions import Action, Destination, Do
from boxoffice.till.ui.flow.destinations import Next
from boxoffice.till.ui.flow.page import PaymentPage
from boxoffice.till.ui.flow.session import Session
from boxoffice.till.ui.flow.shell_view import reader_words
from boxoffice.till.ui.flow.summary import back_to_sale, summary
from boxoffice.till.ui.flow.tenders import leave_order, on_reader
from boxoffice.till.ui.flow.work import Lane
from boxoffice.till.ui.keys import Key, Named
from boxoffice.till.ui.speech import later, say
from boxoffice.till.ui.till_actions import ChooseReader
from boxoffice.till.ui.views.parts import ButtonView, RowView, TagView
from boxoffice.till.ui.views.pay import PickReaderView
from boxoffice.till.ui.words import explain
from boxoffice.till.usecases.gateway.devices import Reader, ReaderState


def reader_rows(readers: tuple[Reader, ...], chosen: int = -1) -> tuple[RowView, ...]:
    """Returns the readers to choose from, each with its state."""
    rows = []
    for i, reader in enumerate(readers):
        words, state = reader_words(reader.state)
        tag = TagView(words.capitalize(), state, "check" if state == "ok" else "info")
        detail = say("This till's reader") if reader.is_chosen else ""
        rows.append(
            RowView(reader.label, detail, "card", tag=tag, action=ChooseReader(reader.id), is_chosen=i == chosen)
        )
    return tuple(rows)


class PickReaderPage(PaymentPage):
    """Which reader, when none is chosen yet."""

    section = Do.SELL
    keys: ClassVar = {Named.ENTER: Do.FINISH, Named.ESC: Do.BACK}
    help_lines = (("↑ ↓", later("choose a reader")), ("Enter", later("use it")), ("Esc", later("back to the sale")))

    def __init__(self, session: Session, to: Destination) -> None:
        super().__init__(session, to)
        self.readers: tuple[Reader, ...] = ()
        self.chosen, self.is_loading, self.problem = 0, True, ""
        self._load()

    def _load(self) -> None:
        self.is_loading, self.problem = True, ""
        self.session.call(self.session.till.readers, self._loaded, failed=self._failed, lane=Lane.LOOK)

    def _loaded(self, readers: tuple[Reader, ...]) -> None:
        self.readers, self.is_loading = readers, False
        self.chosen = next((i for i, reader in enumerate(readers) if reader.state is ReaderState.READY), 0)

    def _failed(self, error: BoxofficeError) -> None:
        happened, rest = explain(error)
        self.problem, self.is_loading = f"{happened} {rest}", False

    def view(self) -> PickReaderView:
        found = say("No reader is registered for this place. Cash and phone work.") if not self.readers else ""
        hint = self.problem or (say("Asking for the readers.") if self.is_loading else found)
        use = ButtonView(say("Use this reader"), Do.FINISH, "primary", "card", "Enter")
        again = ButtonView(say("Look again"), Do.TRY_AGAIN, "plain", "sync", is_on=not self.is_loading)
        return PickReaderView(
            summary=summary(self.session, self.bill, back=back_to_sale()),
            title=say("Which reader?"),
            hint=hint or say("This till uses it from now on. It can be changed under Till."),
            readers=reader_rows(self.readers, self.chosen),
            buttons=(again, use) if self.readers else (again,),
        )

    def typed(self, key: Key) -> Next:
        if key.name in (Named.UP, Named.DOWN) and self.readers:
            step = 1 if key.name is Named.DOWN else -1
            self.chosen = min(max(self.chosen + step, 0), len(self.readers) - 1)
        return None

    def act(self, action: Action) -> Next:
        match action:
            case ChooseReader(reader_id):
                self._use(reader_id)
            case Do.FINISH if self.readers:
                self._use(self.readers[self.chosen].id)
            case Do.TRY_AGAIN:
                self._load()
            case Do.BACK:
                return leave_order(self.session)
            case _:
                pass
        return None

    def _use(self, reader_id: str) -> None:
        session = self.session
        session.call(lambda: session.till.choose_reader(reader_id), lambda _: on_reader(session), keys_wait=True)
