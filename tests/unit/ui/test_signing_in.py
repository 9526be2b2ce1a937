"""Who is there: asked where staff is kept and nobody has signed in, never in the middle of a sale; and approvals."""

from boxoffice.core.credentials import badge_text
from boxoffice.core.money import Money
from boxoffice.core.orders import OrderState
from boxoffice.core.staff import StaffRole
from boxoffice.till.store.facts import of_order
from boxoffice.till.ui.keys import Named, Scan
from boxoffice.till.ui.speech import speaks
from boxoffice.till.ui.views.staff import ApproveView, PinView, SignInView
from tests.gui.fake_till import FakeTill
from tests.unit.ui.flows import Keyboard

BADGE = badge_text(bytes(range(16)))


def staffed() -> FakeTill:
    till = FakeTill()
    till.hire("Ana", StaffRole.SUPERVISOR, pin="4071", badge=BADGE)
    till.hire("Luis", StaffRole.SELLER, pin="90210")
    return till


def pin(keys: Keyboard) -> PinView:
    view = keys.flow.page.view()
    assert isinstance(view, SignInView | ApproveView)
    return view.pin


def people(keys: Keyboard) -> list[str]:
    view = keys.flow.page.view()
    assert isinstance(view, SignInView)
    return [each.name for each in view.people]


def who_wrote(till: FakeTill, number: int = -1) -> set[tuple[str | None, str | None]]:
    """Returns who wrote and who approved what stands of the newest order."""
    order = list(till.orders.values())[number]
    with till.context.store.reading() as connection:
        return {(fact.staff_id, fact.payload.get("approved_by")) for fact in of_order(connection, order.id)}


def test_where_no_staff_is_kept_a_cash_sale_is_three_keys_and_names_nobody() -> None:
    keys = Keyboard(till := FakeTill())

    keys.press("Q", Named.F5, Named.ENTER)

    assert keys.page == "CompletePage"
    assert who_wrote(till) == {(None, None)}


def test_a_till_with_staff_asks_who_is_there_before_anything_else_and_then_sells_in_three_keys() -> None:
    keys = Keyboard(till := staffed())
    assert keys.page == "SignInPage"

    keys.press("Q", Named.F5, Named.ENTER, Named.F2)
    assert keys.page == "SignInPage"
    keys.press("W", "90210")
    assert keys.page == "SellPage"
    keys.press("Q", Named.F5, Named.ENTER)

    assert keys.page == "CompletePage"
    assert who_wrote(till) == {("luis", None)}


def test_a_wrong_pin_says_how_many_tries_are_left_and_then_how_long_to_wait() -> None:
    keys = Keyboard(till := staffed())
    keys.press("W", "11111")
    assert "4 tries left" in pin(keys).problem

    for _ in range(4):
        keys.press("11111")
    assert "Wait 1 min" in pin(keys).problem
    keys.press("90210")
    assert keys.page == "SignInPage"
    till.clock.forward(61)
    keys.press("90210")

    assert keys.page == "SellPage"


def test_no_digit_of_a_pin_is_in_what_is_drawn() -> None:
    keys = Keyboard(staffed())

    keys.press("W", "902")

    assert "902" not in repr(keys.flow.page.view())
    assert pin(keys).typed == 3


def test_the_seller_changes_between_two_customers_in_a_key_and_a_badge_and_the_sale_stays() -> None:
    keys = Keyboard(till := staffed())
    keys.press("W", "90210", "E")

    keys.press(Named.F12)
    assert keys.page == "SignInPage"
    keys.flow.on_key(Scan(BADGE))
    keys.release()

    assert keys.page == "SellPage"
    assert not keys.flow.session.sale.is_empty
    keys.press(Named.F5, Named.ENTER)
    assert who_wrote(till) == {("ana", None)}


def test_a_badge_that_is_scanned_while_selling_lets_its_owner_take_over() -> None:
    keys = Keyboard(staffed())
    keys.press("W", "90210", "E")

    keys.flow.on_key(Scan(BADGE))
    keys.release()

    assert keys.page == "SellPage"
    assert keys.flow.session.team.person is not None
    assert keys.flow.session.team.person.name == "Ana"


def test_staff_that_comes_in_the_middle_of_a_sale_is_asked_for_once_it_is_over() -> None:
    keys = Keyboard(till := FakeTill())
    keys.press("Q")

    till.hire("Luis", StaffRole.SELLER, pin="90210")
    keys.release()
    assert keys.page == "SellPage"
    keys.press(Named.F5, Named.ENTER)
    assert keys.page == "CompletePage"
    assert who_wrote(till) == {(None, None)}
    keys.press(Named.ENTER)

    assert keys.page == "SignInPage"


