"""What a fact says about the look at a till before doors open."""

from typing import Annotated, Literal

from pydantic import Field

from boxoffice.core.payloads.payload import Payload

Came = Literal["pass", "to_do", "fail", "unused"]


class PreflightDone(Payload):
    """What each check came to, by its word. With `opened`, somebody has opened the doors on it, green or not."""

    outcomes: Annotated[dict[Annotated[str, Field(max_length=40)], Came], Field(min_length=1, max_length=60)]
    opened: bool = False
