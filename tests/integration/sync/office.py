"""An organizer at the hub's pages."""

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from sync.organizers.organizers import add_organizer
from sync.organizers.roles import Role

if TYPE_CHECKING:
    from tests.integration.sync.conftest import Stand

EMAIL, PASSWORD = "office@example.org", "correct horse battery"


def form_of(page: str) -> dict[str, list[str]]:
    """Returns the hidden fields of the page's own form."""
    main = page[page.index("<main") :]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', main):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


@dataclass(frozen=True)
class Office:
    http: httpx.Client

    @classmethod
    def open(cls, hub: "Stand", role: Role = Role.ADMIN) -> "Office":
        email = EMAIL if role is Role.ADMIN else f"{role.value}-{EMAIL}"
        with hub.database.transaction() as connection:
            add_organizer(connection, email, PASSWORD, role)
        hub.sql("DELETE FROM attempts")
        office = cls(httpx.Client(base_url=hub.base_url, timeout=150))
        form = {"csrf": office.hidden("/sign-in", "csrf"), "email": email, "password": PASSWORD}
        assert office.http.post("/sign-in", data=form).status_code == 303
        return office

    def page(self, path: str) -> str:
        return self.http.get(path).text

    def hidden(self, path: str, name: str) -> str:
        found = re.search(f'name="{name}" value="([^"]*)"', self.page(path))
        assert found is not None, f"{path} has no field {name}"
        return found[1]

    def look(self, order_id: str, **fields: str | list[str]) -> httpx.Response:
        """Chooses what to give back, and looks at what it will do."""
        path = f"/orders/{order_id}"
        given = {name: self.hidden(path, name) for name in ("csrf", "refund_id", "payment")}
        return self.http.post(f"{path}/refund/review", data={"what": "all", **given, **fields})

    def refund(self, order_id: str, **fields: str | list[str]) -> httpx.Response:
        """Chooses, looks, and presses the button; returns the first answer that says no."""
        looked = self.look(order_id, **fields)
        return looked if looked.status_code != 200 else self.press(order_id, looked)

    def press(self, order_id: str, looked: httpx.Response, **changes: str) -> httpx.Response:
        """Presses the button of a look."""
        return self.http.post(f"/orders/{order_id}/refund", data={**form_of(looked.text), **changes})

    def resolve(self, exception_id: str, remedy: str) -> httpx.Response:
        form = {"csrf": self.hidden("/exceptions", "csrf"), "remedy": remedy}
        return self.http.post(f"/exceptions/{exception_id}", data=form)
