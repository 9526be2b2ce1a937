"""GA4's Measurement Protocol over httpx: it answers everything alike, so only that it arrived can be known."""

from typing import Final

import httpx

from boxoffice.core.errors import TryAgainLater
from sync.ports import Measurement

_TIMEOUT_S: Final = 10.0
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_MEASURED_ONLY: Final = {"ad_user_data": "DENIED", "ad_personalization": "DENIED"}
"""Buyers allow to be counted, and nothing more."""


class MeasurementProtocol:
    """Counts for one property of Google Analytics."""

    def __init__(self, measurement_id: str, secret: str, base_url: str) -> None:
        self._http = httpx.Client(base_url=base_url.rstrip("/"), timeout=_TIMEOUT_S)
        self._query = {"measurement_id": measurement_id, "api_secret": secret}

    def close(self) -> None:
        self._http.close()

    def count(self, new: Measurement) -> bool:
        """Returns whether GA4 answered that it took the event; if not, nobody knows whether it did.

        Raises:
            TryAgainLater: if it surely was not taken.
        """
        body = {
            "client_id": new.client,
            "timestamp_micros": new.at_us,
            "consent": _MEASURED_ONLY,
            "events": [{"name": new.name, "params": dict(new.params)}],
        }
        try:
            status = self._http.post("/mp/collect", params=self._query, json=body).status_code
        except _NOT_SENT as error:
            raise _later() from error
        except httpx.HTTPError:
            return False
        if status == 429 or status >= 500:
            raise _later()
        return status < 300


def _later() -> TryAgainLater:
    return TryAgainLater("Google Analytics can't be reached.", "No sale waits for it.", "It will be tried again.")
