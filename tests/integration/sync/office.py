"""An organizer at the hub's pages."""

import re
from dataclasses import dataclass

import httpx

from sync.services.organizers import add_organizer
from sync.services.roles import Role
from tests.integration.sync.conftest import Stand

EMAIL, PASSWORD = "office@example.org", "correct horse battery"


@dataclass(frozen=True)
class Office:
    http: httpx.Client

    @classmethod
    def open(cls, hub: Stand, role: Role = Role.ADMIN) -> "Office":
        email = EMAIL if role is Role.ADMIN else f"{role.value}-{EMAIL}"
        with hub.database.transaction() as connection:
            add_organizer(connection, email, PASSWORD, role)
        hub.sql("DELETE FROM attempts")
        office = cls(httpx.Client(base_url=hub.base_url, timeout=30))
        form = {"csrf": office.hidden("/sign-in", "csrf"), "email": email, "password": PASSWORD}
        assert office.http.post("/sign-in", data=form).status_code == 303
        return office

    def page(self, path: str) -> str:
        return self.http.get(path).text

    def hidden(self, path: str, name: str) -> str:
        found = re.search(f'name="{name}" value="([^"]*)"', self.page(path))
        assert found is not None, f"{path} has no field {name}"
        return found[1]

    def refund(self, order_id: str, **fields: str | list[str]) -> httpx.Response:
        path = f"/orders/{order_id}"
        given = {name: self.hidden(path, name) for name in ("csrf", "refund_id", "payment")}
        return self.http.post(f"{path}/refund", data={"what": "all", **given, **fields})

    def resolve(self, exception_id: str, remedy: str) -> httpx.Response:
        form = {"csrf": self.hidden("/exceptions", "csrf"), "remedy": remedy}
        return self.http.post(f"/exceptions/{exception_id}", data=form)
