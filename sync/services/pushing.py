"""What a till sends, by network or by file, taken with all that follows from it in the same transaction."""

from sqlalchemy import Connection

from boxoffice.core.wire import PushAnswer, PushRequest
from sync.services.hub import Hub
from sync.services.intake import Device, take_facts
from sync.services.payers import mail_payers
from sync.services.revoked import tell_of_sales


def take_push(hub: Hub, device: Device, push: PushRequest) -> PushAnswer:
    """Returns how far the till's chain reaches now; payers are mailed, and a revoked till's sales are told."""

    def follow(connection: Connection) -> None:
        mail_payers(connection, push)
        if device.status == "revoked":
            tell_of_sales(hub, connection, device)

    return take_facts(hub, device, push, follow)
