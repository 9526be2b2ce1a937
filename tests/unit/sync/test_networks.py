"""A network is one person's or one house's, however many addresses it has."""

import pytest

from sync.http.networks import network_of


@pytest.mark.parametrize(
    ("client", "network"),
    [
        (("192.0.2.7", 1), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("2001:db8:1:2::1", 9), "2001:db8:1:2::/64"),
        (("2001:db8:1:3::1", 9), "2001:db8:1:3::/64"),
        (("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (("a socket", 0), "a socket"),
        (None, "unknown"),
    ],
)
def test_an_ipv6_line_is_one_network_and_an_ipv4_address_is_itself(client: object, network: str) -> None:
    assert network_of({"type": "http", "client": client}) == network
