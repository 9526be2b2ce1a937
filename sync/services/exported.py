"""Facts that a till has saved to a file because it reached no hub: taken as if it had sent them, each once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from boxoffice.core.errors import BadInput, Problem
from boxoffice.core.wire import FactMessage, PushRequest
from sync.services.hub import Hub
from sync.services.intake import Device
from sync.services.pushing import take_push
from sync.store import tables as t

_BATCH: Final = 200
_FACTS: Final = TypeAdapter(list[FactMessage])


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file."""

    name: str
    records: int
    aside: int

    def __str__(self) -> str:
        aside = f", of which {self.aside} are broken and kept aside" if self.aside else ""
        return f"{self.records} records of {self.name} are here now{aside}."


def read_export(path: Path) -> Sequence[FactMessage]:
    """Returns the facts of a till's file.

    Raises:
        BadInput: if it is no such file, or holds the facts of several tills.
    """
    try:
        said: Any = json.loads(path.read_text(encoding="utf-8"))
        facts = _FACTS.validate_python(said["facts"])
    except OSError as error:
        raise BadInput([Problem(str(path), error.strerror or "can't be read")]) from error
    except (ValueError, ValidationError, KeyError, TypeError, RecursionError) as error:
        raise BadInput([Problem(str(path), "is not a file that a till has saved")]) from error
    if len({fact.device_id for fact in facts}) != 1:
        raise BadInput([Problem(str(path), "holds no facts, or those of several tills")])
    return facts


def take_export(hub: Hub, facts: Sequence[FactMessage]) -> Taken:
    """Takes the facts of one till, which its signatures prove.

    Raises:
        BadInput: if there is no such till at this hub.
    """
    d = t.devices.c
    query = select(d.id, d.name, d.status, d.public_key, d.code).where(d.id == facts[0].device_id, d.kind == "till")
    with hub.database.reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise BadInput([Problem("the file", "is of a till that was never paired with this hub")])
    device, aside = Device(*row), 0
    for i in range(0, len(facts), _BATCH):
        push = PushRequest(facts=tuple(facts[i : i + _BATCH]))
        answer = take_push(hub, device, push)
        aside += len(answer.quarantined)
    return Taken(device.name, len(facts), aside)
