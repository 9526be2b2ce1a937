"""What every terminal owes the till, whatever is behind it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import pytest

from boxoffice.core.money import Currency, Money
from boxoffice.core.payments import Approved, Declined
from boxoffice.core.terminal import ActionStatus, IntentStatus, Stopped, decide, decide_ended
from boxoffice.till.usecases.ports import CartLineShown, StripeRefused, Terminal, Unreachable

AMOUNT: Final = Money(15000, Currency("USD"))


OPEN: Final = IntentStatus.REQUIRES_PAYMENT_METHOD


CALLS: Final[Mapping[str, Callable[[Terminal], object]]] = {
    "readers": lambda terminal: terminal.readers(),
    "reader": lambda terminal: terminal.reader("tmr_nobody"),
    "create_intent": lambda terminal: terminal.create_intent("key-1", AMOUNT, {}),
    "create_trial": lambda terminal: terminal.create_trial("key-1", AMOUNT),
    "missing_rights": lambda terminal: terminal.missing_rights(),
    "intent": lambda terminal: terminal.intent("pi_nobody"),
    "cancel_intent": lambda terminal: terminal.cancel_intent("pi_nobody"),
    "process": lambda terminal: terminal.process("tmr_nobody", "pi_nobody"),
    "show_cart": lambda terminal: terminal.show_cart("tmr_nobody", [CartLineShown("Pass", AMOUNT)], AMOUNT),
    "cancel_action": lambda terminal: terminal.cancel_action("tmr_nobody"),
}


every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())


class Door(Protocol):
    """What happens at the reader, and to it."""

    def present(self) -> None: ...
    def present_slowly(self) -> None: ...
    def decline(self, code: str) -> None: ...
    def cancel_on_reader(self) -> None: ...
    def lose_connection(self) -> None: ...
    def die(self) -> None: ...
    def be_busy(self) -> None: ...
    def go_offline(self) -> None: ...
    def time_out(self, *, is_received: bool) -> None: ...


class TerminalContract:
    """`stranger` holds a key that is none, `cut_off` has no line."""

    @pytest.fixture
    def reader(self, terminal: Terminal) -> str:
        return terminal.readers()[0].id

    @pytest.fixture
    def waiting(self, terminal: Terminal, reader: str) -> str:
        """An intent for which the reader waits for a card."""
        intent = terminal.create_intent("key-1", AMOUNT, {"tender_id": "t-1"})
        terminal.process(reader, intent.id)
        return intent.id

    def test_a_reader_is_the_same_in_the_list_and_by_its_id(self, terminal: Terminal) -> None:
        listed = terminal.readers()[0]

        assert terminal.reader(listed.id) == listed
        assert (listed.is_online, listed.action) == (True, None)

    def test_a_tills_key_lacks_no_right_and_to_look_changes_nothing(self, terminal: Terminal, reader: str) -> None:
        assert list(terminal.missing_rights()) == []
        assert terminal.reader(reader).action is None
        assert terminal.paid_since(datetime.now(UTC) - timedelta(hours=1)) == {}

    def test_a_trial_takes_no_money_even_if_a_card_is_faster(self, terminal: Terminal, door: Door, reader: str) -> None:
        trial = terminal.create_trial("key-1", AMOUNT)
        terminal.process(reader, trial.id)
        terminal.cancel_action(reader)

        assert terminal.cancel_intent(trial.id).status is IntentStatus.CANCELED
        assert terminal.reader(reader).action is None

    def test_a_new_intent_can_be_paid_and_is_not(self, terminal: Terminal) -> None:
        intent = terminal.create_intent("key-1", AMOUNT, {"tender_id": "t-1"})

        assert terminal.intent(intent.id) == intent
        assert (intent.status, intent.amount, intent.card) == (OPEN, AMOUNT, None)

    def test_the_same_key_makes_one_intent(self, terminal: Terminal) -> None:
        first = terminal.create_intent("key-1", AMOUNT, {"tender_id": "t-1"})

        assert terminal.create_intent("key-1", AMOUNT, {"tender_id": "t-1"}) == first

    def test_another_key_makes_another_intent(self, terminal: Terminal) -> None:
        first = terminal.create_intent("key-1", AMOUNT, {})

        assert terminal.create_intent("key-2", AMOUNT, {}).id != first.id

    def test_a_key_is_not_taken_for_another_amount(self, terminal: Terminal) -> None:
        terminal.create_intent("key-1", AMOUNT, {})

        with pytest.raises(StripeRefused):
            terminal.create_intent("key-1", Money(1000, AMOUNT.currency), {})

    def test_a_key_used_again_after_a_payment_charges_nobody_again(
        self, terminal: Terminal, waiting: str, door: Door
    ) -> None:
        door.present()

        again = terminal.create_intent("key-1", AMOUNT, {"tender_id": "t-1"})

        assert again.id == waiting
        assert terminal.intent(again.id).status is IntentStatus.SUCCEEDED

    def test_a_reader_says_which_payment_it_waits_for(self, terminal: Terminal, reader: str) -> None:
        intent = terminal.create_intent("key-1", AMOUNT, {})

        answered = terminal.process(reader, intent.id)

        assert answered.action is not None
        assert (answered.action.status, answered.action.intent_id) == (ActionStatus.IN_PROGRESS, intent.id)
        assert terminal.reader(reader) == answered
        assert terminal.intent(intent.id).status is OPEN

    def test_sending_a_payment_to_the_reader_again_changes_nothing(
        self, terminal: Terminal, reader: str, waiting: str
    ) -> None:
        before = terminal.reader(reader)

        assert terminal.process(reader, waiting) == before

    def test_the_newest_payment_takes_the_reader(self, terminal: Terminal, reader: str, waiting: str) -> None:
        second = terminal.create_intent("key-2", AMOUNT, {})
        action = terminal.process(reader, second.id).action

        assert action is not None
        assert action.intent_id == second.id
        assert decide(terminal.intent(waiting), action) == Stopped("reader_did_not_start")

    def test_a_card_that_is_taken_is_on_the_intent(
        self, terminal: Terminal, reader: str, waiting: str, door: Door
    ) -> None:
        door.present()

        paid, action = terminal.intent(waiting), terminal.reader(reader).action
        assert (paid.status, paid.amount) == (IntentStatus.SUCCEEDED, AMOUNT)
        assert paid.card is not None
        assert (paid.card.brand, paid.card.last4, paid.card.aid) == ("visa", "4242", "A000000003101001")
        assert action is not None
        assert action.status is ActionStatus.SUCCEEDED

    def test_a_decline_is_a_value_in_the_banks_own_words(
        self, terminal: Terminal, reader: str, waiting: str, door: Door
    ) -> None:
        door.decline("insufficient_funds")

        action = terminal.reader(reader).action
        decision = decide(terminal.intent(waiting), action)
        assert decision == Declined("insufficient_funds", "The card has insufficient funds.")

    def test_another_card_may_follow_on_the_same_intent(
        self, terminal: Terminal, reader: str, waiting: str, door: Door
    ) -> None:
        door.decline("insufficient_funds")
        terminal.process(reader, waiting)
        door.present()

        paid = terminal.intent(waiting)
        assert (paid.status, paid.decline_code) == (IntentStatus.SUCCEEDED, "")

    def test_a_customer_who_cancels_leaves_the_intent_open(
        self, terminal: Terminal, reader: str, waiting: str, door: Door
    ) -> None:
        door.cancel_on_reader()

        action = terminal.reader(reader).action
        assert action is not None
        assert (action.status, action.failure_code) == (ActionStatus.FAILED, "customer_canceled")
        assert terminal.intent(waiting).status is OPEN

    def test_the_intent_has_the_last_word_when_the_reader_says_failed(
        self, terminal: Terminal, reader: str, waiting: str, door: Door
    ) -> None:
        door.lose_connection()

        action = terminal.reader(reader).action
        assert action is not None
        assert (action.status, action.failure_code) == (ActionStatus.FAILED, "connection_error")
        assert isinstance(decide(terminal.intent(waiting), action), Approved)

    def test_the_intent_has_the_last_word_when_the_reader_says_nothing_more(
        self, terminal: Terminal, reader: str, waiting: str, door: Door
    ) -> None:
        door.die()

        found = terminal.reader(reader)
        assert found.action is not None
        assert (found.is_online, found.action.status) == (False, ActionStatus.IN_PROGRESS)
        assert isinstance(decide(terminal.intent(waiting), found.action), Approved)

    def test_an_intent_that_was_canceled_stays_so_however_often_it_is_asked(self, terminal: Terminal) -> None:
        intent = terminal.create_intent("key-1", AMOUNT, {})

        first, again = terminal.cancel_intent(intent.id), terminal.cancel_intent(intent.id)

        assert first == again == terminal.intent(intent.id)
        assert first.status is IntentStatus.CANCELED

    def test_canceling_a_payment_that_was_captured_says_that_it_was_paid(
        self, terminal: Terminal, waiting: str, door: Door
    ) -> None:
        door.present()

        ended = terminal.cancel_intent(waiting)

        assert ended == terminal.intent(waiting)
        assert decide_ended(ended, "canceled") == Approved(waiting, AMOUNT, ended.card)

    @pytest.mark.parametrize("was_paid", [True, False])
    def test_a_payment_that_ended_is_not_sent_to_a_reader_again(
        self, terminal: Terminal, reader: str, waiting: str, door: Door, was_paid: bool
    ) -> None:
        if was_paid:
            door.present()
        else:
            terminal.cancel_intent(waiting)

        with pytest.raises(StripeRefused) as refused:
            terminal.process(reader, waiting)

        assert refused.value.code == "intent_invalid_state"

    @pytest.mark.parametrize("what", ["busy", "offline", "timeout"])
    def test_a_reader_that_can_not_be_reached_refuses_and_begins_nothing(
        self, terminal: Terminal, reader: str, door: Door, what: str
    ) -> None:
        intent = terminal.create_intent("key-1", AMOUNT, {})
        befall: Mapping[str, Callable[[], None]] = {
            "busy": door.be_busy,
            "offline": door.go_offline,
            "timeout": lambda: door.time_out(is_received=False),
        }
        befall[what]()

        with pytest.raises(StripeRefused) as refused:
            terminal.process(reader, intent.id)

        assert refused.value.code == f"terminal_reader_{what}"
        assert terminal.reader(reader).action is None
        assert terminal.intent(intent.id).status is OPEN

    def test_a_timeout_may_be_false_and_the_same_call_again_shows_it(
        self, terminal: Terminal, reader: str, door: Door
    ) -> None:
        intent = terminal.create_intent("key-1", AMOUNT, {})
        door.time_out(is_received=True)
        with pytest.raises(StripeRefused) as refused:
            terminal.process(reader, intent.id)
        found = terminal.reader(reader)

        assert refused.value.code == "terminal_reader_timeout"
        assert found.action is not None
        assert found.action.intent_id == intent.id
        assert terminal.process(reader, intent.id) == found

    def test_a_cart_is_shown_until_a_payment_takes_its_place(self, terminal: Terminal, reader: str) -> None:
        terminal.show_cart(reader, [CartLineShown("2 × Peña Pass", AMOUNT), CartLineShown("Shirt", AMOUNT)], AMOUNT)
        shown = terminal.reader(reader).action
        intent = terminal.create_intent("key-1", AMOUNT, {})
        terminal.process(reader, intent.id)
        paying = terminal.reader(reader).action

        assert shown is not None
        assert (shown.is_cart, shown.is_busy) == (True, False)
        assert paying is not None
        assert (paying.is_cart, paying.is_busy, paying.intent_id) == (False, True, intent.id)

    def test_a_reader_that_was_set_free_waits_for_nobody(self, terminal: Terminal, reader: str, waiting: str) -> None:
        terminal.cancel_action(reader)
        terminal.cancel_action(reader)

        assert terminal.reader(reader).action is None
        assert terminal.intent(waiting).status is OPEN

    def test_a_reader_is_not_set_free_while_a_card_is_charged(
        self, terminal: Terminal, reader: str, waiting: str, door: Door
    ) -> None:
        door.present_slowly()

        with pytest.raises(StripeRefused) as refused:
            terminal.cancel_action(reader)

        action = terminal.reader(reader).action
        assert refused.value.code == "terminal_reader_busy"
        assert action is not None
        assert action.intent_id == waiting

    @pytest.mark.parametrize("name", ["reader", "intent", "cancel_intent", "process", "cancel_action"])
    def test_what_is_not_there_is_refused(self, terminal: Terminal, name: str) -> None:
        with pytest.raises(StripeRefused) as refused:
            CALLS[name](terminal)

        assert refused.value.code == "resource_missing"

    @every_call
    def test_a_key_that_is_none_is_refused_and_never_shown(
        self, stranger: Terminal, call: Callable[[Terminal], object]
    ) -> None:
        with pytest.raises(StripeRefused) as refused:
            call(stranger)

        assert "nonsense" not in str(refused.value)

    @every_call
    def test_a_call_that_gets_no_answer_may_be_made_again(
        self, cut_off: Terminal, call: Callable[[Terminal], object]
    ) -> None:
        with pytest.raises(Unreachable):
            call(cut_off)
