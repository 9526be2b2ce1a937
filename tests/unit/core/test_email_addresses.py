"""E-mail addresses: read out of what people paste, refused with the right words, and taken by who sends the mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.core.email_addresses import BadAddress, Wrong, is_email, read_email
from boxoffice.sandbox.mail import read_mails

GOOD = "ana@example.org"


@pytest.mark.parametrize(
    "typed",
    [
        "ana@example.org,",
        "ana@example.org;",
        "ana@example.org.",
        " ana@example.org\n",
        "mailto:ana@example.org",
        "MAILTO: ana@example.org?subject=Tickets&body=x",
        "<ana@example.org>",
        "<mailto:ana@example.org>",
        "Ana <ana@example.org>",
        "Ana<ana@example.org>",
        '"Pérez, Ana" <ana@example.org>,',
        "(ana@example.org)",
        "‹ana@example.org›",
        "„ana@example.org“",
        "ana@example。org",
        "ana＠example｡org。",
        "“ana@example.org”",
        "ana@example.org\u202c",
        "\u202aana@example.org",
        "ana@exam\u200bple.org",
        "ana@example\u00ad.org",
        "ana＠example．org",
        "ana @ example.org",
        "\ufeffana@example.org\u00a0",
    ],
)
def test_an_address_is_read_out_of_what_it_was_pasted_with(typed: str) -> None:
    assert read_email(typed) == GOOD


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("", Wrong.EMPTY),
        ("\u200b", Wrong.EMPTY),
        ("<>", Wrong.EMPTY),
        ("ana", Wrong.NO_AT),
        ("@example.org", Wrong.NO_NAME),
        ("ana@example.org, bo@example.org", Wrong.SEVERAL),
        ("ana@example.org bo@example.org", Wrong.SEVERAL),
        ("ana@bo@example.org", Wrong.SEVERAL),
        ("ana@example", Wrong.NO_DOT),
        ("ana@example..org", Wrong.DOTS),
        ("ana..b@example.org", Wrong.DOTS),
        (".ana@example.org", Wrong.DOTS),
        ("ana.@example.org", Wrong.DOTS),
        ("ana@.example.org", Wrong.DOTS),
        ("an a@example.org", Wrong.BLANK),
        ("ana@exam ple.org", Wrong.BLANK),
        ("añá@example.org", Wrong.LETTERS),
        ("山田@example.org", Wrong.LETTERS),
        ('"an\\"a"@example.org', Wrong.LETTERS),
        ("ana@-example.org", Wrong.DOMAIN),
        ("ana@exam_ple.org", Wrong.DOMAIN),
        ("ana@example.org/x", Wrong.DOMAIN),
        ("ana@[192.0.2.1]", Wrong.DOMAIN),
        ("ana@192.0.2.1", Wrong.DOMAIN),
        ("ana@venue.local", Wrong.DOMAIN),
        ("a" * 65 + "@example.org", Wrong.LONG),
        ("ana@" + "a." * 140 + "org", Wrong.LONG),
    ],
)
def test_what_mail_can_not_reach_is_refused_with_the_reason(typed: str, wrong: Wrong) -> None:
    with pytest.raises(BadAddress) as refused:
        read_email(typed)

    assert refused.value.wrong is wrong


def test_a_domain_in_any_script_is_kept_as_mail_programs_send_it() -> None:
    assert read_email("Ana@münchen.de") == "Ana@xn--mnchen-3ya.de"


PARTS = st.sampled_from(
    [
        *("ana", "o'brien", "bo+x", ".", "..", "@", "@@", "example", ".org", "münchen", "山田", "<", ">", ",", " "),
        *("\u202e", "\u200b", "mailto:", "-", "_", "ex ample", "\r\n", '"', "[1.2.3.4]", "ａ", "xn--", "İ", "x" * 70),
    ]
)


@given(st.one_of(st.lists(PARTS, max_size=9).map("".join), st.emails(), st.text(max_size=40)))
def test_whatever_is_taken_is_taken_by_the_mailer_and_reads_the_same_again(typed: str) -> None:
    try:
        address = read_email(typed)
    except BadAddress:
        return

    body = {
        "personalizations": [{"to": [{"email": address}]}],
        "from": {"email": "boxoffice@example.org"},
        "subject": "x",
        "content": [{"type": "text/plain", "value": "x"}],
    }
    assert read_mails(body)[0].to == (address,)
    assert address.isascii()
    assert is_email(address)
