"""Which version of this software runs here, for the hub to show."""

from functools import cache


@cache
def installed_version() -> str:
    """Returns such as `2.3.1`; empty where nobody knows, as in a program that was packed without saying so."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # 30 ms of a till's start

    try:
        return version("boxoffice")
    except PackageNotFoundError:
        return ""
