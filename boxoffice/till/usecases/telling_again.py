"""Tells a hub again what it has lost: one that was restored to an older state knows less than this till.

What it asks for goes in the order in which it is here, so that causes come before effects: the hub's own facts, such as
leases, among this till's.
"""

from typing import Final

from boxoffice.core.wire.lost import KnownRequest, TellAgainRequest
from boxoffice.core.wire.message import FactMessage
from boxoffice.till.store import facts as fact_store
from boxoffice.till.store import settings
from boxoffice.till.usecases.context import TillContext
from boxoffice.till.usecases.link import Link

LIFE: Final = "hub_life"
"""The setting that says in which life of the hub's this till has told all that it knows."""
NEXT_LIFE: Final = "hub_next_life"
"""The setting of the life that the hub has said to be in since."""
IS_BEHIND: Final = "hub_is_behind"
"""The setting that says that the hub had acknowledged more than it has."""
BATCH: Final = 200
_ASKED: Final = 500


class TellingAgain:
    """One at a time. Cut in the middle, it begins again: nothing is taken twice."""

    def __init__(self, context: TillContext, link: Link) -> None:
        self._context, self._link = context, link

    def if_due(self) -> bool:
        """Tells what the hub lacks, if it was restored; returns whether it was.

        Raises:
            Unreachable: if the hub does not answer; it is begun again at the next sync.
            HubRefused: if it will not take it.
        """
        with self._context.store.reading() as connection:
            life, is_behind = settings.get(connection, LIFE) or "", settings.get(connection, IS_BEHIND) is not None
            is_due = is_behind or settings.get(connection, NEXT_LIFE) is not None
        if is_due:
            self._tell(life, is_behind=is_behind)
        return is_due

    def _tell(self, life: str, *, is_behind: bool) -> None:
        now, lacking = self._asked(life, is_behind=is_behind)
        facts = self._facts(lacking)
        for i in range(0, len(facts), BATCH):
            part = TellAgainRequest(life=now, facts=facts[i : i + BATCH])
            self._link.call(lambda hub, part=part: hub.tell_again(part))  # type: ignore[misc]  # bound in the loop on purpose
        self._link.call(lambda hub: hub.tell_again(TellAgainRequest(life=now, facts=(), is_all=True)))
        with self._context.store.transaction() as connection:
            settings.put(connection, LIFE, now)
            settings.drop(connection, NEXT_LIFE)
            settings.drop(connection, IS_BEHIND)

    def _asked(self, life: str, *, is_behind: bool) -> tuple[str, list[str]]:
        """Returns the hub's life, and which of its facts it lacks: from the newest on, until it lacks none of many."""
        lacking: list[str] = []
        before: int | None = None
        while True:
            with self._context.store.reading() as connection:
                page = fact_store.hub_ids_before(connection, before, _ASKED)
            asked = KnownRequest(life=life, is_behind=is_behind, facts=tuple(each for _, each in page))
            answer = self._link.call(lambda hub, asked=asked: hub.known(asked))  # type: ignore[misc]  # as above
            lacking += answer.lacking
            if not answer.lacking or len(page) < _ASKED:
                return answer.life, lacking
            before = page[-1][0]

    def _facts(self, lacking: list[str]) -> tuple[FactMessage, ...]:
        """Returns them with this till's own that they rest on; all others are pushed as they always are."""
        with self._context.store.reading() as connection:
            position = fact_store.acknowledged_position(connection)
            return tuple(map(FactMessage.of, fact_store.to_tell_again(connection, position, lacking)))
