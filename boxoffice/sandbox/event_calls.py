"""Stripe's calls about events and the webhook endpoints that hear of them."""

from fnmatch import fnmatchcase
from typing import Final

from boxoffice.sandbox.account import API_VERSION, Account, new_id, sent
from boxoffice.sandbox.calls import Call, Route
from boxoffice.sandbox.errors import Document, StripeError, exclusive, invalid
from boxoffice.sandbox.intents import merge_metadata
from boxoffice.sandbox.paging import page
from boxoffice.sandbox.params import Flag, Keyed, Many, Text, listing, shape


def list_events(account: Account, call: Call) -> Document:
    one, several = call.params.get("type"), call.params.get("types")
    if one and several:
        raise exclusive(["type", "types"])
    found = account.all("event")
    if wanted := ([one] if one else several):
        found = [each for each in found if any(fnmatchcase(each["type"], name) for name in wanted)]
    delivered = call.params.get("delivery_success")
    if delivered is not None:
        found = [each for each in found if (each["pending_webhooks"] == 0) == delivered]
    return page(call.url, found, call.params)


def retrieve_event(account: Account, call: Call) -> Document:
    return sent(account.get("event", call.path["id"]))


def new_endpoint(
    account: Account, url: str, enabled_events: list[str], secret: str | None = None, **more: object
) -> Document:
    """Adds an endpoint, with a secret of its own unless one is given.

    Raises:
        StripeError: 400, for an address that is none.
    """
    if not url.startswith(("http://", "https://")):
        raise StripeError(400, "Invalid URL: An explicit scheme (such as https) must be provided.", param="url")
    return account.add(
        {
            "id": new_id("we"),
            "object": "webhook_endpoint",
            "_secret": secret or new_id("whsec", 32),
            "api_version": more.get("api_version"),
            "application": None,
            "created": account.now(),
            "description": more.get("description"),
            "enabled_events": enabled_events,
            "livemode": False,
            "metadata": more.get("metadata", {}),
            "status": "enabled",
            "url": url,
        }
    )


def create_endpoint(account: Account, call: Call) -> Document:
    given = {name: value for name, value in call.params.items() if name != "expand"}
    if given.get("api_version") not in (None, API_VERSION):
        raise invalid(f"This sandbox speaks only API version {API_VERSION}.", "api_version")
    if not given["enabled_events"]:
        raise invalid("You must enable at least one event.", "enabled_events")
    url, events = given.pop("url") or "", given.pop("enabled_events")
    endpoint = new_endpoint(account, url, events, **given)
    return {**sent(endpoint), "secret": endpoint["_secret"]}


def retrieve_endpoint(account: Account, call: Call) -> Document:
    return sent(_endpoint(account, call))


def update_endpoint(account: Account, call: Call) -> Document:
    endpoint = _endpoint(account, call)
    merge_metadata(endpoint, call.params)
    endpoint |= {name: call.params[name] for name in ("description", "enabled_events", "url") if name in call.params}
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"
    return sent(endpoint)


def delete_endpoint(account: Account, call: Call) -> Document:
    endpoint = _endpoint(account, call)
    account.remove(endpoint)
    return {**sent(endpoint), "deleted": True}


def list_endpoints(account: Account, call: Call) -> Document:
    return page(call.url, account.all("webhook_endpoint"), call.params)


def _endpoint(account: Account, call: Call) -> Document:
    return account.get("webhook_endpoint", call.path["webhook_endpoint"], "webhook_endpoint")


_ENDPOINTS: Final = "/v1/webhook_endpoints"
_ENDPOINT: Final = _ENDPOINTS + "/{webhook_endpoint}"
ROUTES: Final = (
    Route(
        "GET",
        "/v1/events",
        list_events,
        listing("created", type=Text(), types=Many(Text()), delivery_success=Flag()),
    ),
    Route("GET", "/v1/events/{id}", retrieve_event),
    Route(
        "POST",
        _ENDPOINTS,
        create_endpoint,
        shape(
            ("url", "enabled_events"),
            "connect",
            url=Text(),
            enabled_events=Many(Text()),
            api_version=Text(),
            description=Text(),
            metadata=Keyed(),
        ),
    ),
    Route("GET", _ENDPOINTS, list_endpoints, listing()),
    Route("GET", _ENDPOINT, retrieve_endpoint),
    Route(
        "POST",
        _ENDPOINT,
        update_endpoint,
        shape(url=Text(), enabled_events=Many(Text()), disabled=Flag(), description=Text(), metadata=Keyed()),
    ),
    Route("DELETE", _ENDPOINT, delete_endpoint),
)
