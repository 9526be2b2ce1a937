"""A scanner's burst and a person's typing are told apart by the presses' own times."""

from hypothesis import given
from hypothesis import strategies as st

from boxoffice.till.ui.bursts import GAP_MS, LEAST, SLOW_GAP_MS, SLOW_LEAST, Bursts, Press
from boxoffice.till.ui.keys import Scan, us_char

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
CODES = st.text(ALPHABET, min_size=LEAST, max_size=60)
FAST = st.integers(0, 30)
SLOW = st.integers(SLOW_GAP_MS + 1, 400)


class Keyboard:
    """Presses keys at given times, and keeps what they turned out to be."""

    def __init__(self) -> None:
        self.bursts: Bursts[str] = Bursts()
        self.now = 1_000
        self.came: list[str | Scan] = []

    def press(self, char: str, after_ms: int) -> None:
        self.now += after_ms
        self.came += self.bursts.take(Press(self.now, char, char))

    def end(self, after_ms: int = 5, item: str = "Enter") -> None:
        self.now += after_ms
        self.came += self.bursts.take(Press(self.now, item, is_end=True))

    def shift(self) -> None:
        self.came += self.bursts.take(Press(self.now, "Shift", is_silent=True))

    def scan(self, code: str, gaps: list[int] | None = None) -> None:
        for i, char in enumerate(code):
            if char.isupper():
                self.shift()
            self.press(char, (gaps[i % len(gaps)] if gaps else 8) if i else 500)

    def settle(self) -> None:
        self.came += self.bursts.settle()

    @property
    def texts(self) -> list[str]:
        return [each.text if isinstance(each, Scan) else each for each in self.came if each != "Shift"]


@given(code=CODES, gaps=st.lists(FAST, min_size=1, max_size=20), ends=st.booleans())
def test_a_burst_is_one_scan_with_every_character_whatever_it_holds(code: str, gaps: list[int], ends: bool) -> None:
    keyboard = Keyboard()

    keyboard.scan(code, gaps)
    if ends:
        keyboard.end()
    keyboard.settle()

    assert [each for each in keyboard.came if each != "Shift"] == [Scan(code)]


@given(
    code=st.text(ALPHABET, min_size=SLOW_LEAST, max_size=60),
    gaps=st.lists(st.integers(20, SLOW_GAP_MS), min_size=1, max_size=20),
    ends=st.booleans(),
)
def test_a_slow_scanners_code_is_one_scan_too(code: str, gaps: list[int], ends: bool) -> None:
    keyboard = Keyboard()

    keyboard.scan(code, gaps)
    if ends:
        keyboard.end(after_ms=gaps[0])
    keyboard.settle()

    assert [each for each in keyboard.came if each != "Shift"] == [Scan(code)]


@given(
    typed=st.lists(st.tuples(st.sampled_from("QWER123"), st.integers(GAP_MS + 1, SLOW_GAP_MS)), max_size=SLOW_LEAST - 1)
)
def test_a_word_that_a_fast_typist_rattles_off_is_a_persons(typed: list[tuple[str, int]]) -> None:
    keyboard = Keyboard()

    for char, gap in typed:
        keyboard.press(char, gap)
    keyboard.end(after_ms=SLOW_GAP_MS)
    keyboard.settle()

    assert keyboard.came == [*(char for char, _ in typed), "Enter"]


@given(typed=st.lists(st.tuples(st.sampled_from(ALPHABET), SLOW), max_size=40))
def test_what_a_person_types_comes_whole_and_in_order(typed: list[tuple[str, int]]) -> None:
    keyboard = Keyboard()

    for char, gap in typed:
        keyboard.press(char, gap)
    keyboard.settle()

    assert keyboard.came == [char for char, _ in typed]


