"""Text as people write it: what comes out can be seen, stands on one line, and turns nothing around it."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boxoffice.core.errors import BadInput
from boxoffice.core.reading import read_code, read_line, read_name, read_note, read_phone

ANY_TEXT = st.text(st.characters(), max_size=60)
MARKS = st.sampled_from(
    [
        "\u202a",
        "\u202e",
        "\u2066",
        "\u2069",
        "\u200b",
        "\u200e",
        "\ufeff",
        "\u00ad",
        "\u2060",
        "\U000e0041",
        "\x00",
        "\x1b",
    ]
)
BREAKS = st.sampled_from(["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\v", "\t"])


@given(ANY_TEXT)
@example("Z" + "\u0301" * 30)
@example("\u0301e\u0301 \u0301")
def test_reading_what_was_read_changes_nothing(text: str) -> None:
    read = read_line(text)

    assert read_line(read) == read
    assert unicodedata.is_normalized("NFC", read)


@given(ANY_TEXT)
def test_what_was_read_is_one_line_without_what_can_not_be_seen(text: str) -> None:
    read = read_line(text)

    assert read == " ".join(read.split())
    for letter in read.replace("\u200c", "").replace("\u200d", ""):
        assert unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


@given(st.sampled_from(["Nguyễn Thị Hồng", "José", "Ana Pérez", "Łukasz"]), MARKS, st.integers(0, 15))
def test_a_mark_that_came_along_leaves_the_name_as_it_is(name: str, mark: str, at: int) -> None:
    assert read_line(name[:at] + mark + name[at:]) == name
    assert read_line(mark + unicodedata.normalize("NFD", name) + mark) == name


@given(BREAKS)
def test_a_break_within_a_line_is_a_blank(line_break: str) -> None:
    assert read_line(f"Ana{line_break}Bcc: eve@example.org") == "Ana Bcc: eve@example.org"


@pytest.mark.parametrize(
    "name",
    [
        "می‌خواهم",  # Persian: without its joiner it is another word
        "क्‍षमा",
        "ශ්‍රී",
        "👩🏽‍🚀 Ana",
        "❤️ Ana",
        "葛\U000e0100城",
        "நி",
        "ทิพย์",
        "Ὀδυσσεύς",
        "שָׁלוֹם",
    ],
)
def test_marks_that_a_language_needs_stay(name: str) -> None:
    assert read_name(unicodedata.normalize("NFC", name)) == unicodedata.normalize("NFC", name)


@given(st.integers(1, 40), st.sampled_from("\u0332\u0489\u036f"))
def test_marks_are_not_piled_up_on_a_letter(count: int, mark: str) -> None:
    read = read_line(f"Ca{mark * count}mila")

    assert read == f"Ca{mark * min(count, 4)}mila"


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_joiners_that_join_nothing_are_dropped(joiner: str) -> None:
    assert read_line(f"A{joiner}na{joiner}") == "Ana"


@pytest.mark.parametrize("nothing", ["", "  ", "\u3164", "\u200b\u202e", "\u2800", "...", "\u0301", "💃"])
def test_a_name_without_a_letter_is_no_name(nothing: str) -> None:
    with pytest.raises(BadInput):
        read_name(nothing)


def test_a_name_that_is_too_long_says_how_long_it_may_be() -> None:
    with pytest.raises(BadInput, match="80 letters at most"):
        read_name("a" * 81)


def test_a_note_keeps_its_lines_and_no_more_than_one_empty_one() -> None:
    assert read_note("  One\u202e \r\ntwo\u2028\n\n\n\nthree\x85") == "One\ntwo\n\nthree"


@pytest.mark.parametrize("quoted", ["«Third»", '"third",', "THIRD.", "(third);"])
def test_a_code_is_read_without_the_quotes_and_the_end_of_its_sentence(quoted: str) -> None:
    assert read_code(quoted) == "THIRD"


@given(
    st.sampled_from(
        [" third ", "THIRD\u00a0", "THIRD\u200b", "\u200bthird", "ＴＨＩＲＤ", "thi\u00adrd", "th ird", "Ｔhird\n"]
    )
)
def test_a_code_is_read_whatever_it_was_copied_with(typed: str) -> None:
    assert read_code(typed) == "THIRD"


@pytest.mark.parametrize(("typed", "read"), [("10%", "10%"), ("2.0", "2.0"), ("yes!", "YES!"), ("...", "...")])
def test_marks_that_are_part_of_a_code_stay(typed: str, read: str) -> None:
    assert read_code(typed) == read
    assert read_code(read) == read


@pytest.mark.parametrize("dash", ["-", "–", "—", "\u2011", "\u2212", "－"])
def test_any_dash_of_a_code_is_a_dash(dash: str) -> None:
    assert read_code(f"early{dash}bird") == "EARLY-BIRD"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("+1 (303) 555\u20110123", "+1 (303) 555-0123"),
        ("tel:+49 30 123", "+49 30 123"),
        ("\u202d303 555 0123\u202c", "303 555 0123"),
        ("٣٠٣ ٥٥٥", "303 555"),
        ("303.555.0123 x12", "303.555.0123 x12"),
        ("Tel.: 303 555 0123 ext. 4", "303 555 0123 ext. 4"),
        ("☎ +53 7 833 0000 #12", "+53 7 833 0000 #12"),
        ("", ""),
    ],
)
def test_a_telephone_number_is_read_in_plain_digits(typed: str, read: str) -> None:
    assert read_phone(typed) == read


@pytest.mark.parametrize("typed", ["call me", "1" * 33, "-", "303;555"])
def test_what_is_no_telephone_number_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_phone(typed)
