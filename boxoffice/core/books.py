"""The books that facts add up to, in memory: projections and postings. `verify` rebuilds them with this."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from boxoffice.core.effect_kinds import Beside
from boxoffice.core.effects import Effects, follow
from boxoffice.core.facts import Fact
from boxoffice.core.ledger import Posting
from boxoffice.core.rows import Projections


@dataclass(slots=True)
class Books(Projections):
    """Projections, and `postings` by fact id in the order of their lines."""

    postings: dict[str, tuple[Posting, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> "Books":
        """Returns the books of facts that come in an order in which causes stand before effects.

        Raises:
            Inconsistent: if a fact contradicts those before it.
        """
        books = cls()
        for fact in facts:
            books.take(fact)
        return books

    def take(self, fact: Fact) -> Effects:
        """Adds one fact, and returns all that follows from it.

        Raises:
            Inconsistent: if it rests on nothing, or contradicts what was there; the books are then as before.
        """
        effects = follow(self, fact)
        self.postings[fact.id] = effects.postings
        for each in effects.others:
            if not isinstance(each, Beside):
                self.put(each)
        return effects
