"""What facts say about what organizers changed that moves neither money nor places: rights, settings, tills."""

from enum import Enum

from boxoffice.core.payloads.payload import Payload


class Subject(Enum):
    """What was changed."""

    ORGANIZER = "organizer"
    TILL = "till"
    SWITCH = "switch"
    LINE = "line"
    KEY = "key"
    SETTING = "setting"
    CONTACT = "contact"


class OfficeChanged(Payload):
    """`what` was done about one of the subject, `before` and `after` in short words, and `by` whom.

    Organizers stand here by number, orders by id: a fact is kept for ever, and holds nothing of a person.
    """

    subject: Subject
    subject_id: str = ""
    what: str
    before: str = ""
    after: str = ""
    by: str = ""
