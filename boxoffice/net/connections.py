"""The till's real ways out."""

from boxoffice.core.wire import PairAnswer, PairRequest
from boxoffice.net.hub_client import HubClient, pair_with
from boxoffice.services.ports import Hub, Terminal


class HttpConnections:
    """Implements `services.ports.Connections`."""

    def pair(self, hub_url: str, request: PairRequest) -> PairAnswer:
        return pair_with(hub_url, request)

    def hub(self, hub_url: str, token: str) -> Hub:
        return HubClient(hub_url, token)

    def terminal(self, stripe_base: str, key: str) -> Terminal:
        from boxoffice.net.stripe_terminal import StripeTerminal

        return StripeTerminal(stripe_base, key)