@given(typed=st.lists(st.tuples(st.sampled_from(ALPHABET), SLOW, st.floats(0.05, 0.95)), min_size=1, max_size=40))
def test_releases_and_shift_between_the_keys_make_no_burst_of_a_persons_typing(
    typed: list[tuple[str, int, float]],
) -> None:
    bursts: Bursts[str] = Bursts()
    came: list[str | Scan] = []
    sent: list[str] = []
    now = 0
    for char, gap, share in typed:
        for item, at, press in (
            ("Shift", now - 1, Press(now - 1, "Shift", is_silent=True)),
            (char, now, Press(now, char, char)),
            (f"{char} up", now + round(gap * share), Press(now + round(gap * share), f"{char} up", is_silent=True)),
        ):
            assert press.stamp_ms == at
            came += bursts.take(press)
            sent.append(item)
        now += gap
    came += bursts.settle()

    assert came == sent


@given(typed=st.lists(st.tuples(st.sampled_from("QWER123"), st.integers(0, 400)), max_size=LEAST - 1))
def test_a_few_keys_at_once_are_a_persons_however_fast(typed: list[tuple[str, int]]) -> None:
    keyboard = Keyboard()

    for char, gap in typed:
        keyboard.press(char, gap)
    keyboard.end(after_ms=1)
    keyboard.settle()

    assert keyboard.came == [*(char for char, _ in typed), "Enter"]


@given(before=st.text("QWER12", max_size=8), code=CODES, after=st.text("QWER12", max_size=8))
def test_keys_before_and_after_a_scan_are_neither_swallowed_nor_reordered(before: str, code: str, after: str) -> None:
    keyboard = Keyboard()

    for char in before:
        keyboard.press(char, 120)
    keyboard.scan(code)
    keyboard.end()
    for char in after:
        keyboard.press(char, 120)
    keyboard.settle()

    assert keyboard.texts == [*before, code, *after]


def test_a_scanner_that_holds_its_breath_makes_one_code_once_it_is_known_to_end_with_a_key() -> None:
    keyboard = Keyboard()
    keyboard.scan("7K2-000")
    keyboard.end()
    keyboard.came.clear()

    keyboard.scan("ABCDEFGH")
    for i, char in enumerate("IJKLMNOP"):
        keyboard.press(char, 5 if i else 700)
    keyboard.end()

    assert keyboard.texts == ["ABCDEFGHIJKLMNOP"]


def test_the_first_code_may_hold_its_breath_too_and_a_code_that_ends_in_silence_is_not_waited_for_again() -> None:
    keyboard = Keyboard()

    keyboard.scan("7K2-000")
    for i, char in enumerate("ABCDEF"):
        keyboard.press(char, 5 if i else 700)
    keyboard.end()
    keyboard.scan("7K2-001")
    keyboard.settle()
    keyboard.scan("7K2-002")

    assert keyboard.texts == ["7K2-000ABCDEF", "7K2-001"]
    assert keyboard.bursts.wait_ms < 100


def test_two_keys_at_the_end_of_a_code_press_nothing() -> None:
    keyboard = Keyboard()

    keyboard.scan("7K2-000")
    keyboard.end()
    keyboard.end(after_ms=3, item="Line feed")
    keyboard.end(after_ms=900)

    assert keyboard.texts == ["7K2-000", "Enter"]


def test_a_code_is_read_by_the_places_of_its_keys_whatever_the_layout() -> None:
    german = {20: "ß", 61: "-", 29: "z", 52: "y"}
    bursts: Bursts[str] = Bursts()
    for i, native in enumerate([52, 29, 20, 61, 10, 11, 12]):
        typed, by_place = german.get(native, "?"), us_char("xcb", native, is_shifted=False)
        bursts.take(Press(i * 5, "", typed, by_place))

    (scan,) = bursts.settle()

    assert isinstance(scan, Scan)
    assert (scan.text, scan.by_place) == ("yzß-???", "zy-/123")
    assert scan.readings[:2] == ("yzß-???", "zy-/123")
    assert "ZY-/123" in scan.readings
