"""Where a till's chain ends at the hub, and what the hub gives back to a till that has lost facts."""

from boxoffice.core.facts import GENESIS, Head
from boxoffice.core.wire.lost import HistoryAnswer
from tests.integration.sync.conftest import Stand
from tests.integration.sync.door import Door

ISSUES = "SELECT kind FROM exceptions WHERE device_id = %s ORDER BY kind"


def head_of(door: Door) -> tuple[int, int, str]:
    answer = door.http.get("/api/till/head").raise_for_status().json()
    return answer["epoch"], answer["seq"], answer["hash"]


def history(door: Door, head: Head, after: int = 0) -> HistoryAnswer:
    query: dict[str, str | int] = {"epoch": head.epoch, "seq": head.seq, "hash": head.hash, "after": after}
    return HistoryAnswer.model_validate(door.http.get("/api/till/history", params=query).raise_for_status().json())


def test_the_head_is_where_the_chain_ends_that_the_till_has_sent(door: Door) -> None:
    before = head_of(door)
    door.push(door.cash_sale())

    assert before == (1, 0, GENESIS)
    assert head_of(door) == (1, 5, door.head.hash)


def test_a_till_gets_back_what_it_lacks_of_its_own_and_all_that_the_hub_told_it(hub: Stand, door: Door) -> None:
    other = hub.door()
    other.lease({"friday": 2})
    other.push(other.cash_sale(("friday-pass", 1)))
    door.lease({"friday": 5})
    door.push(door.cash_sale(("friday-pass", 1)))
    kept = door.head
    door.push(door.cash_sale(("friday-pass", 1)))

    answer = history(door, kept)

    own = [fact for fact in answer.facts if fact.device_id == door.me.device_id]
    told = [fact for fact in answer.facts if fact.device_id != door.me.device_id]
    assert [fact.seq for fact in own] == [6, 7, 8, 9, 10]
    assert [(fact.kind.value, fact.payload["to_device"]) for fact in told] == [("lease_granted", door.me.device_id)]
    assert answer.facts[0] == told[0]  # what it sold from stands before what it sold
    assert not answer.more


def test_the_history_comes_in_pages_that_leave_nothing_out(door: Door) -> None:
    door.lease({"social": 100})
    for _ in range(45):
        door.push(door.cash_sale(("social", 1)))

    seqs, cursor, more = [], 0, True
    while more:
        answer = history(door, Head(door.head.device_id), cursor)
        seqs += [fact.seq for fact in answer.facts if fact.device_id == door.me.device_id]
        cursor, more = answer.cursor, answer.more

    assert seqs == list(range(1, 226))


def test_a_head_that_the_hub_does_not_know_gets_nothing(hub: Stand, door: Door) -> None:
    door.push(door.cash_sale())
    other = hub.door()
    other.push(other.cash_sale())

    unknown = [
        Head(door.head.device_id, 1, 5, "ab" * 32),
        Head(door.head.device_id, 1, 9, door.head.hash),
        Head(other.head.device_id, 1, 5, other.head.hash),  # another's fact is no fact of this till
    ]

    assert [history(door, head) for head in unknown] == [HistoryAnswer(is_known=False)] * 3


def test_a_till_that_goes_on_in_a_new_epoch_is_taken_and_an_organizer_hears_of_it(hub: Stand, door: Door) -> None:
    door.lease({"friday": 5})
    door.push(door.cash_sale(("friday-pass", 1)))
    door.head = Head(door.head.device_id, 2)

    answer = door.push(door.cash_sale(("friday-pass", 1))).json()
    door.push(door.cash_sale(("friday-pass", 1)))

    assert (answer["epoch"], answer["acknowledged_seq"]) == (2, 5)
    assert hub.sql(ISSUES, door.me.device_id) == [("till_lost_facts",)]
    assert hub.one("SELECT count(*) FROM orders WHERE placed_by = %s", door.me.device_id) == 3


def test_a_chain_that_was_left_and_goes_on_all_the_same_is_a_copy_and_its_sales_are_taken(
    hub: Stand, door: Door
) -> None:
    door.lease({"friday": 5})
    door.push(door.cash_sale(("friday-pass", 1)))
    left = door.head
    door.head = Head(door.head.device_id, 2)
    door.push(door.cash_sale(("friday-pass", 1)))

    door.head = left
    door.push(door.cash_sale(("friday-pass", 1)))

    assert hub.sql(ISSUES, door.me.device_id) == [("cloned_device",), ("till_lost_facts",)]
    assert hub.one("SELECT count(*) FROM orders WHERE placed_by = %s", door.me.device_id) == 3
    assert hub.one("SELECT status FROM devices WHERE id = %s", door.me.device_id) == "suspect"


def test_a_revoked_till_gets_nothing_back(hub: Stand, door: Door) -> None:
    door.push(door.cash_sale())
    hub.sql("UPDATE devices SET former_token_hash = token_hash, token_hash = NULL, status = 'revoked',"
            " revoked_at = now() WHERE id = %s", door.me.device_id)  # fmt: skip

    assert door.http.get("/api/till/head").status_code in {401, 403}
    assert door.http.get("/api/till/history").status_code in {401, 403}
