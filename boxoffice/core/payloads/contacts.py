"""What facts say about people whose data is erased: which orders were theirs, and nothing of themselves."""

from boxoffice.core.payloads.payload import Payload


class ContactsErased(Payload):
    """Nobody knows any more who these orders are for, wherever it was kept: at the hub, and at every till.

    `by` is the organizer who was asked for it, by number; `why` says in a short word if the hub did it by itself.
    """

    order_ids: tuple[str, ...]
    by: str = ""
    why: str = ""
