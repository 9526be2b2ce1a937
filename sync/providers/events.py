"""Who reads the events of which provider."""

from collections.abc import Mapping
from typing import Final

from sync.payments.provider_events import EventReader
from sync.provider_states import Provider
from sync.providers.paypal_events import PayPalEvents
from sync.providers.stripe_events import StripeEvents

READERS: Final[Mapping[Provider, EventReader]] = {"stripe": StripeEvents(), "paypal": PayPalEvents()}
