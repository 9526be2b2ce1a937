"""The status page for everyone: what works, and what organizers tell the public."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from boxoffice.documents.languages import Language, later
from sync.http.access import TheHub
from sync.http.web.languages import language_of
from sync.http.web.shop_pages import render
from sync.http.web.times import when_in
from sync.inventory.events import house_zone
from sync.operations.status import told
from sync.payments.switches import PAUSED, Switch, switches

router: Final = APIRouter(include_in_schema=False)
_NAMES: Final = {
    "web": later("Tickets on the web"),
    "phone": later("Payment by phone at the door"),
    "paypal": "PayPal",
}


@router.get("/status")
def status_page(request: Request, hub: TheHub) -> Response:
    """Tells the public what works, and nothing else."""
    speaks = language_of(request)
    with hub.database.reading() as connection:
        found, zone, words = switches(connection), house_zone(connection), told(connection)
    updates = [(each.words, when_in(speaks, each.at, zone)) for each in words]
    channels = [_channel(speaks, each) for each in found]
    return render(request, hub, "status", channels=channels, updates=updates, is_alone=False)


def _channel(speaks: Language, switch: Switch) -> tuple[str, bool, str, str]:
    """Returns a channel's name, whether it is open, what the public is told if not, and the tone of its tag."""
    word = speaks.say(PAUSED) if switch.message == PAUSED else switch.message
    tone = "ok" if switch.is_open else "danger" if switch.share == 0 else "warn"
    return speaks.say(_NAMES[switch.channel]), switch.is_open, word, tone
