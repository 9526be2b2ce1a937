"""Limits of sellers in an event file: read, written back, and told to tills beside the event."""

import pytest

from boxoffice.core.errors import BadInput
from boxoffice.core.event_file import beside_the_event, catalogue_from, event_file_of, in_its_own_words, whole_event
from boxoffice.core.known import limits_of
from boxoffice.core.limits import Limits
from tests.fest import fest
from tests.unit.core.builders import NOW


def test_limits_go_to_tills_beside_the_event_and_come_back_as_they_were() -> None:
    file = event_file_of(catalogue_from({**fest(), "limits": {"seller": {"comp_minor": 0, "refund_minor": 4_000}}}, 1))
    beside = beside_the_event(file)
    later = {"seller": {**beside["limits"]["seller"], "later": 1}, "helper": {}}

    body = in_its_own_words(file, NOW.date())
    back = whole_event(body, beside["sales"], (), {}, beside["taxation"], offers=beside["offers"], limits=later)

    assert "limits" not in body
    assert catalogue_from(back, 1).limits == limits_of(file) == Limits(None, 0, 4_000)


@pytest.mark.parametrize("limits", [{"seller": {"comp_minor": -1}}, {"seller": {"comp": 5}}, {"organizer": {}}])
def test_a_limit_that_is_none_is_refused_by_its_place(limits: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="limits"):
        catalogue_from({**fest(), "limits": limits}, 1)
