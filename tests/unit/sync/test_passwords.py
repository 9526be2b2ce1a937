"""What a guess at a password costs, whether there is such an organizer or not."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from sync.organizers import organizers


def test_a_password_costs_what_the_standard_asks_for() -> None:
    assert extract_parameters(organizers._hasher.hash("correct horse")) == RFC_9106_LOW_MEMORY


@pytest.mark.parametrize("hasher", [PasswordHasher(), PasswordHasher(time_cost=1, memory_cost=512, parallelism=2)])
def test_a_guess_at_nobodys_password_costs_the_same_and_fails(hasher: PasswordHasher) -> None:
    nobodys = organizers._nobodys(hasher)

    assert extract_parameters(nobodys) == extract_parameters(hasher.hash("correct horse"))
    assert nobodys != organizers._nobodys(hasher)
    with pytest.raises(VerifyMismatchError):
        hasher.verify(nobodys, "correct horse")
