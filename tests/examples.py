"""How many examples a property is tried with where one costs a tenth of a second or more."""

from hypothesis import settings


def examples(usual: int) -> int:
    """Returns so many, and ten times as many in a thorough run (`HYPOTHESIS_PROFILE=thorough`)."""
    default = settings.get_profile("default").max_examples
    return max(1, usual * settings().max_examples // default)
