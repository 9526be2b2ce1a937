"""Heavy work takes turns: never more at once than there may be, and who waits too long is asked to come again."""

import threading

import pytest

from sync.ledger.turns import Busy, Turns


def test_no_more_work_at_once_than_there_may_be_and_all_have_their_turn() -> None:
    turns, lock, at_work, most = Turns(2, 30.0), threading.Lock(), [0], [0]

    def work() -> None:
        for _ in range(50):
            with turns.taken():
                with lock:
                    at_work[0] += 1
                    most[0] = max(most[0], at_work[0])
                with lock:
                    at_work[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert not any(thread.is_alive() for thread in threads)
    assert (at_work[0], most[0] <= 2) == (0, True)


def test_who_waits_too_long_is_asked_to_come_again_and_takes_nobodys_place() -> None:
    turns = Turns(1, 0.01)

    with turns.taken(), pytest.raises(Busy) as refused, turns.taken():
        pass

    assert refused.value.retry_after_s >= 1
    with turns.taken():
        pass


def test_work_that_fails_hands_its_turn_on() -> None:
    turns = Turns(1, 0.01)

    with pytest.raises(ZeroDivisionError), turns.taken():
        _ = 1 // 0

    with turns.taken():
        pass
