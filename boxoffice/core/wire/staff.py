"""The messages about who works here: what facts don't say of them."""

from pydantic import Field

from boxoffice.core.wire.message import Message


class StaffMessage(Message):
    """Somebody's name, and what a PIN and a badge are held to; empty for none.

    `pin` is an argon2id verifier, of a PIN of so many `pin_digits`; `badge` is the SHA-256 of a badge's text, in hex.
    Neither may stand in a log, an export or a report of an error.
    """

    id: str
    name: str
    pin: str = Field(default="", repr=False)
    pin_digits: int = 0
    badge: str = Field(default="", repr=False)


class StaffAnswer(Message):
    """`GET /api/till/staff`: everybody who works here, or has. Another `tag` in the feed says that it has changed."""

    tag: str
    people: tuple[StaffMessage, ...] = ()
