"""Who counts as one by the network that a request comes from."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from starlette.types import Scope

_ONE_LINE: Final = 64
"""Bits of an IPv6 address that one connection is given; its owner chooses the others anew as often as they like."""


def network_of(scope: Scope) -> str:
    """Returns an IPv4 address as it is, and of an IPv6 one what one house or telephone has of it (RFC 6177)."""
    client = scope.get("client")
    said = str(client[0]) if client else "unknown"
    try:
        address = ip_address(said)
    except ValueError:
        return said
    if not isinstance(address, IPv6Address):
        return said
    mapped = address.ipv4_mapped
    return str(ip_network((int(address), _ONE_LINE), strict=False) if mapped is None else mapped)