def test_somebody_who_has_ended_finishes_the_sale_and_is_then_asked_for() -> None:
    keys = Keyboard(till := staffed())
    keys.press("W", "90210", "Q")

    till.hire("Luis", StaffRole.SELLER, status="ended")
    keys.release()
    keys.press(Named.F5, Named.ENTER)
    assert who_wrote(till) == {("luis", None)}
    keys.press(Named.ENTER)

    assert keys.page == "SignInPage"
    assert people(keys) == ["Ana"]


def test_a_till_that_nobody_touches_locks_itself_and_keeps_the_sale() -> None:
    keys = Keyboard(till := staffed())
    keys.press("W", "90210", "E")

    till.clock.forward(299)
    keys.flow.session.tick()
    assert keys.page == "SellPage"
    till.clock.forward(2)
    keys.flow.session.tick()
    keys.release()
    assert keys.page == "SignInPage"
    keys.press("90210")

    assert keys.page == "SellPage"
    assert not keys.flow.session.sale.is_empty


def comp(keys: Keyboard) -> None:
    keys.press("W", "90210", "Q", Named.F8, "P", "A", Named.ENTER)


def test_a_seller_gives_nothing_away_without_a_supervisor_who_stays_signed_out() -> None:
    keys = Keyboard(till := staffed())
    comp(keys)
    view = keys.flow.page.view()
    assert isinstance(view, ApproveView)
    assert (keys.page, view.who, view.amount) == ("ApprovePage", "Ana", "$150.00")

    keys.press("4071", Named.ENTER)

    assert keys.page == "CompletePage"
    assert ("luis", "ana") in who_wrote(till)
    assert keys.flow.session.team.person is not None
    assert keys.flow.session.team.person.name == "Luis"


def test_a_badge_approves_with_nothing_pressed_and_only_this_one_act() -> None:
    keys = Keyboard(till := staffed())
    comp(keys)
    keys.flow.on_key(Scan(BADGE.lower()))
    keys.release()
    assert keys.page == "CompletePage"

    keys.press(Named.ENTER, "Q", Named.F8, "P", "A", Named.ENTER)

    assert keys.page == "ApprovePage"
    assert list(till.orders.values())[-1].state is not OrderState.COMPLETED


def test_an_approval_that_is_not_given_leaves_the_sale_as_it_was() -> None:
    keys = Keyboard(till := staffed())
    comp(keys)

    keys.press("90210", Named.ENTER)
    assert "does not match" in pin(keys).problem
    keys.press(Named.F2)
    assert keys.page == "ApprovePage"
    keys.press(Named.ESC)

    assert keys.page == "GivenPage"
    assert list(till.orders.values())[-1].paid == Money(0, list(till.orders.values())[-1].total.currency)


def test_a_supervisor_needs_nobody() -> None:
    keys = Keyboard(till := staffed())

    keys.press("Q", "4071", "Q", Named.F8, "P", "A", Named.ENTER)

    assert keys.page == "CompletePage"
    assert who_wrote(till) == {("ana", None)}


def test_settings_ask_for_the_right() -> None:
    keys = Keyboard(till := staffed())
    till.hire("Maya", StaffRole.ORGANIZER, pin="3384")
    keys.release()
    keys.press("W", "90210", Named.TILL, "M")

    assert keys.page == "ApprovePage"
    keys.press("4071", Named.ENTER)
    assert "does not match" in pin(keys).problem
    keys.press("3384", Named.ENTER)

    assert keys.page == "TillPage"


def test_people_who_can_not_sell_shut_no_till() -> None:
    keys = Keyboard(till := FakeTill())

    till.hire("Carla", StaffRole.STEWARD, pin="4071")
    till.hire("Jonas", StaffRole.SELLER)
    keys.release()

    assert keys.page == "SellPage"


def test_the_till_speaks_to_each_in_their_own_language_and_its_own_when_it_is_locked() -> None:
    keys = Keyboard(till := staffed())
    till.hire("Rosa", StaffRole.SELLER, pin="5093", language="es")
    keys.release()

    keys.press("E", "5093")
    assert (keys.page, speaks().code) == ("SellPage", "es")
    keys.press(Named.F12)

    assert (keys.page, speaks().code) == ("SignInPage", "en")
