"""What a till sends, by network or by file, taken with all that follows from it in the same transaction."""

from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

from boxoffice.core.fact_kinds import FactKind
from boxoffice.core.facts import Fact
from boxoffice.core.wire.lost import TellAgainRequest
from boxoffice.core.wire.pushes import PushAnswer, PushRequest
from sync.inventory.recalls import note_answers
from sync.ledger.came_back import CameBack
from sync.ledger.hub import Hub
from sync.ledger.intake import take_facts
from sync.orders.collected import note_collected
from sync.payments.offers import settle_captured
from sync.payments.payers import mail_payers
from sync.payments.sold_again import free_what_came_back
from sync.store.tills import Device, note_told_all
from sync.tills.left_unfinished import settle_left, tell_of_left
from sync.tills.revoked import tell_of_sales
from sync.tills.told_again import take_told


def take_push(hub: Hub, device: Device, push: PushRequest) -> PushAnswer:
    """Returns how far the till's chain reaches now; payers are mailed, and a revoked till's sales are told.

    Who waits for units looks again when the till has given some, or said that it has none.
    """

    answer = take_facts(hub, device, push, partial(_follow, hub, device, push))
    if push.recalls:
        hub.database.run(lambda connection: note_answers(connection, device.id, push.recalls))
    if push.recalls or any(message.kind is FactKind.LEASE_RETURNED for message in push.facts):
        hub.returned.ring()
    if device.is_revoked and not (push.facts or push.contacts or push.recalls):  # its word that this was all
        hear_all(hub, device)
    return answer


def take_again(hub: Hub, device: Device, told: TellAgainRequest) -> PushAnswer:
    """The same for what this hub had lost; who waits for units looks again."""
    own = PushRequest(facts=tuple(each for each in told.facts if each.device_id == device.id))
    answer = take_told(hub, device, told, partial(_follow, hub, device, own))
    hub.returned.ring()
    return answer


def _follow(
    hub: Hub,
    device: Device,
    push: PushRequest,
    connection: Connection,
    back: Sequence[CameBack],
    new: Sequence[Fact],
) -> None:
    mail_payers(connection, push)
    free_what_came_back(hub, connection, back)
    note_collected(hub, connection, device, new)
    settle_captured(hub, connection, new)
    if device.is_revoked:
        tell_of_sales(hub, connection, device)
        settle_left(hub, connection, device)


def hear_all(hub: Hub, device: Device) -> None:
    """Takes it that a revoked till has sent all that it held: what is open at it now is the hub's to end."""

    def hear(connection: Connection) -> None:
        note_told_all(connection, device.id)
        tell_of_left(hub, connection, device)

    hub.database.run(hear)
