"""The hub of a training answers what is practised, and refuses the rest of the port."""

import pytest

from boxoffice.till.usecases.ports import Hub, HubRefused
from boxoffice.training.hub import PracticeHub

MESSAGES = [name for name, each in vars(Hub).items() if callable(each) and not name.startswith("_")]
REFUSED = [name for name in MESSAGES if name not in vars(PracticeHub)]


@pytest.fixture
def hub() -> PracticeHub:
    hub = object.__new__(PracticeHub)
    hub.is_down = False
    return hub


@pytest.mark.parametrize("message", REFUSED)
def test_what_nobody_practises_is_refused(message: str, hub: PracticeHub) -> None:
    with pytest.raises(HubRefused):
        getattr(hub, message)("any", what="ever")


def test_what_no_hub_has_is_no_attribute_of_it(hub: PracticeHub) -> None:
    assert not hasattr(hub, "anything_else")
